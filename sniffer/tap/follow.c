/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z follow,tcp and -z follow,udp: what both sides of one stream said, in tshark's form. Of several
 * captures each has a stream of that number, or none.
 */
#include "sniffer/tables.h"
#include "sniffer/tap/tap.h"
#include "sniffer/tap/tcp_streams.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 64 * 1024 * 1024, ROW = 16 };

typedef enum { ASCII, UTF_8, HEX, RAW, MODES } Mode;

static const char *const mode_names[MODES] = {"ascii", "utf-8", "hex", "raw"};

/* What one segment added, or a gap. */
typedef struct {
    unsigned side;
    uint32_t length;
    uint32_t missing;
} Piece;

/* The stream, in one capture. */
typedef struct {
    uint32_t capture;
    Endpoint ends[2];
    GArray *pieces;
    GByteArray *bytes; /* of all pieces */
} Section;

typedef struct {
    Tap tap;
    bool udp;
    Mode mode;
    uint32_t number;
    TcpStreams *streams; /* NULL: of UDP */
    const FsField *udp_layer;
    const FsField *udp_stream;
    const FsField *udp_payload;
    GPtrArray *sections;
    uint32_t room; /* for bytes of all */
} FollowTap;

static void free_section(gpointer data)
{
    Section *section = data;
    g_array_free(section->pieces, TRUE);
    g_byte_array_free(section->bytes, TRUE);
    g_free(section);
}

/* That of a capture; those before it come no more. */
static Section *section_of(FollowTap *t, uint32_t capture, const Endpoint ends[2])
{
    GPtrArray *all = t->sections;
    Section *last = all->len > 0 ? g_ptr_array_index(all, all->len - 1) : NULL;
    if (last != NULL && last->capture == capture) {
        return last;
    }
    Section *section = g_new0(Section, 1);
    section->capture = capture;
    memcpy(section->ends, ends, sizeof section->ends);
    section->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    section->bytes = g_byte_array_new();
    g_ptr_array_add(all, section);
    return section;
}

static void add_piece(FollowTap *t, Section *section, const Piece *piece, const uint8_t *bytes)
{
    if (piece->length > t->room) {
        t->tap.left_out_count += piece->length;
        return;
    }
    t->room -= piece->length;
    g_array_append_val(section->pieces, *piece);
    if (piece->length > 0) {
        g_byte_array_append(section->bytes, bytes, piece->length);
    }
}

/* --- TCP --- */

static bool wants(void *context, const TcpStream *stream)
{
    FollowTap *t = context;
    if (stream->number != t->number) {
        return false;
    }
    (void)section_of(t, stream->capture, stream->ends);
    return true;
}

static void take(void *context, const TcpStream *stream, const TcpChunk *chunk)
{
    FollowTap *t = context;
    const Piece piece = {chunk->side, chunk->length, chunk->missing};
    add_piece(t, section_of(t, stream->capture, stream->ends), &piece, chunk->data);
}

/* --- UDP --- */

/* The datagram whose header is this entry. */
static void take_datagram(FollowTap *t, uint32_t capture, const Endpoint ends[2],
                          const FsPacket *packet, uint32_t at)
{
    bool ours = false;
    for (uint32_t i = at + 1; i < packet->count && packet->entries[i].field->type != FS_LAYER;
         i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field == t->udp_stream) {
            ours = entry->value.number == t->number;
        } else if (entry->field == t->udp_payload && ours) {
            Section *section = section_of(t, capture, ends);
            const Piece piece = {.side = memcmp(&section->ends[0], &ends[0], sizeof ends[0]) != 0,
                                 .length = entry->value.bytes.length};
            add_piece(t, section, &piece, entry->value.bytes.data);
        }
    }
}

static void packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    FollowTap *t = (FollowTap *)tap;
    if (!t->udp) {
        tcp_streams_packet(t->streams, record, packet);
        return;
    }
    Speakers speakers = speakers_of(packet);
    if (speakers.transport == t->udp_layer) {
        take_datagram(t, record->capture, speakers.ends, packet, speakers.transport_at);
    }
}

