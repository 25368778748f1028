/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP streams, for messages of 1#n that span segments. State is bounded: a fixed number of streams
 * and of partial messages, and the bytes of segments that came early (reassembly/early.h); the
 * least recently used is forgotten first, and counted.
 *
 * The rule, which is also Wireshark's where it puts segments in order (its preference
 * tcp.reassemble_out_of_order), so that the plugin shows the same:
 *   - A message is shown in the frame in which its last byte arrives, or a byte before it that was
 *     missing. If it began in an earlier one, or what waited follows it, the bytes are put together
 *     outside the frame (a source of their own) and offsets count in them; if not, it is shown
 * where it lies in the frame, and nothing is copied.
 *   - Bytes count once and in order. A segment that is wholly old is not decoded again; of one that
 *     is partly old the new bytes are. A segment beyond the expected one waits for what is missing.
 *   - What was refused (onehash_next) is shown, and the next segment is read as if a message began
 *     with it.
 *   - A segment that the snapshot length cut is shown by itself at once; a partial message before
 *     it is dropped, its own last message is shown as far as it goes.
 *   - The framing is learned from each segment (onehash_learn), unless it is configured.
 *
 * What Wireshark does not know is an end to waiting. Here a gap is given up with the next segment
 * of its direction once the missing bytes will not come any more: the other end has acknowledged
 * them (they were sent, but not captured), the connection is reset, or ends and nothing of the
 * other end was ever captured; or once more waits than there is room for. The partial message
 * before the gap is then shown as one that breaks off, and what waited is read as if a message
 * began with it.
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
    bool as_they_come;      /**< segments are not put in order: one behind a gap is read at once, as
                             *   if a message began with it, and what comes late is old. Wireshark's
                             *   default */
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
    uint64_t gaps;     /**< gaps that were given up, and partial messages that a segment cut by the
                        *   snapshot length came upon */
    uint64_t closed;   /**< partial messages dropped since the connection ended */
    uint64_t old;      /**< segments not decoded since all their bytes were old */
    uint64_t unread_segments; /**< segments that waited in vain, or still wait, behind a gap, */
    uint64_t unread_bytes;    /**< and their bytes */
    uint64_t unfinished;      /**< partial messages that still wait for their rest */
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
 * @param walk        addresses, tcp_sequence, tcp_acknowledgment, tcp_flags and findings are set
 * @param source      port, host order
 * @param destination port, host order
 * @param span        the payload, which may be empty (flags count too)
 * @return whether the bytes are 1#n's: a port is one of its services', and the stream was
 *         recognised or has no payload here; if not, nothing was appended
 */
bool stream_segment(HeaderWalk *walk, uint16_t source, uint16_t destination, FsSpan span);

#endif
