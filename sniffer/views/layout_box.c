/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/layout_box.h"
#include "sniffer/views/layout_width.h"

#include <string.h>

enum {
    MARGIN = 5, /* the offset and a space */
    TITLE_LINES = 3,
    WHOLE_BITS = 128, /* a cell that fills rows of more bits than this is folded … */
    HEAD_BITS = 64    /* … to its first rows and its last one */
};

typedef struct {
    GString *out;
    const BoxCell *cells;
    unsigned count;
    uint32_t end;         /* bits of the diagram */
    uint32_t row_bits;    /* bits a row */
    unsigned bit_columns; /* columns a bit, its left border included */
    uint32_t offset;
    bool colour;
} Drawing;

/* A cell's part in one row. */
typedef struct {
    const BoxCell *cell;
    unsigned index; /* of the cell */
    uint32_t start; /* in bits, of the diagram */
    uint32_t end;
    bool whole;  /* all of the cell */
    bool titled; /* the part that holds the title */
} Part;

enum { MOST_PARTS = 32 };

static unsigned inner_columns(const Drawing *d, const Part *part)
{
    return (part->end - part->start) * d->bit_columns - 1;
}

/* Of a cell that lies in several rows, the row that holds its title: the first, unless the second
 * gives it more room. */
static uint32_t title_row(const Drawing *d, const BoxCell *cell)
{
    uint32_t first = cell->start / d->row_bits;
    uint32_t border = (first + 1) * d->row_bits;
    if (cell->start + cell->length <= border) {
        return first;
    }
    uint32_t in_first = border - cell->start;
    uint32_t in_second = cell->start + cell->length - border;
    return in_second > in_first && in_first < d->row_bits ? first + 1 : first;
}

static unsigned parts_of_row(const Drawing *d, uint32_t row, Part *parts)
{
    uint32_t from = row * d->row_bits;
    uint32_t to = from + d->row_bits;
    unsigned n = 0;
    for (unsigned i = 0; i < d->count && n < MOST_PARTS; i++) {
        const BoxCell *cell = &d->cells[i];
        uint32_t end = cell->start + cell->length;
        if (cell->start >= to || end <= from) {
            continue;
        }
        Part *part = &parts[n++];
        part->cell = cell;
        part->index = i;
        part->start = cell->start > from ? cell->start : from;
        part->end = end < to ? end : to;
        part->whole = part->start == cell->start && part->end == end;
        part->titled = title_row(d, cell) == row;
    }
    return n;
}

/* Index of the cell that holds a bit; count: none. */
static unsigned cell_at(const Drawing *d, uint32_t bit)
{
    for (unsigned i = 0; i < d->count; i++) {
        if (bit >= d->cells[i].start && bit - d->cells[i].start < d->cells[i].length) {
            return i;
        }
    }
    return d->count;
}

static void ruler(const Drawing *d)
{
    put_repeated(d->out, ' ', MARGIN + d->bit_columns / 2);
    for (unsigned bit = 0; bit < d->row_bits; bit++) {
        g_string_append_c(d->out, bit % 10 == 0 ? (char)('0' + bit / 10) : ' ');
        put_repeated(d->out, ' ', d->bit_columns - 1);
    }
    trim_line(d->out);
    g_string_append_c(d->out, '\n');
    put_repeated(d->out, ' ', MARGIN + d->bit_columns / 2);
    for (unsigned bit = 0; bit < d->row_bits; bit++) {
        g_string_append_c(d->out, (char)('0' + bit % 10));
        put_repeated(d->out, ' ', d->bit_columns - 1);
    }
    trim_line(d->out);
    g_string_append_c(d->out, '\n');
}

/* The line above a row: open where a cell goes on from the row above (whose last bit may be left
 * out by a fold: `above` is the first bit of the row that stands there). */
