# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and folders between FeiQ users and chat users."""
import base64
import os
import random
import socket
import time
import unittest

import feiq_files as files
import feiq_peer as feiq
from feiq_files import FILEATTACH, FileServer, fetch
from test_node import NodeTest

PIECE = 45000


class FilesTest(NodeTest):
    """The node with a database, so that it can be killed."""

    FILES = {}

    def settings(self):
        return {"files": self.FILES}

    def setUp(self):
        super().setUp()
        self.daemon.stop()
        self.daemon.settings["storage"] = {"database": self.daemon.path("chatd.db")}
        self.daemon.start()
        self.alice = self.user("alice")
        self.enter(self.bob)
        self.alice.next()

    def serve(self, answer, peer=None):
        server = FileServer(peer or self.bob, answer)
        self.addCleanup(server.close)
        return server

    def offer(self, *entries, text="@alice ", peer=None):
        """bob offers files to alice; their numbers in the daemon, by name."""
        peer = peer or self.bob
        number = peer.send(feiq.SENDMSG | feiq.SENDCHECK | FILEATTACH,
                           text.encode(peer.encoding) + b"\0"
                           + files.file_list(*entries, encoding=peer.encoding))
        peer.expect(feiq.RECVMSG)
        found = {}
        while len(found) < len(entries):
            event = self.next_event("3#16#")
            number_here, _, _, name = event.split("#", 3)[3].split(" ", 3)
            found[name] = int(number_here)
        return number, found

    def next_event(self, *kinds, client=None):
        while True:
            event = (client or self.alice).next()
            if event.startswith(kinds):
                return event

    def row(self, number, client=None):
        """One file of the list, by the names of its columns."""
        names = ("id", "time", "kind", "state", "from", "to", "size", "here", "mtime", "name",
                 "reason")
        for line in (client or self.alice).ask("1#16")[1]:
            row = dict(zip(names, line.split("\t")))
            if row["id"] == str(number):
                return row
        raise AssertionError(f"no file {number}")

    def wait_for_state(self, number, *states, seconds=15, client=None):
        deadline = time.monotonic() + seconds
        while (row := self.row(number, client))["state"] not in states:
            self.assertLess(time.monotonic(), deadline, row)
            time.sleep(0.12)
        return row

    def progress(self, number):
        """How many bytes were here, from time to time, until all are."""
        here = []
        while (row := self.row(number))["state"] != "here":
            self.assertEqual(row["state"], "fetching", row)
            here.append(int(row["here"]))
            time.sleep(0.12)
        return [each for each in here if each > 0]

    def read(self, number, client=None):
        data = b""
        while True:
            status, lines = (client or self.alice).ask(f"1#20#{number}#{len(data)}")
            self.assertEqual(status, 0, lines)
            piece = base64.b64decode(lines[1])
            if not piece:
                return data
            data += piece

    def upload(self, kind, name, content, to="bob", client=None, size=None):
        client = client or self.alice
        status, lines = client.ask(f"1#17#{to}#{kind}#{size or len(content)}#1505491163#{name}")
        self.assertEqual(status, 0, lines)
        number, have = map(int, lines[0].split(" "))
        while have < len(content):
            piece = base64.b64encode(content[have:have + PIECE]).decode()
            status, lines = client.ask(f"1#18#{number}#{have}#{piece}")
            self.assertEqual(status, 0, lines)
            have = int(lines[0])
        return number


