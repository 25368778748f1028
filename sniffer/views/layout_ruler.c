/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text protocol's bytes as characters, the fields marked beneath them:
 *
 *      0         10        20
 *    0 1:1600439688:admin:PC:288:hello
 *      ^ ^~~~~~~~~~ ^~~~~ ^~ ^~~ ^~~~~
 *      | |          |     |  |   Text: hello
 *      …
 *      Version: 1
 *
 * Columns are those of the terminal: a Chinese character is two wide however many bytes it has.
 */
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/views/layout_parts.h"

#include <inttypes.h>
#include <string.h>

enum {
    MARGIN = 5,
    LABEL_ROOM = 30,  /* columns kept free to the right of the last character */
    MOST_TEXT = 160,  /* characters of one text before it is folded … */
    HEAD_TEXT = 120,  /* … to so many at its beginning … */
    TAIL_TEXT = 20,   /* … and at its end */
    MOST_OCTETS = 24, /* the same for octets that are no text */
    HEAD_OCTETS = 12,
    TAIL_OCTETS = 4
};

/* One character as drawn. */
typedef struct {
    char text[16]; /* UTF-8 */
    uint8_t columns;
    uint32_t cell;
    uint32_t offset; /* of its first byte, from the start of the layer */
    bool first;      /* of its cell */
} Glyph;

typedef struct {
    Layout *layout;
    uint32_t index; /* of the layer */
    uint32_t base;  /* byte of the source that offsets count from */
    uint32_t room;  /* columns for characters */
    GArray *glyphs;
} Ruler;

/* Bytes of the character at `at`, of `length` bytes that remain. */
static unsigned character_bytes(const uint8_t *at, uint32_t length, FsEncoding encoding)
{
    unsigned bytes = 1;
    if (at[0] < 0x80) {
        return 1;
    }
    if (encoding == FS_UTF8) {
        bytes = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc0 ? 2 : 1;
    } else if (encoding == FS_GB18030 && at[0] > 0x80 && at[0] < 0xff && length > 1) {
        bytes = at[1] >= '0' && at[1] <= '9' ? 4 : 2;
    } else if (encoding == FS_SHIFT_JIS && at[0] > 0x80 && (at[0] < 0xa0 || at[0] > 0xdf)) {
        bytes = 2;
    }
    return bytes <= length ? bytes : 1;
}

static void make_glyph(Glyph *glyph, const uint8_t *at, unsigned bytes, FsEncoding encoding)
{
    unsigned c = at[0];
    if (bytes == 1 && (c < 0x20 || c == 0x7f)) {
        /* U+2400 to U+2421: the pictures of control characters */
        unsigned picture = c == 0x7f ? 0x2421 : 0x2400 + c;
        glyph->text[g_unichar_to_utf8(picture, glyph->text)] = '\0';
    } else if (bytes == 1 && c < 0x80) {
        glyph->text[0] = (char)c;
        glyph->text[1] = '\0';
    } else {
        (void)fs_text_to_utf8(glyph->text, sizeof glyph->text, at, bytes,
                              bytes == 1 && encoding != FS_LATIN1 && encoding != FS_SHIFT_JIS
                                  ? FS_ESCAPED
                                  : encoding);
        gunichar shown = g_utf8_get_char_validated(glyph->text, -1);
        if (shown >= 0x80 && shown < 0xa0) {
            g_snprintf(glyph->text, sizeof glyph->text, "\\x%02x", (unsigned)shown);
        }
    }
    glyph->columns = (uint8_t)text_width(glyph->text);
}

static void add_fold(Ruler *r, uint32_t cell, uint32_t bytes, uint32_t offset)
{
    Glyph glyph = {.cell = cell, .offset = offset};
    g_snprintf(glyph.text, sizeof glyph.text, "…%" PRIu32 "…", bytes);
    glyph.columns = (uint8_t)text_width(glyph.text);
    g_array_append_val(r->glyphs, glyph);
}

