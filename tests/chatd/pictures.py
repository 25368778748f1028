# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures for tests: PNG files, and what a bitmap shows."""
import struct
import zlib


def png(width, height, kind, rows, *more):
    """A PNG file of 8 bits; kind: 2 is RGB, 3 by palette, 6 with alpha."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))
            + b"".join(chunk(*each) for each in more)
            + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def pixels(dib):
    """The rows of a bitmap of 24 bits from the top on, red first."""
    size, width, height, _, bits = struct.unpack("<IiiHH", dib[:16])
    assert (size, bits) == (40, 24), (size, bits)
    stride = (width * 3 + 3) & ~3
    rows = [dib[40 + y * stride:40 + y * stride + width * 3] for y in range(height)]
    assert len(dib) == 40 + stride * height
    return [b"".join(row[x:x + 3][::-1] for x in range(0, len(row), 3)) for row in reversed(rows)]
