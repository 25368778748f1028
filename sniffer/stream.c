/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/stream.h"
#include "sniffer/conversation/sequence.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/stream_table.h"

#include <stdlib.h>
#include <string.h>

/* Bytes further off than this are no retransmission, and no segment that came early, but another
 * connection's of the same ports. */
enum { MOST_AWAY = 1 << 20 };

static StreamKey key_of(const HeaderWalk *walk, bool from_server, uint16_t source,
                        uint16_t destination)
{
    StreamKey key = {.server_port = from_server ? source : destination,
                     .client_port = from_server ? destination : source,
                     .address_length = walk->address_length};
    if (walk->address_length > 0) {
        memcpy(from_server ? key.server : key.client, walk->source, walk->address_length);
        memcpy(from_server ? key.client : key.server, walk->destination, walk->address_length);
    }
    return key;
}

/* --- reading segments --- */

static FsSpan skip(FsSpan span, uint32_t count)
{
    uint32_t captured = count < span.captured ? count : span.captured;
    return (FsSpan){captured > 0 ? span.data + captured : span.data, span.captured - captured,
                    span.reported - count};
}

/* The messages that a span begins with. Returns what is left: nothing, or a partial message. */
static FsSpan read_messages(FsPacket *packet, const OnehashStream *known, FsSpan span)
{
    while (span.captured > 0) {
        OnehashFrame frame = onehash_next(known, span.data, span.captured);
        if (frame.verdict == ONEHASH_PARTIAL) {
            break;
        }
        /* A bare message, or refused bytes, may reach into what the capture cut off. */
        bool all = frame.length == span.captured &&
                   (frame.verdict == ONEHASH_REFUSED || known->framing == ONEHASH_FRAMING_BARE);
        uint32_t reported = all ? span.reported : frame.length;
        (void)onehash_decode(packet, known, (FsSpan){span.data, frame.length, reported});
        span = skip(span, reported);
    }
    return span;
}

/* A segment by itself: what is partial is shown as far as it goes. */
static bool read_alone(FsPacket *packet, OnehashStream *known, FsSpan span)
{
    onehash_learn(known, span.data, span.captured);
    if (known->framing == ONEHASH_FRAMING_UNDECIDED) {
        return false;
    }
    span = read_messages(packet, known, span);
    if (span.captured > 0) {
        (void)onehash_decode(packet, known, span);
    }
    return true;
}

/* One segment, and the direction of the stream that it belongs to. */
typedef struct {
    StreamTable *table;
    FsPacket *packet;
    const HeaderWalk *walk;
    StreamDirection *direction;
    OnehashStream *known;
    uint32_t begin;      /* in table->together: of the message that goes on, */
    uint32_t end;        /* and behind the last byte there */
    bool together;       /* bytes are put together there */
    const uint8_t *base; /* for fs_end_source; NULL: nothing can be decoded */
    uint8_t source;      /* their number in the packet */
} Segment;

/* A message of which the rest will not come. */
static void show_broken(FsPacket *packet, const OnehashStream *known, FsSpan span, uint32_t lacks)
{
    span.reported += lacks > 0 ? lacks : 1;
    (void)onehash_decode(packet, known, span);
}

/* --- a segment that continues a message --- */

/* Join a segment to the partial message before it. Returns what is left of the segment. */
static FsSpan read_joined(const Segment *s, FsSpan span)
{
    StreamTable *table = s->table;
    StreamDirection *direction = s->direction;
    uint8_t *bytes = stream_buffer(table, direction->buffer);
    uint32_t before = direction->partial;
    if (span.captured > STREAM_BUFFER_SIZE - before) {
        stream_drop_partial(table, direction, &table->counts.gaps); /* no IP packet is so long */
        return span;
    }
    memcpy(bytes + before, span.data, span.captured);
    OnehashFrame frame = onehash_next(s->known, bytes, before + span.captured);
    if (frame.verdict == ONEHASH_PARTIAL) {
        direction->partial += span.captured;
        table->buffers[direction->buffer].used_at = ++table->clock;
        return skip(span, span.reported);
    }
    stream_keep(table, direction);
    table->reassembled = (FsSpan){bytes, frame.length, frame.length};
    const uint8_t *outer = fs_begin_source(s->packet, table->reassembled);
    if (outer != NULL) {
        (void)onehash_decode(s->packet, s->known, table->reassembled);
        fs_end_source(s->packet, outer);
    }
    return skip(span, frame.length - before);
}

