# SPDX-License-Identifier: GPL-2.0-or-later
"""Inline images of FeiQ: received and sent, over a network that loses, with kill -9, and those that
mean harm."""
import os
import random
import struct
import subprocess
import time
import unittest
import zlib

import feiq_files as files
import feiq_peer as feiq
from feiq_peer import Relay
from pictures import pixels, png
from test_chatctl_files import DONE, USAGE, ChatctlFiles
from test_files import FilesTest

SENDIMAGE, SENDIMAGE_ACK = 0xc0, 0xc1
CHUNK = 512


def jpeg(width, height, length):
    """A JPEG file's beginning, with its size, and bytes behind it."""
    head = (b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\x00\x0b\x08"
            + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    return head + random.Random(length).randbytes(length - len(head) - 2) + b"\xff\xd9"


def pack(data, length=None, crc=None):
    """FeiQ's container. Single bytes only, each a code; the width grows with the number of codes
    as if the table did."""
    bits, width, entries = [], 9, 0
    for i, byte in enumerate(data):
        bits += [byte >> bit & 1 for bit in range(width)]
        entries += 1
        width = 9 if entries < 256 else 10 if entries < 768 else 11 if entries < 1792 else 12
    bits += [0] * (-len(bits) % 8)
    packed = bytes(sum(bit << 7 - i for i, bit in enumerate(bits[at:at + 8]))
                   for at in range(0, len(bits), 8))
    return (b"LZW!" + struct.pack("<II", len(data) if length is None else length,
                                  zlib.crc32(data) if crc is None else crc) + packed)


def unpack(container):
    """What a FeiQ that reads the container sees, its CRC-32 checked."""
    assert container[:4] == b"LZW!", container[:4]
    length, crc = struct.unpack("<II", container[4:12])
    table, out, before = {}, bytearray(), None
    number = int.from_bytes(container[12:], "big")
    left, width, codes, following = (len(container) - 12) * 8, 9, 0, 256
    while len(out) < length:
        left -= width
        bits = number >> left & (1 << width) - 1
        code = int(f"{bits:0{width}b}"[::-1], 2)
        codes += 1
        width = 9 if codes < 256 else 10 if codes < 768 else 11 if codes < 1792 else 12
        if before is not None:
            table[following] = before
        if code < 256:
            string = bytes([code])
        elif code == following and before is not None:
            string = before + before[:1]
        else:
            string = table[code]
        if before is not None:
            table[following] = before + string[:1]
            following = 256 if following == 4095 else following + 1
        out += string
        before = string
    assert len(out) == length and zlib.crc32(out) == crc
    return bytes(out)


def bitmap(width, height):
    """A device-independent bitmap of 24 bits."""
    rows = bytes((x * 7 + y) & 0xff for y in range(height) for x in range((width * 3 + 3) & ~3))
    return struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0) + rows


class ImagesTest(FilesTest):
    def chunks(self, image, number, total=None):
        """The bodies of an image's chunks."""
        total = len(image) if total is None else total
        count = (total + CHUNK - 1) // CHUNK
        return [f"{number:08x}|{total}|{at}|{count}|{at // CHUNK + 1}|{len(image[at:at + CHUNK])}"
                f"|0|2|0|00000000#\0".encode() + image[at:at + CHUNK]
                for at in range(0, len(image), CHUNK)]

    def send_chunk(self, chunk):
        self.bob.send(SENDIMAGE | 0x200000, chunk)

    def wait_for_state(self, number, *states, seconds=15):
        """While bob goes on to acknowledge what comes again."""
        deadline = time.monotonic() + seconds
        while (row := self.row(number))["state"] not in states:
            self.assertLess(time.monotonic(), deadline, row)
            self.bob.collect(0.12)
        return row

    def acks(self, seconds):
        """Numbers of the chunks that are acknowledged."""
        return [int(each.body.split(b"|")[1].split(b"#")[0])
                for each in self.bob.collect(seconds) if each.command == SENDIMAGE_ACK]

    def send_image(self, image, number, text="@alice {}", **named):
        for chunk in self.chunks(image, number, **named):
            self.send_chunk(chunk)
        self.acks(0.1)
        self.bob.say(text.format(f"/~#>{number:08x}<B~"))
        self.bob.expect(feiq.RECVMSG)


