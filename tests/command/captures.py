# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture files for tests, byte by byte, and feiqdump's call."""

import json
import os
import struct
import subprocess

FEIQDUMP = os.environ["FEIQDUMP"]

ARP = bytes.fromhex("ffffffffffff0011223344550806" "0001080006040001"
                    "0011223344550a0000010000000000000a000002")
# An empty UDP datagram in an IPv4 packet without a link header: link type 101.
IPV4 = (bytes.fromhex("4500001c00010000401166cf7f0000017f000001")
        + struct.pack(">HHHH", 2425, 2425, 8, 0))

ETHERNET, RAW = 1, 101


def pcap(frames, magic=0xA1B2C3D4, snapshot=262144, linktype=ETHERNET, order="<", version=(2, 4)):
    """A capture of (seconds, fraction, bytes) or (seconds, fraction, bytes, reported)."""
    data = struct.pack(order + "IHHiIII", magic, *version, 0, 0, snapshot, linktype)
    for seconds, fraction, frame, *reported in frames:
        lengths = (len(frame), reported[0] if reported else len(frame))
        data += struct.pack(order + "IIII", seconds, fraction, *lengths) + frame
    return data


class Pcapng:
    """Blocks of one byte order."""

    def __init__(self, order="<"):
        self.order = order

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body, length=None, again=None):
        body += bytes(-len(body) % 4)
        length = len(body) + 12 if length is None else length
        return (self.pack("II", kind, length) + body
                + self.pack("I", length if again is None else again))

    def options(self, *options):
        data = b"".join(self.pack("HH", code, len(value)) + value + bytes(-len(value) % 4)
                        for code, value in options)
        return data + bytes(4) if options else b""

    def section(self, version=1):
        return self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, version, 0, -1))

    def interface(self, linktype=ETHERNET, snapshot=0, *options):
        return self.block(1, self.pack("HHI", linktype, 0, snapshot) + self.options(*options))

    def packet(self, ticks, frame, interface=0, reported=None, comments=(), captured=None):
        head = self.pack("IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF,
                         len(frame) if captured is None else captured, reported or len(frame))
        options = self.options(*((1, text.encode()) for text in comments))
        return self.block(6, head + frame + bytes(-len(frame) % 4) + options)

    def simple(self, frame, reported=None):
        return self.block(3, self.pack("I", reported or len(frame)) + frame)

    def old(self, ticks, frame, interface=0):
        head = self.pack("HHIIII", interface, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(frame),
                         len(frame))
        return self.block(2, head + frame)


def feiqdump(*arguments, stdin=b"", **more):
    return subprocess.run([FEIQDUMP, *arguments], input=stdin, capture_output=True, check=False,
                          **more)


def packets(*arguments, stdin=b""):
    """What -T json prints, as dictionaries."""
    done = feiqdump("-T", "json", *arguments, stdin=stdin)
    return [json.loads(line) for line in done.stdout.splitlines()]
