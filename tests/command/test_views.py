# SPDX-License-Identifier: GPL-2.0-or-later
"""Views that say the same thing in different words say the same thing, on every sample."""

import glob
import json
import os
import re
import subprocess
import unicodedata
import unittest

FEIQDUMP = os.environ["FEIQDUMP"]
SAMPLES = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                        "..", "..", "samples", "*.pcap*")))
COLOUR = re.compile(r"\x1b\[\d*m")


def run(*arguments, **environment):
    done = subprocess.run([FEIQDUMP, *arguments], capture_output=True, check=False,
                          env={**os.environ, **environment})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def packets(sample, *arguments):
    """JSON objects of a sample; one that is cut short on purpose ends with status 3."""
    status, out, err = run("-T", "json", *arguments, sample)
    assert status in (0, 3), err
    return [json.loads(line) for line in out.splitlines()]


def values(value):
    return value if isinstance(value, list) else [value]


def frame_bytes(packet):
    return bytes.fromhex(values(packet["frame"])[0]["raw"])


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in line)


class Offsets(unittest.TestCase):
    def test_values_and_bytes(self):
        for sample in SAMPLES:
            plain = packets(sample)
            for number, packet in enumerate(packets(sample, "--offsets")):
                self.assertEqual(list(packet), list(plain[number]), sample)
                frame = frame_bytes(packet)
                self.assertEqual(len(frame), int(packet["frame.cap_len"]["value"]))
                for name, what in packet.items():
                    self.assertEqual([o["value"] for o in values(what)],
                                     values(plain[number][name]), (sample, number, name))
                    for one in values(what):
                        self.check_bytes(one, frame, (sample, number, name))

    def check_bytes(self, one, frame, where):
        if "offset" not in one:
            self.assertNotIn("raw", one, where)
            return
        first = one["offset"]
        last = (first * 8 + one.get("bit", 0) + one["bits"] + 7) // 8
        if "source" not in one:
            self.assertEqual(bytes.fromhex(one["raw"]), frame[first:last], where)
        raw = bytes.fromhex(one["raw"])
        if ("order" in one and "bit" not in one and one["bits"] % 8 == 0
                and re.fullmatch(r"\d+|0x[0-9a-f]+", one["value"])):
            self.assertEqual(int.from_bytes(raw, one["order"]), int(one["value"], 0), where)


