/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/layout_width.h"
#include "sniffer/views/hex_palette.h"

#include <string.h>

/* One character: its bytes and its columns. */
static size_t character(const char *text, unsigned *columns)
{
    gunichar c = g_utf8_get_char_validated(text, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        *columns = 1;
        return 1;
    }
    *columns = g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    return (size_t)(g_utf8_next_char(text) - text);
}

unsigned text_width(const char *text)
{
    unsigned width = 0;
    while (*text != '\0') {
        unsigned columns;
        text += character(text, &columns);
        width += columns;
    }
    return width;
}

size_t text_fitting(const char *text, unsigned columns)
{
    size_t used = 0;
    unsigned width = 0;
    while (text[used] != '\0') {
        unsigned one;
        size_t bytes = character(text + used, &one);
        if (width + one > columns) {
            break;
        }
        width += one;
        used += bytes;
    }
    return used;
}

void put_repeated(GString *out, char c, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_string_append_c(out, c);
    }
}

/* Append what fits, with "…" for what does not; return its columns. */
static unsigned put_fitting(GString *out, const char *text, unsigned columns)
{
    unsigned width = text_width(text);
    if (width <= columns) {
        g_string_append(out, text);
        return width;
    }
    if (columns == 0) {
        return 0;
    }
    gsize before = out->len;
    g_string_append_len(out, text, (gssize)text_fitting(text, columns - 1));
    width = text_width(out->str + before);
    g_string_append(out, "…");
    return width + 1;
}

void put_left(GString *out, const char *text, unsigned columns)
{
    unsigned width = put_fitting(out, text, columns);
    put_repeated(out, ' ', columns - width);
}

void put_centred(GString *out, const char *text, unsigned columns)
{
    unsigned width = text_width(text);
    unsigned left = width < columns ? (columns - width) / 2 : 0;
    put_repeated(out, ' ', left);
    put_left(out, text, columns - left);
}

void trim_line(GString *out)
{
    while (out->len > 0 && out->str[out->len - 1] == ' ') {
        g_string_truncate(out, out->len - 1);
    }
}

void colour_on(GString *out, bool colour, unsigned index)
{
    char text[PALETTE_ROOM];
    if (colour) {
        g_string_append_len(out, text, palette_begin(text, index) - text);
    }
}

void colour_off(GString *out, bool colour)
{
    if (colour) {
        g_string_append(out, "\x1b[0m");
    }
}

void heading_on(GString *out, bool colour)
{
    if (colour) {
        g_string_append(out, "\x1b[1m");
    }
}
