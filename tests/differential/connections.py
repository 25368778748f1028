# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP connections between two hosts in which anything may happen, with numbers and times so small
that coincidences do: an analysis has many rules that seldom meet."""

import random
import struct

HOSTS = (10, 0, 0, 1), (10, 0, 0, 2)
SERVICE = 4000
CONNECTIONS = 3
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

# Microseconds between two segments: beside the times that the rules know.
PAUSES = [0, 1, 10, 500, 2500, 3500, 10000, 19000, 25000, 45000, 100000, 300000, 2000000]


def frame(hosts, ports, sequence, acknowledgment, flags, window, options, payload):
    options += b"\1" * (-len(options) % 4)
    header = struct.pack("!HHIIHHHH", *ports, sequence & 0xFFFFFFFF, acknowledgment & 0xFFFFFFFF,
                         (20 + len(options)) // 4 << 12 | flags, window, 0, 0)
    length = 20 + len(header) + len(options) + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 1, 0, 64, 6, 0, *map(bytes, hosts))
    return bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]) + ip + header + options + payload


class _Connection:
    """Both directions; [0] is the client's."""

    def __init__(self, draw, number):
        self.draw = draw
        self.ports = 40000 + number, SERVICE
        self.base = [draw.choice([0, 1000, 0xFFFFFFF0, 0x7FFFFFF0, draw.getrandbits(32)]),
                     draw.choice([0, 500, 0xFFFFFFE0, draw.getrandbits(32)])]
        self.sent, self.acknowledged = [0, 0], [0, 0]
        self.window = [draw.choice([100, 1000, 65535])] * 2

    def frame(self):
        draw = self.draw
        side = int(draw.random() < 0.45)
        kind = draw.random()
        self.flags, self.options, self.payload = ACK, b"", b""
        self.offset, self.ack = self.sent[side], self.sent[1 - side]
        if kind < 0.05:
            self._open(side)
        elif kind < 0.10:
            self.flags = draw.choice([FIN | ACK, FIN, FIN | PSH | ACK])
            self.sent[side] += 1
        elif kind < 0.13:
            self.flags = draw.choice([RST | ACK, RST])
        elif kind < 0.45:
            self._data(side)
        else:
            self._acknowledge(side)
        self.acknowledged[side] = self.ack
        number = draw.choice([0, 0, 5])
        if self.flags & ACK:
            number = self.base[1 - side] + self.ack
        order = slice(None, None, -1 if side else 1)
        return frame(HOSTS[order], self.ports[order], self.base[side] + self.offset, number,
                      self.flags, self.window[side], self.options, self.payload)

    def _open(self, side):
        draw = self.draw
        self.flags, self.offset = draw.choice([SYN, SYN, SYN | ACK]), 0
        self.base[side] += draw.choice([0, 0, 0, 100000])
        self.ack = int(self.flags != SYN)
        if draw.random() < 0.6:
            self.options = bytes([3, 3, draw.choice([0, 1, 2, 7, 15])])
        if draw.random() < 0.3:
            self.payload = b"x" * draw.choice([1, 10])
        self.sent[side] = 1

    def _data(self, side):
        draw = self.draw
        self.payload = b"d" * draw.choice([1, 1, 2, 10, 10, 10, 20])
        self.flags = draw.choice([ACK, PSH | ACK])
        length, kind = len(self.payload), draw.random()
        if kind < 0.55:
            self.sent[side] += length
        elif kind < 0.70:
            self.offset -= draw.choice([1, 10, 20, length])
        elif kind < 0.85:
            self.offset += draw.choice([1, 10, 20])
        else:
            self.offset -= 1
        if draw.random() < 0.2:
            self.sent[side] = self.offset + length

    def _acknowledge(self, side):
        draw = self.draw
        kind = draw.random()
        if kind < 0.5:
            self.ack = self.acknowledged[side]
        elif kind < 0.6:
            self.ack = self.acknowledged[side] - draw.choice([1, 10])
        elif kind < 0.7:
            self.ack += draw.choice([1, 10, 30])
        if draw.random() < 0.2:
            self.offset -= 1
        if draw.random() < 0.25:
            self.window[side] = draw.choice([0, 0, 100, 1000, 20])
        if draw.random() < 0.15:
            left = self.base[1 - side] + self.ack + draw.choice([-10, 5, 10, 20])
            blocks = [(left + 20 * i, left + 20 * i + draw.choice([10, 30]))
                      for i in range(draw.choice([1, 1, 2, 3]))]
            edges = [edge & 0xFFFFFFFF for block in blocks for edge in block]
            self.options = struct.pack(f"!BB{len(edges)}I", 5, 2 + 4 * len(edges), *edges)


def write(path, seed, count):
    """Write a capture of `count` segments, always the same of a seed."""
    draw = random.Random(seed)
    connections = [_Connection(draw, number) for number in range(CONNECTIONS)]
    time = 1_600_000_000_000_000
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for _ in range(count):
            time += draw.choice(PAUSES)
            frame = draw.choice(connections).frame()
            file.write(struct.pack("<IIII", *divmod(time, 1_000_000), len(frame), len(frame)))
            file.write(frame)
