/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP streams, for messages of 1#n that span segments. State is bounded: a fixed number of streams
 * and of partial messages; the least recently used is forgotten first, and counted.
 *
 * The rule, which is also Wireshark's, so that the plugin shows the same:
 *   - A message is shown in the frame in which its last byte arrives. If it began in an earlier
 *     one, its bytes are put together outside the frame (FsEntry.source 1) and offsets count in
 *     them; if not, it is shown where it lies in the frame, and nothing is copied.
 *   - Bytes count once and in order. A segment that is wholly old is not decoded again; of one that
 *     is partly old the new bytes are. A segment beyond the expected one (a gap) or one that the
 *     snapshot length cut drops the partial message before it, and is read as if a message began
 *     with it; what comes late to fill the gap is old.
 *   - What was refused (onehash_next) is shown, and the next segment is read as if a message began
 *     with it.
 *   - In a segment that is cut, the last message is shown as far as it goes.
 *   - The framing is learned from each segment (onehash_learn), unless it is configured.
 */
#ifndef FEISCOPE_SNIFFER_STREAM_H
#define FEISCOPE_SNIFFER_STREAM_H

#include "protocol/onehash/onehash.h"
#include "sniffer/headers/walk.h"

/** The streams that are remembered. */
typedef struct StreamTable StreamTable;

/** What to remember, and what is configured. */
typedef struct {
    uint32_t streams;       /**< most streams; at least 1 */
    uint32_t partials;      /**< most partial messages; at least 2 */
    PortSet chat_ports;     /**< TCP ports of the chat service */
    PortSet control_ports;  /**< TCP ports of the control service */
    PortSet other_ports;    /**< TCP ports of servers of which nothing tells the service */
    OnehashService dialect; /**< what codes mean, on any port; ONEHASH_SERVICE_UNKNOWN: as on the
                             *   server's port */
    FsEncoding prefer;      /**< FsPacket.prefer, for this protocol */
    OnehashFraming framing; /**< of all streams; ONEHASH_FRAMING_UNDECIDED: recognise it */
    uint32_t block;         /**< block size of the fixed framing, at most ONEHASH_MESSAGE_LIMIT;
                             *   0: the default */
} StreamSettings;

/** The ports of the protocol, 4096 streams, 16 partial messages, framing recognised. */
#define STREAM_DEFAULT_SETTINGS                                                                    \
    {                                                                                              \
        .streams = 4096, .partials = 16,                                                           \
        .chat_ports = {{{ONEHASH_CHAT_PORT, ONEHASH_CHAT_PORT}}, 1}, .control_ports = {            \
            {{ONEHASH_CONTROL_PORT, ONEHASH_CONTROL_PORT}},                                        \
            1                                                                                      \
        }                                                                                          \
    }
extern const StreamSettings stream_default_settings;

/** Is this a port of a server of 1#n? */
bool stream_port(const StreamSettings *settings, uint16_t port);

/** What the codes of a server's port mean. */
OnehashService stream_service(const StreamSettings *settings, uint16_t port);

/** What was left out or forgotten so far. */
typedef struct {
    uint64_t streams;  /**< streams forgotten to make room for others */
    uint64_t partials; /**< partial messages forgotten to make room for others */
    uint64_t gaps;     /**< partial messages dropped since a segment is missing or cut */
    uint64_t closed;   /**< partial messages dropped since the connection ended */
    uint64_t old;      /**< segments not decoded since all their bytes were old */
} StreamCounts;

/**
 * Make a table, to be set as HeaderWalk.streams.
 *
 * @return the table, for stream_table_free; NULL if there is no memory or a setting is impossible
 */
StreamTable *stream_table_new(const StreamSettings *settings);

/** Free a table; NULL is none. */
void stream_table_free(StreamTable *table);

/** What a table was made with; of NULL, stream_default_settings. */
const StreamSettings *stream_settings(const StreamTable *table);

/** What was left out or forgotten so far. */
StreamCounts stream_counts(const StreamTable *table);

/**
 * The bytes in which offsets of entries with FsEntry.source 1 count, for the segment that was read
 * last; valid until the next is read.
 */
FsSpan stream_reassembled(const StreamTable *table);

/**
 * Read a TCP segment: append a layer for each message of 1#n that it completes. Without
 * walk->streams, inside what an ICMP error quotes, and in a fragment, the segment is read for
 * itself and nothing is remembered.
 *
 * @param walk        addresses, tcp_sequence and tcp_flags are set
 * @param source      port, host order
 * @param destination port, host order
 * @param span        the payload, which may be empty (flags count too)
 * @return whether the bytes are 1#n's: a port is one of its services', and the stream was
 *         recognised or has no payload here; if not, nothing was appended
 */
bool stream_segment(HeaderWalk *walk, uint16_t source, uint16_t destination, FsSpan span);

#endif
