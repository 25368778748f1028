/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/hex.h"
#include "sniffer/views/hex_palette.h"
#include "sniffer/views/hex_row.h"

enum {
    MOST_CELLS = 2 * VIEW_MAX_ENTRIES + 2, /* a gap may stand before and after each entry */
    NOBODY = UINT16_MAX,
    MARKED_ROW_ROOM = HEX_ROW_ROOM + 3 * HEX_ROW_BYTES * 2 * PALETTE_ROOM
};

/* Whose bits are whose, in one source. Marks are numbered in the order of the bytes. */
typedef struct {
    FieldCell cells[MOST_CELLS];
    FieldCells list;

    uint16_t mark[VIEW_MAX_ENTRIES]; /* of an entry that owns bits, else NOBODY */
} Owners;

static Owners owners;

static char letter(unsigned mark)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return letters[mark % (sizeof letters - 1)];
}

static void cut(const DecodedPacket *packet, uint8_t source)
{
    owners.list = (FieldCells){owners.cells, 0, MOST_CELLS};
    field_cells_all(&owners.list, packet->entries, packet->count, source,
                    packet->sources[source].captured * 8);
}

/* Give each entry that owns bits a mark. An entry that owns bits in several places has one. */
static void number_marks(const DecodedPacket *packet)
{
    uint16_t next = 0;
    for (uint32_t i = 0; i < packet->count && i < VIEW_MAX_ENTRIES; i++) {
        owners.mark[i] = NOBODY;
    }
    for (uint8_t source = 0; source < packet->source_count; source++) {
        cut(packet, source);
        for (uint32_t i = 0; i < owners.list.count; i++) {
            uint16_t *mark = &owners.mark[owners.cells[i].entry];
            if (*mark == NOBODY) {
                *mark = next++;
            }
        }
    }
}

/* Marks of the half bytes of a row; `cell` moves on with the rows. */
static void marks_of_row(uint32_t offset, size_t length, uint32_t *cell, uint16_t *marks)
{
    for (size_t half = 0; half < 2 * length; half++) {
        uint32_t bit = (uint32_t)(offset * 8 + half * 4);
        while (*cell < owners.list.count &&
               owners.cells[*cell].start + owners.cells[*cell].length <= bit) {
            (*cell)++;
        }
        /* where several fields share a half byte, the one that begins it */
        marks[half] = NOBODY;
        if (*cell < owners.list.count && owners.cells[*cell].start < bit + 4) {
            marks[half] = owners.mark[owners.cells[*cell].entry];
        }
    }
}

static char *paint(char *to, uint16_t *now, uint16_t mark)
{
    if (*now != mark) {
        *now = mark;
        to = mark == NOBODY ? palette_end(to) : palette_begin(to, mark);
    }
    return to;
}

static char *coloured_row(char *to, uint32_t offset, const uint8_t *data, size_t length,
                          const uint16_t *marks)
{
    uint16_t now = NOBODY;
    to = hex_offset(to, offset);
    for (size_t i = 0; i < length; i++) {
        to = paint(to, &now, marks[2 * i]);
        *to++ = hex_pairs[data[i]][0];
        to = paint(to, &now, marks[2 * i + 1]);
        *to++ = hex_pairs[data[i]][1];
        *to++ = ' ';
    }
    to = paint(to, &now, NOBODY);
    size_t spaces = 3 * (HEX_ROW_BYTES - length) + 2;
    memset(to, ' ', spaces);
    to += spaces;
    for (size_t i = 0; i < length; i++) {
        to = paint(to, &now, marks[2 * i]);
        *to++ = hex_character(data[i]);
    }
    to = paint(to, &now, NOBODY);
    *to++ = '\n';
    return to;
}

/* Nothing is written if nobody owns a byte of the row. */
static char *letters_row(char *to, size_t length, const uint16_t *marks)
{
    char *at = to + HEX_BYTES_COLUMN;
    char *last = NULL;
    memset(to, ' ', HEX_BYTES_COLUMN);
    for (size_t half = 0; half < 2 * length; half++) {
        if (marks[half] == NOBODY) {
            *at = ' ';
        } else {
            *at = letter(marks[half]);
            last = at;
        }
        at++;
        if (half % 2 == 1) {
            *at++ = ' ';
        }
    }
    if (last == NULL) {
        return to;
    }
    last[1] = '\n';
    return last + 2;
}

