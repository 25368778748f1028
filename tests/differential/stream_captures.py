# SPDX-License-Identifier: GPL-2.0-or-later
"""Conversations of 1#n over TCP whose segments come out of order, twice, overlapping, or never.

Each message has a text of its own, so that what becomes of it can be told. `expected` says in which
frame each has to be shown, by the rule of sniffer/stream.h, from what the generator knows: which
bytes were sent where."""

import random
import struct

import connections
from connections import ACK, FIN, PSH, RST, SYN

CHAT = 12425
BLOCK = 128  # of the fixed framing
RANGE = 1 << 32


class _Side:
    """What one end sends: bytes, where its messages end, and where its segments do."""

    def __init__(self, base):
        self.base = base  # sequence number of the SYN
        self.bytes = b""
        self.messages = []  # (offset, offset behind it, its text)
        self.cuts = [0]

    def say(self, framing, message, text):
        coded = message.encode()
        if framing == "line":
            coded += b"\n"
        elif framing == "length":
            coded = struct.pack("!I", len(coded)) + coded
        elif framing == "fixed":
            coded += b"\0" * (-len(coded) % BLOCK)
        self.messages.append((len(self.bytes), len(self.bytes) + len(coded), text))
        self.bytes += coded

    def cut(self, draw, whole):
        """Into segments of any length, or of whole messages."""
        while self.cuts[-1] < len(self.bytes):
            at = self.cuts[-1]
            ends = [end for _, end, _ in self.messages if end > at]
            step = ends[min(draw.choice([0, 0, 1]), len(ends) - 1)] - at
            self.cuts.append(min(len(self.bytes),
                                 at + (step if whole else draw.choice([1, 3, 10, 20, 40, 80]))))

    def segments(self):
        return list(zip(self.cuts, self.cuts[1:]))


class Conversation:
    """One connection, and its frames in the order in which they were captured.

    `trouble` is a set of: reorder, repeat, overlap, conflict (an overlap brings other bytes), lost
    (never captured, though the other end got it), middle (no SYN was captured), reset."""

    def __init__(self, draw, port, name, trouble, framing, wrap=1):
        self.draw, self.trouble, self.framing, self.name = draw, trouble, framing, name
        self.ports = port, CHAT
        wraps = draw.random() < 0.4
        self.sides = [_Side(RANGE - wrap - draw.randrange(120) if wraps else draw.getrandbits(32))
                      for _ in range(2)]
        self._talk()
        self._send()

    def _talk(self):
        draw = self.draw
        for i in range(draw.randrange(4, 9)):
            for side, head in enumerate(("1#3#bob#", "3#3#amy#")):
                text = f"{self.name}{'cs'[side]}{i}" + "-" * draw.choice([0, 5, 30, 90])
                self.sides[side].say(self.framing, head + text, text)
        for side in self.sides:
            side.cut(draw, self.framing == "bare" or self._begins_anew())

    def _begins_anew(self):
        """Must segments begin with messages? Behind a gap nothing but a line's end tells where the
        next begins."""
        return "lost" in self.trouble and self.framing != "line"

    def _send(self):
        """Frames as (side, offset, flags, payload, offset that is acknowledged)."""
        draw = self.draw
        ends = [len(side.bytes) for side in self.sides]
        self.frames = []
        if "middle" not in self.trouble:
            self.frames += [(0, -1, SYN, b"", 0), (1, -1, SYN | ACK, b"", 0), (0, 0, ACK, b"", 0)]
        queue = [self._wire(side) for side in (0, 1)]
        got = [bytearray(end) for end in ends]  # by the other end, even if not by the capture
        while queue[0] or queue[1]:
            side = draw.choice([s for s in (0, 1) if queue[s]])
            for _ in range(min(len(queue[side]), draw.randrange(1, 4))):
                start, payload, captured = queue[side].pop(0)
                if captured:
                    self.frames.append((side, start, PSH | ACK, payload, _prefix(got[1 - side])))
                got[side][start:start + len(payload)] = b"\1" * len(payload)
        flags = RST | ACK if "reset" in self.trouble else FIN | ACK
        for side in (0, 1):
            self.frames.append((side, ends[side], flags, b"", ends[1 - side]))
        if flags & FIN:
            for side in (0, 1):
                self.frames.append((side, ends[side] + 1, ACK, b"", ends[1 - side] + 1))

    def _wire(self, side):
        """(offset, bytes, whether it is captured) in the order in which they come."""
        draw, trouble = self.draw, self.trouble
        sent = self.sides[side].bytes
        out, held = [], []
        for start, end in self.sides[side].segments():
            kind = draw.random()
            first = start == 0
            if kind < 0.25 and "reorder" in trouble and not (first and "middle" in trouble):
                held.append([draw.randrange(1, 4), start, sent[start:end]])
                continue
            out.append((start, sent[start:end],
                        first or "lost" not in trouble or not 0.25 <= kind < 0.4))
            if kind > 0.85 and "repeat" in trouble:
                out.append(out[-1][:2] + (True,))
            elif (kind > 0.7 and trouble & {"overlap", "conflict"}
                  and not self._begins_anew()):
                low = max(0, start - draw.randrange(0, 12))
                again = sent[low:end]
                out.append((low, again.replace(b"-", b"=") if "conflict" in trouble else again, True))
            for item in held:
                item[0] -= 1
            out += [(at, data, True) for wait, at, data in held if wait <= 0]
            held = [item for item in held if item[0] > 0]
        return out + [(at, data, True) for _, at, data in held]

    def wire(self):
        """The frames, on Ethernet."""
        for side, offset, flags, payload, acknowledged in self.frames:
            order = slice(None, None, -1 if side else 1)
            number = 0 if flags == SYN else self.sides[1 - side].base + 1 + acknowledged
            yield connections.frame(connections.HOSTS[order], self.ports[order],
                                    self.sides[side].base + 1 + offset, number, flags, 65535, b"",
                                    payload)

    def expected(self, numbers):
        """[(frame, text)] of the messages that have to be seen, the frames being numbered so."""
        readers = [_Reader(side) for side in self.sides]
        for number, (side, offset, flags, payload, acknowledged) in zip(numbers, self.frames):
            readers[side].take(number, offset, payload, bool(flags & RST))
            if flags & ACK:
                readers[1 - side].acknowledged = acknowledged
            if flags & RST:
                readers[1 - side].stop()
        return sorted(readers[0].shown + readers[1].shown)


