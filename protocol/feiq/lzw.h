/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's container for bitmaps: `LZW!`, the length and the CRC-32 of the bitmap, least byte first,
 * and the bitmap packed by LZW. What is packed is a device-independent bitmap (DIB): a file of it
 * needs a header of 14 bytes before it.
 *
 * The packing: a code is sent with its least bit first, and fills bytes from the most significant
 * bit on. There are no codes to clear or to end. The first 256 codes have 9 bits, the next 512 have
 * 10, the next 1024 have 11, all others 12. Each code but the first adds a string to the table; the
 * first has the number 256, and after 4095 comes 256 again, which replaces the string there.
 *
 * Source: shared/protocol/feiq.md, section 7.1; two programs agree on the width and on the bits,
 * and read each other's table as described here.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_LZW_H
#define FEISCOPE_PROTOCOL_FEIQ_LZW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FEIQ_LZW_HEADER = 12,        /**< bytes before the packed ones */
    FEIQ_BITMAP_FILE_HEADER = 14 /**< bytes before a bitmap in a file */
};

/** What the container says of its bitmap. */
typedef struct {
    uint32_t length; /**< in bytes */
    uint32_t crc;    /**< CRC-32, the one of Ethernet and of zip files */
} FeiqLzwHeader;

/**
 * Read the container's header.
 *
 * @return false if it is none
 */
bool feiq_lzw_header(const uint8_t *data, size_t length, FeiqLzwHeader *header);

/**
 * Unpack. Stops where the packed bytes end, where a code stands for nothing, or when the room is
 * full: a result that is shorter than the container says is all that could be unpacked.
 *
 * @param data   the packed bytes, behind the header
 * @param length in bytes
 * @param out    where the bitmap goes
 * @param room   bytes that fit there
 * @return bytes written
 */
size_t feiq_lzw_unpack(const uint8_t *data, size_t length, uint8_t *out, size_t room);

/** Room that is enough for feiq_lzw_pack: each byte a code of its own. */
static inline size_t feiq_lzw_room(size_t length)
{
    return FEIQ_LZW_HEADER + length / 2 * 3 + 2;
}

/**
 * Pack a bitmap, with the container's header.
 *
 * @param length of the bitmap in bytes, at most UINT32_MAX
 * @param room   bytes that fit where the container goes; feiq_lzw_room says how many are enough
 * @return bytes of the container; 0 if the room or the length does not do
 */
size_t feiq_lzw_pack(const uint8_t *data, size_t length, uint8_t *out, size_t room);

/** CRC-32 of some bytes. */
uint32_t feiq_crc32(const uint8_t *data, size_t length);

/** What a bitmap says of itself. */
typedef struct {
    int32_t width;
    int32_t height;                               /**< negative: the top row comes first */
    uint16_t bits;                                /**< a pixel */
    uint8_t file_header[FEIQ_BITMAP_FILE_HEADER]; /**< to write before it */
} FeiqBitmap;

/**
 * Read the header of a device-independent bitmap.
 *
 * @return false if it is none that is known
 */
bool feiq_read_bitmap(const uint8_t *data, size_t length, FeiqBitmap *bitmap);

#endif
