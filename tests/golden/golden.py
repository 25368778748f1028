#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every sample in every view, held against the text that was read and found right.

    golden.py [--update] --feiqdump PROGRAM [--plugins DIR] [SAMPLE…]

The golden text of samples/NAME.pcapng is tests/golden/NAME/VIEW.txt. With --plugins it is also
shown by tshark with the plugin: its columns, and its tree of our protocols. --update writes what
the programs print now (./dev golden-update): the difference in git is then to be read.
"""

import argparse
import difflib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
SAMPLES = TREE / "samples"

sys.path.append(str(HERE.parent))
import keys  # noqa: E402 (of the folder above)

# What cannot be recognised or read has to be told, to feiqdump and to tshark.
OPTIONS = {"onehash-fixed": ["-o", "onehash.framing:fixed"],
           "encrypted": keys.ALL, "encrypted-malformed": keys.ALL}

# There is nothing of ours in these, and what Wireshark says about the rest is its own affair.
NOT_OURS = {"ethernet", "internet", "tcp-trouble", "transport"}

# TCP segments that carry nothing of ours are many and alike; transport.pcapng has the odd ones.
TELLING = ["-Y", "feiq || onehash || !tcp"]

COLUMNS = ["-o", 'gui.column.format:"No.","%m","Protocol","%p","Info","%i"']


def run(command):
    env = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    done = subprocess.run(command, cwd=TREE, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120, check=False)
    said = done.stderr.decode(errors="replace")
    if done.returncode:
        said += f"{' '.join(map(str, command))}: status {done.returncode}\n"
        return done.stdout.decode() + said
    return done.stdout.decode()


def views(sample, feiqdump, plugins):
    """Name of view and text, one after the other."""
    name, capture = sample.stem, sample.relative_to(TREE)
    ours = [feiqdump, *OPTIONS.get(name, [])]
    yield "line", run([*ours, "-T", "line", capture])
    telling = [] if name in NOT_OURS else TELLING
    yield "tree", run([*ours, "-T", "tree", *telling, capture])
    yield "json", run([*ours, "-T", "json", *telling, capture])
    if plugins and name not in NOT_OURS:
        yield from wireshark_views(sample, plugins)


def wireshark_views(sample, plugins, shown="feiq,onehash"):
    """The views that tshark with the plugin prints; of trees the protocols that are to be shown."""
    theirs = [TREE / "tests/tshark", "--plugins", plugins, "-n", "-r", sample.relative_to(TREE),
              *OPTIONS.get(sample.stem, [])]
    yield "columns", run([*theirs, *COLUMNS])
    yield "wireshark", run([*theirs, *TELLING, "-O", shown])


def differences(path, wanted, found):
    lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(),
                                 f"{path.relative_to(TREE)}", "what is printed now", lineterm="")
    return list(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--feiqdump", type=pathlib.Path, required=True)
    parser.add_argument("--plugins", type=pathlib.Path)
    parser.add_argument("samples", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    feiqdump = arguments.feiqdump.resolve()
    plugins = arguments.plugins.resolve() if arguments.plugins else None
    samples = [path.resolve() for path in arguments.samples] or sorted(SAMPLES.glob("*.pcap*"))

    failed = 0
    for sample in samples:
        for view, found in views(sample, feiqdump, plugins):
            path = HERE / sample.stem / f"{view}.txt"
            wanted = path.read_text() if path.exists() else ""
            if found == wanted:
                continue
            if arguments.update:
                path.parent.mkdir(exist_ok=True)
                path.write_text(found)
                print(f"{path.relative_to(TREE)}")
                continue
            failed += 1
            difference = differences(path, wanted, found)
            print("\n".join(difference[:60]))
            if len(difference) > 60:
                print(f"… and {len(difference) - 60} lines more")
    if failed:
        print("If what is printed now is right: ./dev golden-update, and commit the difference.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
