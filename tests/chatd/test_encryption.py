# SPDX-License-Identifier: GPL-2.0-or-later
"""Encrypted messages between the node and FeiQ users that have keys: FeiQ's RSA-1024 with Blowfish,
IP Messenger's RSA-2048 with AES-256. The peer's ciphers are the samples' own, not the daemon's."""
import base64
import hashlib
import os
import pathlib
import stat
import sys
import tempfile
import unittest

import feiq_peer as feiq
from feiq_peer import ENCRYPT, FILEATTACH
from test_node import NodeTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "samples"))
from generator import cipher  # noqa: E402 (of the folder above)

KEYS = ROOT / "samples" / "keys"
GETPUBKEY, ANSPUBKEY = 0x72, 0x73
RSA_1024, RSA_2048, BLOWFISH, AES = 0x2, 0x4, 0x20000, 0x100000
PACKETNO_IV, BASE64, SIGN_SHA1, SIGN_SHA256 = 0x800000, 0x1000000, 0x20000000, 0x40000000
FEIQ_CAPABILITY = 0x21003
IPMSG_CAPABILITY = RSA_1024 | RSA_2048 | BLOWFISH | AES | PACKETNO_IV | BASE64 | SIGN_SHA1 | SIGN_SHA256
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


class PublicKey:
    """A key of which only the public half is known."""

    encrypt = cipher.RsaKey.encrypt
    _power = cipher.RsaKey._power

    def __init__(self, exponent, modulus):
        self.exponent, self.modulus = exponent, modulus
        self.size = (modulus.bit_length() + 7) // 8

    def opens(self, signature):
        """What was signed: a block of PKCS #1."""
        return self._power(signature, self.exponent)


def answer_of(datagram):
    capability, numbers = datagram.text.decode().split(":")
    exponent, modulus = (int(number, 16) for number in numbers.split("-"))
    return int(capability, 16), PublicKey(exponent, modulus)


def unsealed(key, block):
    """What PKCS #1 encrypted for a private key."""
    plain = key._power(block, key.private)
    assert plain[:2] == b"\0\2", plain
    return plain[plain.index(b"\0", 2) + 1:]


def decrypted(key, number, body):
    """The plain text of a message, and (capability, signature)."""
    parts = body.split(b"\0")[0].split(b":")
    capability = int(parts[0], 16)
    octets = [base64.b64decode(part) if capability & BASE64 else bytes.fromhex(part.decode())
              for part in parts[1:]]
    session = unsealed(key, octets[0])
    start = str(number).encode().ljust(16, b"\0") if capability & PACKETNO_IV else bytes(16)
    if capability & AES:
        plain = inverse_cbc(cipher._Aes256, 16, session, start, octets[1])
    else:
        plain = inverse_cbc(cipher._Blowfish, 8, session, start[:8], octets[1])
    return plain, capability, octets[2] if len(octets) > 2 else None


def inverse_cbc(algorithm, block, key, start, text):
    """The samples' ciphers only encrypt; so their decryption stands here."""
    decrypt = inverse_blowfish(key) if algorithm is cipher._Blowfish else inverse_aes(key)
    plain = b""
    for at in range(0, len(text), block):
        piece = text[at:at + block]
        plain += bytes(a ^ b for a, b in zip(decrypt(piece), start))
        start = piece
    assert 1 <= plain[-1] <= block and plain.endswith(bytes([plain[-1]]) * plain[-1]), plain
    return plain[:-plain[-1]]


def inverse_blowfish(key):
    machine = cipher._Blowfish(key)
    machine.p = machine.p[::-1]
    return machine.encrypt


def inverse_aes(key):
    keys = cipher._Aes256(key).keys
    inverse = [cipher._SUBSTITUTION.index(x) for x in range(256)]

    def decrypt(block):
        state = [a ^ b for a, b in zip(block, keys[14])]
        for turn in range(13, -1, -1):
            state = [inverse[state[(i - 4 * (i % 4)) % 16]] for i in range(16)]
            state = [a ^ b for a, b in zip(state, keys[turn])]
            if turn > 0:
                mixed = []
                for column in range(0, 16, 4):
                    c = state[column:column + 4]
                    mixed += [cipher._multiply(c[i], 14) ^ cipher._multiply(c[(i + 1) % 4], 11)
                              ^ cipher._multiply(c[(i + 2) % 4], 13) ^ cipher._multiply(c[(i + 3) % 4], 9)
                              for i in range(4)]
                state = mixed
        return bytes(state)
    return decrypt