class FromFeiq(FilesTest):
    def test_a_file_is_fetched_when_it_is_wanted(self):
        content = random.Random(1).randbytes(300000)
        server = self.serve(lambda request, connection: connection.sendall(content))
        number, found = self.offer((0, "说明 1:2.txt", len(content), files.FILE))
        here = found["说明 1:2.txt"]
        self.assertEqual(self.row(here)["state"], "offered")
        self.assertEqual(server.requests, [])
        status, lines = self.alice.ask(f"1#19#{here}")
        self.assertEqual((status, lines[0].split(" ")[:3]), (0, ["fetching", "file", "300000"]))
        self.assertEqual(self.next_event("3#17#"), f"3#17#bob#{here} here")
        self.assertEqual(server.requests, [[files.GETFILEDATA, number, 0, 0]])
        self.assertEqual(self.read(here), content)
        self.assertEqual(self.row(here)["state"], "done")

    def test_several_files_of_one_message(self):
        contents = {0: b"zero", 10: b"ten" * 1000, 11: b""}
        server = self.serve(lambda request, connection: connection.sendall(contents[request[2]]))
        _, found = self.offer(*[(each, f"f{each}", len(content), files.FILE)
                                for each, content in contents.items()])
        for each, content in contents.items():
            self.alice.ask(f"1#19#{found[f'f{each}']}")
            self.wait_for_state(found[f"f{each}"], "here")
            self.assertEqual(self.read(found[f"f{each}"]), content)
        self.assertEqual(len(server.requests), 2, "an empty file need not be asked for")

    def test_it_goes_on_where_it_broke_off(self):
        content = random.Random(2).randbytes(400000)
        pieces = [150000, 100000, 1, 400000]

        def answer(request, connection):
            connection.sendall(content[request[3]:request[3] + pieces.pop(0)])

        server = self.serve(answer)
        number, found = self.offer((3, "f", len(content), files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(server.requests, [[files.GETFILEDATA, number, 3, offset]
                                           for offset in (0, 150000, 250000, 250001)])
        self.assertEqual(self.read(found["f"]), content)

    def test_it_goes_on_after_a_kill(self):
        content = random.Random(3).randbytes(3000000)
        offsets = []

        def answer(request, connection):
            offsets.append(request[3])
            for at in range(request[3], len(content), 20000):
                connection.sendall(content[at:at + 20000])
                time.sleep(0.01)

        self.serve(answer)
        _, found = self.offer((0, "f", len(content), files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        for _ in range(3):
            time.sleep(0.3)
            self.daemon.kill()
            self.daemon.start()
        self.alice = self.user("alice")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(self.read(found["f"]), content)
        self.assertEqual(len(offsets), 4)
        self.assertEqual(offsets, sorted(set(offsets)), "each went on where the one before ended")

    def test_a_sender_that_does_not_know_offsets_begins_anew(self):
        """The official program (version 1) sends a file from its start, whatever the offset."""
        content = random.Random(2).randbytes(400000)
        pieces = [150000, 100000, 400000]
        dora = self.peer("127.0.0.3", user="dora", version="1")
        self.enter(dora)
        server = self.serve(lambda request, connection: connection.sendall(content[:pieces.pop(0)]),
                            dora)
        number, found = self.offer((3, "f", len(content), files.FILE), peer=dora)
        self.alice.ask(f"1#19#{found['f']}")
        here = self.progress(found["f"])
        self.assertEqual(here, sorted(here), "what had come was not lost")
        self.assertIn(150000, here)
        self.assertEqual(server.requests, 3 * [[files.GETFILEDATA, number, 3, 0]])
        self.assertEqual(self.read(found["f"]), content)

    def test_a_file_that_became_another_is_not_pieced_together(self):
        contents = [b"a" * 100000, b"a" * 90000 + b"b" * 110000]
        dora = self.peer("127.0.0.3", user="dora", version="1")
        self.enter(dora)
        self.serve(lambda request, connection: connection.sendall(contents.pop(0)), dora)
        _, found = self.offer((3, "f", 200000, files.FILE), peer=dora)
        self.alice.ask(f"1#19#{found['f']}")
        row = self.wait_for_state(found["f"], "refused")
        self.assertEqual(row["reason"], "the file is not the one any more whose beginning came before")

    def test_what_came_of_a_folder_is_not_lost(self):
        tree = {"一": b"1" * 100000, "z": {"二": b"2" * 100000, "三": b"3" * 100000}, "空": b""}
        stream = files.folder_stream("资料", tree)
        pieces = [250000, 120000, 0, len(stream)]
        self.serve(lambda request, connection: connection.sendall(stream[:pieces.pop(0)]))
        _, found = self.offer((0, "资料", 0, files.FOLDER))
        self.alice.ask(f"1#19#{found['资料']}")
        here = self.progress(found["资料"])
        self.assertEqual(here, sorted(here))
        self.assertGreater(here[0], 240000)
        self.assertEqual(files.read_folder(self.read(found["资料"]), "utf-8"), ("资料", tree))

    def test_a_folder_that_became_another(self):
        before = files.folder_stream("f", {"a": b"1" * 50000, "b": b"2" * 50000})
        tree = {"a": b"1" * 50000, "c": b"3" * 10}
        streams = [before[:-10], files.folder_stream("f", tree)]
        self.serve(lambda request, connection: connection.sendall(streams.pop(0)))
        _, found = self.offer((0, "f", 0, files.FOLDER))
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(files.read_folder(self.read(found["f"]), "utf-8"), ("f", tree))

    def test_a_number_that_was_meant_in_hexadecimal(self):
        def answer(request, connection):
            if request[2] == 0x12:
                connection.sendall(b"hello")

        self.serve(answer)
        _, found = self.offer((12, "f", 5, files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")

    def test_what_nobody_serves_fails_and_may_be_asked_for_again(self):
        self.daemon.settings["files"]["tries"] = 2
        self.daemon.write_config()
        self.daemon.signal(1)
        self.daemon.wait_for_log("read again")
        _, found = self.offer((0, "f", 5, files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        row = self.wait_for_state(found["f"], "failed")
        self.assertIn("refused", row["reason"])
        self.serve(lambda request, connection: connection.sendall(b"hello"))
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")

    def test_dropping_all_of_a_message_releases_it(self):
        number, found = self.offer((0, "a", 5, files.FILE), (1, "b", 5, files.FILE))
        self.assertEqual(self.alice.ask(f"1#21#{found['a']}"), (0, []))
        self.assertNotIn(files.RELEASEFILES, [each.command for each in self.bob.collect(0.2)])
        self.assertEqual(self.alice.ask(f"1#21#{found['b']}"), (0, []))
        released = self.bob.expect(files.RELEASEFILES)
        self.assertEqual((released.word, released.text), (0x61, str(number).encode()))
        self.assertEqual(self.alice.ask(f"1#19#{found['a']}")[0], 3)

    def test_a_folder(self):
        tree = {"说明.txt": "你好".encode(), "照片": {"1.jpg": bytes(5000), "空": {}}, "z:1": b"z"}
        stream = files.folder_stream("资料", tree)
        self.serve(lambda request, connection: connection.sendall(stream))
        _, found = self.offer((0, "资料", 0, files.FOLDER))
        self.alice.ask(f"1#19#{found['资料']}")
        self.wait_for_state(found["资料"], "here")
        self.assertEqual(files.read_folder(self.read(found["资料"]), "utf-8"), ("资料", tree))

    def test_a_folder_behind_a_block_of_zeros_in_small_pieces(self):
        tree = {"a": b"1", "b": {"c": b"22"}}
        stream = b"0<" + bytes(4096) + files.folder_stream("f", tree)

        def answer(request, connection):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(stream), 7):
                connection.sendall(stream[at:at + 7])
                time.sleep(0.0005)

        self.serve(answer)
        _, found = self.offer((0, "f", 0, files.FOLDER))
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(files.read_folder(self.read(found["f"]), "utf-8"), ("f", tree))


class ToFeiq(FilesTest):
    def test_a_file(self):
        content = random.Random(4).randbytes(200000)
        number = self.upload("file", "说明: 1.txt", content)
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(message.word, 0x200120)
        self.assertEqual(message.text.decode("gbk"), "alice: [说明: 1.txt (200000 bytes)]")
        self.assertEqual(files.offered(message),
                         [(0, "说明: 1.txt", 200000, 1505491163, files.FILE)])
        got = fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0))
        self.assertEqual(got, content)
        self.assertEqual(self.next_event("3#17#"), f"3#17#bob#{number} done")

    def test_from_an_offset(self):
        content = random.Random(5).randbytes(100000)
        self.upload("file", "f", content)
        message = self.bob.expect(feiq.SENDMSG)
        for offset in (1, 50000, 99999):
            self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, offset)),
                             content[offset:])
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 100001)), b"")

    def test_however_the_request_ends(self):
        self.upload("file", "f", b"hello")
        message = self.bob.expect(feiq.SENDMSG)
        head = f"1:9:bob:BOBPC:96:{message.number:x}:0:0".encode()
        for request in (head, head + b":", head + b"\0", head + b":\0", head.upper() + b":"):
            self.assertEqual(fetch(self.bob, request), b"hello", request)

    def test_a_file_that_is_asked_for_as_a_folder(self):
        """As the official client asks where it can encrypt: one header, and no way back."""
        self.upload("file", "说明: 1.txt", b"hello")
        message = self.bob.expect(feiq.SENDMSG)
        got = fetch(self.bob, (files.GETDIRFILES, message.number, 0))
        self.assertEqual(got[5:].decode("gbk"),
                         "说明:: 1.txt:000000005:1:14=59bbf8db:16=59bbf8db:hello")
        self.assertEqual(int(got[:4], 16), len(got) - len(b"hello"))

    def test_a_receiver_that_breaks_off_has_not_got_it(self):
        content = bytes(20000000)
        number = self.upload("file", "f", content)
        message = self.bob.expect(feiq.SENDMSG)
        got = fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0), stop_after=100000)
        self.assertGreaterEqual(len(got), 100000)
        time.sleep(0.3)
        self.assertEqual(self.row(number)["state"], "offered")
        rest = fetch(self.bob, (files.GETFILEDATA, message.number, 0, len(got)))
        self.assertEqual(len(got + rest), len(content))
        self.wait_for_state(number, "done")

    def test_what_was_not_offered_is_not_served(self):
        self.upload("file", "f", b"hello")
        message = self.bob.expect(feiq.SENDMSG)
        eve = self.peer("127.0.0.3", user="eve")
        for peer, request in ((self.bob, (files.GETFILEDATA, message.number + 1, 0, 0)),
                              (self.bob, (files.GETFILEDATA, message.number, 1, 0)),
                              (self.bob, b"GET / HTTP/1.1\r\n\r\n"), (self.bob, b"\0" * 5000),
                              (self.bob, b"1:2:bob:BOBPC:288:hello\0"),
                              (eve, (files.GETFILEDATA, message.number, 0, 0))):
            self.assertEqual(fetch(peer, request), b"", request)
        self.assertIn("offered to somebody else", self.daemon.read_log())

    def test_a_folder_in_the_receivers_encoding(self):
        tree = {"说明.txt": "你好".encode(), "照片": {"1.jpg": bytes(5000)}, "a:b": b""}
        stream = files.folder_stream("资料", tree, "utf-8")
        number = self.upload("folder", "资料", stream)
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(files.offered(message), [(0, "资料", 5006, 1505491163, files.FOLDER)])
        got = fetch(self.bob, (files.GETDIRFILES, message.number, 0))
        self.assertEqual(files.read_folder(got), ("资料", tree))
        self.wait_for_state(number, "done")

    def test_an_offer_waits_for_who_is_away_and_survives_a_kill(self):
        self.bob.enter(feiq.BR_EXIT)
        self.next_event("3#2#bob")
        self.daemon.kill()
        self.daemon.start()
        self.alice = self.user("alice")
        self.enter(self.bob)  # known since it was written to
        self.alice.ask("1#3#bob#hi")
        self.bob.expect(feiq.SENDMSG)
        self.bob.enter(feiq.BR_EXIT)
        self.next_event("3#2#bob")
        number = self.upload("file", "f", b"hello")
        self.daemon.kill()
        self.daemon.start()
        self.enter(self.bob)
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(files.offered(message)[0][1], "f")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), b"hello")
        self.alice = self.user("alice")
        self.wait_for_state(number, "done")

    def test_an_upload_goes_on_after_a_kill(self):
        content = random.Random(6).randbytes(150000)
        status, lines = self.alice.ask(f"1#17#bob#file#{len(content)}#7#f")
        number = lines[0].split(" ")[0]
        piece = base64.b64encode(content[:PIECE]).decode()
        self.assertEqual(self.alice.ask(f"1#18#{number}#0#{piece}"), (0, [str(PIECE)]))
        self.daemon.kill()
        self.daemon.start()
        self.alice = self.user("alice")
        self.enter(self.bob)
        status, lines = self.alice.ask(f"1#17#bob#file#{len(content)}#7#f")
        self.assertEqual((status, lines), (0, [f"{number} {PIECE}"]))
        self.assertEqual(self.alice.ask(f"1#18#{number}#0#{piece}")[0], 2)
        for at in range(PIECE, len(content), PIECE):
            piece = base64.b64encode(content[at:at + PIECE]).decode()
            self.assertEqual(self.alice.ask(f"1#18#{number}#{at}#{piece}")[0], 0)
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), content)

    def test_a_user_who_does_not_want_it_releases_it(self):
        number = self.upload("file", "f", b"hello")
        message = self.bob.expect(feiq.SENDMSG)
        self.bob.send(files.RELEASEFILES, str(message.number).encode() + b"\0")
        self.assertEqual(self.next_event("3#17#"), f"3#17#bob#{number} dropped")
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), b"")

    def test_an_offer_that_is_withdrawn_is_not_served(self):
        number = self.upload("file", "f", b"hello")
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(self.alice.ask(f"1#21#{number}"), (0, []))
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), b"")


