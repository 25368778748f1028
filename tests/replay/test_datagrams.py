# SPDX-License-Identifier: GPL-2.0-or-later
"""Datagrams of FeiQ, and of protocols that nobody knows."""
import socket
import time
import unittest

from replaying import (CLIENT, EVERYBODY, OTHER, SERVER, Recording, ReplayTest, UdpServer, feiq,
                       unused_port)

BR_ENTRY, ANSENTRY, SENDMSG, RECVMSG, READMSG = 1, 3, 0x120, 0x21, 0x30


def chat():
    """A log-in that is answered, a message that is acknowledged."""
    recording = Recording()
    recording.datagram(CLIENT, EVERYBODY, feiq(100, BR_ENTRY, b"Ann\0"))
    recording.datagram(SERVER, CLIENT, feiq(9000, ANSENTRY, b"Bob\0", "bob"))
    recording.datagram(CLIENT, SERVER, feiq(101, SENDMSG, "三点开会吗".encode("gbk") + b"\0"))
    recording.datagram(SERVER, CLIENT, feiq(9001, RECVMSG, b"101\0", "bob"))
    return recording


def header(data):
    """(packet number, command word, body)"""
    parts = data.split(b":", 5)
    return int(parts[1]), int(parts[4]), parts[5]


def live(data, number=[70000]):
    """A node that is another host than the recorded one, and counts for itself."""
    asked, word, _ = header(data)
    number[0] += 1
    if word & 0xff == BR_ENTRY:
        return [feiq(number[0], ANSENTRY, b"Carol\0", "carol", "OTHER")]
    if word & 0xff == SENDMSG & 0xff:
        return [feiq(number[0], RECVMSG, str(asked).encode() + b"\0", "carol", "OTHER")]
    return []


