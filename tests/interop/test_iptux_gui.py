# SPDX-License-Identifier: GPL-2.0-or-later
"""chatd and iptux, the program with windows that people use, each on a host of its own: they see each
other, chat both ways in both encodings, exchange a file and a folder both ways, and leave. iptux's
windows are on a screen of their own (Xvfb); iptux_gui.py reads them and clicks there."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from network import Capture, skip

PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's python3-gi

for program, package in (("iptux", "iptux"), ("Xvfb", "xvfb"), ("dbus-run-session", "dbus-daemon")):
    if shutil.which(program) is None:
        skip(f"no program {program}; package {package}")
if not os.path.exists(PYTHON) or subprocess.run(
        [PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"], check=False,
        stderr=subprocess.DEVNULL).returncode != 0:
    skip("no accessibility bus from Python; packages python3-gi, gir1.2-atspi-2.0, at-spi2-core")

import test_iptux as lab  # noqa: E402 (it makes the network)

NODE = f"10.77.0.{lab.CHATD_HOST}"
NICK = "小林"
PLAN = os.urandom(200000)
TREE = {"说明.txt": "你好".encode(), "照片": {"一.jpg": os.urandom(70000)}}
REPORT = os.urandom(300000)
BACK = {"深": {"更深": {"x.bin": os.urandom(70000)}}, "说明.txt": b"2"}


class Screen:
    """An X server that only this test's programs talk to."""

    def __init__(self):
        end, other = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(other), "-nolisten", "tcp", "-noreset", "-screen", "0",
             "1400x1000x24"], pass_fds=[other], stderr=subprocess.DEVNULL)
        os.close(other)
        with os.fdopen(end) as numbers:
            number = numbers.readline().strip()
        if not number:
            self.process.wait()
            skip("Xvfb finds no display number that is free")
        self.display = ":" + number

    def close(self):
        self.process.terminate()
        self.process.wait()


class Person(lab.Iptux):
    COMMAND = ("dbus-run-session", "--", PYTHON, "-B", os.path.join(lab.HERE, "iptux_gui.py"))
    PATIENCE = 60

    def __init__(self, number, encoding, screen):
        self.runtime = tempfile.TemporaryDirectory(prefix="run")  # it is made with mode 700
        self.problems = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        super().__init__(number, NICK, encoding, DISPLAY=screen.display, GDK_BACKEND="x11",
                         GSETTINGS_BACKEND="memory", XDG_RUNTIME_DIR=self.runtime.name,
                         XDG_DATA_HOME=self.runtime.name, XDG_CONFIG_HOME=self.runtime.name,
                         XDG_CACHE_HOME=self.runtime.name)

    def errors(self):
        return self.problems

    def expect(self, line):
        try:
            super().expect(line)
        except AssertionError as error:
            self.problems.seek(0)
            raise AssertionError(f"{error}\n{self.problems.read()}") from None

    def quit(self):
        super().quit()
        self.problems.close()
        self.runtime.cleanup()


