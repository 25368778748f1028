/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What hosts of a capture say to each other over UDP and TCP: payloads of datagrams, and the bytes
 * of TCP connections in order, each with who said it to whom.
 */
#ifndef FEISCOPE_SNIFFER_REPLAY_UTTERANCE_H
#define FEISCOPE_SNIFFER_REPLAY_UTTERANCE_H

#include "sniffer/preferences.h"
#include "sniffer/tap/endpoint.h"

#include <glib.h>

/** Something that was said. */
typedef struct {
    uint64_t frame;
    int64_t time; /**< nanoseconds since 1970 */
    Endpoint from;
    Endpoint to;
    GBytes *bytes;   /**< NULL: an end of the TCP connection, by FIN or RST */
    uint32_t stream; /**< number of the TCP connection */
    bool tcp;
    bool group;  /**< to a group of hosts: broadcast or multicast */
    bool opener; /**< in TCP: by who sent the connection's first segment */
    bool known;  /**< FeiQ or 1#n was decoded in the frame */
} Utterance;

/** All that was said in a capture. */
typedef struct {
    GPtrArray *all;   /**< of Utterance */
    uint64_t cut;     /**< datagrams that the snapshot length cut */
    uint64_t missing; /**< bytes of TCP connections that were not captured */
    bool damaged;     /**< the capture cannot be read to its end */
    char *trouble;    /**< what is wrong with it, or NULL */
} Utterances;

/**
 * Read a capture.
 *
 * @param display_filter frames that take part, or NULL: all
 * @param error          what is wrong, with the file's name; to be freed
 * @return to be freed by utterances_free; NULL if the capture or the filter cannot be read
 */
Utterances *utterances_read(const char *file, const char *display_filter,
                            const Preferences *preferences, char **error);

/** Free; NULL is none. */
void utterances_free(Utterances *utterances);

#endif
