/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One row of a hex dump.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_HEX_ROW_H
#define FEISCOPE_SNIFFER_VIEWS_HEX_ROW_H

#include <stddef.h>
#include <stdint.h>

enum {
    HEX_ROW_BYTES = 16,
    HEX_BYTES_COLUMN = 6, /**< of the first byte's digits, behind an offset of four digits */
    HEX_ROW_ROOM = 8 + HEX_BYTES_COLUMN + 4 * HEX_ROW_BYTES + 4 /**< bytes that a row may need */
};

/**
 * Write a row: offset, bytes, characters, LF.
 *
 * @param to     HEX_ROW_ROOM bytes
 * @param data   bytes of the row
 * @param length 1 to HEX_ROW_BYTES
 * @return the byte after the last one written
 */
char *hex_row(char *to, uint32_t offset, const uint8_t *data, size_t length);

/** Write an offset in at least four hexadecimal digits, and two spaces. */
char *hex_offset(char *to, uint32_t offset);

/** The two digits of every byte. */
extern const char hex_pairs[256][2];

/** The character that stands for a byte: itself if it is printable ASCII, else a dot. */
static inline char hex_character(uint8_t byte)
{
    return (char)(byte >= 0x20 && byte < 0x7f ? byte : '.');
}

#endif