/* --- forms --- */

static void write_text(Output *output, const uint8_t *bytes, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        bool plain = g_ascii_isprint((char)bytes[i]) || bytes[i] == '\n' || bytes[i] == '\r';
        if (plain) {
            output_char(output, (char)bytes[i]);
        } else {
            output_char(output, '.');
        }
    }
    output_char(output, '\n');
}

/* Characters that a terminal would obey, and bytes that are none, become dots. */
static void write_utf8(Output *output, const uint8_t *bytes, uint32_t length)
{
    const char *text = (const char *)bytes;
    const char *end = text + length;
    while (text < end) {
        gunichar c = g_utf8_get_char_validated(text, end - text);
        bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        size_t size = valid ? (size_t)(g_utf8_next_char(text) - text) : 1;
        if (valid && (g_unichar_isprint(c) || c == '\n' || c == '\r' || c == '\t')) {
            output_bytes(output, text, size);
        } else {
            output_char(output, '.');
        }
        text += size;
    }
    output_char(output, '\n');
}

static void write_hex(Output *output, const uint8_t *bytes, uint32_t length, unsigned side,
                      uint64_t offset)
{
    for (uint32_t at = 0; at < length; at += ROW) {
        char text[16];
        (void)snprintf(text, sizeof text, "%s%08" PRIX64, side != 0 ? "\t" : "", offset + at);
        output_text(output, text);
        char characters[ROW + 1];
        size_t used = 0;
        for (uint32_t i = 0; i < ROW; i++) {
            output_text(output, i == 0 || i == ROW / 2 ? "  " : " ");
            if (at + i >= length) {
                output_text(output, "  ");
                continue;
            }
            (void)snprintf(text, sizeof text, "%02x", bytes[at + i]);
            output_text(output, text);
            if (i == ROW / 2) {
                characters[used++] = ' ';
            }
            char c = (char)bytes[at + i];
            characters[used++] = (char)(g_ascii_isprint(c) ? c : '.');
        }
        if (used > 0 && characters[used - 1] == ' ') { /* as tshark does */
            used--;
        }
        output_text(output, "  ");
        output_bytes(output, characters, used);
        output_char(output, '\n');
    }
}

static void write_raw(Output *output, const uint8_t *bytes, uint32_t length, unsigned side)
{
    static const char digits[] = "0123456789abcdef";
    output_text(output, side != 0 ? "\t" : "");
    for (uint32_t i = 0; i < length; i++) {
        output_char(output, digits[bytes[i] >> 4]);
        output_char(output, digits[bytes[i] & 15]);
    }
    output_char(output, '\n');
}

static void write_piece(Output *output, Mode mode, const Piece *piece, const uint8_t *bytes,
                        uint64_t offset)
{
    char text[64];
    if (mode == HEX) {
        write_hex(output, bytes, piece->length, piece->side, offset);
    } else if (mode == RAW) {
        write_raw(output, bytes, piece->length, piece->side);
    } else {
        (void)snprintf(text, sizeof text, "%s%u\n", piece->side != 0 ? "\t" : "", piece->length);
        output_text(output, text);
        (mode == ASCII ? write_text : write_utf8)(output, bytes, piece->length);
    }
}

static void write_gap(Output *output, Mode mode, const Piece *piece)
{
    char text[96];
    int length = snprintf(text, sizeof text, "[%u bytes missing in capture file]", piece->missing);
    const Piece as_text = {piece->side, (uint32_t)length, 0};
    if (mode == ASCII || mode == UTF_8) {
        write_piece(output, mode, &as_text, (const uint8_t *)text, 0);
    } else {
        output_text(output, piece->side != 0 ? "\t" : "");
        output_text(output, text);
        output_char(output, '\n');
    }
}