def _prefix(got):
    gap = got.find(0)
    return gap if gap >= 0 else len(got)


class _Reader:
    """How far one side's bytes are read."""

    def __init__(self, side):
        self.messages = list(side.messages)
        self.have = bytearray(len(side.bytes))
        self.at, self.acknowledged, self.skipped = 0, 0, set()
        self.shown = []

    def stop(self):
        self.messages = []

    def take(self, number, offset, payload, everything):
        self.have[offset:offset + len(payload)] = b"\1" * len(payload)
        while True:
            gap = self.have.find(0, self.at)
            self.at = gap if gap >= 0 else len(self.have)
            behind = self.have.find(1, self.at)
            if behind < 0 or (behind > self.acknowledged and not everything):
                break
            self.skipped.update(range(self.at, behind))
            self.at = behind
        while self.messages and self.messages[0][1] <= self.at:
            start, end, text = self.messages.pop(0)
            if self.skipped.isdisjoint(range(start, end)):
                self.shown.append((number, text))


def conversations(seed, count, trouble, framing):
    """`count` conversations between ports of their own, and half as many again that use the ports
    of the first anew."""
    draw = random.Random(f"{seed} {sorted(trouble)} {framing}")
    first = [Conversation(draw, 40000 + i, f"m{i}", trouble, framing) for i in range(count)]
    if "middle" in trouble:
        return first, []
    return first, [Conversation(draw, 40000 + i, f"n{i}", trouble, framing, wrap=200)
                   for i in range(count // 2)]


def write(path, seed, talks):
    """Write a capture of conversations, those of each list of `talks` at the same time. Returns
    [(frame, text)] of what has to be seen."""
    draw = random.Random(seed)
    time, number, expected = 1_700_000_000_000_000, 0, []
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for group in talks:
            frames = [(talk, iter(talk.wire()), []) for talk in group]
            while frames:
                talk, wire, numbers = item = draw.choice(frames)
                frame = next(wire, None)
                if frame is None:
                    expected += talk.expected(numbers)
                    frames.remove(item)
                    continue
                number += 1
                numbers.append(number)
                time += draw.choice([10, 1000, 5000, 50000])
                file.write(struct.pack("<IIII", *divmod(time, 1_000_000), len(frame), len(frame)))
                file.write(frame)
    return sorted(expected)
