# SPDX-License-Identifier: GPL-2.0-or-later
"""Files: what is offered over UDP, and what is fetched over TCP."""

import hashlib

from .capture import Capture
from .chat import FONT
from .connection import Connection
from .hosts import FEIQ_PORT, Host
from .verbatim import verbatim

OFFERER = ("28:e3:47:5c:0e:3e", "192.168.1.60",
           "1_lbt80_0#131200#28E3475C0E3E#3380#43820#0#4000#9", "Administrator", "2ZX58O463BS7FN4")
FETCHER = ("00:0c:29:77:0b:ab", "192.168.1.61",
           "1_lbt80_0#128#000C29770BAB#0#0#0#4000#9", "Administrator", "DONGGE-32E5DBE1")


def content(name, size):
    """Bytes that look like a compressed file's and are always the same."""
    out = b""
    while len(out) < size:
        out += hashlib.sha256(name.encode() + len(out).to_bytes(4, "big")).digest()
    return out[:size]


def _offers():
    offerer, fetcher = Host(*OFFERER), Host(*FETCHER)
    start = 1506330342
    capture = Capture("files.pcapng", "Offers of files and folders, and dropping them", start=start)

    def offer(number, text, attachments, comment):
        body = text.encode("gbk") + b"\0" + attachments + b"\0"
        capture.add(offerer.datagram(fetcher, offerer.header(number, 0x200120) + body), comment)

    def answer(number, command, body, comment):
        capture.add(fetcher.datagram(offerer, fetcher.header(number, command) + body), comment)

    capture.add(offerer.datagram(fetcher, verbatim(13)), "one file, no text", 13)
    answer(start + 1, 33, b"1506330342\0", "its acknowledgement")
    offer(start + 20, "设计图在这里" + FONT,
          "0:总装图.dwg:1a2b3c:59c8c1d0:1:\a".encode("gbk")
          + "1:会议::纪要.doc:9c00:59c8c1d4:1:\a".encode("gbk")
          + "2:照片:0:59c8bf00:2:\a".encode("gbk"),
          "text, two files and a folder; a colon in a name is doubled")
    offer(start + 30, "",
          b"5:setup.exe:80000000:59c8c1d0:1101:14=59c8c1d0:16=59c80000:\a"
          b"6:link:0:59c8c1d0:4:1=3e8:2=user:10=1ed:\a"
          b"7:video.mkv:1ffffffff:59c8c1d0:9001:\a",
          "attributes with file times, an owner, read-only, hidden and system; more than 4 GiB")
    offer(start + 40, "", b"4369:clip.png:2f00:59c8c1d0:20:8=0:\a", "a clipboard image")
    answer(start + 41, 97, b"1506330382\0", "no, thanks")
    return capture


def _transfer():
    offerer, fetcher = Host(*OFFERER), Host(*FETCHER)
    capture = Capture("file-transfer.pcapng",
                      "Files fetched over TCP with GETFILEDATA", start=1501684870)
    data = content("readme.txt", 3700)
    body = b"\0" + b"0:readme.txt:0e74:59819e00:1:\a\0"
    capture.add(offerer.datagram(fetcher, offerer.header(0x59819FD7, 0x200120) + body),
                "the offer of packet 0x59819fd7")
    first = Connection(capture, fetcher, offerer, FEIQ_PORT, at=1501684876)
    first.request(verbatim(14), "the whole of file 0", 14)
    first.answer(data, "the file's bytes, without any header")
    first.close(by_server=True)

    king = Host("74:e6:e2:38:fe:3e", "192.168.1.62")
    second = Connection(capture, king, offerer, FEIQ_PORT, 50124, at=1505921577)
    second.request(verbatim(15), "file 0 of packet 0x59c21f39", 15)
    second.answer(content("notes", 600), "the file's bytes")
    second.close(by_server=True)

    cao = Host("fc:4d:d4:d9:80:24", "192.168.1.63")
    third = Connection(capture, cao, offerer, FEIQ_PORT, 50125, at=1546091332)
    third.request(verbatim(16), "packet 5, file 0x2710, which the offer calls 10000", 16)
    third.answer(content("ten thousand", 200), "the file's bytes")
    third.close(by_server=True)

    resumed = Connection(capture, fetcher, offerer, FEIQ_PORT, 50126, at=1546091400)
    resumed.request(fetcher.header(1546091400, 96) + b"59819fd7:0:e00\0",
                    "from offset 0xe00 on, without the last colon and with a NUL")
    resumed.answer(data[0xE00:], "the rest of the file")
    resumed.close(by_server=True)
    return capture


def _header(name, size, kind, extended=""):
    """One header of a directory stream; its own length counts up to its last colon."""
    rest = f":{name}:{size:09x}:{kind:x}:{extended}".encode("gbk")
    return f"{4 + len(rest):04x}".encode() + rest


def directory_stream():
    times = "14=59c8c1d0:16=59c80000:"
    photo = content("photo", 1800)
    notes = "第一行\r\n第二行\r\n".encode("gbk")
    return b"".join([
        _header("root", 0, 2),
        _header("说明.txt", len(notes), 1, times), notes,
        _header("照片", 0, 2, times),
        _header("a::b.jpg", len(photo), 1, times), photo,
        _header("empty.log", 0, 1),
        _header(".", 0, 3),
        _header(".", 0, 3),
    ])


def _directory():
    offerer, fetcher = Host(*OFFERER), Host(*FETCHER)
    capture = Capture("directory.pcapng", "A folder fetched over TCP with GETDIRFILES",
                      start=1506330400)
    body = b"\0" + b"0:root:0:59c8c1d0:2:\a\0"
    capture.add(offerer.datagram(fetcher, offerer.header(1506330400, 0x200120) + body),
                "the offer of the folder")
    connection = Connection(capture, fetcher, offerer, FEIQ_PORT)
    connection.request(fetcher.header(1506330401, 98) + b"59c8c720:0:",
                       "the folder of packet 0x59c8c720")
    connection.answer(directory_stream(), "headers and files in turn, over two segments")
    connection.close(by_server=True)

    again = Connection(capture, fetcher, offerer, FEIQ_PORT, 50124)
    again.request(fetcher.header(1506330402, 98) + b"59c8c720:0:0\0",
                  "the same, with an offset as iptux sends it")
    again.answer(b"0<" + bytes(400) + _header("root", 0, 2) + _header(".", 0, 3),
                 "FeiQ's block of no known meaning before the first header")
    again.close(by_server=True)
    return capture


def captures():
    return [_offers(), _transfer(), _directory()]