class Feiq(ReplayTest):
    def test_as_recorded(self):
        server = UdpServer(live)
        status, outcomes, total, said = self.replay(chat(), server.port)
        self.assertEqual((status, self.verdicts(outcomes), said),
                         (0, ["sent", "same", "sent", "same"], ""))
        self.assertEqual([outcome["frame"] for outcome in outcomes], [1, 2, 3, 4])
        self.assertEqual((total["same"], total["server"]), (2, "10.1.0.2"))
        self.assertEqual(server.received[1], feiq(101, SENDMSG, "三点开会吗".encode("gbk") + b"\0"))

    def test_who_the_server_is_counts_if_asked_for(self):
        server = UdpServer(live)
        status, outcomes, _, _ = self.replay(chat(), server.port, "--exact", "--timeout", "300")
        self.assertEqual((status, outcomes[1]["verdict"]), (1, "different"))
        fields = {d["field"]: (d["recorded"], d["live"]) for d in outcomes[1]["differences"]}
        self.assertEqual(fields["feiq.user"], ("bob", "carol"))
        self.assertEqual(fields["feiq.nick"], ("Bob", "Carol"))

    def test_another_answer(self):
        server = UdpServer(lambda data: [feiq(1, RECVMSG, b"99\0")] if b":288:" in data
                           else live(data))
        status, outcomes, _, _ = self.replay(chat(), server.port)
        self.assertEqual((status, outcomes[3]["verdict"]), (1, "different"))
        self.assertEqual(outcomes[3]["differences"],
                         [{"field": "feiq.ack", "recorded": "101", "live": "99"}])
        status, _, _, _ = self.replay(chat(), server.port, "--ignore", "feiq.ack")
        self.assertEqual(status, 0)
        status, _, _, _ = self.replay(chat(), server.port, "--only", "feiq.command")
        self.assertEqual(status, 0)

    def test_no_answer(self):
        server = UdpServer(lambda data: [])
        status, outcomes, total, _ = self.replay(chat(), server.port, "--timeout", "50")
        self.assertEqual((status, self.verdicts(outcomes), total["missing"]),
                         (1, ["sent", "missing", "sent", "missing"], 2))
        self.assertEqual(outcomes[1]["reason"], "(within 50 ms)")

    def test_nobody_there(self):
        status, outcomes, _, _ = self.replay(chat(), unused_port(socket.SOCK_DGRAM),
                                             "--timeout", "300")
        self.assertEqual(status, 1)
        self.assertIn("refused", outcomes[1]["reason"])

    def test_more_than_recorded(self):
        server = UdpServer(lambda data: live(data) + [feiq(5, 0x79, b"\0")])
        status, outcomes, total, _ = self.replay(chat(), server.port)
        self.assertEqual((status, total["unexpected"]), (0, 2))
        self.assertEqual(self.verdicts(outcomes)[-2:], ["unexpected"] * 2)
        status, _, _, _ = self.replay(chat(), server.port, "--strict")
        self.assertEqual(status, 1)

    def test_answers_in_another_order(self):
        recording = Recording()
        recording.datagram(CLIENT, SERVER, feiq(1, SENDMSG, b"x\0"))
        recording.datagram(SERVER, CLIENT, feiq(2, RECVMSG, b"1\0"))
        recording.datagram(SERVER, CLIENT, feiq(3, 0x79, b"\0"))
        server = UdpServer(lambda data: [feiq(8, 0x79, b"\0"), feiq(9, RECVMSG, b"1\0")])
        status, _, total, _ = self.replay(recording, server.port, "--strict")
        self.assertEqual((status, total["same"]), (0, 2))

    def test_fresh_numbers(self):
        server = UdpServer(live)
        status, _, _, _ = self.replay(chat(), server.port, "--fresh-numbers")
        self.assertEqual(status, 0)
        numbers = [header(data)[0] for data in server.received]
        self.assertGreater(numbers[0], 1700000000)
        self.assertEqual(numbers[1] - numbers[0], 1)

    def test_what_names_the_servers_datagram_names_the_live_one(self):
        recording = Recording()
        recording.datagram(CLIENT, SERVER, feiq(1, BR_ENTRY, b"Ann\0"))
        recording.datagram(SERVER, CLIENT, feiq(9000, SENDMSG, b"hello\0"))
        recording.datagram(CLIENT, SERVER, feiq(2, RECVMSG, b"9000\0"))
        server = UdpServer(lambda data: [feiq(123456789, SENDMSG, b"hello\0")]
                           if header(data)[1] == BR_ENTRY else [])
        status, _, _, _ = self.replay(recording, server.port)
        self.assertEqual((status, server.received[1]),
                         (0, feiq(2, RECVMSG, b"123456789\0")))

    def test_other_hosts_take_no_part(self):
        recording = chat()
        recording.datagram(OTHER, CLIENT, feiq(55, SENDMSG, b"psst\0"))
        recording.datagram(SERVER, EVERYBODY, feiq(9002, BR_ENTRY, b"Bob\0"))
        server = UdpServer(live)
        status, outcomes, _, said = self.replay(recording, server.port)
        self.assertEqual((status, len(outcomes), len(server.received)), (0, 4, 2))
        self.assertIn("not played: 1 messages between others, 1 of the server to a group", said)

    def test_choosing_the_server(self):
        message = feiq(1, SENDMSG, "三点开会吗".encode("gbk") + b"\0")
        server = UdpServer(lambda data: [message] if header(data)[1] == ANSENTRY else [])
        status, outcomes, _, _ = self.replay(chat(), server.port, "--server", "10.1.0.1")
        self.assertEqual((status, self.verdicts(outcomes)), (0, ["sent", "same", "sent"]))

    def test_part_of_a_capture(self):
        server = UdpServer(live)
        status, outcomes, _, _ = self.replay(chat(), server.port, "-Y", "feiq.command < 4")
        self.assertEqual((status, len(outcomes)), (0, 2))

    def test_recorded_times(self):
        server = UdpServer(live)
        for speed, least in (("1", 0.04), ("0.1", 0.4)):
            begun = time.monotonic()
            status, _, _, _ = self.replay(chat(), server.port, "--speed", speed)
            self.assertEqual(status, 0)
            self.assertGreaterEqual(time.monotonic() - begun, least)


class Unknown(ReplayTest):
    def test_bytes_are_compared(self):
        recording = Recording()
        recording.datagram(CLIENT, SERVER, b"\0\1ping", 5000, 7777)
        recording.datagram(SERVER, CLIENT, b"\0\2pong", 7777, 5000)
        server = UdpServer(lambda data: [b"\0\2pong"])
        status, _, _, _ = self.replay(recording, server.port)
        self.assertEqual(status, 0)
        server = UdpServer(lambda data: [b"\0\2pang!"])
        status, outcomes, _, _ = self.replay(recording, server.port)
        self.assertEqual(status, 1)
        self.assertEqual(outcomes[1]["differences"],
                         [{"field": "", "recorded": "6 bytes; from byte 3 on: 6f 6e 67",
                           "live": "7 bytes; from byte 3 on: 61 6e 67 21"}])


if __name__ == "__main__":
    unittest.main()
