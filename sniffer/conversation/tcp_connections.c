/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/conversation/tcp_flow.h"

#include <stdlib.h>

TcpConnections *tcp_connections_new(uint32_t connections, uint32_t segments)
{
    TcpConnections *all = calloc(1, sizeof *all);
    if (all == NULL) {
        return NULL;
    }
    all->table = conversations_new(sizeof(TcpConnection), connections);
    all->store = unacknowledged_new(segments);
    if (all->table == NULL || all->store == NULL) {
        tcp_connections_free(all);
        return NULL;
    }
    return all;
}

void tcp_connections_free(TcpConnections *all)
{
    if (all != NULL) {
        conversations_free(all->table);
        unacknowledged_free(all->store);
        free(all);
    }
}

TcpForgotten tcp_connections_forgotten(const TcpConnections *all)
{
    return (TcpForgotten){conversations_forgotten(all->table), all->forgotten_segments};
}

/* --- finding and beginning --- */

static void clear_segments(TcpConnections *all, TcpConnection *connection)
{
    (void)unacknowledged_clear(all->store, &connection->flows[0].unacknowledged);
    (void)unacknowledged_clear(all->store, &connection->flows[1].unacknowledged);
}

static void forget(void *context, void *record)
{
    clear_segments(context, record);
}

static void begin(TcpConnection *connection, int64_t time)
{
    connection->first = time;
    connection->previous = time;
    for (unsigned i = 0; i < 2; i++) {
        connection->flows[i].scale = SCALE_UNKNOWN;
        connection->flows[i].window = UINT32_MAX;
    }
}

/* Returns whether the connection is new. */
static bool find(TcpConnections *all, const TcpSegment *segment)
{
    ConversationKey key;
    unsigned side = conversation_key(&key, segment->address_length, segment->source,
                                     segment->destination, segment->ports);
    TcpConnection *connection = conversations_find(all->table, &key);
    bool found = connection != NULL;
    if (!found) {
        connection = conversations_add(all->table, &key, forget, all);
        begin(connection, segment->time);
    }
    all->connection = connection;
    all->own = &connection->flows[side];
    all->other = &connection->flows[1 - side];
    return !found;
}

void tcp_connections_absolute(TcpConnections *all)
{
    all->absolute = true;
}

void tcp_connections_expect(TcpConnections *all, const uint8_t *source, const uint8_t *destination,
                            const uint16_t ports[2])
{
    ConversationKey key;
    (void)conversation_key(&key, 4, source, destination, ports);
    conversations_expect(all->table, &key);
}

void tcp_connections_expect_record(const TcpConnections *all)
{
    conversations_expect_record(all->table);
}

/* A SYN with another number begins another connection between the same ports. */
static void notice_reuse(TcpConnections *all, const TcpSegment *segment)
{
    bool syn = (segment->flags & TCP_FLAG_SYN) != 0;
    if (!syn || !all->own->based) {
        return;
    }
    if (all->own->base == segment->sequence) {
        if ((segment->flags & TCP_FLAG_ACK) == 0) { /* the connection is tried once more */
            all->own->next = all->own->acknowledgeable;
            all->findings.analysed = true;
        }
        return;
    }
    all->findings.marks |= TCP_REUSED_PORTS;
    all->findings.analysed = true;
    if ((segment->flags & TCP_FLAG_ACK) != 0) {
        all->own->base = segment->sequence;
        all->own->from_syn = true;
        all->own->unacknowledged.stale = true; /* what it knows is relative to the base */
        return;
    }
    clear_segments(all, all->connection);
    conversations_renew(all->table, all->connection);
    begin(all->connection, segment->time);
    all->connection->completeness = SEEN_SYN;
}

/* --- numbers --- */

/* Numbers are relative to the SYN's; where none was captured, the first byte's is 1. */
static void set_bases(TcpConnections *all, const TcpSegment *segment)
{
    if (!all->own->based) {
        bool syn = (segment->flags & TCP_FLAG_SYN) != 0;
        all->own->base = segment->sequence - (syn ? 0 : 1);
        all->own->based = true;
        all->own->from_syn = syn;
    } else if (segment->sequence == all->own->base && (segment->flags & TCP_FLAG_SYN) != 0) {
        all->own->from_syn = true;
    }
    if (!all->other->based && (segment->flags & TCP_FLAG_ACK) != 0) {
        all->other->base = segment->acknowledgment - 1;
        all->other->based = true;
    }
}

static void find_numbers(TcpConnections *all, const TcpSegment *segment)
{
    TcpFindings *f = &all->findings;
    bool ends = (segment->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN)) != 0; /* each counts as a byte */
    f->sequence = segment->sequence - f->origin;
    f->acknowledgment = segment->acknowledgment;
    if ((segment->flags & TCP_FLAG_ACK) != 0) {
        f->acknowledgment -= f->other_origin;
    }
    f->next = f->sequence + segment->length + ends;
    if ((segment->flags & TCP_FLAG_SYN) == 0 && all->own->scale >= 0) {
        f->window <<= all->own->scale;
    }
}

/* --- how far the connection is --- */

