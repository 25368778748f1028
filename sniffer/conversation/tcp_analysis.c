/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a segment is, by those before it. The order of the questions matters: some end the row.
 */
#include "sniffer/conversation/sequence.h"
#include "sniffer/conversation/tcp_flow.h"

enum { SYN_FIN = TCP_FLAG_SYN | TCP_FLAG_FIN, SYN_FIN_RST = SYN_FIN | TCP_FLAG_RST };

static const uint64_t fast_retransmission_time = 20000000; /* at most that after a duplicate ACK */
static const uint64_t unknown_round_trip = 3000000;        /* what counts as one */

static void mark(TcpConnections *all, uint32_t mark)
{
    all->findings.marks |= mark;
    all->findings.analysed = true;
}

static bool marked(const TcpConnections *all, uint32_t mark)
{
    return (all->findings.marks & mark) != 0;
}

/* --- windows, probes, acknowledgments --- */

static bool zero_window_probe(const TcpConnections *all, const TcpSegment *s)
{
    return s->length == 1 && s->sequence == all->own->next && all->other->window == 0;
}

static void check_gap(TcpConnections *all, const TcpSegment *s)
{
    if (all->own->next != 0 && sequence_after(s->sequence, all->own->next) &&
        (s->flags & TCP_FLAG_RST) == 0) {
        mark(all, TCP_LOST_SEGMENT);
        all->own->flight_unknown = true;
    }
}

static void check_window_full(TcpConnections *all, const TcpSegment *s)
{
    const TcpFlow *other = all->other;
    if (s->length == 0 || other->scale == SCALE_UNKNOWN) {
        return;
    }
    int shift = other->first_ack || other->scale == SCALE_NONE ? 0 : other->scale;
    if (s->sequence + s->length == other->last_ack + (other->window << shift)) {
        mark(all, TCP_WINDOW_FULL);
    }
}

static void count_duplicate(TcpConnections *all)
{
    TcpFlow *own = all->own;
    own->duplicates = own->duplicates == UINT32_MAX ? 1 : own->duplicates + 1;
    mark(all, TCP_DUPLICATE_ACK);
    all->findings.duplicate = own->duplicates;
    all->findings.duplicate_of = own->first_of_duplicates;
}

/* A segment that acknowledges what the last one did, and carries nothing. */
static void check_repeated_ack(TcpConnections *all, const TcpSegment *s)
{
    const TcpFlow *own = all->own;
    if (s->length != 0 || s->sequence != own->next || s->acknowledgment != own->last_ack) {
        return;
    }
    if (s->window != own->window) {
        if (s->window != 0) {
            mark(all, TCP_WINDOW_UPDATE);
        }
        return;
    }
    uint32_t answered = all->other->last_marks;
    if (s->window != 0 && (answered & TCP_KEEP_ALIVE) != 0) {
        mark(all, TCP_KEEP_ALIVE_ACK);
    } else if (s->window == 0 && (answered & TCP_ZERO_WINDOW_PROBE) != 0) {
        mark(all, TCP_ZERO_WINDOW_PROBE_ACK);
    } else if (s->window != 0) {
        count_duplicate(all);
    }
}

static void check_forward(TcpConnections *all, const TcpSegment *s)
{
    if (zero_window_probe(all, s)) {
        mark(all, TCP_ZERO_WINDOW_PROBE);
        return;
    }
    bool plain = (s->flags & SYN_FIN_RST) == 0;
    if (s->window == 0 && plain) {
        mark(all, TCP_ZERO_WINDOW);
    }
    check_gap(all, s);
    if (!plain) {
        return;
    }
    if (s->length <= 1 && s->sequence == all->own->next - 1) {
        mark(all, TCP_KEEP_ALIVE);
    }
    check_window_full(all, s);
    check_repeated_ack(all, s);
}

/* It acknowledges more than was seen: that was not captured. Said once for each gap. */
static void check_unseen_acknowledged(TcpConnections *all, const TcpSegment *s)
{
    TcpFlow *other = all->other;
    if (other->acknowledgeable == 0 || (s->flags & TCP_FLAG_ACK) == 0 ||
        !sequence_after(s->acknowledgment, other->acknowledgeable)) {
        return;
    }
    all->findings.analysed = true;
    if (sequence_before(other->acknowledgeable, other->next)) {
        other->acknowledgeable = other->next;
        mark(all, TCP_ACK_LOST_SEGMENT);
        return;
    }
    if (other->duplicates == 0) {
        mark(all, TCP_ACK_LOST_SEGMENT);
    }
    other->duplicates = UINT32_MAX;
}

/* --- sent again, or late --- */

/* Late rather than sent again: so soon that no timer can have run out, and not the last bytes. */
static bool out_of_order(const TcpConnections *all, const TcpSegment *s)
{
    const TcpFlow *own = all->own;
    int64_t handshake = all->connection->handshake_time;
    uint64_t limit = handshake == 0 ? unknown_round_trip : (uint64_t)handshake;
    bool soon = (uint64_t)(s->time - own->next_time) < limit;
    return soon && own->next != s->sequence + s->length + ((s->flags & SYN_FIN) != 0);
}

/* The timer ran since the oldest segment that is not acknowledged was sent. */
static void find_timeout(TcpConnections *all, const TcpSegment *s)
{
    const Unacknowledged *sent = unacknowledged_first(all->store, &all->own->unacknowledged);
    int64_t since = all->own->next_time;
    all->findings.timeout_frame = all->own->next_frame;
    for (; sent != NULL; sent = unacknowledged_older(all->store, sent)) {
        since = sent->time;
        all->findings.timeout_frame = sent->frame;
    }
    all->findings.timeout = s->time - since;
}

