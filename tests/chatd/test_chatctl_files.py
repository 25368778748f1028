# SPDX-License-Identifier: GPL-2.0-or-later
"""chatctl files and image as their users call them: to and from a FeiQ user, and among chat users."""
import json
import os
import pty
import random
import select
import stat
import subprocess
import threading
import time
import unittest

import feiq_files as files
import feiq_peer as feiq
from feiq_files import fetch
from test_files import FilesTest

CHATCTL = os.environ["CHATCTL"]
DONE, FAILED, USAGE, UNREACHABLE, NOT_FOUND, NOT_ALLOWED = range(6)
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm")


class ChatctlFiles(FilesTest):
    def command(self, *arguments, nick="alice", tcp=False):
        place = (["--host", "127.0.0.1", "--port", str(self.daemon.ports["chat"])] if tcp
                 else ["--directory", self.daemon.path("run")])
        return [CHATCTL, *place, "--nick", nick, *arguments]

    def run_it(self, *arguments, **named):
        result = subprocess.run(self.command(*arguments, **named), env=ENVIRONMENT,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                check=False)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def write(self, name, content):
        path = self.daemon.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        os.utime(path, (1505491163, 1505491163))
        return path

    def read_file(self, path):
        with open(path, "rb") as file:
            return file.read()

    def read_tree(self, path):
        return {name: self.read_tree(os.path.join(path, name))
                if os.path.isdir(os.path.join(path, name))
                else self.read_file(os.path.join(path, name)) for name in os.listdir(path)}

    def folder(self, name):
        path = self.daemon.path(name)
        os.makedirs(path, exist_ok=True)
        return path


