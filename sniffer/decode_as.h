/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `--decode-as udp.port==7000,feiq`: what a port carries, whatever it carries by the preferences.
 * The argument is written as tshark's -d has it.
 */
#ifndef FEISCOPE_SNIFFER_DECODE_AS_H
#define FEISCOPE_SNIFFER_DECODE_AS_H

#include "sniffer/preferences.h"

/** A rule. */
typedef struct {
    bool tcp;     /**< of TCP, else of UDP */
    bool onehash; /**< 1#n, else FeiQ */
    uint16_t first;
    uint16_t last;
} DecodeAs;

/**
 * Read a rule: udp.port or tcp.port, ==, a port or a range (7000-7010), a comma, and feiq or, for
 * TCP, onehash.
 *
 * @param rule changed only if NULL is returned
 * @return what is wrong, as a clause that completes "TEXT: …"; NULL if nothing is
 */
const char *decode_as_read(DecodeAs *rule, const char *text);

/**
 * Let preferences say what a rule says.
 *
 * @return what is wrong; NULL if nothing is
 */
const char *decode_as_apply(const DecodeAs *rule, Preferences *preferences);

#endif