static void check_repetition(TcpConnections *all, const TcpSegment *s)
{
    const TcpFlow *own = all->own;
    const TcpFlow *other = all->other;
    if ((s->length == 0 && (s->flags & SYN_FIN) == 0) || marked(all, TCP_KEEP_ALIVE)) {
        return;
    }
    bool again = own->next != 0 && sequence_before(s->sequence, own->next);
    if (s->length > 1 && own->next - 1 == s->sequence) { /* a zero window probe went before */
        again = false;
    }
    if (s->length > 0 && other->last_ack != 0 &&
        !sequence_after(s->sequence + s->length, other->last_ack)) {
        mark(all, TCP_SPURIOUS_RETRANSMISSION);
        return;
    }
    if (!again) {
        return;
    }
    bool fast = other->duplicates >= 2 && other->last_ack == s->sequence &&
                (uint64_t)(s->time - other->last_ack_time) < fast_retransmission_time;
    if (fast) {
        mark(all, TCP_FAST_RETRANSMISSION);
    } else if (out_of_order(all, s)) {
        mark(all, TCP_OUT_OF_ORDER);
    } else {
        mark(all, TCP_RETRANSMISSION);
        find_timeout(all, s);
    }
}

/* --- what is remembered --- */

/* The first connection that has any gives up its unacknowledged segments. */
static void make_room(TcpConnections *all)
{
    for (;;) {
        TcpConnection *connection = conversations_at(all->table, all->hand);
        if (connection == NULL) {
            all->hand = 0;
            continue;
        }
        all->hand++;
        uint32_t dropped = 0;
        for (unsigned i = 0; i < 2; i++) {
            dropped += unacknowledged_clear(all->store, &connection->flows[i].unacknowledged);
        }
        all->forgotten_segments += dropped;
        if (dropped > 0) {
            return;
        }
    }
}

/* Returns the sequence number behind the segment. */
static uint32_t remember_sent(TcpConnections *all, const TcpSegment *s)
{
    TcpFlow *own = all->own;
    uint32_t next = s->sequence + s->length;
    bool ends = (s->flags & SYN_FIN) != 0;
    if ((s->length == 0 && !ends) || own->unacknowledged.count >= UNACKNOWLEDGED_DIRECTION) {
        return next;
    }
    next += ends;
    Unacknowledged sent = {
        .time = s->time, .sequence = s->sequence, .next = next, .frame = s->frame};
    if (!unacknowledged_add(all->store, &own->unacknowledged, &sent, own->base)) {
        make_room(all);
        (void)unacknowledged_add(all->store, &own->unacknowledged, &sent, own->base);
    }
    return next;
}

static void remember(TcpConnections *all, const TcpSegment *s)
{
    TcpFlow *own = all->own;
    uint32_t next = remember_sent(all, s);
    bool probe = marked(all, TCP_ZERO_WINDOW_PROBE);
    if (!probe && (own->next == 0 || sequence_after(next, own->next))) {
        own->next = next;
        own->next_frame = s->frame;
        own->next_time = s->time;
    }
    if (!probe && (own->acknowledgeable == 0 || own->acknowledgeable == s->sequence)) {
        own->acknowledgeable = own->next;
    }
    own->window = s->window;
    own->last_ack = s->acknowledgment;
    own->last_ack_time = s->time;
    own->last_marks = (uint16_t)all->findings.marks;
}

static void find_acknowledged(TcpConnections *all, const TcpSegment *s)
{
    Unacknowledged match;
    int64_t last;
    if (unacknowledged_acknowledge(all->store, &all->other->unacknowledged, s->acknowledgment,
                                   &match, &last)) {
        all->findings.analysed = true;
        all->findings.acks_frame = match.frame;
        all->findings.ack_time = s->time - match.time;
        all->findings.waited = s->time - last;
    }
}

static void find_bytes_in_flight(TcpConnections *all, const TcpSegment *s)
{
    enum { MOST = 2000000000 };
    TcpFlow *own = all->own;
    if (s->length == 0 || own->unacknowledged.count == 0 || own->flight_unknown) {
        return;
    }
    uint32_t bytes = unacknowledged_span(all->store, &own->unacknowledged, own->base);
    bytes -= all->other->sacked;
    if (bytes > 0 && bytes < MOST) {
        all->findings.in_flight = bytes - ((s->flags & SYN_FIN) != 0);
    }
    bool push = (s->flags & TCP_FLAG_PSH) != 0;
    own->push_bytes = own->pushed ? s->length : own->push_bytes + s->length;
    own->pushed = push;
    all->findings.push_bytes = own->push_bytes;
    all->findings.analysed = true;
}

void tcp_analyse(TcpConnections *all, const TcpSegment *segment)
{
    if ((segment->flags & TCP_FLAG_ACK) != 0) {
        all->other->flight_unknown = false;
    }
    check_forward(all, segment);
    if (segment->acknowledgment != all->own->last_ack) {
        all->own->first_of_duplicates = segment->frame;
        all->own->duplicates = 0;
    }
    check_unseen_acknowledged(all, segment);
    check_repetition(all, segment);
    remember(all, segment);
    find_acknowledged(all, segment);
    find_bytes_in_flight(all, segment);
}
