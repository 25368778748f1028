# SPDX-License-Identifier: GPL-2.0-or-later
"""Which FeiQ datagram answers, repeats or speaks of which."""

import unittest

import frames
import shark

A, B, C, D = "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"
SUBNET, ALL, GROUP = "10.0.0.255", "255.255.255.255", "226.81.9.8"
SENDCHECK, BROADCAST, AUTORET, READCHECK, FILES = 0x100, 0x400, 0x2000, 0x100000, 0x200000
LINKS = ["feiq.response_in", "feiq.response_to", "feiq.retransmission_of", "feiq.duplicate_of"]


def say(source, destination, number, command, body=b"\0", sport=2425, dport=2425):
    payload = f"1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:{number}:user:host:{command}:".encode() + body
    return frames.udp(payload, sport, dport, source, destination)


def ack(number):
    return f"{number}\0".encode()


def chunk(source, destination, number, image, chunk_number, count, data):
    header = f"{image:08x}|{512 * count}|{512 * (chunk_number - 1)}|{count}|{chunk_number}|512|0|2|0|00000000#"
    return say(source, destination, number, 0x2000C0, header.encode() + b"\0" + data)


class Conversation(unittest.TestCase):
    def rows(self, contents, names, *arguments, times=None, passes="-2"):
        path = shark.capture(contents, times=times)
        return [[",".join(values) for values in row]
                for row in shark.fields(path, names, *arguments, *filter(None, [passes]))]

    def links(self, contents, times=None):
        """By frame: name of the link without "feiq." = frames, for each that it has."""
        return {number: " ".join(f"{name[5:]}={value}" for name, value in zip(LINKS, row) if value)
                for number, row in enumerate(self.rows(contents, LINKS, times=times), 1) if any(row)}

    def unacknowledged(self, contents, **options):
        return [int(number) for [number] in
                self.rows(contents, ["frame.number"], "-Y", "feiq.unacknowledged", **options)]

    def test_each_request_and_its_answer(self):
        pairs = [(0x01, 0x03), (0x40, 0x41), (0x50, 0x51), (0x72, 0x73), (0x18, 0x11), (0x10, 0x11),
                 (0x12, 0x13), (0x12, 0x14), (0x77, 0x78), (0xD1, 0xD2)]
        for request, answer in pairs:
            with self.subTest(request=request, answer=answer):
                contents = [say(A, B, 1, request), say(B, A, 900, answer)]
                self.assertEqual(self.links(contents), {1: "response_in=2", 2: "response_to=1"})

    def test_acknowledgements_name_what_they_acknowledge(self):
        contents = [say(A, B, 7, 0x120, b"one\0"), say(A, B, 8, 0x120, b"two\0"),
                    say(B, A, 20, 0x21, ack(8)), say(B, A, 21, 0x21, ack(7)),
                    say(B, A, 22, 0x21, ack(9)), say(C, A, 23, 0x21, ack(7))]
        self.assertEqual(self.links(contents), {1: "response_in=4", 2: "response_in=3",
                                                3: "response_to=2", 4: "response_to=1"})

    def test_response_time(self):
        contents = [say(A, B, 7, 0x120, b"one\0"), say(A, B, 7, 0x120, b"one\0"), say(B, A, 20, 0x21, ack(7))]
        rows = self.rows(contents, ["feiq.response_to", "feiq.time"], times=[0, 750, 1500], passes=None)
        self.assertEqual(rows, [["", ""], ["", ""], ["1", "1.500000000"]])

    def test_a_sealed_message_and_its_opening(self):
        contents = [say(A, B, 7, 0x320 | READCHECK, b"x\0"), say(B, A, 20, 0x21, ack(7)),
                    say(B, A, 21, 0x30 | READCHECK, ack(7)), say(A, B, 8, 0x32, ack(21))]
        self.assertEqual(self.links(contents), {1: "response_in=2", 2: "response_to=1",
                                                3: "response_in=4", 4: "response_to=3"})
        rows = self.rows(contents, ["feiq.read_in", "feiq.message"])
        self.assertEqual(rows, [["3", ""], ["", ""], ["", "1"], ["", ""]])

    def test_files_that_are_dropped(self):
        contents = [say(A, B, 7, 0x120 | FILES, b"\x000:a.txt:5:59bbf8db:1:\x07\0"), say(B, A, 20, 0x61, ack(7))]
        rows = self.rows(contents, ["feiq.released_in", "feiq.message"])
        self.assertEqual(rows, [["2", ""], ["", "1"]])

    def test_chunks_of_an_image(self):
        contents = [chunk(A, B, 1, 0xABC, 1, 2, bytes(512)), chunk(A, B, 1, 0xABC, 2, 2, bytes(512)),
                    say(B, A, 50, 0xC1, b"00000abc|2#\0"), say(B, A, 51, 0xC1, b"00000abc|1#\0"),
                    chunk(A, B, 99, 0xABC, 2, 2, bytes(512))]
        self.assertEqual(self.links(contents), {1: "response_in=4", 2: "response_in=3", 3: "response_to=2",
                                                4: "response_to=1", 5: "retransmission_of=2"})

    def test_everybody_answers_a_broadcast(self):
        contents = [say(A, ALL, 1, 1, b"a\0\0"), say(A, SUBNET, 1, 1, b"a\0\0"),
                    say(B, A, 5, 3, b"b\0\0"), say(C, A, 5, 3, b"c\0\0"), say(B, A, 6, 3, b"b\0\0")]
        self.assertEqual(self.links(contents), {1: "response_in=3,4,5", 2: "duplicate_of=1",
                                                3: "response_to=1", 4: "response_to=1", 5: "response_to=1"})

    def test_again_to_the_same_address_is_a_retransmission(self):
        contents = [say(A, B, 7, 0x120, b"x\0")] * 3 + [say(B, A, 5, 0x21, ack(7))]
        self.assertEqual(self.links(contents, times=[0, 750, 1500, 1600]),
                         {1: "response_in=4", 2: "retransmission_of=1", 3: "retransmission_of=1",
                          4: "response_to=1"})
        self.assertEqual(self.links([say(A, ALL, 1, 1)] * 2), {2: "retransmission_of=1"})

    def test_the_same_to_another_host_is_a_message_of_its_own(self):
        contents = [say(A, B, 7, 0x120, b"x\0"), say(A, C, 7, 0x120, b"x\0"),
                    say(C, A, 1, 0x21, ack(7)), say(B, A, 1, 0x21, ack(7))]
        self.assertEqual(self.links(contents), {1: "response_in=4", 2: "response_in=3", 3: "response_to=2",
                                                4: "response_to=1"})
        self.assertEqual(self.links([say(A, B, 7, 2), say(A, C, 7, 2)]), {})

    def test_numbers_that_are_used_again(self):
        """iptux counts from 1 at each start."""
        contents = [say(A, B, 1, 0x120, b"x\0"), say(B, A, 9, 0x21, ack(1)),
                    say(A, B, 1, 0x120, b"x\0"), say(B, A, 10, 0x21, ack(1))]
        self.assertEqual(self.links(contents, times=[0, 1, 60000, 60001]),
                         {1: "response_in=2", 2: "response_to=1", 3: "response_in=4", 4: "response_to=3"})
        other = [say(A, B, 1, 0x120, b"x\0"), say(A, B, 1, 0x120, b"other\0"), say(A, B, 1, 0x79)]
        self.assertEqual(self.links(other), {})

    def test_two_programs_of_one_host(self):
        contents = [say(A, B, 1, 0x120, b"x\0", sport=2425), say(A, B, 1, 0x120, b"x\0", sport=2426),
                    say(B, A, 9, 0x21, ack(1), dport=2425), say(B, A, 10, 0x21, ack(1), dport=2426)]
        self.assertEqual(self.links(contents), {1: "response_in=3", 2: "response_in=4", 3: "response_to=1",
                                                4: "response_to=2"})

    def test_requests_without_numbers_are_answered_in_order(self):
        contents = [say(A, B, 1, 0xD1), say(A, B, 2, 0xD1), say(B, A, 3, 0xD2), say(B, A, 4, 0xD2)]
        self.assertEqual(self.links(contents), {1: "response_in=3", 2: "response_in=4", 3: "response_to=1",
                                                4: "response_to=2"})

    def test_an_answer_long_after(self):
        self.assertEqual(self.links([say(A, B, 1, 0xD1), say(B, A, 3, 0xD2)], times=[0, 100000]), {})

    def test_unacknowledged(self):
        asked = say(A, B, 1, 0x120, b"x\0")
        self.assertEqual(self.unacknowledged([asked]), [1])
        self.assertEqual(self.unacknowledged([asked] * 3), [1])
        self.assertEqual(self.unacknowledged([asked], passes=None), [])
        self.assertEqual(self.unacknowledged([asked, say(B, A, 2, 0x21, ack(1))]), [])
        self.assertEqual(self.unacknowledged([asked, say(C, A, 2, 0x21, ack(1))]), [1])
        self.assertEqual(self.unacknowledged([say(A, B, 1, 0x30 | READCHECK, ack(9)), say(A, B, 2, 0x30, ack(9))]), [1])
        self.assertEqual(self.unacknowledged([chunk(A, B, 1, 5, 1, 2, bytes(512))]), [1])
        nobody_asked = [say(A, B, 1, 0x20, b"x\0"), say(A, B, 2, 0x120 | AUTORET, b"x\0"),
                        say(A, B, 3, 0x120 | BROADCAST, b"x\0"), say(A, ALL, 4, 0x120, b"x\0"),
                        say(A, GROUP, 5, 0x400123, bytes(8)), say(A, B, 6, 0x101), say(A, B, 7, 0xD1)]
        self.assertEqual(self.unacknowledged(nobody_asked), [])

    def test_a_quotation_in_an_icmp_error_says_nothing(self):
        sent = say(A, B, 1, 0x120, b"x\0")
        quoted = sent[14:]
        icmp = b"\x03\x03\0\0\0\0\0\0" + quoted
        error = frames.ipv4(1, icmp, B, A)
        self.assertEqual(self.links([sent, error]), {})

    def test_many_of_one_number_stay_cheap(self):
        """Forged: the same number and command again and again, each another text."""
        contents = [say(A, B, 1, 0x120, b"%d\0" % i) for i in range(5000)]
        contents += [say(B, A, i, 0x21, ack(1)) for i in range(5000)]
        rows = self.rows(contents, ["feiq.response_to"], "-Y", "feiq.response_to")
        self.assertEqual({row[0] for row in rows}, {"5000"})
        rows = self.rows(contents, ["feiq.response_in"], "-Y", "frame.number == 5000")
        self.assertEqual(len(rows[0][0].split(",")), 64)


