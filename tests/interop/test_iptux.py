# SPDX-License-Identifier: GPL-2.0-or-later
"""chatd and iptux's protocol engine on one network: they see each other, chat both ways in both
encodings, exchange a file and a folder both ways, and leave. What passed is decoded by feiqdump,
without a remark that anything is wrong."""
import base64
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import peer
from network import Capture, Network, skip

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 15
CHATD_HOST, UTF8_HOST, GBK_HOST = 1, 2, 3
UTF8, GB18030 = "1", "2"  # values of feiq.encoding

if not peer.PROGRAM:
    skip("not built; packages g++, libsigc++-2.0-dev, libjsoncpp-dev, iptux")
if os.geteuid() != 0:
    skip("network namespaces need root")
for tool in ("ip", "ethtool", "tcpdump"):
    if shutil.which(tool) is None:
        skip(f"no program {tool}")

network = Network(3)
folder = tempfile.TemporaryDirectory(prefix="interop")
wrapper = os.path.join(folder.name, "chatd")
with open(wrapper, "w", encoding="ascii") as script:
    script.write("#!/bin/sh\nexec ip netns exec %s %s \"$@\"\n"
                 % (network.host(CHATD_HOST), os.environ["CHATD"]))
os.chmod(wrapper, stat.S_IRWXU)
os.environ["CHATD"] = wrapper
sys.path.insert(0, os.path.join(HERE, "..", "chatd"))
import feiq_files as files  # noqa: E402
from daemon import Client, Daemon  # noqa: E402 (it looks at CHATD)


def read_tree(path):
    """A file's bytes, or {name: …} of a folder."""
    if os.path.isdir(path):
        return {name: read_tree(os.path.join(path, name)) for name in os.listdir(path)}
    with open(path, "rb") as file:
        return file.read()


def folders_of(tree):
    return {name: folders_of(each) for name, each in tree.items() if isinstance(each, dict)}


def write_tree(path, content):
    if isinstance(content, dict):
        os.mkdir(path)
        for name, each in content.items():
            write_tree(os.path.join(path, name), each)
    else:
        with open(path, "wb") as file:
            file.write(content)


class Iptux(peer.Iptux):
    """On a host of this network."""

    def __init__(self, number, nick, encoding, **more):
        super().__init__(network, number, nick, encoding, **more)


def wrong_things():
    """Names of the remarks that say that something is unusual or wrong."""
    path = os.path.join(HERE, "..", "..", "protocol", "feiq", "feiq_fields.def")
    with open(path, encoding="utf-8") as file:
        fields = re.split(r"\nFEIQ_FIELD\(", file.read())
    return {re.search(r'\.name = "([^"]*)"', field).group(1) for field in fields
            if re.search(r"FEIQ_REMARK\(FS_(NOTE|WARN|ERROR)", field)}


