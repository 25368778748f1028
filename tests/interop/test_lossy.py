# SPDX-License-Identifier: GPL-2.0-or-later
"""Two chatds, and libiptux-core where it is there, on a wire that loses, repeats and reorders frames
of UDP and TCP alike: no message is lost or comes twice, files and folders arrive whole, and a transfer
whose connection breaks, since one of the two is killed, goes on from where it was."""
import base64
import os
import random
import shutil
import sys
import tempfile
import time
import unittest

import peer
from lossy import LossyNetwork, wrapper
from network import Capture, skip

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "chatd"))

if os.geteuid() != 0:
    skip("network namespaces need root")
for tool in ("ip", "ethtool", "tcpdump"):
    if shutil.which(tool) is None:
        skip(f"no program {tool}")

import daemon as chatd  # noqa: E402
import feiq_files as files  # noqa: E402

PATIENCE = 60
MESSAGES = 40
PIECE = 45000
NAMES = {1: "甲", 2: "乙"}
FAST = {"retry-ms": 100, "retries": 30, "refresh": 1}  # FeiQ's 750 ms × 6 would take minutes
network = None
folder = None


class Host:
    """A chatd on a host, and a chat user there."""

    def __init__(self, test, number, user):
        self.name = NAMES[number]
        chatd.CHATD = wrapper(network, number, os.environ["CHATD"], folder.name)
        home = tempfile.TemporaryDirectory(prefix="lossy")
        test.addCleanup(home.cleanup)
        self.daemon = chatd.Daemon(
            {"feiq": {"enabled": "true", "user": f"chatd{number}", "host": f"SERVER{number}",
                      "nick": self.name, **FAST},
             "storage": {"database": os.path.join(home.name, "chatd.db")}}, home.name)
        self.command = chatd.CHATD
        test.addCleanup(self.daemon.close)
        self.user = user
        self.client = None
        self.log_in()
        test.addCleanup(lambda: self.client.close())

    def log_in(self):
        self.client = chatd.Client(self.daemon, local=True)
        self.client.socket.settimeout(PATIENCE)
        self.client.log_in(self.user)

    def kill(self):
        """kill -9, and a new start."""
        self.client.close()
        self.daemon.kill()
        chatd.CHATD = self.command
        self.daemon.start()
        self.log_in()

    def event(self, beginning):
        while not (line := self.client.next()).startswith(beginning):
            pass
        return line

    def wait_for_user(self, name):
        deadline = time.monotonic() + PATIENCE
        while f"feiq {name}" not in self.client.ask("1#11")[1]:
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} does not see {name}")
            time.sleep(0.1)

    def messages(self, sender, count, quiet=1.5):
        """The texts of the messages that come, until there are enough and then none for a while."""
        found = []
        while len(found) < count:
            found.append(self.event(f"3#3#{sender}#").split("#", 3)[3])
        while not self.client.is_silent(quiet):
            line = self.client.next()
            if line.startswith(f"3#3#{sender}#"):
                found.append(line.split("#", 3)[3])
        return found

    def offer(self, to, kind, name, content):
        status, lines = self.client.ask(f"1#17#{to}#{kind}#{len(content)}#1505491163#{name}")
        assert status == 0, lines
        number = lines[0].split(" ")[0]
        for at in range(0, len(content), PIECE):
            piece = base64.b64encode(content[at:at + PIECE]).decode()
            status, lines = self.client.ask(f"1#18#{number}#{at}#{piece}")
            assert status == 0, lines

    def row(self, number):
        status, lines = self.client.ask("1#16")
        assert status == 0, lines
        for line in lines:
            row = line.split("\t")
            if row[0] == number:
                return {"state": row[3], "here": int(row[7]), "reason": row[10]}
        raise AssertionError(f"no file {number}")

    def here(self, number, least):
        """Wait until so much of a file is here; returns how much."""
        deadline = time.monotonic() + PATIENCE
        while (row := self.row(number))["here"] < least and row["state"] != "here":
            if row["state"] == "failed" or time.monotonic() > deadline:
                raise AssertionError(row)
            time.sleep(0.12)  # more often may not be asked
        return row["here"]

    def read(self, number):
        data = b""
        while piece := base64.b64decode(self.client.ask(f"1#20#{number}#{len(data)}")[1][1]):
            data += piece
        return data


