# SPDX-License-Identifier: GPL-2.0-or-later
"""What one address may ask for, and that others do not notice; log-ins by the hundred."""
import threading
import time
import unittest

import feiq_peer as feiq
from daemon import Client, DaemonTest, reply
from test_node import NodeTest

OK, BUSY = 0, 8
SHOUT = "1#3#*#hello"


class PerAddress(DaemonTest):
    SETTINGS = {"limits": {"connections-per-second": "10", "requests-per-second": "200",
                           "shouts-per-second": "100", "shouts-per-address": "10"}}

    def is_let_in(self, source):
        client = self.client(source=source)
        try:
            return client.ask("1#12#somebody")[0] == OK
        except (EOFError, OSError):
            return False

    def test_connections(self):
        """Two seconds' worth at once, then no more until time has passed; another address is let in."""
        start = time.monotonic()
        taken = sum(self.is_let_in("127.0.0.1") for _ in range(80))
        seconds = time.monotonic() - start
        self.assertGreaterEqual(taken, 20)
        self.assertLessEqual(taken, 22 + 10 * seconds)
        self.assertTrue(self.is_let_in("127.0.0.2"))
        time.sleep(1.2)
        self.assertTrue(self.is_let_in("127.0.0.1"))
        figures = dict(line.split(" ", 1) for line in self.client(service="control").ask("1#11")[1])
        self.assertEqual(int(figures["chat-refused"]), 80 - taken)

    def test_requests_wait_and_none_is_lost(self):
        busy, other = self.user("busy"), self.user("other", source="127.0.0.2")
        second = self.user("second")
        count = 1000
        start = time.monotonic()
        busy.socket.sendall(b"".join(b"1#3#other#%d\n" % i for i in range(count)))
        other.send("1#3#other#still here?")
        seen = []
        while "2#3#0#0" not in seen:
            seen.append(other.next())
        self.assertLess(time.monotonic() - start, 1, "another address does not wait")
        seen += [other.next() for _ in range(count + 3 - len(seen))]
        seconds = time.monotonic() - start
        self.assertEqual([m for m in seen if m.startswith("3#3#busy#")],
                         [f"3#3#busy#{i}" for i in range(count)])
        self.assertGreater(seconds, (count - 2 * 200) / 200 * 0.8)
        self.assertLess(seconds, 10)
        start = time.monotonic()
        self.assertEqual(second.ask("1#2")[0], OK, "of the same address: it waits, too, but not long")
        self.assertLess(time.monotonic() - start, 2)

    def test_shouts(self):
        first, second = self.user("first"), self.user("second")
        other = self.user("other", source="127.0.0.2")
        statuses = [client.ask(SHOUT)[0] for _ in range(30) for client in (first, second)]
        self.assertEqual(statuses[:10], [OK] * 10)
        self.assertIn(BUSY, statuses)
        self.assertEqual(self.client().ask("1#1#third")[0], BUSY, "log-ins count, too")
        self.assertEqual(other.ask(SHOUT)[0], OK)
        time.sleep(0.5)
        self.assertEqual(first.ask(SHOUT)[0], OK)

    def test_a_long_shout_counts_as_several(self):
        client = self.user("long")
        statuses = [client.ask("1#3#*#" + "x" * 15000)[0] for _ in range(4)]
        self.assertEqual(statuses[0], OK)
        self.assertIn(BUSY, statuses)


class InAll(DaemonTest):
    SETTINGS = {"limits": {"shouts-per-second": "1000", "shouts-per-address": "1000",
                           "copies-per-second": "20"}}

    def test_copies_of_messages_to_all(self):
        clients = [self.user(f"user {i}", source=f"127.0.0.{i + 1}") for i in range(5)]
        statuses = [client.ask(SHOUT)[0] for _ in range(4) for client in clients]
        self.assertEqual(statuses[:8], [OK] * 8, "two seconds' worth")
        self.assertIn(BUSY, statuses)