/* The characters of one cell; a long one is folded in its middle. */
static void add_cell(Ruler *r, uint32_t index, const uint8_t *data)
{
    const FieldCell *cell = &r->layout->cells.cells[index];
    const FsEntry *entry = &r->layout->packet->entries[cell->entry];
    uint32_t at = cell->start / 8;
    uint32_t end = (cell->start + cell->length + 7) / 8;
    bool octets = entry->field->type == FS_BYTES;
    FsEncoding encoding = entry->field->type == FS_TEXT ? (FsEncoding)entry->encoding : FS_ESCAPED;
    uint32_t most = octets ? MOST_OCTETS : MOST_TEXT;
    uint32_t tail = octets ? TAIL_OCTETS : TAIL_TEXT;
    uint32_t head = octets ? HEAD_OCTETS : HEAD_TEXT;
    uint32_t count = 0;
    uint32_t resume = at; /* first byte of the last `tail` characters */
    uint32_t behind = 0;
    for (uint32_t i = at; i < end; count++) {
        if (behind == tail) {
            resume += character_bytes(data + resume, end - resume, encoding);
        } else {
            behind++;
        }
        i += character_bytes(data + i, end - i, encoding);
    }
    for (uint32_t n = 0; at < end; n++) {
        if (count > most && n == head) {
            add_fold(r, index, resume - at, at - r->base);
            at = resume;
            continue;
        }
        Glyph glyph = {.cell = index, .offset = at - r->base, .first = n == 0};
        unsigned bytes = character_bytes(data + at, end - at, encoding);
        make_glyph(&glyph, data + at, bytes, encoding);
        g_array_append_val(r->glyphs, glyph);
        at += bytes;
    }
}

static Glyph *glyph_at(const Ruler *r, uint32_t i)
{
    return &g_array_index(r->glyphs, Glyph, i);
}

static void margin(Ruler *r, int64_t number)
{
    if (number < 0) {
        put_repeated(r->layout->out, ' ', MARGIN);
    } else {
        g_string_append_printf(r->layout->out, "%*" PRId64 " ", MARGIN - 1, number);
    }
}

static void end_line(Ruler *r)
{
    trim_line(r->layout->out);
    g_string_append_c(r->layout->out, '\n');
}

/* Byte offsets above the characters, one at every tenth byte that has a column of its own. */
static void offsets_line(Ruler *r, uint32_t from, uint32_t to)
{
    unsigned column = 0;
    unsigned written = 0;
    uint32_t due = (glyph_at(r, from)->offset + 9) / 10 * 10;
    margin(r, -1);
    for (uint32_t i = from; i < to; i++) {
        const Glyph *glyph = glyph_at(r, i);
        if (glyph->offset >= due && column >= written) {
            char number[16];
            g_snprintf(number, sizeof number, "%" PRIu32, glyph->offset);
            put_repeated(r->layout->out, ' ', column - written);
            g_string_append(r->layout->out, number);
            written = column + (unsigned)strlen(number) + 1;
            g_string_append_c(r->layout->out, ' ');
            due = glyph->offset / 10 * 10 + 10;
        }
        column += glyph->columns;
    }
    end_line(r);
}

/* The entry beneath the layer itself that a cell lies in. */
static uint32_t family(const Ruler *r, uint32_t cell)
{
    const FsEntry *entries = r->layout->packet->entries;
    uint32_t i = r->layout->cells.cells[cell].entry;
    unsigned depth = entries[r->index].depth + 1U;
    while (i > r->index && entries[i].depth > depth) {
        i--;
    }
    return i;
}

static bool is_divided(const Ruler *r, uint32_t cell)
{
    uint32_t top = family(r, cell);
    return top != r->index && top != r->layout->cells.cells[cell].entry;
}

/* "<--- title --->" in so many columns, without the title if there is no room for it. */
static void bracket(GString *out, const char *title, unsigned columns)
{
    unsigned inner = columns - 2;
    unsigned width = text_width(title) + 2;
    width = width <= inner ? width : 0;
    g_string_append_c(out, '<');
    put_repeated(out, '-', (inner - width) / 2);
    if (width > 0) {
        g_string_append_printf(out, " %s ", title);
    }
    put_repeated(out, '-', inner - width - (inner - width) / 2);
    g_string_append_c(out, '>');
}

