#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure feiqdump against libpcap's floor, tcpdump, ngrep and tshark on one generated capture.

Prints a table of CPU seconds (user and system, medians) and the ratios that were set as goals.
Every figure of a table comes from one run on one machine; only the ratios mean something elsewhere.
All programs run once in turn, then all again, so that what else the machine does weighs on all of
them alike. No ratio fails a test.

tshark knows no FeiQ by itself: it shows the payload as data. "with the plugin" are rows in which it
has ours loaded, so that both programs print the same fields. The goals are set for tshark as it
comes.

Usage: bench.py --build DIR [--frames N] [--few N] [--runs N] [--slow-runs N] [--only WORD]
  --frames     packets of the capture that the goals are about (default 1000000)
  --few        packets of a smaller one (default 200000): tshark's cost per packet grows with the
               conversations that it remembers
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
import time


def high_water(pid):
    """Peak resident KiB of a process so far; 0 if it has ended. What wait4 says will not do: a
    process begins with the peak of the one that started it, which is Python."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)
    except FileNotFoundError:
        return 0


def cpu_seconds(command, environment=None):
    """CPU seconds and peak resident KiB of one run, its output thrown away."""
    env = dict(os.environ, **(environment or {}))
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, stdout=null, stderr=null, env=env)
        resident = pid = 0
        while pid == 0:
            resident = max(resident, high_water(process.pid))
            time.sleep(0.005)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"bench: {' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, resident


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


def tshark_with_plugin(build):
    """The command that starts tshark with the plugin of this build; None if it does not load."""
    command = [os.path.join(os.path.dirname(__file__), "..", "tshark"),
               "--plugins", os.path.join(build, "plugins")]
    check = subprocess.run(command + ["--version"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True)
    if check.returncode != 0:
        print(f"Left out: tshark with the plugin. {check.stderr.strip()}", file=sys.stderr)
        return None
    return command + ["--checked"]


def compare_with_tshark(name, feiqdump, capture, view, plugin, goal):
    """A view of feiqdump, and tshark's as it comes and with the plugin."""
    own, theirs = view
    others = [(f"tshark {' '.join(theirs)}", ["tshark", "-n", *theirs, "-r", capture], None, goal)]
    if plugin is not None:
        others.append((f"tshark {' '.join(theirs)}, with the plugin",
                       plugin + ["-n", *theirs, "-r", capture], None, None))
    return (name, [feiqdump, *own, "-r", capture], others)


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
        plugin = tshark_with_plugin(options.build)
        tree, json = (["-v"], ["-V"]), (["-T", "json"], ["-T", "json"])
        # what is measured, its command, what it is compared with: (name, command, env, at most)
        comparisons = [
            ("one line", [feiqdump, "-r", many],
             [("empty pcap_loop", floor, None, 3.0),
              ("tcpdump -nr", ["tcpdump", "-nr", many], None, 1 / 9),
              ("tcpdump -t -nr", ["tcpdump", "-t", "-nr", many], utc, 1 / 2)]),
            ("tree -v", [feiqdump, "-v", "-r", many],
             [("tcpdump -v -nr", ["tcpdump", "-v", "-nr", many], None, 1.0)]),
            compare_with_tshark("tree -v", feiqdump, many, tree, plugin, 1 / 40),
            compare_with_tshark("tree -v, few", feiqdump, few, tree, plugin, None),
            ("one line, few", [feiqdump, "-r", few],
             [("tshark -n", ["tshark", "-n", "-r", few], None, None),
              ("ngrep", ["ngrep", "-q", "-t", "-I", few], None, None)]),
            ("hex -x", [feiqdump, "-x", "-r", many],
             [("tcpdump -X", ["tcpdump", "-X", "-nr", many], None, 1 / 8)]),
            compare_with_tshark("JSON", feiqdump, many, json, plugin, 1 / 80),
            compare_with_tshark("JSON, few", feiqdump, few, json, plugin, None),
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
