# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and folders over TCP: links to the offer, the place of bytes, any cut, and what is exported."""

import os
import tempfile
import unittest
import urllib.parse

import frames
import shark

PORT = 2425
CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
OUT_OF_ORDER = ("-o", "tcp.reassemble_out_of_order:TRUE")


def header(number, command):
    return f"1_lbt80_0#128#000C29770BAB#0#0#0#4000#9:{number}:user:host:{command}:".encode()


def offer(number, *files):
    body = b"\0" + b"".join(f"{file}:\a".encode("gbk") for file in files) + b"\0"
    return frames.udp(header(number, 0x200120) + body, source=SERVER, destination=CLIENT)


def entry(name, data, kind=1, extended=""):
    rest = f":{name}:{len(data):09x}:{kind:x}:{extended}".encode("gbk")
    return f"{4 + len(rest):04x}".encode() + rest + data


NOTES = "第一行\r\n".encode("gbk")
PHOTO = bytes(range(256))
FOLDER = b"".join([entry("根", b"", 2), entry("说明.txt", NOTES, extended="14=59c8c1d0:"), entry("..", b"", 2),
                   entry("a::b.jpg", PHOTO), entry("empty", b""), entry(".", b"", 3), entry("last", b"0016:x:0:1:"),
                   entry(".", b"", 3)])
FILES = {"根/说明.txt": NOTES, "根/_/a:b.jpg": PHOTO, "根/_/empty": b"", "根/last": b"0016:x:0:1:"}
NAMES = ["根", "说明.txt", "..", "a::b.jpg", "empty", ".", "last", "."]
FILE_REQUEST = header(9, 96) + b"7:0:0:"
FOLDER_REQUEST = header(9, 98) + b"7:0:"


def exported(path, *arguments):
    """What tshark writes of a capture's objects: content by name."""
    with tempfile.TemporaryDirectory(dir=shark.folder()) as folder:
        os.chmod(folder, 0o777)
        shark.run("-n", "-q", "-r", path, "--export-objects", f"feiq,{folder}", *arguments)
        result = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                result[urllib.parse.unquote(name)] = file.read()
        return result


def connection(request, answers, client_port=40000):
    return frames.Stream(PORT, client_port).client(request).server(*answers)


class Links(unittest.TestCase):
    def check(self, offered, requested, found):
        contents = [offer(7, f"{offered}:a.txt:3:59bbf8db:1", "99:b.txt:4:59bbf8db:1")]
        contents += connection(header(9, 96) + f"7:{requested}:0:".encode(), [b"abc"]).frames
        names = ["feiq.file.transfer_in", "feiq.transfer.offered_in", "feiq.transfer.request_in",
                 "feiq.transfer.data_in", "feiq.transfer.name"]
        rows = shark.fields(shark.capture(contents), names, "-Y", "feiq", "-2")
        name = ["a.txt"] if found else []
        self.assertEqual(rows, [[["5"] if found else [], [], [], [], []], [[], ["1"], [], ["6"], name],
                                [[], [], ["5"], [], name]])

    def test_identifiers_are_decimal_in_the_offer_and_hexadecimal_in_the_request(self):
        self.check("10000", "2710", True)
        self.check("0", "0", True)

    def test_identifiers_that_are_hexadecimal_in_both(self):
        self.check("2710", "2710", True)
        self.check("1f", "1f", True)

    def test_another_file(self):
        self.check("10000", "2711", False)

    def test_the_decimal_reading_comes_first(self):
        contents = [offer(7, "10:hex.txt:3:59bbf8db:1", "16:decimal.txt:3:59bbf8db:1")]
        contents += connection(header(9, 96) + b"7:10:0:", [b"abc"]).frames
        rows = shark.fields(shark.capture(contents), ["feiq.transfer.name"], "-Y", "feiq.request.file_id")
        self.assertEqual(rows, [[["decimal.txt"]]])

    def test_an_offer_to_another_host(self):
        message = frames.udp(header(7, 0x200120) + b"\x000:a.txt:3:59bbf8db:1:\a\0", source=SERVER,
                             destination="10.0.0.9")
        contents = [message] + connection(FILE_REQUEST, [b"abc"]).frames
        self.assertEqual(shark.fields(shark.capture(contents), ["frame.number"], "-Y", "feiq.transfer.offered_in"), [])


