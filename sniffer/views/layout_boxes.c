/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A layer's cells as a box diagram.
 */
#include "protocol/format.h"
#include "sniffer/views/layout_parts.h"

#include <inttypes.h>

enum { GROUP_BYTES = 7 };

static const char *byte_count(Layout *layout, uint32_t bits)
{
    char text[32];
    g_snprintf(text, sizeof text, "%" PRIu32 " byte%s", bits / 8, bits / 8 == 1 ? "" : "s");
    return g_string_chunk_insert(layout->texts, text);
}

static uint64_t read_bits(const uint8_t *data, uint32_t start, uint32_t length)
{
    uint64_t value = 0;
    for (uint32_t bit = start; bit < start + length; bit++) {
        value = value << 1 | (data[bit / 8] >> (7 - bit % 8) & 1);
    }
    return value;
}

/* A number whose bits count something else than it says (a length in words, an offset in units of
 * 8 bytes): the bits, an arrow, and what they mean. */
static void number_values(Layout *layout, const FsEntry *entry, const FieldCell *cell,
                          const uint8_t *data, BoxCell *box)
{
    if (entry->field->text_digits || cell->length > 64 ||
        (cell->length % 8 == 0 && cell->start % 8 == 0 &&
         field_read_little(data + cell->start / 8, cell->length / 8) == entry->value.number)) {
        return;
    }
    uint64_t raw = read_bits(data, cell->start, cell->length);
    if (raw == entry->value.number) {
        return;
    }
    char text[600];
    g_snprintf(text, sizeof text, "%" PRIu64 " → %s", raw, box->readable);
    box->readable = g_string_chunk_insert(layout->texts, text);
    g_snprintf(text, sizeof text, "%" PRIu64 " → %s", raw, box->plain);
    box->plain = g_string_chunk_insert(layout->texts, text);
}

static BoxCell box_of(Layout *layout, const FieldCell *cell, const uint8_t *data, uint32_t base)
{
    const FsEntry *entry = &layout->packet->entries[cell->entry];
    const FsField *field = entry->field;
    BoxCell box = {.start = cell->start - base,
                   .length = cell->length,
                   .title = field->title,
                   .brief = field->brief,
                   .readable = "",
                   .plain = ""};
    if (cell->start % 8 == 0) {
        box.bytes = data + cell->start / 8;
    }
    if (cell->rest || field->type == FS_LAYER || field->type == FS_GROUP) {
        if (field->type == FS_LAYER && cell->rest) {
            box.title = "not decoded";
            box.brief = NULL;
        }
        box.characters = true;
        box.readable = cell->length % 8 == 0 ? byte_count(layout, cell->length) : "";
        box.plain = box.readable;
        return box;
    }
    box.plain = layout_text(layout, fs_format_value, entry);
    box.readable =
        field->type == FS_BOOL ? box.plain : layout_text(layout, fs_format_readable, entry);
    box.characters = field->type == FS_BYTES || field->type == FS_TEXT;
    if (field->type == FS_BYTES && cell->length > 64) {
        box.readable = byte_count(layout, cell->length);
        box.plain = box.readable;
    }
    if (field->type == FS_UINT) {
        number_values(layout, entry, cell, data, &box);
    }
    return box;
}

/* Is an entry cut into cells that stand right beneath it, as an option is? A word of flags is no
 * such group: its cells say what they are. */
static bool is_group(const Layout *layout, uint32_t index, uint32_t after)
{
    const FsEntry *entries = layout->packet->entries;
    const FsEntry *group = &entries[index];
    bool whole = group->bit_offset % 8 == 0 && group->bit_length % 8 == 0 && group->bit_length > 8;
    if ((group->field->type != FS_BYTES && group->field->type != FS_GROUP) || !whole ||
        group->generated || group->field->hidden) {
        return false;
    }
    for (uint32_t i = 0; i < layout->cells.count; i++) {
        uint32_t entry = layout->cells.cells[i].entry;
        if (entry > index && entry < after && entries[entry].depth == group->depth + 1) {
            return true;
        }
    }
    return false;
}

/* Below the boxes, what their cells make together: "20–23 Maximum segment size". */
static void groups(Layout *layout, uint32_t index)
{
    const DecodedPacket *packet = layout->packet;
    const FsEntry *layer = &packet->entries[index];
    uint32_t after = field_after(packet->entries, packet->count, index);
    for (uint32_t i = index + 1; i < after; i++) {
        const FsEntry *entry = &packet->entries[i];
        uint32_t end = field_after(packet->entries, packet->count, i);
        if (entry->field->type == FS_LAYER) {
            i = end - 1;
        } else if (entry->source == layer->source && is_group(layout, i, end)) {
            uint32_t first = (entry->bit_offset - layer->bit_offset) / 8;
            char bytes[32];
            g_snprintf(bytes, sizeof bytes, "%" PRIu32 "–%" PRIu32, first,
                       first + entry->bit_length / 8 - 1);
            g_string_append(layout->out, "  ");
            put_left(layout->out, bytes, GROUP_BYTES);
            const FsEntry *kind = &packet->entries[i + 1];
            const char *name = entry->field->type == FS_GROUP && kind->field->type == FS_UINT
                                   ? fs_name(kind->field->names, kind->value.number)
                                   : NULL;
            g_string_append_printf(layout->out, " %s%s%s\n", entry->field->title,
                                   name != NULL ? ": " : "", name != NULL ? name : "");
        }
    }
}

void layout_boxes(Layout *layout, uint32_t index)
{
    const DecodedPacket *packet = layout->packet;
    const FsEntry *layer = &packet->entries[index];
    const FsSpan *span = &packet->sources[layer->source];
    field_cells_of(&layout->cells, packet->entries, packet->count, index, layer->source,
                   span->captured * 8, false);
    const FieldCell *cells = layout->cells.cells;
    uint32_t count = layout->cells.count;
    BoxCell *boxes = g_new(BoxCell, count + 1);
    uint32_t first = 0;
    while (first < count) {
        /* a run of cells without a gap; what stands behind the payload is a run of its own */
        uint32_t base = first == 0 ? layer->bit_offset : cells[first].start & ~7U;
        uint32_t end = cells[first].start;
        unsigned n = 0;
        uint32_t i = first;
        for (; i < count && cells[i].start == end; i++) {
            boxes[n++] = box_of(layout, &cells[i], span->data, base);
            end = cells[i].start + cells[i].length;
        }
        if (first > 0) {
            uint32_t before = cells[first - 1].start + cells[first - 1].length;
            g_string_append_printf(layout->out, "     %" PRIu32 " bytes of other layers, then\n",
                                   (base - before) / 8);
        }
        box_draw(layout->out, boxes, n, (base - layer->bit_offset) / 8, layout->style);
        first = i;
    }
    g_free(boxes);
    groups(layout, index);
}
