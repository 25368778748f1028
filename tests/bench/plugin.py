#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure what the plugin costs tshark, against tshark with both protocols disabled.

Each command reads the same generated capture (85 % FeiQ datagrams) in each round, one after the
other; the table has the medians of CPU seconds (user and system) and of peak resident memory.
With FeiQ disabled Wireshark hands the datagrams to its other heuristics and then shows them as
data, which is not free either: a ratio below 1 says that these cost more.

Usage: plugin.py --build DIR [--frames N] [--runs N]     (default 1000000 frames, 3 rounds)
"""
import argparse
import os
import statistics
import subprocess
import tempfile

from bench import cpu_seconds, machine

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DISABLED = ["--disable-protocol", "feiq", "--disable-protocol", "onehash"]


def count(tshark, capture, display_filter):
    """Packets that match; proves that the plugin is there, and FeiQ enabled or not."""
    found = subprocess.run(tshark + ["-r", capture, "-Y", display_filter, "-T", "fields",
                                     "-e", "frame.number"], stdout=subprocess.PIPE, check=True)
    return found.stdout.count(b"\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, help="build folder (release preset)")
    parser.add_argument("--frames", type=int, default=1000000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    plugins = os.path.join(os.path.abspath(options.build), "plugins")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        capture = os.path.join(folder, "many.pcap")
        small = os.path.join(folder, "small.pcap")
        generate = os.path.join(options.build, "tests", "bench", "bench-generate")
        subprocess.run([generate, capture, str(options.frames)], check=True)
        subprocess.run([generate, small, "2000"], check=True)
        script = os.path.join(ROOT, "tests", "tshark")
        tshark = [script, "--plugins", plugins, "--checked", "-n"]
        subprocess.run([script, "--plugins", plugins, "-v"], check=True, stdout=subprocess.DEVNULL)
        assert count(tshark, small, "feiq") > 1000
        datagrams = count(tshark, capture, "udp.port == 2425")
        read = tshark + ["-r", capture]
        filtered = ["-Y", "udp.port == 1"]
        fields = ["-T", "fields", "-e"]
        commands = {
            "filter": read + filtered,
            "filter, disabled": read + DISABLED + filtered,
            "one field": read + fields + ["feiq.command"],
            "one field, disabled": read + DISABLED + fields + ["udp.length"],
        }
        rounds = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, command in commands.items():
                rounds[name].append(cpu_seconds(command))
    seconds = {name: statistics.median(r[0] for r in runs) for name, runs in rounds.items()}
    memory = {name: statistics.median(r[1] for r in runs) for name, runs in rounds.items()}
    print(f"Machine: {machine()}")
    print(f"Input: {options.frames} frames, {datagrams} FeiQ datagrams. "
          f"Medians of {options.runs}.\n")
    print("| tshark -n | enabled, CPU s | disabled, CPU s | ratio | goal | |")
    print("|---|---:|---:|---:|---:|---|")
    for name, title, goal in (("filter", "-Y 'udp.port == 1'", 1.25),
                              ("one field", "-T fields -e feiq.command (udp.length)", 1.3)):
        ratio = seconds[name] / seconds[f"{name}, disabled"]
        print(f"| {title} | {seconds[name]:.2f} | {seconds[f'{name}, disabled']:.2f} | "
              f"{ratio:.2f} | ≤ {goal} | {'reached' if ratio <= goal else 'missed'} |")
    grown = (memory["filter"] - memory["filter, disabled"]) * 1024 / datagrams
    print(f"\nMemory: {grown:.0f} bytes a datagram (goal ≤ 200: "
          f"{'reached' if grown <= 200 else 'missed'}).")


if __name__ == "__main__":
    main()
