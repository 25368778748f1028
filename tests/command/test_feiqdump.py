# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump's sources, exit statuses and errors."""

import json
import os
import struct
import subprocess
import tempfile
import unittest

FEIQDUMP = os.environ["FEIQDUMP"]

ARP = bytes.fromhex("ffffffffffff0011223344550806" "0001080006040001"
                    "0011223344550a0000010000000000000a000002")


def pcap(frames, magic=0xA1B2C3D4, snapshot=262144, linktype=1):
    """A capture of (seconds, fraction, bytes)."""
    data = struct.pack("<IHHiIII", magic, 2, 4, 0, 0, snapshot, linktype)
    for seconds, fraction, frame in frames:
        data += struct.pack("<IIII", seconds, fraction, len(frame), len(frame)) + frame
    return data


THREE = pcap([(1, 0, ARP), (2, 500000, ARP), (3, 0, ARP + bytes(18))])


def feiqdump(*arguments, stdin=b"", **more):
    return subprocess.run([FEIQDUMP, *arguments], input=stdin, capture_output=True, check=False,
                          **more)


class Sources(unittest.TestCase):
    def test_standard_input(self):
        done = feiqdump("-", stdin=THREE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 3)

    def test_several_files(self):
        with tempfile.TemporaryDirectory() as folder:
            names = [os.path.join(folder, name) for name in "ab"]
            for name in names:
                with open(name, "wb") as file:
                    file.write(THREE)
            for arguments in (names, ["-r", names[0], "-r", names[1]]):
                done = feiqdump("-T", "json", *arguments)
                packets = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual([p["frame.number"] for p in packets], list("123456"))
                self.assertEqual(packets[3]["frame.time_relative"], "0.000000000")

    def test_nanoseconds(self):
        done = feiqdump("-T", "json", "-", stdin=pcap([(5, 123456789, ARP)], 0xA1B23C4D))
        self.assertEqual(json.loads(done.stdout)["frame.time_epoch"], "5.123456789")

    def test_pcapng(self):
        def block(kind, body):
            body += bytes(-len(body) % 4)
            length = struct.pack("<I", len(body) + 12)
            return struct.pack("<I", kind) + length + body + length
        data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        data += block(1, struct.pack("<HHI", 1, 0, 0))
        data += block(6, struct.pack("<IIIII", 0, 0, 7000001, len(ARP), len(ARP)) + ARP)
        done = feiqdump("-T", "json", "-", stdin=data)
        self.assertEqual(json.loads(done.stdout)["frame.time_epoch"], "7.000001000")

    def test_count(self):
        for arguments in (["-c", "2"], ["-c2"], ["--count=2"]):
            done = feiqdump(*arguments, "-", stdin=THREE)
            self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_capture_filter(self):
        done = feiqdump("-r", "-", "len", ">", "50", stdin=THREE)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 1))

    def test_unknown_link_type(self):
        done = feiqdump("-", stdin=pcap([(1, 0, b"abc")], linktype=147))
        self.assertIn(b"link type 147, 3 bytes", done.stdout)
        self.assertEqual(done.returncode, 0)


class Statuses(unittest.TestCase):
    def check(self, done, status, said):
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(said, done.stderr.decode())

    def test_nothing(self):
        self.check(feiqdump("-", stdin=pcap([])), 1, "")
        self.check(feiqdump("-r", "-", "udp", stdin=THREE), 1, "")

    def test_no_file(self):
        done = feiqdump("/nonexistent/x.pcap")
        self.check(done, 2, "feiqdump: /nonexistent/x.pcap: No such file or directory\n")

    def test_no_capture(self):
        self.check(feiqdump("-", stdin=b"this is no capture, and it is long enough"), 2,
                   "unknown file format")

    def test_command_line(self):
        self.check(feiqdump(), 2, "name a capture")
        self.check(feiqdump("-T", "xml", "-"), 2, "-T xml")
        self.check(feiqdump("--nonsense", "-"), 2, "nonsense")
        for count in ("0", "-1", "x", "3x", ""):
            self.check(feiqdump("-c", count, "-"), 2, "not a number of packets")
        self.check(feiqdump("-r", "-", "prot", "nonsense", stdin=THREE), 2, "capture filter")

    def test_help(self):
        done = feiqdump("--help")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"Usage: feiqdump", done.stdout)
        self.assertRegex(feiqdump("--version").stdout, rb"^feiqdump \d+\.\d+\.\d+\n$")

    def test_cut_file(self):
        """A file cut anywhere: the whole packets are printed, then what is wrong."""
        starts = [24, 24 + 16 + 42, 24 + 2 * (16 + 42)]
        for length in range(1, len(THREE)):
            done = feiqdump("-", stdin=THREE[:length])
            whole = sum(length >= start + 16 + 42 for start in starts[:2])
            self.assertEqual(len(done.stdout.splitlines()), whole, length)
            if length in starts:
                self.assertEqual(done.returncode, 0 if whole else 1)
            elif length >= 24:
                self.check(done, 3, f"-: cannot be read beyond packet {whole}: truncated")
            else:
                self.assertIn(done.returncode, (2, 3))
                self.assertTrue(done.stderr)

    def test_damaged_and_good(self):
        with tempfile.NamedTemporaryFile() as bad, tempfile.NamedTemporaryFile() as good:
            bad.write(THREE[:90])
            good.write(THREE)
            bad.flush()
            good.flush()
            done = feiqdump(bad.name, good.name)
            self.check(done, 3, bad.name)
            self.assertEqual(len(done.stdout.splitlines()), 4)


class Output(unittest.TestCase):
    MANY = pcap([(i, 0, ARP) for i in range(20000)])

    def test_full_disk(self):
        for capture in (THREE, self.MANY):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([FEIQDUMP, "-"], input=capture, stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"cannot write the output: No space left on device", done.stderr)

    def test_closed_pipe(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.MANY)
            file.flush()
            with subprocess.Popen([FEIQDUMP, file.name], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as process:
                process.stdout.readline()
                process.stdout.close()
                self.assertEqual(process.stderr.read(), b"")
            self.assertEqual(process.returncode, 2)

    def test_nothing_is_lost(self):
        done = feiqdump("-", stdin=self.MANY)
        numbers = [int(line.split()[0]) for line in done.stdout.splitlines()]
        self.assertEqual(numbers, list(range(1, 20001)))


if __name__ == "__main__":
    unittest.main()