class OverIPv6(FilesTest):
    """chatd and bob both on ::1, each on a port of its own."""

    def setUp(self):
        self.NODE = {"address": "::1", "broadcast": "::1", "port": feiq.free_port("::1")}
        super().setUp()

    def enter(self, peer):
        if peer.address != "::1":
            peer.close()
            self.bob = peer = feiq.Peer("::1")
            self.peers.append(peer)
            peer.node = ("::1", self.daemon.ports["feiq"])
        return super().enter(peer)

    def test_chat_and_files_both_ways(self):
        self.assertEqual(self.alice.ask("1#3#bob#你好")[0], 0)
        self.assertEqual(self.bob.expect(feiq.SENDMSG).text, "alice: 你好".encode("gbk"))
        self.bob.say("@alice 好")
        self.assertEqual(self.next_event("3#3#"), "3#3#bob#好")
        content = random.Random(8).randbytes(200000)
        self.serve(lambda request, connection: connection.sendall(content[request[3]:]))
        _, found = self.offer((0, "f", len(content), files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        self.daemon.kill()
        self.daemon.start()
        self.alice = self.user("alice")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(self.read(found["f"]), content)
        self.enter(self.bob)
        number = self.upload("file", "g", content)
        message = self.bob.expect(feiq.SENDMSG)
        while not message.options & FILEATTACH:
            message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), content)
        self.wait_for_state(number, "done")


