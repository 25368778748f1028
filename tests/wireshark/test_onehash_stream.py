# SPDX-License-Identifier: GPL-2.0-or-later
"""1#n: the same messages and the right counts for any cut of the same bytes, sent again or out of order."""

import struct
import unittest

import frames
import shark

CHAT = 12425
OUT_OF_ORDER = ("-o", "tcp.reassemble_out_of_order:TRUE")
MESSAGES = [b"1#1#tom", b"1#3#*#hello", b"1#2"]
HEADS = ["1#1", "1#3", "1#2"]
LINE = [message + b"\n" for message in MESSAGES]
LENGTH = [struct.pack("!I", len(message)) + message for message in MESSAGES]


def ends(messages):
    """Offsets behind each message."""
    return [len(b"".join(messages[:count])) for count in range(1, len(messages) + 1)]


def expected(messages, cuts):
    """For each segment that ends a message: the heads, their segments, the segment's messages."""
    borders = [0, *cuts, ends(messages)[-1]]
    starts = [0, *ends(messages)[:-1]]
    rows = []
    for begin, end in zip(borders, borders[1:]):
        held = [(head, first, last) for head, first, last in zip(HEADS, starts, ends(messages))
                if first < end and last > begin]
        here = [(head, sum(first < b and last > a for a, b in zip(borders, borders[1:])))
                for head, first, last in held if last <= end]
        if here:
            rows.append([[head for head, _ in here], [str(count) for _, count in here],
                         [str(len(held))] * len(here)])
    return rows


class Counts(unittest.TestCase):
    NAMES = ["onehash.head", "onehash.segments", "onehash.pdus_in_segment"]

    def rows(self, contents, *arguments):
        streams = {}
        rows = shark.fields(shark.capture(contents), ["tcp.stream", *self.NAMES], "-Y", "onehash", *arguments)
        for stream, *row in rows:
            streams.setdefault(int(stream[0]), []).append(row)
        return streams

    def check(self, messages, all_cuts, *arguments):
        data = b"".join(messages)
        contents = []
        for number, cuts in enumerate(all_cuts):
            pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)])]
            contents += frames.Stream(CHAT, 20000 + number).client(*pieces).frames
        for passes in ((), ("-2",)):
            streams = self.rows(contents, *arguments, *passes)
            for number, cuts in enumerate(all_cuts):
                self.assertEqual(streams[number], expected(messages, cuts), f"{cuts} {passes}")

    def test_each_cut_in_two(self):
        self.check(LINE, [[cut] for cut in range(1, len(b"".join(LINE)))], "-o", "onehash.framing:line")
        self.check(LENGTH, [[cut] for cut in range(1, len(b"".join(LENGTH)))])

    def test_each_cut_in_three(self):
        size = len(b"".join(LENGTH))
        self.check(LENGTH, [[a, b] for a in range(1, size - 1) for b in range(a + 1, size)])
        size = len(b"".join(LINE))
        self.check(LINE, [[a, b] for a in range(1, size - 1) for b in range(a + 1, size)],
                   "-o", "onehash.framing:line")

    def test_a_byte_a_segment(self):
        for messages in (LINE, LENGTH):
            self.check(messages, [list(range(1, len(b"".join(messages))))])

    def test_a_message_over_many_segments(self):
        message = b"1#3#*#" + b"x" * 60000
        data = struct.pack("!I", len(message)) + message
        pieces = [data[at:at + 1460] for at in range(0, len(data), 1460)]
        streams = self.rows(frames.Stream(CHAT).client(*pieces).frames)
        self.assertEqual(streams[0], [[["1#3"], [str(len(pieces))], ["1"]]])

    def test_sticky_packets_can_be_filtered(self):
        contents = frames.Stream(CHAT, 40001).client(LINE[0] + LINE[1]).frames
        contents += frames.Stream(CHAT, 40002).client(LINE[0], LINE[1]).frames
        rows = shark.fields(shark.capture(contents), ["tcp.stream"], "-Y", "onehash.pdus_in_segment > 1")
        self.assertEqual(rows, [[["0"]]])

    def test_bare_messages(self):
        contents = frames.Stream(CHAT).client(b"1#1#tom1#2").frames
        self.assertEqual(self.rows(contents)[0], [[["1#1", "1#2"], ["1", "1"], ["2", "2"]]])


class Order(unittest.TestCase):
    def heads(self, contents, *arguments):
        rows = shark.fields(shark.capture(contents), ["tcp.stream", "onehash.head"], "-Y", "onehash", *arguments)
        streams = {}
        for stream, heads in rows:
            streams.setdefault(int(stream[0]), []).extend(heads)
        return streams

    def test_sent_again(self):
        data = b"".join(LENGTH)
        contents = []
        # A first segment of one byte, sent again, is a keep-alive to Wireshark; 4.6 gives the stream up.
        cuts = range(1 if shark.version() < (4, 6) else 2, len(data))
        for cut in cuts:
            stream = frames.Stream(CHAT, 20000 + cut).client(data[:cut], data[cut:]).frames
            contents += stream[:4] + stream[3:] + stream[3:]
        for passes in ((), ("-2",)):
            self.assertEqual(self.heads(contents, *passes), {n: HEADS for n in range(len(cuts))})

    def test_out_of_order(self):
        """Wireshark's TCP puts segments in order if its preference says so."""
        data = b"".join(LENGTH)
        contents = []
        for number, (a, b) in enumerate([(a, b) for a in range(1, len(data) - 1) for b in range(a + 1, len(data))]):
            stream = frames.Stream(CHAT, 20000 + number).client(data[:a], data[a:b], data[b:]).frames
            contents += [*stream[:4], stream[5], stream[4]]
        count = (len(data) - 1) * (len(data) - 2) // 2
        for passes in ((), ("-2",)):
            self.assertEqual(self.heads(contents, *OUT_OF_ORDER, *passes), {n: HEADS for n in range(count)})

    def test_the_end_first(self):
        data = b"".join(LINE)
        for cut in (1, 8, 9, 20):
            stream = frames.Stream(CHAT).client(data[:cut], data[cut:]).frames
            contents = [*stream[:3], stream[4], stream[3]]
            for passes in ((), ("-2",)):
                self.assertEqual(self.heads(contents, *OUT_OF_ORDER, "-o", "onehash.framing:line", *passes),
                                 {0: HEADS}, f"{cut} {passes}")


if __name__ == "__main__":
    shark.main()
