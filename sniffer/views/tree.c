/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/views/view.h"

#include <string.h>

enum {
    INDENT = 4,
    OFFSET_WIDTH = 5,
    RANGE_WIDTH = 2 * OFFSET_WIDTH + 1,
    /* range, indent (a depth is a byte), bits and LF */
    START_ROOM = 2 * 10 + 3 + INDENT * UINT8_MAX + 8 * 5 + 2 + 1,
    LABEL_ROOM = 1024
};

/* Digits of a number, written so that they end before `end`. */
static char *put_decimal(char *end, uint32_t number)
{
    do {
        *--end = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return end;
}

static size_t digits_of(uint32_t number)
{
    size_t digits = 1;
    for (; number >= 10; number /= 10) {
        digits++;
    }
    return digits;
}

/* First and last byte, "12-13"; nothing for what stands in no byte. The dash stays in its column.
 */
static char *put_range(char *to, const FsEntry *entry)
{
    char *end = to + RANGE_WIDTH;
    memset(to, ' ', RANGE_WIDTH);
    if (entry->bit_length > 0) {
        uint32_t first = entry->bit_offset / 8;
        uint32_t last = (entry->bit_offset + entry->bit_length - 1) / 8;
        size_t digits = digits_of(first);
        char *dash = to + (digits > OFFSET_WIDTH ? digits : OFFSET_WIDTH);
        (void)put_decimal(dash, first);
        if (last != first) {
            char *behind = dash + 1 + digits_of(last);
            *dash = '-';
            (void)put_decimal(behind, last);
            end = behind > end ? behind : end;
        }
    }
    end[0] = entry->source > 0 ? '*' : ' ';
    end[1] = ' ';
    return end + 2;
}

/* The four bits of a nibble, spread over four bytes, the lowest in the lowest. */
static uint32_t spread(uint32_t nibble)
{
    return nibble * 0x00204081U & 0x01010101U;
}

/* The bits of a word that a field is, as ".... ..1. = ". */
static char *put_bits(char *to, const FsEntry *entry)
{
    const FsField *field = entry->field;
    unsigned shift = 0;
    while ((field->mask >> shift & 1) == 0) {
        shift++;
    }
    uint64_t value = entry->value.number << shift & field->mask;
    for (unsigned nibble = field->bits / 4; nibble-- > 0;) {
        uint32_t of_mask = spread(field->mask >> 4 * nibble & 15);
        uint32_t of_value = spread(value >> 4 * nibble & 15);
        /* '.', or where the mask is set '0', which is two more, or '1' */
        uint32_t four = 0x2e2e2e2eU + 2 * of_mask + of_value;
        to[0] = (char)(four >> 24);
        to[1] = (char)(four >> 16 & 255);
        to[2] = (char)(four >> 8 & 255);
        to[3] = (char)(four & 255);
        to[4] = ' ';
        to += 5;
    }
    to[0] = '=';
    to[1] = ' ';
    return to + 2;
}

void view_tree_line(Output *output, const FsEntry *entry)
{
    const FsField *field = entry->field;
    size_t room = LABEL_ROOM;
    if (field->type == FS_TEXT || field->type == FS_REMARK) {
        room += FS_TEXT_ROOM(entry->value.bytes.length) * 4; /* escapes: \xNN */
    }
    char *start = output_room(output, START_ROOM + room);
    if (start == NULL) {
        return;
    }
    char *to = put_range(start, entry);
    size_t indent = (size_t)INDENT * entry->depth;
    memset(to, ' ', indent);
    to += indent;
    if (field->mask != 0 && field->bits <= 32 &&
        (field->type == FS_BOOL || field->type == FS_UINT)) {
        to = put_bits(to, entry);
    }
    to += fs_format_label(to, room, entry);
    *to++ = '\n';
    output->used += (size_t)(to - start);
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
