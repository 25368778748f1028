#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure chatd under load on loopback: TCP clients against a bare epoll relay and ngircd, FeiQ users
against a bare recvmmsg/sendmmsg responder, both in C, in the same run.

The contestants of a row take turns, round for round, so that what else the machine does concerns all
of them. Figures are medians of the rounds; a ratio is the median of the rounds' ratios. Beside rates
stands the processor time that the server itself took for a message, which other programs disturb
less. Only ratios mean something on another machine. No ratio fails a test.

Usage: chat.py --build DIR [--clients N] [--users N] [--seconds S] [--rounds N] [--only WORD]
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time

from bench import machine
from chat_servers import Chatd, Floor, Ngircd


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.build = options, folder, options.build

    def relay(self):
        return Floor(self.build, "bench-chat-relay")

    def responder(self):
        return Floor(self.build, "bench-feiq-responder")

    def chatd(self, **named):
        return Chatd(self.build, self.folder, **named)

    def load(self, program, server, *arguments):
        """What a load generator printed: numbers."""
        result = subprocess.run([os.path.join(self.build, "tests/bench", program), server.port,
                                 *map(str, arguments)], stdout=subprocess.PIPE, check=True, text=True)
        return [float(word) for word in result.stdout.split()]

    def rounds(self, contestants, measure):
        """For each contestant a list of its rounds' results; they take turns."""
        results = {name: [] for name in contestants}
        for _ in range(self.options.rounds):
            for name, start in contestants.items():
                with start() as server:
                    results[name].append(measure(name, server))
        return results

    # --- tables ---

    def rates(self, title, contestants, measure, floor, goals):
        """A row for each contestant but the floor: rate and CPU time of both, and their ratios."""
        results = self.rounds(contestants, measure)
        base = results.pop(floor)
        for name, rounds in results.items():
            ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in zip(rounds, base))
            cpu = statistics.median(ours[1] / theirs[1] for ours, theirs in zip(rounds, base))
            figures = [statistics.median(each[i] for each in which) for i in (0, 1)
                       for which in (base, rounds)]
            goal = goals.get(name)
            verdict = "" if goal is None else "reached" if ratio >= goal else "missed"
            print(f"| {title} | {name} | {figures[0]:.0f} | {figures[1]:.0f} | {ratio:.2f} | "
                  f"{'' if goal is None else f'≥ {goal}'} | {verdict} | {figures[2]:.2f} | "
                  f"{figures[3]:.2f} | {cpu:.2f} |", flush=True)
        return results

    def pairs(self, title, clients, pairs, window, contestants=None, goals=None):
        options = self.options
        contestants = contestants or {"relay": self.relay, "chatd": self.chatd,
                                      "chatd, database": lambda: self.chatd(database=True)}

        def measure(name, server):
            kind = "relay" if name == "relay" else "irc" if name == "ngircd" else "chatd"
            return self.load("bench-chat-load", server, kind, clients, "pairs", pairs, window,
                             options.seconds, server.process.pid)
        return self.rates(title, contestants, measure, "relay",
                          {"chatd": 0.5, "chatd, database": 0.5} if goals is None else goals)

    def tcp(self):
        many = self.options.clients
        print("| messages over TCP | server | relay a second | server a second | ratio | goal | | "
              "relay CPU µs | server CPU µs | ratio |")
        print("|---|---|---:|---:|---:|---:|---|---:|---:|---:|")
        self.pairs("1 pair, one on its way", 2, 1, 1)
        few = self.pairs("100 pairs, one each", 200, 100, 1)
        contestants = {"relay": self.relay, "chatd": self.chatd,
                       "chatd, database": lambda: self.chatd(database=True)}
        if shutil.which("ngircd"):
            contestants["ngircd"] = lambda: Ngircd(self.folder)
        else:
            print("ngircd is not installed: left out")
        self.pairs("100 pairs, 16 each", 200, 100, 16, contestants)
        crowd = self.pairs(f"100 pairs among {many} clients, one each", many, 100, 1)
        cost = [statistics.median(each[1] for each in results["chatd"]) for results in (few, crowd)]
        print(f"\nA message among {many} clients takes {cost[1] / cost[0]:.2f} times the processor "
              "time of one among 200.\n", flush=True)

    def all(self):
        many = self.options.clients
        results = self.rounds({"relay": self.relay, "chatd": self.chatd},
                              lambda name, server: self.load("bench-chat-load", server, name, many,
                                                             "all", 11)[0])
        ratio = statistics.median(ours / theirs
                                  for ours, theirs in zip(results["chatd"], results["relay"]))
        times = {name: 1000 * statistics.median(rounds) for name, rounds in results.items()}
        print(f"One message to {many} clients: writing to their sockets takes {times['relay']:.0f} ms, "
              f"chatd {times['chatd']:.0f} ms, ratio {ratio:.2f} (goal ≤ 2).\n", flush=True)

    def feiq(self):
        options = self.options
        print("| FeiQ messages, acknowledged | server | responder a second | server a second | ratio | "
              "goal | | responder CPU µs | server CPU µs | ratio |")
        print("|---|---|---:|---:|---:|---:|---|---:|---:|---:|")
        contestants = {"responder": self.responder,
                       "chatd, database": lambda: self.chatd(database=True, feiq=True),
                       "chatd": lambda: self.chatd(feiq=True)}
        for window in (1, 4, 16, 64, 256):
            def measure(_, server, window=window):
                chat = [server.ports["chat"]] if isinstance(server, Chatd) else []
                return self.load("bench-feiq-load", server, server.process.pid, "messages", window,
                                 options.seconds, *chat)
            self.rates(f"{window} on their way", contestants, measure, "responder",
                       {"chatd, database": 0.25})
        print(flush=True)

    def waiting(self, program, server, *arguments):
        """KiB that a crowd of clients costs, who then say nothing; and the seconds it took to enter."""
        before = server.resident()
        start = time.monotonic()
        with subprocess.Popen([os.path.join(self.build, "tests/bench", program), server.port,
                               *map(str, arguments)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as crowd:
            crowd.stdout.readline()
            seconds = time.monotonic() - start
            time.sleep(3)
            after = server.resident()
            crowd.stdin.close()
        return after - before, seconds

    def memory(self):
        many, users = self.options.clients, self.options.users
        with self.chatd() as server:
            grown, seconds = self.waiting("bench-chat-load", server, "chatd", many, "wait")
        print(f"{many} clients log in, and each is told of all others, in {seconds:.1f} s. Idle, they "
              f"cost {grown / many:.2f} KiB each (goal ≤ 4).\n")
        with self.chatd(feiq=True) as server:
            grown, _ = self.waiting("bench-feiq-load", server, server.process.pid, "users", users)
        print(f"{users} FeiQ users in the list cost {grown * 1024 / users:.0f} bytes each "
              "(goal ≤ 300).\n", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, help="build folder (release preset)")
    parser.add_argument("--clients", type=int, default=10000)
    parser.add_argument("--users", type=int, default=20000)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="tcp, all, feiq or memory")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"Machine: {machine()}\nMedians of {options.rounds} rounds of {options.seconds} s.\n",
              flush=True)
        bench = Bench(options, folder)
        for part in (bench.tcp, bench.all, bench.feiq, bench.memory):
            if options.only in part.__name__:
                part()


if __name__ == "__main__":
    main()
