# SPDX-License-Identifier: GPL-2.0-or-later
"""A network that loses, repeats and reorders, and a daemon that is killed: nothing is lost, and
nothing arrives twice. The reader is a program that tells repeated messages by their numbers, as
all of the family do; the writer sends again until it is acknowledged."""
import os
import tempfile
import time
import unittest

import feiq_peer as feiq
from daemon import DaemonTest
from feiq_peer import Peer, Relay

SEED = 5


class Lossy(DaemonTest):
    MESSAGES = 40

    def setUp(self):
        self.bob = Peer("127.0.0.2")
        self.addCleanup(self.bob.close)
        port = self.bob.port
        self.SETTINGS = {"feiq": {"enabled": "true", "address": "127.0.0.1", "port": port,
                                  "broadcast": "127.0.0.3", "retry-ms": 60, "retries": 30,
                                  "refresh": 1},
                         "storage": {}}
        self.seen = {}             # messages by packet number
        self.acknowledged = set()  # packet numbers
        self.relay = Relay("127.0.0.3", port, ("127.0.0.1", port), ("127.0.0.2", port), SEED)
        self.addCleanup(self.relay.close)
        self.bob.node = ("127.0.0.3", port)
        folder = tempfile.TemporaryDirectory(prefix="chatd")
        self.addCleanup(folder.cleanup)
        self.SETTINGS["storage"]["database"] = os.path.join(folder.name, "chatd.db")
        super().setUp()

    def read(self, seconds):
        """What bob reads: each number once."""
        for each in self.bob.collect(seconds):
            if each.command == feiq.BR_ENTRY:
                self.bob.enter(feiq.ANSENTRY)
            if each.command == feiq.SENDMSG:
                self.seen.setdefault(each.number, each.text.decode("gbk"))
            if each.command == feiq.RECVMSG:
                self.acknowledged.add(int(each.text))

    def enter(self, alice):
        while "feiq bob" not in alice.ask("1#11")[1]:
            self.bob.enter()
            self.read(0.1)

    def test_from_feiq(self):
        alice = self.user("alice")
        self.enter(alice)
        while not alice.is_silent(0.3):
            alice.next()
        texts = [f"第 {number} 条" for number in range(self.MESSAGES)]
        waiting = {self.bob.say(text): text for text in texts}
        deadline = time.monotonic() + 60
        while waiting and time.monotonic() < deadline:
            self.read(0.1)
            waiting = {n: text for n, text in waiting.items() if n not in self.acknowledged}
            for number, text in waiting.items():
                self.bob.say(text, number=number)
        self.assertEqual(waiting, {})
        got = []
        while not alice.is_silent(0.3):
            got.append(alice.next())
        self.assertEqual(sorted(got), sorted(f"3#3#bob#{text}" for text in texts))
        self.assertTrue(self.relay.lost and self.relay.doubled and self.relay.delayed)

    def test_to_feiq(self):
        alice = self.user("alice")
        self.enter(alice)
        for number in range(self.MESSAGES):
            self.assertEqual(alice.ask(f"1#3#bob#第 {number} 条")[0], 0)
        deadline = time.monotonic() + 60
        while len(self.seen) < self.MESSAGES and time.monotonic() < deadline:
            self.read(0.2)
        self.read(0.5)
        self.assertEqual([self.seen[number] for number in sorted(self.seen)],
                         [f"alice: 第 {number} 条" for number in range(self.MESSAGES)])
        self.assertTrue(self.relay.lost and self.relay.doubled and self.relay.delayed)

    def test_killed_while_messages_are_on_their_way(self):
        alice = self.user("alice")
        self.enter(alice)
        for number in range(self.MESSAGES):
            self.assertEqual(alice.ask(f"1#3#bob#{number}")[0], 0)
        for _ in range(4):
            self.read(0.4)
            self.daemon.kill()
            self.daemon.start()
        deadline = time.monotonic() + 60
        while len(self.seen) < self.MESSAGES and time.monotonic() < deadline:
            self.read(0.2)
        self.read(0.5)
        self.assertEqual([self.seen[number] for number in sorted(self.seen)],
                         [f"alice: {number}" for number in range(self.MESSAGES)])

    def test_killed_while_messages_arrive(self):
        """Whatever was acknowledged is in the history, once."""
        alice = self.user("alice")
        self.enter(alice)
        waiting = {self.bob.say(f"no {number}."): number for number in range(self.MESSAGES)}
        sent = dict(waiting)
        for turn in range(60):
            self.read(0.1)
            waiting = {n: text for n, text in waiting.items() if n not in self.acknowledged}
            if not waiting:
                break
            if turn % 3 == 0 and turn < 13:
                self.daemon.kill()
                self.daemon.start()
            for number, text in waiting.items():
                self.bob.say(f"no {text}.", number=number)
        self.assertEqual(waiting, {})
        status, lines = self.user("carol").ask(f"1#13#{self.MESSAGES * 2}")
        self.assertEqual(status, 0)
        for number in sent.values():
            found = [line for line in lines if f"no {number}." in line]
            self.assertEqual(len(found), 1, found)


if __name__ == "__main__":
    unittest.main()
