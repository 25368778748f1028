# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP: 1#n in its framings, a file of FeiQ, and bytes that nobody knows."""
import os
import socket
import struct
import sys
import unittest

from replaying import ROOT, Recording, ReplayTest, TcpServer, feiq, unused_port

sys.path.insert(0, os.path.join(ROOT, "tests", "chatd"))
from daemon import Client, Daemon  # noqa: E402


def processes():
    """A control client that asks twice, at once."""
    recording = Recording()
    connection = recording.connection(12426)
    connection.request(b"1#2\n1#3#notepad\n", "")
    connection.answer(b"2#2#0#2\nsystemd\nbash\n2#3#0#1\nnotepad\n", "")
    connection.close()
    return recording


def answering(replies):
    """A server that answers each line with the next of these."""
    def serve(connection):
        waiting = list(replies)
        buffer = b""
        while waiting:
            data = connection.recv(65536)
            if not data:
                return
            buffer += data
            while b"\n" in buffer and waiting:
                _, buffer = buffer.split(b"\n", 1)
                connection.sendall(waiting.pop(0))
        while connection.recv(65536):
            pass
    return serve


RIGHT = [b"2#2#0#2\nsystemd\nbash\n", b"2#3#0#1\nnotepad\n"]


class Onehash(ReplayTest):
    def test_as_recorded_however_it_is_cut(self):
        server = TcpServer(answering(RIGHT))
        for size in ("0", "1", "3"):
            status, outcomes, total, said = self.replay(processes(), server.port,
                                                        "--segment-size", size)
            self.assertEqual((status, self.verdicts(outcomes), said),
                             (0, ["sent", "same", "same"], ""))
            self.assertEqual((outcomes[1]["frame"], total["unexpected"]), (6, 0))

    def test_another_reply(self):
        server = TcpServer(answering([RIGHT[0], b"2#3#4#1\nno such process\n"]))
        status, outcomes, _, _ = self.replay(processes(), server.port)
        self.assertEqual((status, self.verdicts(outcomes)), (1, ["sent", "same", "different"]))
        fields = [difference["field"] for difference in outcomes[2]["differences"]]
        self.assertIn("onehash.status", fields)

    def test_closed_too_early(self):
        server = TcpServer(lambda connection: (connection.recv(100),
                                               connection.sendall(RIGHT[0] + b"2#3#0")))
        status, outcomes, _, _ = self.replay(processes(), server.port)
        self.assertEqual((status, outcomes[2]["verdict"], outcomes[2]["reason"]),
                         (1, "missing", "(the server closed the connection before the end of it)"))

    def test_nobody_there(self):
        status, outcomes, total, _ = self.replay(processes(), unused_port(socket.SOCK_STREAM))
        self.assertEqual((status, total["unsent"], total["missing"]), (1, 1, 2))
        self.assertIn("cannot connect", outcomes[0]["reason"])

    def test_length_framing(self):
        def framed(text):
            return struct.pack(">I", len(text)) + text
        recording = Recording()
        connection = recording.connection(12426)
        connection.request(framed(b"1#2"), "")
        connection.answer(framed(b"2#2#0#1\nbash"), "")
        server = TcpServer(lambda c: (c.recv(100), c.sendall(framed(b"2#2#0#1\nbash")), c.recv(1)))
        status, _, total, _ = self.replay(recording, server.port)
        self.assertEqual((status, total["same"]), (0, 1))


class Bytes(ReplayTest):
    CONTENTS = bytes(range(256)) * 20

    def recording(self):
        recording = Recording()
        connection = recording.connection(2425)
        connection.request(feiq(7, 0x60, b"64:0:0:"), "")
        connection.answer(self.CONTENTS, "")
        connection.close(by_server=True)
        return recording

    def test_a_file(self):
        server = TcpServer(lambda c: (c.recv(1000), c.sendall(self.CONTENTS)))
        status, _, total, _ = self.replay(self.recording(), server.port)
        self.assertEqual((status, total["missing"] + total["different"]), (0, 0))

    def test_one_wrong_byte(self):
        wrong = bytearray(self.CONTENTS)
        wrong[3000] ^= 1
        server = TcpServer(lambda c: (c.recv(1000), c.sendall(bytes(wrong))))
        status, outcomes, _, _ = self.replay(self.recording(), server.port)
        different = [o for o in outcomes if o["verdict"] == "different"]
        self.assertEqual((status, len(different)), (1, 1))
        self.assertIn(f"from byte {3000 - 2 * 1460} on", different[0]["differences"][0]["live"])


class Chatd(ReplayTest):
    """What the real daemon said, recorded and said again."""

    def record(self, daemon):
        """The client's requests and all that came back, as they came."""
        recording = Recording()
        connection = recording.connection(12425)
        client = Client(daemon, "line")
        for request in ("1#1#ann", "1#3#ann#你好", "1#3#nobody#hi", "1#9", "1#2"):
            client.send(request)
            connection.request(request.encode() + b"\n", "")
            replied = False
            while not replied:
                message = client.next()
                replied = message.startswith("2#")
                connection.answer(message.encode() + b"\n", "")
        connection.close()
        client.close()
        return recording

    def test_the_same_daemon_says_the_same(self):
        # byte for byte, so nothing may be taken for a whole message by the time that passes behind it
        daemon = Daemon({"chat": {"framing": "line"}})
        self.addCleanup(daemon.close)
        recording = self.record(daemon)
        daemon.stop()
        daemon.start()
        for size in ("0", "1"):
            status, outcomes, total, _ = self.replay(recording, daemon.ports["chat"],
                                                     "--segment-size", size, "--strict")
            self.assertEqual((status, total["different"], total["missing"]), (0, 0, 0), outcomes)
            self.assertGreater(total["same"], 4)


if __name__ == "__main__":
    unittest.main()
