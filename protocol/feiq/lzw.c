/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/lzw.h"

#include <string.h>

enum {
    SINGLES = 256, /* codes that stand for a byte */
    CODES = 4096,
    FEWEST_BITS = 9,
    MOST_BITS = 12
};

static uint32_t little_endian_32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_little_endian_32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

bool feiq_lzw_header(const uint8_t *data, size_t length, FeiqLzwHeader *header)
{
    if (length < FEIQ_LZW_HEADER || memcmp(data, "LZW!", 4) != 0) {
        return false;
    }
    *header = (FeiqLzwHeader){little_endian_32(data + 4), little_endian_32(data + 8)};
    return true;
}

/* Where a code's string stands in what was unpacked before. It is the string of the code before
 * with the byte that followed it, so it always stands there in one piece; and it stays there when
 * the strings that it was made of are replaced. */
typedef struct {
    size_t at;
    size_t length;
} String;

typedef struct {
    const uint8_t *data;
    size_t bits; /* of data */
    size_t at;   /* in bits */
    unsigned width;
    unsigned until_wider; /* codes */
} Reader;

static bool read_code(Reader *reader, unsigned *code)
{
    if (reader->width > reader->bits - reader->at) {
        return false;
    }
    *code = 0;
    for (unsigned i = 0; i < reader->width; i++, reader->at++) {
        unsigned bit = (unsigned)reader->data[reader->at / 8] >> (7 - reader->at % 8) & 1U;
        *code |= bit << i;
    }
    if (--reader->until_wider == 0 && reader->width < MOST_BITS) {
        reader->width++;
        reader->until_wider = 1U << (reader->width - 1);
    }
    return true;
}

size_t feiq_lzw_unpack(const uint8_t *data, size_t length, uint8_t *out, size_t room)
{
    String strings[CODES] = {{0, 0}};
    Reader reader = {data, length * 8, 0, FEWEST_BITS, 1U << (FEWEST_BITS - 1)};
    String before = {0, 0};
    size_t written = 0;
    unsigned next = SINGLES;
    unsigned code;
    while (written < room && read_code(&reader, &code)) {
        String now = {written, 1};
        if (before.length > 0) {
            strings[next] = (String){before.at, before.length + 1};
            next = next + 1 == CODES ? SINGLES : next + 1;
        }
        if (code < SINGLES) {
            out[written++] = (uint8_t)code;
            before = now;
            continue;
        }
        /* The newest string may be meant: its last byte is the first one that is copied here. */
        String string = strings[code];
        if (string.length == 0) {
            break;
        }
        now.length = string.length < room - written ? string.length : room - written;
        for (size_t i = 0; i < now.length; i++) {
            out[written++] = out[string.at + i];
        }
        before = now;
    }
    return written;
}

uint32_t feiq_crc32(const uint8_t *data, size_t length)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (UINT32_C(0xedb88320) & (0 - (crc & 1)));
        }
    }
    return ~crc;
}

bool feiq_read_bitmap(const uint8_t *data, size_t length, FeiqBitmap *bitmap)
{
    enum { INFO_HEADER = 40, BITFIELDS = 3, MASKS = 12, MOST_COLOURS = 256 };
    if (length < INFO_HEADER) {
        return false;
    }
    uint32_t header = little_endian_32(data);
    uint32_t compression = little_endian_32(data + 16);
    uint32_t colours = little_endian_32(data + 32);
    unsigned bits = data[14] | (unsigned)data[15] << 8;
    if (header < INFO_HEADER || header > length || bits == 0 || bits > 32 ||
        colours > MOST_COLOURS) {
        return false;
    }
    if (colours == 0 && bits <= 8) {
        colours = 1U << bits;
    }
    uint32_t masks = compression == BITFIELDS && header == INFO_HEADER ? MASKS : 0;
    *bitmap = (FeiqBitmap){.width = (int32_t)little_endian_32(data + 4),
                           .height = (int32_t)little_endian_32(data + 8),
                           .bits = (uint16_t)bits,
                           .file_header = {'B', 'M'}};
    put_little_endian_32(bitmap->file_header + 2, FEIQ_BITMAP_FILE_HEADER + (uint32_t)length);
    put_little_endian_32(bitmap->file_header + 10,
                         FEIQ_BITMAP_FILE_HEADER + header + masks + 4 * colours);
    return true;
}
