/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is remembered of a TCP connection: what its files share.
 */
#ifndef FEISCOPE_SNIFFER_CONVERSATION_TCP_FLOW_H
#define FEISCOPE_SNIFFER_CONVERSATION_TCP_FLOW_H

#include "sniffer/conversation/table.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/unacknowledged.h"

enum { SCALE_UNKNOWN = -1, SCALE_NONE = -2 };

/** One direction. Sequence numbers are as sent; 0 of those that are compared is "none yet", as in
 *  Wireshark. */
typedef struct {
    uint32_t base;                /**< the number that is 0 when shown relative */
    uint32_t next;                /**< behind the highest byte seen */
    uint32_t next_frame;          /**< frame that had it */
    uint32_t acknowledgeable;     /**< behind the last byte before which none is missing */
    uint32_t last_ack;            /**< the last acknowledgment number */
    uint32_t first_of_duplicates; /**< frame that first had last_ack */
    uint32_t duplicates;   /**< of that ACK; UINT32_MAX, which counts as many: it acknowledged what
                            *   was not captured */
    uint32_t window;       /**< the last one, unscaled; UINT32_MAX: none yet */
    uint32_t push_bytes;   /**< sent since the last PSH */
    uint32_t sacked;       /**< bytes in the blocks of its last segment's SACK option */
    int64_t next_time;     /**< when next_frame came */
    int64_t last_ack_time; /**< when the last segment came */
    UnacknowledgedList unacknowledged;
    uint16_t last_marks;     /**< TcpMark of the last segment */
    int8_t scale;            /**< shift count, or SCALE_UNKNOWN or SCALE_NONE */
    uint8_t sack_blocks;     /**< how many blocks sacked counts */
    bool based : 1;          /**< base is known */
    bool from_syn : 1;       /**< by its SYN */
    bool first_ack : 1;      /**< it sent a SYN, and no ACK since */
    bool flight_unknown : 1; /**< bytes are missing, so how many are on the way is not known */
    bool pushed : 1;         /**< its last segment had PSH */
    bool closed_first : 1;   /**< its FIN came before the other's */
} TcpFlow;

/** A connection; flows[i] is sent by the end that the key has at i. */
typedef struct {
    ConversationHead head;
    int64_t first;          /**< when it began */
    int64_t previous;       /**< when its last segment came */
    int64_t syn_time;       /**< of the last SYN */
    int64_t handshake_time; /**< from that to the first ACK; 0: not known */
    bool syn_seen;          /**< syn_time is set */
    bool fast_open;         /**< the SYN carried data */
    uint8_t completeness;
    TcpFlow flows[2];
} TcpConnection;
_Static_assert(sizeof(TcpConnection) <= 256, "four lines of the cache");

struct TcpConnections {
    ConversationTable *table;
    UnacknowledgedStore *store;
    uint32_t hand; /* connection whose unacknowledged segments make room next */
    uint64_t forgotten_segments;
    bool absolute;             /* numbers are shown as sent */
    TcpConnection *connection; /* of the segment read last; NULL: it is forgotten */
    TcpFlow *own;              /* its direction */
    TcpFlow *other;
    TcpFindings findings;
    TcpSackBlock sack[TCP_SACK_FIRST]; /* the first of the segment's */
};

/** Compare a segment with those before it. The findings' stream and times are set; its marks may
 *  be. */
void tcp_analyse(TcpConnections *all, const TcpSegment *segment);

#endif