/* The bytes that are due, where nothing waits for them. */
static void read_due(Segment *s, FsSpan span)
{
    StreamDirection *direction = s->direction;
    direction->next += span.reported;
    if (span.captured < span.reported) {
        stream_drop_partial(s->table, direction, &s->table->counts.gaps);
        (void)read_alone(s->packet, s->known, span);
        return;
    }
    onehash_learn(s->known, span.data, span.captured);
    if (s->known->framing == ONEHASH_FRAMING_UNDECIDED) {
        return;
    }
    if (direction->buffer != STREAM_NONE) {
        span = read_joined(s, span);
    }
    span = read_messages(s->packet, s->known, span);
    if (span.captured > 0) {
        stream_hold(s->table, direction, span);
    }
}

/* --- a segment for which others waited --- */

/* Put bytes together from here on, beginning with the message that goes on. */
static void open_together(Segment *s)
{
    StreamTable *table = s->table;
    StreamDirection *direction = s->direction;
    s->together = true;
    s->begin = s->end = 0;
    if (direction->buffer != STREAM_NONE) {
        uint64_t moved = 0;
        s->end = direction->partial;
        memcpy(table->together, stream_buffer(table, direction->buffer), s->end);
        stream_drop_partial(table, direction, &moved);
    }
    table->reassembled = (FsSpan){table->together, STREAM_TOGETHER_SIZE, STREAM_TOGETHER_SIZE};
    s->base = fs_begin_source(s->packet, table->reassembled);
    s->source = s->packet->source;
}

/* Keep what goes on, and say how many bytes were put together. */
static void close_together(Segment *s)
{
    StreamTable *table = s->table;
    if (!s->together) {
        return;
    }
    table->reassembled.captured = table->reassembled.reported = s->end;
    if (s->base != NULL) {
        s->packet->sources[s->source] = table->reassembled;
        fs_end_source(s->packet, s->base);
    }
    uint32_t left = s->end - s->begin;
    if (left > 0) {
        stream_hold(table, s->direction, (FsSpan){table->together + s->begin, left, left});
    }
}

/* The next bytes, of one segment. */
static void put_piece(Segment *s, FsSpan span)
{
    StreamTable *table = s->table;
    uint32_t left = s->end - s->begin;
    s->direction->next += span.reported;
    if (span.captured < span.reported || span.captured > STREAM_TOGETHER_SIZE - s->end ||
        s->base == NULL) {
        s->begin = s->end; /* it was shown when it came, or cannot be */
        table->counts.gaps += left > 0;
        return;
    }
    memcpy(table->together + s->end, span.data, span.captured);
    onehash_learn(s->known, table->together + s->end, span.captured);
    s->end += span.captured;
    FsSpan all = {table->together + s->begin, left + span.captured, left + span.captured};
    if (s->known->framing != ONEHASH_FRAMING_UNDECIDED) {
        all = read_messages(s->packet, s->known, all);
    } else {
        all.captured = 0;
    }
    s->begin = s->end - all.captured;
}

/* The part of a segment that is due. */
static void put_due(Segment *s, uint32_t sequence, FsSpan span)
{
    uint32_t old = s->direction->next - sequence;
    if (old < span.reported) {
        put_piece(s, skip(span, old));
    }
}

/* What waited for bytes that are there now. */
static void put_early(Segment *s)
{
    EarlyList *early = &s->direction->early;
    while (early->first != NULL && !sequence_after(early->first->sequence, s->direction->next)) {
        EarlySegment *first = early_take(&s->table->early, early);
        put_due(s, first->sequence, (FsSpan){first->bytes, first->captured, first->length});
        free(first);
    }
}

/* --- gaps --- */

/* Go on behind bytes that will not come. */
static void give_up_gap(Segment *s, uint32_t sequence)
{
    StreamTable *table = s->table;
    StreamDirection *direction = s->direction;
    uint32_t lacks = sequence - direction->next;
    table->counts.gaps++;
    direction->next = sequence;
    if (s->together && s->end > s->begin) {
        uint32_t left = s->end - s->begin;
        if (s->base != NULL) {
            show_broken(s->packet, s->known, (FsSpan){table->together + s->begin, left, left},
                        lacks);
        }
        s->begin = s->end;
    } else if (direction->buffer != STREAM_NONE) {
        FsSpan left = {stream_buffer(table, direction->buffer), direction->partial,
                       direction->partial};
        stream_keep(table, direction);
        table->reassembled = left;
        const uint8_t *outer = fs_begin_source(s->packet, left);
        if (outer != NULL) {
            show_broken(s->packet, s->known, left, lacks);
            fs_end_source(s->packet, outer);
        }
    }
}

/* Has the other end all bytes before this one? */
static bool acknowledged(const StreamDirection *direction, uint32_t sequence)
{
    return direction->answered && !sequence_before(direction->acknowledged, sequence);
}

