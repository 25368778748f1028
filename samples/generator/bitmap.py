# SPDX-License-Identifier: GPL-2.0-or-later
"""FeiQ's container for bitmaps: LZW!, length and CRC-32, and the bitmap packed by LZW.

Codes have their least bit first and fill bytes from the most significant bit on; they grow from 9
to 12 bits by their count. Behind 4095 the table's places from 256 on are used again.
"""

import struct
import zlib


def _pack(data):
    codes = {bytes([byte]): byte for byte in range(256)}
    places = [None] * 4096
    following, width, count, bits, string = 256, 9, 256, [], b""

    def write(code):
        nonlocal width, count
        bits.extend(code >> place & 1 for place in range(width))
        count += 1
        if width < 12 and count == 1 << width:
            width += 1

    for byte in data:
        longer = string + bytes([byte])
        if longer in codes:
            string = longer
            continue
        write(codes[string])
        if places[following] is not None:
            del codes[places[following]]
        places[following], codes[longer] = longer, following
        following = 256 if following == 4095 else following + 1
        string = bytes([byte])
    write(codes[string])
    bits += [0] * (-len(bits) % 8)
    return bytes(int("".join(map(str, bits[at:at + 8])), 2) for at in range(0, len(bits), 8))


def container(dib):
    return b"LZW!" + struct.pack("<II", len(dib), zlib.crc32(dib)) + _pack(dib)


def dib(width, height, pixel):
    """pixel(x, y) is (red, green, blue); the bottom row comes first."""
    rows = b""
    for y in reversed(range(height)):
        row = b"".join(bytes(reversed(pixel(x, y))) for x in range(width))
        rows += row + bytes(-len(row) % 4)
    return struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 2835, 2835, 0, 0) + rows


def file_of(bitmap):
    """What a .bmp file of a bitmap of 24 bits holds."""
    return struct.pack("<2sIHHI", b"BM", 14 + len(bitmap), 0, 0, 54) + bitmap


def sunset(width=36, height=24):
    def pixel(x, y):
        sun = (x - 24) ** 2 + (y - 9) ** 2 < 30
        return (255, 230, 120) if sun else (90 + 6 * y, 60 + 3 * y, 150 - 4 * y) if y < 17 else (20, 40, 80)
    return dib(width, height, pixel)