static uint8_t seen(const TcpSegment *segment, bool new, uint8_t before)
{
    uint16_t flags = segment->flags;
    bool syn = (flags & TCP_FLAG_SYN) != 0;
    bool ack = (flags & TCP_FLAG_ACK) != 0;
    bool data = segment->sized && segment->length > 0;
    if (new) {
        return syn && !ack ? SEEN_SYN | (data ? SEEN_DATA : 0) : 0;
    }
    unsigned now = before;
    if (syn && ack) {
        now |= SEEN_SYN_ACK;
    } else if (ack) {
        now |= data ? SEEN_DATA : SEEN_ACK;
    }
    if (ack && (flags & TCP_FLAG_FIN) != 0) {
        now |= SEEN_FIN;
    }
    if ((flags & TCP_FLAG_RST) != 0) {
        now |= SEEN_RST;
    }
    return (uint8_t)now;
}

static void advance(TcpConnections *all, const TcpSegment *segment, bool new)
{
    TcpConnection *connection = all->connection;
    bool syn = (segment->flags & TCP_FLAG_SYN) != 0;
    bool ack = (segment->flags & TCP_FLAG_ACK) != 0;
    connection->completeness = seen(segment, new, connection->completeness);
    if (syn) {
        all->own->first_ack = true;
        if (!ack) {
            connection->syn_time = segment->time;
            connection->syn_seen = true;
        }
    }
    if ((segment->flags & TCP_FLAG_FIN) != 0 && !all->other->closed_first) {
        all->own->closed_first = true;
        all->findings.closes_first = true;
    }
    if (ack && !syn) {
        if (connection->syn_seen && connection->handshake_time == 0) {
            connection->handshake_time = segment->time - connection->syn_time;
        }
        all->own->first_ack = false;
    }
}

/* --- delayed acknowledgments --- */

/* A receiver may wait for data to send along with an ACK, less than half a second (RFC 9293
 * 3.8.6.3); the least that is usual is 40 ms. How long the segment and the ACK were on their way is
 * not part of it, and at most what the handshake took. */
static bool delayed(const TcpConnections *all, const TcpSegment *segment)
{
    static const int64_t least = 35000000, most = 500000000;
    const TcpFindings *f = &all->findings;
    uint16_t others = TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST;
    int64_t waited = f->waited - f->handshake_time;
    return f->acks_frame != 0 && segment->length == 0 && (segment->flags & others) == 0 &&
           f->marks == 0 && waited >= least && waited < most;
}

const TcpFindings *tcp_connections_segment(TcpConnections *all, const TcpSegment *segment)
{
    TcpFindings *f = &all->findings;
    *f = (TcpFindings){.sequence = segment->sequence,
                       .acknowledgment = segment->acknowledgment,
                       .window = segment->window,
                       .flags = segment->flags,
                       .length = segment->length};
    bool new = find(all, segment);
    TcpConnection *connection = all->connection;
    notice_reuse(all, segment);
    f->stream = connection->head.number;
    f->completeness = connection->completeness;
    f->since_first = segment->time - connection->first;
    f->since_previous = segment->time - connection->previous;
    connection->previous = segment->time;
    all->own->sacked = all->own->sack_blocks = 0;
    if (segment->sized) {
        set_bases(all, segment);
        tcp_analyse(all, segment);
        f->origin = all->absolute ? 0 : all->own->base;
        f->other_origin = all->absolute ? 0 : all->other->base;
        find_numbers(all, segment);
    }
    f->scalable = (segment->flags & TCP_FLAG_SYN) == 0;
    f->scale = all->own->scale >= 0 ? 1 << all->own->scale : all->own->scale;
    f->base = all->own->base;
    f->from_syn = all->own->from_syn;
    f->other_base = all->other->base;
    if (!segment->cut) {
        advance(all, segment, new);
    }
    f->handshake_time = connection->handshake_time;
    f->fast_open = connection->fast_open;
    if (delayed(all, segment)) {
        f->marks |= TCP_DELAYED_ACK;
    }
    return f;
}

/* --- options --- */

void tcp_connections_scale(TcpConnections *all, uint8_t shift)
{
    enum { MOST = 14 }; /* RFC 7323 2.3: more counts as that */
    all->own->scale = (int8_t)(shift < MOST ? shift : MOST);
}

void tcp_connections_fast_open(TcpConnections *all)
{
    all->connection->fast_open = all->findings.length > 0;
}

void tcp_connections_sack(TcpConnections *all, uint32_t left, uint32_t right)
{
    enum { MOST = 3 }; /* Wireshark counts no more */
    if (all->own->sack_blocks < TCP_SACK_FIRST) {
        all->sack[all->own->sack_blocks] = (TcpSackBlock){left, right};
    }
    if (all->own->sack_blocks < MOST) {
        all->own->sack_blocks++;
        all->own->sacked += right - left;
    }
}

unsigned tcp_connections_sack_first(const TcpConnections *all, const TcpSackBlock **blocks)
{
    *blocks = all->sack;
    return all->own->sack_blocks;
}

/* Windows are scaled only if both SYNs had the option. */
void tcp_connections_options_end(TcpConnections *all)
{
    if ((all->findings.flags & TCP_FLAG_SYN) == 0) {
        return;
    }
    if (all->own->scale == SCALE_UNKNOWN) {
        all->own->scale = all->other->scale = SCALE_NONE;
    } else if ((all->findings.flags & TCP_FLAG_ACK) != 0 && all->other->scale == SCALE_NONE) {
        all->own->scale = SCALE_NONE;
    }
}