class Empty(FilesTest):
    def test_to_feiq(self):
        number = self.upload("file", "空", b"")
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(files.offered(message)[0][1:3], ("空", 0))
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), b"")
        self.wait_for_state(number, "done")

    def test_among_chat_users(self):
        carol = self.user("carol")
        number = self.upload("file", "空", b"", to="carol")
        self.assertEqual(self.next_event("3#16#", client=carol), f"3#16#alice#{number} file 0 空")
        self.assertEqual(self.read(number, carol), b"")
        self.assertEqual(self.next_event("3#17#"), f"3#17#carol#{number} done")


class AmongChatUsers(FilesTest):
    def test_from_one_to_another_and_to_nobody_else(self):
        carol, dave = self.user("carol"), self.user("dave")
        content = random.Random(7).randbytes(100000)
        number = self.upload("file", "f", content, to="carol")
        self.assertEqual(self.next_event("3#16#", client=carol),
                         f"3#16#alice#{number} file 100000 f")
        self.assertEqual(self.read(number, carol), content)
        self.assertEqual(self.next_event("3#17#"), f"3#17#carol#{number} done")
        for request in (f"1#19#{number}", f"1#20#{number}#0", f"1#21#{number}"):
            self.assertEqual(dave.ask(request)[0], 4)
        self.assertEqual(dave.ask("1#16"), (0, []))

    def test_requests_that_cannot_be(self):
        self.user("carol")
        for request, status in (("1#17#carol#file#5#0#../x", 2), ("1#17#carol#file#5#0#", 2),
                                ("1#17#carol#thing#5#0#x", 2), ("1#17#carol#file#-5#0#x", 2),
                                ("1#17#carol#file#5#0", 2), ("1#17#nobody#file#5#0#x", 4),
                                ("1#17#carol#file#99999999999#0#x", 3), ("1#18#77#0#YQ==", 4),
                                ("1#20#1", 2), ("1#19#x", 2), ("1#19", 2), ("1#16#x", 2)):
            got, lines = self.alice.ask(request)
            self.assertEqual((got, len(lines)), (status, 1), (request, lines))
        stranger = self.client()
        self.assertEqual(stranger.ask("1#16")[0], 5)
        number = self.alice.ask("1#17#carol#file#5#0#x")[1][0].split(" ")[0]
        for piece in ("", "!!!!", base64.b64encode(bytes(6)).decode()):
            self.assertEqual(self.alice.ask(f"1#18#{number}#0#{piece}")[0], 2, piece)


if __name__ == "__main__":
    unittest.main()
