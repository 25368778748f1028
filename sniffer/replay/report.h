/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What came of a replay: a line for each step, or an object of JSON, and the sum at the end.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_REPORT_H
#define FEISCOPE_SNIFFER_REPLAY_REPORT_H

#include "sniffer/replay/message.h"

#include <stdio.h>

/** What came of a step, or came without one. */
typedef enum {
    VERDICT_SENT,
    VERDICT_SAME,
    VERDICT_DIFFERENT,
    VERDICT_MISSING,
    VERDICT_UNEXPECTED, /**< the live server said what the recorded one did not */
    VERDICT_UNSENT, /**< it could not be sent, since the connection could not be made or broke */
    VERDICTS
} Verdict;

/** How to report. */
typedef struct {
    FILE *to;
    bool json;
    bool quiet; /**< only what is not as recorded, and the sum */
    uint64_t counts[VERDICTS];
} Report;

/** One thing that came of it. */
typedef struct {
    Verdict verdict;
    const Conversation *conversation;
    uint64_t frame;         /**< of the capture; 0: of none */
    const Message *message; /**< sent, expected, or unexpected */
    const GPtrArray *differences;
    double milliseconds; /**< from the last message sent to the answer; negative: there is none */
    const char *reason;  /**< of VERDICT_MISSING and VERDICT_UNSENT */
} Outcome;

/** Report one. */
void report_add(Report *report, const Outcome *outcome);

/** Report the sum. `server` played it in the capture, `target` did now. */
void report_end(const Report *report, const Script *script, const char *target);

/** Whether all was as recorded; `strict`: and nothing more came. */
bool report_is_good(const Report *report, bool strict);

#endif
