# SPDX-License-Identifier: GPL-2.0-or-later
"""Key exchange, encrypted messages, and files that are fetched and sent encrypted."""

import base64
import hashlib
import pathlib

from .capture import Capture
from .chat import ADMIN, FONT, WIN8, text
from .cipher import RsaKey, aes256_cbc, aes256_ctr, blowfish_cbc
from .connection import Connection
from .hosts import FEIQ_PORT, Host

KEYS = pathlib.Path(__file__).parent.parent / "keys"
JUPITER = ("00:1b:21:3c:9d:f8", "192.168.1.72", "1", "shirouzu-0123456789abcdef", "jupiter")
SATURN = ("00:1b:21:3c:9d:fa", "192.168.1.74", "1", "hana-fedcba9876543210", "saturn")

RSA_1024, RSA_2048, BLOWFISH_128, AES_256 = 0x2, 0x4, 0x20000, 0x100000
PACKETNO_IV, ENCODE_BASE64, NOENC_FILEBODY = 0x800000, 0x1000000, 0x4000000
SIGN_SHA1, SIGN_SHA256 = 0x20000000, 0x40000000
STRONG = RSA_2048 | AES_256
WEAK = RSA_1024 | BLOWFISH_128
# DER before a digest that is signed by PKCS #1 1.5.
DIGESTS = {
    SIGN_SHA1: (hashlib.sha1, bytes.fromhex("3021300906052b0e03021a05000414")),
    SIGN_SHA256: (hashlib.sha256, bytes.fromhex("3031300d060960864801650304020105000420")),
}
FEIQ_SESSION = b"feiq session key"
SESSION = b"a session key of thirty-two bytes"[:32]
FILE_KEY = bytes(range(0x40, 0x60))
PLAN = b"The plan is that there is none."
SENDMSG, SEALED_LISTS = 0x00C00120, 0x04E00120
GETFILE, GETDIR = 0x00C00860, 0x00C00862


def _key(name):
    return RsaKey(KEYS / name)


def packet_iv(number, block):
    """The digits of the packet number, NULs behind them: what sprintf leaves in a cleared buffer."""
    return str(number).encode().ljust(16, b"\0")[:block]


def sign(key, bit, plain):
    digest, prefix = DIGESTS[bit]
    return key.sign(prefix + digest(plain).digest())


def seal(capability, receiver, number, plain, signer=None, session=SESSION):
    """capability:key:message[:signature], as the official client writes it."""
    if capability & AES_256:
        iv = packet_iv(number, 16) if capability & PACKETNO_IV else bytes(16)
        message = aes256_cbc(session, iv, plain)
    else:
        iv = packet_iv(number, 8) if capability & PACKETNO_IV else bytes(8)
        message = blowfish_cbc(session, plain, iv)
    parts = [receiver.encrypt(session, b"filler"), message]
    for bit in DIGESTS:
        if capability & bit:
            parts.append(sign(signer, bit, plain))
    write = base64.b64encode if capability & ENCODE_BASE64 else lambda x: x.hex().upper().encode()
    return b":".join([f"{capability:X}".encode(), *map(write, parts)]) + b"\0"


def public(capability, key):
    return f"{capability:X}:{key.exponent:X}-{key.modulus:X}".encode()


class _Talk:
    """A capture, and who says what in it."""

    def __init__(self, *description):
        self.capture = Capture(*description[:2], start=description[2])

    def say(self, speaker, to, number, command, body, comment):
        self.capture.add(speaker.datagram(to, speaker.header(number, command) + body), comment)

    def acknowledge(self, speaker, to, number):
        self.say(speaker, to, number + 1000, 33, f"{number}\0".encode(), "its acknowledgement")


