/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/fields_cells.h"

#include <string.h>

typedef struct {
    FieldCells *out;
    const FsEntry *entries;
    uint32_t count;
    uint32_t limit;
    uint8_t source;
    bool nested;
    bool text; /* the layer at hand is text: values are cut into their parts, gaps or not */
} Cutter;

DecodedPacket decoded_packet(const FrameRecord *record, const FsPacket *packet, FsSpan *spans)
{
    memcpy(spans, packet->sources, sizeof packet->sources);
    spans[0] = (FsSpan){packet->base, record->captured, record->reported};
    return (DecodedPacket){packet->entries, packet->count, spans, packet->last_source + 1U};
}

void field_bits(const FsEntry *entry, uint32_t *start, uint32_t *length)
{
    *start = entry->bit_offset;
    *length = entry->bit_length;
    uint64_t mask = entry->field->mask;
    unsigned bits = entry->field->bits;
    if (mask == 0 || entry->field->text_digits || bits == 0 || entry->bit_length != bits ||
        (entry->bit_offset & 7) != 0) {
        return;
    }
    unsigned low = 0;
    while ((mask >> low & 1) == 0) {
        low++;
    }
    unsigned high = low;
    while (high < bits && (mask >> high & 1) != 0) {
        high++;
    }
    *start += bits - high;
    *length = high - low;
}

bool field_has_bits(const FsEntry *entry)
{
    return entry->bit_length > 0 && !entry->generated && !entry->field->hidden &&
           entry->field->type != FS_REMARK;
}

uint32_t field_after(const FsEntry *entries, uint32_t count, uint32_t index)
{
    uint32_t next = index + 1;
    while (next < count && entries[next].depth > entries[index].depth) {
        next++;
    }
    return next;
}

/* Bits of an entry that can be drawn; false: none. */
static bool drawn(const Cutter *c, uint32_t index, uint32_t *start, uint32_t *end)
{
    const FsEntry *entry = &c->entries[index];
    if (!field_has_bits(entry) || entry->source != c->source) {
        return false;
    }
    uint32_t length;
    field_bits(entry, start, &length);
    if (*start >= c->limit) {
        return false;
    }
    *end = length > c->limit - *start ? c->limit : *start + length;
    return *start < *end;
}

static void insert(FieldCells *out, uint32_t from, FieldCell cell)
{
    if (out->count >= out->capacity) {
        return;
    }
    uint32_t at = out->count++;
    while (at > from && out->cells[at - 1].start > cell.start) {
        out->cells[at] = out->cells[at - 1];
        at--;
    }
    out->cells[at] = cell;
}

/* Cells from `from` on are in order, and so are those from `second` on: put them all in order. */
static void sort(FieldCells *out, uint32_t from, uint32_t second)
{
    for (uint32_t i = second; i < out->count; i++) {
        FieldCell cell = out->cells[i];
        uint32_t at = i;
        while (at > from && out->cells[at - 1].start > cell.start) {
            out->cells[at] = out->cells[at - 1];
            at--;
        }
        out->cells[at] = cell;
    }
}

/* Is a bit of [start, end) owned by a cell from `from` on? */
static bool owned(const FieldCells *out, uint32_t from, uint32_t start, uint32_t end)
{
    for (uint32_t i = out->count; i > from; i--) {
        const FieldCell *cell = &out->cells[i - 1];
        if (cell->start < end && cell->start + cell->length > start) {
            return true;
        }
        if (cell->start + cell->length <= start) {
            return false;
        }
    }
    return false;
}

static bool is_container(const FsEntry *entry)
{
    return entry->field->type == FS_LAYER || entry->field->type == FS_GROUP;
}

/* Do cells from `from` on cover [start, end) without a gap, and without being it? */
static bool covered(const FieldCells *out, uint32_t from, uint32_t start, uint32_t end)
{
    uint32_t reached = start;
    for (uint32_t i = from; i < out->count; i++) {
        if (out->cells[i].start > reached || out->cells[i].start + out->cells[i].length > end) {
            return false;
        }
        reached = out->cells[i].start + out->cells[i].length;
    }
    return reached == end;
}

/* Put cells of the entry itself into what its children, from `from` on, leave of [start, end). */
static void fill(Cutter *c, uint32_t from, uint32_t index, uint32_t start, uint32_t end)
{
    uint32_t cursor = start;
    uint32_t known = c->out->count;
    uint32_t added = 0;
    for (uint32_t i = from; i < known + added && cursor < end; i++) {
        FieldCell cell = c->out->cells[i];
        uint32_t cell_end = cell.start + cell.length;
        if (cell.start > cursor) {
            uint32_t gap_end = cell.start < end ? cell.start : end;
            uint32_t before = c->out->count;
            insert(c->out, from, (FieldCell){cursor, gap_end - cursor, index, true});
            added += c->out->count - before;
            i += c->out->count - before;
        }
        cursor = cell_end > cursor ? cell_end : cursor;
    }
    if (cursor < end) {
        insert(c->out, from, (FieldCell){cursor, end - cursor, index, true});
    }
}

