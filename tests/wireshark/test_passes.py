# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames visited in any order and any number of times, as by a user who clicks, show the same.

sharkd is Wireshark's own server for that: it reads a capture once, as the window does, and then
dissects the frames that it is asked for."""

import json
import os
import random
import shutil
import subprocess
import unittest

import shark
from test_samples import all_samples

OURS = ("feiq", "onehash")


def ask(path, requests):
    """The answers to requests, each a method and its parameters, after a capture was loaded."""
    shark.loaded()
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
             for number, (method, parameters) in enumerate([("load", {"file": path}), *requests, ("bye", {})], 1)]
    done = subprocess.run([shark.WRAPPER, "--checked", "-"], input="\n".join(lines) + "\n", text=True,
                          env=dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", TSHARK="sharkd"),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, timeout=300)
    for sign in shark.BAD_SIGNS:
        if sign in done.stdout or sign in done.stderr:
            raise AssertionError(f"{sign}\n{done.stderr}\n{shark.line_with(sign, done.stdout)}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [answer.get("result", answer.get("error")) for answer in answers[1:-1]]


def labels(nodes, depth=0):
    for node in nodes:
        yield "  " * depth + node["l"]
        yield from labels(node.get("n", []), depth + 1)


def own_layers(nodes):
    """The labels of our layers; what Wireshark itself says depends on what it was asked before."""
    for node in nodes:
        if node.get("f") in OURS:
            yield from labels([node])
        else:
            yield from own_layers(node.get("n", []))


def shown(answer):
    return "\n".join([*answer["col"], *own_layers(answer["tree"])])


def visits(path, numbers):
    """What each frame that is visited shows of ours, one after the other."""
    return [shown(answer) for answer in
            ask(path, [("frame", {"frame": number, "proto": True, "columns": True}) for number in numbers])]


@unittest.skipUnless(shutil.which("sharkd"), "sharkd is not installed (Debian: wireshark-common)")
class AnyOrder(unittest.TestCase):
    def test_the_order_of_visits_does_not_matter(self):
        for path, contents in all_samples().values():
            numbers = list(range(1, len(contents) + 1))
            first = visits(path, numbers)
            if len(numbers) > 100:
                self.assertGreater(sum("FeiQ / IP Messenger" in tree for tree in first), 100)
            for seed in range(2):
                order = numbers * 2
                random.Random(seed).shuffle(order)
                for number, tree in zip(order, visits(path, order)):
                    self.assertEqual(tree, first[number - 1], f"frame {number} of {path}")
            backwards = numbers[::-1]
            self.assertEqual(visits(path, backwards), first[::-1])

    def test_filters_between_visits_change_nothing(self):
        """Lists are dissected without a tree, or with only the fields that a filter asks for."""
        [path, contents] = all_samples()[1]
        numbers = list(range(1, len(contents) + 1))
        first = visits(path, numbers)
        order = numbers[:]
        random.Random(7).shuffle(order)
        requests = []
        for place, number in enumerate(order):
            if place % 40 == 0:
                requests.append(("frames", {"filter": ("feiq.text", "onehash.nick", "frame.number > 3", "feiq",
                                                       "tcp.analysis.retransmission")[place // 40 % 5]}))
            requests.append(("frame", {"frame": number, "proto": True, "columns": True}))
        answers = [answer for (method, _), answer in zip(requests, ask(path, requests)) if method == "frame"]
        for number, answer in zip(order, answers):
            self.assertEqual(shown(answer), first[number - 1])

    def test_columns_are_the_same_in_a_list(self):
        for path, contents in all_samples().values():
            [listed] = ask(path, [("frames", {})])
            self.assertEqual(len(listed), len(contents))
            trees = ask(path, [("frame", {"frame": row["num"], "columns": True}) for row in listed])
            self.assertEqual([tree["col"] for tree in trees], [row["c"] for row in listed])


if __name__ == "__main__":
    shark.main()