class Lossy(unittest.TestCase):
    def setUp(self):
        self.counts = dict(network.counts)
        self.first, self.second = Host(self, 1, "alice"), Host(self, 2, "bob")
        self.first.wait_for_user("乙")
        self.second.wait_for_user("甲")

    def tearDown(self):
        """What was to be tried was tried."""
        for what, before in self.counts.items():
            self.assertGreater(network.counts[what], before, what)

    def test_messages_both_ways(self):
        for i in range(MESSAGES):
            for host, other in ((self.first, "乙"), (self.second, "甲")):
                self.assertEqual(host.client.ask(f"1#3#{other}#第 {i} 条")[0], 0)
        for host, other, user in ((self.second, "甲", "alice"), (self.first, "乙", "bob")):
            self.assertEqual(host.messages(other, MESSAGES),
                             [f"{user}: 第 {i} 条" for i in range(MESSAGES)])

    def fetch(self, kind, name, content, disturb=None):
        """bob fetches what alice offers."""
        self.first.offer("乙", kind, name, content)
        event = self.second.event("3#16#甲#")
        self.assertTrue(event.endswith(" " + name), event)
        number = event.split("#")[3].split(" ")[0]
        self.assertEqual(self.second.client.ask(f"1#19#{number}")[0], 0)
        if disturb is not None:
            disturb(number)
        deadline = time.monotonic() + 2 * PATIENCE
        while (row := self.second.row(number))["state"] != "here":
            self.assertNotEqual(row["state"], "failed", row)
            self.assertLess(time.monotonic(), deadline, row)
            time.sleep(0.15)
        return self.second.read(number)

    def test_a_file(self):
        content = random.Random(1).randbytes(500000)
        self.assertEqual(self.fetch("file", "计划.bin", content), content)

    def test_a_folder(self):
        tree = {"说明.txt": "你好".encode(), "空": {},
                "深": {"更深": {f"{i}.bin": random.Random(i).randbytes(30000) for i in range(8)}}}
        stream = files.folder_stream("资料", tree, "utf-8")
        self.assertEqual(files.read_folder(self.fetch("folder", "资料", stream), "utf-8"),
                         ("资料", tree))

    def test_a_file_goes_on_after_each_side_was_killed(self):
        content = random.Random(2).randbytes(12000000)
        path = os.path.join(folder.name, "resume.pcap")
        capture = Capture(network, path, network.host(2), "eth0", ("tcp", "dst", "port", "2425"))
        self.addCleanup(capture.stop)
        had = []

        def disturb(number):
            had.append(self.second.here(number, len(content) // 12))
            self.second.kill()
            had.append(self.second.here(number, len(content) // 4))
            self.first.kill()

        self.assertEqual(self.fetch("file", "镜像.iso", content, disturb), content)
        self.assertLess(had[1], len(content), "it was over before it could be disturbed")
        capture.stop()
        with open(path, "rb") as file:
            requests = [part.split(b":")[2] for part in file.read().split(b":96:")[1:]]
        offsets = sorted({int(each, 16) for each in requests})
        self.assertEqual(offsets[0], 0)
        self.assertGreaterEqual(len(offsets), 3, offsets)  # it asked for the rest, twice
        self.assertGreaterEqual(offsets[1], had[0])
        self.assertGreaterEqual(offsets[2], had[1])


@unittest.skipUnless(peer.PROGRAM, "no program on libiptux-core; section [interop]")
class WithIptux(unittest.TestCase):
    """What chatd sends arrives. Of its own messages iptux 0.8.3 sends each twice at most, a second
    apart, and then forgets it; so what reached chatd's host is what chatd has to hand over, once."""

    def test_messages_and_files(self):
        first = Host(self, 1, "alice")
        lin = peer.Iptux(network, 3, "小林", "utf-8")
        self.addCleanup(lin.quit)
        first.wait_for_user("小林")
        lin.PATIENCE = PATIENCE
        lin.expect("online 10.77.0.1 甲")
        for i in range(10):
            self.assertEqual(first.client.ask(f"1#3#小林#第 {i} 条")[0], 0)
        for i in range(10):
            lin.expect(f"message 10.77.0.1 alice: 第 {i} 条")
        path = os.path.join(folder.name, "iptux.pcap")
        capture = Capture(network, path, network.host(1), "eth0", ("udp", "port", "2425"))
        self.addCleanup(capture.stop)
        for i in range(10):
            lin.tell(f"msg 10.77.0.1 收到 {i}")
        heard = first.messages("小林", 5, quiet=4)
        capture.stop()
        with open(path, "rb") as file:
            parts = {part.split(b"\0")[0] for part in file.read().split(b":288:")[1:]}
        texts = {f"收到 {i}" for i in range(10)}  # in UTF-8, or in GBK as chatd wrote to it
        self.assertEqual(sorted(heard), sorted(
            each for each in texts if parts & {each.encode(), each.encode("gbk")}))
        content = random.Random(3).randbytes(300000)
        first.offer("小林", "file", "计划.bin", content)
        lin.expect("received 计划.bin")
        with open(lin.path("计划.bin"), "rb") as file:
            self.assertEqual(file.read(), content)
        with open(lin.path("报告.doc"), "wb") as file:
            file.write(content[::-1])
        lin.tell(f"offer 10.77.0.1 {lin.path('报告.doc')}")
        number = first.event("3#16#小林#").split("#")[3].split(" ")[0]
        self.assertEqual(first.client.ask(f"1#19#{number}")[0], 0)
        first.event(f"3#17#小林#{number} here")
        self.assertEqual(first.read(number), content[::-1])


if __name__ == "__main__":
    network = LossyNetwork(3, seed=7, loss=0.1, twice=0.05, late=0.1)
    folder = tempfile.TemporaryDirectory(prefix="lossy")
    try:
        program = unittest.main(exit=False)
    finally:
        network.close()
        folder.cleanup()
    sys.exit(0 if program.result.wasSuccessful() else 1)
