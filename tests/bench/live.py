#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does feiqdump keep up with a live capture as tcpdump -w does?

Two network namespaces are made, joined by a veth pair. Frames of the generated capture are sent
from one at growing rates; in the other first tcpdump writes them to a file, then feiqdump prints
one line for each to a file, both with 16 MiB of kernel buffer. A table says how many were sent,
captured and dropped by the kernel. It ends at the rate at which tcpdump drops some, or at the
highest that the sender reaches. Root is needed; it takes about a minute.

Usage: live.py --build DIR [--seconds N] [--rates A,B,…]
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

BUFFER_MIB = 16
RATES = "25000,50000,100000,200000,400000,800000"
STARTING = 1.0   # seconds until a program captures
SETTLING = 1.0   # until it has read what the kernel holds


class Wire:
    """Two namespaces and the pair between them."""

    def __init__(self):
        self.sender = f"feiscope{os.getpid()}-sender"
        self.receiver = f"feiscope{os.getpid()}-receiver"

    def __enter__(self):
        try:
            for name in (self.sender, self.receiver):
                self._ip("netns", "add", name)
                # nobody may speak unasked
                subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw",
                                "net.ipv6.conf.default.disable_ipv6=1"], check=True)
            self._ip("-n", self.sender, "link", "add", "out", "type", "veth", "peer", "name", "in",
                     "netns", self.receiver)
            self._ip("-n", self.sender, "link", "set", "out", "up")
            self._ip("-n", self.receiver, "link", "set", "in", "up")
        except subprocess.CalledProcessError as error:
            self.__exit__()
            sys.exit(f"live: no network namespaces here (root is needed): {error}")
        return self

    def __exit__(self, *_):
        for name in (self.sender, self.receiver):
            subprocess.run(["ip", "netns", "delete", name], check=False,
                           stderr=subprocess.DEVNULL)

    @staticmethod
    def _ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)


def counted(pattern, text):
    found = re.search(pattern, text)
    if found is None:
        sys.exit(f"live: no count in what the program said:\n{text}")
    return int(found.group(1))


class Capturer:
    """A program that captures, and how it says what it captured and what was dropped."""

    def __init__(self, name, command, captured, dropped):
        self.name = name
        self.command = command
        self.captured = captured
        self.dropped = dropped

    def run(self, wire, output, send):
        """Sent frames, seconds, captured, dropped, and CPU seconds of the capture."""
        with open(output, "wb") as file:
            process = subprocess.Popen(["ip", "netns", "exec", wire.receiver, *self.command],
                                       stdout=file, stderr=subprocess.PIPE, text=True)
        time.sleep(STARTING)
        sent, seconds = subprocess.run(
            ["ip", "netns", "exec", wire.sender, *send], check=True, capture_output=True,
            text=True).stdout.split()
        time.sleep(SETTLING)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        os.unlink(output)
        return (int(sent), float(seconds), counted(self.captured, said),
                counted(self.dropped, said), usage.ru_utime + usage.ru_stime)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, help="build folder (release preset)")
    parser.add_argument("--seconds", type=float, default=3, help="to send at each rate")
    parser.add_argument("--rates", default=RATES, help="frames a second, in growing order")
    options = parser.parse_args()
    bench = os.path.join(options.build, "tests", "bench")
    with tempfile.TemporaryDirectory() as folder, Wire() as wire:
        os.chmod(folder, 0o777)  # both give up root
        frames = os.path.join(folder, "frames.pcap")
        output = os.path.join(folder, "output")
        subprocess.run([f"{bench}/bench-generate", frames, "50000"], check=True)
        tcpdump = Capturer(
            "tcpdump -w", ["tcpdump", "-n", "-i", "in", "-B", str(BUFFER_MIB * 1024), "-w", "-"],
            r"(\d+) packets captured", r"(\d+) packets dropped by kernel")
        feiqdump = Capturer(
            "feiqdump", [os.path.join(options.build, "sniffer", "feiqdump"), "-i", "in", "-B",
                         str(BUFFER_MIB)],
            r"(\d+) captured", r"(\d+) dropped by the kernel")
        print("| frames a second | program | sent | captured | dropped | CPU s |")
        print("|---:|---|---:|---:|---:|---:|")
        kept_up = None
        for rate in options.rates.split(","):
            send = [f"{bench}/bench-send-frames", frames, "out", rate, str(options.seconds)]
            drops = []
            for program in (tcpdump, feiqdump):
                sent, seconds, captured, dropped, cpu = program.run(wire, output, send)
                drops.append(sent - captured)
                print(f"| {sent / seconds:.0f} | {program.name} | {sent} | {captured} | {dropped} "
                      f"| {cpu:.2f} |", flush=True)
            if drops[0] > 0:
                break
            kept_up = drops[1] == 0, sent / seconds
            if sent / seconds < 0.9 * float(rate):
                break
        if kept_up is None:
            print("\ntcpdump -w dropped frames at the lowest rate.")
        else:
            print(f"\nAt {kept_up[1]:.0f} frames a second tcpdump -w dropped none, and feiqdump "
                  f"{'none' if kept_up[0] else 'some'}.")


if __name__ == "__main__":
    main()
