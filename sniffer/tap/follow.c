/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z follow,tcp: what both sides of one TCP stream said, in tshark's form.
 */
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

typedef struct {
    Tap tap;
    Mode mode;
    uint32_t number;
    bool found;
    Endpoint ends[2];
    TcpStreams *streams;
    GArray *pieces;
    GByteArray *bytes; /* of all pieces */
} FollowTap;

static bool wants(void *context, const TcpStream *stream)
{
    FollowTap *t = context;
    if (stream->number != t->number) {
        return false;
    }
    t->found = true;
    memcpy(t->ends, stream->ends, sizeof t->ends);
    return true;
}

static void take(void *context, const TcpStream *stream, const TcpChunk *chunk)
{
    (void)stream;
    FollowTap *t = context;
    if (chunk->length > MOST_BYTES - t->bytes->len) {
        t->tap.left_out_count += chunk->length;
        return;
    }
    Piece piece = {chunk->side, chunk->length, chunk->missing};
    g_array_append_val(t->pieces, piece);
    if (chunk->length > 0) {
        g_byte_array_append(t->bytes, chunk->data, chunk->length);
    }
}

static void packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    tcp_streams_packet(((FollowTap *)tap)->streams, record, packet);
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
        while (used > 0 && characters[used - 1] == ' ') { /* as tshark does */
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

static void report(Tap *tap, Output *output)
{
    static const char rule[] =
        "===================================================================\n";
    FollowTap *t = (FollowTap *)tap;
    char text[96];
    output_char(output, '\n');
    output_text(output, rule);
    (void)snprintf(text, sizeof text, "Follow: tcp,%s\nFilter: tcp.stream eq %u\n",
                   mode_names[t->mode], t->number);
    output_text(output, text);
    for (unsigned i = 0; i < 2; i++) {
        char end[96] = ":0";
        if (t->found) {
            (void)endpoint_format(end, sizeof end, &t->ends[i]);
        }
        (void)snprintf(text, sizeof text, "Node %u: ", i);
        output_text(output, text);
        output_text(output, end);
        output_char(output, '\n');
    }
    uint64_t offsets[2] = {0, 0};
    const uint8_t *bytes = t->bytes->data;
    for (guint i = 0; i < t->pieces->len; i++) {
        const Piece *piece = &g_array_index(t->pieces, Piece, i);
        if (piece->missing > 0) {
            write_gap(output, t->mode, piece);
            continue;
        }
        write_piece(output, t->mode, piece, bytes, offsets[piece->side]);
        offsets[piece->side] += piece->length;
        bytes += piece->length;
    }
    output_text(output, rule);
    TcpLeftOut left_out = tcp_streams_left_out(t->streams);
    t->tap.left_out_count += left_out.streams + left_out.early;
}

static void destroy(Tap *tap)
{
    FollowTap *t = (FollowTap *)tap;
    tcp_streams_free(t->streams);
    g_array_free(t->pieces, TRUE);
    g_byte_array_free(t->bytes, TRUE);
    g_free(t);
}

/* "tcp", an optional mode, and a number. */
static bool read_arguments(const char *arguments, Mode *mode, uint32_t *number)
{
    if (arguments == NULL || strncmp(arguments, "tcp,", 4) != 0) {
        return false;
    }
    const char *at = arguments + 4;
    *mode = ASCII;
    for (unsigned i = 0; i < MODES; i++) {
        size_t length = strlen(mode_names[i]);
        if (strncmp(at, mode_names[i], length) == 0 && at[length] == ',') {
            *mode = (Mode)i;
            at += length + 1;
            break;
        }
    }
    char *end;
    unsigned long value = strtoul(at, &end, 10);
    *number = (uint32_t)value;
    return g_ascii_isdigit(*at) && *end == '\0' && value < TAP_MOST_ROWS;
}

Tap *tap_follow(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    Mode mode;
    uint32_t number;
    if (!read_arguments(arguments, &mode, &number)) {
        return NULL;
    }
    FollowTap *t = g_new0(FollowTap, 1);
    t->tap = (Tap){packet, report, destroy, "bytes or segments of streams", 0};
    t->mode = mode;
    t->number = number;
    t->streams = tcp_streams_new(&(TcpReader){wants, take, t});
    t->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    t->bytes = g_byte_array_new();
    return &t->tap;
}
