#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump's display filters against tshark's, packet by packet.

    filters.py [--plugins DIR] --feiqdump PROGRAM CAPTURE-OR-FOLDER…

Each filter of filters.txt must take the same packets of each capture in both programs, and most of
them some packet somewhere; those of filters_refused.txt must be refused by both. Packets that
feiqdump leaves undecoded are left out.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TSHARK = HERE.parent / "tshark"
NUMBER = re.compile(rb'^\{"frame\.number":"(\d+)"|"frame\.number":"(\d+)"', re.MULTILINE)
REFUSED = "refused"
# Bytes of a file: the plugin gives them a layer, since it knows the request; see reasons.py.
IN_TRANSFER = "feiq.transfer.request_in"
UNDECODED = "feiscope.undecoded"
# Messages of 1#n in segments that overtook each other: which segment completes one, the two find
# differently; streams.py compares them.
LEFT_OUT = {"onehash-disorder.pcapng"}


def filters(name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def environment(**more):
    return {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", **more}


def tshark_verdicts(arguments, capture, expressions):
    """For each filter the numbers of the packets that tshark takes, or REFUSED."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("".join(f"{expression}\n" for expression in expressions))
        file.flush()
        os.chmod(file.name, 0o644)  # tshark may run as somebody else
        done = subprocess.run(
            [TSHARK, *arguments, "-q", "-X", f"lua_script:{HERE / 'verdicts.lua'}", "-r", capture],
            env=environment(FEISCOPE_FILTERS=file.name), stdin=subprocess.DEVNULL,
            capture_output=True, check=False)
    verdicts = []
    for line in done.stdout.decode("utf-8").splitlines():
        number, tab, packets = line.partition("\t")
        if tab and int(number) == len(verdicts) + 1:
            verdicts.append(REFUSED if packets == REFUSED else [int(p) for p in packets.split()])
    if len(verdicts) != len(expressions):
        sys.exit(f"{capture}: tshark gave {len(verdicts)} verdicts on {len(expressions)} filters: "
                 f"{done.stderr.decode('utf-8', 'replace')}")
    return verdicts


def feiqdump_verdict(program, capture, expression):
    done = subprocess.run([program, "-Y", expression, "-T", "json", "-r", capture],
                          env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    if done.returncode == 2 and b"-Y:" in done.stderr:
        return REFUSED
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{capture}: feiqdump -Y '{expression}': status {done.returncode}: "
                 f"{done.stderr.decode('utf-8', 'replace')}")
    return [int(number) for pair in NUMBER.findall(done.stdout) for number in pair if number]


def captures(paths):
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.suffix in (".pcap", ".pcapng")
                              and p.name not in LEFT_OUT)
        else:
            yield path


def alike(verdict, unlike):
    return verdict if verdict == REFUSED else [n for n in verdict if n not in unlike]


def shown(verdict):
    return verdict if verdict == REFUSED else "packets " + (" ".join(map(str, verdict)) or "none")


def compare(arguments, program, capture, expressions):
    """The filters on which the two differ, each with both verdicts; and those that took any."""
    differences, taken = [], set()
    *theirs, in_transfer = tshark_verdicts(arguments, capture, [*expressions, IN_TRANSFER])
    unlike = set(feiqdump_verdict(program, capture, UNDECODED)) | set(in_transfer)
    for expression, their in zip(expressions, theirs):
        our = alike(feiqdump_verdict(program, capture, expression), unlike)
        their = alike(their, unlike)
        if our != their or their == REFUSED:
            differences.append((expression, our, their))
        if our and our != REFUSED:
            taken.add(expression)
    return differences, taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plugins")
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("captures", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    arguments = ["--plugins", options.plugins] if options.plugins else []
    accepted, refused = filters("filters.txt"), filters("filters_refused.txt")
    files = list(captures(options.captures))
    failures, taken = 0, set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(
            lambda capture: compare(arguments, options.feiqdump, capture, accepted), files)
    for capture, (differences, some) in zip(files, results):
        taken |= some
        for expression, our, their in differences:
            failures += 1
            print(f"{capture.name}: {expression}\n  feiqdump: {shown(our)}\n  tshark: {shown(their)}")
    theirs = tshark_verdicts(arguments, files[0], refused)
    for expression, their in zip(refused, theirs):
        our = feiqdump_verdict(options.feiqdump, files[0], expression)
        if our != REFUSED or their != REFUSED:
            failures += 1
            print(f"to be refused: {expression}\n  feiqdump: {shown(our)}\n  tshark: {shown(their)}")
    for expression in accepted:
        if expression not in taken:
            print(f"takes no packet of any capture: {expression}")
    print(f"{len(accepted)} filters over {len(files)} captures, {len(refused)} to be refused: "
          f"{failures} differences; {len(taken)} filters took some packet")
    if len(taken) * 10 < len(accepted) * 7:
        sys.exit("too few filters take any packet for the comparison to say much")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
