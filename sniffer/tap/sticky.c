/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z sticky: where TCP cut the bytes of 1#n, and where its messages end. TCP keeps the order of
 * bytes and no boundaries: a segment may hold several messages (they stick together, 粘包), and a
 * message may lie in several segments (it was split, 拆包). So a protocol has to say where a
 * message ends; the last table shows what a receiver makes of the same segments under each of the
 * four ways.
 */
#include "protocol/onehash/onehash.h"
#include "sniffer/tap/tap.h"
#include "sniffer/tap/tcp_streams.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_SIDE = 1 << 20, /* bytes of one side that are looked at */
    MOST_STREAMS = 256,
    ALL = -1,
    PREVIEW = 36 /* characters of a message that are shown */
};

static const char *const framing_names[] = {"undecided", "line", "length", "fixed", "bare"};

/* Bytes of one segment, or one message. */
typedef struct {
    uint32_t start;
    uint32_t end;
    uint64_t frame;    /* of a segment */
    bool after_gap;    /* of a segment: bytes before it were not captured */
    OnehashVerdict as; /* of a message */
} Part;

typedef struct {
    GByteArray *bytes;
    GArray *segments; /* of Part */
    bool gap;
} Half;

typedef struct {
    TcpStream stream;
    unsigned client; /* which of the ends */
    OnehashService service;
    Half halves[2]; /* by side */
} Conversation;

typedef struct {
    Tap tap;
    int64_t number; /* of the one stream that is looked at, or ALL */
    const Preferences *preferences;
    TcpStreams *streams;
    GHashTable *table; /* those of the capture that is read, by number + 1 */
    uint32_t capture;
    GPtrArray *rows;
} StickyTap;

static bool wants(void *context, const TcpStream *stream)
{
    const StickyTap *t = context;
    const StreamSettings *ports = &t->preferences->streams;
    if (t->number != ALL) {
        return stream->number == t->number;
    }
    for (unsigned i = 0; i < 2; i++) {
        uint16_t port = stream->ends[i].port;
        if (stream_port(ports, port)) {
            return true;
        }
    }
    return false;
}

static Conversation *conversation_of(StickyTap *t, const TcpStream *stream)
{
    if (stream->capture != t->capture) {
        g_hash_table_remove_all(t->table);
        t->capture = stream->capture;
    }
    Conversation *c = g_hash_table_lookup(t->table, GUINT_TO_POINTER(stream->number + 1));
    if (c != NULL) {
        return c;
    }
    if (t->rows->len >= MOST_STREAMS) {
        t->tap.left_out_count++;
        return NULL;
    }
    const StreamSettings *ports = &t->preferences->streams;
    c = g_new0(Conversation, 1);
    c->stream = *stream;
    uint16_t first = stream->ends[0].port;
    c->client = stream_port(ports, first);
    uint16_t server = stream->ends[1 - c->client].port;
    c->service = stream_service(ports, server);
    for (unsigned i = 0; i < 2; i++) {
        c->halves[i].bytes = g_byte_array_new();
        c->halves[i].segments = g_array_new(FALSE, FALSE, sizeof(Part));
    }
    g_ptr_array_add(t->rows, c);
    g_hash_table_insert(t->table, GUINT_TO_POINTER(stream->number + 1), c);
    return c;
}

static void take(void *context, const TcpStream *stream, const TcpChunk *chunk)
{
    Conversation *c = conversation_of(context, stream);
    if (c == NULL) {
        return;
    }
    Half *half = &c->halves[chunk->side];
    if (chunk->missing > 0) {
        half->gap = true;
        return;
    }
    if (chunk->length > MOST_SIDE - half->bytes->len) {
        ((StickyTap *)context)->tap.left_out_count++;
        return;
    }
    Part segment = {.start = half->bytes->len,
                    .end = half->bytes->len + chunk->length,
                    .frame = chunk->frame,
                    .after_gap = half->gap};
    half->gap = false;
    g_array_append_val(half->segments, segment);
    g_byte_array_append(half->bytes, chunk->data, chunk->length);
}

