/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/stream.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIN = 0x01,
    SYN = 0x02,
    RST = 0x04,
    ACK = 0x10,
    NONE = UINT16_MAX,
    MOST_STREAMS = NONE - 1,
    /* A partial message of the fixed framing is shorter than the limit and a block, and one
     * segment (an IP packet) joins it. */
    BUFFER_SIZE = 3 * ONEHASH_MESSAGE_LIMIT,
    /* Bytes older than this are not a retransmission, but another connection of the same ports. */
    MOST_OLD = 1 << 20
};

const StreamSettings stream_default_settings = STREAM_DEFAULT_SETTINGS;

/* Who speaks with whom. All bytes are set, so that keys compare as bytes. */
typedef struct {
    uint8_t server[16];
    uint8_t client[16];
    uint16_t server_port;
    uint16_t client_port;
    uint32_t address_length;
} Key;

/* One direction of a stream. */
typedef struct {
    uint32_t next;    /* sequence number of the next byte */
    uint32_t partial; /* bytes of a message that goes on */
    uint16_t buffer;  /* that hold them; NONE if there are none */
    bool started;     /* next is known */
} Direction;

typedef struct {
    Key key;
    OnehashFraming framing;
    Direction directions[2]; /* from the client, from the server */
    uint16_t chain;          /* next of the same hash */
    uint16_t newer;
    uint16_t older;
} Stream;

/* A buffer for a partial message. */
typedef struct {
    uint64_t used_at; /* when it was used last; 0: it is free */
    Direction *owner; /* NULL: free, or kept for the packet read last */
} Buffer;

struct StreamTable {
    StreamSettings settings;
    StreamCounts counts;
    Stream *streams;
    uint16_t *buckets;
    uint32_t bucket_count;
    uint32_t used;
    uint16_t newest;
    uint16_t oldest;
    Buffer *buffers;
    uint8_t *memory;
    uint64_t clock;
    uint16_t kept; /* buffer that entries of the packet read last point into */
    FsSpan reassembled;
};

/* --- the table --- */

static bool possible(const StreamSettings *s)
{
    return s->streams >= 1 && s->streams <= MOST_STREAMS && s->partials >= 2 &&
           s->partials < NONE && s->block <= ONEHASH_MESSAGE_LIMIT;
}

StreamTable *stream_table_new(const StreamSettings *settings)
{
    StreamTable *table = possible(settings) ? calloc(1, sizeof *table) : NULL;
    if (table == NULL) {
        return NULL;
    }
    table->settings = *settings;
    table->bucket_count = 16;
    while (table->bucket_count < settings->streams) {
        table->bucket_count *= 2;
    }
    table->streams = calloc(settings->streams, sizeof *table->streams);
    table->buckets = malloc(table->bucket_count * sizeof *table->buckets);
    table->buffers = calloc(settings->partials, sizeof *table->buffers);
    table->memory = malloc((size_t)settings->partials * BUFFER_SIZE);
    if (table->streams == NULL || table->buckets == NULL || table->buffers == NULL ||
        table->memory == NULL) {
        stream_table_free(table);
        return NULL;
    }
    memset(table->buckets, 0xff, table->bucket_count * sizeof *table->buckets);
    table->newest = table->oldest = table->kept = NONE;
    return table;
}

void stream_table_free(StreamTable *table)
{
    if (table != NULL) {
        free(table->streams);
        free(table->buckets);
        free(table->buffers);
        free(table->memory);
        free(table);
    }
}

StreamCounts stream_counts(const StreamTable *table)
{
    return table->counts;
}

FsSpan stream_reassembled(const StreamTable *table)
{
    return table->reassembled;
}

/* --- partial messages --- */

static uint8_t *buffer_bytes(const StreamTable *table, uint16_t buffer)
{
    return table->memory + (size_t)buffer * BUFFER_SIZE;
}

/* Forget the partial message of a direction; it is counted if there is one. */
static void drop(StreamTable *table, Direction *direction, uint64_t *count)
{
    if (direction->buffer != NONE) {
        table->buffers[direction->buffer] = (Buffer){0, NULL};
        direction->buffer = NONE;
        direction->partial = 0;
        (*count)++;
    }
}

