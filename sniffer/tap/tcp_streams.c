/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/tap/tcp_streams.h"
#include "sniffer/headers/tcp.h"
#include "sniffer/tables.h"
#include "sniffer/tap/tap.h"

#include <glib.h>
#include <string.h>

enum { SYN = 0x02, RST = 0x04, ACK = 0x10, MOST_EARLY = 256, MOST_EARLY_BYTES = 1 << 20 };

/* A segment that came before its turn. */
typedef struct {
    uint32_t sequence;
    uint32_t reported;
    uint32_t captured;
    uint64_t frame;
    uint8_t *data;
} Early;

typedef struct {
    bool started;  /* next is known */
    uint32_t next; /* sequence number of the next byte */
    GArray *early; /* of Early, by sequence number; NULL: none yet */
    uint32_t early_bytes;
} Side;

typedef struct {
    TcpStream stream;
    Side sides[2];
} Connection;

struct TcpStreams {
    TcpReader reader;
    TcpLeftOut left_out;
    GHashTable *current; /* those of the capture that is read, by number + 1 */
    uint32_t capture;
};

/* What a segment says. */
typedef struct {
    Endpoint ends[2];
    uint32_t stream;
    uint32_t sequence;
    uint32_t acknowledged;
    uint32_t flags;
    const uint8_t *data;
    uint32_t captured;
    uint32_t reported;
    bool numbered; /* stream is known */
    bool whole;    /* the header is all there */
    bool quoted;   /* by an ICMP error */
} Segment;

static void free_connection(gpointer data)
{
    Connection *c = data;
    for (unsigned i = 0; i < 2; i++) {
        for (guint j = 0; c->sides[i].early != NULL && j < c->sides[i].early->len; j++) {
            g_free(g_array_index(c->sides[i].early, Early, j).data);
        }
        if (c->sides[i].early != NULL) {
            g_array_free(c->sides[i].early, TRUE);
        }
    }
    g_free(c);
}

TcpStreams *tcp_streams_new(const TcpReader *reader)
{
    TcpStreams *streams = g_new(TcpStreams, 1);
    *streams = (TcpStreams){
        .reader = *reader,
        .current = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_connection)};
    return streams;
}

void tcp_streams_free(TcpStreams *streams)
{
    if (streams != NULL) {
        g_hash_table_destroy(streams->current);
        g_free(streams);
    }
}

TcpLeftOut tcp_streams_left_out(const TcpStreams *streams)
{
    return streams->left_out;
}

/* --- connections --- */

static unsigned side_of(const Connection *c, const Segment *s)
{
    return memcmp(&c->stream.ends[0], &s->ends[0], sizeof s->ends[0]) != 0;
}

/* NULL: nobody wants its bytes, or there is no room. */
static Connection *find(TcpStreams *streams, const Segment *s)
{
    gpointer key = GUINT_TO_POINTER(s->stream + 1);
    Connection *c = g_hash_table_lookup(streams->current, key);
    TcpStream stream = {.number = s->stream, .capture = streams->capture};
    memcpy(stream.ends, s->ends, sizeof s->ends);
    if (c != NULL || !streams->reader.wants(streams->reader.context, &stream)) {
        return c;
    }
    if (g_hash_table_size(streams->current) >= TAP_MOST_ROWS) {
        streams->left_out.streams++;
        return NULL;
    }
    c = g_new0(Connection, 1);
    c->stream = stream;
    g_hash_table_insert(streams->current, key, c);
    return c;
}

/* --- bytes in order --- */

static int32_t distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

static void give(TcpStreams *streams, Connection *c, unsigned side, const Early *piece)
{
    Side *own = &c->sides[side];
    uint32_t old = own->next - piece->sequence; /* bytes that were given before */
    if (old >= piece->reported) {
        return;
    }
    TcpChunk chunk = {.side = side, .frame = piece->frame};
    if (old < piece->captured) {
        chunk.data = piece->data + old;
        chunk.length = piece->captured - old;
        streams->reader.take(streams->reader.context, &c->stream, &chunk);
        old = piece->captured;
    }
    if (piece->reported > old) {
        chunk = (TcpChunk){.side = side, .frame = piece->frame, .missing = piece->reported - old};
        streams->reader.take(streams->reader.context, &c->stream, &chunk);
    }
    own->next = piece->sequence + piece->reported;
}

/* Give what waited for what came now. */
static void give_early(TcpStreams *streams, Connection *c, unsigned side)
{
    Side *own = &c->sides[side];
    while (own->early != NULL && own->early->len > 0) {
        Early first = g_array_index(own->early, Early, 0);
        if (distance(own->next, first.sequence) > 0) {
            break;
        }
        give(streams, c, side, &first);
        own->early_bytes -= first.captured;
        g_free(first.data);
        g_array_remove_index(own->early, 0);
    }
}

