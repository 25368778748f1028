# SPDX-License-Identifier: GPL-2.0-or-later
"""Group messages and inline images: bodies that are not text."""

from . import bitmap
from .capture import Capture
from .chat import ADMIN, FONT, WIN8, text
from .cipher import blowfish_cbc
from .hosts import Host
from .picture import face

GROUP = "226.81.9.8"


def _version(mac, body_length):
    return f"1_lbt6_0#128#{mac}#0#0#{body_length}#4001#9"


def _group():
    admin, win8 = Host(*ADMIN), Host(*WIN8)
    capture = Capture("group.pcapng", "Group chat over multicast 226.81.9.8; the key is the "
                      "sender's MAC in the version field", start=1600800000)

    def say(speaker, number, command, plain, comment, trailer=b""):
        mac = speaker.version.split("#")[2]
        body = blowfish_cbc(mac.encode(), plain.encode("gbk"))
        header = speaker.header(number, command, _version(mac, len(body)))
        capture.add(speaker.datagram(GROUP, header + body + trailer), comment)

    say(admin, 1600800000, 0x2000C9, "QUNMSGMARK#3b199b07#", "admin is in group 3b199b07", b"\0")
    say(win8, 1600800001, 0x2000C9, "QUNMSGMARK#3b199b07#", "win8 too")
    say(admin, 1600800002, 0x400023,
        "QUNMSGMARK#3b199b07_24901708#/:bomb" + FONT, "an encrypted message to the group")
    say(win8, 1600800003, 0x400023,
        "QUNMSGMARK#3b199b07_24901709#下午三点开会，别迟到" + FONT, "and one with more to it")
    plain = ("QUNMSGMARK#3b199b07_24901710#好的" + FONT).encode("gbk")
    header = admin.header(1600800004, 0x200023, _version("141877B3DA81", len(plain)))
    capture.add(admin.datagram(GROUP, header + plain), "one without encryption")
    return capture


def _image():
    admin, win8 = Host(*ADMIN), Host(*WIN8)
    capture = Capture("image.pcapng", "An image in a message: chunks, acknowledgements, and the "
                      "text that shows it", start=1600810000)
    picture, number = face(), 1600810000
    chunks = [picture[at : at + 512] for at in range(0, len(picture), 512)]
    for index, chunk in enumerate(chunks):
        head = (f"64ea4edd|{len(picture)}|{512 * index}|{len(chunks)}|{index + 1}|{len(chunk)}"
                "|0|2|0|00000000#\0").encode()
        capture.add(admin.datagram(win8, admin.header(number, 0x2000C0) + head + chunk),
                    f"chunk {index + 1} of {len(chunks)}")
        reply = win8.header(number + 100, 0xC1) + f"64ea4edd|{index + 1}#\0".encode()
        capture.add(win8.datagram(admin, reply), "its acknowledgement")
        number += 1
    body = text("看 /~#>64ea4edd<B~" + FONT) + b"\0"
    capture.add(admin.datagram(win8, admin.header(number, 288) + body),
                "the message that the image stands in")
    capture.add(win8.datagram(admin, win8.header(number + 100, 33) + f"{number}\0".encode()),
                "its acknowledgement")
    return capture


def _bitmap():
    admin, win8 = Host(*ADMIN), Host(*WIN8)
    capture = Capture("image-bitmap.pcapng", "A bitmap packed by LZW, whose chunks come out of order "
                      "and twice, and an image that never becomes whole", start=1600815000)
    image = bitmap.container(bitmap.sunset())
    count = -(-len(image) // 512)

    def chunk(packet, identifier, number, comment):
        part = image[512 * (number - 1) : 512 * number]
        head = (f"{identifier}|{len(image)}|{512 * (number - 1)}|{count}|{number}|{len(part)}"
                "|0|1|0|00000000#\0").encode()
        capture.add(admin.datagram(win8, admin.header(packet, 0x2000C0) + head + part), comment)

    def acknowledge(packet, identifier, number, comment="its acknowledgement"):
        reply = win8.header(packet, 0xC1) + f"{identifier}|{number}#\0".encode()
        capture.add(win8.datagram(admin, reply), comment)

    order = [2, 1, *range(3, count + 1)]
    for index, number in enumerate(order):
        chunk(1600815000 + index, "5f6f0a10", number, f"chunk {number} of {count}")
        if number == 1:
            chunk(1600815100, "5f6f0a10", 2, "chunk 2 again, under another packet number")
            acknowledge(1600816100, "5f6f0a10", 2)
        if number != 2:
            acknowledge(1600816000 + index, "5f6f0a10", number)
    body = text("昨天的夕阳 /~#>5f6f0a10<B~" + FONT) + b"\0"
    capture.add(admin.datagram(win8, admin.header(1600815200, 288) + body),
                "the message that the bitmap stands in")
    capture.add(win8.datagram(admin, win8.header(1600816200, 33) + b"1600815200\0"),
                "its acknowledgement")
    chunk(1600815300, "5f6f0a11", 1, "the first chunk of an image of which no more comes")
    return capture


def captures():
    return [_group(), _image(), _bitmap()]
