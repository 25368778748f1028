/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered of TCP streams of 1#n: what stream.c and stream_table.c share. Streams are
 * found by their ends; the beginnings of messages lie in a few buffers, and segments that came
 * early in lists. All of it is bounded: what was used least recently makes room.
 */
#ifndef FEISCOPE_SNIFFER_STREAM_TABLE_H
#define FEISCOPE_SNIFFER_STREAM_TABLE_H

#include "sniffer/reassembly/early.h"
#include "sniffer/stream.h"

enum {
    STREAM_NONE = UINT16_MAX,
    /* A partial message of the fixed framing is shorter than the limit and a block, and one
     * segment (an IP packet) joins it. */
    STREAM_BUFFER_SIZE = 3 * ONEHASH_MESSAGE_LIMIT,
    /* A partial message, a segment, and all that waited for it. */
    STREAM_TOGETHER_SIZE = STREAM_BUFFER_SIZE + EARLY_LIST_BYTES
};

/** Who speaks with whom. All bytes are set, so that keys compare as bytes. */
typedef struct {
    uint8_t server[16];
    uint8_t client[16];
    uint16_t server_port;
    uint16_t client_port;
    uint32_t address_length;
} StreamKey;

/** One direction of a stream. Sequence numbers are as sent. */
typedef struct {
    uint32_t first;        /**< sequence number of the first byte, or of the first that was seen */
    uint32_t next;         /**< of the next byte */
    uint32_t acknowledged; /**< before which the other end has all bytes */
    uint32_t partial;      /**< bytes of a message that goes on */
    uint16_t buffer;       /**< that hold them; STREAM_NONE if there are none */
    bool started;          /**< first and next are known */
    bool from_syn;         /**< the connection's SYN told them */
    bool answered;         /**< acknowledged is known */
    EarlyList early;       /**< segments behind a gap */
} StreamDirection;

/** A stream. */
typedef struct {
    StreamKey key;
    OnehashFraming framing;
    StreamDirection directions[2]; /**< from the client, from the server */
    uint16_t chain;                /**< next of the same hash */
    uint16_t newer;
    uint16_t older;
} Stream;

/** A buffer for a partial message. */
typedef struct {
    uint64_t used_at;       /**< when it was used last; 0: it is free */
    StreamDirection *owner; /**< NULL: free, or kept for the packet read last */
} StreamBuffer;

struct StreamTable {
    StreamSettings settings;
    StreamCounts counts;
    Stream *streams;
    uint16_t *buckets;
    uint32_t bucket_count;
    uint32_t used;
    uint16_t newest;
    uint16_t oldest;
    StreamBuffer *buffers;
    uint8_t *memory;
    uint64_t clock;
    uint16_t kept; /**< buffer that entries of the packet read last point into */
    FsSpan reassembled;
    EarlyStore early;
    uint8_t *together; /**< where what waited for a segment is put together with it */
};

/** The bytes of a buffer. */
uint8_t *stream_buffer(const StreamTable *table, uint16_t buffer);

/** Forget the partial message of a direction; it is counted if there is one. */
void stream_drop_partial(StreamTable *table, StreamDirection *direction, uint64_t *count);

/** Remember the beginning of a message, of at most STREAM_BUFFER_SIZE bytes. */
void stream_hold(StreamTable *table, StreamDirection *direction, FsSpan span);

/** Keep the buffer of a message that is complete until the next packet. */
void stream_keep(StreamTable *table, StreamDirection *direction);

/** Give back the buffer that was kept. */
void stream_release_kept(StreamTable *table);

/** Forget all of a direction; what waited is counted as dropped. */
void stream_forget_direction(StreamTable *table, StreamDirection *direction, uint64_t *count);

/** Find a stream; NULL if there is none. */
Stream *stream_find(StreamTable *table, const StreamKey *key);

/** Add a stream that there is not. */
Stream *stream_add(StreamTable *table, const StreamKey *key);

#endif