/* Keep the buffer of a message that is complete until the next packet. */
static void keep(StreamTable *table, Direction *direction)
{
    table->kept = direction->buffer;
    table->buffers[table->kept].owner = NULL;
    direction->buffer = NONE;
    direction->partial = 0;
}

static void release_kept(StreamTable *table)
{
    if (table->kept != NONE) {
        table->buffers[table->kept] = (Buffer){0, NULL};
        table->kept = NONE;
    }
    table->reassembled = (FsSpan){NULL, 0, 0};
}

/* Remember the beginning of a message. */
static void hold(StreamTable *table, Direction *direction, FsSpan span)
{
    uint16_t chosen = NONE;
    for (uint16_t i = 0; i < (uint16_t)table->settings.partials; i++) {
        if (i != table->kept &&
            (chosen == NONE || table->buffers[i].used_at < table->buffers[chosen].used_at)) {
            chosen = i;
        }
    }
    if (table->buffers[chosen].owner != NULL) {
        drop(table, table->buffers[chosen].owner, &table->counts.partials);
    }
    table->buffers[chosen] = (Buffer){++table->clock, direction};
    memcpy(buffer_bytes(table, chosen), span.data, span.captured);
    direction->buffer = chosen;
    direction->partial = span.captured;
}

/* --- finding streams --- */

static uint32_t hash(const Key *key)
{
    uint32_t value = 2166136261U; /* FNV-1a */
    const uint8_t *bytes = (const uint8_t *)key;
    for (size_t i = 0; i < sizeof *key; i++) {
        value = (value ^ bytes[i]) * 16777619U;
    }
    return value;
}

static uint16_t *bucket_of(StreamTable *table, const Key *key)
{
    return &table->buckets[hash(key) & (table->bucket_count - 1)];
}

static void unlink_age(StreamTable *table, uint16_t index)
{
    const Stream *s = &table->streams[index];
    *(s->newer != NONE ? &table->streams[s->newer].older : &table->newest) = s->older;
    *(s->older != NONE ? &table->streams[s->older].newer : &table->oldest) = s->newer;
}

static void link_newest(StreamTable *table, uint16_t index)
{
    Stream *s = &table->streams[index];
    s->newer = NONE;
    s->older = table->newest;
    *(table->newest != NONE ? &table->streams[table->newest].newer : &table->oldest) = index;
    table->newest = index;
}

static void unlink_hash(StreamTable *table, uint16_t index)
{
    uint16_t *at = bucket_of(table, &table->streams[index].key);
    while (*at != index) {
        at = &table->streams[*at].chain;
    }
    *at = table->streams[index].chain;
}

static Stream *find(StreamTable *table, const Key *key)
{
    for (uint16_t i = *bucket_of(table, key); i != NONE; i = table->streams[i].chain) {
        if (memcmp(&table->streams[i].key, key, sizeof *key) == 0) {
            unlink_age(table, i);
            link_newest(table, i);
            return &table->streams[i];
        }
    }
    return NULL;
}

static void clear(StreamTable *table, Stream *stream)
{
    stream->framing = table->settings.framing;
    stream->directions[0] = stream->directions[1] = (Direction){.buffer = NONE};
}

static Stream *add(StreamTable *table, const Key *key)
{
    uint16_t index = table->oldest;
    if (table->used < table->settings.streams) {
        index = (uint16_t)table->used++;
    } else {
        Stream *old = &table->streams[index];
        drop(table, &old->directions[0], &table->counts.partials);
        drop(table, &old->directions[1], &table->counts.partials);
        table->counts.streams++;
        unlink_age(table, index);
        unlink_hash(table, index);
    }
    Stream *stream = &table->streams[index];
    uint16_t *bucket = bucket_of(table, key);
    stream->key = *key;
    stream->chain = *bucket;
    *bucket = index;
    link_newest(table, index);
    clear(table, stream);
    return stream;
}

