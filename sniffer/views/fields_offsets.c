/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/fields_offsets.h"
#include "sniffer/views/hex_row.h"

static void put_member(Output *output, const char *name, uint32_t number)
{
    output_text(output, name);
    output_number(output, number, 0);
}

static void put_raw(Output *output, const uint8_t *data, uint32_t length)
{
    output_text(output, ",\"raw\":\"");
    char *to = output_room(output, (size_t)2 * length);
    if (to != NULL) {
        for (uint32_t i = 0; i < length; i++) {
            memcpy(to + 2 * i, hex_pairs[data[i]], 2);
        }
        output->used += (size_t)2 * length;
    }
    output_char(output, '"');
}

static void put_order(Output *output, const DecodedPacket *packet, const FsEntry *entry)
{
    const FsSpan *span = &packet->sources[entry->source];
    FieldOrder order = field_order(entry, span->data, span->captured);
    uint32_t start;
    uint32_t length;
    field_bits(entry, &start, &length);
    /* bits of a word of several bytes: masks are defined on words in network order */
    bool within_word = entry->field->type == FS_UINT && !entry->field->text_digits &&
                       (start % 8 != 0 || length % 8 != 0) && start / 8 != (start + length - 1) / 8;
    if (order == FIELD_BIG_ENDIAN || within_word) {
        output_text(output, ",\"order\":\"big\"");
    } else if (order == FIELD_LITTLE_ENDIAN) {
        output_text(output, ",\"order\":\"little\"");
    }
}

void fields_put_offsets(Output *output, const DecodedPacket *packet, const FsEntry *entry)
{
    uint32_t start;
    uint32_t length;
    field_bits(entry, &start, &length);
    if (length > 0) {
        put_member(output, ",\"offset\":", start / 8);
        if (start % 8 != 0) {
            put_member(output, ",\"bit\":", start % 8);
        }
        put_member(output, ",\"bits\":", length);
        if (entry->source < packet->source_count) {
            const FsSpan *span = &packet->sources[entry->source];
            uint32_t from = start / 8 < span->captured ? start / 8 : span->captured;
            uint32_t to = (uint32_t)(((uint64_t)start + length + 7) / 8);
            to = to < span->captured ? to : span->captured;
            put_raw(output, span->data + from, to > from ? to - from : 0);
            put_order(output, packet, entry);
        }
        if (entry->source > 0) {
            put_member(output, ",\"source\":", entry->source);
        }
    }
    if (entry->generated) {
        output_text(output, ",\"generated\":true");
    }
}
