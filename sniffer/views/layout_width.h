/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text in columns of a terminal, where a Chinese character is two columns wide.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_LAYOUT_WIDTH_H
#define FEISCOPE_SNIFFER_VIEWS_LAYOUT_WIDTH_H

#include <glib.h>
#include <stdbool.h>

/** Columns of a UTF-8 text. Combining characters take none; bytes that are not UTF-8 take one. */
unsigned text_width(const char *text);

/** Bytes of the longest beginning of a UTF-8 text that fits into `columns`. */
size_t text_fitting(const char *text, unsigned columns);

/** Append one character `n` times. */
void put_repeated(GString *out, char c, unsigned n);

/** Append text in a field of `columns`, at its left; a text too wide is cut and ends with "…". */
void put_left(GString *out, const char *text, unsigned columns);

/** The same in the middle of the field. */
void put_centred(GString *out, const char *text, unsigned columns);

/** Remove spaces at the end of the last line. */
void trim_line(GString *out);

/** Begin a colour of the palette, one of CELL_COLOURS by index modulo; nothing without colour. */
void colour_on(GString *out, bool colour, unsigned index);

/** End it. */
void colour_off(GString *out, bool colour);

/** The same for headings. */
void heading_on(GString *out, bool colour);

#endif
