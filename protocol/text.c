/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/text.h"

#include "protocol/octets.h"

#include <string.h>

typedef struct {
    uint32_t start;  /* first four-byte code, counted from 81 30 81 30 */
    uint32_t length; /* codes in the range */
    uint32_t first;  /* Unicode code point of the first */
} Gb18030Range;

#include "text_tables.inc"

enum { REPLACEMENT = 0xfffd, SYMBOL_FOR_NUL = 0x2400, FOUR_BYTE_PLANES = 189000 };

/* Each reader returns the bytes of one character and its code point; 0 bytes if there is none. */

static inline size_t read_utf8(const uint8_t *data, size_t length, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = data[0];
    if (first < 0x80) {
        *point = first;
        return 1;
    }
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || size > length) {
        return 0;
    }
    uint32_t value = first & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((data[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (data[i] & 0x3fU);
    }
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *point = value;
    return size;
}

/* How many bytes one U+FFFD stands for where no character is: as many as could begin one (Unicode
 * 3.9, "U+FFFD Substitution of Maximal Subparts"). */
static size_t broken_utf8(const uint8_t *data, size_t length)
{
    uint8_t first = data[0];
    if (first < 0xc2 || first > 0xf4 || length < 2) {
        return 1;
    }
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (data[1] < low || data[1] > high) {
        return 1;
    }
    return first >= 0xf0 && length > 2 && (data[2] & 0xc0) == 0x80 ? 3 : 2;
}

static uint32_t four_byte_point(uint32_t linear)
{
    if (linear >= FOUR_BYTE_PLANES) {
        uint32_t point = linear - FOUR_BYTE_PLANES + 0x10000;
        return point <= 0x10ffff ? point : 0;
    }
    size_t low = 0;
    size_t high = sizeof gb18030_four / sizeof gb18030_four[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        const Gb18030Range *range = &gb18030_four[middle];
        if (linear < range->start) {
            high = middle;
        } else if (linear >= range->start + range->length) {
            low = middle + 1;
        } else {
            return range->first + linear - range->start;
        }
    }
    return 0;
}

static inline size_t read_gb18030(const uint8_t *data, size_t length, uint32_t *point)
{
    uint8_t lead = data[0];
    if (lead < 0x80) {
        *point = lead;
        return 1;
    }
    if (lead == 0x80) {
        *point = 0x20ac;
        return 1;
    }
    if (lead == 0xff || length < 2) {
        return 0;
    }
    uint8_t trail = data[1];
    if (trail >= 0x40 && trail != 0x7f && trail != 0xff) {
        unsigned column = trail - (trail > 0x7f ? 0x41U : 0x40U);
        *point = gb18030_two[(lead - 0x81U) * 190 + column];
        return *point == 0 ? 0 : 2;
    }
    if (trail < 0x30 || trail > 0x39 || length < 4 || data[2] < 0x81 || data[2] > 0xfe ||
        data[3] < 0x30 || data[3] > 0x39) {
        return 0;
    }
    uint32_t linear =
        (((lead - 0x81U) * 10 + trail - 0x30U) * 126 + data[2] - 0x81U) * 10 + data[3] - 0x30U;
    *point = four_byte_point(linear);
    return *point == 0 ? 0 : 4;
}

static inline size_t read_shift_jis(const uint8_t *data, size_t length, uint32_t *point)
{
    uint8_t lead = data[0];
    if (lead < 0x80) {
        *point = lead;
        return 1;
    }
    if (lead >= 0xa1 && lead <= 0xdf) { /* half-width katakana */
        *point = 0xff61U + lead - 0xa1U;
        return 1;
    }
    if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || length < 2) {
        return 0;
    }
    uint8_t trail = data[1];
    if (trail < 0x40 || trail == 0x7f || trail > 0xfc) {
        return 0;
    }
    unsigned row = lead < 0xa0 ? lead - 0x81U : lead - 0xc1U;
    *point = cp932_two[row * 188 + trail - (trail > 0x7f ? 0x41U : 0x40U)];
    return *point == 0 ? 0 : 2;
}

static inline size_t write_utf8(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

static size_t ascii_prefix(const uint8_t *data, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, data + i, sizeof word);
        if ((word & 0x8080808080808080U) != 0) {
            break;
        }
    }
    while (i < length && data[i] < 0x80) {
        i++;
    }
    return i;
}

