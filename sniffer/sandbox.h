/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Giving up what decoding does not need: capabilities, root's identity, and all system calls but a
 * few. To be called when everything is open and before the first packet is decoded. No thread and
 * no other file can be had afterwards.
 */
#ifndef FEISCOPE_SNIFFER_SANDBOX_H
#define FEISCOPE_SNIFFER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/** What is needed beyond reading, writing and memory. */
typedef struct {
    const char *user; /**< whom to become if root; NULL: "nobody" if possible, else root without
                       *   capabilities */
    bool stay;        /**< user is NULL: root's identity is needed to make files */
    int directory;    /**< in which files may be made and removed; negative: in none */
} SandboxNeeds;

/**
 * Give up capabilities and root's identity.
 *
 * @param message what is wrong
 * @return false if that failed; there is nothing to do then but to exit
 */
bool sandbox_drop_privileges(const SandboxNeeds *needs, char *message, size_t size);

/** The same for system calls. From here on other calls fail with EPERM. */
bool sandbox_filter_system_calls(const SandboxNeeds *needs, char *message, size_t size);

/** Describe, as the kernel sees it now, what was given up: one line with LF to standard error. */
void sandbox_show(void);

#endif
