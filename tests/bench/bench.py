#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure feiqdump against libpcap's floor, tcpdump, ngrep and tshark on one generated capture.

Prints a table of CPU seconds (user and system, medians) and the ratios that were set as goals.
Every figure of a table comes from one run on one machine; only the ratios mean something elsewhere.
All programs run once in turn, then all again, so that what else the machine does weighs on all of
them alike. No ratio fails a test.

Usage: bench.py --build DIR [--frames N] [--few N] [--runs N] [--slow-runs N] [--only WORD]
  --frames     packets for the fast programs (default 1000000)
  --few        packets for tshark (default 200000); feiqdump is measured on the same
  --runs       of each program (default 5)
  --slow-runs  of tshark and of tcpdump -X (default 1)
"""
import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile


def cpu_seconds(command, environment=None):
    """CPU seconds and peak resident KiB of one run, its output thrown away."""
    env = dict(os.environ, **(environment or {}))
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, stdout=null, stderr=null, env=env)
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"bench: {' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


class Bench:
    """Commands, and what their runs took. A command is measured once, however often it is named."""

    def __init__(self):
        self.commands = {}
        self.results = {}

    def add(self, command, environment=None, runs=1):
        key = tuple(command)
        self.commands[key] = (environment, runs)
        self.results[key] = []
        return key

    def run(self):
        """All in turn, so often."""
        for number in range(max(runs for _, runs in self.commands.values())):
            for key, (environment, runs) in self.commands.items():
                if number < runs:
                    self.results[key].append(cpu_seconds(key, environment))

    def seconds(self, key):
        return statistics.median(seconds for seconds, _ in self.results[key])

    def resident(self, key):
        return max(resident for _, resident in self.results[key])


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, help="build folder (release preset)")
    parser.add_argument("--frames", type=int, default=1000000)
    parser.add_argument("--few", type=int, default=200000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow-runs", type=int, default=1)
    parser.add_argument("--only", default="", help="only the comparisons that hold this word")
    options = parser.parse_args()
    feiqdump = os.path.join(options.build, "sniffer", "feiqdump")
    bench = os.path.join(options.build, "tests", "bench")

    with tempfile.TemporaryDirectory() as folder:
        many = os.path.join(folder, "many.pcap")
        few = os.path.join(folder, "few.pcap")
        subprocess.run([f"{bench}/bench-generate", many, str(options.frames)], check=True)
        subprocess.run([f"{bench}/bench-generate", few, str(options.few)], check=True)
        floor = [f"{bench}/bench-empty-loop", many]
        utc = {"TZ": "UTC0"}
        os.environ.pop("TZ", None)
        # what is measured, its command, what it is compared with: (name, command, env, at most)
        comparisons = [
            ("one line", [feiqdump, "-r", many],
             [("empty pcap_loop", floor, None, 3.0),
              ("tcpdump -nr", ["tcpdump", "-nr", many], None, 1 / 9),
              ("tcpdump -t -nr", ["tcpdump", "-t", "-nr", many], utc, 1 / 2)]),
            ("tree -v", [feiqdump, "-v", "-r", many],
             [("tcpdump -v -nr", ["tcpdump", "-v", "-nr", many], None, 1.0)]),
            ("tree -v, few", [feiqdump, "-v", "-r", few],
             [("tshark -n -V", ["tshark", "-n", "-V", "-r", few], None, 1 / 40)]),
            ("one line, few", [feiqdump, "-r", few],
             [("tshark -n", ["tshark", "-n", "-r", few], None, None),
              ("ngrep", ["ngrep", "-q", "-t", "-I", few], None, None)]),
            ("hex -x", [feiqdump, "-x", "-r", many],
             [("tcpdump -X", ["tcpdump", "-X", "-nr", many], None, 1 / 8)]),
            ("JSON, few", [feiqdump, "-T", "json", "-r", few],
             [("tshark -T json", ["tshark", "-n", "-T", "json", "-r", few], None, 1 / 80)]),
            ("filter that matches nothing", [feiqdump, "-Y", "udp.port == 1", "-r", many],
             [("empty pcap_loop", floor, None, 2.0)]),
        ]
        print(f"Machine: {machine()}")
        print(f"Input: {options.frames} frames, {os.path.getsize(many) / 1e6:.0f} MB; "
              f"few: {options.few} frames. Medians of {options.runs} runs, of tshark and tcpdump -X "
              f"of {options.slow_runs}. Load at the start: {os.getloadavg()[0]:.1f}.\n", flush=True)
        measured = Bench()
        rows = []
        for name, command, others in comparisons:
            if options.only not in name:
                continue
            ours = measured.add(command, None, options.runs)
            for other, other_command, environment, goal in others:
                slow = other.startswith("tshark") or "-X" in other
                theirs = measured.add(other_command, environment,
                                      options.slow_runs if slow else options.runs)
                rows.append((name, ours, other, theirs, goal))
        measured.run()
        print("| feiqdump | CPU s | resident KiB | compared with | CPU s | ratio | goal | |")
        print("|---|---:|---:|---|---:|---:|---:|---|")
        for name, ours, other, theirs, goal in rows:
            ratio = measured.seconds(ours) / measured.seconds(theirs)
            aim, verdict = "", ""
            if goal is not None:
                aim = f"≤ {goal:.4f}"
                verdict = "reached" if ratio <= goal else "missed"
            print(f"| {name} | {measured.seconds(ours):.3f} | {measured.resident(ours)} | {other} "
                  f"| {measured.seconds(theirs):.3f} | {ratio:.4f} | {aim} | {verdict} |")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"\nThe whole run took {usage.ru_utime + usage.ru_stime:.0f} CPU seconds.")


if __name__ == "__main__":
    main()
