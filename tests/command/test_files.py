# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture files of every kind, whole, cut and damaged."""

import bz2
import gzip
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest

from captures import ARP, FEIQDUMP, IPV4, RAW, Pcapng, feiqdump, packets, pcap


def values(found, name):
    return [packet.get(name) for packet in found]


class Pcap(unittest.TestCase):
    def test_byte_orders_and_fractions(self):
        for order in "<>":
            for magic, fraction, wanted in ((0xA1B2C3D4, 123456, "5.123456000"),
                                            (0xA1B23C4D, 123456789, "5.123456789")):
                found = packets("-", stdin=pcap([(5, fraction, ARP)], magic, order=order))
                self.assertEqual(values(found, "frame.time_epoch"), [wanted])
                self.assertEqual(values(found, "arp.src.proto_ipv4"), ["10.0.0.1"])

    def test_modified_kind(self):
        data = pcap([], 0xA1B2CD34)
        data += struct.pack("<IIIIIHBB", 9, 1, len(ARP), len(ARP), 2, 0x0806, 0, 0) + ARP
        self.assertEqual(values(packets("-", stdin=data), "frame.time_epoch"), ["9.000001000"])

    def test_old_versions_swap_the_lengths(self):
        for minor in (2, 3):
            data = pcap([], version=(2, minor))
            data += struct.pack("<IIII", 1, 0, 100, len(ARP)) + ARP
            found = packets("-", stdin=data)
            self.assertEqual((values(found, "frame.len"), values(found, "frame.cap_len")),
                             (["100"], ["42"]))

    def test_longer_than_the_snapshot_length(self):
        """tshark does not clip such a packet either."""
        found = packets("-", stdin=pcap([(1, 0, ARP)], snapshot=20))
        self.assertEqual(values(found, "frame.cap_len"), ["42"])

    def test_frame_check_sequence_bits(self):
        found = packets("-", stdin=pcap([(1, 0, ARP)], linktype=0x44000001))
        self.assertEqual(values(found, "arp.opcode"), ["1"])

    def test_refused(self):
        for data, said in ((pcap([], version=(3, 0)), "pcap of version 3.0"),
                           (b"", "the file is empty"),
                           (bz2.compress(pcap([])), "it begins with 42 5a 68")):
            done = feiqdump("-", stdin=data)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr.decode())

    def test_two_files_joined(self):
        one = pcap([(1, 0, ARP)])
        for data in (one + one, one + pcap([(1, 0, ARP)], 0xA1B23C4D, order=">"),
                     gzip.compress(one) + gzip.compress(one)):
            done = feiqdump("-", stdin=data)
            self.assertEqual((done.returncode, len(done.stdout.splitlines())), (3, 1))
            self.assertIn(f"name both (or join them by mergecap); it begins at byte {len(one)}",
                          done.stderr.decode())

    def test_a_packet_of_no_bytes(self):
        done = feiqdump("-", stdin=pcap([(1, 0, b""), (0xA1B2C3D4, 0, ARP), (2, 0, b"")]))
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 3))

    def test_impossible_length(self):
        data = pcap([(1, 0, ARP)]) + struct.pack("<IIII", 1, 0, 0x7FFFFFFF, 60)
        done = feiqdump("-", stdin=data)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (3, 1))
        self.assertIn("2147483647, at byte 82", done.stderr.decode())


