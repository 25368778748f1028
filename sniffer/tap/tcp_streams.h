/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bytes of TCP streams, in order: retransmitted ones once, those that came early in their turn.
 * Streams have the number that the packets' field tcp.stream says, in each capture from 0 on, also
 * where a filter leaves out packets.
 */
#ifndef FEISCOPE_SNIFFER_TAP_TCP_STREAMS_H
#define FEISCOPE_SNIFFER_TAP_TCP_STREAMS_H

#include "sniffer/headers/walk.h"
#include "sniffer/tap/endpoint.h"

/** A stream. */
typedef struct {
    uint32_t number;
    uint32_t capture; /**< of which capture: 0, 1, … in the order in which they are read */
    Endpoint ends[2]; /**< who sent the first segment that was seen, and the other */
} TcpStream;

/** Bytes that are the stream's next, or a gap in it. */
typedef struct {
    unsigned side;       /**< ends[side] sent them */
    uint64_t frame;      /**< in which they came */
    const uint8_t *data; /**< valid during the call */
    uint32_t length;
    uint32_t missing; /**< bytes that were sent but not captured, instead of any */
} TcpChunk;

/** Who wants the bytes. */
typedef struct {
    bool (*wants)(void *context, const TcpStream *stream);
    void (*take)(void *context, const TcpStream *stream, const TcpChunk *chunk);
    void *context;
} TcpReader;

/** What was left out so far. */
typedef struct {
    uint64_t streams; /**< segments of streams that there was no room for */
    uint64_t early;   /**< segments that came early, and for whose turn there was no room to wait */
} TcpLeftOut;

/** All streams of a capture. */
typedef struct TcpStreams TcpStreams;

/** Begin; to be freed by tcp_streams_free. */
TcpStreams *tcp_streams_new(const TcpReader *reader);

/** Read a packet, which need not be TCP. */
void tcp_streams_packet(TcpStreams *streams, const FrameRecord *record, const FsPacket *packet);

/** What was left out so far. */
TcpLeftOut tcp_streams_left_out(const TcpStreams *streams);

/** Free; NULL is none. */
void tcp_streams_free(TcpStreams *streams);

#endif
