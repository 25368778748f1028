/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which UDP datagrams went between the same two ends, numbered from 0 as Wireshark's udp.stream.
 */
#ifndef FEISCOPE_SNIFFER_CONVERSATION_UDP_STREAMS_H
#define FEISCOPE_SNIFFER_CONVERSATION_UDP_STREAMS_H

#include "sniffer/conversation/table.h"

/** The streams of a capture. */
typedef ConversationTable UdpStreams;

/** A datagram's place in its stream. */
typedef struct {
    uint32_t stream;
    int64_t since_first;    /**< since the stream's first datagram, in nanoseconds */
    int64_t since_previous; /**< since the one before */
} UdpPlace;

/** Begin, to be freed by conversations_free; `capacity` as in conversations_new. */
UdpStreams *udp_streams_new(uint32_t capacity);

/**
 * Read a datagram.
 *
 * @param key   its ends
 * @param time  nanoseconds since 1970
 * @param timed the next one's since_previous counts from this one
 */
UdpPlace udp_streams_datagram(UdpStreams *streams, const ConversationKey *key, int64_t time,
                              bool timed);

#endif
