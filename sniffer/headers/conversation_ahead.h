/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered of a connection or stream is called into the cache while the two frames before
 * its segment or datagram are decoded: in a capture of many of them, waiting for it would be most
 * of what they cost. Where it is has to be read first, so there are two steps, one a frame.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_CONVERSATION_AHEAD_H
#define FEISCOPE_SNIFFER_HEADERS_CONVERSATION_AHEAD_H

#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/headers/walk.h"

/** Which table a frame will ask. */
typedef enum { AHEAD_NONE, AHEAD_TCP, AHEAD_UDP } ConversationAhead;

/**
 * Prepare for an Ethernet frame, if it is TCP or UDP over IPv4 without options. Anything else is
 * well, too.
 *
 * @param frame FRAME_AHEAD bytes of it, or of what came into their place
 * @return what to give to conversation_ahead_record a frame later
 */
static inline ConversationAhead conversation_ahead(const HeaderWalk *walk, const uint8_t *frame)
{
    enum { TYPE = 12, NETWORK = 14, PROTOCOL = 23, SOURCE = 26, DESTINATION = 30, PORTS = 34 };
    enum { TCP = 6, UDP = 17 };
    if (frame[TYPE] != 0x08 || frame[TYPE + 1] != 0 || frame[NETWORK] != 0x45) {
        return AHEAD_NONE;
    }
    const uint16_t ports[2] = {(uint16_t)(frame[PORTS] << 8 | frame[PORTS + 1]),
                               (uint16_t)(frame[PORTS + 2] << 8 | frame[PORTS + 3])};
    if (frame[PROTOCOL] == TCP && walk->tcp != NULL) {
        tcp_connections_expect(walk->tcp, frame + SOURCE, frame + DESTINATION, ports);
        return AHEAD_TCP;
    }
    if (frame[PROTOCOL] == UDP && walk->udp != NULL) {
        ConversationKey key;
        (void)conversation_key(&key, 4, frame + SOURCE, frame + DESTINATION, ports);
        conversations_expect(walk->udp, &key);
        return AHEAD_UDP;
    }
    return AHEAD_NONE;
}

/** A frame later: call the record itself. */
static inline void conversation_ahead_record(const HeaderWalk *walk, ConversationAhead ahead)
{
    if (ahead == AHEAD_TCP) {
        tcp_connections_expect_record(walk->tcp);
    } else if (ahead == AHEAD_UDP) {
        conversations_expect_record(walk->udp);
    }
}

#endif