class Received(ImagesTest):
    def test_chunks_then_the_text(self):
        image = jpeg(30, 20, 2000)
        sent = self.chunks(image, 0x64ea4edd)
        for chunk in sent:
            self.send_chunk(chunk)
        acks = [self.bob.expect(SENDIMAGE_ACK) for _ in sent]
        self.assertEqual([(each.word, each.body) for each in acks],
                         [(193, f"64ea4edd|{i + 1}#\0".encode()) for i in range(len(sent))])
        self.assertTrue(self.alice.is_silent(), "nobody knows yet who it is for")
        self.bob.say("@alice 看：/~#>64ea4edd<B~！")
        self.assertEqual(self.next_event("3#3#"), "3#3#bob#看：[image]！")
        event = self.next_event("3#16#")
        number = event.split("#")[3].split(" ")[0]
        self.assertEqual(event, f"3#16#bob#{number} image 2000 image-64ea4edd.jpg")
        self.assertEqual(self.read(number), image)

    def test_the_text_first_chunks_in_any_order_and_twice(self):
        image = jpeg(30, 20, 30000)
        self.bob.say("@alice /~#>0000abcd<B~")
        self.bob.expect(feiq.RECVMSG)
        sent = self.chunks(image, 0xabcd) * 2
        random.Random(1).shuffle(sent)
        for chunk in sent:
            self.send_chunk(chunk)
        event = self.next_event("3#16#")
        self.assertEqual(self.read(event.split("#")[3].split(" ")[0]), image)
        self.assertEqual(len(self.acks(0.5)), len(sent))

    def test_an_image_for_one_is_not_shown_to_another(self):
        carol = self.user("carol")
        self.send_image(jpeg(3, 2, 600), 7)
        self.next_event("3#16#")
        self.assertEqual(carol.ask("1#16"), (0, []))

    def test_a_packed_bitmap(self):
        dib = bitmap(40, 30)
        self.send_image(pack(dib), 8)
        event = self.next_event("3#16#")
        number, _, size, name = event.split("#")[3].split(" ")
        data = self.read(number)
        self.assertEqual((name, data[:2], data[14:]), ("image-00000008.bmp", b"BM", dib))
        self.assertEqual((int(size), struct.unpack("<I", data[2:6])[0]), (len(data), len(data)))

    def test_what_was_acknowledged_is_there_after_a_kill(self):
        image = jpeg(30, 20, 40000)
        sent = self.chunks(image, 9)
        random.Random(2).shuffle(sent)
        waiting = {int(chunk.split(b"|")[4]): chunk for chunk in sent}
        for turn in range(4):
            for chunk in list(waiting.values())[:len(sent) // 4 + 1]:
                self.send_chunk(chunk)
            for number in self.acks(0.3):
                waiting.pop(number, None)
            if turn < 3:
                self.daemon.kill()
                self.daemon.start()
                self.enter(self.bob)
        self.assertEqual(waiting, {})
        self.alice = self.user("alice")
        self.bob.say("@alice /~#>00000009<B~")
        event = self.next_event("3#16#")
        self.assertEqual(self.read(event.split("#")[3].split(" ")[0]), image)


class Harmful(ImagesTest):
    FILES = {"image-kib": 1024, "stall-seconds": 1}

    def refusal(self, image, number, **named):
        self.send_image(image, number, **named)
        event = self.next_event("3#16#", "3#17#")
        self.assertTrue(event.startswith("3#17#bob#"), event)
        return event

    def test_bombs_and_lies(self):
        small = bitmap(4, 4)
        huge = struct.pack("<IiiHHIIiiII", 40, 60000, 60000, 1, 1, 0, 0, 0, 0, 0, 0)
        gif = b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(50)
        png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 1 << 31, 5) + bytes(50)
        for number, (image, reason) in enumerate((
                (pack(small, length=0xffffffff), "unpacks to 4294967295 bytes"),
                (pack(small, length=len(small) + 1), "not unpack to as many bytes"),
                (pack(small, crc=1), "CRC-32"), (pack(b"x" * 100), "no bitmap"),
                (pack(huge), "pixels"), (jpeg(65000, 65000, 700), "65000 × 65000 pixels"),
                (gif, "65535 × 65535 pixels"), (png, "pixels"), (b"MZ" + bytes(600), "none of"),
                (b"\xff\xd8" + bytes(600), "damaged")), 1):
            event = self.refusal(image, number)
            self.assertRegex(event, "refused the image .*" + reason)
        self.assertEqual(os.listdir(self.daemon.path("chatd.db.files")), [])
        self.assertEqual(self.enter(self.bob).source, self.node)

    def test_a_size_beyond_what_is_allowed(self):
        self.send_chunk(self.chunks(bytes(CHUNK), 5, total=4 << 20)[0])
        self.assertEqual(self.acks(0.2), [1], "so that it is not sent again and again")
        self.bob.say("@alice /~#>00000005<B~")
        self.bob.expect(feiq.RECVMSG)
        self.assertEqual(os.listdir(self.daemon.path("chatd.db.files")), [])
        self.assertIn("files.image-kib", self.row(1)["reason"])

    def test_chunks_that_cannot_be_right_are_not_acknowledged(self):
        data = bytes(CHUNK)
        for head in ("5|1000|0|2|1|511|0|2|0|0", "5|1000|1|2|1|512|0|2|0|0",
                     "5|1000|1024|2|1|512|0|2|0|0", "0|1000|0|2|1|512|0|2|0|0",
                     "5|0|0|2|1|512|0|2|0|0", "5|99999999999|0|2|1|512|0|2|0|0"):
            self.send_chunk(head.encode() + b"#\0" + data)
        self.assertEqual(self.acks(0.3), [])

    def test_an_image_that_never_becomes_whole(self):
        self.bob.say("@alice /~#>00000006<B~")
        for chunk in self.chunks(jpeg(3, 2, 5000), 6)[:4]:
            self.send_chunk(chunk)
        self.assertRegex(self.next_event("3#17#"), "failed 4 of 10 chunks came$")
        self.assertEqual(os.listdir(self.daemon.path("chatd.db.files")), [])

    def test_images_without_end_take_a_bounded_number_of_places(self):
        for number in range(1, 30):
            self.send_chunk(self.chunks(jpeg(3, 2, 5000), number)[0])
        self.assertEqual(len(self.acks(0.4)), 8)
        self.assertLess(len(os.listdir(self.daemon.path("chatd.db.files"))), 9)