static void border(const Drawing *d, bool has_above, uint32_t above, bool has_below, uint32_t below)
{
    put_repeated(d->out, ' ', MARGIN);
    bool line_before = false;
    unsigned up_before = d->count;
    unsigned down_before = d->count;
    for (uint32_t bit = 0; bit <= d->row_bits; bit++) {
        bool inside = bit < d->row_bits;
        unsigned up = inside && has_above ? cell_at(d, above + bit) : d->count;
        unsigned down = inside && has_below ? cell_at(d, below + bit) : d->count;
        bool line = up != down;
        bool edge_up = up != up_before;
        bool edge_down = down != down_before;
        char corner = ' ';
        if (line || line_before) {
            corner = '+';
        } else if (edge_up || edge_down) {
            corner = edge_up && edge_down && inside && bit > 0 ? '|' : '+';
        }
        g_string_append_c(d->out, corner);
        if (inside) {
            put_repeated(d->out, line ? '-' : ' ', d->bit_columns - 1);
        }
        line_before = line;
        up_before = up;
        down_before = down;
    }
    trim_line(d->out);
    g_string_append_c(d->out, '\n');
}

/* Break a title into lines for a cell; return how many, at most TITLE_LINES. */
static unsigned title_lines(const BoxCell *cell, unsigned columns, char lines[][128])
{
    const char *text = cell->title;
    if (cell->brief != NULL && (cell->length == 1 || text_width(text) > columns)) {
        text = cell->brief; /* of flags always: they stand side by side */
    }
    if (text_width(text) <= columns) {
        g_strlcpy(lines[0], text, 128);
        return 1;
    }
    unsigned n = 0;
    while (*text != '\0' && n < TITLE_LINES) {
        size_t bytes = text_fitting(text, columns);
        if (bytes == 0 || bytes >= 128) {
            break;
        }
        /* break at a space where there is one */
        size_t cut = bytes;
        if (text[bytes] != '\0' && text[bytes] != ' ' && columns >= 6) {
            while (cut > 0 && text[cut] != ' ') {
                cut--;
            }
            cut = cut > 0 ? cut : bytes;
        }
        memcpy(lines[n], text, cut);
        lines[n][cut] = '\0';
        n++;
        text += cut;
        while (*text == ' ') {
            text++;
        }
    }
    return n;
}

static void part_hex(GString *text, const Part *part, unsigned columns)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = part->cell->bytes + (part->start - part->cell->start) / 8;
    unsigned n = (part->end - part->start) / 8;
    g_string_truncate(text, 0);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0) {
            g_string_append_c(text, ' ');
        }
        g_string_append_c(text, digits[at[i] >> 4]);
        g_string_append_c(text, digits[at[i] & 15]);
    }
    if (part->cell->characters && text->len + 3 + n <= columns) {
        g_string_append(text, "   ");
        for (unsigned i = 0; i < n; i++) {
            g_string_append_c(text, at[i] >= 0x20 && at[i] < 0x7f ? (char)at[i] : '.');
        }
    }
}

/* What stands in the last line of a part. */
static const char *part_value(const Part *part, unsigned columns, GString *scratch)
{
    const BoxCell *cell = part->cell;
    if (!part->whole) {
        if (cell->bytes != NULL && (part->end - part->start) % 8 == 0) {
            part_hex(scratch, part, columns);
            return scratch->str;
        }
        return part->titled ? cell->plain : "";
    }
    if (cell->readable[0] == '\0' && cell->bytes != NULL && (part->end - part->start) % 8 == 0) {
        part_hex(scratch, part, columns); /* a text without characters */
        return scratch->str;
    }
    if (text_width(cell->readable) <= columns) {
        return cell->readable;
    }
    return cell->plain;
}

/* Title and value in one line for a cell of several rows, if there is room. */
static unsigned part_title(const Part *part, unsigned columns, char lines[][128])
{
    const BoxCell *cell = part->cell;
    if (!part->titled) {
        return 0;
    }
    if (!part->whole && cell->bytes != NULL && cell->readable[0] != '\0') {
        const char *titles[] = {cell->title, cell->brief};
        const char *values[] = {cell->readable, cell->plain};
        for (unsigned i = 0; i < 4; i++) {
            const char *title = titles[i / 2];
            if (title != NULL && text_width(title) + 2 + text_width(values[i % 2]) <= columns) {
                g_snprintf(lines[0], 128, "%s: %s", title, values[i % 2]);
                return 1;
            }
        }
    }
    return title_lines(cell, columns, lines);
}

