#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How many packets that are not its own does the plugin claim, on its ports or by its heuristic?

    false_positives.py [--packets N] [--environment NAME | FOLDER…]

N packets (100,000) of randpkt are looked at, in all of its types that may hold UDP or TCP, and every
capture of the folders, or of captures/tcpdump and captures/ndpi below the folder that the variable
NAME names, if it does: none of them holds FeiQ or 1#n. Then as many texts that are made to look
like it, which only counts. The status is 1 if a packet was claimed, but for those texts.
$FEISCOPE_PLUGINS names the plugin.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import frames
import shark

TYPES = ("udp", "ip", "ipv6", "dns", "nbns", "syslog", "tcp", "eth")
ALIKE = "0123456789:::::__##@.abcdef IPMG\0"
AT_ONCE = 100_000


def looked_at(capture, may_fail=False):
    """The packets of a capture, and those of them that are claimed, each as a line."""
    rows = shark.run("-n", "-r", capture, "-T", "fields", "-e", "frame.number", "-e", "feiq.version",
                     "-e", "onehash.head", may_fail=may_fail).splitlines()
    return len(rows), [row for row in rows if not row.endswith("\t\t")]


def random_packets(kind, count, folder):
    path = os.path.join(folder, f"{kind}.pcap")
    subprocess.run(["randpkt", "-b", "1000", "-c", str(count), "-t", kind, path], check=True,
                   capture_output=True)
    os.chmod(path, 0o644)
    return looked_at(path)


def texts_alike(count, folder):
    generator = random.Random(2425)
    path = os.path.join(folder, "texts.pcap")
    payloads = ("1" + "".join(generator.choices(ALIKE, k=generator.randrange(10, 80))) for _ in range(count))
    frames.write_pcap(path, [frames.udp(payload.encode("latin1"), 40000, 50000) for payload in payloads])
    os.chmod(path, 0o644)
    return looked_at(path)


def captures(folder, scratch):
    """Every capture of a folder, each read by itself."""
    packets, claims = 0, []
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix in (".pcap", ".pcapng", ".cap"):
            copy = shutil.copy(path, scratch)
            os.chmod(copy, 0o644)
            count, claimed = looked_at(copy, may_fail=True)
            packets += count
            claims += [f"{path.name}: {row}" for row in claimed]
            os.remove(copy)
    return packets, claims


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packets", type=int, default=100_000)
    parser.add_argument("--environment")
    parser.add_argument("folders", nargs="*")
    arguments = parser.parse_args()
    root = os.environ.get(arguments.environment or "", "")
    folders = arguments.folders + [os.path.join(root, name) for name in ("tcpdump", "ndpi") if root]
    claimed = 0
    total = 0
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)

        def report(what, packets, claims, count=True):
            nonlocal claimed, total
            claimed += len(claims) * count
            total += packets
            print(f"{what:20} {packets:9} packets, {len(claims)} claimed")
            for claim in claims[:20] if count else ():
                print("    " + claim)

        each = arguments.packets // len(TYPES)
        for kind in TYPES:
            packets, claims = 0, []
            while packets < each:
                more, found = random_packets(kind, min(each - packets, AT_ONCE), scratch)
                packets, claims = packets + more, claims + found
            report(f"randpkt -t {kind}", packets, claims)
        for folder in folders:
            report(os.path.basename(folder), *captures(folder, scratch))
        report("texts made alike", *texts_alike(min(arguments.packets, AT_ONCE), scratch), count=False)
    print(f"{claimed} false claims")
    return 1 if claimed or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
