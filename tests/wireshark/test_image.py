# SPDX-License-Identifier: GPL-2.0-or-later
"""Inline images: put together in any order, unpacked, shown and exported byte for byte."""

import os
import random
import sys
import unittest

import frames
import shark
from test_transfer import exported

sys.path.append(os.path.join(shark.TREE, "samples"))
from generator import bitmap, picture  # noqa: E402 (of the folder above)

A, B = "10.0.0.1", "10.0.0.2"


def chunk(image, number, identifier=0xABC, packet=None, count=None, total=None, source=A, length=None):
    data = image[512 * (number - 1):512 * number]
    count = count or -(-len(image) // 512)
    header = (f"1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:{packet or number}:user:host:{0x2000C0}:"
              f"{identifier:08x}|{total or len(image)}|{512 * (number - 1)}|{count}|{number}|"
              f"{length or len(data)}|0|2|0|00000000#")
    return frames.udp(header.encode() + b"\0" + data, source=source, destination=B)


def chunks(image, **options):
    return [chunk(image, number, **options) for number in range(1, -(-len(image) // 512) + 1)]


def message(*identifiers, packet=1):
    text = "".join(f"/~#>{identifier:08x}<B~" for identifier in identifiers)
    header = f"1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:{packet}:user:host:{0x120}:look {text}"
    return frames.udp(header.encode() + b"\0", source=A, destination=B)


NOISE = b"\xff\xd8" + random.Random(3).randbytes(3000)
FACE = picture.face()
SUNSET = bitmap.sunset()
LARGE = bitmap.dib(200, 100, lambda x, y: (x ^ y, x * y % 256, x + y & 255))


class Together(unittest.TestCase):
    def whole(self, contents, *arguments, times=None):
        path = shark.capture(contents, times=times)
        rows = shark.fields(path, ["frame.number", "feiq.image.reassembled.data"],
                            "-Y", "feiq.image.reassembled.data", *arguments)
        return [(int(number[0]), bytes.fromhex(data[0])) for number, data in rows]

    def test_in_any_order(self):
        for seed in range(6):
            order = chunks(NOISE)
            random.Random(seed).shuffle(order)
            for passes in ((), ("-2",)):
                self.assertEqual(self.whole(order, *passes), [(len(order), NOISE)])

    def test_chunks_that_come_again(self):
        parts = chunks(NOISE)
        for contents in (parts[:3] + parts[:3] + parts[3:], parts[:1] * 5 + parts[1:]):
            self.assertEqual(self.whole(contents), [(len(contents), NOISE)])
        self.assertEqual(self.whole(parts + parts[:2]), [(len(parts), NOISE)])

    def test_an_image_that_is_sent_again_later(self):
        parts = chunks(NOISE)
        times = [*range(len(parts)), *range(60000, 60000 + len(parts))]
        self.assertEqual(self.whole(parts + parts, times=times), [(len(parts), NOISE), (2 * len(parts), NOISE)])

    def test_images_at_once(self):
        other = bytes(reversed(NOISE))
        contents = [frame for pair in zip(chunks(NOISE), chunks(other, identifier=0xDEF),
                                          chunks(FACE + bytes(2374), source="10.0.0.9")) for frame in pair]
        wanted = {NOISE, other, FACE + bytes(2374)}
        self.assertTrue({data for _, data in self.whole(contents)} == wanted)

    def test_a_chunk_says_where_it_was_put_together(self):
        contents = chunks(NOISE)
        path = shark.capture(contents)
        rows = shark.fields(path, ["feiq.image.reassembled_in"], "-2")
        last = str(len(contents))
        self.assertEqual([row[0] for row in rows], [[last]] * (len(contents) - 1) + [[]])

    def test_missing_chunks(self):
        parts = chunks(NOISE)
        path = shark.capture(parts[:2] + parts[3:])
        for passes, marked in (((), 0), (("-2",), len(parts) - 1)):
            rows = shark.fields(path, ["frame.number"], "-Y", "feiq.image.unfinished", *passes)
            self.assertEqual(len(rows), marked)
        rows = shark.fields(path, ["feiq.image.came"], "-2", "-Y", "frame.number == 1")
        self.assertEqual(rows, [[[str(len(parts) - 1)]]])
        self.assertEqual(exported(path), {})
        self.assertEqual(shark.fields(shark.capture(parts), ["frame.number"], "-2", "-Y", "feiq.image.unfinished"), [])

    def test_the_message_that_shows_it(self):
        """Before the chunks or after them; two uses of one identifier are two images."""
        parts, other = chunks(NOISE), chunks(FACE, identifier=0xDEF)
        last = len(parts)
        contents = [message(0xABC, 0xDEF), *parts, *other, *parts, message(0xABC, packet=9)]
        times = [0] * (len(contents) - last - 1) + [60000] * (last + 1)
        first, second = 1 + last, 1 + last + len(other)
        again = second + last
        expected = {1: ([str(first), str(second)], []), first: ([], ["1"]), second: ([], ["1"]),
                    again: ([], [str(again + 1)]), again + 1: ([str(again)], [])}
        path = shark.capture(contents, times=times)
        rows = shark.fields(path, ["feiq.image.in", "feiq.image.message"], "-2")
        found = {number: tuple(row) for number, row in enumerate(rows, 1) if row != [[], []]}
        self.assertEqual(found, expected)

    def test_forged_chunks(self):
        contents = [chunk(NOISE, 1, total=2**40), chunk(NOISE, 2, total=100), chunk(NOISE, 3, length=10**9),
                    chunk(NOISE, 4, total=2**64 - 1), chunk(NOISE, 1, identifier=5, total=512),
                    chunk(NOISE, 1, identifier=5, total=4096, packet=9)]
        contents += [chunk(NOISE, 1, identifier=number, packet=number) for number in range(100, 2000)]
        for passes in ((), ("-2",)):
            shark.run("-n", "-r", shark.capture(contents), "-V", *passes)

    def test_a_cut_capture_holds_no_image(self):
        contents = [(frame[:-1], len(frame)) for frame in chunks(NOISE)]
        self.assertEqual(self.whole(contents), [])


class Shown(unittest.TestCase):
    def test_a_jpeg_is_handed_to_wireshark(self):
        path = shark.capture(chunks(FACE))
        rows = shark.fields(path, ["frame.protocols", "image-jfif.identifier", "_ws.col.Protocol"],
                            "-Y", "image-jfif")
        self.assertEqual([row[1:] for row in rows], [[["JFIF"], ["FeiQ"]]])
        self.assertTrue(rows[0][0][0].endswith("feiq:image-jfif"))
        self.assertEqual(exported(path), {"image-00000abc.jpg": FACE})

    def test_a_bitmap_is_unpacked(self):
        for image, size in ((SUNSET, ("36", "24")), (LARGE, ("200", "100"))):
            path = shark.capture(chunks(bitmap.container(image)))
            for passes in ((), ("-2",)):
                rows = shark.fields(path, ["feiq.image.bitmap.width", "feiq.image.bitmap.height",
                                           "feiq.image.bitmap.bits"], "-Y", "feiq.image.bitmap.bits", *passes)
                self.assertEqual(rows, [[[size[0]], [size[1]], ["24"]]])
                self.assertEqual(exported(path, *passes), {"image-00000abc.bmp": bitmap.file_of(image)})
            self.assertIn("Unpacked bitmap (", shark.run("-n", "-x", "-r", path))

    def test_bitmaps_that_are_wrong(self):
        packed = bitmap.container(SUNSET)
        for change, remark in ((packed[:8] + b"\0\0\0\0" + packed[12:], "feiq.image.lzw.crc.wrong"),
                               (packed[:len(packed) // 2], "feiq.image.lzw.incomplete"),
                               (packed[:14] + b"\xff" * 100, "feiq.image.lzw.incomplete"),
                               (packed[:4] + b"\xff\xff\xff\xff" + packed[8:], "feiq.image.lzw.incomplete")):
            rows = shark.fields(shark.capture(chunks(change)), ["frame.number"], "-Y", remark)
            self.assertEqual(len(rows), 1, remark)
        self.assertEqual(shark.fields(shark.capture(chunks(packed)), ["frame.number"], "-Y",
                                      "feiq.image.lzw.crc.wrong or feiq.image.lzw.incomplete"), [])

    def test_any_bytes_in_place_of_packed_ones(self):
        contents = []
        for seed in range(40):
            noise = random.Random(seed).randbytes(700)
            contents += chunks(b"LZW!" + (10000).to_bytes(4, "little") + noise, identifier=seed)
            contents += chunks(b"LZW!" + bytes([0, 0, 0, seed]) + noise[:500], identifier=1000 + seed)
        shark.run("-n", "-r", shark.capture(contents), "-V", "-x")

    def test_an_image_of_no_known_format(self):
        path = shark.capture(chunks(bytes(1000)))
        self.assertEqual(exported(path), {"image-00000abc.bin": bytes(1000)})

    def test_the_samples(self):
        folder = os.path.join(shark.TREE, "samples")
        self.assertEqual(exported(os.path.join(folder, "image.pcapng")), {"image-64ea4edd.jpg": FACE})
        self.assertEqual(exported(os.path.join(folder, "image-bitmap.pcapng")),
                         {"image-5f6f0a10.bmp": bitmap.file_of(SUNSET)})


if __name__ == "__main__":
    shark.main()