class Get(ChatctlFiles):
    def test_a_file_from_feiq(self):
        content = random.Random(1).randbytes(1000000)
        self.serve(lambda request, connection: connection.sendall(content[request[3]:]))
        _, found = self.offer((0, "说明.txt", len(content), files.FILE))
        number = str(found["说明.txt"])
        self.assertEqual(self.run_it("files")[:2],
                         (DONE, f"{number}  bob → alice  说明.txt  976.6\u00a0KiB  offered\n"))
        out = self.folder("out")
        self.assertEqual(self.run_it("files", "get", number, out),
                         (DONE, f"{out}/说明.txt\n", ""))
        self.assertEqual(self.read_file(f"{out}/说明.txt"), content)
        self.assertEqual(os.stat(f"{out}/说明.txt").st_mtime, 0x59bbf8db)
        self.assertEqual(os.listdir(out), ["说明.txt"])
        status, _, error = self.run_it("files", "get", number, out)
        self.assertEqual((status, "is there already" in error), (FAILED, True))
        self.assertEqual(self.run_it("--yes", "files", "get", number, out)[0], DONE)
        self.assertEqual(json.loads(self.run_it("--json", "files")[1])["state"], "done")

    def test_it_goes_on_after_chatctl_and_chatd_were_killed(self):
        content = random.Random(2).randbytes(4000000)

        def answer(request, connection):
            for at in range(request[3], len(content), 20000):
                connection.sendall(content[at:at + 20000])
                time.sleep(0.01)

        server = self.serve(answer)
        _, found = self.offer((0, "f", len(content), files.FILE))
        number, out = str(found["f"]), self.folder("out")
        sizes = []
        for kill_daemon in (False, True):
            with subprocess.Popen(self.command("files", "get", number, out), env=ENVIRONMENT,
                                  stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
                time.sleep(0.6)
                if kill_daemon:
                    self.daemon.kill()
                    self.assertEqual(process.wait(10), UNREACHABLE)
                    self.daemon.start()
                else:
                    process.kill()
            sizes.append(os.path.getsize(f"{out}/f.{number}.part"))
        self.assertTrue(0 < sizes[0] < sizes[1] < len(content), sizes)
        self.assertEqual(self.run_it("--json", "files", "get", number, out)[:2],
                         (DONE, json.dumps({"id": number, "size": str(len(content)),
                                            "path": f"{out}/f"}, separators=(",", ":")) + "\n"))
        self.assertEqual(self.read_file(f"{out}/f"), content)
        self.assertEqual(len(server.requests), 2)

    def test_a_folder_from_feiq(self):
        tree = {"说明.txt": "你好".encode(), "照片": {"1.jpg": bytes(100000), "空": {}}}
        stream = files.folder_stream("资料", tree)
        self.serve(lambda request, connection: connection.sendall(stream))
        _, found = self.offer((0, "资料", 0, files.FOLDER))
        out = self.folder("out")
        self.assertEqual(self.run_it("files", "get", str(found["资料"]), out),
                         (DONE, f"{out}/资料\n", ""))
        self.assertEqual(self.read_tree(out), {"资料": tree})

    def test_what_has_come_of_a_folder_is_saved(self):
        tree = {"一.txt": b"1" * 100000, "里": {"二": b"2" * 5, "三": b"3" * 100000}, "四": b"4"}
        stream = files.folder_stream("资料", tree)
        cut = stream.index(b"3333") + 5000
        self.serve(lambda request, connection: connection.sendall(stream[:cut]))
        self.daemon.settings["files"]["tries"] = 1
        self.daemon.write_config()
        self.daemon.signal(1)
        self.daemon.wait_for_log("read again")
        _, found = self.offer((0, "资料", 0, files.FOLDER), (1, "f", 9, files.FILE))
        number, out = str(found["资料"]), self.folder("out")
        status, _, error = self.run_it("files", "salvage", number, out)
        self.assertEqual((status, error), (FAILED, "chatctl: 资料: nothing of it has come\n"))
        status, _, error = self.run_it("files", "get", number, out)
        self.assertEqual((status, "broke off" in error), (FAILED, True))
        self.assertEqual(self.run_it("files", "salvage", number, out),
                         (DONE, f"{out}/资料\n", "chatctl: 资料: this is not all of it\n"))
        self.assertEqual(self.read_tree(out), {"资料": {"一.txt": tree["一.txt"], "里": {"二": b"22222"}}})
        self.assertEqual(self.run_it("files", "salvage", "99999", out)[0], NOT_FOUND)
        self.assertEqual(self.row(number)["state"], "failed", "nobody was asked")

    def test_a_folder_in_which_a_name_is_twice_leaves_nothing_behind(self):
        stream = (files.entry("f", 0, files.FOLDER) + files.entry("a", 1) + b"1"
                  + files.entry("a", 1) + b"2" + files.entry(".", 0, files.PARENT))
        self.serve(lambda request, connection: connection.sendall(stream))
        _, found = self.offer((0, "f", 0, files.FOLDER))
        out = self.folder("out")
        status, _, error = self.run_it("files", "get", str(found["f"]), out)
        self.assertEqual((status, error), (FAILED, "chatctl: f: a: the name is there twice\n"))
        self.assertEqual([name for name in os.listdir(out) if not name.endswith(".part")], [])

    def test_what_cannot_be_had(self):
        _, found = self.offer((0, "gone", 5, files.FILE), (1, "b", 1 << 40, files.FILE))
        self.daemon.settings["files"]["tries"] = 1
        self.daemon.write_config()
        self.daemon.signal(1)
        self.daemon.wait_for_log("read again")
        out = self.folder("out")
        status, _, error = self.run_it("files", "get", str(found["gone"]), out)
        self.assertEqual((status, error), (FAILED, "chatctl: gone: Connection refused\n"))
        status, _, error = self.run_it("files", "get", str(found["b"]), out)
        self.assertEqual((status, "files.largest-mib" in error), (NOT_ALLOWED, True))
        self.assertEqual(self.run_it("files", "get", "99999", out)[0], NOT_FOUND)
        self.assertEqual(self.run_it("files", "get", "x", out)[0], USAGE)
        self.assertEqual(self.run_it("files", "drop", str(found["gone"])), (DONE, "", ""))
        self.assertEqual(self.run_it("files", "get", str(found["gone"]), out)[0], NOT_ALLOWED)
        self.assertEqual(self.run_it("files", "get", str(found["b"]), nick="eve")[0], NOT_ALLOWED)

    def test_the_command_line(self):
        for arguments in (("get",), ("offer", "bob"), ("drop",), ("list", "x"), ("dance",)):
            status, _, error = self.run_it("files", *arguments)
            self.assertEqual((status, error.startswith("usage: chatctl files")), (USAGE, True))
        self.assertEqual(self.run_it("files", "offer", "bob", "/nonexistent")[0], USAGE)
        self.assertEqual(self.run_it("files", "offer", "nobody", CHATCTL)[0], NOT_FOUND)
        self.assertEqual(self.run_it("image", "bob", self.daemon.folder)[0], USAGE)


class Offer(ChatctlFiles):
    def test_a_file_to_feiq(self):
        content = random.Random(3).randbytes(200000)
        path = self.write("计划.bin", content)
        status, out, _ = self.run_it("files", "offer", "bob", path)
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual((status, out.split("  ")[1]), (DONE, "计划.bin offered to bob\n"))
        self.assertEqual(files.offered(message),
                         [(0, "计划.bin", 200000, 1505491163, files.FILE)])
        self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)), content)

    def test_several_at_once_over_tcp(self):
        paths = [self.write(f"f{i}", b"x" * i) for i in range(15)]
        status, out, error = self.run_it("--json", "files", "offer", "bob", *paths, tcp=True,
                                         nick="carol")
        self.assertEqual((status, error), (DONE, ""))
        self.assertEqual([json.loads(line)["name"] for line in out.splitlines()],
                         [f"f{i}" for i in range(15)])
        seen = set()
        for i in range(15):
            message = self.bob.expect(feiq.SENDMSG)
            while message.number in seen:  # sent again, since this test was slow
                message = self.bob.expect(feiq.SENDMSG)
            seen.add(message.number)
            self.assertEqual(files.offered(message)[0][1:3], (f"f{i}", i))
            self.assertEqual(fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0)),
                             b"x" * i)

    def test_a_folder_to_feiq(self):
        self.write("资料/说明.txt", "你好".encode())
        self.write("资料/照片/1.jpg", bytes(100000))
        os.makedirs(self.daemon.path("资料/空"))
        os.symlink("/etc/passwd", self.daemon.path("资料/link"))
        status, _, error = self.run_it("files", "offer", "bob", self.daemon.path("资料") + "/")
        self.assertEqual((status, "left out" in error), (DONE, True))
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(files.offered(message)[0][1::3], ("资料", files.FOLDER))
        got = fetch(self.bob, (files.GETDIRFILES, message.number, 0))
        self.assertEqual(files.read_folder(got),
                         ("资料", {"照片": {"1.jpg": bytes(100000)}, "空": {},
                                 "说明.txt": "你好".encode()}))

    def test_an_upload_goes_on_where_it_was_killed(self):
        path = self.write("big", random.Random(4).randbytes(60000000))
        with subprocess.Popen(self.command("files", "offer", "bob", path), env=ENVIRONMENT) as it:
            deadline = time.monotonic() + 10
            while not (lines := self.alice.ask("1#16")[1]) or lines[0].split("\t")[7] == "0":
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.11)
            it.send_signal(19)
            self.daemon.kill()
            it.kill()
        self.daemon.start()
        self.alice = self.user("alice")
        self.enter(self.bob)
        before = self.alice.ask("1#16")[1][0].split("\t")
        self.assertEqual(before[3], "uploading")
        self.assertTrue(0 < int(before[7]) < 60000000, before)
        self.assertEqual(self.run_it("files", "offer", "bob", path)[0], DONE)
        self.assertEqual(len(self.alice.ask("1#16")[1]), 1)
        message = self.bob.expect(feiq.SENDMSG)
        got = fetch(self.bob, (files.GETFILEDATA, message.number, 0, 0), seconds=30)
        self.assertEqual(got, self.read_file(path))

    def test_a_file_to_another_chat_user(self):
        self.user("carol")
        path = self.write("f", b"hello")
        self.assertEqual(self.run_it("files", "offer", "carol", path)[0], DONE)
        _, out, _ = self.run_it("--json", "files", nick="carol")
        row = json.loads(out)
        self.assertEqual((row["from"], row["to"], row["name"]), ("alice", "carol", "f"))
        out = self.folder("out")
        self.assertEqual(self.run_it("files", "get", row["id"], out, nick="carol")[0], DONE)
        self.assertEqual(self.read_file(f"{out}/f"), b"hello")
        self.assertEqual(self.row(row["id"])["state"], "done")


