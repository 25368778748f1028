# SPDX-License-Identifier: GPL-2.0-or-later
"""What is acknowledged stays: over a kill at any moment, over restarts; and the history."""
import resource
import signal
import sqlite3
import threading
import time
import unittest

from daemon import Client, DaemonTest, reply


class Stored(DaemonTest):
    def setUp(self):
        self.SETTINGS = {"limits": {"shouts-per-second": "1000"}}
        super().setUp()
        self.daemon.stop()
        self.daemon.settings["storage"] = {"database": self.daemon.path("chatd.db")}
        self.daemon.start()

    def history(self, client, request="1#13#1000"):
        status, lines = client.ask(request)
        self.assertEqual(status, 0, lines)
        return [line.split("\t") for line in lines]


class Storage(Stored):
    def test_what_was_acknowledged_is_there_once_after_a_kill(self):
        acknowledged = []
        for round_number in range(4):
            first = Client(self.daemon)
            first.log_in("sender")
            second = Client(self.daemon)
            second.log_in("receiver")

            def write(sender, number=round_number):
                for i in range(10 ** 6):
                    text = f"round {number} message {i}"
                    try:
                        if sender.ask("1#3#receiver#" + text)[0] != 0:
                            return
                    except (EOFError, OSError):
                        return
                    acknowledged.append(text)

            writer = threading.Thread(target=write, args=(first,))
            writer.start()
            time.sleep(0.1 + 0.05 * round_number)
            self.daemon.kill()
            writer.join()
            first.close(), second.close()
            self.daemon.start()
        self.assertGreater(len(acknowledged), 100)
        found = []
        reader = self.client(local=True)
        lines = self.history(reader)
        found = [line[5] for line in lines]
        newest = acknowledged[-200:]
        self.assertEqual(len(found), len(set(found)), "nothing twice")
        self.assertEqual([text for text in newest if text not in set(found)], [])

    def test_waiting_messages_survive_a_restart(self):
        alice, bob = self.user("alice"), self.user("bob")
        bob.ask("1#2")
        self.assertEqual(alice.ask("1#3#bob#等你回来")[0], 0)
        self.daemon.kill()
        self.daemon.start()
        again = self.user("bob")
        self.assertEqual(again.next(), "3#3#alice#等你回来")

    def test_history_shows_one_s_own_messages_only(self):
        alice, bob, carol = self.user("alice"), self.user("bob"), self.user("carol")
        alice.ask("1#3#bob#between us\\ two")
        carol.ask("1#3#*#for everybody")
        carol.ask("1#3#bob#局域网聊天")
        self.assertEqual([line[2:] for line in self.history(alice)],
                         [["delivered", "alice", "bob", "between us\\\\ two"],
                          ["delivered", "carol", "*", "for everybody"]])
        self.assertEqual(len(self.history(bob)), 3)
        self.assertEqual([line[5] for line in self.history(bob, "1#13#10#*#局域网")], ["局域网聊天"])
        self.assertEqual([line[5] for line in self.history(bob, "1#13#10#*#聊天")], ["局域网聊天"])
        self.assertEqual([line[3] for line in self.history(bob, "1#13#10#alice")], ["alice"])
        self.assertEqual([line[5] for line in self.history(bob, "1#13#1")], ["局域网聊天"])
        stranger = self.client()
        self.assertEqual(stranger.ask("1#13")[0], 5)
        owner = self.client(local=True)
        self.assertEqual(len(self.history(owner)), 3)

    def test_bad_requests_for_history(self):
        alice = self.user("alice")
        for request in ("1#13#0", "1#13#1001", "1#13#x", "1#13#10#*#" + "w " * 30):
            self.assertEqual(alice.ask(request)[0], 2, request)