/* Will what is missing come no more? */
static bool in_vain(const Segment *s, uint8_t flags)
{
    const TcpFindings *findings = s->walk->findings;
    bool heard = s->direction->answered ||
                 (findings != NULL && (findings->completeness & SEEN_SYN_ACK) != 0);
    return (flags & TCP_FLAG_RST) != 0 || ((flags & TCP_FLAG_FIN) != 0 && !heard);
}

/* Read what waits behind gaps that are given up: all, or those that are acknowledged. */
static void settle(Segment *s, bool all)
{
    EarlyList *early = &s->direction->early;
    while (early->first != NULL && (all || acknowledged(s->direction, early->first->sequence))) {
        if (!s->together) {
            open_together(s);
        }
        if (sequence_after(early->first->sequence, s->direction->next)) {
            give_up_gap(s, early->first->sequence);
        }
        put_early(s);
    }
}

/* A segment behind a gap. Returns true if it waits, at least for its turn among those that do. */
static bool waits(Segment *s, uint32_t sequence, FsSpan span)
{
    StreamTable *table = s->table;
    EarlyList *early = &s->direction->early;
    bool lost = early->first == NULL && acknowledged(s->direction, sequence);
    if (table->settings.as_they_come || lost) {
        return false;
    }
    if (!early_keep(&table->early, early, sequence, span)) {
        settle(s, true);
        return false;
    }
    if (span.captured < span.reported) {
        (void)read_alone(s->packet, s->known, span);
    }
    return true;
}

/* --- segments in any order --- */

/* The stream's bytes begin with this segment, if nothing tells where they did. */
static void start(const Segment *s, uint32_t sequence)
{
    StreamDirection *direction = s->direction;
    const TcpFindings *findings = s->walk->findings;
    bool known = findings != NULL && findings->from_syn &&
                 sequence_distance(findings->base + 1, sequence) <= MOST_AWAY &&
                 !sequence_before(sequence, findings->base + 1);
    direction->started = true;
    direction->from_syn = known;
    direction->first = direction->next = known ? findings->base + 1 : sequence;
}

/* Bytes of a connection whose SYN was not captured. Returns true if they came before those that
 * were taken for its first: then they are read by themselves. */
static bool before_first(const Segment *s, uint32_t sequence, FsSpan span)
{
    StreamDirection *direction = s->direction;
    if (direction->from_syn || direction->answered || s->table->settings.as_they_come ||
        sequence_after(sequence + span.reported, direction->first)) {
        return false;
    }
    direction->first = sequence;
    (void)read_alone(s->packet, s->known, span);
    return true;
}

static void read_payload(Segment *s, uint32_t sequence, FsSpan span)
{
    StreamTable *table = s->table;
    StreamDirection *direction = s->direction;
    int32_t ahead = sequence_distance(direction->next, sequence);
    if (ahead < -MOST_AWAY || ahead > MOST_AWAY) {
        stream_forget_direction(table, direction, &table->counts.gaps);
        direction->next = direction->first = sequence;
        direction->from_syn = false;
    } else if (ahead < 0 && (uint32_t)-ahead >= span.reported) {
        table->counts.old += !before_first(s, sequence, span);
        return;
    } else if (ahead > 0) {
        if (waits(s, sequence, span)) {
            return;
        }
        if (sequence_after(sequence, direction->next)) {
            give_up_gap(s, sequence);
        }
    }
    if (s->together || direction->early.first != NULL) {
        if (!s->together) {
            open_together(s);
        }
        put_due(s, sequence, span);
        put_early(s);
    } else {
        read_due(s, skip(span, direction->next - sequence));
    }
}

/* A SYN begins a connection anew: the client's both directions, the server's its own. */
static void begin(StreamTable *table, Stream *stream, bool from_server, const HeaderWalk *walk)
{
    StreamDirection *own = &stream->directions[from_server];
    if (own->started && own->first == walk->tcp_sequence) {
        return; /* it is tried once more */
    }
    stream_forget_direction(table, own, &table->counts.closed);
    if ((walk->tcp_flags & TCP_FLAG_ACK) == 0) {
        StreamDirection *other = &stream->directions[!from_server];
        stream_forget_direction(table, other, &table->counts.closed);
        stream->framing = table->settings.framing;
        *other = (StreamDirection){.buffer = STREAM_NONE};
    }
    *own = (StreamDirection){.first = walk->tcp_sequence,
                             .next = walk->tcp_sequence,
                             .buffer = STREAM_NONE,
                             .started = true,
                             .from_syn = true};
}