class Replies(unittest.TestCase):
    def test_every_request_gets_one_reply_in_order(self):
        stream = frames.Stream(12425).client(b"1#1#tom\n1#3#*#a\n").server(b"2#1#0#0\n3#3#tom#a\n", b"2#3#0#0\n")
        stream.client(b"1#2\n").server(b"2#2#0#0\n2#2#0#0\n")
        path = shark.capture(stream.frames)
        names = ["frame.number", "onehash.response_in", "onehash.response_to", "onehash.time"]
        for passes, forward in (((), []), (("-2",), ["5", "6"])):
            rows = shark.fields(path, names, "-Y", "onehash", *passes)
            self.assertEqual(rows, [[["4"], forward, [], []],
                                    [["5"], [], ["4"], ["0.001000000"]],
                                    [["6"], [], ["4"], ["0.002000000"]],
                                    [["7"], forward and ["8"], [], []],
                                    [["8"], [], ["7"], ["0.001000000"]]])

    def test_connections_are_apart(self):
        one, two = frames.Stream(12426, 41000).client(b"1#2\n"), frames.Stream(12426, 41001).client(b"1#2\n")
        contents = one.frames + two.frames
        before = len(two.frames)
        contents += two.server(b"2#2#0#0\n").frames[before:]
        rows = shark.fields(shark.capture(contents), ["frame.number", "onehash.response_to"], "-Y", "onehash.response_to")
        self.assertEqual(rows, [[["9"], ["8"]]])


if __name__ == "__main__":
    shark.main()
