/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The columns of the one-line form, for those who write it: view_line, and direct_line, which has
 * to write the same.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_LINE_COLUMNS_H
#define FEISCOPE_SNIFFER_VIEWS_LINE_COLUMNS_H

#include "protocol/digits.h"

/** Widths of columns. */
enum {
    LINE_NUMBER_WIDTH = 5,
    LINE_ADDRESS_WIDTH = 21, /**< an IPv4 address with its port */
    LINE_PROTOCOL_WIDTH = 8
};

/** What stands between two ends. */
#define LINE_ARROW " → "

/** Spaces up to a column that is `width` wide and begins at `start`. */
static inline char *line_pad(char *to, const char *start, size_t width)
{
    while ((size_t)(to - start) < width) {
        *to++ = ' ';
    }
    return to;
}

/** A number that ends where a column `width` wide ends, or behind it. */
static inline char *line_put_right(char *to, uint64_t number, size_t width)
{
    size_t digits = fs_count_digits(number);
    to = line_pad(to, to, digits < width ? width - digits : 0);
    return fs_put_digits(to, number, (unsigned)digits);
}

/** Text without its NUL, too short for a call of memcpy to be worth it. */
static inline char *line_put_text(char *to, const char *text)
{
    while (*text != '\0') {
        *to++ = *text++;
    }
    return to;
}

/** The name of a protocol in its column. */
static inline char *line_put_protocol(char *to, const char *name)
{
    return line_pad(line_put_text(to, name), to, LINE_PROTOCOL_WIDTH);
}

#endif
