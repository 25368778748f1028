# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that are silent, slow, endless or lying, and others that must not notice."""
import socket
import struct
import time
import unittest

from daemon import Client, DaemonTest, reply

TOO_LONG = 9


class Hostile(DaemonTest):
    SETTINGS = {"limits": {"stall-seconds": "1", "output-bytes": "131072",
                           "shouts-per-second": "1000"}}

    def test_too_long_is_said_with_the_request_s_code(self):
        for framing, start in (("line", b"1#3#x#"), ("length", b"\0\1\0\1" b"1#3#x#")):
            client = self.user("a " + framing, framing)
            client.socket.sendall(start + b"y" * 70000)
            text = client.next()
            self.assertTrue(text.startswith("2#3#9#1\n"), text)
            self.assertTrue(client.is_closed())

    def test_a_first_message_that_is_too_long_is_answered_in_its_framing(self):
        for start, code in ((b"\0\1\0\1" b"1#3#x#", 3), (b"\0\xff\xff\xff" b"1#1#", 1),
                            (b"\0\1\0\1" b"xxxxxx", 0)):
            client = self.client("length")
            client.socket.sendall(start + b"y" * 70000)
            text = client.next()
            self.assertTrue(text.startswith(f"2#{code}#9#1\n"), text)
            self.assertTrue(client.is_closed())

    def test_what_can_become_no_message_is_answered_at_once(self):
        for framing, data in (("line", b"h"), ("line", b"hello"), ("length", b"\0\0\0\5hello"),
                              ("length", b"\0\0\0\0"), ("line", b"\xff" * 5000)):
            client = self.client(framing)
            client.socket.sendall(data)
            self.assertEqual(reply(client.next()),
                             (2, ["Not a 1#n request: 1#code[#argument…]"]))
            self.assertTrue(client.is_closed())

    def test_the_longest_message_arrives(self):
        a, b = self.user("a", "length"), self.user("b", "length")
        a.next()
        text = "x" * (65536 - len("1#3#b#"))
        self.assertEqual(a.ask("1#3#b#" + text), (0, []))
        event = b.next()
        self.assertTrue(event.startswith("3#3#a#xxx"))
        self.assertGreater(len(event), 65000)

    def test_a_lying_length(self):
        client = self.client()
        client.socket.sendall(struct.pack(">I", 5) + b"1#1#a" + struct.pack(">I", 0x7fffffff))
        client.framing = "length"
        self.assertEqual(client.next(), "2#1#0#1\na")
        self.assertEqual(reply(client.next())[0], TOO_LONG)
        self.assertTrue(client.is_closed())

    def test_one_who_does_not_read_is_dropped_and_nobody_waits(self):
        a, b, deaf = self.user("a"), self.user("b"), self.client()
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.log_in("deaf")
        a.next(), a.next(), b.next()
        slowest = 0
        for i in range(3000):
            start = time.monotonic()
            status, lines = a.ask("1#3#deaf#" + "x" * 3000)
            slowest = max(slowest, time.monotonic() - start)
            if lines or status:
                break
            if i % 100 == 0:
                self.assertEqual(a.ask("1#3#b#still here?"), (0, []))
                self.assertEqual(b.next(), "3#3#a#still here?")
        else:
            self.fail("deaf was never dropped")
        self.assertEqual(b.next(), "3#2#deaf")
        self.assertLess(slowest, 1)

    def test_what_did_not_fit_waits(self):
        a, deaf = self.user("a"), self.client()
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.log_in("deaf")
        a.next()
        while True:
            message = None
            a.send("1#3#deaf#" + "x" * 30000)
            message = a.next()
            if message != "2#3#0#0":
                break
        while a.is_silent(0.05) is False:
            a.next()
        again = self.user("deaf")
        self.assertTrue(again.next().startswith("3#3#a#xxx"))

    def test_many_waiting_messages_come_as_fast_as_they_are_read(self):
        a, b = self.user("a"), self.user("b")
        b.ask("1#2")
        a.next(), a.next()
        for i in range(100):
            self.assertEqual(a.ask(f"1#3#b#{i} " + "x" * 30000)[0], 0)
        b.log_in("b")
        self.assertEqual([b.next().split("#")[3].split(" ")[0] for _ in range(100)],
                         [str(i) for i in range(100)])

    def test_one_who_stops_within_a_message_is_dropped(self):
        client = self.user("a")
        client.socket.sendall(b"1#3#a#never")
        start = time.monotonic()
        self.assertTrue(client.is_closed())
        self.assertLess(time.monotonic() - start, 5)

    def test_one_who_says_nothing_stays(self):
        client = self.user("a")
        time.sleep(2.5)
        self.assertEqual(client.ask("1#2"), (0, []))

    def test_an_endless_sender_takes_turns(self):
        victim, endless = self.user("victim"), self.client()
        endless.log_in("endless")
        victim.next()
        endless.socket.settimeout(0.01)
        flood = b"1#9\n" * 16384
        slowest = 0
        for _ in range(100):
            try:
                endless.socket.send(flood)
            except (TimeoutError, ConnectionError):
                pass
            start = time.monotonic()
            victim.send("1#3#victim#hi")
            seen = []
            while len(seen) < 2:
                message = victim.next()
                if not message.startswith("3#2#"):
                    seen.append(message)
            slowest = max(slowest, time.monotonic() - start)
        self.assertLess(slowest, 1)

    def test_rubbish_never_hurts(self):
        import random  # pylint: disable=import-outside-toplevel
        rng = random.Random(20)
        pieces = [b"1#1#a", b"\n", b"\0\0\0\5", b"1#3#", b"#", b"\xff\xfe", b"3#1#x", b"2#1#0#9",
                  b"1#13#5#*#x", b"\r", b"\0" * 40, b"1#12#z", b"1#11#0", b"99#", b"1#15#a"]
        for _ in range(150):
            client = self.client()
            data = b"".join(rng.choice(pieces) for _ in range(rng.randrange(1, 30)))
            try:
                for at in range(0, len(data), 7):
                    client.socket.sendall(data[at:at + 7])
            except ConnectionError:
                pass
            client.close()
        self.assertEqual(self.client(service="control").ask("1#2")[0], 0)


class Limits(DaemonTest):
    SETTINGS = {"limits": {"clients": "20", "clients-per-address": "10", "waiting": "3",
                           "idle-seconds": "2"}}

    def test_connections_from_one_address(self):
        clients = [self.client() for _ in range(10)]
        for i, client in enumerate(clients):
            client.log_in(f"user {i}")
        self.assertTrue(self.client().is_closed())
        clients[0].close()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            late = Client(self.daemon)
            try:
                late.log_in("late")
                late.close()
                return
            except (EOFError, ConnectionError):
                late.close()
                time.sleep(0.05)
        self.fail("no room although one has left")

    def test_messages_that_wait_for_one(self):
        a, b = self.user("a"), self.user("b")
        b.ask("1#2")
        a.next(), a.next()
        self.assertEqual([a.ask("1#3#b#x")[0] for _ in range(5)], [0, 0, 0, 8, 8])

    def test_silence(self):
        client = self.user("a")
        self.assertTrue(client.is_closed())


if __name__ == "__main__":
    unittest.main()