static Key key_of(const HeaderWalk *walk, bool from_server, uint16_t source, uint16_t destination)
{
    Key key = {.server_port = from_server ? source : destination,
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

/* Join a segment to the partial message before it. Returns what is left of the segment. */
static FsSpan read_joined(StreamTable *table, FsPacket *packet, const OnehashStream *known,
                          Direction *direction, FsSpan span)
{
    uint8_t *bytes = buffer_bytes(table, direction->buffer);
    uint32_t before = direction->partial;
    if (span.captured > BUFFER_SIZE - before) {
        drop(table, direction, &table->counts.gaps); /* no IP packet is so long */
        return span;
    }
    memcpy(bytes + before, span.data, span.captured);
    OnehashFrame frame = onehash_next(known, bytes, before + span.captured);
    if (frame.verdict == ONEHASH_PARTIAL) {
        direction->partial += span.captured;
        table->buffers[direction->buffer].used_at = ++table->clock;
        return skip(span, span.reported);
    }
    keep(table, direction);
    table->reassembled = (FsSpan){bytes, frame.length, frame.length};
    const uint8_t *outer = fs_begin_source(packet, table->reassembled);
    if (outer != NULL) {
        (void)onehash_decode(packet, known, table->reassembled);
        fs_end_source(packet, outer);
    }
    return skip(span, frame.length - before);
}

/* Leave out what is old. Returns false if all of it is. */
static bool take_new(StreamTable *table, Direction *direction, uint32_t sequence, FsSpan *span)
{
    if (direction->started) {
        int32_t ahead = (int32_t)(sequence - direction->next);
        if (ahead < 0 && ahead >= -MOST_OLD) {
            uint32_t old = (uint32_t)-ahead;
            if (old >= span->reported) {
                table->counts.old++;
                return false;
            }
            *span = skip(*span, old);
        } else if (ahead != 0) {
            drop(table, direction, &table->counts.gaps);
        }
    }
    direction->started = true;
    direction->next = sequence + span->reported;
    return true;
}

static bool read_payload(StreamTable *table, HeaderWalk *walk, Stream *stream, OnehashStream *known,
                         FsSpan span)
{
    Direction *direction = &stream->directions[known->from_server];
    uint32_t end = walk->tcp_sequence + span.reported;
    if (!take_new(table, direction, walk->tcp_sequence, &span)) {
        return known->framing != ONEHASH_FRAMING_UNDECIDED;
    }
    direction->next = end;
    if (span.captured < span.reported) {
        drop(table, direction, &table->counts.gaps);
        bool ours = read_alone(walk->packet, known, span);
        stream->framing = known->framing;
        return ours;
    }
    onehash_learn(known, span.data, span.captured);
    stream->framing = known->framing;
    if (known->framing == ONEHASH_FRAMING_UNDECIDED) {
        return false;
    }
    if (direction->buffer != NONE) {
        span = read_joined(table, walk->packet, known, direction, span);
    }
    span = read_messages(walk->packet, known, span);
    if (span.captured > 0) {
        hold(table, direction, span);
    }
    return true;
}

/* A SYN begins a connection anew: the client's both directions, the server's its own. */
static void begin(StreamTable *table, Stream *stream, bool from_server, uint8_t flags)
{
    drop(table, &stream->directions[from_server], &table->counts.closed);
    if ((flags & ACK) == 0) {
        drop(table, &stream->directions[!from_server], &table->counts.closed);
        clear(table, stream);
    } else {
        stream->directions[from_server] = (Direction){.buffer = NONE};
    }
}

static void end(StreamTable *table, Stream *stream, bool from_server, uint8_t flags)
{
    if ((flags & (FIN | RST)) != 0) {
        drop(table, &stream->directions[from_server], &table->counts.closed);
    }
    if ((flags & RST) != 0) {
        drop(table, &stream->directions[!from_server], &table->counts.closed);
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
    release_kept(table);
    Key key = key_of(walk, known.from_server, source, destination);
    Stream *stream = find(table, &key);
    if (stream == NULL && span.reported > 0) {
        stream = add(table, &key);
    }
    if (stream == NULL) {
        return true;
    }
    if ((walk->tcp_flags & SYN) != 0) {
        begin(table, stream, known.from_server, walk->tcp_flags);
    }
    known.framing = stream->framing;
    bool ours = span.reported == 0 || read_payload(table, walk, stream, &known, span);
    end(table, stream, known.from_server, walk->tcp_flags);
    return ours;
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
