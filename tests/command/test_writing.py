# SPDX-License-Identifier: GPL-2.0-or-later
"""What -w writes is what was read; rotation; -F and -d."""

import pathlib
import re
import struct
import subprocess
import tempfile
import unittest

from captures import ARP, FEIQDUMP, IPV4, RAW, Pcapng, feiqdump, packets, pcap

MANY = pcap([(i, 7, ARP) for i in range(10)], 0xA1B23C4D)


def mixed():
    ng = Pcapng(">")
    return (ng.section() + ng.interface(1, 500, (2, b"eth0"), (3, b"the first"))
            + ng.interface(RAW, 0, (9, b"\x09")) + ng.packet(7000001, ARP, comments=("a", "二"))
            + ng.packet(7000000001, IPV4, 1, reported=60))


class Writing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def numbers(self):
        """Seconds of the packets in each file, in the order of the names."""
        return [[int(float(packet["frame.time_epoch"])) for packet in packets(self.folder / name)]
                for name in self.names()]

    def write(self, *arguments, stdin=MANY, name="out.pcapng"):
        done = feiqdump("-w", self.folder / name, *arguments, "-", stdin=stdin)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done

    def test_pcapng_keeps_everything(self):
        done = self.write("-T", "json", stdin=mixed())
        self.assertEqual(feiqdump("-T", "json", self.folder / "out.pcapng").stdout, done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_tshark_agrees(self):
        try:
            self.write("-q", stdin=mixed())
            done = subprocess.run(["tshark", "-r", self.folder / "out.pcapng", "-T", "fields",
                                   "-e", "frame.time_epoch", "-e", "frame.comment", "-e",
                                   "frame.interface_name", "-e", "frame.len", "-E",
                                   "separator=;"], capture_output=True, check=True)
        except FileNotFoundError:
            self.skipTest("tshark is not installed")
        self.assertEqual(done.stdout.decode().splitlines(),
                         ["7.000001000;a,二;eth0;42", "7.000000001;;unknown;60"])

    def test_pcap(self):
        for name, options in (("out.pcap", []), ("out.cap", []),
                              ("out", ["--write-format", "pcap"])):
            self.write("-q", *options, name=name)
            data = (self.folder / name).read_bytes()
            self.assertEqual(data[:4], struct.pack("=I", 0xA1B23C4D))
            self.assertEqual(packets(self.folder / name), packets("-", stdin=MANY))

    def test_pcap_holds_one_link_type(self):
        done = feiqdump("-w", self.folder / "out.pcap", "-", stdin=mixed())
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"one link type only, here 1 and 101", done.stderr)
        self.assertEqual(len(packets(self.folder / "out.pcap")), 1)

    def test_only_what_matches(self):
        done = self.write("-Y", "frame.time_epoch == 4.000000007")
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertEqual(self.numbers(), [[4]])

    def test_nothing(self):
        for name in ("out.pcap", "out.pcapng"):
            done = feiqdump("-w", self.folder / name, "-", stdin=pcap([]))
            self.assertEqual(done.returncode, 1)
            done = feiqdump(self.folder / name)
            self.assertEqual((done.returncode, done.stderr), (1, b""))

    def test_several_files_into_one(self):
        (self.folder / "a").write_bytes(mixed())
        (self.folder / "b").write_bytes(MANY)
        done = feiqdump("-w", self.folder / "out", self.folder / "a", self.folder / "b")
        self.assertEqual(done.returncode, 0)
        found = packets(self.folder / "out")
        self.assertEqual([packet.get("frame.interface_id") for packet in found],
                         ["0", "1"] + ["2"] * 10)

    def test_standard_output(self):
        done = feiqdump("-w", "-", "-", stdin=MANY)
        self.assertEqual(packets("-", stdin=done.stdout), packets("-", stdin=MANY))

    def test_rotation_by_packets(self):
        self.write("-q", "-b", "packets:4")
        self.assertEqual(self.numbers(), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        for number, name in enumerate(self.names(), 1):
            self.assertRegex(name, rf"^out_{number:05}_\d{{14}}\.pcapng$")

    def test_rotation_by_time(self):
        self.write("-q", "-b", "duration:5")
        self.assertEqual(self.numbers(), [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]])

    def test_rotation_by_size(self):
        self.write("-q", "-b", "filesize:1", stdin=pcap([(i, 0, ARP) for i in range(100)]),
                   name="out.pcap")
        sizes = [(self.folder / name).stat().st_size for name in self.names()]
        self.assertEqual(sum(self.numbers(), []), list(range(100)))
        for size in sizes[:-1]:
            self.assertTrue(1000 <= size < 1000 + 16 + len(ARP), sizes)

    def test_ring(self):
        self.write("-q", "-b", "packets:2", "-b", "files:3")
        self.assertEqual(self.numbers(), [[4, 5], [6, 7], [8, 9]])
        self.assertTrue(all(re.match(r"out_0000[345]_", name) for name in self.names()))

    def test_stop_by_size(self):
        self.write("-q", "-a", "filesize:1", stdin=pcap([(i, 0, ARP) for i in range(100)]),
                   name="out.pcap")
        size = (self.folder / "out.pcap").stat().st_size
        self.assertTrue(1000 <= size < 1000 + 16 + len(ARP), size)

    def test_stop_by_packets(self):
        done = self.write("-a", "packets:3")
        self.assertEqual((self.numbers(), len(done.stdout.splitlines())), ([[0, 1, 2]], 3))

    def test_stop_by_files(self):
        done = self.write("-b", "packets:3", "-a", "files:2")
        self.assertEqual(self.numbers(), [[0, 1, 2], [3, 4, 5]])
        self.assertEqual(len(done.stdout.splitlines()), 6)

    def test_stop_by_files_of_some_seconds(self):
        """What is printed is what is written."""
        done = self.write("-b", "duration:4", "-a", "files:2")
        self.assertEqual(self.numbers(), [[0, 1, 2, 3], [4, 5, 6, 7]])
        self.assertEqual(len(done.stdout.splitlines()), 8)

    def test_what_is_read_is_not_overwritten(self):
        capture = self.folder / "capture"
        capture.write_bytes(MANY)
        link = self.folder / "link"
        link.symlink_to(capture)
        hard = self.folder / "hard"
        hard.hardlink_to(capture)
        for name in (capture, link, hard):
            done = feiqdump("-q", "-w", name, capture)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"this is also a capture to be read", done.stderr)
        with open(capture, "ab") as end:
            done = subprocess.run([FEIQDUMP, "-w", "-", capture], stdout=end,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(capture.read_bytes(), MANY)

    def test_a_missing_capture_does_not_keep_the_others_from_being_written(self):
        (self.folder / "a").write_bytes(MANY)
        done = feiqdump("-w", self.folder / "out", self.folder / "none", self.folder / "a")
        self.assertEqual(done.returncode, 2)
        self.assertEqual((len(done.stdout.splitlines()), len(packets(self.folder / "out"))),
                         (10, 10))

    def test_many_comments(self):
        ng = Pcapng()
        comments = [f"comment {i}" for i in range(100)]
        self.write("-q", stdin=ng.section() + ng.interface() + ng.packet(1, ARP, comments=comments))
        self.assertEqual(packets(self.folder / "out.pcapng")[0]["frame.comment"], comments)

    def test_refused(self):
        there = str(self.folder)
        for arguments, said in ((["-w", f"{there}/no/x"], "No such file or directory"),
                                (["-w", f"{there}/"], "not the name of a file"),
                                (["-b", "packets:1"], "name the file with -w"),
                                (["-w", "x", "-b", "files:2"], "say also when another file begins"),
                                (["-w", "x", "-b", "size:2"], "wanted is duration:N, filesize:N"),
                                (["-w", "x", "-b", "packets:0"], "not a number of packets"),
                                (["-w", "-", "-b", "packets:1"], "only one standard output"),
                                (["-w", "x", "--write-format", "cap"], "not pcap or pcapng"),
                                (["-a", "filesize:1"], "are for -w"),
                                (["-a", "files:1"], "are for -w"),
                                (["-w", "x", "-a", "files:1"], "say also when another file begins"),
                                (["-w", "x", "-a", "filesize:1", "-b", "packets:1"],
                                 "with -b it is -b filesize:N"),
                                (["-w", "x", "-a", "packets:0"], "not a number of packets")):
            done = feiqdump(*arguments, "-", stdin=MANY)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(said, done.stderr.decode())

    def test_full_disk(self):
        for name in ("/dev/full", "-"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([FEIQDUMP, "-q", "-w", name, "-"], input=MANY,
                                      stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"No space left on device", done.stderr)


class CaptureFilters(unittest.TestCase):
    def test_file(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("ip proto 17\nor len > 100\n")
            file.flush()
            self.assertEqual(len(packets("-F", file.name, "-r", "-", stdin=mixed())), 1)
            done = feiqdump("-F", file.name, "-r", "-", "udp", stdin=mixed())
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"given twice", done.stderr)
        done = feiqdump("-F", "/nonexistent", "-r", "-")
        self.assertIn(b"-F /nonexistent: No such file or directory", done.stderr)

    def test_compiled(self):
        done = feiqdump("-d", "udp", "port", "2425")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"(000) ldh      [12]\n", done.stdout)
        self.assertIn(b"{ 0x28, 0, 0, 0x0000000c },", feiqdump("-dd", "ip").stdout)
        self.assertRegex(feiqdump("-ddd", "ip").stdout, rb"^4\n40 0 0 12\n")
        with tempfile.NamedTemporaryFile() as file:
            file.write(pcap([(1, 0, IPV4)], linktype=RAW))
            file.flush()
            self.assertIn(b"ldb      [9]", feiqdump("-d", "-r", file.name, "ip proto 17").stdout)
        done = feiqdump("-d", "prot", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"capture filter 'prot x': ", done.stderr)


class Help(unittest.TestCase):
    def test_topics(self):
        everything = feiqdump("--help", "all").stdout
        for topic in ("files", "live", "filters", "views", "writing", "preferences"):
            for arguments in (["--help", topic], [f"--help={topic}"]):
                done = feiqdump(*arguments)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertTrue(done.stdout.lower().startswith(topic.encode()[:5]))
                self.assertIn(done.stdout, everything)
        done = feiqdump("--help=nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"the topics are files,", done.stderr)


if __name__ == "__main__":
    unittest.main()