class Sent(ImagesTest):
    def gather(self, seconds=30, lose=()):
        """An image that comes in chunks, and the text behind it. Chunks whose number is in `lose`
        are not acknowledged the first time."""
        pieces, lose, deadline = {}, set(lose), time.monotonic() + seconds
        while time.monotonic() < deadline:
            for each in self.bob.collect(0.05):
                if each.command == feiq.SENDMSG:
                    return pieces, each
                if each.command != SENDIMAGE:
                    continue
                head, data = each.body.split(b"\0", 1)
                parts = head.decode().rstrip("#").split("|")
                self.assertEqual(len(data), int(parts[5]))
                pieces[int(parts[2])] = (parts, data)
                if int(parts[4]) in lose:
                    lose.remove(int(parts[4]))
                else:
                    self.bob.send(SENDIMAGE_ACK, f"{parts[0]}|{parts[4]}#\0".encode())
        raise AssertionError(f"no text; {len(pieces)} chunks came")

    def test_all_chunks_and_then_the_text(self):
        image = jpeg(300, 200, 100001)
        number = self.upload("image", "照片.jpg", image)
        pieces, message = self.gather(lose=(1, 5, 77, 196))
        data = b"".join(pieces[at][1] for at in sorted(pieces))
        self.assertEqual(data, image)
        parts = pieces[0][0]
        self.assertEqual(parts[1:], ["100001", "0", "196", "1", "512", "0", "2", "0", "00000000"])
        self.assertEqual(message.word, 288)
        self.assertEqual(message.text.decode(), f"alice: /~#>{parts[0]}<B~")
        self.wait_for_state(number, "done")

    def received_as(self, name, image):
        """The bitmap that bob sees when alice sends an image."""
        number = self.upload("image", name, image)
        pieces, message = self.gather()
        self.assertEqual(pieces[0][0][6:], ["0", "1", "0", "00000000"])
        self.assertRegex(message.text.decode(), "^alice: /~#>[0-9a-f]{8}<B~$")
        self.wait_for_state(number, "done")
        return unpack(b"".join(pieces[at][1] for at in sorted(pieces)))

    def test_a_png_is_packed(self):
        bits = random.Random(1)
        rows = [bytes((x * 5 + y + bits.randrange(2)) & 0xff for x in range(3 * 101)) for y in range(60)]
        self.assertEqual(pixels(self.received_as("图.png", png(101, 60, 2, rows))), rows)

    def test_a_png_with_alpha_stands_on_white(self):
        rows = [bytes([10, 20, 30, 255, 10, 20, 30, 0, 200, 0, 0, 255])]
        self.assertEqual(pixels(self.received_as("a.png", png(3, 1, 6, rows))),
                         [bytes([10, 20, 30, 255, 255, 255, 200, 0, 0])])

    def test_a_png_with_a_palette(self):
        palette = bytes([1, 2, 3, 250, 251, 252])
        self.assertEqual(pixels(self.received_as("a.png", png(2, 2, 3, [b"\0\1", b"\1\1"],
                                                              (b"PLTE", palette)))),
                         [palette, palette[3:] * 2])

    def test_a_bitmap_is_packed(self):
        dib = bitmap(37, 21)
        head = b"BM" + struct.pack("<IHHI", 14 + len(dib), 0, 0, 54)
        self.assertEqual(self.received_as("a.bmp", head + dib), dib)
        gap = b"BM" + struct.pack("<IHHI", 14 + len(dib) + 8, 0, 0, 62)
        self.assertEqual(self.received_as("a.bmp", gap + dib[:40] + bytes(8) + dib[40:]), dib)

    def test_what_claims_to_be_a_png_is_offered_as_a_file(self):
        whole = png(50, 50, 2, [bytes(150)] * 50)
        crooked = b"BM" + struct.pack("<IHHI", 1000, 0, 0, 900000) + bitmap(5, 5)
        for name, image in (("cut.png", whole[:60]), ("crc.png", whole[:45] + b"\1" + whole[46:]),
                            ("none.png", whole.replace(b"IDAT", b"iDAT")), ("crooked.bmp", crooked)):
            self.upload("image", name, image)
            message = self.bob.expect(feiq.SENDMSG)
            self.assertEqual(files.offered(message)[0][1], name)
            self.assertEqual(files.fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), image)

    def test_again_after_a_kill(self):
        image = jpeg(300, 200, 60000)
        number = self.upload("image", "a.jpg", image)
        self.bob.expect(SENDIMAGE)
        self.daemon.kill()
        self.daemon.start()
        self.enter(self.bob)
        pieces, message = self.gather()
        self.assertEqual(b"".join(pieces[at][1] for at in sorted(pieces)), image)
        self.alice = self.user("alice")
        self.wait_for_state(number, "done")

    def test_who_cannot_show_it_is_offered_a_file(self):
        eve = self.peer("127.0.0.3", user="eve", version="1_iptux 0.8.3", encoding="utf-8")
        self.enter(eve)
        image = jpeg(3, 2, 700)
        self.upload("image", "a.jpg", image, to="eve")
        message = eve.expect(feiq.SENDMSG)
        self.assertEqual(files.offered(message)[0][1:3], ("a.jpg", 700))
        self.assertEqual(files.fetch(eve, (files.GETFILEDATA, message.number, 0, 0)), image)

    def test_who_does_not_answer_is_asked_a_limited_number_of_times(self):
        self.upload("image", "a.jpg", jpeg(3, 2, 100000))
        got = [each for each in self.bob.collect(1.5) if each.command == SENDIMAGE]
        self.assertEqual(len(got), 64 * 7)
        self.daemon.wait_for_log("does not acknowledge")


