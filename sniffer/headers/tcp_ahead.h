/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered of a connection is called into the cache while the two frames before its
 * segment are decoded: in a capture of many connections, waiting for it would be most of what they
 * cost. Where it is has to be read first, so there are two steps, one a frame.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_TCP_AHEAD_H
#define FEISCOPE_SNIFFER_HEADERS_TCP_AHEAD_H

#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/headers/walk.h"

/**
 * Prepare for an Ethernet frame, if it is TCP over IPv4 without options. Anything else is well,
 * too.
 *
 * @param frame FRAME_AHEAD bytes of it, or of what came into their place
 * @return it is TCP: a frame later, tcp_connections_expect_record is to be called
 */
static inline bool header_tcp_ahead(const HeaderWalk *walk, const uint8_t *frame)
{
    enum { TYPE = 12, NETWORK = 14, PROTOCOL = 23, SOURCE = 26, DESTINATION = 30, PORTS = 34 };
    bool tcp = walk->tcp != NULL && frame[TYPE] == 0x08 && frame[TYPE + 1] == 0 &&
               frame[NETWORK] == 0x45 && frame[PROTOCOL] == 6;
    if (tcp) {
        const uint16_t ports[2] = {(uint16_t)(frame[PORTS] << 8 | frame[PORTS + 1]),
                                   (uint16_t)(frame[PORTS + 2] << 8 | frame[PORTS + 3])};
        tcp_connections_expect(walk->tcp, frame + SOURCE, frame + DESTINATION, ports);
    }
    return tcp;
}

#endif