void field_layer_extent(const FsEntry *entries, uint32_t count, uint32_t index, uint32_t limit,
                        uint32_t *start, uint32_t *end)
{
    const FsEntry *layer = &entries[index];
    *start = layer->bit_offset < limit ? layer->bit_offset : limit;
    *end = layer->bit_length < limit - *start ? *start + layer->bit_length : limit;
    for (uint32_t i = field_after(entries, count, index);
         i < count && entries[i].depth == layer->depth; i = field_after(entries, count, i)) {
        if (entries[i].source == layer->source && entries[i].bit_length > 0 &&
            entries[i].bit_offset >= *start && entries[i].bit_offset < *end) {
            *end = entries[i].bit_offset;
        }
    }
}

/* Does a layer after this one, within the same parent, claim this bit? A layer's payload is often a
 * field of it, and also the layers that follow. */
static bool belongs_to_next(const Cutter *c, uint32_t index, uint32_t bit)
{
    const FsEntry *layer = &c->entries[index];
    for (uint32_t i = field_after(c->entries, c->count, index);
         i < c->count && c->entries[i].depth == layer->depth;
         i = field_after(c->entries, c->count, i)) {
        const FsEntry *next = &c->entries[i];
        if (next->field->type == FS_LAYER && next->source == c->source && bit >= next->bit_offset &&
            bit - next->bit_offset < next->bit_length) {
            return true;
        }
    }
    return false;
}

/* Depth is bounded by FsEntry.depth, a byte. */
static void cut(Cutter *c, uint32_t index, bool top) /* NOLINT(misc-no-recursion) */
{
    const FsEntry *entry = &c->entries[index];
    uint32_t from = c->out->count;
    uint32_t start = 0;
    uint32_t end = 0;
    bool visible = drawn(c, index, &start, &end);
    if (visible && top) {
        field_layer_extent(c->entries, c->count, index, c->limit, &start, &end);
        visible = start < end;
    }
    bool was_text = c->text;
    if (entry->field->type == FS_LAYER) {
        if (!top && !c->nested) {
            if (visible) {
                insert(c->out, from, (FieldCell){start, end - start, index, false});
            }
            return;
        }
        c->text = entry->field->text_layer != 0;
    }
    uint32_t after = field_after(c->entries, c->count, index);
    for (uint32_t child = index + 1; child < after;
         child = field_after(c->entries, c->count, child)) {
        uint32_t child_start = 0;
        uint32_t child_end = 0;
        bool child_visible = drawn(c, child, &child_start, &child_end);
        if (c->entries[child].field->hidden || c->entries[child].field->type == FS_REMARK) {
            continue;
        }
        if (child_visible) {
            if (owned(c->out, from, child_start, child_end)) {
                continue;
            }
            bool outside = entry->field->type == FS_LAYER && visible &&
                           (child_start < start || child_start >= end);
            bool other_layer = c->entries[child].field->type == FS_LAYER && !c->nested;
            if (outside && (other_layer || belongs_to_next(c, index, child_start))) {
                continue;
            }
            /* the same characters once more, read as something else: the value itself shows */
            if (!is_container(entry) && child_start == start && child_end == end) {
                continue;
            }
        }
        uint32_t before = c->out->count;
        cut(c, child, false);
        sort(c->out, from, before);
    }
    c->text = was_text;
    if (!visible) {
        return;
    }
    bool parts = c->out->count > from;
    bool text = c->text || (entry->field->type == FS_LAYER && entry->field->text_layer);
    if (parts && !is_container(entry) && !covered(c->out, from, start, end) && !text) {
        c->out->count = from;
        parts = false;
    }
    if (!parts) {
        insert(c->out, from, (FieldCell){start, end - start, index, false});
        return;
    }
    fill(c, from, index, start, end);
}

void field_cells_of(FieldCells *cells, const FsEntry *entries, uint32_t count, uint32_t index,
                    uint8_t source, uint32_t limit, bool nested)
{
    Cutter c = {cells, entries, count, limit, source, nested, false};
    cells->count = 0;
    cut(&c, index, true);
}

void field_cells_all(FieldCells *cells, const FsEntry *entries, uint32_t count, uint8_t source,
                     uint32_t limit)
{
    Cutter c = {cells, entries, count, limit, source, true, false};
    cells->count = 0;
    for (uint32_t i = 0; i < count; i = field_after(entries, count, i)) {
        uint32_t before = cells->count;
        cut(&c, i, true);
        sort(cells, 0, before);
    }
}

FieldOrder field_order(const FsEntry *entry, const uint8_t *data, uint32_t captured)
{
    const FsField *field = entry->field;
    bool number = field->type == FS_UINT || field->type == FS_INT || field->type == FS_IPV4 ||
                  field->type == FS_TIME;
    unsigned bytes = entry->bit_length / 8;
    uint32_t at = entry->bit_offset / 8;
    if (!number || field->text_digits || entry->generated || (entry->bit_offset & 7) != 0 ||
        (entry->bit_length & 7) != 0 || bytes < 2 || bytes > 8 || at > captured ||
        captured - at < bytes) {
        return FIELD_NO_ORDER;
    }
    uint64_t keep = bytes == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * bytes)) - 1;
    if (field->mask != 0) {
        return FIELD_NO_ORDER;
    }
    uint64_t value = entry->value.number & keep;
    if (field_read_big(data + at, bytes) == value) {
        return FIELD_BIG_ENDIAN;
    }
    return field_read_little(data + at, bytes) == value ? FIELD_LITTLE_ENDIAN : FIELD_NO_ORDER;
}
