/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Statistics: what looks at every packet that matches, and reports at the end (-z).
 */
#ifndef FEISCOPE_SNIFFER_TAP_TAP_H
#define FEISCOPE_SNIFFER_TAP_TAP_H

#include "sniffer/headers/walk.h"
#include "sniffer/output.h"
#include "sniffer/preferences.h"

/** Entries, streams, bytes… that a statistic keeps at most; the rest is counted, and said. */
enum { TAP_MOST_ROWS = 65536 };

/** A statistic. What it keeps follows this in a larger structure. */
typedef struct Tap {
    void (*packet)(struct Tap *tap, const FrameRecord *record, const FsPacket *packet);
    void (*report)(struct Tap *tap, Output *output);
    void (*destroy)(struct Tap *tap); /**< frees the tap itself too */
    const char *left_out;             /**< what was left out, "conversations" */
    uint64_t left_out_count;          /**< how many of them; 0: none */
} Tap;

/**
 * Make a statistic.
 *
 * @param spec        its name and arguments, joined by commas, as -z takes them
 * @param preferences read with the first packet; they outlive the tap
 * @param wrong       set if NULL is returned
 */
Tap *tap_new(const char *spec, const Preferences *preferences, const char **wrong);

/* The makers; arguments are what follows the name and a comma, or NULL. NULL: they are wrong. */
Tap *tap_conversations(const char *arguments, const Preferences *preferences);
Tap *tap_endpoints(const char *arguments, const Preferences *preferences);
Tap *tap_commands(const char *arguments, const Preferences *preferences);
Tap *tap_users(const char *arguments, const Preferences *preferences);
Tap *tap_follow(const char *arguments, const Preferences *preferences);
Tap *tap_tcp(const char *arguments, const Preferences *preferences);
Tap *tap_sticky(const char *arguments, const Preferences *preferences);

#endif
