# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of those who mean harm, or whose programs are broken: refused, with a reason."""
import os
import socket
import time
import unittest

import feiq_files as files
import feiq_peer as feiq
from feiq_files import fetch
from test_files import FilesTest


class Hostile(FilesTest):
    FILES = {"quota-mib": 8, "largest-mib": 4, "entries": 100, "tries": 2, "stall-seconds": 2,
             "connections": 6, "connections-per-address": 3}

    def spool(self):
        """Bytes in the spool, and its names."""
        folder = self.daemon.path("chatd.db.files")
        names = os.listdir(folder)
        return sum(os.path.getsize(os.path.join(folder, name)) for name in names), names

    def want(self, name, size, kind, answer):
        """What becomes of a file or folder that is fetched."""
        self.serve(answer)
        _, found = self.offer((0, name, size, kind))
        status, lines = self.alice.ask(f"1#19#{found[name]}")
        self.assertEqual(status, 0, lines)
        return self.wait_for_state(found[name], "here", "failed", "refused", seconds=30)

    def test_names_that_try_to_leave_the_folder(self):
        names = ("../x", "..", ".", "a/b", "..\\x", "C:\\x", "/etc/passwd", "x" * 256,
                 "a\u202eb")
        number = self.bob.send(feiq.SENDMSG | feiq.SENDCHECK | files.FILEATTACH, b"@alice \0"
                               + files.file_list(*[(i, name, 5, files.FILE)
                                                   for i, name in enumerate(names)],
                                                 encoding="utf-8"))
        self.assertEqual(self.bob.expect(feiq.RECVMSG).text, str(number).encode())
        for name in names:
            event = self.next_event("3#17#")
            self.assertIn(" refused the name “", event, name)
        rows = [line.split("\t") for line in self.alice.ask("1#16")[1]]
        self.assertEqual({row[3] for row in rows}, {"refused"})
        self.assertEqual(self.alice.ask(f"1#19#{rows[0][0]}")[0], 3)

    def test_names_within_a_folder_that_try_to_leave_it(self):
        for name in ("../x", "..", "a\\b", "a/b"):
            stream = (files.entry("f", 0, files.FOLDER) + files.entry(name, 1) + b"x"
                      + files.entry(".", 0, files.PARENT))
            server = files.FileServer(self.bob, lambda _, connection: connection.sendall(stream))
            _, found = self.offer((0, "f", 0, files.FOLDER))
            self.alice.ask(f"1#19#{found['f']}")
            row = self.wait_for_state(found["f"], "here", "failed", "refused")
            server.close()
            self.assertEqual(row["state"], "refused")
            self.assertIn("could leave the folder", row["reason"])
        self.assertEqual(self.spool(), (0, []))

    def test_a_folder_that_leads_above_itself_or_is_none(self):
        begin, end = files.entry("f", 0, files.FOLDER), files.entry(".", 0, files.PARENT)
        for stream, reason in ((end, "above the folder"),
                               (files.entry("a", 1) + b"x", "does not begin with the folder"),
                               (begin + b"nonsense" + end, "no header where one is due"),
                               (b"x" * 20000, "begins with no header"),
                               (begin * 70, "too deep"), (begin + files.entry("a") * 120, "many")):
            server = files.FileServer(self.bob, lambda _, connection: connection.sendall(stream))
            _, found = self.offer((0, "f", 0, files.FOLDER))
            self.alice.ask(f"1#19#{found['f']}")
            row = self.wait_for_state(found["f"], "here", "failed", "refused")
            server.close()
            self.assertEqual((row["state"], reason in row["reason"]), ("refused", True), row)

    def test_more_than_was_announced(self):
        row = self.want("f", 1000, files.FILE,
                        lambda _, connection: connection.sendall(bytes(1001)))
        self.assertEqual((row["state"], row["reason"]),
                         ("refused", "more came than the 1000 bytes that were announced"))

    def test_fewer_than_was_announced(self):
        def answer(request, connection):
            connection.sendall(bytes(max(0, 1000 - request[3])))

        row = self.want("f", 2000, files.FILE, answer)
        self.assertEqual((row["state"], row["here"]), ("failed", "1000"))
        self.assertRegex(row["reason"], "without sending|broke off after 1000 of 2000 bytes")

    def test_a_size_beyond_what_is_allowed_is_not_fetched(self):
        _, found = self.offer((0, "big", 5 << 20, files.FILE), (1, "huge", 1 << 62, files.FILE),
                              (2, "negative", 0xffffffffffffffff, files.FILE))
        for name in found:
            status, lines = self.alice.ask(f"1#19#{found[name]}")
            self.assertEqual(status, 3)
            self.assertIn("files.largest-mib", lines[0])

    def test_an_endless_folder(self):
        def answer(request, connection):
            connection.sendall(files.entry("f", 0, files.FOLDER))
            while True:
                connection.sendall(files.entry("x", 1000000) + bytes(1000000))

        row = self.want("f", 0, files.FOLDER, answer)
        self.assertEqual(row["state"], "refused")
        self.assertIn("files.largest-mib", row["reason"])
        self.assertEqual(self.spool(), (0, []))

    def test_one_who_says_nothing(self):
        row = self.want("f", 1000, files.FILE, lambda *_: time.sleep(3.5))
        self.assertEqual((row["state"], row["reason"]), ("failed", "nothing came for too long"))

    def test_the_quota_holds_and_what_is_done_makes_room(self):
        numbers = []
        for name in ("a", "b"):
            numbers.append(self.upload("file", name, bytes(3 << 20)))
        status, lines = self.alice.ask(f"1#17#bob#file#{3 << 20}#0#c")
        self.assertEqual(status, 8)
        self.assertIn("files.quota-mib=8", lines[0])
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(len(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0))), 3 << 20)
        self.wait_for_state(numbers[0], "done")
        self.upload("file", "c", bytes(3 << 20))
        self.assertEqual(self.row(numbers[0])["state"], "dropped")
        self.assertEqual(self.spool()[0], 6 << 20)

    def test_connections_are_limited_per_address_and_in_all(self):
        self.upload("file", "f", b"hello")
        message = self.bob.expect(feiq.SENDMSG)

        def connect(address):
            connection = socket.socket()
            connection.bind((address, 0))
            connection.settimeout(5)
            connection.connect(self.node)
            self.addCleanup(connection.close)
            return connection

        idle = [connect("127.0.0.9") for _ in range(3)]
        self.assertEqual(connect("127.0.0.9").recv(1), b"", "the fourth of one address")
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), b"hello")
        idle += [connect("127.0.0.8") for _ in range(3)]
        self.assertEqual(connect("127.0.0.7").recv(1), b"", "the seventh in all")
        start = time.monotonic()
        for each in idle:
            self.assertEqual(each.recv(1), b"", "who asks nothing is dropped")
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), b"hello")

    def test_one_who_does_not_read_is_dropped_and_delays_nobody(self):
        self.upload("file", "f", bytes(3 << 20))
        message = self.bob.expect(feiq.SENDMSG)
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.bind(("127.0.0.2", 0))
            slow.settimeout(10)
            slow.connect(self.node)
            slow.sendall(f"1:9:bob:BOBPC:96:{message.number:x}:0:0:\0".encode())
            time.sleep(0.3)
            start = time.monotonic()
            self.assertEqual(len(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0))),
                             3 << 20)
            self.assertLess(time.monotonic() - start, 2)
            self.daemon.wait_for_log("the receiver does not read")


if __name__ == "__main__":
    unittest.main()
