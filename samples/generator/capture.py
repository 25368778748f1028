# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture in the making: frames with times and comments, written as pcapng or classic pcap."""

import struct

ETHERNET, NULL, LOOP, RAW, LINUX_SLL, LINUX_SLL2 = 1, 0, 108, 101, 113, 276

PCAPNG_COMMENT, PCAPNG_APPLICATION = 1, 4


def _option(code, text):
    data = text.encode()
    return struct.pack("<HH", code, len(data)) + data + bytes(-len(data) % 4)


def _block(kind, body):
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


class Capture:
    """One file. Packets that are not given a time follow the one before by 20 ms."""

    def __init__(self, name, shows, link=ETHERNET, start=0, snaplen=262144):
        self.name, self.shows, self.link, self.snaplen = name, shows, link, snaplen
        self.now = int(start * 1_000_000)
        self.packets = []
        self.sources = []

    def add(self, frame, comment, sample=None, at=None):
        """sample is the number of a verbatim sample, at a Unix time in seconds."""
        self.now = int(at * 1_000_000) if at is not None else self.now + 20_000
        origin = f"sample {sample}" if sample is not None else "built"
        self.packets.append((self.now, frame, f"{origin}: {comment}"))
        if sample is not None and sample not in self.sources:
            self.sources.append(sample)

    def bytes(self):
        return self._pcap() if self.name.endswith(".pcap") else self._pcapng()

    def _pcapng(self):
        section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
        section += _option(PCAPNG_COMMENT, f"Built, not captured. {self.shows}")
        section += _option(PCAPNG_APPLICATION, "samples/build.py") + bytes(4)
        out = _block(0x0A0D0D0A, section)
        out += _block(1, struct.pack("<HHI", self.link, 0, self.snaplen))
        for time, frame, comment in self.packets:
            kept = frame[: self.snaplen]
            packet = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(kept), len(frame))
            packet += kept + bytes(-len(kept) % 4) + _option(PCAPNG_COMMENT, comment) + bytes(4)
            out += _block(6, packet)
        return out

    def _pcap(self):
        out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, self.snaplen, self.link)
        for time, frame, _ in self.packets:
            kept = frame[: self.snaplen]
            out += struct.pack("<IIII", *divmod(time, 1_000_000), len(kept), len(frame)) + kept
        return out