static void packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    tcp_streams_packet(((StickyTap *)tap)->streams, record, packet);
}

/* --- where messages end --- */

static const Part *part(const GArray *parts, guint index)
{
    return &g_array_index(parts, Part, index);
}

/* Where the bytes end that a message beginning in this segment may have: before a gap. */
static uint32_t unbroken_end(const Half *half, guint segment)
{
    while (segment + 1 < half->segments->len && !part(half->segments, segment + 1)->after_gap) {
        segment++;
    }
    return part(half->segments, segment)->end;
}

/* In the bare framing a segment's end is a message's end too, so each is looked at by itself. */
static GArray *messages_of(const Half *half, const OnehashStream *known)
{
    GArray *messages = g_array_new(FALSE, FALSE, sizeof(Part));
    bool bare = known->framing == ONEHASH_FRAMING_BARE;
    uint32_t at = 0;
    guint segment = 0;
    while (at < half->bytes->len) {
        while (part(half->segments, segment)->end <= at) {
            segment++;
        }
        uint32_t end = bare ? part(half->segments, segment)->end : unbroken_end(half, segment);
        OnehashFrame frame = onehash_next(known, half->bytes->data + at, end - at);
        uint32_t length = frame.verdict == ONEHASH_PARTIAL ? end - at : frame.length;
        if (frame.verdict == ONEHASH_REFUSED) { /* a reader begins anew with the next segment */
            length = part(half->segments, segment)->end - at;
        }
        Part message = {.start = at, .end = at + length, .as = frame.verdict};
        g_array_append_val(messages, message);
        at += length;
    }
    return messages;
}

/* The framing that was configured, or is recognised as a receiver would. */
static OnehashStream learn(const StickyTap *t, const Conversation *c, unsigned side)
{
    const StreamSettings *settings = &t->preferences->streams;
    OnehashStream known = {
        .framing = settings->framing, .service = c->service, .block = settings->block};
    for (unsigned i = 0; i < 2; i++) {
        unsigned from = i == 0 ? c->client : 1 - c->client;
        const Half *half = &c->halves[from];
        known.from_server = i == 1;
        for (guint j = 0; j < half->segments->len; j++) {
            const Part *segment = part(half->segments, j);
            onehash_learn(&known, half->bytes->data + segment->start,
                          segment->end - segment->start);
        }
    }
    known.from_server = side != c->client;
    return known;
}

/* --- what is written --- */