def decode(path):
    """The FeiQ datagrams of a capture, as feiqdump's JSON."""
    done = subprocess.run([os.environ["FEIQDUMP"], "-T", "json", "-Y", "feiq", path], check=True,
                          capture_output=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


class WithIptux(unittest.TestCase):
    def converse(self, nick, to_node):
        """A whole conversation; chatd's nickname decides in which encoding iptux writes to it."""
        path = os.path.join(folder.name, f"{to_node}.pcap")
        capture = Capture(network, path)
        self.addCleanup(capture.stop)
        lin = Iptux(UTF8_HOST, "小林", "utf-8")
        self.addCleanup(lin.quit)
        daemon = Daemon({"feiq": {"enabled": "true", "user": "chatd", "host": "SERVER",
                                  "nick": nick}})
        self.addCleanup(daemon.close)
        wang = Iptux(GBK_HOST, "小王", "gbk")
        self.addCleanup(wang.quit)
        for peer in (lin, wang):
            peer.expect(f"online 10.77.0.{CHATD_HOST} {nick}")
        alice = Client(daemon, local=True)
        self.addCleanup(alice.close)
        names = alice.log_in("alice")
        deadline = time.monotonic() + PATIENCE
        while not {"小林", "小王"} <= set(names):
            self.assertLess(time.monotonic(), deadline, names)
            time.sleep(0.1)
            names = [each.split(" ", 1)[1] for each in alice.ask("1#11")[1]]
        # it hears its own broadcasts, and knows them
        self.assertEqual(sorted(names), sorted(["alice", "小林", "小王"]))
        for peer, name in ((lin, "小林"), (wang, "小王")):
            text = f"你好，{name}"
            self.assertEqual(alice.ask(f"1#3#{name}#{text}")[0], 0)
            peer.expect(f"message 10.77.0.{CHATD_HOST} alice: {text}")
            peer.tell(f"msg 10.77.0.{CHATD_HOST} 我是{name}。")
            self.assertEqual(self.next_message(alice), f"3#3#{name}#我是{name}。")
            peer.tell(f"msg 10.77.0.{CHATD_HOST} @alice 只给你")
            self.assertEqual(self.next_message(alice), f"3#3#{name}#只给你")
        self.assertEqual(alice.ask("1#3#*#再见")[0], 0)
        for peer in (lin, wang):
            peer.expect(f"message 10.77.0.{CHATD_HOST} alice: 再见")
            self.assertEqual(peer.count(f"message 10.77.0.{CHATD_HOST} alice: 你好，小林"), 0)
        lin.quit()
        while alice.next() != "3#2#小林":
            pass
        daemon.stop()
        wang.expect(f"offline 10.77.0.{CHATD_HOST}")
        capture.stop()
        return decode(path)

    def exchange(self, nick, to_node):
        """A file and a folder from chatd to each peer, and back."""
        path = os.path.join(folder.name, f"files-{to_node}.pcap")
        capture = Capture(network, path)
        self.addCleanup(capture.stop)
        daemon = Daemon({"feiq": {"enabled": "true", "user": "chatd", "host": "SERVER",
                                  "nick": nick}})
        self.addCleanup(daemon.close)
        alice = Client(daemon, local=True)
        self.addCleanup(alice.close)
        alice.log_in("alice")
        for number, name, encoding in ((UTF8_HOST, "小林", "utf-8"), (GBK_HOST, "小王", "gbk")):
            peer = Iptux(number, name, encoding)
            self.addCleanup(peer.quit)
            peer.expect(f"online 10.77.0.{CHATD_HOST} {nick}")
            self.next_event(alice, f"3#1#{name}")
            self.give(alice, peer, name)
            self.take(alice, peer, name)
            peer.quit()
            self.next_event(alice, f"3#2#{name}")
        daemon.stop()
        capture.stop()
        return decode(path)

    def give(self, alice, peer, name):
        """From chatd to iptux."""
        content = os.urandom(200000)
        tree = {"说明.txt": "你好".encode(), "照片": {"一.jpg": os.urandom(70000), "空": {}}}
        for kind, called, data in (("file", "计划.bin", content),
                                   ("folder", "资料", files.folder_stream("资料", tree, "utf-8"))):
            status, lines = alice.ask(f"1#17#{name}#{kind}#{len(data)}#1505491163#{called}")
            self.assertEqual(status, 0, lines)
            number = lines[0].split(" ")[0]
            if kind == "folder":
                # iptux 0.8.3 crashes where it has to make a folder: AnalogFS::mkdir calls itself
                write_tree(peer.path(called), folders_of(tree))
            for at in range(0, len(data), 45000):
                piece = base64.b64encode(data[at:at + 45000]).decode()
                self.assertEqual(alice.ask(f"1#18#{number}#{at}#{piece}")[0], 0)
            size = len(data) if kind == "file" else sum(map(len, (tree["说明.txt"],
                                                                  tree["照片"]["一.jpg"])))
            peer.expect(f"offered 10.77.0.{CHATD_HOST} {kind} {size} {called}")
            peer.expect(f"received {called}")
            self.next_event(alice, f"3#17#{name}#{number} done")
        self.assertEqual(read_tree(peer.path("计划.bin")), content)
        self.assertEqual(read_tree(peer.path("资料")), tree)

    def take(self, alice, peer, name):
        """From iptux to chatd."""
        content = os.urandom(300000)
        tree = {"a:b": b"", "深": {"更深": {"x.bin": os.urandom(70000)}}, "说明.txt": b"2"}
        write_tree(peer.path("报告.doc"), content)
        write_tree(peer.path("文件夹"), tree)
        for called in ("报告.doc", "文件夹"):
            peer.tell(f"offer 10.77.0.{CHATD_HOST} {peer.path(called)}")
            event = self.next_event(alice, f"3#16#{name}#")
            number = event.split("#")[3].split(" ")[0]
            self.assertTrue(event.endswith(called), event)
            self.assertEqual(alice.ask(f"1#19#{number}")[0], 0)
            self.next_event(alice, f"3#17#{name}#{number} here")
            peer.expect("sent")
            data = b""
            while piece := base64.b64decode(alice.ask(f"1#20#{number}#{len(data)}")[1][1]):
                data += piece
            if called == "报告.doc":
                self.assertEqual(data, content)
            else:
                self.assertEqual(files.read_folder(data, "utf-8"), (called, tree))

    def next_event(self, client, beginning):
        while True:
            line = client.next()
            if line.startswith(beginning):
                return line

    def next_message(self, client):
        while True:
            line = client.next()
            if line.startswith("3#3#"):
                return line

    def check(self, datagrams, to_node):
        encodings = {f"10.77.0.{UTF8_HOST}": to_node, f"10.77.0.{GBK_HOST}": [GB18030]}
        from_chatd = [each for each in datagrams if each["ip.src"] == f"10.77.0.{CHATD_HOST}"]
        words = {each["feiq.command_word"] for each in from_chatd}
        self.assertLessEqual({"0", "6291457", "6291458", "6291459", "288", "33", "1056"}, words)
        for each in datagrams:
            self.assertFalse(wrong_things() & set(each), each)
        heard = {(each["ip.src"], each["feiq.encoding"]) for each in datagrams
                 if "我是" in str(each.get("feiq.text"))}
        self.assertIn((f"10.77.0.{GBK_HOST}", GB18030), heard)
        for source, encoding in heard:
            self.assertIn(encoding, encodings[source], heard)
        sent = [each for each in from_chatd if each["feiq.command_word"] == "288"]
        self.assertEqual(len(sent), len({each["feiq.packet_number"] for each in sent}),
                         "something was sent again: an acknowledgement was not understood")

    def test_a_node_that_wrote_ascii_hears_each_in_its_own_encoding(self):
        self.check(self.converse("office", "ascii"), [UTF8])

    def test_a_node_that_wrote_gbk_hears_what_iptux_heard_last(self):
        # in GBK from the node's broadcasts, in UTF-8 from its answers to who spoke UTF-8
        self.check(self.converse("服务", "gbk"), [GB18030, UTF8])

    def test_files_and_folders_both_ways(self):
        datagrams = self.exchange("服务", "gbk")
        commands = {each.get("feiq.command") for each in datagrams}
        self.assertLessEqual({hex(files.GETFILEDATA), hex(files.GETDIRFILES)}, commands)
        for each in datagrams:
            # what a server sends is decoded segment by segment here, without those before it
            wrong = wrong_things() - ({"feiq.dir.junk", "feiq.dir.malformed"}
                                      if each.get("tcp.srcport") == "2425" else set())
            self.assertFalse(wrong & set(each), each)


if __name__ == "__main__":
    try:
        program = unittest.main(exit=False)
    finally:
        network.close()
        folder.cleanup()
    sys.exit(0 if program.result.wasSuccessful() else 1)