/* Above the characters: what a row of parts makes up together. */
static void families_line(Ruler *r, uint32_t from, uint32_t to)
{
    GString *out = r->layout->out;
    gsize before = out->len;
    bool any = false;
    margin(r, -1);
    for (uint32_t i = from; i < to;) {
        uint32_t top = family(r, glyph_at(r, i)->cell);
        bool divided = false;
        unsigned columns = 0;
        for (; i < to && family(r, glyph_at(r, i)->cell) == top; i++) {
            divided = divided || is_divided(r, glyph_at(r, i)->cell);
            columns += glyph_at(r, i)->columns;
        }
        if (divided && columns > 2) {
            bracket(out, r->layout->packet->entries[top].field->title, columns);
            any = true;
        } else {
            put_repeated(out, ' ', columns);
        }
    }
    if (any) {
        end_line(r);
    } else {
        g_string_truncate(out, before);
    }
}

static bool is_marked(const Ruler *r, const Glyph *glyph)
{
    const FieldCell *cell = &r->layout->cells.cells[glyph->cell];
    return !cell->rest;
}

/* A colour lasts from the first to the last of a field's characters in the line. */
static void change_colour(Ruler *r, uint32_t from, uint32_t i, uint32_t to)
{
    const Glyph *glyph = i < to ? glyph_at(r, i) : NULL;
    const Glyph *before = i > from ? glyph_at(r, i - 1) : NULL;
    if (glyph != NULL && before != NULL && glyph->cell == before->cell) {
        return;
    }
    if (before != NULL && is_marked(r, before)) {
        colour_off(r->layout->out, r->layout->style->colour);
    }
    if (glyph != NULL && is_marked(r, glyph)) {
        colour_on(r->layout->out, r->layout->style->colour, glyph->cell);
    }
}

static void characters_lines(Ruler *r, uint32_t from, uint32_t to)
{
    GString *out = r->layout->out;
    margin(r, glyph_at(r, from)->offset);
    for (uint32_t i = from; i < to; i++) {
        change_colour(r, from, i, to);
        g_string_append(out, glyph_at(r, i)->text);
    }
    change_colour(r, from, to, to);
    end_line(r);
    margin(r, -1);
    for (uint32_t i = from; i < to; i++) {
        const Glyph *glyph = glyph_at(r, i);
        for (unsigned c = 0; c < glyph->columns; c++) {
            bool begin = glyph->first && c == 0;
            g_string_append_c(out, !is_marked(r, glyph) ? ' ' : begin ? '^' : '~');
        }
    }
    end_line(r);
}

/* '|' below every field of the line that begins before column `before` and waits for its label. */
static void leaders(Ruler *r, uint32_t from, uint32_t label_glyph)
{
    GString *out = r->layout->out;
    margin(r, -1);
    for (uint32_t i = from; i < label_glyph; i++) {
        const Glyph *glyph = glyph_at(r, i);
        bool leader = glyph->first && is_marked(r, glyph);
        if (leader) {
            colour_on(out, r->layout->style->colour, glyph->cell);
            g_string_append_c(out, '|');
            colour_off(out, r->layout->style->colour);
        }
        put_repeated(out, ' ', glyph->columns - (leader ? 1U : 0));
    }
}

static unsigned column_of(const Ruler *r, uint32_t from, uint32_t glyph)
{
    unsigned column = MARGIN;
    for (uint32_t i = from; i < glyph; i++) {
        column += glyph_at(r, i)->columns;
    }
    return column;
}

/* Other readings of the same characters: the command and the flags in a command word. Flags that
 * are not set are left out. */
static void readings(Ruler *r, uint32_t from, uint32_t glyph, unsigned room)
{
    const DecodedPacket *packet = r->layout->packet;
    const FieldCell *cell = &r->layout->cells.cells[glyph_at(r, glyph)->cell];
    const FsEntry *entry = &packet->entries[cell->entry];
    uint32_t after = field_after(packet->entries, packet->count, cell->entry);
    for (uint32_t i = cell->entry + 1; i < after; i++) {
        const FsEntry *reading = &packet->entries[i];
        bool number = reading->field->type == FS_UINT || reading->field->type == FS_BOOL;
        if (reading->field->hidden || reading->field->type == FS_REMARK ||
            (number && reading->field->type == FS_BOOL && reading->value.number == 0)) {
            continue;
        }
        leaders(r, from, glyph);
        unsigned indent = 2U * (reading->depth - entry->depth);
        indent = indent < room ? indent : room;
        put_repeated(r->layout->out, ' ', indent);
        put_left(r->layout->out, layout_text(r->layout, fs_format_label, reading), room - indent);
        end_line(r);
    }
}