static void put(Output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void put(Output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output_text(output, text);
}

/* The end of a word of which there are so many. */
static const char *plural(guint count)
{
    return count == 1 ? "" : "s";
}

/* The beginning of a message; what is no printable character of UTF-8 as \n or \xNN. */
static void put_preview(Output *output, const Half *half, const Part *message)
{
    const char *text = (const char *)half->bytes->data + message->start;
    const char *end = (const char *)half->bytes->data + message->end;
    for (unsigned shown = 0; text < end && shown < PREVIEW; shown++) {
        gunichar c = g_utf8_get_char_validated(text, end - text);
        bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        size_t size = valid ? (size_t)(g_utf8_next_char(text) - text) : 1;
        if (c == '\n') {
            output_text(output, "\\n");
        } else if (valid && g_unichar_isprint(c)) {
            output_bytes(output, text, size);
        } else {
            put(output, "\\x%02x", (unsigned char)*text);
        }
        text += size;
    }
    output_text(output, text < end ? "…" : "");
}

/* One row for every place where a segment or a message begins. */
static void put_boundaries(Output *output, const Half *half, const GArray *messages)
{
    static const char *const outcomes[] = {"", " — not all of it came", " — refused: no message"};
    guint s = 0;
    guint m = 0;
    output_text(output, "    offset  segment                     message\n");
    while (s < half->segments->len || m < messages->len) {
        uint32_t next_segment =
            s < half->segments->len ? part(half->segments, s)->start : UINT32_MAX;
        uint32_t next_message = m < messages->len ? part(messages, m)->start : UINT32_MAX;
        uint32_t at = MIN(next_segment, next_message);
        g_autofree char *segment = NULL;
        if (next_segment == at) {
            const Part *p = part(half->segments, s++);
            segment = g_strdup_printf("+- frame %" G_GUINT64_FORMAT ", %u byte%s", p->frame,
                                      p->end - p->start, plural(p->end - p->start));
            if (p->after_gap) {
                output_text(output, "            ~~ bytes that were not captured ~~\n");
            }
        }
        put(output, "  %8u  %-28s", at, segment != NULL ? segment : "|");
        if (next_message == at) {
            const Part *p = part(messages, m++);
            put(output, "+- %u: ", m);
            put_preview(output, half, p);
            put(output, " (%u byte%s)%s", p->end - p->start, plural(p->end - p->start),
                outcomes[p->as]);
        } else {
            output_text(output, "|  message goes on: split here");
        }
        output_char(output, '\n');
    }
    put(output, "  %8u  end\n", half->bytes->len);
}

/* How many messages a segment holds whole, and how many segments a message lies in. */
static guint messages_within(const GArray *messages, const Part *segment)
{
    guint within = 0;
    for (guint i = 0; i < messages->len; i++) {
        const Part *message = part(messages, i);
        within += message->start < segment->end && message->end > segment->start;
    }
    return within;
}

static guint stuck_segments(const Half *half, const GArray *messages)
{
    guint stuck = 0;
    for (guint i = 0; i < half->segments->len; i++) {
        stuck += messages_within(messages, part(half->segments, i)) > 1;
    }
    return stuck;
}

static guint split_messages(const Half *half, const GArray *messages)
{
    guint split = 0;
    for (guint i = 0; i < messages->len; i++) {
        split += messages_within(half->segments, part(messages, i)) > 1;
    }
    return split;
}

static void put_stuck(Output *output, const Half *half, const GArray *messages)
{
    for (guint i = 0; i < half->segments->len; i++) {
        const Part *segment = part(half->segments, i);
        if (messages_within(messages, segment) < 2) {
            continue;
        }
        put(output, "  stuck together (粘包): frame %" G_GUINT64_FORMAT " holds messages",
            segment->frame);
        for (guint j = 0; j < messages->len; j++) {
            const Part *message = part(messages, j);
            if (message->start < segment->end && message->end > segment->start) {
                bool all = message->start >= segment->start && message->end <= segment->end;
                put(output, " %u%s", j + 1, all ? "" : " (in part)");
            }
        }
        output_char(output, '\n');
    }
}

static void put_split(Output *output, const Half *half, const GArray *messages)
{
    for (guint i = 0; i < messages->len; i++) {
        const Part *message = part(messages, i);
        if (messages_within(half->segments, message) < 2) {
            continue;
        }
        put(output, "  split (拆包): message %u, %u byte%s, lies in frames", i + 1,
            message->end - message->start, plural(message->end - message->start));
        for (guint j = 0; j < half->segments->len; j++) {
            const Part *segment = part(half->segments, j);
            uint32_t from = MAX(message->start, segment->start);
            uint32_t to = MIN(message->end, segment->end);
            if (from < to) {
                put(output, " %" G_GUINT64_FORMAT " (%u byte%s)", segment->frame, to - from,
                    plural(to - from));
            }
        }
        output_char(output, '\n');
    }
}

static void put_framings(Output *output, const Half *half, const OnehashStream *known)
{
    output_text(output, "  the same bytes under each framing:\n"
                        "    framing  messages  refused  unfinished  stuck segments  "
                        "split messages\n");
    for (int framing = ONEHASH_FRAMING_LINE; framing <= ONEHASH_FRAMING_BARE; framing++) {
        OnehashStream as = *known;
        as.framing = (OnehashFraming)framing;
        g_autoptr(GArray) messages = messages_of(half, &as);
        guint counts[3] = {0};
        for (guint i = 0; i < messages->len; i++) {
            counts[part(messages, i)->as]++;
        }
        put(output, "    %-7s  %8u  %7u  %10u  %14u  %14u%s\n", framing_names[framing],
            counts[ONEHASH_COMPLETE], counts[ONEHASH_REFUSED], counts[ONEHASH_PARTIAL],
            stuck_segments(half, messages), split_messages(half, messages),
            as.framing == known->framing ? "  <- this stream's" : "");
    }
}

static void put_half(Output *output, const StickyTap *t, const Conversation *c, unsigned side)
{
    const Half *half = &c->halves[side];
    OnehashStream known = learn(t, c, side);
    char from[96];
    char to[96];
    if (half->bytes->len == 0) {
        return;
    }
    (void)endpoint_format(from, sizeof from, &c->stream.ends[side]);
    (void)endpoint_format(to, sizeof to, &c->stream.ends[1 - side]);
    put(output, "\nStream %u", c->stream.number);
    if (c->stream.capture > 0) {
        put(output, " of capture %u", c->stream.capture + 1);
    }
    put(output, ": %s → %s (%s), %u byte%s in %u segment%s, framing: %s\n", from, to,
        side == c->client ? "requests" : "replies", half->bytes->len, plural(half->bytes->len),
        half->segments->len, plural(half->segments->len), framing_names[known.framing]);
    if (known.framing != ONEHASH_FRAMING_UNDECIDED) {
        g_autoptr(GArray) messages = messages_of(half, &known);
        put_boundaries(output, half, messages);
        put_stuck(output, half, messages);
        put_split(output, half, messages);
    }
    put_framings(output, half, &known);
}

static void report(Tap *tap, Output *output)
{
    StickyTap *t = (StickyTap *)tap;
    output_text(output, "1#n messages and the segments of TCP that carried them\n");
    for (guint i = 0; i < t->rows->len; i++) {
        const Conversation *c = g_ptr_array_index(t->rows, i);
        put_half(output, t, c, c->client);
        put_half(output, t, c, 1 - c->client);
    }
    TcpLeftOut left_out = tcp_streams_left_out(t->streams);
    t->tap.left_out_count += left_out.streams + left_out.early;
}

static void free_conversation(gpointer data)
{
    Conversation *c = data;
    for (unsigned i = 0; i < 2; i++) {
        g_byte_array_free(c->halves[i].bytes, TRUE);
        g_array_free(c->halves[i].segments, TRUE);
    }
    g_free(c);
}

static void destroy(Tap *tap)
{
    StickyTap *t = (StickyTap *)tap;
    tcp_streams_free(t->streams);
    g_hash_table_destroy(t->table);
    g_ptr_array_free(t->rows, TRUE);
    g_free(t);
}

Tap *tap_sticky(const char *arguments, const Preferences *preferences)
{
    int64_t number = ALL;
    if (arguments != NULL) {
        char *end;
        unsigned long value = strtoul(arguments, &end, 10);
        if (!g_ascii_isdigit(*arguments) || *end != '\0' || value >= UINT32_MAX) {
            return NULL;
        }
        number = (int64_t)value;
    }
    StickyTap *t = g_new0(StickyTap, 1);
    t->tap = (Tap){packet, report, destroy, "streams or segments", 0};
    t->number = number;
    t->preferences = preferences;
    t->streams = tcp_streams_new(&(TcpReader){wants, take, t});
    t->table = g_hash_table_new(g_direct_hash, g_direct_equal);
    t->rows = g_ptr_array_new_with_free_func(free_conversation);
    return &t->tap;
}
