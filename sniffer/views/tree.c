/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/views/view.h"

enum { INDENT = 4, OFFSET_WIDTH = 5, LABEL_ROOM = 1024 };

static size_t put_decimal(char *to, uint32_t number)
{
    char digits[10];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (size_t i = 0; i < n; i++) {
        to[i] = digits[n - 1 - i];
    }
    return n;
}

/* First and last byte, "12-13"; nothing for what stands in no byte. The dash stays in its column.
 */
static void put_range(Output *output, const FsEntry *entry)
{
    char text[2 * OFFSET_WIDTH + 32];
    memset(text, ' ', sizeof text);
    size_t width = (size_t)2 * OFFSET_WIDTH + 1;
    if (entry->bit_length > 0) {
        char first[10];
        size_t digits = put_decimal(first, entry->bit_offset / 8);
        size_t at = digits < OFFSET_WIDTH ? OFFSET_WIDTH - digits : 0;
        memcpy(text + at, first, digits);
        at += digits;
        uint32_t last = (entry->bit_offset + entry->bit_length - 1) / 8;
        if (last != entry->bit_offset / 8) {
            text[at++] = '-';
            at += put_decimal(text + at, last);
        }
        width = at > width ? at : width;
    }
    output_bytes(output, text, width);
    output_bytes(output, entry->source > 0 ? "* " : "  ", 2);
}

/* The bits of a word that a field is, as ".... ..1. = ". */
static void put_bits(Output *output, const FsEntry *entry)
{
    const FsField *field = entry->field;
    char text[96];
    size_t n = 0;
    unsigned shift = 0;
    while ((field->mask >> shift & 1) == 0) {
        shift++;
    }
    for (unsigned bit = field->bits; bit-- > 0;) {
        char c = '.';
        if (field->mask >> bit & 1) {
            c = (char)('0' + (bit >= shift ? entry->value.number >> (bit - shift) & 1 : 0));
        }
        text[n++] = c;
        if (bit % 4 == 0) {
            text[n++] = ' ';
        }
    }
    output_bytes(output, text, n);
    output_bytes(output, "= ", 2);
}

static void put_label(Output *output, const FsEntry *entry)
{
    size_t room = LABEL_ROOM;
    if (entry->field->type == FS_TEXT || entry->field->type == FS_REMARK) {
        room += FS_TEXT_ROOM(entry->value.bytes.length) * 4; /* escapes: \xNN */
    }
    char *to = output_room(output, room);
    if (to != NULL) {
        output->used += fs_format_label(to, room, entry);
    }
}

void view_tree_line(Output *output, const FsEntry *entry)
{
    const FsField *field = entry->field;
    put_range(output, entry);
    output_repeat(output, ' ', (size_t)INDENT * entry->depth);
    if (field->mask != 0 && field->bits <= 32 &&
        (field->type == FS_BOOL || field->type == FS_UINT)) {
        put_bits(output, entry);
    }
    put_label(output, entry);
    output_char(output, '\n');
}

void view_tree(Output *output, const FrameRecord *record, const FsPacket *packet,
               const ViewStyle *style)
{
    (void)style;
    (void)record;
    uint8_t hidden_depth = UINT8_MAX;
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->depth > hidden_depth) {
            continue;
        }
        hidden_depth = entry->field->hidden ? entry->depth : UINT8_MAX;
        if (!entry->field->hidden) {
            view_tree_line(output, entry);
        }
    }
    if (packet->full) {
        output_text(output, "[The packet has more fields than feiqdump has room for]\n");
    }
    output_char(output, '\n');
}
