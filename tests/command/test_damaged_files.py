# SPDX-License-Identifier: GPL-2.0-or-later
"""No capture, however damaged, makes feiqdump stop early, hang, or print a field that is not there:
each byte of small captures of every kind changed in several ways, and compressed captures cut at
every byte."""

import concurrent.futures
import gzip
import json
import re
import shutil
import subprocess
import unittest

from captures import ARP, IPV4, RAW, Pcapng, feiqdump, pcap

LIMIT = 20  # seconds; a run takes a few milliseconds
OFFSET = re.compile(r"at byte (\d+)|(\d+) bytes")
UNREADABLE = re.compile("the file is empty|unknown file format|version|link type|not supported|gzip|zstd|lz4")


def pcapng(order):
    p = Pcapng(order)
    return (p.section() + p.interface(1, 96, (2, b"eth0"), (9, b"\x09"), (14, bytes(8)))
            + p.packet(1600439650 * 10**9, ARP, comments=("first", "second"))
            + p.interface(RAW, 0, (3, b"tunnel"))
            + p.packet(1600439651 * 10**6, IPV4, interface=1) + p.old(3, ARP) + p.simple(ARP))


CAPTURES = {"pcap": pcap([(5, 6, ARP), (7, 8, ARP, 100)]),
            "pcap, big-endian, nanoseconds": pcap([(5, 6, ARP), (7, 8, ARP)], 0xA1B23C4D,
                                                  order=">"),
            "pcapng": pcapng("<"), "pcapng, big-endian": pcapng(">")}


def compressed():
    data = CAPTURES["pcapng"]
    yield "gzip", gzip.compress(data, mtime=0)
    for program in ("zstd", "lz4"):
        if shutil.which(program):
            yield program, subprocess.run([program, "-c"], input=data, capture_output=True,
                                          check=True).stdout


def not_there(line):
    """Of a printed packet, the fields whose bytes do not lie in it."""
    packet = json.loads(line)
    captured = int(packet["frame.cap_len"]["value"])
    for name, found in packet.items():
        for place in found if isinstance(found, list) else [found]:
            if "source" in place:  # bytes put together
                continue
            end = place.get("offset", 0) + (place.get("bits", 0) + 7) // 8
            if end > captured:
                yield f"{name} ends at {end} of {captured} bytes"


def wrong(data):
    """What feiqdump does wrong with a damaged capture, in words; None if nothing."""
    try:
        done = feiqdump("-T", "json", "--offsets", "-", stdin=data, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return "it hangs"
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode not in (0, 1, 2, 3):
        return f"status {done.returncode}: {said}"
    lines = done.stdout.decode("utf-8").splitlines()
    for line in lines:
        for name in not_there(line):
            return name
    if (done.returncode >= 2) != bool(said):
        return f"status {done.returncode}, yet it says {said!r}"
    if done.returncode == 2 and (lines or not UNREADABLE.search(said)):
        return f"status 2: {said}"
    if done.returncode == 3 and not OFFSET.search(said):
        return f"no offset is named: {said}"
    return None


class Damaged(unittest.TestCase):
    def check(self, name, variants):
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for (what, _), words in zip(variants, pool.map(wrong, (v for _, v in variants))):
                self.assertIsNone(words, f"{name}, {what}: {words}")

    def test_whole(self):
        for name, data in CAPTURES.items():
            done = feiqdump("-T", "json", "-", stdin=data)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertGreater(len(done.stdout.splitlines()), 1, name)

    def test_every_byte_changed(self):
        for name in ("pcap", "pcapng"):
            data = CAPTURES[name]
            variants = []
            for at, byte in enumerate(data):
                for value in {0xFF, byte ^ 0x80, byte ^ 0x01} - {byte}:
                    changed = data[:at] + bytes([value]) + data[at + 1:]
                    variants.append((f"byte {at} is {value:#x}", changed))
            self.check(name, variants)

    def test_every_beginning(self):
        for name, data in CAPTURES.items():
            self.check(name, [(f"{length} bytes", data[:length]) for length in range(len(data))])

    def test_bytes_lost_and_put_in(self):
        for name, data in CAPTURES.items():
            self.check(name, [(f"byte {at} lost", data[:at] + data[at + 1:])
                              for at in range(0, len(data), 3)])
            self.check(name, [(f"four bytes put in at {at}", data[:at] + b"\xff" * 4 + data[at:])
                              for at in range(0, len(data), 12)])

    def test_compressed(self):
        for name, data in compressed():
            self.check(name, [(f"{length} bytes", data[:length]) for length in range(len(data))])
            self.check(name, [(f"byte {at} changed",
                               data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:])
                              for at in range(len(data))])


if __name__ == "__main__":
    unittest.main()