class Hex(unittest.TestCase):
    @staticmethod
    def dumps(text):
        """Bytes of each packet of a hex dump, read from the text as text2pcap would; a packet's
        derived bytes are left out."""
        dumps = []
        derived = False
        for line in text.splitlines():
            derived = line != "" and (derived or line.startswith("Derived bytes"))
            if derived:
                continue
            row = re.match(r"([0-9a-f]{4,})  ((?:[0-9a-f]{2} ){1,16})", line)
            if row:
                if int(row[1], 16) == 0:
                    dumps.append(b"")
                assert len(dumps[-1]) == int(row[1], 16)
                dumps[-1] += bytes.fromhex(row[2])
        return dumps

    def test_bytes_come_back(self):
        for sample in SAMPLES:
            frames = [frame_bytes(p) for p in packets(sample, "--offsets")]
            for arguments in (["-x"], ["-x", "-v"], ["-x", "--color", "always"],
                              ["-xv", "--color", "always"]):
                _, out, _ = run(*arguments, sample)
                self.assertEqual(self.dumps(COLOUR.sub("", out)), frames, (sample, arguments))

    def test_letters_lie_under_their_field(self):
        """Under the bytes that a line of the tree names stands the letter that the line begins
        with, unless fields further in took them."""
        for sample in SAMPLES:
            for packet in run("-vx", sample)[1].split("\n\n"):
                marks = ""
                lines = packet.split("Derived bytes")[0].splitlines()
                for row, below in zip(lines, lines[1:]):
                    if re.match(r"[0-9a-f]{4,}  (?:[0-9a-f]{2} ){1,16}", row):
                        under = below[6:] if below.startswith("      ") else ""
                        marks += "".join(under[3 * i:3 * i + 2].ljust(2) for i in range(16))
                letters = re.findall(r"^([A-Za-z]) +(\d+)(?:-(\d+))? +[^ *]", packet, re.M)
                if len(letters) > 52:
                    continue  # they begin again
                for letter, first, last in letters:
                    places = [i // 2 for i, mark in enumerate(marks) if mark == letter]
                    for place in places:
                        self.assertGreaterEqual(place, int(first), (sample, letter))
                        self.assertLessEqual(place, int(last or first), (sample, letter))

    def test_colour_is_asked_for(self):
        for arguments, expected in ((["-x"], False), (["-x", "--color", "always"], True),
                                    (["-x", "--color", "never"], False)):
            _, out, _ = run(*arguments, SAMPLES[0])
            self.assertEqual("\x1b[" in out, expected, arguments)
            plain = run("-x", SAMPLES[0])[1]
            self.assertEqual(COLOUR.sub("", out), plain)


class Fields(unittest.TestCase):
    def test_same_as_json(self):
        for sample in SAMPLES:
            objects = packets(sample)
            names = sorted({name for packet in objects for name in packet})[:200]
            columns_ = [word for name in names for word in ("-e", name)]
            _, out, _ = run("-T", "fields", "-E", "header=y", "-E", "separator=\x1f",
                            "-E", "aggregator=\x1e", *columns_, sample)
            lines = out.rstrip("\n").split("\n")
            self.assertEqual(lines[0].split("\x1f"), names)
            self.assertEqual(len(lines), len(objects) + 1)
            for line, packet in zip(lines[1:], objects):
                for name, column in zip(names, line.split("\x1f")):
                    self.check(column, packet.get(name), (sample, name))

    def check(self, column, value, where):
        if value is None:
            self.assertEqual(column, "", where)
            return
        for shown, expected in zip(column.split("\x1e"), values(value)):
            if expected == "":
                continue  # layers have their title, groups and remarks a 1
            escaped = re.sub(r"[\x00-\x1f\x7f]", lambda c: {
                "\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r",
            }.get(c[0], f"\\x{ord(c[0]):02x}"), expected)
            self.assertEqual(shown, escaped, where)

    def test_mistakes(self):
        for arguments, said in ((["-T", "fields"], "name the fields"),
                                (["-T", "fields", "-e", "ip.sorce"], "ip.sorce"),
                                (["-e", "frame.number"], "-T fields"),
                                (["-T", "fields", "-e", "eth", "-E", "quote=x"], "quote=x"),
                                (["-T", "json", "-x"], "lines and trees"),
                                (["--offsets"], "-T json"),
                                (["--width", "39"], "39"), (["--color", "blue"], "blue")):
            status, out, err = run(*arguments, SAMPLES[0])
            self.assertEqual((status, out), (2, ""), arguments)
            self.assertIn(said, err)


class Drawings(unittest.TestCase):
    def test_width(self):
        """No line is wider than asked for, but the packet's own line before its drawing."""
        for sample in SAMPLES:
            for width in (80, 100, 150):
                _, out, _ = run("-T", "layout", "--width", str(width), sample)
                lines = out.splitlines()
                for i, line in enumerate(lines):
                    if i > 0 and lines[i - 1] != "":
                        self.assertLessEqual(columns(line), width, (sample, line))

    def test_width_from_environment(self):
        narrow = run("-T", "layout", SAMPLES[0], COLUMNS="60")[1]
        self.assertEqual(narrow, run("-T", "layout", "--width", "60", SAMPLES[0])[1])
        self.assertNotEqual(narrow, run("-T", "layout", "--width", "80", SAMPLES[0])[1])

    def test_port_read_wrongly(self):
        """2425 is 0x0979; who forgets ntohs reads 30985."""
        sample = next(s for s in SAMPLES if s.endswith("/chat.pcapng"))
        out = run("-T", "order", "-c", "1", sample)[1]
        self.assertRegex(out, r"Source Port +09 79 +2425 +0x7909 = 30985 +ntohs/htons")


if __name__ == "__main__":
    unittest.main()
