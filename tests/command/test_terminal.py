# SPDX-License-Identifier: GPL-2.0-or-later
"""What feiqdump makes of a terminal: colours, its width, and that this may change."""

import fcntl
import os
import pathlib
import pty
import select
import struct
import subprocess
import tempfile
import termios
import time
import unicodedata
import unittest

from captures import FEIQDUMP, IPV4, RAW, feiqdump, pcap

SAMPLE = str(pathlib.Path(__file__).resolve().parents[2] / "samples" / "chat.pcapng")
LIMIT = 30


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in line)


class Terminal:
    def __init__(self, *arguments, width=100, stdin=subprocess.DEVNULL, **environment):
        self.master, slave = pty.openpty()
        self.resize(width)
        settings = {name: value for name, value in os.environ.items()
                    if name not in ("NO_COLOR", "COLUMNS")}
        # A session of its own, whose terminal this is: so it is told of another width.
        self.process = subprocess.Popen(
            ["python3", "-c", "import fcntl,os,sys,termios; fcntl.ioctl(1, termios.TIOCSCTTY, 0); "
             "os.execv(sys.argv[1], sys.argv[1:])", FEIQDUMP, *arguments],
            stdin=stdin, stdout=slave, stderr=slave, start_new_session=True,
            env={**settings, "TERM": "xterm", **environment})
        os.close(slave)

    def resize(self, width):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))

    def read(self, until=None):
        """All that comes until a text did, or until the end."""
        data = b""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end and (until is None or until not in data):
            if not select.select([self.master], [], [], 0.2)[0]:
                continue
            try:
                more = os.read(self.master, 65536)
            except OSError:
                break
            if not more:
                break
            data += more
        return data.decode().replace("\r\n", "\n")

    def close(self):
        self.process.wait(LIMIT)
        os.close(self.master)

    def all(self):
        text = self.read()
        self.close()
        return text


class Colour(unittest.TestCase):
    def test_when(self):
        for options, environment, wanted in (
                ([], {}, True), ([], {"NO_COLOR": "1"}, False), ([], {"NO_COLOR": ""}, True),
                ([], {"TERM": "dumb"}, False), (["--color=never"], {}, False),
                (["--color=auto"], {}, True), (["--color=auto"], {"NO_COLOR": "1"}, False),
                (["--color=always"], {"NO_COLOR": "1"}, True),
                (["--colour", "always"], {"TERM": "dumb"}, True)):
            for view in (["-x"], ["-vx"], ["-T", "layout"], ["-T", "order"]):
                text = Terminal(*options, *view, "-c", "1", SAMPLE, **environment).all()
                self.assertEqual("\x1b[" in text, wanted, (options, view, environment))

    def test_not_into_a_pipe(self):
        for view in (["-x"], ["-vx"], ["-T", "layout"], ["-T", "order"]):
            self.assertNotIn(b"\x1b", feiqdump(*view, SAMPLE).stdout)


class Width(unittest.TestCase):
    def drawing(self, width, **more):
        return Terminal("-T", "layout", "--color=never", "-c", "1", SAMPLE, width=width, **more).all()

    def test_of_the_terminal(self):
        for width in (80, 110, 200):
            wanted = feiqdump("-T", "layout", "--width", str(width), "-c", "1", SAMPLE).stdout.decode()
            self.assertEqual(self.drawing(width), wanted)
        self.assertEqual(self.drawing(200, COLUMNS="80"), self.drawing(80))

    def test_another_one(self):
        """A window that is made wider while packets come."""
        one = pcap([(1, 0, IPV4)], linktype=RAW)
        record = one[24:]

        def wanted(width):
            return feiqdump("-T", "layout", "--width", str(width), "-", stdin=one).stdout.decode()

        def drawing(text):  # without the packet's own line
            return text.split("\n", 1)[1].strip("\n")

        self.assertNotEqual(wanted(80), wanted(160))
        terminal = Terminal("-T", "layout", "--color=never", "-", width=80, stdin=subprocess.PIPE)
        with terminal.process.stdin as pipe:
            pipe.write(one)
            pipe.flush()
            last = wanted(80).rstrip("\n").rsplit("\n", 1)[1].encode()
            self.assertEqual(drawing(terminal.read(until=last)), drawing(wanted(80)))
            terminal.resize(160)
            pipe.write(record)
            pipe.flush()
            pipe.close()
            self.assertEqual(drawing(terminal.read().strip("\n")), drawing(wanted(160)))
        terminal.close()

    def test_chinese_takes_two_columns(self):
        """What stands behind a name stands where it does behind any other."""
        capture = pcap([(0, 0, IPV4)], linktype=RAW)
        places = set()
        for name in ("host", "教室", "教a室b", "e\u0301cole", "ｶﾅ"):
            with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
                file.write(f"127.0.0.1 {name}\n")
                file.flush()
                done = feiqdump("--hosts", file.name, "-", stdin=capture)
            line = done.stdout.decode()
            self.assertIn(name, line)
            places.add((columns(line[:line.index("→")]), columns(line[:line.index("UDP")])))
        self.assertEqual(len(places), 1, places)


if __name__ == "__main__":
    unittest.main()
