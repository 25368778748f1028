/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/filter.h"

#include <glib.h>
#include <string.h>

/* Terminal columns of a stretch of valid UTF-8 without control characters. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    const char *end = text + length;
    for (const char *at = text; at < end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        columns += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return columns;
}

static void append_repeated(GString *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_string_append_c(out, c);
    }
}

/* A part of the filter as it can be shown on one line. */
static char *printable(const char *text, size_t length)
{
    char *valid = g_utf8_make_valid(text, (gssize)length);
    for (char *c = valid; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
    return valid;
}

size_t filter_describe_error(char *out, size_t capacity, const char *text, const FilterError *error)
{
    size_t length = strlen(text);
    size_t position = MIN(error->position, length);
    size_t marked = MIN(error->length, length - position);
    g_autofree char *before = printable(text, position);
    g_autofree char *mistake = printable(text + position, marked);
    g_autofree char *after = printable(text + position + marked, length - position - marked);
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_append_printf(line, "%s\n  %s%s%s\n  ", error->message, before, mistake, after);
    append_repeated(line, ' ', columns_of(before, strlen(before)));
    g_string_append_c(line, '^');
    size_t width = columns_of(mistake, strlen(mistake));
    append_repeated(line, '~', width > 1 ? width - 1 : 0);
    g_string_append_c(line, '\n');
    if (error->suggestion[0] != '\0') {
        g_string_append_printf(line, "  perhaps: %s\n", error->suggestion);
    }
    if (capacity > 0) {
        (void)g_strlcpy(out, line->str, capacity);
    }
    return MIN(line->len, capacity > 0 ? capacity - 1 : 0);
}
