/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP connections, as far as one segment's meaning depends on those before it: stream numbers,
 * relative numbers, window scaling, and what each segment is: new, sent again, a duplicate
 * acknowledgment, and so on. The rules are those of Wireshark 4.0, read as facts, so that both
 * programs call a segment the same; what they are is in docs/tcp.md.
 *
 * The order of calls: tcp_connections_segment for a segment's fixed header, tcp_connections_scale
 * and tcp_connections_sack for its options, tcp_connections_options_end behind them.
 */
#ifndef FEISCOPE_SNIFFER_CONVERSATION_TCP_CONNECTIONS_H
#define FEISCOPE_SNIFFER_CONVERSATION_TCP_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>

/** Flags of the TCP header that matter here. */
enum {
    TCP_FLAG_FIN = 0x01,
    TCP_FLAG_SYN = 0x02,
    TCP_FLAG_RST = 0x04,
    TCP_FLAG_PSH = 0x08,
    TCP_FLAG_ACK = 0x10
};

/** What a segment is found to be; any number of them. */
typedef enum {
    TCP_RETRANSMISSION = 1 << 0,
    TCP_FAST_RETRANSMISSION = 1 << 1,
    TCP_SPURIOUS_RETRANSMISSION = 1 << 2,
    TCP_OUT_OF_ORDER = 1 << 3,
    TCP_LOST_SEGMENT = 1 << 4, /**< bytes before it were not captured */
    TCP_ACK_LOST_SEGMENT = 1 << 5,
    TCP_DUPLICATE_ACK = 1 << 6,
    TCP_WINDOW_UPDATE = 1 << 7,
    TCP_WINDOW_FULL = 1 << 8,
    TCP_ZERO_WINDOW = 1 << 9,
    TCP_ZERO_WINDOW_PROBE = 1 << 10,
    TCP_ZERO_WINDOW_PROBE_ACK = 1 << 11,
    TCP_KEEP_ALIVE = 1 << 12,
    TCP_KEEP_ALIVE_ACK = 1 << 13,
    TCP_REUSED_PORTS = 1 << 14,
    TCP_DELAYED_ACK = 1 << 15 /**< not one of Wireshark's */
} TcpMark;

/** What was seen of a connection: tcp.completeness. */
enum { SEEN_SYN = 1, SEEN_SYN_ACK = 2, SEEN_ACK = 4, SEEN_DATA = 8, SEEN_FIN = 16, SEEN_RST = 32 };

/** A segment's fixed header, and where it was captured. Numbers are in host order. */
typedef struct {
    const uint8_t *source;      /**< address in network order */
    const uint8_t *destination; /**< address in network order */
    uint32_t address_length;    /**< 4 or 16 */
    uint16_t ports[2];          /**< source, destination */
    uint16_t flags;             /**< twelve bits */
    uint16_t window;            /**< as sent */
    uint32_t sequence;          /**< as sent */
    uint32_t acknowledgment;    /**< as sent */
    uint32_t length;            /**< of the payload on the wire */
    bool sized; /**< the length is known: no IP fragment, no quotation, no segment shorter than its
                 *   header */
    bool cut;   /**< the header says that it is shorter than a header can be: flags mean nothing */
    uint32_t frame;
    int64_t time; /**< nanoseconds since 1970 */
} TcpSegment;

