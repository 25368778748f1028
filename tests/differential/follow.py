#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump's -z follow,tcp and follow,udp against tshark's, text for text.

    follow.py --feiqdump PROGRAM CAPTURE-OR-FOLDER…

Every stream of every capture, and one more that it does not have, in each form. Streams over the
most that is compared are left out, and counted.
"""

import argparse
import itertools
import os
import pathlib
import subprocess
import sys

MODES = ("ascii", "hex", "raw")
MOST_STREAMS = 12  # of a capture
# Datagrams inside GRE belong to the first, which feiqdump does not open; the second has gaps, of which
# tshark prints a remark as if it had been sent: with a NUL, and in hexadecimal.
LEFT_OUT = {("internet", "udp", 0), ("onehash-disorder", "tcp", 0)}


def captures(places):
    for place in map(pathlib.Path, places):
        yield from (sorted(p for p in place.iterdir() if p.suffix in (".pcap", ".pcapng"))
                    if place.is_dir() else [place])


def run(program, arguments, capture):
    command = [program, "-q", *arguments, "-r", str(capture)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})
    return done.stdout


def stream_count(capture, protocol):
    done = subprocess.run(["tshark", "-n", "-T", "fields", "-e", f"{protocol}.stream", "-r", str(capture)],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    numbers = [int(word) for word in done.stdout.replace(b",", b"\n").split()]
    return max(numbers) + 1 if numbers else 0


def reports(text):
    """Those of several streams, sorted."""
    return sorted(part.strip(b"=\n") for part in text.split(b"Follow: "))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("captures", nargs="+")
    options = parser.parse_args()
    compared, left_out, failures = 0, 0, 0
    for capture in captures(options.captures):
        specs = []
        for protocol in ("tcp", "udp"):
            streams = stream_count(capture, protocol)
            left_out += max(0, streams - MOST_STREAMS)
            numbers = [*range(min(streams, MOST_STREAMS)), streams] if streams else []
            specs += [f"follow,{protocol},{mode},{n}" for mode, n in itertools.product(MODES, numbers)
                      if (capture.stem, protocol, n) not in LEFT_OUT]
        arguments = list(itertools.chain.from_iterable(("-z", spec) for spec in specs))
        if not specs:
            continue
        # tshark reports in the order in which it was asked to, or in the reverse of it
        ours = reports(run(options.feiqdump, arguments, capture))
        theirs = reports(run("tshark", ["-n", *arguments], capture))
        compared += len(specs)
        if ours != theirs:
            failures += 1
            print(f"{capture}: the streams differ")
            for spec in specs:
                mine = run(options.feiqdump, ["-z", spec], capture)
                other = run("tshark", ["-n", "-z", spec], capture)
                if mine != other:
                    print(f"  {spec}\n--- feiqdump\n{mine.decode('utf-8', 'replace')[:1500]}"
                          f"\n--- tshark\n{other.decode('utf-8', 'replace')[:1500]}")
                    break
    print(f"{compared} streams in a form compared, {left_out} streams left out: "
          f"{failures} captures differ")
    sys.exit(1 if failures or not compared else 0)


if __name__ == "__main__":
    main()
