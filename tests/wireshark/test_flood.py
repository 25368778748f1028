# SPDX-License-Identifier: GPL-2.0-or-later
"""Floods of forged datagrams: what the plugin keeps of each is bounded, whatever numbers it names.

Measured is what a datagram more costs in memory, against the same flood with the protocol off; two
lengths of a flood cancel out what does not depend on it."""

import os
import subprocess
import unittest

import frames
import shark

SHORT, LONG = 5_000, 15_000
RECORD = 400  # bytes that may be kept of a datagram besides what it carries itself,
NAMED = 150   # and of each image or file that it names


def feiq(n, command, body):
    return f"1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:{n}:user:host:{command}:".encode() + body + b"\0"


def image(n):
    return feiq(n, 0x2000C0, b"%08x|4000|0|32|1|512|0|2|0|00000000#\0" % (n + 1) + bytes(512))[:-1]


def datagrams(make):
    return lambda n: frames.udp(make(n))


def request(n):
    """For a file of a message that never was, on a connection of its own."""
    return frames.tcp(feiq(n, 96, b"%x:0:0:" % (n * 7919)), 10000 + n, 2425, 1000, 5000)


# Name, and the frame that comes as the n-th; each names numbers that nobody else does.
FLOODS = {
    "messages": datagrams(lambda n: feiq(n, 288, b"x")),
    "acknowledgements of messages that never were": datagrams(lambda n: feiq(n, 33, b"%d" % (n * 7919))),
    "one number again and again": datagrams(lambda n: feiq(1, 288, b"x")),
    "acknowledgements of one message": datagrams(lambda n: feiq(n, 33, b"1") if n else feiq(1, 288, b"x")),
    "requests that are answered by order": datagrams(lambda n: feiq(n, 64, b"")),
    "answers to nothing": datagrams(lambda n: feiq(n, 65, b"x")),
    "images that go on": datagrams(image),
    "messages with ten images": datagrams(
        lambda n: feiq(n, 288, b"".join(b"/~#>%08x<B~" % (10 * n + i) for i in range(10)))),
    "offers of three files": datagrams(
        lambda n: feiq(n, 0x200120, b"x\0" + b"%d:a.txt:ffffffffffff:5f5e0f2a:1:\a" % n * 3)),
    "public keys": datagrams(lambda n: feiq(n, 0x73, b"21003:10001-%0256X" % (2**1023 + n))),
    "log-ins from everywhere": lambda n: frames.udp(feiq(n, 1, b"nick\0group"),
                                                    source=f"10.1.{n // 250}.{n % 250 + 1}"),
    "requests for files over TCP": request,
}


def memory(path, *arguments):
    """Most bytes that tshark had at once, in two passes."""
    with subprocess.Popen([shark.WRAPPER, "--checked", "-2", "-n", "-r", path, "-Y", "udp.port == 1", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        said = process.stdout.read() + process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status != 0 or said.strip():
        raise AssertionError(f"status {status}: {said[:1000]}")
    return usage.ru_maxrss * 1024


class Floods(unittest.TestCase):
    def cost(self, make, *arguments):
        used = [memory(shark.capture([make(n) for n in range(count)]), *arguments) for count in (SHORT, LONG)]
        return (used[1] - used[0]) / (LONG - SHORT)

    def test_what_is_kept_is_bounded(self):
        shark.loaded()
        # What they cost Wireshark itself depends on addresses and ports, not on what they carry.
        others = {make: self.cost(make, "--disable-protocol", "feiq")
                  for make in (FLOODS["messages"], FLOODS["log-ins from everywhere"], request)}
        for name, make in FLOODS.items():
            with self.subTest(name):
                kept = self.cost(make) - others.get(make, others[FLOODS["messages"]])
                print(f"{name}: {kept:.0f} bytes each of frames of {len(make(9999))}", flush=True)
                named = 10 if "ten images" in name else 3 if "three files" in name else 0
                self.assertLess(kept, RECORD + 2 * len(make(9999)) + NAMED * named)


if __name__ == "__main__":
    shark.main()