/** What was found about a segment. Times are in nanoseconds. */
typedef struct TcpFindings {
    uint32_t stream;         /**< tcp.stream */
    uint8_t completeness;    /**< what was seen of the connection before this segment */
    bool scalable;           /**< scale is meant: the segment is no SYN */
    bool analysed;           /**< something below is set */
    bool closes_first;       /**< its FIN is the connection's first */
    bool from_syn;           /**< base is what the sender's own SYN said */
    bool fast_open;          /**< the connection's SYN carried data (RFC 7413) */
    uint16_t flags;          /**< the segment's own */
    uint32_t length;         /**< the segment's own; 0 if it is not known */
    int32_t scale;           /**< factor of the window; -1: not known, -2: none was agreed upon */
    int64_t since_first;     /**< since the stream's first segment */
    int64_t since_previous;  /**< since the segment before */
    uint32_t sequence;       /**< relative if the segment is sized, else as sent */
    uint32_t acknowledgment; /**< the same */
    uint32_t next;           /**< of a sized segment: sequence number behind it, relative */
    uint32_t window;         /**< scaled if it can be */
    uint32_t base;           /**< of the sender: its sequence number 0 */
    uint32_t other_base;     /**< of the other end */
    uint32_t origin;         /**< what sequence numbers are shown relative to: base, or 0 where they
                              *   are shown as sent */
    uint32_t other_origin;   /**< the same for acknowledgment numbers */
    uint32_t marks;          /**< TcpMark */
    uint32_t acks_frame;     /**< frame of the segment that it acknowledges; 0: none */
    uint32_t in_flight;     /**< bytes sent and not acknowledged, with this segment; 0: not known */
    uint32_t push_bytes;    /**< bytes sent since the last PSH */
    uint32_t duplicate;     /**< the how manieth duplicate */
    uint32_t duplicate_of;  /**< frame of the ACK that it repeats */
    uint32_t timeout_frame; /**< frame since which the retransmission timer ran */
    int64_t timeout;        /**< how long */
    int64_t ack_time;       /**< since acks_frame */
    int64_t waited;         /**< the same since it was sent last, if it was sent again */
    int64_t handshake_time; /**< from the SYN to the first ACK; 0: not known */
} TcpFindings;

/** The connections of a capture. */
typedef struct TcpConnections TcpConnections;

/**
 * Begin.
 *
 * @param connections most that are remembered, at least 1; CONVERSATIONS_DEFAULT is usual
 * @param segments    most that are remembered of all connections until they are acknowledged;
 *                    UNACKNOWLEDGED_STORE is usual
 * @return NULL if there is no memory
 */
TcpConnections *tcp_connections_new(uint32_t connections, uint32_t segments);

/** Free; NULL is none. */
void tcp_connections_free(TcpConnections *all);

/** Show numbers as sent, not relative to where each end began. */
void tcp_connections_absolute(TcpConnections *all);

/** A segment between these IPv4 addresses and ports may be read soon: what is remembered of it is
 *  called into the cache, in two steps that need some time between them. */
void tcp_connections_expect(TcpConnections *all, const uint8_t *source, const uint8_t *destination,
                            const uint16_t ports[2]);
void tcp_connections_expect_record(const TcpConnections *all);

/** Read a segment's fixed header. What is returned is valid until the next segment. */
const TcpFindings *tcp_connections_segment(TcpConnections *all, const TcpSegment *segment);

/** The segment, which was read last, has a window scale option. */
void tcp_connections_scale(TcpConnections *all, uint8_t shift);

/** The segment, a SYN, has a Fast Open cookie. */
void tcp_connections_fast_open(TcpConnections *all);

/** A block of selective acknowledgment, between two sequence numbers. */
typedef struct {
    uint32_t left;
    uint32_t right;
} TcpSackBlock;

/** Blocks of a segment that are kept as they are. */
enum { TCP_SACK_FIRST = 2 };

/** A selective acknowledgment option of the segment has a block, between two numbers that are
 *  relative or not, but all alike. Blocks of a second such option count on. */
void tcp_connections_sack(TcpConnections *all, uint32_t left, uint32_t right);

/**
 * How many blocks the segment has so far; the count ends at three.
 *
 * @param[out] blocks the first TCP_SACK_FIRST of them, valid until the next segment
 */
unsigned tcp_connections_sack_first(const TcpConnections *all, const TcpSackBlock **blocks);

/** The segment's options were read to their end. Not called if the capture cut them. */
void tcp_connections_options_end(TcpConnections *all);

/** What had to be forgotten so far. */
typedef struct {
    uint64_t connections;
    uint64_t segments; /**< that were not acknowledged yet */
} TcpForgotten;

TcpForgotten tcp_connections_forgotten(const TcpConnections *all);

#endif