static void put_end(Output *output, unsigned number, const Endpoint *end)
{
    char text[96] = ":0"; /* as tshark writes of a stream that there is not */
    char name[32];
    if (end != NULL) {
        (void)endpoint_format(text, sizeof text, end);
    }
    (void)snprintf(name, sizeof name, "Node %u: ", number);
    output_text(output, name);
    output_text(output, text);
    output_char(output, '\n');
}

/* What is there of the stream in one capture; NULL: nothing. */
static void put_section(Output *output, const FollowTap *t, const Section *section)
{
    static const char rule[] =
        "===================================================================\n";
    const char *protocol = t->udp ? "udp" : "tcp";
    char text[96];
    output_char(output, '\n');
    output_text(output, rule);
    (void)snprintf(text, sizeof text, "Follow: %s,%s\nFilter: %s.stream eq %u\n", protocol,
                   mode_names[t->mode], protocol, t->number);
    output_text(output, text);
    for (unsigned i = 0; i < 2; i++) {
        put_end(output, i, section != NULL ? &section->ends[i] : NULL);
    }
    uint64_t offsets[2] = {0, 0};
    const uint8_t *bytes = section != NULL ? section->bytes->data : NULL;
    for (guint i = 0; section != NULL && i < section->pieces->len; i++) {
        const Piece *piece = &g_array_index(section->pieces, Piece, i);
        if (piece->missing > 0) {
            write_gap(output, t->mode, piece);
            continue;
        }
        write_piece(output, t->mode, piece, bytes, offsets[piece->side]);
        offsets[piece->side] += piece->length;
        bytes += piece->length;
    }
    output_text(output, rule);
}

static void report(Tap *tap, Output *output)
{
    FollowTap *t = (FollowTap *)tap;
    for (guint i = 0; i < t->sections->len; i++) {
        put_section(output, t, g_ptr_array_index(t->sections, i));
    }
    if (t->sections->len == 0) {
        put_section(output, t, NULL);
    }
    if (t->streams != NULL) {
        TcpLeftOut left_out = tcp_streams_left_out(t->streams);
        t->tap.left_out_count += left_out.streams + left_out.early;
    }
}

static void destroy(Tap *tap)
{
    FollowTap *t = (FollowTap *)tap;
    tcp_streams_free(t->streams);
    g_ptr_array_free(t->sections, TRUE);
    g_free(t);
}

/* "tcp" or "udp", an optional mode, and a number. */
static bool read_arguments(const char *arguments, FollowTap *t)
{
    bool udp = arguments != NULL && strncmp(arguments, "udp,", 4) == 0;
    if (arguments == NULL || (!udp && strncmp(arguments, "tcp,", 4) != 0)) {
        return false;
    }
    const char *at = arguments + 4;
    t->udp = udp;
    t->mode = ASCII;
    for (unsigned i = 0; i < MODES; i++) {
        size_t length = strlen(mode_names[i]);
        if (strncmp(at, mode_names[i], length) == 0 && at[length] == ',') {
            t->mode = (Mode)i;
            at += length + 1;
            break;
        }
    }
    char *end;
    unsigned long value = strtoul(at, &end, 10);
    t->number = (uint32_t)value;
    return g_ascii_isdigit(*at) && *end == '\0' && value < UINT32_MAX;
}

Tap *tap_follow(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    FollowTap asked = {.tap = {packet, report, destroy, "bytes or segments of streams", 0},
                       .room = MOST_BYTES,
                       .udp_layer = sniffer_field("udp"),
                       .udp_stream = sniffer_field("udp.stream"),
                       .udp_payload = sniffer_field("udp.payload")};
    if (!read_arguments(arguments, &asked)) {
        return NULL;
    }
    FollowTap *t = g_new(FollowTap, 1);
    *t = asked;
    t->sections = g_ptr_array_new_with_free_func(free_section);
    t->streams = t->udp ? NULL : tcp_streams_new(&(TcpReader){wants, take, t});
    return &t->tap;
}