class Lossy(Sent):
    """Through a relay that loses a third, repeats a fifth and reorders a fifth of the datagrams."""

    NODE = {"retries": 40, "broadcast": "127.0.0.3", "refresh": 1}

    def setUp(self):
        super().setUp()
        self.relay = Relay("127.0.0.3", self.bob.port, self.node, ("127.0.0.2", self.bob.port), 3)
        self.addCleanup(self.relay.close)
        self.bob.enter(feiq.BR_EXIT)
        self.next_event("3#2#bob")
        self.bob.node = ("127.0.0.3", self.bob.port)
        while "feiq bob" not in self.alice.ask("1#11")[1]:
            self.bob.enter()
            time.sleep(0.15)

    def settings(self):
        return {"files": self.FILES, "limits": {"shouts-per-second": 1000,
                                                "datagrams-per-second": 100000}}

    def test_received(self):
        image = jpeg(30, 20, 100000)
        waiting = dict(enumerate(self.chunks(image, 0x77), 1))
        deadline = time.monotonic() + 60
        while waiting and time.monotonic() < deadline:
            for chunk in list(waiting.values())[:50]:
                self.send_chunk(chunk)
            for number in self.acks(0.2):
                waiting.pop(number, None)
        self.assertEqual(waiting, {})
        number = self.bob.say("@alice /~#>00000077<B~")
        event = ""
        for _ in range(100):
            self.bob.say("@alice /~#>00000077<B~", number=number)
            while not self.alice.is_silent(0.05) and not event.startswith("3#16#"):
                event = self.alice.next()
            if event.startswith("3#16#"):
                break
        self.assertEqual(self.read(event.split("#")[3].split(" ")[0]), image)
        self.assertTrue(self.relay.lost and self.relay.doubled and self.relay.delayed)

    test_who_cannot_show_it_is_offered_a_file = None
    test_who_does_not_answer_is_asked_a_limited_number_of_times = None
    test_what_claims_to_be_a_png_is_offered_as_a_file = None
    test_again_after_a_kill = None


class Chatctl(ChatctlFiles, ImagesTest):
    def test_an_image_is_sent_and_a_text_is_none(self):
        path = self.write("照片.jpg", jpeg(30, 20, 1500))
        self.assertEqual(self.run_it("image", "bob", path)[0], DONE)
        self.assertEqual(self.bob.expect(SENDIMAGE).body.split(b"|")[1], b"1500")
        status, _, error = self.run_it("image", "bob", self.write("x.txt", b"hello"))
        self.assertEqual((status, "none of JPEG" in error), (USAGE, True))

    def test_an_image_is_fetched(self):
        image = jpeg(30, 20, 2000)
        self.send_image(image, 0x55)
        number = self.next_event("3#16#").split("#")[3].split(" ")[0]
        out = self.folder("out")
        self.assertEqual(self.run_it("files", "get", number, out)[:2],
                         (DONE, f"{out}/image-00000055.jpg\n"))
        self.assertEqual(self.read_file(f"{out}/image-00000055.jpg"), image)


if __name__ == "__main__":
    unittest.main()
