#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump's -z conv and -z endpoints against tshark's, number for number.

    conversations.py --feiqdump PROGRAM CAPTURE-OR-FOLDER…
"""

import argparse
import os
import re
import subprocess
import sys

import follow

LEVELS = ("eth", "ip", "ipv6", "tcp", "udp")
# What is inside GRE feiqdump does not open; and it counts packets whose headers are cut or wrong, of
# which tshark leaves its tables out.
LEFT_OUT = {"internet", "transport"}


def run(program, spec, capture):
    done = subprocess.run([program, "-q", "-n", "-z", spec, "-r", str(capture)],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})
    return done.stdout.decode("utf-8").splitlines()


def end(address, port=None):
    """As feiqdump writes it."""
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def same_end(name):
    """tshark writes an IPv6 address with a port without brackets."""
    return name.replace("[", "").replace("]", "")


def conversation(one, other, sent, received, start, duration):
    """The same whichever end comes first; durations are told apart by `same`."""
    sides = sorted([(same_end(one), *sent), (same_end(other), *received)])
    return *sides, f"{float(start):.6f}", float(duration)


def rounded(packets, size):
    """As tshark writes it: many bytes in kB."""
    number = int(size)
    return int(packets), f"{number // 1000} kB" if number >= 10000 else f"{number} bytes"


BYTES = re.compile(r"(\d+) (\d+ (?:bytes|kB))")


def conversations_of_tshark(lines):
    for line in lines:
        if "<->" not in line:
            continue
        ends, numbers = re.match(r"(\S+ +<-> \S+) *(.*)", line).groups()
        one, other = re.split(r" +<-> ", ends)
        received, sent = [(int(n), size) for n, size in BYTES.findall(numbers)[:2]]
        yield conversation(one, other, sent, received, *numbers.split()[-2:])


def conversations_of_feiqdump(lines):
    for line in lines[2:]:
        words = line.split()
        yield conversation(words[0], words[1], rounded(*words[2:4]), rounded(*words[4:6]), *words[6:8])


def endpoints_of_tshark(lines, ports):
    for line in lines:
        words = line.split()
        if not words or not words[-1].isdigit():
            continue
        name = end(words[0], words[1]) if ports else words[0]
        yield name, *map(int, words[-4:])


def endpoints_of_feiqdump(lines):
    for line in lines[2:]:
        words = line.split()
        yield words[0], *map(int, words[1:5])


def same(ours, theirs):
    """tshark's durations have four places."""
    return len(ours) == len(theirs) and all(
        a[:-1] == b[:-1] and abs(a[-1] - b[-1]) < 0.0001 for a, b in zip(ours, theirs))


def compare(feiqdump, capture, level):
    ports = level in ("tcp", "udp")
    spec = f"conv,{level}"
    pairs = [(spec, sorted(conversations_of_feiqdump(run(feiqdump, spec, capture))),
              sorted(conversations_of_tshark(run("tshark", spec, capture))))]
    spec = f"endpoints,{level}"
    pairs.append((spec, sorted(endpoints_of_feiqdump(run(feiqdump, spec, capture))),
                  sorted(endpoints_of_tshark(run("tshark", spec, capture), ports))))
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    rows, failures = 0, 0
    for capture in follow.captures(options.captures):
        if capture.stem in LEFT_OUT:
            continue
        for level in LEVELS:
            for spec, ours, theirs in compare(options.feiqdump, capture, level):
                rows += len(theirs)
                if not same(ours, theirs):
                    failures += 1
                    print(f"{capture}: {spec}")
                    for row in sorted(set(ours) ^ set(theirs))[:6]:
                        print(f"    {'feiqdump' if row in ours else 'tshark  '} {row}")
    print(f"{rows} rows compared: {failures} tables differ")
    sys.exit(1 if failures or not rows else 0)


if __name__ == "__main__":
    main()