class File(unittest.TestCase):
    PARTS = [PHOTO[:100], PHOTO[100:101], PHOTO[101:]]
    CONTENTS = [offer(7, "0:a.bin:100:59bbf8db:1")]

    def capture(self, order, request=FILE_REQUEST):
        stream = connection(request, self.PARTS).frames
        return shark.capture(self.CONTENTS + stream[:4] + [stream[4 + i] for i in order])

    def places(self, path, *arguments):
        rows = shark.fields(path, ["feiq.transfer.offset", "feiq.transfer.length", "feiq.transfer.data"],
                            "-Y", "feiq.transfer.data", *arguments)
        return [(int(offset[0]), int(length[0]), bytes.fromhex(data[0])) for offset, length, data in rows]

    EXPECTED = [(0, 100, PARTS[0]), (100, 1, PARTS[1]), (101, 155, PARTS[2])]

    def test_bytes_with_offset_and_length(self):
        for passes in ((), ("-2",)):
            self.assertEqual(self.places(self.capture([0, 1, 2]), *passes), self.EXPECTED)

    def test_from_an_offset_on(self):
        path = self.capture([1, 2], header(9, 96) + b"7:0:64\0")
        stream = connection(header(9, 96) + b"7:0:64\0", self.PARTS[1:]).frames
        path = shark.capture(self.CONTENTS + stream)
        self.assertEqual(self.places(path), self.EXPECTED[1:])
        self.assertEqual(exported(path), {"a.bin.from-100": PHOTO[100:]})

    def test_sent_again(self):
        self.assertEqual(exported(self.capture([0, 1, 1, 0, 2])), {"a.bin": PHOTO})

    def test_out_of_order(self):
        path = self.capture([0, 2, 1])
        self.assertEqual(exported(path, *OUT_OF_ORDER), {"a.bin": PHOTO})
        # The end comes first; the request says where it stands.
        self.assertEqual(exported(self.capture([2, 1, 0]), *OUT_OF_ORDER), {"a.bin": PHOTO})

    def test_what_the_capture_lacks_is_left_empty(self):
        path = self.capture([0, 2])
        self.assertEqual(self.places(path), [self.EXPECTED[0], self.EXPECTED[2]])
        self.assertEqual(exported(path), {"a.bin": PHOTO[:100] + b"\0" + PHOTO[101:]})

    def test_more_and_fewer_bytes_than_offered(self):
        stream = connection(FILE_REQUEST, [PHOTO, b"x"]).frames
        rows = shark.fields(shark.capture(self.CONTENTS + stream), ["frame.number"], "-Y", "feiq.transfer.beyond")
        self.assertEqual(rows, [["7"]] and [[["7"]]])
        short = shark.capture(self.CONTENTS + stream[:-2] + connection(FILE_REQUEST, [b"abc"]).frames[-1:])
        for passes, expected in (((), []), (("-2",), [[["5"]]])):
            self.assertEqual(shark.fields(short, ["frame.number"], "-Y", "feiq.transfer.short", *passes), expected)

    def test_the_request_cut_anywhere(self):
        contents = list(self.CONTENTS)
        for cut in range(1, len(FILE_REQUEST)):
            stream = frames.Stream(PORT, 20000 + cut).client(FILE_REQUEST[:cut], FILE_REQUEST[cut:]).server(PHOTO)
            contents += stream.frames
        rows = shark.fields(shark.capture(contents), ["tcp.stream", "feiq.request.offset"], "-Y", "feiq.transfer.name")
        shown = {}
        for stream, offset in rows:
            shown.setdefault(int(stream[0]), []).append(offset)
        # A request that seems whole before its last colon came is taken for whole.
        self.assertEqual(shown, {number: [["0"], []] for number in range(len(FILE_REQUEST) - 1)})

    def test_a_file_that_looks_like_a_request(self):
        path = shark.capture(connection(FILE_REQUEST, [FOLDER_REQUEST, FOLDER]).frames)
        self.assertEqual(exported(path), {"packet-7-file-0": FOLDER_REQUEST + FOLDER})
        self.assertEqual(shark.fields(path, ["frame.number"], "-Y", "feiq.dir or feiq.command == GETDIRFILES"), [])

    def test_more_than_4_gigabytes(self):
        """Sequence numbers begin anew; what lies between is not in the capture."""
        contents = [offer(7, "0:big:180000000:59bbf8db:1")]
        stream = frames.Stream(PORT).client(FILE_REQUEST)
        for step in range(6):
            stream.server(b"x")
            stream.skip(0x40000000 - 1)
        names = ["feiq.transfer.offset"]
        for passes in ((), ("-2",)):
            rows = shark.fields(shark.capture(contents + stream.frames), names, "-Y", names[0], *passes)
            self.assertEqual([int(row[0][0]) for row in rows], [step * 0x40000000 for step in range(6)])