class Locked(Stored):
    """Another program holds the database's lock."""

    def test_it_delays_nobody_for_long_and_is_told(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.next()
        other = sqlite3.connect(self.daemon.path("chatd.db"), isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        for _ in range(20):
            status, lines = alice.ask("1#3#bob#not stored")
            self.assertEqual(status, 7)
            self.assertIn("locked", lines[0])
        self.assertLess(time.monotonic() - start, 2)
        other.execute("ROLLBACK")
        self.assertEqual(alice.ask("1#3#bob#stored"), (0, []))
        self.assertEqual(bob.next(), "3#3#alice#stored")
        other.execute("BEGIN IMMEDIATE")
        alice.send("1#3#bob#not stored either")
        self.assertLess(self.daemon.stop(), 2)
        other.execute("ROLLBACK")
        self.daemon.start()
        self.assertEqual([line[5] for line in self.history(self.client(local=True))], ["stored"])


class LongSearch(Stored):
    """A word of two characters that is rare among many messages: all have to be read."""

    MESSAGES = 600000

    def setUp(self):
        super().setUp()
        self.daemon.stop()
        database = sqlite3.connect(self.daemon.path("chatd.db"))
        row = "INSERT INTO message (time, sender, receiver, text, state) VALUES (1, 'a', 'b', ?, 1)"
        database.execute(row, ("很久以前的龘龙",))
        database.executemany(row, (("局域网里的聊天记录" * 3,) for _ in range(self.MESSAGES)))
        # as if all had been prepared for searching long ago
        database.execute("INSERT INTO message_text (rowid, text) SELECT max(id), text FROM message")
        database.commit()
        database.close()
        self.daemon.start()

    def test_it_is_found_and_nobody_else_waits(self):
        alice, bob = self.user("alice", "length"), self.user("bob", "length")
        alice.next()
        owner, gone = self.client("length", local=True), self.client("length", local=True)
        gone.send("1#13#20#*#龘龙")
        owner.send("1#13#20#*#龘龙")
        gone.close()
        longest = 0
        while owner.is_silent(0):
            start = time.monotonic()
            self.assertEqual(alice.ask("1#3#bob#hello"), (0, []))
            bob.next()
            longest = max(longest, time.monotonic() - start)
        self.assertLess(longest, 1)
        status, lines = reply(owner.next())
        self.assertEqual((status, [line.split("\t")[5] for line in lines]), (0, ["很久以前的龘龙"]))
        # what one wrote in the same breath is found
        owner.ask("1#12#owner")
        owner.send("1#3#bob#也有龘龙")
        owner.send("1#13#20#*#龘龙")
        owner.next()
        self.assertIn("也有龘龙", owner.next())

    def test_many_at_once_and_the_end(self):
        crowd = [self.client("length", local=True) for _ in range(12)]
        for client in crowd:
            client.send("1#13#20#*#龘龙")
        refused = [reply(client.next())[0] for client in crowd[-2:]]
        self.assertEqual(refused, [8, 8])
        self.assertLess(self.daemon.stop(), 2)


class FullDisk(DaemonTest):
    """The database may not grow beyond a limit, as if the disk were full."""

    LIMIT = 3000000

    def setUp(self):
        super().setUp()

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.LIMIT, resource.RLIM_INFINITY))

        self.daemon.stop()
        self.daemon.settings["storage"] = {"database": self.daemon.path("chatd.db")}
        self.daemon.popen_options = {"preexec_fn": limit, "restore_signals": False}
        self.daemon.start()

    def come_back(self, nick):
        """A log-in is stored, too, so it may fail as the messages do."""
        for _ in range(50):
            client = self.client("length")
            try:
                if client.ask(f"1#1#{nick}")[0] in (0, 6):
                    return client
            except (EOFError, ConnectionError):
                pass
        self.fail("no log-in")

    def test_nothing_is_acknowledged_that_is_not_stored_and_all_is_well_when_there_is_room(self):
        acknowledged, refused, dropped = [], 0, 0
        sender, receiver = self.user("sender"), self.user("receiver", "length")
        for i in range(2000):
            text = f"no{i:04} " + "x" * 1000
            try:
                status, lines = sender.ask("1#3#receiver#" + text)
            except (EOFError, ConnectionError):
                dropped += 1
                sender, receiver = self.come_back(f"sender {dropped}"), self.come_back("receiver")
                continue
            if status == 0 and not lines:
                acknowledged.append(text)
            elif status == 7:
                refused += 1
                self.assertIn("storing a message", lines[0])
            if refused == 20:
                break
        self.assertEqual(refused, 20)
        self.assertLess(dropped, refused)
        self.assertGreater(len(acknowledged), 50)
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        receiver = self.user("somebody", "length")
        self.assertEqual(sender.ask("1#3#somebody#there is room again")[0], 0)
        self.assertEqual(sender.ask("1#3#somebody#and again")[0], 0)
        self.daemon.kill()
        self.daemon.start()
        reader = self.client(local=True)
        self.assertIn("there is room again", {line.split("\t")[5]
                                              for line in reader.ask("1#13#2")[1]})
        for number in (0, len(acknowledged) // 2, -1):
            status, lines = reader.ask("1#13#1000#*#" + acknowledged[number][:12])
            self.assertIn(acknowledged[number], {line.split("\t")[5] for line in lines})


class Extensions(DaemonTest):
    def test_users_with_their_kind_in_parts(self):
        watcher = self.client()
        for i in range(3):
            self.user(f"user {i}")
        self.assertEqual(watcher.ask("1#11"), (0, ["chat user 0", "chat user 1", "chat user 2"]))
        self.assertEqual(watcher.ask("1#11#2"), (0, ["chat user 2"]))
        self.assertEqual(watcher.ask("1#11#3"), (0, []))
        self.assertEqual(watcher.ask("1#11#x")[0], 2)

    def test_who_identifies_is_not_listed_but_may_write(self):
        alice, quiet = self.user("alice"), self.client()
        self.assertEqual(quiet.ask("1#12#quiet"), (0, ["quiet"]))
        self.assertEqual(alice.ask("1#11"), (0, ["chat alice"]))
        self.assertEqual(quiet.ask("1#3#alice#hi"), (0, []))
        self.assertEqual(alice.next(), "3#3#quiet#hi")
        self.assertEqual(quiet.ask("1#12#alice")[0], 6)
        self.assertEqual(quiet.ask("1#12#a b ")[0], 2)

    def test_locally_one_may_write_as_oneself(self):
        self.user("me", local=True)
        second = self.client(local=True)
        self.assertEqual(second.ask("1#12#me"), (0, ["me"]))

    def test_typing_and_shake(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.next()
        self.assertEqual(alice.ask("1#14#bob"), (0, []))
        self.assertEqual(alice.ask("1#15#bob"), (0, []))
        self.assertEqual([bob.next(), bob.next()], ["3#14#alice", "3#15#alice"])
        self.assertEqual(alice.ask("1#15#nobody")[0], 4)
        self.assertEqual(alice.ask("1#15")[0], 2)


if __name__ == "__main__":
    unittest.main()