static void labels(Ruler *r, uint32_t from, uint32_t to)
{
    const DecodedPacket *packet = r->layout->packet;
    for (uint32_t i = to; i > from; i--) {
        const Glyph *glyph = glyph_at(r, i - 1);
        if (!glyph->first || !is_marked(r, glyph)) {
            continue;
        }
        const FsEntry *entry = &packet->entries[r->layout->cells.cells[glyph->cell].entry];
        unsigned column = column_of(r, from, i - 1);
        unsigned width = r->layout->style->width;
        unsigned room = width > column + LABEL_ROOM ? width - column : LABEL_ROOM;
        leaders(r, from, i - 1);
        colour_on(r->layout->out, r->layout->style->colour, glyph->cell);
        put_left(r->layout->out, layout_text(r->layout, fs_format_label, entry), room);
        trim_line(r->layout->out);
        colour_off(r->layout->out, r->layout->style->colour);
        end_line(r);
        readings(r, from, i - 1, room);
    }
}

static unsigned columns_of_cell(const Ruler *r, uint32_t glyph)
{
    unsigned columns = 0;
    uint32_t cell = glyph_at(r, glyph)->cell;
    for (uint32_t i = glyph; i < r->glyphs->len && glyph_at(r, i)->cell == cell; i++) {
        columns += glyph_at(r, i)->columns;
    }
    return columns;
}

/* The glyph that begins the next line. A field that does not fit is not divided, unless it fits in
 * no line, or half of this one would be empty. */
static uint32_t line_end(const Ruler *r, uint32_t from)
{
    unsigned columns = 0;
    uint32_t to = from;
    uint32_t whole = from; /* the last field that begins in the second half */
    while (to < r->glyphs->len && (to == from || columns + glyph_at(r, to)->columns <= r->room)) {
        if (columns >= r->room / 2 && glyph_at(r, to)->first) {
            whole = to;
        }
        columns += glyph_at(r, to)->columns;
        to++;
    }
    bool divides = to < r->glyphs->len && !glyph_at(r, to)->first;
    return divides && whole > from && columns_of_cell(r, whole) <= r->room ? whole : to;
}

static void draw_lines(Ruler *r)
{
    for (uint32_t from = 0; from < r->glyphs->len;) {
        uint32_t to = line_end(r, from);
        offsets_line(r, from, to);
        families_line(r, from, to);
        characters_lines(r, from, to);
        labels(r, from, to);
        from = to;
    }
}

void layout_ruler(Layout *layout, uint32_t index, uint8_t source)
{
    const DecodedPacket *packet = layout->packet;
    const FsEntry *layer = &packet->entries[index];
    const FsSpan *span = &packet->sources[source];
    field_cells_of(&layout->cells, packet->entries, packet->count, index, source,
                   span->captured * 8, false);
    if (layout->cells.count == 0) {
        return;
    }
    unsigned width = layout->style->width;
    unsigned room = width > MARGIN + LABEL_ROOM + 20 ? width - MARGIN - LABEL_ROOM : 20;
    Ruler r = {.layout = layout, .index = index, .room = room};
    r.base = source == layer->source ? layer->bit_offset / 8 : 0;
    r.glyphs = g_array_new(FALSE, FALSE, sizeof(Glyph));
    if (source != layer->source) {
        g_string_append_printf(layout->out, "     %" PRIu32 " derived bytes\n", span->captured);
    }
    for (uint32_t i = 0; i < layout->cells.count; i++) {
        add_cell(&r, i, span->data);
    }
    draw_lines(&r);
    g_array_free(r.glyphs, TRUE);
}
