/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/hex_row.h"

#include <string.h>

#define ROW(h)                                                                                     \
    {h, '0'}, {h, '1'}, {h, '2'}, {h, '3'}, {h, '4'}, {h, '5'}, {h, '6'}, {h, '7'}, {h, '8'},      \
        {h, '9'}, {h, 'a'}, {h, 'b'}, {h, 'c'}, {h, 'd'}, {h, 'e'},                                \
    {                                                                                              \
        h, 'f'                                                                                     \
    }

const char hex_pairs[256][2] = {ROW('0'), ROW('1'), ROW('2'), ROW('3'), ROW('4'), ROW('5'),
                                ROW('6'), ROW('7'), ROW('8'), ROW('9'), ROW('a'), ROW('b'),
                                ROW('c'), ROW('d'), ROW('e'), ROW('f')};

char *hex_offset(char *to, uint32_t offset)
{
    unsigned digits = 4;
    while (digits < 8 && offset >> (4 * digits) != 0) {
        digits++;
    }
    for (unsigned i = digits; i > 0; i--) {
        *to++ = hex_pairs[offset >> (4 * (i - 1)) & 15][1];
    }
    *to++ = ' ';
    *to++ = ' ';
    return to;
}

char *hex_row(char *to, uint32_t offset, const uint8_t *data, size_t length)
{
    to = hex_offset(to, offset);
    char *characters = to + (size_t)3 * HEX_ROW_BYTES + 2;
    if (length < HEX_ROW_BYTES) {
        memset(to, ' ', (size_t)3 * HEX_ROW_BYTES);
    }
    for (size_t i = 0; i < length; i++) {
        memcpy(to + 3 * i, hex_pairs[data[i]], 2);
        to[3 * i + 2] = ' ';
        characters[i] = hex_character(data[i]);
    }
    characters[-2] = ' ';
    characters[-1] = ' ';
    characters[length] = '\n';
    return characters + length + 1;
}
