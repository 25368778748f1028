# SPDX-License-Identifier: GPL-2.0-or-later
"""Group messages, inline images and encrypted messages: bodies that are not text."""

import base64
import hashlib
import pathlib

from . import bitmap
from .capture import Capture
from .chat import ADMIN, FONT, WIN8, text
from .cipher import RsaKey, aes256_cbc, aes256_ctr, blowfish_cbc
from .connection import Connection
from .hosts import FEIQ_PORT, Host
from .picture import face

GROUP = "226.81.9.8"
KEYS = pathlib.Path(__file__).parent.parent / "keys"
# DER before a SHA-1 digest that is signed by PKCS #1 1.5.
SHA1_PREFIX = bytes.fromhex("3021300906052b0e03021a05000414")


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


def _hex(data):
    return data.hex().upper().encode()


def _encrypted():
    admin, win8 = Host(*ADMIN), Host(*WIN8)
    capture = Capture("encrypted.pcapng", "Key exchange and encrypted messages; the private keys "
                      "are in keys/", start=1600820000)
    feiq_key, ipmsg_key = RsaKey(KEYS / "rsa-1024.pem"), RsaKey(KEYS / "rsa-2048.pem")

    def add(speaker, to, number, command, body, comment):
        capture.add(speaker.datagram(to, speaker.header(number, command) + body), comment)

    def public(capability, key):
        return f"{capability}:{key.exponent:X}-{key.modulus:X}".encode()

    add(admin, win8, 1600820000, 114, b"21003\0", "FeiQ asks for a key")
    add(win8, admin, 1600820001, 115, public("21003", feiq_key) + b"\0", "RSA of 1024 bits")
    session = b"feiq session key"
    cipher = blowfish_cbc(session, text("密码是 2425" + FONT))
    body = b":".join([b"20002", _hex(feiq_key.encrypt(session, b"filler")), _hex(cipher)])
    add(admin, win8, 1600820002, 0x400120, body + b"\0", "RSA-1024 and Blowfish-128, as FeiQ does")
    add(win8, admin, 1600820003, 33, b"1600820002\0", "its acknowledgement")

    jupiter = Host("00:1b:21:3c:9d:f8", "192.168.1.72", "1", "shirouzu-0123456789abcdef", "jupiter")
    saturn = Host("00:1b:21:3c:9d:fa", "192.168.1.74", "1", "hana-fedcba9876543210", "saturn")
    add(jupiter, saturn, 1600820010, 114, b"61D20006", "IP Messenger asks for a key")
    add(saturn, jupiter, 1600820011, 115, public("61D20006", ipmsg_key), "RSA of 2048 bits")
    session = b"a session key of thirty-two bytes"[:32]
    iv = b"1600820012".ljust(16, b"0")
    plain = "合言葉は2425\0".encode()
    cipher = aes256_cbc(session, iv, plain)
    # RSA_2048 | AES_256 | PACKETNO_IV | ENCODE_BASE64 | SIGN_SHA1
    signature = ipmsg_key.sign(SHA1_PREFIX + hashlib.sha1(plain).digest())
    parts = [ipmsg_key.encrypt(session, b"filler"), cipher, signature]
    body = b":".join([b"21900004", *map(base64.b64encode, parts)])
    add(jupiter, saturn, 1600820012, 0x00C00120, body + b"\0",
        "RSA-2048 and AES-256 in base64, with the packet number as start and a signature")
    listed = b"see there\0" + b"0:plan.txt:1f:59c8c1d0:1:\a\0" + b"TO:hana:saturn\a\0"
    cipher = aes256_cbc(session, bytes(16), listed)
    body = b":".join([b"100004", _hex(parts[0]), _hex(cipher)])
    add(jupiter, saturn, 1600820013, 0x04E00120, body + b"\0",
        "list of files and of recipients inside the cipher text (option 0x4000000)")

    connection = Connection(capture, saturn, jupiter, FEIQ_PORT)
    request = 1600820020
    inner = f"{1600820013:x}:0:0:900000:{session.hex()}:{request:x}\0".encode()
    body = b":".join([b"100004", _hex(parts[0]), _hex(aes256_cbc(session, bytes(16), inner))])
    connection.request(saturn.header(request, 0x00C00862) + body + b"\0",
                       "an encrypted request for a file")
    plain = b"001a:plan.txt:00000001f:1:" + b"The plan is that there is none."
    connection.answer(aes256_ctr(session, str(request).encode(), plain),
                      "AES-256-CTR: one header of a directory stream and the file")
    connection.close()
    return capture


def captures():
    return [_group(), _image(), _bitmap(), _encrypted()]
