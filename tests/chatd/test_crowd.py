# SPDX-License-Identifier: GPL-2.0-or-later
"""A crowd that means harm: fifty hostile clients at once, and log-ins forged from a hundred thousand
addresses. What a good client notices of it, and what memory it takes, is measured, and bounded by far
more than it takes on an idle machine."""
import os
import random
import signal
import socket
import time
import unittest

import feiq_peer as feiq
from daemon import CHATD, DaemonTest
from test_node import NodeTest

SECONDS = 4
ADDRESSES = 100000
with open(CHATD, "rb") as program:
    MOST_RESIDENT = (1 << 30 if b"__asan_" in program.read() else 1 << 16)  # KiB


def resident(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as file:
        return int(file.read().split("VmRSS:")[1].split()[0])


class Hostile:
    """One of them, in a process of its own; each comes again when it is dropped."""

    KINDS = ("silent", "deaf", "rubbish", "slow", "loud", "greedy")

    def __init__(self, port, number):
        self.port, self.number = port, number
        self.random = random.Random(number)
        self.act = getattr(self, self.KINDS[number % len(self.KINDS)])

    def run(self, until):
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1,
                                              (f"127.0.1.{self.number + 1}", 0)) as connection:
                    while time.monotonic() < until:
                        self.act(connection)
            except OSError:
                time.sleep(0.01)

    def silent(self, connection):
        time.sleep(0.5)

    def deaf(self, connection):
        connection.sendall(b"1#1#deaf%d\n" % self.number + b"1#11\n" * 500)

    def rubbish(self, connection):
        connection.sendall(self.random.randbytes(20000))

    def slow(self, connection):
        connection.sendall(b"1")
        time.sleep(0.05)

    def loud(self, connection):
        connection.sendall(b"1#1#loud%d\n1#3#*#" % self.number + b"x" * 60000 + b"\n")
        connection.recv(1 << 20)

    def greedy(self, connection):
        connection.sendall(b"1#2\n" * 10000)
        connection.recv(1 << 20)


class Fifty(DaemonTest):
    SETTINGS = {"limits": {"stall-seconds": "2", "clients": "1000"}}

    def ping(self, sender, receiver, seconds):
        """A message a few milliseconds, for so long; how long each took, sorted."""
        took = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            start = time.monotonic()
            text = f"ping {len(took)}"
            sender.send(f"1#3#receiver#{text}")
            while receiver.next() != f"3#3#sender#{text}":
                pass
            took.append(time.monotonic() - start)
            while (answer := sender.next()).startswith("3#"):
                pass
            self.assertEqual(answer, "2#3#0#0")
            time.sleep(0.004)
        return sorted(took)

    def test_a_good_client_does_not_wait_for_fifty_hostile_ones(self):
        sender, receiver = self.user("sender", "length"), self.user("receiver", "length")
        sender.next()
        alone = self.ping(sender, receiver, 1)
        until = time.monotonic() + SECONDS + 0.5
        children = []
        for number in range(50):
            child = os.fork()
            if child == 0:
                try:
                    Hostile(self.daemon.ports["chat"], number).run(until)
                finally:
                    os._exit(0)
            children.append(child)
        try:
            time.sleep(0.5)
            crowded = self.ping(sender, receiver, SECONDS)
        finally:
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        words = [f"{name}: {len(took)} messages, median {took[len(took) // 2] * 1000:.2f} ms, "
                 f"99 % within {took[len(took) * 99 // 100] * 1000:.1f} ms, "
                 f"longest {took[-1] * 1000:.1f} ms"
                 for name, took in (("alone", alone), ("with fifty", crowded))]
        print("\n".join(words), f"{resident(self.daemon)} KiB resident", sep="\n")
        self.assertGreater(len(crowded), 50, words)
        self.assertLess(crowded[len(crowded) // 2], 0.1, words)
        self.assertLess(crowded[-1], 2, words)
        self.assertLess(resident(self.daemon), MOST_RESIDENT)
        self.assertLess(self.daemon.stop(), 2)


class Forged(NodeTest):
    def settings(self):
        return {"limits": {"users": "2000"}}

    def forge(self, first, last):
        """Log-ins from 127.64.0.0 on, each address with a user of its own."""
        for number in range(first, last):
            address = f"127.{64 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
                forger.bind((address, self.bob.port))
                forger.sendto(f"1_lbt6_0#128#{number:012X}#0#0#0#4001#9:{number}:user{number}:"
                              f"HOST{number}:6291457:nick{number}\0\0".encode(), self.node)
            if number % 50 == 0:
                time.sleep(0.002)  # so that the socket's buffer does not drop most of them

    def figure(self, name):
        lines = self.client("length", service="control", local=True).ask("1#11")[1]
        return int(dict(line.split(" ") for line in lines)[name])

    def test_log_ins_from_a_hundred_thousand_addresses_keep_memory_flat(self):
        self.enter(self.bob)
        alice = self.user("alice", "length")
        self.forge(0, ADDRESSES // 4)
        early = resident(self.daemon)
        self.forge(ADDRESSES // 4, ADDRESSES)
        late = resident(self.daemon)
        heard = self.figure("feiq-users") + self.figure("feiq-users-refused")
        print(f"{early} KiB resident after {ADDRESSES // 4} addresses, {late} after {ADDRESSES}, of "
              f"which {heard} log-ins were heard")
        self.assertGreater(heard, ADDRESSES // 2)
        self.assertLess(late - early, 4096)
        self.assertLess(late, MOST_RESIDENT)
        # who was there before is still served, and so is who comes
        for _ in range(3):
            alice.events.clear()
            self.bob.say("@alice 还在吗")
            self.bob.expect(feiq.RECVMSG)
        while alice.next() != "3#3#bob#还在吗":
            pass
        self.assertIn("feiq bob", self.client("length").ask("1#11")[1])
        self.assertLessEqual(self.figure("feiq-users"), 2000)
        self.assertEqual(self.user("carol", "length").ask("1#3#bob#hello"), (0, []))
        self.assertIn(b"hello", self.bob.expect(feiq.SENDMSG).text)


if __name__ == "__main__":
    unittest.main()