static void draw_row(const Drawing *d, uint32_t row)
{
    Part parts[MOST_PARTS];
    char titles[MOST_PARTS][TITLE_LINES][128];
    unsigned lines[MOST_PARTS];
    unsigned n = parts_of_row(d, row, parts);
    unsigned height = 0;
    if (n == 0) {
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        lines[i] = part_title(&parts[i], inner_columns(d, &parts[i]), titles[i]);
        height = lines[i] > height ? lines[i] : height;
    }
    GString *scratch = g_string_new(NULL);
    for (unsigned line = 0; line <= height; line++) {
        char label[16];
        g_snprintf(label, sizeof label, "%*" G_GUINT32_FORMAT " ", MARGIN - 1,
                   d->offset + row * d->row_bits / 8);
        if (line == 0) {
            g_string_append(d->out, label);
        } else {
            put_repeated(d->out, ' ', MARGIN);
        }
        /* a diagram may begin within a row */
        put_repeated(d->out, ' ', (parts[0].start - row * d->row_bits) * d->bit_columns);
        for (unsigned i = 0; i < n; i++) {
            unsigned columns = inner_columns(d, &parts[i]);
            const char *text = "";
            unsigned skip = (height - lines[i]) / 2;
            if (line == height) {
                text = part_value(&parts[i], columns, scratch);
            } else if (line >= skip && line - skip < lines[i]) {
                text = titles[i][line - skip];
            }
            g_string_append_c(d->out, '|');
            if (text[0] != '\0') {
                colour_on(d->out, d->colour, parts[i].index);
            }
            put_centred(d->out, text, columns);
            if (text[0] != '\0') {
                colour_off(d->out, d->colour);
            }
        }
        g_string_append(d->out, "|\n");
    }
    g_string_free(scratch, TRUE);
}

/* If this row is the first of those that a fold leaves out, the row to go on with; else itself. */
static uint32_t fold(const Drawing *d, uint32_t row)
{
    unsigned i = cell_at(d, row * d->row_bits);
    if (i == d->count) {
        return row;
    }
    const BoxCell *cell = &d->cells[i];
    uint32_t first = (cell->start + d->row_bits - 1) / d->row_bits;
    uint32_t after = (cell->start + cell->length) / d->row_bits;
    if (after <= first || after - first <= WHOLE_BITS / d->row_bits ||
        row != first + HEAD_BITS / d->row_bits) {
        return row;
    }
    return after - 1;
}

static void fold_lines(const Drawing *d, uint32_t rows)
{
    char text[64];
    g_snprintf(text, sizeof text, "%" G_GUINT32_FORMAT " bytes more", rows * d->row_bits / 8);
    put_repeated(d->out, ' ', MARGIN);
    g_string_append_c(d->out, '/');
    put_centred(d->out, text, d->row_bits * d->bit_columns - 1);
    g_string_append(d->out, "/\n");
}

void box_draw(GString *out, const BoxCell *cells, unsigned count, uint32_t offset,
              const ViewStyle *style)
{
    if (count == 0) {
        return;
    }
    Drawing d = {out, cells, count,  cells[count - 1].start + cells[count - 1].length,
                 32,  2,     offset, style->colour};
    if (style->width < MARGIN + 65) {
        d.row_bits = 16;
    }
    for (unsigned columns = 4; columns > 2 && d.bit_columns == 2; columns--) {
        if (style->width >= MARGIN + d.row_bits * columns + 1) {
            d.bit_columns = columns;
        }
    }
    ruler(&d);
    uint32_t rows = (d.end + d.row_bits - 1) / d.row_bits;
    uint32_t above = 0;
    bool has_above = false;
    for (uint32_t row = cells[0].start / d.row_bits; row < rows; row++) {
        uint32_t next = fold(&d, row);
        if (next != row) {
            border(&d, true, above, true, row * d.row_bits);
            fold_lines(&d, next - row);
            row = next;
        }
        border(&d, has_above, above, true, row * d.row_bits);
        draw_row(&d, row);
        above = row * d.row_bits;
        has_above = true;
    }
    border(&d, true, above, false, 0);
}