class FromFeiq(NodeTest):
    """FeiQ users write to all chat users, and their addresses can be forged: so all of them together
    have no more than a share."""

    def settings(self):
        return {"limits": {"copies-per-second": "22"}}

    def test_messages_and_shakes_of_many_addresses(self):
        alice = self.user("alice")
        peers = [self.bob] + [self.peer(f"127.0.1.{i}", user=f"user{i}") for i in range(1, 10)]
        for peer in peers:
            self.enter(peer)
        start = time.monotonic()
        for i in range(3):
            for peer in peers:
                peer.say(f"hello {i}")
        for peer in peers:
            peer.send(feiq.KNOCK)
        time.sleep(0.3)
        acknowledged = sum(datagram.command == feiq.RECVMSG for peer in peers
                           for datagram in peer.collect(0.05))
        seconds = time.monotonic() - start
        told = 0
        while not alice.is_silent():
            told += alice.next()[:5] in ("3#3#b", "3#3#u", "3#15#")
        # eleven users in the list: two copies of a message to all a second
        self.assertGreaterEqual(told, 4)
        self.assertLessEqual(told, 6 + 2 * seconds)
        self.assertLessEqual(acknowledged, told, "what is not handed over is not acknowledged")
        self.assertGreater(acknowledged, 0)


class BigShouts(DaemonTest):
    SETTINGS = {"limits": {"shouts-per-second": "1000000", "shouts-per-address": "1000000",
                           "copies-per-second": "100000000", "buffer-bytes": "1048576"}}

    def test_a_message_to_all_costs_nobody_the_connection(self):
        """60 copies of 60 KB are more than all may have buffered together."""
        clients = [self.user(f"user {i}", "length") for i in range(60)]
        received = []

        def read(client):
            while True:
                message = client.next()
                if message.startswith("3#3#"):
                    received.append(len(message))
                    return
        threads = [threading.Thread(target=read, args=(client,)) for client in clients[1:]]
        for thread in threads:
            thread.start()
        self.assertEqual(clients[0].ask("1#3#*#" + "x" * 60000), (OK, []))
        for thread in threads:
            thread.join()
        self.assertEqual(received, [60000 + len("3#3#user 0#")] * 59)
        for client in clients:
            self.assertEqual(client.ask("1#2"), (OK, []))


class Storm(DaemonTest):
    SETTINGS = {"limits": {"shouts-per-second": "1000000", "shouts-per-address": "1000000",
                           "connections-per-second": "1000000", "copies-per-second": "100000000"}}
    COUNT = 250

    def read_until(self, client, last):
        """All messages up to the one that ends the test."""
        messages = []
        while not messages or messages[-1] != last:
            messages.append(client.next())
        return messages

    def test_each_is_told_of_each_other_once(self):
        """Either the list that answers the log-in has a user, or an announcement follows; and who
        has gone again by the end was announced to go."""
        clients = [self.client("length" if i % 2 else "line") for i in range(self.COUNT)]
        for i, client in enumerate(clients):
            client.send(f"1#1#user {i}")
            if i % 5 == 0:
                client.send("1#2")
            else:
                client.send(f"1#3#user {max(i - 1, 1)}#from {i}")
        watcher = self.client()
        while watcher.ask("1#1#last")[0] != OK:
            pass
        gone = {f"user {i}" for i in range(0, self.COUNT, 5)}
        for i, client in enumerate(clients):
            if f"user {i}" in gone:
                continue
            online = None
            for message in self.read_until(client, "3#1#last"):
                kind, code, rest = message.split("#", 2)
                if kind == "2" and code == "1":
                    online = set(reply(message)[1])
                    self.assertIn(f"user {i}", online)
                elif kind == "3" and code == "1":
                    self.assertNotIn(rest, online)
                    online.add(rest)
                elif kind == "3" and code == "2":
                    online.remove(rest)
                elif kind == "3" and code == "3":
                    self.assertIn(rest.split("#")[0], online, "who writes was announced before")
            self.assertEqual(online, {f"user {j}" for j in range(self.COUNT)} - gone | {"last"})

    def test_who_is_dropped_in_a_storm_leaves_no_ghost(self):
        watcher = self.user("watcher")
        for i in range(self.COUNT):
            client = Client(self.daemon)
            client.send(f"1#1#user {i}")
            client.close()
        deadline = time.monotonic() + 10
        while watcher.ask("1#11")[1] != ["chat watcher"]:
            self.assertLess(time.monotonic(), deadline)
        self.user("last")
        online = []
        for message in self.read_until(watcher, "3#1#last"):
            if message.startswith("3#1#"):
                online.append(message[4:])
            elif message.startswith("3#2#"):
                online.remove(message[4:])
        self.assertEqual(online, ["last"])


if __name__ == "__main__":
    unittest.main()