static void end(StreamTable *table, Stream *stream, bool from_server, uint8_t flags)
{
    if ((flags & (TCP_FLAG_FIN | TCP_FLAG_RST)) != 0 &&
        stream->directions[from_server].early.first == NULL) {
        stream_drop_partial(table, &stream->directions[from_server], &table->counts.closed);
    }
    if ((flags & TCP_FLAG_RST) != 0) {
        stream_forget_direction(table, &stream->directions[!from_server], &table->counts.closed);
    }
}

static void notice_acknowledgment(StreamDirection *other, const HeaderWalk *walk)
{
    if ((walk->tcp_flags & TCP_FLAG_ACK) != 0 &&
        (!other->answered || sequence_after(walk->tcp_acknowledgment, other->acknowledged))) {
        other->answered = true;
        other->acknowledged = walk->tcp_acknowledgment;
    }
}

/* --- ports --- */

static bool is_service(const StreamSettings *settings, uint16_t port)
{
    return port_set_holds(&settings->chat_ports, port) ||
           port_set_holds(&settings->control_ports, port);
}

const StreamSettings *stream_settings(const StreamTable *table)
{
    return table != NULL ? &table->settings : &stream_default_settings;
}

bool stream_port(const StreamSettings *settings, uint16_t port)
{
    return is_service(settings, port) || port_set_holds(&settings->other_ports, port);
}

OnehashService stream_service(const StreamSettings *settings, uint16_t port)
{
    if (settings->dialect != ONEHASH_SERVICE_UNKNOWN) {
        return settings->dialect;
    }
    if (port_set_holds(&settings->chat_ports, port)) {
        return ONEHASH_SERVICE_CHAT;
    }
    return port_set_holds(&settings->control_ports, port) ? ONEHASH_SERVICE_CONTROL
                                                          : ONEHASH_SERVICE_UNKNOWN;
}

/* Which end is the server? A port of a service counts more than another one; where both are of the
 * same kind, the destination does. Returns false if neither is. */
static bool find_server(const StreamSettings *settings, uint16_t source, uint16_t destination,
                        bool *from_server)
{
    *from_server = false;
    if (is_service(settings, destination)) {
        return true;
    }
    *from_server =
        is_service(settings, source) ||
        (settings->other_ports.count > 0 && port_set_holds(&settings->other_ports, source) &&
         !port_set_holds(&settings->other_ports, destination));
    return *from_server ||
           (settings->other_ports.count > 0 && port_set_holds(&settings->other_ports, destination));
}

static bool read_segment(HeaderWalk *walk, uint16_t source, uint16_t destination,
                         OnehashStream known, FsSpan span)
{
    StreamTable *table = walk->streams;
    if (table == NULL || walk->inside_error || walk->fragment) {
        return span.captured == 0 || read_alone(walk->packet, &known, span);
    }
    stream_release_kept(table);
    StreamKey key = key_of(walk, known.from_server, source, destination);
    Stream *stream = stream_find(table, &key);
    if (stream == NULL && span.reported > 0) {
        stream = stream_add(table, &key);
    }
    if (stream == NULL) {
        return true;
    }
    if ((walk->tcp_flags & TCP_FLAG_SYN) != 0) {
        begin(table, stream, known.from_server, walk);
    }
    known.framing = stream->framing;
    Segment s = {.table = table,
                 .packet = walk->packet,
                 .walk = walk,
                 .direction = &stream->directions[known.from_server],
                 .known = &known};
    if (span.reported > 0) {
        if (!s.direction->started) {
            start(&s, walk->tcp_sequence);
        }
        read_payload(&s, walk->tcp_sequence, span);
    }
    settle(&s, in_vain(&s, walk->tcp_flags));
    close_together(&s);
    stream->framing = known.framing;
    notice_acknowledgment(&stream->directions[!known.from_server], walk);
    end(table, stream, known.from_server, walk->tcp_flags);
    return span.reported == 0 || known.framing != ONEHASH_FRAMING_UNDECIDED ||
           s.direction->early.first != NULL;
}

bool stream_segment(HeaderWalk *walk, uint16_t source, uint16_t destination, FsSpan span)
{
    const StreamSettings *settings = stream_settings(walk->streams);
    OnehashStream known = {.framing = settings->framing, .block = settings->block};
    if (!find_server(settings, source, destination, &known.from_server)) {
        return false;
    }
    known.service = stream_service(settings, known.from_server ? source : destination);
    FsEncoding outer = walk->packet->prefer;
    walk->packet->prefer = settings->prefer;
    bool ours = read_segment(walk, source, destination, known, span);
    walk->packet->prefer = outer;
    return ours;
}
