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
    bool based;    /* base is known: what a SYN with another number is told by */
    bool started;  /* next is known */
    uint32_t base; /* the first sequence number */
    uint32_t next; /* of the next byte */
    GArray *early; /* of Early, by sequence number; NULL: none yet */
    uint32_t early_bytes;
} Side;

typedef struct {
    TcpStream stream;
    EndpointPair key;
    Side sides[2];
} Connection;

struct TcpStreams {
    TcpReader reader;
    TcpLeftOut left_out;
    GHashTable *current; /* the newest connection of a pair */
    GPtrArray *all;
};

/* What a segment says. */
typedef struct {
    Endpoint ends[2];
    uint32_t sequence;
    uint32_t acknowledged;
    uint32_t flags;
    const uint8_t *data;
    uint32_t captured;
    uint32_t reported;
    bool whole;  /* the header is all there */
    bool quoted; /* by an ICMP error */
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
    *streams = (TcpStreams){*reader,
                            {0, 0},
                            g_hash_table_new(endpoint_pair_hash, endpoint_pair_equal),
                            g_ptr_array_new_with_free_func(free_connection)};
    return streams;
}

void tcp_streams_free(TcpStreams *streams)
{
    if (streams != NULL) {
        g_hash_table_destroy(streams->current);
        g_ptr_array_free(streams->all, TRUE);
        g_free(streams);
    }
}

TcpLeftOut tcp_streams_left_out(const TcpStreams *streams)
{
    return streams->left_out;
}

/* --- connections --- */

static Connection *begin(TcpStreams *streams, const Segment *s, const EndpointPair *key)
{
    if (streams->all->len >= TAP_MOST_ROWS) {
        streams->left_out.streams++;
        return NULL;
    }
    Connection *c = g_new0(Connection, 1);
    c->stream.number = streams->all->len;
    memcpy(c->stream.ends, s->ends, sizeof s->ends);
    c->key = *key;
    g_ptr_array_add(streams->all, c);
    g_hash_table_replace(streams->current, &c->key, c);
    return c;
}

static unsigned side_of(const Connection *c, const Segment *s)
{
    return memcmp(&c->stream.ends[0], &s->ends[0], sizeof s->ends[0]) != 0;
}

static Connection *find(TcpStreams *streams, const Segment *s)
{
    unsigned back = memcmp(&s->ends[0], &s->ends[1], sizeof s->ends[0]) > 0;
    EndpointPair key = {{s->ends[back], s->ends[1 - back]}};
    Connection *c = g_hash_table_lookup(streams->current, &key);
    if (c == NULL) {
        return begin(streams, s, &key);
    }
    const Side *side = &c->sides[side_of(c, s)];
    bool again = (s->flags & (SYN | ACK)) == SYN && side->based && side->base != s->sequence;
    return again ? begin(streams, s, &key) : c;
}

static void set_bases(Connection *c, unsigned side, const Segment *s)
{
    Side *own = &c->sides[side];
    Side *other = &c->sides[1 - side];
    if (!own->based) {
        own->based = true;
        own->base = (s->flags & SYN) != 0 ? s->sequence : s->sequence - 1;
    }
    if (!other->based && (s->flags & ACK) != 0) {
        other->based = true;
        other->base = s->acknowledged - 1;
    }
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
    if (!s->whole) {
        return;
    }
    Connection *c = find(streams, s);
    if (c == NULL || s->quoted) {
        return;
    }
    unsigned side = side_of(c, s);
    set_bases(c, side, s);
    if (streams->reader.wants(streams->reader.context, &c->stream)) {
        take(streams, c, side, s, record->number);
    }
}

void tcp_streams_packet(TcpStreams *streams, const FrameRecord *record, const FsPacket *packet)
{
    const FsField *tcp = tcp_table.fields;
    Segment s = {0};
    bool inside = false;
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
