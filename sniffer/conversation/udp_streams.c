/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/conversation/udp_streams.h"

typedef struct {
    ConversationHead head;
    int64_t first;
    int64_t previous;
} UdpStream;

UdpStreams *udp_streams_new(uint32_t capacity)
{
    return conversations_new(sizeof(UdpStream), capacity);
}

UdpPlace udp_streams_datagram(UdpStreams *streams, const ConversationKey *key, int64_t time,
                              bool timed)
{
    UdpStream *stream = conversations_find(streams, key);
    if (stream == NULL) {
        stream = conversations_add(streams, key, NULL, NULL);
        stream->first = stream->previous = time;
    }
    UdpPlace place = {stream->head.number, time - stream->first, time - stream->previous};
    stream->previous = timed ? time : stream->previous;
    return place;
}
