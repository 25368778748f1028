# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to files in the middle of which something happens: they are not wanted any more, the
disk is full, whoever offered them leaves; and files beyond 4 GiB."""
import base64
import os
import socket
import sqlite3
import subprocess
import time
import unittest

import feiq_files as files
import feiq_peer as feiq
from feiq_files import fetch
from test_chatctl_files import DONE, FAILED, ChatctlFiles
from test_files import PIECE, FilesTest

GIB = 1 << 30


class Cancelled(FilesTest):
    def slowly(self, content, ended):
        def answer(request, connection):
            try:
                for at in range(request[3] if len(request) > 3 else 0, len(content), 10000):
                    connection.sendall(content[at:at + 10000])
                    time.sleep(0.02)
            except OSError:
                ended.append(request)
        return self.serve(answer)

    def test_what_comes_from_feiq_is_dropped(self):
        ended = []
        self.slowly(bytes(50000000), ended)
        number, found = self.offer((0, "f", 50000000, files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        while int(self.row(found["f"])["here"]) == 0:
            time.sleep(0.05)
        self.assertEqual(self.alice.ask(f"1#21#{found['f']}"), (0, []))
        self.assertEqual(self.bob.expect(files.RELEASEFILES).text, str(number).encode())
        deadline = time.monotonic() + 5
        while not ended:
            self.assertLess(time.monotonic(), deadline, "the connection is closed")
            time.sleep(0.05)
        self.assertEqual(self.row(found["f"])["here"], "0")
        self.assertEqual(os.listdir(self.daemon.path("chatd.db.files")), [])

    def test_an_upload_is_dropped(self):
        number = self.alice.ask("1#17#bob#file#100000#7#f")[1][0].split(" ")[0]
        piece = base64.b64encode(bytes(PIECE)).decode()
        self.assertEqual(self.alice.ask(f"1#18#{number}#0#{piece}")[0], 0)
        self.assertEqual(self.alice.ask(f"1#21#{number}"), (0, []))
        self.assertEqual(self.alice.ask(f"1#18#{number}#{PIECE}#{piece}")[0], 3)
        self.assertEqual(os.listdir(self.daemon.path("chatd.db.files")), [])
        self.assertNotIn(feiq.SENDMSG, [each.command for each in self.bob.collect(0.2)])

    def fetched_midway(self):
        """An offer of which bob has read the beginning: (connection, offer, number)."""
        number = self.upload("file", "f", bytes(20000000))
        offer = self.bob.expect(feiq.SENDMSG)
        connection = socket.create_connection(self.node, source_address=(self.bob.address, 0))
        self.addCleanup(connection.close)
        connection.settimeout(10)
        connection.sendall(f"1:9:bob:BOBPC:96:{offer.number:x}:0:0:\0".encode())
        self.assertTrue(connection.recv(1000))
        return connection, offer, number

    def rest(self, connection):
        """Bytes until it ends, read after the daemon had time to see that it is not wanted."""
        time.sleep(2.2)
        got = 0
        try:
            while data := connection.recv(1 << 20):
                got += len(data)
        except ConnectionResetError:
            pass
        return got

    def test_an_offer_is_withdrawn_while_it_is_fetched(self):
        connection, _, number = self.fetched_midway()
        self.assertEqual(self.alice.ask(f"1#21#{number}"), (0, []))
        self.assertLess(self.rest(connection), 15000000)
        self.daemon.wait_for_log("the offer was withdrawn")

    def test_an_offer_is_released_and_not_fetched_to_the_end(self):
        connection, offer, number = self.fetched_midway()
        connection.close()
        self.bob.send(files.RELEASEFILES, str(offer.number).encode() + b"\0")
        self.assertEqual(self.next_event("3#17#"), f"3#17#bob#{number} dropped")
        self.assertEqual(os.listdir(self.daemon.path("chatd.db.files")), [])


class OfferedByOneWhoLeaves(FilesTest):
    FILES = {"tries": 1}

    def test_it_goes_on_when_they_are_back_at_another_address(self):
        content = os.urandom(300000)
        server = self.serve(lambda request, connection: connection.sendall(content[request[3]:][:120000]))
        number, found = self.offer((0, "f", len(content), files.FILE))
        self.alice.ask(f"1#19#{found['f']}")
        while int(self.row(found["f"])["here"]) < 120000:
            time.sleep(0.05)
        server.close()
        self.bob.enter(feiq.BR_EXIT)
        row = self.wait_for_state(found["f"], "failed")
        self.assertGreaterEqual(int(row["here"]), 120000)
        self.assertEqual(self.next_event("3#17#").split("#")[2:][0], "bob")
        self.bob.socket.close()
        back = self.peer("127.0.0.3", user="bob")
        self.enter(back)
        again = self.serve(lambda request, connection: connection.sendall(content[request[3]:]), back)
        self.alice.ask(f"1#19#{found['f']}")
        self.wait_for_state(found["f"], "here")
        self.assertEqual(again.requests, [[files.GETFILEDATA, number, 0, int(row["here"])]])
        self.assertEqual(self.read(found["f"]), content)


class FullDisk(ChatctlFiles):
    """The spool is a file system of its own, of one mebibyte. It needs root."""

    FILES = {"tries": 1}

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to mount a small file system")
        super().setUp()
        self.daemon.stop()
        spool = self.daemon.path("chatd.db.files")
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", spool], check=False,
                              stderr=subprocess.PIPE)
        if made.returncode != 0:
            self.skipTest("cannot mount a small file system: " + made.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "-l", spool], check=False)
        self.spool = spool
        self.daemon.start()
        self.alice = self.user("alice")
        self.enter(self.bob)
        self.alice.next()

    def grow(self):
        subprocess.run(["mount", "-o", "remount,size=8M", self.spool], check=True)

    def test_a_file_from_feiq(self):
        content = os.urandom(3000000)
        server = self.serve(lambda request, connection: connection.sendall(content[request[3]:]))
        _, found = self.offer((0, "f", len(content), files.FILE))
        out = self.folder("out")
        status, _, error = self.run_it("files", "get", str(found["f"]), out)
        self.assertEqual((status, error), (FAILED, "chatctl: f: writing: No space left on device\n"))
        self.assertEqual(self.alice.ask("1#3#bob#still there")[0], 0)
        self.bob.expect(feiq.SENDMSG)
        self.grow()
        self.assertEqual(self.run_it("files", "get", str(found["f"]), out)[0], DONE)
        self.assertEqual(self.read_file(f"{out}/f"), content)
        self.assertGreater(server.requests[-1][3], 900000, "what was there was not fetched again")

    def test_a_file_to_feiq(self):
        content = os.urandom(2000000)
        path = self.write("f", content)
        status, _, error = self.run_it("files", "offer", "bob", path)
        self.assertEqual((status, "No space left on device" in error), (FAILED, True), error)
        self.grow()
        self.assertEqual(self.run_it("files", "offer", "bob", path)[0], DONE)
        offer = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, offer.number, 0, 0)), content)

    def test_an_image_is_not_acknowledged_before_there_is_room(self):
        from test_images import SENDIMAGE, SENDIMAGE_ACK, jpeg
        image = jpeg(30, 20, 1500)
        filler = self.spool + "/filler"
        with open(filler, "wb") as file:
            try:
                file.write(bytes(1 << 20))
                file.flush()
            except OSError:
                pass
        chunks = [f"00000077|{len(image)}|{at}|3|{at // 512 + 1}|{len(image[at:at + 512])}|0|2|0|"
                  "00000000#\0".encode() + image[at:at + 512] for at in range(0, len(image), 512)]
        for chunk in chunks:
            self.bob.send(SENDIMAGE | 0x200000, chunk)
        self.assertNotIn(SENDIMAGE_ACK, [each.command for each in self.bob.collect(0.3)])
        os.unlink(filler)
        for chunk in chunks:
            self.bob.send(SENDIMAGE | 0x200000, chunk)
        self.bob.say("@alice /~#>00000077<B~")
        number = self.next_event("3#16#").split("#")[3].split(" ")[0]
        self.assertEqual(self.read(number), image)


class Large(FilesTest):
    """Beyond 4 GiB, in files that are nearly all hole."""

    FILES = {"largest-mib": 16384, "quota-mib": 65536}
    SIZE = 5 * GIB + 1000

    def stretch(self, number, length):
        with open(self.daemon.path(f"chatd.db.files/{number}"), "ab") as file:
            file.truncate(length)

    def test_a_file_from_feiq_goes_on_beyond_4_gib(self):
        tail = os.urandom(1000)
        offsets = []

        def answer(request, connection):
            offsets.append(request[3])
            connection.sendall(b"x" * 10 if request[3] == 0 else tail[request[3] - 5 * GIB:])

        self.serve(answer)
        _, found = self.offer((0, "大文件", self.SIZE, files.FILE))
        number = found["大文件"]
        self.alice.ask(f"1#19#{number}")
        while int(self.row(number)["here"]) == 0:
            time.sleep(0.05)
        self.daemon.kill()
        self.stretch(number, 5 * GIB)
        self.daemon.start()
        self.alice = self.user("alice")
        row = self.wait_for_state(number, "here")
        self.assertEqual((row["size"], row["here"]), (str(self.SIZE), str(self.SIZE)))
        self.assertEqual(offsets[-1], 5 * GIB)
        status, lines = self.alice.ask(f"1#20#{number}#{5 * GIB}")
        self.assertEqual(base64.b64decode(lines[1]), tail)

    def test_a_file_to_feiq(self):
        number = self.upload("file", "big", b"y")
        offer = self.bob.expect(feiq.SENDMSG)
        self.daemon.stop()
        with sqlite3.connect(self.daemon.path("chatd.db")) as database:
            self.assertEqual(database.execute("UPDATE transfer SET size = ? WHERE id = ?",
                                              (self.SIZE, number)).rowcount, 1)
        database.close()
        self.stretch(number, 5 * GIB)
        with open(self.daemon.path(f"chatd.db.files/{number}"), "ab") as file:
            file.write(b"e" * 1000)
        self.daemon.start()
        self.enter(self.bob)
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, offer.number, 0, 5 * GIB - 5)),
                         bytes(5) + b"e" * 1000)
        got = fetch(self.bob, (files.GETFILEDATA, offer.number, 0, 4 * GIB - 1), stop_after=100000)
        self.assertEqual(got, bytes(100000))

    def test_sizes_of_folders_entries(self):
        """A folder's header says more than 4 GiB, and the folder is refused before it is all read."""
        self.daemon.settings["files"]["largest-mib"] = 4096
        self.daemon.write_config()
        self.daemon.signal(1)
        self.daemon.wait_for_log("read again")
        stream = files.entry("f", 0, files.FOLDER) + files.entry("a", 5 * GIB)
        self.serve(lambda request, connection: connection.sendall(stream))
        _, found = self.offer((0, "f", 0, files.FOLDER))
        self.alice.ask(f"1#19#{found['f']}")
        row = self.wait_for_state(found["f"], "refused")
        self.assertIn("files.largest-mib", row["reason"])


if __name__ == "__main__":
    unittest.main()