class PcapngFiles(unittest.TestCase):
    def make(self, order):
        ng = Pcapng(order)
        return (ng.section()
                + ng.interface(1, 65535, (2, b"eth0"), (3, "第一".encode()))
                + ng.interface(RAW, 0, (9, b"\x09"))
                + ng.interface(1, 0, (9, b"\x94"), (14, ng.pack("q", 1000)))
                + ng.packet(7000001, ARP, comments=("one", "二"))
                + ng.block(4, bytes(4)) + ng.block(0xBAD, ng.pack("I", 32473) + b"data")
                + ng.block(0x77777777, b"unknown")
                + ng.packet(7000000001, IPV4, 1)
                + ng.packet((5 << 20) + (1 << 19), ARP, 2, reported=100)
                + ng.simple(ARP)
                + ng.old(8000000, ARP)
                + ng.block(5, ng.pack("III", 0, 0, 0)))

    def check(self, found):
        self.assertEqual(values(found, "frame.time_epoch"),
                         ["7.000001000", "7.000000001", "1005.500000000", None, "8.000000000"])
        self.assertEqual(values(found, "frame.len"), ["42", "28", "100", "42", "42"])
        self.assertEqual(values(found, "frame.comment"), [["one", "二"], None, None, None, None])
        self.assertEqual(values(found, "frame.interface_id"), ["0", "1", "2", "0", "0"])
        self.assertEqual(values(found, "frame.interface_name"),
                         ["eth0", None, None, "eth0", "eth0"])
        self.assertEqual(found[0]["frame.interface_description"], "第一")
        self.assertEqual(found[1]["udp.port"], ["2425", "2425"])
        self.assertNotIn("frame.time_delta", found[4])

    def test_both_orders_in_one_file(self):
        for orders in ("<", ">", "<>", "><<"):
            found = packets("-", stdin=b"".join(map(self.make, orders)))
            self.assertEqual(len(found), 5 * len(orders))
            for i in range(0, len(found), 5):
                self.check(found[i:i + 5])

    def test_resolutions(self):
        for resolution, ticks, wanted in ((0, 7, "7.000000000"), (3, 7001, "7.001000000"),
                                          (12, 7000000000001, "7.000000000"),
                                          (0x80 | 32, 7 << 32 | 1 << 31, "7.500000000"),
                                          (0x80 | 50, 7 << 50 | 1 << 48, "7.250000000"),
                                          (0x80, 7, "7.000000000")):
            ng = Pcapng()
            data = ng.section() + ng.interface(1, 0, (9, bytes([resolution])))
            found = packets("-", stdin=data + ng.packet(ticks, ARP))
            self.assertEqual(values(found, "frame.time_epoch"), [wanted], resolution)

    def test_simple_packet_is_cut_by_the_snapshot_length(self):
        ng = Pcapng()
        data = ng.section() + ng.interface(1, 20) + ng.simple(ARP[:20], reported=42)
        found = packets("-", stdin=data)
        self.assertEqual((found[0]["frame.cap_len"], found[0]["frame.len"]), ("20", "42"))

    def test_capture_filter_on_several_link_types(self):
        data = self.make("<")
        self.assertEqual(values(packets("-r", "-", "arp", stdin=data), "frame.number"),
                         ["1", "2", "3", "4"])
        self.assertEqual(values(packets("-r", "-", "udp port 2425", stdin=data), "ip.proto"),
                         ["17"])

    def test_damage(self):
        ng = Pcapng()
        begin = ng.section() + ng.interface() + ng.packet(1, ARP)
        good = ng.packet(2, ARP)
        for damage, said in (
                (ng.packet(2, ARP, interface=1), "an interface that is not described: number 1"),
                (ng.packet(2, ARP, captured=500), "more bytes than its block: 500"),
                (ng.block(0x77, bytes(8), again=24), "is 20 at its begin and 24 at its end"),
                (ng.block(6, bytes(8)), "a block's length cannot be right: 20"),
                (ng.block(9, b"", length=8), "a block's length cannot be right: 8"),
                (ng.block(9, b"", length=1 << 31), "a block's length cannot be right"),
                (ng.block(0x0A0D0D0A, bytes(16)), "a section of no known byte order"),
                (ng.section(version=2), "a section is of an unknown version of pcapng: 2")):
            done = feiqdump("-", stdin=begin + damage + good)
            self.assertEqual(done.returncode, 3, said)
            self.assertEqual(len(done.stdout.splitlines()), 1, said)
            self.assertIn("cannot be read beyond packet 1: ", done.stderr.decode())
            self.assertIn(said, done.stderr.decode())
            self.assertIn(f"at byte {len(begin)}", done.stderr.decode())

    def test_cut_anywhere(self):
        ng = Pcapng()
        blocks = [ng.section(), ng.interface(), ng.packet(1, ARP), ng.block(0xBAD, bytes(9)),
                  ng.packet(2, ARP)]
        data = b"".join(blocks)
        ends = [sum(map(len, blocks[:n])) for n in range(len(blocks) + 1)]
        for length in range(4, len(data), 3):
            done = feiqdump("-", stdin=data[:length])
            whole = sum(ends[n] <= length for n in (3, 5))
            self.assertEqual(len(done.stdout.splitlines()), whole, length)
            if length in ends:
                self.assertEqual(done.returncode, 0 if whole else 1)
            else:
                self.assertEqual(done.returncode, 3)
                begun = max(end for end in ends if end <= length)
                self.assertIn(f"begins at byte {begun}", done.stderr.decode())


