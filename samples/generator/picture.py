# SPDX-License-Identifier: GPL-2.0-or-later
"""A small grey JPEG drawn in blocks of eight by eight pixels of one shade each."""

import struct

# Annex K of the JPEG standard: how many codes of each length for the DC differences' sizes.
_DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]


def _codes(lengths):
    codes, code = [], 0
    for length, count in enumerate(lengths, 1):
        for _ in range(count):
            codes.append((code, length))
            code += 1
        code <<= 1
    return codes


def _segment(marker, body):
    return struct.pack("!BBH", 0xFF, marker, 2 + len(body)) + body


def jpeg(rows):
    """rows of shades, 0 to 255, one a block."""
    codes, bits, previous = _codes(_DC_LENGTHS), "", 0
    for row in rows:
        for shade in row:
            value = shade - 128  # the quantiser is 8, which is what the transform multiplies by
            difference, previous = value - previous, value
            size = abs(difference).bit_length()
            code, length = codes[size]
            bits += f"{code:0{length}b}"
            if size:
                bits += f"{difference if difference > 0 else difference + (1 << size) - 1:0{size}b}"
            bits += "0"  # end of block, the only AC code
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    height, width = 8 * len(rows), 8 * len(rows[0])
    return b"".join([
        b"\xff\xd8",
        _segment(0xE0, b"JFIF\0" + struct.pack("!BBBHHBB", 1, 1, 0, 1, 1, 0, 0)),
        _segment(0xDB, b"\0" + bytes([8] * 64)),
        _segment(0xC0, struct.pack("!BHHBBBB", 8, height, width, 1, 1, 0x11, 0)),
        _segment(0xC4, b"\0" + bytes(_DC_LENGTHS) + bytes(range(sum(_DC_LENGTHS)))),
        _segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0"),
        _segment(0xDA, bytes([1, 1, 0, 0, 63, 0])),
        scan,
        b"\xff\xd9",
    ])


def face():
    """FeiQ's first emoticon, before a sky that brightens."""
    rows = []
    for y in range(24):
        row = []
        for x in range(40):
            across, down = x - 20, y - 12
            eye = abs(abs(across) - 4) < 2 and -5 < down < -1
            mouth = 20 < across * across + down * down < 40 and down > 1
            inside = across * across + down * down < 100
            row.append(30 if eye or (inside and mouth) else 235 if inside else 110 + 4 * y)
        rows.append(row)
    return jpeg(rows)