class Encryption(NodeTest):
    def enter_with(self, options=ENCRYPT | FILEATTACH):
        self.bob.enter(options=options)
        self.bob.expect(feiq.ANSENTRY)

    def daemon_key(self, capability):
        """The node's public key, as it tells it to who can do so much."""
        self.bob.send(GETPUBKEY, f"{capability:x}\0".encode())
        return answer_of(self.bob.expect(ANSPUBKEY))

    def tell_key(self, key, capability):
        self.bob.expect(GETPUBKEY)
        self.bob.send(ANSPUBKEY, f"{capability:x}:{key.exponent:X}-{key.modulus:X}\0".encode())

    def say_encrypted(self, text, key, capability, session, number=None, signature=None):
        number = number or self.bob.number + 1
        self.bob.number = number
        plain = text.encode("gbk") + b"\0"
        start = str(number).encode().ljust(16, b"\0") if capability & PACKETNO_IV else bytes(16)
        if capability & AES:
            message = cipher.aes256_cbc(session, start, plain)
        else:
            message = cipher.blowfish_cbc(session, plain, start[:8])
        octets = [key.encrypt(session, b"\x11"), message]
        if signature is not None:
            octets.append(signature(plain))
        code = base64.b64encode if capability & BASE64 else lambda data: data.hex().encode()
        body = b":".join([f"{capability:x}".encode(), *map(code, octets)]) + b"\0"
        return self.bob.send(feiq.SENDMSG | feiq.SENDCHECK | ENCRYPT, body, number)

    def test_keys_are_told(self):
        self.enter_with()
        capability, key = self.daemon_key(FEIQ_CAPABILITY)
        self.assertEqual((key.size, capability & FEIQ_CAPABILITY), (128, RSA_1024 | BLOWFISH))
        _, key = self.daemon_key(IPMSG_CAPABILITY)
        self.assertEqual(key.size, 256)

    def test_feiq_writes(self):
        alice = self.user("alice")
        self.enter_with()
        _, key = self.daemon_key(FEIQ_CAPABILITY)
        number = self.say_encrypted("@alice 你好，秘密", key, RSA_1024 | BLOWFISH, bytes(range(16)))
        self.assertEqual(alice.next(), "3#1#bob")
        self.assertEqual(alice.next(), "3#3#bob#你好，秘密")
        self.assertEqual(self.bob.expect(feiq.RECVMSG).text, str(number).encode())

    def test_ip_messenger_writes(self):
        alice = self.user("alice")
        self.enter_with()
        _, key = self.daemon_key(IPMSG_CAPABILITY)
        self.say_encrypted("@alice 你好", key, RSA_2048 | AES | PACKETNO_IV | BASE64, bytes(range(32)))
        self.assertEqual([alice.next(), alice.next()], ["3#1#bob", "3#3#bob#你好"])

    def test_for_another_key(self):
        """Not acknowledged, since it cannot be read; and counted."""
        self.enter_with()
        self.daemon_key(FEIQ_CAPABILITY)
        self.say_encrypted("hello", cipher.RsaKey(KEYS / "rsa-1024.pem"), RSA_1024 | BLOWFISH, bytes(16))
        self.daemon.wait_for_log("encrypted for another key")
        self.assertNotIn(feiq.RECVMSG, [d.command for d in self.bob.collect(0.2)])

    def test_signatures(self):
        alice = self.user("alice")
        mine = cipher.RsaKey(KEYS / "rsa-2048-sender.pem")
        self.enter_with()
        _, key = self.daemon_key(IPMSG_CAPABILITY)
        alice.ask("1#3#bob#hi")
        self.tell_key(mine, IPMSG_CAPABILITY)
        self.bob.expect(feiq.SENDMSG)
        capability = RSA_2048 | AES | PACKETNO_IV | BASE64 | SIGN_SHA256

        def signed(plain):
            return mine.sign(SHA256_INFO + hashlib.sha256(plain).digest())

        self.say_encrypted("@alice mine", key, capability, bytes(range(32)), signature=signed)
        self.assertEqual([alice.next(), alice.next()], ["3#1#bob", "3#3#bob#mine"])
        self.say_encrypted("@alice forged", key, capability, bytes(range(32)),
                           signature=lambda plain: signed(plain + b"!"))
        self.daemon.wait_for_log("another signed it")
        self.assertTrue(alice.is_silent())

    def test_the_node_writes_as_feiq_reads(self):
        self.receive("rsa-1024.pem", FEIQ_CAPABILITY, RSA_1024 | BLOWFISH)

    def test_the_node_writes_as_ip_messenger_reads(self):
        self.receive("rsa-2048.pem", IPMSG_CAPABILITY, RSA_2048 | AES | PACKETNO_IV | BASE64)

    def receive(self, name, capability, wanted):
        key = cipher.RsaKey(KEYS / name)
        alice = self.user("alice")
        self.enter_with()
        long = "很长的话，" * 400
        for text in ("你好", long):
            self.assertEqual(alice.ask(f"1#3#bob#{text}")[0], 0)
        self.tell_key(key, capability)
        heard, numbers, whole = "", set(), f"alice: 你好alice: {long}"
        while len(heard) < len(whole):
            datagram = self.bob.expect(feiq.SENDMSG)
            self.assertTrue(datagram.word & ENCRYPT)
            if datagram.number in numbers:  # sent again, since this is slow
                continue
            numbers.add(datagram.number)
            plain, said, _ = decrypted(key, datagram.number, datagram.body)
            self.assertEqual(said & 0x1fffffff, wanted)
            heard += plain.rstrip(b"\0").decode("gb18030")
        self.assertEqual(heard, whole)

    def test_who_tells_no_key_reads_plain(self):
        alice = self.user("alice")
        self.enter_with()
        alice.ask("1#3#bob#hello")
        self.bob.expect(GETPUBKEY)
        datagram = self.bob.expect(feiq.SENDMSG)
        self.assertEqual((datagram.word & ENCRYPT, datagram.text), (0, b"alice: hello"))
        alice.ask("1#3#bob#again")
        self.assertEqual(self.bob.expect(feiq.SENDMSG).text, b"alice: again")

    def test_a_bad_key_is_none(self):
        alice = self.user("alice")
        self.enter_with()
        alice.ask("1#3#bob#hello")
        self.bob.expect(GETPUBKEY)
        self.bob.send(ANSPUBKEY, b"21003:0-FF\0")
        self.assertEqual(self.bob.expect(feiq.SENDMSG).text, b"alice: hello")

    def test_a_key_that_nobody_asked_for_replaces_none(self):
        key = cipher.RsaKey(KEYS / "rsa-1024.pem")
        alice = self.user("alice")
        self.enter_with()
        alice.ask("1#3#bob#one")
        self.tell_key(key, FEIQ_CAPABILITY)
        self.bob.expect(feiq.SENDMSG)
        other = cipher.RsaKey(KEYS / "rsa-2048.pem")
        self.bob.send(ANSPUBKEY, f"{IPMSG_CAPABILITY:x}:{other.exponent:X}-{other.modulus:X}\0".encode())
        alice.ask("1#3#bob#two")
        datagram = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(decrypted(key, datagram.number, datagram.body)[0], b"alice: two\0")


class Switched(NodeTest):
    NODE = {"encrypt": "false"}

    def test_off(self):
        alice = self.user("alice")
        self.bob.enter(options=ENCRYPT | FILEATTACH)
        self.bob.expect(feiq.ANSENTRY)
        alice.ask("1#3#bob#hello")
        self.assertEqual(self.bob.expect(feiq.SENDMSG).text, b"alice: hello")
        self.assertNotIn(GETPUBKEY, [d.command for d in self.bob.collect(0)])


class Kept(NodeTest):
    def settings(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        return {"storage": {"database": os.path.join(self.folder, "chatd.db")}}

    def key(self):
        self.bob.enter(options=ENCRYPT | FILEATTACH)
        self.bob.expect(feiq.ANSENTRY)
        self.bob.send(GETPUBKEY, f"{IPMSG_CAPABILITY:x}\0".encode())
        return answer_of(self.bob.expect(ANSPUBKEY))[1].modulus

    def test_over_a_restart(self):
        before = self.key()
        for bits in (1024, 2048):
            status = os.stat(os.path.join(self.folder, f"chatd.db-rsa{bits}.pem"))
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.key(), before)


if __name__ == "__main__":
    unittest.main()