def _messages():
    admin, win8, jupiter, saturn = Host(*ADMIN), Host(*WIN8), Host(*JUPITER), Host(*SATURN)
    talk = _Talk("encrypted.pcapng", "Key exchange, encrypted messages and files; the private keys "
                 "are in keys/", 1600820000)
    feiq_key, saturn_key, jupiter_key = map(
        _key, ["rsa-1024.pem", "rsa-2048.pem", "rsa-2048-sender.pem"])
    say = talk.say

    say(admin, win8, 1600820000, 114, b"21003\0", "FeiQ asks for a key")
    say(win8, admin, 1600820001, 115, public(0x21003, feiq_key) + b"\0", "RSA of 1024 bits")
    plain = text("密码是 2425" + FONT)
    say(admin, win8, 1600820002, 0x400120, seal(WEAK, feiq_key, 0, plain, session=FEIQ_SESSION),
        "RSA-1024 and Blowfish-128, as FeiQ does")
    talk.acknowledge(win8, admin, 1600820002)

    say(jupiter, saturn, 1600820010, 114, b"61D20006", "IP Messenger asks for a key")
    say(saturn, jupiter, 1600820011, 115, public(0x65D20006, saturn_key), "RSA of 2048 bits")
    form = STRONG | PACKETNO_IV | ENCODE_BASE64
    say(jupiter, saturn, 1600820012, SENDMSG,
        seal(form | SIGN_SHA1, saturn_key, 1600820012, "合言葉は2425\0".encode(), jupiter_key),
        "RSA-2048 and AES-256 in base64, the packet number as start, and a signature (SHA-1) by a "
        "key that was not seen yet")
    talk.acknowledge(saturn, jupiter, 1600820012)
    listed = b"see there\0" + b"0:plan.txt:1f:59c8c1d0:1:\a\0" + b"TO:hana:saturn\agen:venus\a\0"
    say(jupiter, saturn, 1600820013, SEALED_LISTS, seal(STRONG, saturn_key, 0, listed),
        "list of files and of recipients inside the cipher text (option 0x4000000), no signature, "
        "hexadecimal, a start of zeros")
    talk.acknowledge(saturn, jupiter, 1600820013)
    say(saturn, jupiter, 1600820014, 114, b"65D20006", "saturn asks for jupiter's key")
    say(jupiter, saturn, 1600820015, 115, public(0x65D20006, jupiter_key), "RSA of 2048 bits")
    say(jupiter, saturn, 1600820016, SENDMSG,
        seal(form | SIGN_SHA256, saturn_key, 1600820016, "署名は正しい\0".encode(), jupiter_key),
        "a signature (SHA-256) that can be verified")
    say(jupiter, saturn, 1600820017, SENDMSG,
        seal(form | SIGN_SHA256, saturn_key, 1600820017, "署名は偽物\0".encode(), saturn_key),
        "and one by another key")
    say(jupiter, saturn, 1600820018, 0x04C00120,
        seal(form | SIGN_SHA1, saturn_key, 1600820018,
             "二人へ\0".encode() + b"\0TO:hana:saturn\agen:venus\a\0", jupiter_key),
        "recipients, but no files")
    say(admin, win8, 1600820019, 0x400120,
        seal(WEAK | PACKETNO_IV | ENCODE_BASE64, feiq_key, 1600820019, text("也可以这样"),
             session=FEIQ_SESSION),
        "Blowfish from the packet number on, in base64")

    def fetch(number, command, inner, answer, comments):
        port = 50100 + number % 100
        connection = Connection(talk.capture, saturn, jupiter, FEIQ_PORT, port)
        body = seal(form | SIGN_SHA256, jupiter_key, number, inner.encode() + b"\0", saturn_key)
        connection.request(saturn.header(number, command) + body, comments[0])
        for part, comment in zip(answer, comments[1:]):
            connection.answer(part, comment)
        connection.close()

    number = 1600820020
    stream = aes256_ctr(FILE_KEY, packet_iv(number, 10),
                        b"001a:plan.txt:00000001f:1:" + PLAN)
    fetch(number, GETDIR, f"{1600820013:x}:0:900000:{FILE_KEY.hex()}:{number:x}",
          [stream[:9], stream[9:37], stream[37:]],
          ["an encrypted request for a file", "AES-256-CTR: the beginning of a directory stream's "
           "header", "the rest of the header, and the file's first bytes", "the rest"])
    number = 1600820021
    stream = aes256_ctr(FILE_KEY, packet_iv(number, 10), PLAN)
    fetch(number, GETFILE, f"{1600820013:x}:0:0:900000:{FILE_KEY.hex()}:{number:x}",
          [stream[:20], stream[20:]],
          ["an encrypted request for a file alone", "AES-256-CTR: the file's first bytes",
           "and the rest"])
    number = 1600820022
    fetch(number, GETFILE, f"{1600820013:x}:0:0:4000000:{number:x}", [PLAN],
          ["an encrypted request for a file in the clear", "the file"])
    return talk.capture


def _malformed():
    jupiter, saturn = Host(*JUPITER), Host(*SATURN)
    talk = _Talk("encrypted-malformed.pcapng", "Encrypted messages that cannot be read, each for "
                 "another reason", 1600830000)
    key, other = _key("rsa-2048.pem"), _key("rsa-2048-sender.pem")
    small = _key("rsa-1024.pem")
    whole = seal(STRONG, key, 0, b"never to be read\0")
    capability, session, message = whole[:-1].split(b":")
    number = 1600830000

    def say(body, comment):
        nonlocal number
        talk.say(jupiter, saturn, number, 0x00400120, body + b"\0", comment)
        number += 1

    def join(*parts):
        return b":".join(parts)

    say(seal(STRONG, other, 0, b"for somebody else\0")[:-1], "encrypted for another key")
    say(seal(WEAK, small, 0, b"too short\0", session=FEIQ_SESSION)[:-1],
        "for a key of another length")
    say(join(capability, session, message[:-32]), "the last block is missing, and so the padding")
    say(join(capability, session, message[:-2]), "part of the last block is missing")
    say(join(b"1001", session, message), "RSA-512 and RC2, which nobody uses any more")
    say(join(capability, session[:-2], message), "the key is a byte too short")
    say(join(capability, session, message[:-1] + b"x"), "a character that is not hexadecimal")
    say(join(capability, session), "no message")
    short_key = key.encrypt(SESSION[:16], b"filler").hex().upper().encode()
    say(join(capability, short_key, message), "a message key that is too short for AES-256")
    session_key = key.encrypt(SESSION, b"filler").hex().upper().encode()
    say(join(b"20100004", session_key, aes256_cbc(SESSION, bytes(16), b"signed?\0").hex().encode(),
             b"00" * 256), "a signature of zeros")
    talk.say(jupiter, saturn, number, 115, b"65D20006:10001-" + b"F" * 511 + b"E",
             "a public key that cannot be: it is even")
    return talk.capture


def captures():
    return [_messages(), _malformed()]