class WithWindows(lab.WithIptux):
    """Its helpers; what it tests is tested with windows here."""

    test_a_node_that_wrote_ascii_hears_each_in_its_own_encoding = None
    test_a_node_that_wrote_gbk_hears_what_iptux_heard_last = None
    test_files_and_folders_both_ways = None

    def setUp(self):
        self.screen = Screen()
        self.addCleanup(self.screen.close)

    def meet(self, encoding, nick):
        path = os.path.join(lab.folder.name, f"gui-{encoding}.pcap")
        capture = Capture(lab.network, path)
        self.addCleanup(capture.stop)
        daemon = lab.Daemon({"feiq": {"enabled": "true", "user": "chatd", "host": "SERVER",
                                      "nick": nick}})
        self.addCleanup(daemon.close)
        alice = lab.Client(daemon, local=True)
        self.addCleanup(alice.close)
        alice.socket.settimeout(Person.PATIENCE)
        alice.log_in("alice")
        person = Person(lab.UTF8_HOST, encoding, self.screen)
        self.addCleanup(person.quit)
        person.expect(f"online {NODE} {nick}")
        self.next_event(alice, f"3#1#{NICK}")
        person.tell(f"open {NODE}")
        self.chat(alice, person)
        self.take_from(alice, person)
        self.give_to(alice, person)
        return daemon, alice, person, capture

    def chat(self, alice, person):
        for text in ("你好，我是小林。", "@alice 只给你"):
            person.tell(f"msg {NODE} {text}")
            self.assertEqual(self.next_message(alice),
                             f"3#3#{NICK}#{text.removeprefix('@alice ')}")
        for to, text in ((NICK, "你好，小林"), ("*", "大家好")):
            self.assertEqual(alice.ask(f"1#3#{to}#{text}")[0], 0)
            person.expect(f"message {NODE} alice: {text}")

    def take_from(self, alice, person):
        lab.write_tree(person.path("报告.doc"), REPORT)
        lab.write_tree(person.path("文件夹"), BACK)
        for called in ("报告.doc", "文件夹"):
            person.tell(f"offer {NODE} {called}")
            event = self.next_event(alice, f"3#16#{NICK}#")
            self.assertTrue(event.endswith(" " + called), event)
            number = event.split("#")[3].split(" ")[0]
            self.assertEqual(alice.ask(f"1#19#{number}")[0], 0)
            self.next_event(alice, f"3#17#{NICK}#{number} here")
            data = b""
            while piece := lab.base64.b64decode(alice.ask(f"1#20#{number}#{len(data)}")[1][1]):
                data += piece
            if called == "报告.doc":
                self.assertEqual(data, REPORT)
            else:
                self.assertEqual(lab.files.read_folder(data, "utf-8"), (called, BACK))

    def give_to(self, alice, person):
        received = person.path("received")
        for kind, called, data in (
                ("file", "计划.bin", PLAN),
                ("folder", "资料", lab.files.folder_stream("资料", TREE, "utf-8"))):
            if kind == "folder":
                # iptux 0.8.3 crashes where it has to make a folder: AnalogFS::mkdir calls itself
                lab.write_tree(os.path.join(received, called), lab.folders_of(TREE))
            status, lines = alice.ask(f"1#17#{NICK}#{kind}#{len(data)}#1505491163#{called}")
            self.assertEqual(status, 0, lines)
            number = lines[0].split(" ")[0]
            for at in range(0, len(data), 45000):
                piece = lab.base64.b64encode(data[at:at + 45000]).decode()
                self.assertEqual(alice.ask(f"1#18#{number}#{at}#{piece}")[0], 0)
            person.expect(f"offered {NODE} {called}")
            person.expect(f"received {NODE} {called}")
            self.next_event(alice, f"3#17#{NICK}#{number} done")
        self.assertEqual(lab.read_tree(received), {"计划.bin": PLAN, "资料": TREE})

    def check_gui(self, path, encoding):
        datagrams = [each for each in lab.decode(path) if each.get("udp.dstport") == "2425"]
        for each in datagrams:
            self.assertFalse(lab.wrong_things() & set(each), each)
        texts = {each["feiq.encoding"] for each in datagrams
                 if each["ip.src"] != NODE and "小林" in str(each.get("feiq.text"))}
        self.assertEqual(texts, {encoding})
        numbers = [each["feiq.packet_number"] for each in datagrams
                   if each["ip.src"] == NODE and each["feiq.command_word"] == "288"]
        self.assertEqual(len(numbers), len(set(numbers)), "iptux did not acknowledge")

    def test_in_utf8_and_the_person_leaves(self):
        _, alice, person, capture = self.meet("utf-8", "office")
        person.quit()
        self.assertEqual(person.count("does not quit"), 0)
        self.next_event(alice, f"3#2#{NICK}")
        capture.stop()
        self.check_gui(capture.path, lab.UTF8)

    def test_in_gbk_and_the_node_leaves(self):
        daemon, _, person, capture = self.meet("gbk", "服务")
        daemon.stop()
        person.expect(f"offline {NODE}")
        capture.stop()
        self.check_gui(capture.path, lab.GB18030)


if __name__ == "__main__":
    try:
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(WithWindows)
        result = unittest.TextTestRunner().run(suite)
    finally:
        lab.network.close()
        lab.folder.cleanup()
    sys.exit(0 if result.wasSuccessful() else 1)
