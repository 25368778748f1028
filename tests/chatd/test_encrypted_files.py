# SPDX-License-Identifier: GPL-2.0-or-later
"""Files whose requests and bytes are encrypted, as the IP Messenger does it: to a user that has a
key and says that it can, from one that asks for it, and between two chatds."""
import hashlib
import random
import signal
import socket
import time
import unittest

import feiq_files as files
import feiq_peer as feiq
from daemon import Client, Daemon
from feiq_files import FileServer, fetch
from feiq_peer import ENCRYPT, FILEATTACH
from test_encryption import (AES, ANSPUBKEY, BASE64, GETPUBKEY, IPMSG_CAPABILITY, KEYS, PACKETNO_IV,
                             RSA_2048, SHA256_INFO, SIGN_SHA256, answer_of, cipher, decrypted)
from test_files import FilesTest

ENCFILE, CAPFILEENC, NOENC = 0x800, 0x40000, 0x4000000
FILE_KEY = bytes(range(0x40, 0x60))


def stream(key, number, data):
    """AES-256 in counter mode, from the packet number on."""
    return cipher.aes256_ctr(key, str(number).encode().ljust(10, b"\0"), data)


class SealedServer(FileServer):
    """Serves what is asked for by an encrypted request: answers with (request, connection), the
    request's numbers followed by the key of the bytes and the number they begin with."""

    key = cipher.RsaKey(KEYS / "rsa-2048-sender.pem")
    words = ()

    def read_request(self, head):
        word, number = int(head[4]), int(head[1])
        self.words += (word,)
        if not word & ENCRYPT:
            return super().read_request(head)
        plain, capability, signature = decrypted(self.key, number, head[5])
        assert capability & 0x1fffffff == RSA_2048 | AES | PACKETNO_IV | BASE64, hex(capability)
        assert signature, "it is signed"
        self.signed = (plain, signature)
        parts = plain.rstrip(b"\0").split(b":")
        assert parts[-3] == b"900000" and int(parts[-1], 16) == number, plain
        return ([word & 0xff] + [int(part, 16) for part in parts[:-3]]
                + [bytes.fromhex(parts[-2].decode()), number])