static void dump_source(Output *output, const FsSpan *span, HexMarks marks)
{
    uint32_t cell = 0;
    for (uint32_t at = 0; at < span->captured; at += HEX_ROW_BYTES) {
        size_t length = span->captured - at < HEX_ROW_BYTES ? span->captured - at : HEX_ROW_BYTES;
        char *to = output_room(output, MARKED_ROW_ROOM);
        uint16_t row[2 * HEX_ROW_BYTES];
        if (to == NULL) {
            return;
        }
        char *end;
        if (marks == HEX_PLAIN) {
            end = hex_row(to, at, span->data + at, length);
        } else {
            marks_of_row(at, length, &cell, row);
            if (marks == HEX_COLOURS) {
                end = coloured_row(to, at, span->data + at, length, row);
            } else {
                end = letters_row(hex_row(to, at, span->data + at, length), length, row);
            }
        }
        output->used += (size_t)(end - to);
    }
}

static void dump_sources(Output *output, const DecodedPacket *packet, HexMarks marks)
{
    for (uint8_t source = 0; source < packet->source_count; source++) {
        if (source > 0) {
            output_text(output, "Derived bytes ");
            output_number(output, source, 0);
            output_text(output, ":\n");
        }
        /* numbering the marks has cut the last source, which mostly is the only one */
        if (marks != HEX_PLAIN && packet->source_count > 1) {
            cut(packet, source);
        }
        dump_source(output, &packet->sources[source], marks);
    }
}

void hex_dump(Output *output, const DecodedPacket *packet, HexMarks marks)
{
    if (marks != HEX_PLAIN) {
        number_marks(packet);
    }
    dump_sources(output, packet, marks);
}

static void tree_line(Output *output, const FsEntry *entry, uint16_t mark, HexMarks marks,
                      const struct Names *names)
{
    bool owns = mark != NOBODY;
    if (marks == HEX_LETTERS) {
        output_char(output, (char)(owns ? letter(mark) : ' '));
        output_char(output, ' ');
    }
    if (marks == HEX_COLOURS && owns) {
        char colour[PALETTE_ROOM];
        output_bytes(output, colour, (size_t)(palette_begin(colour, mark) - colour));
    }
    view_tree_line(output, entry, names);
    if (marks == HEX_COLOURS && owns && output->used > 0) {
        char end[PALETTE_ROOM];
        output->used--; /* the colour ends within the line */
        output_bytes(output, end, (size_t)(palette_end(end) - end));
        output_char(output, '\n');
    }
}

void hex_tree(Output *output, const DecodedPacket *packet, HexMarks marks,
              const struct Names *names)
{
    number_marks(packet);
    uint8_t hidden_depth = UINT8_MAX;
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->depth > hidden_depth) {
            continue;
        }
        hidden_depth = entry->field->hidden ? entry->depth : UINT8_MAX;
        if (!entry->field->hidden) {
            tree_line(output, entry, owners.mark[i], marks, names);
        }
    }
    dump_sources(output, packet, marks);
}

void view_line_hex(Output *output, const FrameRecord *record, const FsPacket *packet,
                   const ViewStyle *style)
{
    FsSpan spans[FS_MAX_SOURCES];
    DecodedPacket decoded = decoded_packet(record, packet, spans);
    view_line(output, record, packet, style);
    hex_dump(output, &decoded, style->colour ? HEX_COLOURS : HEX_PLAIN);
    output_char(output, '\n');
}

void view_tree_hex(Output *output, const FrameRecord *record, const FsPacket *packet,
                   const ViewStyle *style)
{
    FsSpan spans[FS_MAX_SOURCES];
    DecodedPacket decoded = decoded_packet(record, packet, spans);
    hex_tree(output, &decoded, style->colour ? HEX_COLOURS : HEX_LETTERS, style->names);
    output_char(output, '\n');
}
