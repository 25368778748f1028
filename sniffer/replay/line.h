/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One client's socket to the live server, and the messages that came through it.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_LINE_H
#define FEISCOPE_SNIFFER_REPLAY_LINE_H

#include "sniffer/replay/player.h"

/** A message that came. */
typedef struct {
    Message *message;
    int64_t time; /**< microseconds of g_get_monotonic_time */
} Arrival;

/** A socket. */
typedef struct {
    const Conversation *conversation;
    const PlaySettings *settings;
    int descriptor;    /**< negative: it is not open */
    char *trouble;     /**< why not, or why nothing can be sent any more; NULL: all is well */
    bool ended;        /**< the server closed the connection */
    int64_t sent;      /**< when something was sent last; 0: never */
    GByteArray *bytes; /**< of TCP, that are no whole message yet */
    GQueue arrivals;   /**< of Arrival, that no step expected yet */
} Line;

/** Open; to be freed by line_free. If that fails, trouble says why. */
Line *line_new(const Conversation *conversation, const PlaySettings *settings);

/** Close and free. */
void line_free(Line *line);

/** Send all. False: it cannot be sent; trouble says why. */
bool line_send(Line *line, GBytes *bytes);

/** The client sends nothing more (TCP). */
void line_finish(Line *line);

/** Read what has come. */
void line_read(Line *line);

/** Take `length` bytes that came over TCP, as a message; NULL: there are fewer. */
Message *line_take_bytes(Line *line, gsize length);

/** Free an arrival. */
void arrival_free(Arrival *arrival);

#endif