class Folder(unittest.TestCase):
    def check_every_stream(self, contents, count, *arguments):
        """Each connection shows all headers once, in order, and all of the files' bytes."""
        path = shark.capture(contents)
        for passes in ((), ("-2",)):
            rows = shark.fields(path, ["tcp.stream", "feiq.dir.name"], "-Y", "feiq.dir.name", *arguments, *passes)
            shown = {}
            for stream, names in rows:
                shown.setdefault(stream[0], []).extend(names)
            self.assertEqual(len(shown), count)
            for stream, names in shown.items():
                self.assertEqual(names, NAMES, f"stream {stream} {passes}")
            self.assertEqual(shark.run("-n", "-r", path, "-Y", "feiq.dir.malformed or feiq.dir.partial or "
                                       "feiq.transfer.lost", *arguments, *passes), "")

    def test_cut_anywhere(self):
        contents = []
        for cut in range(1, len(FOLDER)):
            contents += connection(FOLDER_REQUEST, [FOLDER[:cut], FOLDER[cut:]], 20000 + cut).frames
        self.check_every_stream(contents, len(FOLDER) - 1)

    def test_in_pieces_of_any_size(self):
        contents = []
        for size in (1, 2, 3, 5, 7, 11, 30, 100):
            pieces = [FOLDER[at:at + size] for at in range(0, len(FOLDER), size)]
            stream = connection(FOLDER_REQUEST, pieces, 20000 + size).frames
            contents += stream
        self.check_every_stream(contents, 8)

    def test_files_byte_for_byte(self):
        for size in (1, 10, 64, 1000):
            pieces = [FOLDER[at:at + size] for at in range(0, len(FOLDER), size)]
            path = shark.capture(connection(FOLDER_REQUEST, pieces).frames)
            for passes in ((), ("-2",)):
                self.assertEqual(exported(path, *passes), FILES)

    def test_again_and_out_of_order(self):
        pieces = [FOLDER[at:at + 40] for at in range(0, len(FOLDER), 40)]
        stream = connection(FOLDER_REQUEST, pieces).frames
        again = shark.capture(stream[:6] + stream[4:])
        self.assertEqual(exported(again), FILES)
        for number in range(4, len(stream) - 1):
            swapped = stream[:number] + [stream[number + 1], stream[number]] + stream[number + 2:]
            self.assertEqual(exported(shark.capture(swapped), *OUT_OF_ORDER), FILES, number)

    def test_bytes_of_no_known_meaning_before(self):
        contents = []
        for number, cut in enumerate((1, 2, 100, 1460, 4098, 4100)):
            data = b"0<" + bytes(4096) + FOLDER
            contents += connection(FOLDER_REQUEST, [data[:cut], data[cut:]], 20000 + number).frames
        self.check_every_stream(contents, 6)

    def test_what_no_header_can_be_read_in(self):
        path = shark.capture(connection(FOLDER_REQUEST, [entry("a", b"", 2) + b"zzzz", b"0016"]).frames)
        rows = shark.fields(path, ["frame.number", "feiq.dir.name", "feiq.transfer.data"], "-Y", "feiq.dir.malformed")
        self.assertEqual(rows, [[["5"], ["a"], [b"zzzz".hex()]], [["6"], [], [b"0016".hex()]]])

    def test_a_header_that_the_capture_lacks(self):
        data = [entry("a", b"", 2), entry("b", b"1"), entry("c", b"2")]
        stream = connection(FOLDER_REQUEST, data).frames
        path = shark.capture(stream[:5] + stream[6:])
        rows = shark.fields(path, ["frame.number", "feiq.dir.name"], "-Y", "feiq.transfer.lost")
        self.assertEqual(rows, [[["6"], []]])

    def test_the_path(self):
        path = shark.capture(connection(FOLDER_REQUEST, [FOLDER[:-60], FOLDER[-60:]]).frames)
        rows = shark.fields(path, ["feiq.transfer.name"], "-Y", "feiq.transfer.name")
        self.assertEqual([name for row in rows for name in row[0]][:3], ["根/说明.txt", "根/../a::b.jpg", "根/../empty"])


if __name__ == "__main__":
    shark.main()