static void keep_early(TcpStreams *streams, Side *own, const Early *piece)
{
    if (own->early == NULL) {
        own->early = g_array_new(FALSE, FALSE, sizeof(Early));
    }
    if (own->early->len >= MOST_EARLY || piece->captured > MOST_EARLY_BYTES - own->early_bytes) {
        streams->left_out.early++;
        return;
    }
    guint at = own->early->len;
    while (at > 0 &&
           distance(piece->sequence, g_array_index(own->early, Early, at - 1).sequence) > 0) {
        at--;
    }
    Early copy = *piece;
    copy.data = g_memdup2(piece->data, piece->captured);
    own->early_bytes += piece->captured;
    g_array_insert_val(own->early, at, copy);
}

/* The other side has what is wanting here, so it was sent, and will not come again. */
static void skip_lost(TcpStreams *streams, Connection *c, unsigned side, uint32_t acknowledged)
{
    Side *own = &c->sides[side];
    while (own->early != NULL && own->early->len > 0) {
        uint32_t first = g_array_index(own->early, Early, 0).sequence;
        if (distance(first, acknowledged) < 0) {
            break;
        }
        TcpChunk gap = {.side = side,
                        .frame = g_array_index(own->early, Early, 0).frame,
                        .missing = first - own->next};
        streams->reader.take(streams->reader.context, &c->stream, &gap);
        own->next = first;
        give_early(streams, c, side);
    }
}

static void take(TcpStreams *streams, Connection *c, unsigned side, const Segment *s,
                 uint64_t frame)
{
    Side *own = &c->sides[side];
    uint32_t sequence = s->sequence + ((s->flags & SYN) != 0);
    if (!own->started) {
        own->started = true;
        own->next = sequence;
    }
    if ((s->flags & ACK) != 0 && c->sides[1 - side].started) {
        skip_lost(streams, c, 1 - side, s->acknowledged);
    }
    if (s->reported == 0 || (s->flags & RST) != 0) { /* what a reset carries says why */
        return;
    }
    union {
        const uint8_t *from;
        uint8_t *to;
    } bytes = {.from = s->data}; /* give reads them only */
    Early piece = {sequence, s->reported, s->captured, frame, bytes.to};
    if (distance(own->next, sequence) > 0) {
        keep_early(streams, own, &piece);
    } else if (distance(own->next, sequence + s->reported) > 0) {
        give(streams, c, side, &piece);
        give_early(streams, c, side);
    }
}

/* --- packets --- */

static void segment_end(TcpStreams *streams, const FrameRecord *record, const Segment *s)
{
    if (!s->whole || !s->numbered || s->quoted) {
        return;
    }
    Connection *c = find(streams, s);
    if (c != NULL) {
        take(streams, c, side_of(c, s), s, record->number);
    }
}

/* Another capture has streams of its own. */
static void notice_capture(TcpStreams *streams, uint32_t capture)
{
    if (capture != streams->capture) {
        g_hash_table_remove_all(streams->current);
        streams->capture = capture;
    }
}

void tcp_streams_packet(TcpStreams *streams, const FrameRecord *record, const FsPacket *packet)
{
    const FsField *tcp = tcp_table.fields;
    Segment s = {0};
    bool inside = false;
    notice_capture(streams, record->capture);
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        const FsField *field = entry->field;
        if (field->type == FS_LAYER && inside) {
            segment_end(streams, record, &s);
            inside = false;
        }
        if (field == &tcp[TCP_LAYER]) {
            Endpoint ends[2] = {endpoint_without_port(&s.ends[0]),
                                endpoint_without_port(&s.ends[1])};
            s = (Segment){.quoted = entry->depth > 0};
            memcpy(s.ends, ends, sizeof ends);
            inside = true;
        } else if (field->role == FS_ROLE_SOURCE || field->role == FS_ROLE_DESTINATION) {
            s.ends[field->role == FS_ROLE_DESTINATION] = endpoint_of(entry);
        } else if (!inside) {
            continue;
        } else if (field == &tcp[TCP_SRCPORT] || field == &tcp[TCP_DSTPORT]) {
            endpoint_set_port(&s.ends[field == &tcp[TCP_DSTPORT]], entry);
        } else if (field == &tcp[TCP_STREAM]) {
            s.stream = (uint32_t)entry->value.number;
            s.numbered = true;
        } else if (field == &tcp[TCP_SEQ_RAW]) {
            s.sequence = (uint32_t)entry->value.number;
        } else if (field == &tcp[TCP_ACK_RAW]) {
            s.acknowledged = (uint32_t)entry->value.number;
        } else if (field == &tcp[TCP_FLAGS]) {
            s.flags = (uint32_t)entry->value.number;
            s.whole = true;
        } else if (field == &tcp[TCP_LEN]) {
            s.reported = (uint32_t)entry->value.number;
        } else if (field == &tcp[TCP_PAYLOAD]) {
            s.data = entry->value.bytes.data;
            s.captured = entry->value.bytes.length;
        }
    }
    if (inside) {
        segment_end(streams, record, &s);
    }
}