class EncryptedFiles(FilesTest):
    OPTIONS = ENCRYPT | FILEATTACH | CAPFILEENC

    def settings(self):
        return {"files": self.FILES, "limits": {"shouts-per-second": 1000}}

    def enter(self, peer):
        peer.enter(options=self.OPTIONS)
        return peer.expect(feiq.ANSENTRY)

    def tell_key(self, key=SealedServer.key, capability=IPMSG_CAPABILITY):
        self.bob.expect(GETPUBKEY)
        self.bob.send(ANSPUBKEY, f"{capability:x}:{key.exponent:X}-{key.modulus:X}\0".encode())

    def sealed(self, content):
        def answer(request, connection):
            *numbers, key, number = request
            offset = numbers[3] if numbers[0] == files.GETFILEDATA else 0
            connection.sendall(stream(key, number, content[offset:]))
        server = SealedServer(self.bob, answer)
        self.addCleanup(server.close)
        return server

    def test_it_says_that_it_can_to_who_can(self):
        self.bob.collect(0)
        self.bob.enter(options=self.OPTIONS)
        self.assertEqual(self.bob.expect(feiq.ANSENTRY).word, 6291459 | CAPFILEENC)
        carol = self.peer("127.0.0.3", user="carol")
        carol.enter()
        self.assertEqual(carol.expect(feiq.ANSENTRY).word, 6291459, "as FeiQ says it")

    def test_a_file_is_asked_for_and_comes_encrypted(self):
        content = random.Random(1).randbytes(3000)
        server = self.sealed(content)
        number, found = self.offer((7, "f", len(content), files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.tell_key()
        self.wait_for_state(found["f"], "here")
        self.assertEqual(self.read(found["f"]), content)
        self.assertEqual(server.words, (files.GETFILEDATA | ENCRYPT | ENCFILE,))
        self.assertEqual(server.requests[0][:4], [files.GETFILEDATA, number, 7, 0])
        self.bob.send(GETPUBKEY, f"{IPMSG_CAPABILITY:x}\0".encode())
        _, key = answer_of(self.bob.expect(ANSPUBKEY))
        plain, signature = server.signed
        self.assertIn(hashlib.sha256(plain).digest(), key.opens(signature), "signed by the node")

    def test_it_goes_on_where_it_broke_off(self):
        content = random.Random(2).randbytes(3001)

        def answer(request, connection):
            _, _, _, offset, key, number = request
            connection.sendall(stream(key, number, content[offset:])[:1001])
        server = SealedServer(self.bob, answer)
        self.addCleanup(server.close)
        _, found = self.offer((0, "f", len(content), files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.tell_key()
        self.wait_for_state(found["f"], "here")
        self.assertEqual([request[3] for request in server.requests], [0, 1001, 2002])
        self.assertEqual(len({request[4] for request in server.requests}), 3, "a key for each")
        self.assertEqual(self.read(found["f"]), content)

    def test_a_folder(self):
        tree = {"说明.txt": "你好".encode(), "照片": {"1.jpg": bytes(500), "空": {}}}
        server = self.sealed(files.folder_stream("资料", tree))
        _, found = self.offer((0, "资料", 0, files.FOLDER))
        self.alice.ask(f"1#19#{found['资料']}")
        self.tell_key()
        self.wait_for_state(found["资料"], "here")
        self.assertEqual(files.read_folder(self.read(found["资料"]), "utf-8"), ("资料", tree))
        self.assertEqual(server.words, (files.GETDIRFILES | ENCRYPT | ENCFILE,))

    def test_who_tells_no_key_is_asked_in_plain(self):
        server = self.serve(lambda request, connection: connection.sendall(b"hello"))
        number, found = self.offer((0, "f", 5, files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(server.requests, [[files.GETFILEDATA, number, 0, 0]])

    def test_whose_key_is_too_weak_is_asked_in_plain(self):
        server = self.serve(lambda request, connection: connection.sendall(b"hello"))
        _, found = self.offer((0, "f", 5, files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.tell_key(cipher.RsaKey(KEYS / "rsa-1024.pem"), 0x21003)
        self.wait_for_state(found["f"], "here")
        self.assertEqual(len(server.requests), 1)

    # --- what bob asks for ---

    def ask(self, command, *numbers, tail="", options=ENCRYPT | ENCFILE, forge=False, number=None):
        """An encrypted request as bob sends it: its bytes, and its number."""
        if not hasattr(self, "node_key"):
            self.bob.send(GETPUBKEY, f"{IPMSG_CAPABILITY:x}\0".encode())
            self.node_key = answer_of(self.bob.expect(ANSPUBKEY))[1]
        number = number or self.bob.number + 1
        self.bob.number = max(number, self.bob.number)
        plain = "".join(f"{each:x}:" for each in numbers).encode() + tail.format(n=number).encode() + b"\0"
        start = str(number).encode().ljust(16, b"\0")
        session = bytes(range(32))
        signed = plain + b"!" if forge else plain
        octets = [self.node_key.encrypt(session, b"\x11"), cipher.aes256_cbc(session, start, plain),
                  SealedServer.key.sign(SHA256_INFO + hashlib.sha256(signed).digest())]
        capability = RSA_2048 | AES | PACKETNO_IV | SIGN_SHA256
        body = b":".join([f"{capability:x}".encode(), *[each.hex().encode() for each in octets]])
        head = f"{self.bob.version}:{number}:bob:BOBPC:{command | options}:".encode()
        return head + body + b"\0", number

    ENCRYPTED = "900000:" + FILE_KEY.hex() + ":{n:x}"

    def offered(self, kind, name, content):
        number = self.upload(kind, name, content)
        try:
            self.tell_key()
        except AssertionError:
            pass
        return number, self.bob.expect(feiq.SENDMSG)

    def test_a_file_is_served_encrypted(self):
        content = random.Random(3).randbytes(2000)
        here, offer = self.offered("file", "说明.txt", content)
        request, number = self.ask(files.GETFILEDATA, offer.number, 0, 0, tail=self.ENCRYPTED)
        self.assertEqual(stream(FILE_KEY, number, fetch(self.bob, request)), content)
        self.wait_for_state(here, "done")
        request, number = self.ask(files.GETFILEDATA, offer.number, 0, 777, tail=self.ENCRYPTED)
        self.assertEqual(stream(FILE_KEY, number, fetch(self.bob, request)), content[777:])
        # as the official client asks for a file: as for a folder
        request, number = self.ask(files.GETDIRFILES, offer.number, 0, tail=self.ENCRYPTED)
        got = stream(FILE_KEY, number, fetch(self.bob, request))
        length = int(got[:4], 16)
        self.assertEqual(got[5:length].decode("gbk").split(":")[:3], ["说明.txt", f"{2000:09x}", "1"])
        self.assertEqual(got[length:], content)

    def test_a_request_that_comes_in_pieces(self):
        content = b"hello" * 100
        _, offer = self.offered("file", "f", content)
        request, number = self.ask(files.GETFILEDATA, offer.number, 0, 0, tail=self.ENCRYPTED)
        for cut in (request.index(b":41") + 1, len(request) - 1, 700):
            with socket.create_connection(self.node, source_address=(self.bob.address, 0)) as connection:
                connection.sendall(request[:cut])
                time.sleep(0.1)
                connection.sendall(request[cut:])
                connection.settimeout(5)
                got = b""
                while data := connection.recv(65536):
                    got += data
            self.assertEqual(stream(FILE_KEY, number, got), content, cut)
            request, number = self.ask(files.GETFILEDATA, offer.number, 0, 0, tail=self.ENCRYPTED)

    def test_a_folder_is_served_encrypted(self):
        tree = {"说明.txt": "你好".encode(), "照片": {"1.jpg": bytes(500)}}
        _, offer = self.offered("folder", "资料", files.folder_stream("资料", tree, "utf-8"))
        request, number = self.ask(files.GETDIRFILES, offer.number, 0, tail=self.ENCRYPTED)
        got = stream(FILE_KEY, number, fetch(self.bob, request))
        self.assertEqual(files.read_folder(got), ("资料", tree))

    def test_an_encrypted_request_for_plain_bytes(self):
        here, offer = self.offered("file", "f", b"hello")
        request, _ = self.ask(files.GETFILEDATA, offer.number, 0, 0, tail="4000000:{n:x}")
        self.assertEqual(fetch(self.bob, request), b"hello")
        request, _ = self.ask(files.GETFILEDATA, offer.number, 0, 0, options=ENCRYPT)
        self.assertEqual(fetch(self.bob, request), b"hello")
        self.wait_for_state(here, "done")

    def test_what_is_wrong_is_refused(self):
        _, offer = self.offered("file", "f", b"hello")
        asked = (files.GETFILEDATA, offer.number, 0, 0)
        good, number = self.ask(*asked, tail=self.ENCRYPTED)
        self.assertEqual(stream(FILE_KEY, number, fetch(self.bob, good)), b"hello")
        for request, reason in (
                (good, "a second time"),
                (self.ask(*asked, tail=self.ENCRYPTED, number=number - 1)[0], "a second time"),
                (self.ask(*asked, tail=self.ENCRYPTED, forge=True)[0], "another signed"),
                (self.ask(*asked, tail="900000:0011:{n:x}")[0], "no request for a file"),
                (self.ask(*asked, tail="900000:")[0], "names no key"),
                (self.ask(*asked)[0], "names no key"),
                (self.ask(files.GETFILEDATA, offer.number, tail=self.ENCRYPTED)[0], "no request"),
                (good[:-200] + b"\0", ""),
                (good.replace(b":41", b":21"), "")):
            before = len(self.daemon.read_log())
            self.assertEqual(fetch(self.bob, request), b"", reason)
            time.sleep(0.1)
            self.assertIn(reason, self.daemon.read_log()[before:])
        bits = random.Random(5)
        for _ in range(100):
            request = bytearray(good)
            request[bits.randrange(len(request))] ^= 1 << bits.randrange(8)
            request[-1] = 0
            self.assertEqual(fetch(self.bob, bytes(request)), b"")


class BetweenTwo(unittest.TestCase):
    """Two chatds that both say that they can."""

    def test_a_file_and_a_folder(self):
        port = feiq.free_port("127.0.0.2")
        both = []
        for address, other in (("127.0.0.2", "127.0.0.3"), ("127.0.0.3", "127.0.0.2")):
            daemon = Daemon({"feiq": {"enabled": "true", "address": address, "port": port,
                                      "user": "u" + address[-1], "nick": "u" + address[-1],
                                      "host": "h", "broadcast": other, "retry-ms": 500,
                                      "encrypt-files": "true"}})
            self.addCleanup(daemon.close)
            client = Client(daemon)
            self.addCleanup(client.close)
            both.append((daemon, client))
        names = ["ann", "ben"]
        for (_, client), name in zip(both, names):
            client.log_in(name)
        content = random.Random(9).randbytes(300001)
        tree = {"说明.txt": "你好".encode(), "空": {}, "零": b""}
        for kind, data in (("file", content), ("folder", files.folder_stream("资料", tree, "utf-8"))):
            upload = FilesTest.upload
            upload(self, kind, "资料", data, to="u3", client=both[0][1])
            while not (event := both[1][1].next()).startswith("3#16#"):
                pass
            number = int(event.split("#", 3)[3].split(" ")[0])
            both[1][1].ask(f"1#19#{number}")
            FilesTest.wait_for_state(self, number, "here", seconds=30, client=both[1][1])
            got = FilesTest.read(self, number, both[1][1])
            if kind == "folder":
                self.assertEqual(files.read_folder(got, "utf-8"), ("资料", tree))
            else:
                self.assertEqual(got, data)
        both[0][0].signal(signal.SIGUSR1)
        both[0][0].wait_for_log("files-encrypted 2")

    def row(self, number, client=None):
        return FilesTest.row(self, number, client)


if __name__ == "__main__":
    unittest.main()