class Watch(ChatctlFiles):
    def test_offers_and_ends_are_shown(self):
        with subprocess.Popen(self.command("--count", "4", "watch", nick="eye"), env=ENVIRONMENT,
                              stdout=subprocess.PIPE) as watch:
            self.next_event("3#1#eye")
            number = self.upload("file", "计划.txt", b"x" * 2048, to="eye")
            self.bob.send(feiq.SENDMSG | feiq.SENDCHECK | files.FILEATTACH, b"@eye \0"
                          + files.file_list((0, "../x", 5, files.FILE)))
            lines = [line.decode().split(" ", 1)[1].rstrip("\n") for line in watch.stdout]
        self.assertEqual(lines, [
            "alice: [计划.txt (2048 bytes)]",
            f"alice offers file 计划.txt (2.0\u00a0KiB): chatctl files get {number}",
            "bob: [../x (5 bytes)]",
            f"bob file {number + 1} refused the name “../x” could leave the folder"])


class Bar(ChatctlFiles):
    def test_on_a_terminal_a_bar_shows_how_far_it_is(self):
        content = bytes(3000000)

        def answer(request, connection):
            for at in range(request[3], len(content), 100000):
                connection.sendall(content[at:at + 100000])
                time.sleep(0.03)

        self.serve(answer)
        _, found = self.offer((0, "一个名字很长很长很长很长的文件.txt", len(content), files.FILE))
        main, terminal = pty.openpty()
        with subprocess.Popen(self.command("files", "get", str(*found.values()),
                                           self.folder("out")),
                              stdin=terminal, stdout=terminal, stderr=terminal,
                              env=ENVIRONMENT) as process:
            os.close(terminal)
            seen = b""
            while True:
                try:
                    more = os.read(main, 4096)
                except OSError:
                    break
                if not more:
                    break
                seen += more
            self.assertEqual(process.wait(10), DONE)
        os.close(main)
        text = seen.decode()
        self.assertRegex(text, r"一个名字很长很长很长很… +[0-9]+% \[#+ *\] +[0-9.]+\s[KM]iB +[0-9.]+\s[KM]iB/s")
        self.assertTrue(text.endswith("一个名字很长很长很长很长的文件.txt\r\n"), text[-80:])


if __name__ == "__main__":
    unittest.main()