static bool is_utf8(const uint8_t *data, size_t length)
{
    uint32_t point;
    size_t size;
    for (; length > 0; data += size, length -= size) {
        size = read_utf8(data, length, &point);
        if (size == 0) {
            return false;
        }
    }
    return true;
}

static bool is_gb18030(const uint8_t *data, size_t length)
{
    uint32_t point;
    size_t size;
    for (; length > 0; data += size, length -= size) {
        size = read_gb18030(data, length, &point);
        if (size == 0) {
            return false;
        }
    }
    return true;
}

bool fs_text_is_utf8(const uint8_t *data, size_t length)
{
    size_t ascii = ascii_prefix(data, length);
    return ascii == length || is_utf8(data + ascii, length - ascii);
}

FsEncoding fs_text_guess(const uint8_t *data, size_t length)
{
    size_t ascii = ascii_prefix(data, length);
    if (ascii == length) {
        return FS_ASCII;
    }
    data += ascii;
    length -= ascii;
    return is_utf8(data, length) ? FS_UTF8 : is_gb18030(data, length) ? FS_GB18030 : FS_ESCAPED;
}

size_t fs_text_to_utf8(char *out, size_t capacity, const uint8_t *data, size_t length,
                       FsEncoding encoding)
{
    if (capacity == 0) {
        return 0;
    }
    size_t room = capacity - 1;
    size_t used = ascii_prefix(data, length);
    const uint8_t *nul = used > 0 ? memchr(data, 0, used) : NULL;
    if (nul != NULL) {
        used = (size_t)(nul - data);
    }
    size_t i = used;
    if (used > room) {
        used = room;
        i = length;
    }
    if (used > 0) {
        memcpy(out, data, used);
    }
    while (i < length) {
        static const char digits[] = "0123456789abcdef";
        char character[4];
        size_t written;
        uint32_t point = data[i];
        size_t size = 1;
        if (encoding == FS_ESCAPED && point >= 0x80) {
            character[0] = '\\';
            character[1] = 'x';
            character[2] = digits[point >> 4];
            character[3] = digits[point & 15];
            written = 4;
        } else {
            if (encoding == FS_UTF8) {
                size = read_utf8(data + i, length - i, &point);
            } else if (encoding == FS_GB18030) {
                size = read_gb18030(data + i, length - i, &point);
            } else if (encoding == FS_SHIFT_JIS) {
                size = read_shift_jis(data + i, length - i, &point);
            } else if (encoding == FS_ASCII && point >= 0x80) {
                size = 0;
            }
            if (size == 0) {
                point = REPLACEMENT;
                size = encoding == FS_UTF8 ? broken_utf8(data + i, length - i) : 1;
            }
            written = write_utf8(character, point == 0 ? SYMBOL_FOR_NUL : point);
        }
        if (used + written > room) {
            break;
        }
        memcpy(out + used, character, written);
        used += written;
        i += size;
    }
    out[used] = '\0';
    return used;
}

/* Copy printable ASCII; returns how many bytes there were. Up to 7 more may have been written. */
static size_t put_printable(char *to, const uint8_t *data, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = fs_octets(data + i);
        if (fs_octets_wide(word) || fs_octets_below(word, 0x20) || fs_octets_have(word, 0x7f)) {
            break;
        }
        memcpy(to + i, data + i, 8);
    }
    for (; i < length && data[i] >= 0x20 && data[i] < 0x7f; i++) {
        to[i] = (char)data[i];
    }
    return i;
}

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

char *fs_text_put_plain(char *to, const uint8_t *data, size_t length, FsEncoding *encoding)
{
    size_t done = put_printable(to, data, length);
    to += done;
    data += done;
    length -= done;
    *encoding = FS_ASCII;
    if (length == 0 || data[0] < 0x80) {
        return length == 0 ? to : NULL;
    }
    *encoding = is_utf8(data, length) ? FS_UTF8 : FS_GB18030;
    while (length > 0) {
        uint32_t point;
        size_t size = *encoding == FS_UTF8 ? read_utf8(data, length, &point)
                                           : read_gb18030(data, length, &point);
        if (size == 0 || is_control(point)) {
            return NULL;
        }
        to += write_utf8(to, point);
        data += size;
        length -= size;
    }
    return to;
}
