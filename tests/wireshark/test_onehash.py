# SPDX-License-Identifier: GPL-2.0-or-later
"""1#n over TCP: framings, messages in pieces and stuck together, ports and preferences."""

import struct
import unittest

import frames
import shark

CHAT, CONTROL = 12425, 12426


def line(*messages):
    return b"".join(message.encode() + b"\n" for message in messages)


def length(*messages):
    return b"".join(struct.pack("!I", len(message.encode())) + message.encode() for message in messages)


def fixed(*messages, block=128):
    padded = (message.encode() for message in messages)
    return b"".join(message + b"\0" * (-len(message) % block) for message in padded)


REQUESTS = ["1#1#小明", "1#3#*#hello, 世界", "1#2"]
HEADS = ["1#1", "1#3", "1#2"]
FRAMINGS = {"line": "1", "length": "2", "fixed": "3", "bare": "4"}


class Messages(unittest.TestCase):
    def heads(self, path, *arguments):
        """By TCP stream: (frame, heads) of each frame that shows messages."""
        streams = {}
        rows = shark.fields(path, ["tcp.stream", "frame.number", "onehash.head"], *arguments)
        for stream, number, heads in rows:
            streams.setdefault(stream[0], [])
            if heads:
                streams[stream[0]].append((int(number[0]), heads))
        return streams

    def check_every_cut(self, data, ends, *arguments, cuts=None):
        """Cut the bytes in two at each offset, a connection each."""
        contents = []
        last = []
        for cut in cuts or range(1, len(data)):
            stream = frames.Stream(CHAT, client_port=20000 + cut)
            stream.client(data[:cut], data[cut:])
            contents += stream.frames
            last.append((cut, len(contents)))
        path = shark.capture(contents)
        for passes in ((), ("-2",)):
            streams = self.heads(path, *arguments, *passes)
            self.assertEqual(len(streams), len(last))
            for number, (cut, second) in enumerate(last):
                before = [head for head, end in zip(HEADS, ends) if end <= cut]
                expected = [(second - 1, before)] if before else []
                expected.append((second, HEADS[len(before):]))
                self.assertEqual(streams[str(number)], expected, f"cut at {cut} {passes}")

    def ends(self, build):
        return [len(build(*REQUESTS[:count])) for count in range(1, len(REQUESTS) + 1)]

    def test_lines_cut_anywhere(self):
        self.check_every_cut(line(*REQUESTS), self.ends(line), "-o", "onehash.framing:line")

    def test_lines_cut_where_the_framing_can_be_found(self):
        # A segment that is a whole request without its LF is one of the bare framing.
        data = line(*REQUESTS)
        first = self.ends(line)[0]
        self.check_every_cut(data, self.ends(line), cuts=[1, 2, *range(first, len(data))])

    def test_a_first_line_that_seemed_bare(self):
        stream = frames.Stream(CHAT).client(b"1#1", b"\n1#3#*#a", b"b\n")
        rows = shark.fields(shark.capture(stream.frames),
                            ["frame.number", "onehash.head", "onehash.text"], "-Y", "onehash.head")
        self.assertEqual(rows, [[["4"], ["1#1"], []], [["6"], ["1#3"], ["ab"]]])

    def test_lengths_cut_anywhere(self):
        self.check_every_cut(length(*REQUESTS), self.ends(length))

    def test_blocks_cut_anywhere(self):
        def build(*messages):
            return fixed(*messages, block=32)
        self.check_every_cut(build(*REQUESTS), self.ends(build),
                             "-o", "onehash.framing:fixed", "-o", "onehash.block_size:32")

    def test_a_byte_a_segment(self):
        for build in (line, length):
            data = build(*REQUESTS)
            stream = frames.Stream(CHAT).client(*(data[i:i + 1] for i in range(len(data))))
            streams = self.heads(shark.capture(stream.frames))
            first = 3  # frames of the handshake
            self.assertEqual(streams["0"], [(first + end, [head])
                                            for head, end in zip(HEADS, self.ends(build))])

    def test_the_framing_is_found_and_said(self):
        contents = []
        for build in (line, length):
            contents += frames.Stream(CHAT, 30000 + len(contents)).client(build(*REQUESTS)).frames
        contents += frames.Stream(CHAT, 31000).client(b"1#1#tom1#2").frames
        rows = shark.fields(shark.capture(contents), ["onehash.head", "onehash.framing"],
                            "-Y", "onehash")
        self.assertEqual(rows, [[HEADS, [FRAMINGS["line"]] * 3], [HEADS, [FRAMINGS["length"]] * 3],
                                [["1#1", "1#2"], [FRAMINGS["bare"]] * 2]])

    def test_bare_never_waits(self):
        stream = frames.Stream(CONTROL)
        stream.client(b"1#2").server(b"17 init\n18 sh").client(b"1#3#sh").server(b"done")
        path = shark.capture(stream.frames)
        rows = shark.fields(path, ["frame.number", "onehash.kind", "onehash.framing"], "-Y", "onehash")
        bare = [FRAMINGS["bare"]]
        self.assertEqual(rows, [[["4"], ["1"], bare], [["5"], ["2"], bare], [["6"], ["1"], bare],
                                [["7"], ["2"], bare]])
        self.assertEqual(shark.fields(path, ["frame.number"], "-Y", "tcp.segments"), [])

    def test_a_reply_waits_for_its_body(self):
        stream = frames.Stream(CONTROL)
        stream.client(line("1#2")).server(b"2#2#0#2\n17 init\n", b"18 sh\n2#2#0#0\n")
        rows = shark.fields(shark.capture(stream.frames),
                            ["frame.number", "onehash.kind", "onehash.body"], "-Y", "onehash.kind == 2")
        self.assertEqual([row[:2] for row in rows], [[["6"], ["2", "2"]]])

    def test_the_columns_join_what_a_segment_holds(self):
        path = shark.capture(frames.Stream(CHAT).client(line("1#1#小明", "1#2")).frames)
        [[[protocol], [info]]] = shark.fields(path, ["_ws.col.Protocol", "_ws.col.Info"],
                                              "-Y", "onehash")
        self.assertEqual(protocol, "1#n")
        first, second = info.split(" | ")
        self.assertIn("1#1", first)
        self.assertIn("小明", first)
        self.assertIn("1#2", second)

    def test_the_columns_join_what_segments_share(self):
        data = line("1#1#tom", "1#2")
        path = shark.capture(frames.Stream(CHAT).client(data[:4], data[4:]).frames)
        [[[info]]] = shark.fields(path, ["_ws.col.Info"], "-Y", "onehash")
        self.assertEqual(len(info.split(" | ")), 2)

    def test_service_and_direction_by_port(self):
        contents = frames.Stream(CHAT).client(line("1#1#tom")).server(line("2#1#0#0")).frames
        contents += frames.Stream(CONTROL).client(line("1#2")).server(line("2#2#0#0")).frames
        rows = shark.fields(shark.capture(contents), ["onehash.service"], "-Y", "onehash")
        self.assertEqual(rows, [[["2"]], [["2"]], [["1"]], [["1"]]])

    def test_ports_of_the_preferences(self):
        path = shark.capture(frames.Stream(7777).client(line("1#1#tom")).frames)
        self.assertEqual(shark.fields(path, ["onehash.service"], "-Y", "onehash"), [])
        for preference, service in (("chat_ports:7000-8000", "2"), ("control_ports:7777", "1")):
            rows = shark.fields(path, ["onehash.service"], "-Y", "onehash", "-o", f"onehash.{preference}")
            self.assertEqual(rows, [[[service]]])
        default = shark.capture(frames.Stream(CHAT).client(line("1#1#tom")).frames)
        rows = shark.fields(default, ["onehash.head"], "-Y", "onehash", "-o", "onehash.chat_ports:7777")
        self.assertEqual(rows, [])

    def test_decode_as(self):
        stream = frames.Stream(7777).client(line("1#1#tom")).server(line("2#1#0#0"))
        rows = shark.fields(shark.capture(stream.frames), ["onehash.head", "onehash.service"],
                            "-Y", "onehash", "-d", "tcp.port==7777,onehash")
        self.assertEqual(rows, [[["1#1"], ["0"]], [["2#1"], ["0"]]])

    def test_a_cut_capture_is_not_waited_for(self):
        request = frames.Stream(CHAT).client(line("1#3#*#" + "x" * 40)).frames
        whole = request[-1]
        contents = request[:-1] + [(whole[:-20], len(whole))]
        rows = shark.fields(shark.capture(contents), ["onehash.head", "onehash.truncated"], "-Y", "onehash")
        self.assertEqual([row[0] for row in rows], [["1#3"]])
        # It breaks off, as a remark says; that is not an exception, which would end the tree.
        self.assertNotIn("[Malformed Packet", shark.run("-r", shark.capture(contents), "-V"))
        self.assertEqual(len(shark.fields(shark.capture(contents), ["frame.number"], "-Y", "onehash.truncated")), 1)

    def test_what_is_not_1n(self):
        contents = []
        for number, payload in enumerate((b"GET / HTTP/1.1\r\n\r\n", bytes(range(22, 90)),
                                          b"SSH-2.0-OpenSSH_9.2\r\n", b"2024#1\n", b"\0\0\0\1\0")):
            for port in (CHAT, CONTROL):
                contents += frames.Stream(port, 33000 + number).client(payload).frames
        self.assertEqual(shark.fields(shark.capture(contents), ["frame.number"], "-Y", "onehash"), [])


if __name__ == "__main__":
    shark.main()