class Compressed(unittest.TestCase):
    FRAMES = [(i, i % 1000, ARP + struct.pack(">I", i * 2654435761 % 2**32)) for i in range(9000)]
    PLAIN = pcap(FRAMES)

    def compress(self, tool, data):
        if shutil.which(tool) is None:
            self.skipTest(f"{tool} is not installed")
        blocks = ["-B4"] if tool == "lz4" else []  # of 64 KiB, so that there are several
        return subprocess.run([tool, "-c", *blocks], input=data, capture_output=True, check=True).stdout

    def test_whole(self):
        plain = feiqdump("-", stdin=self.PLAIN).stdout
        for tool in ("gzip", "zstd", "lz4"):
            with self.subTest(tool=tool):
                packed = self.compress(tool, self.PLAIN)
                done = feiqdump("-", stdin=packed)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(done.stdout, plain)
                with tempfile.NamedTemporaryFile() as file:
                    file.write(packed)
                    file.flush()
                    self.assertEqual(feiqdump(file.name).stdout, plain)

    def test_members_one_behind_the_other(self):
        half = len(self.PLAIN) // 2
        for tool in ("gzip", "zstd", "lz4"):
            with self.subTest(tool=tool):
                packed = (self.compress(tool, self.PLAIN[:half])
                          + self.compress(tool, self.PLAIN[half:]))
                done = feiqdump("-", stdin=packed)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(len(done.stdout.splitlines()), len(self.FRAMES))

    def test_frames_that_hold_nothing(self):
        """Parallel compressors begin with one; skippable frames are alike in zstd and lz4."""
        empty = struct.pack("<II", 0x184D2A5F, 5) + b"12345"
        for tool in ("zstd", "lz4"):
            with self.subTest(tool=tool):
                packed = self.compress(tool, self.PLAIN)
                for data in (empty + packed, empty * 3 + packed, packed + empty):
                    done = feiqdump("-q", "-", stdin=data)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
        for data in (empty, empty[:6], struct.pack("<II", 0x184D2A50, 0xFFFFFFFF) + bytes(300000)):
            done = feiqdump("-", stdin=data)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"unknown file format", done.stderr)

    def test_padded(self):
        done = feiqdump("-", stdin=gzip.compress(self.PLAIN) + bytes(512))
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_cut(self):
        for tool in ("gzip", "zstd", "lz4"):
            with self.subTest(tool=tool):
                packed = self.compress(tool, self.PLAIN)
                done = feiqdump("-", stdin=packed[:len(packed) * 3 // 4])
                self.assertEqual(done.returncode, 3)
                self.assertGreater(len(done.stdout.splitlines()), 1000)
                self.assertIn(f"{tool}: the data end too early", done.stderr.decode())

    def test_damaged(self):
        for tool in ("gzip", "zstd", "lz4"):
            with self.subTest(tool=tool):
                packed = bytearray(self.compress(tool, self.PLAIN))
                packed[len(packed) // 2:len(packed) // 2 + 64] = bytes(64)
                done = feiqdump("-", stdin=bytes(packed))
                self.assertEqual(done.returncode, 3)
                self.assertIn("-: cannot be read beyond packet", done.stderr.decode())

    def test_no_capture_inside(self):
        done = feiqdump("-", stdin=gzip.compress(b"something else"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("73 6f 6d 65 when unpacked by gzip", done.stderr.decode())


class Pauses(unittest.TestCase):
    def test_a_pipe_that_pauses(self):
        """What has come is printed while the writer is silent, compressed or not."""
        for data in (pcap([(1, 0, ARP)]), Pcapng().section() + Pcapng().interface()
                     + Pcapng().packet(1, ARP)):
            with subprocess.Popen([FEIQDUMP, "-"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE) as process:
                process.stdin.write(data)
                process.stdin.flush()
                began = time.monotonic()
                self.assertIn(b"ARP", process.stdout.readline())
                self.assertLess(time.monotonic() - began, 5)
                self.assertIsNone(process.poll())
                process.stdin.close()
                self.assertEqual(process.wait(), 0)

    def test_counts_on_request(self):
        """SIGUSR1 while a pipe pauses; then the rest is read."""
        with subprocess.Popen([FEIQDUMP, "-Y", "frame.number > 1", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdin.write(pcap([(1, 0, ARP), (2, 0, ARP)]))
            process.stdin.flush()
            self.assertIn(b"ARP", process.stdout.readline())
            process.send_signal(signal.SIGUSR1)
            self.assertEqual(process.stderr.readline(), b"feiqdump: 2 read, 1 matched\n")
            out, err = process.communicate(pcap([(3, 0, ARP)])[24:])
        self.assertEqual((process.returncode, len(out.splitlines()), err), (0, 1, b""))


if __name__ == "__main__":
    unittest.main()
