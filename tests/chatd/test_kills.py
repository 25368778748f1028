# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 at moments that a seed chooses, while chat users and a FeiQ user write to each other and to
one who is away. What was acknowledged is in the database, once; what was not sent goes out."""
import os
import random
import sqlite3
import tempfile
import threading
import time
import unittest
from collections import Counter

import feiq_peer as feiq
from daemon import Client
from test_node import NodeTest

SEED = int(os.environ.get("KILLS_SEED", "20201124"))
ROUNDS = int(os.environ.get("KILLS_ROUNDS", "12"))


class Writer(threading.Thread):
    """A chat user who writes to one receiver after another, and comes back when the daemon does."""

    def __init__(self, daemon, name, receivers):
        super().__init__(daemon=True)
        self.daemon_process, self.nick, self.receivers = daemon, name, receivers
        self.acknowledged = []  # (receiver, text)
        self.problems = []
        self.stopped = threading.Event()

    def run(self):
        client, number = None, 0
        while not self.stopped.is_set():
            number += 1
            to = self.receivers[number % len(self.receivers)]
            text = f"{self.nick} {number} 给 {to}"
            try:
                if client is None:
                    client = Client(self.daemon_process, "length")
                    client.log_in(self.nick)
                status, lines = client.ask(f"1#3#{to}#{text}")
                if status == 0:
                    self.acknowledged.append((to, text))
                elif status not in (4, 8):  # not there yet after a kill, or too many wait
                    self.problems.append((status, lines))
            except (EOFError, OSError, AssertionError):
                if client is not None:
                    client.close()
                client = None
                time.sleep(0.01)
            time.sleep(0.002)
        if client is not None:
            client.close()


class Kills(NodeTest):
    NODE = {"retries": "30", "refresh": "1"}

    def settings(self):
        folder = tempfile.TemporaryDirectory(prefix="chatd")
        self.addCleanup(folder.cleanup)
        self.database = os.path.join(folder.name, "chatd.db")
        return {"storage": {"database": self.database},
                "limits": {"waiting": "100000", "shouts-per-second": "1000"}}

    def setUp(self):
        super().setUp()
        self.heard = {}  # what bob got, by packet number
        self.acknowledged = set()
        self.unconfirmed = {}  # what bob said, by packet number

    def be_bob(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for each in self.bob.collect(0.02):
                if each.command == feiq.BR_ENTRY:
                    self.bob.enter(feiq.ANSENTRY)
                elif each.command == feiq.SENDMSG:
                    self.heard.setdefault(each.number, each.text.decode("gbk"))
                elif each.command == feiq.RECVMSG:
                    self.acknowledged.add(int(each.text))

    def say_again(self):
        for number, text in self.unconfirmed.items():
            if number not in self.acknowledged:
                self.bob.say(text, number=number)

    def states(self):
        with sqlite3.connect(self.database) as database:
            return database.execute("SELECT receiver, text, state FROM message").fetchall()

    def test_nothing_that_was_acknowledged_is_lost_or_there_twice(self):
        moments = random.Random(SEED)
        self.enter(self.bob)
        self.user("away").ask("1#2")
        writers = [Writer(self.daemon, f"writer{i}", ["away", "bob", f"writer{1 - i}"])
                   for i in range(2)]
        for writer in writers:
            writer.start()
        for round_number in range(ROUNDS):
            for i in range(10):
                text = f"bob {round_number} {i} 大家说"
                self.unconfirmed[self.bob.say(text)] = text
            self.be_bob(moments.uniform(0, 0.15))
            self.say_again()
            if moments.random() < 0.3:
                try:
                    self.user("away", "length").close()  # takes what waits, or some of it
                except (EOFError, OSError, AssertionError):
                    pass
            time.sleep(moments.uniform(0, 0.05))
            self.daemon.kill()
            self.daemon.start()
            self.bob.enter()
        for writer in writers:
            writer.stopped.set()
            while writer.is_alive():
                self.be_bob(0.1)
            self.assertEqual(writer.problems, [])
        deadline = time.monotonic() + 60
        expected = {f"{writer.nick}: {text}" for writer in writers
                    for to, text in writer.acknowledged if to == "bob"}
        while time.monotonic() < deadline and (
                not expected <= set(self.heard.values())
                or not set(self.unconfirmed) <= self.acknowledged):
            self.say_again()
            self.be_bob(0.3)
        # to FeiQ: each once, whatever was sent again carried the same number
        self.assertEqual(Counter(self.heard.values()).most_common(1)[0][1], 1)
        self.assertEqual(expected - set(self.heard.values()), set())
        # who was away has all, once
        away = self.user("away", "length")
        while not away.is_silent(0.3):
            away.next()
        self.daemon.kill()
        rows = self.states()
        texts = Counter(text for _, text, _ in rows)
        for writer in writers:
            self.assertGreater(len(writer.acknowledged), 20)
            for to, text in writer.acknowledged:
                self.assertEqual(texts[text], 1, (to, text))
        for number, text in self.unconfirmed.items():
            self.assertIn(number, self.acknowledged)
            self.assertEqual(texts[text], 1, text)
        self.assertEqual([row for row in rows if row[0] == "away" and row[2] == 0], [])
        print(f"{ROUNDS} kills: {sum(len(writer.acknowledged) for writer in writers)} messages of chat "
              f"users and {len(self.acknowledged)} of a FeiQ user were acknowledged, seed {SEED}")


if __name__ == "__main__":
    unittest.main()
