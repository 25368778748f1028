#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The golden files of the plugin, as another Wireshark than that of Debian 12 prints them.

    golden_of_ours.py PLUGINS

What Wireshark itself says of a packet differs from version to version; what the plugin says may
not. So of tshark's columns the rows count whose protocol is ours, and of its trees the layers that
are ours. Ways of Wireshark to cut a value that is too long for a line are read as the same.
"""

import decimal
import difflib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "golden"))
import golden  # noqa: E402

LAYERS = ("FeiQ / IP Messenger", "1#n Request Protocol")
COLUMN = re.compile(r" *\d+ (FeiQ|1#n) ")
CUT = "…"
SPAN = re.compile(r"([\d.]+) (milli|micro|nano|)seconds?\b")
UNITS = {"": 9, "milli": 6, "micro": 3, "nano": 0}


def columns(text):
    return [line for line in text.splitlines() if COLUMN.match(line)]


def layers(text):
    """Our layers, with the frames they are in. What an ICMP error quotes is shown beneath the error
    or beside it, as the version will have it."""
    kept = []
    layer = None
    for line in text.splitlines():
        if line.startswith("Frame "):
            kept.append(line.split(":")[0])
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if layer is None or indent <= layer:
            layer = indent if text.startswith(LAYERS) else None
        if layer is not None:
            kept.append(line[layer:])
    return kept


PARTS = {"columns": columns, "wireshark": layers}


def nanoseconds(line):
    """Spans of time in one unit: 4.0 and 4.4 write seconds, 4.6 what is shortest."""
    return SPAN.sub(lambda span: f"{decimal.Decimal(span[1]).scaleb(UNITS[span[2]]):.0f} ns", line)


def same(wanted, found):
    """4.0 writes `Title: 36 bytes…`, `Title [truncated]: text` and `[ [truncated]Expert Info`, 4.4 more
    bytes, or as many as the line has room for, `Title […]: bytes or text` and `[[…] Expert Info`."""
    found = found.replace(" […]: ", ": ").replace("[[…] ", "[")
    shown = wanted.removesuffix("]").removesuffix(CUT).replace(" [truncated]: ", ": ")
    shown = shown.replace("[ [truncated]", "[")
    return nanoseconds(wanted) == nanoseconds(found) or (shown != wanted and found.startswith(shown))


def differences(path, wanted, found):
    if len(wanted) == len(found):
        found = [w if same(w, f) else f for w, f in zip(wanted, found)]
    return list(difflib.unified_diff(wanted, found, f"{path.relative_to(golden.TREE)}",
                                     "what is printed here", lineterm=""))


def main():
    [plugins] = sys.argv[1:]
    compared = 0
    failed = 0
    for sample in sorted(golden.SAMPLES.glob("*.pcap*")):
        if sample.stem in golden.NOT_OURS:
            continue
        for view, text in golden.wireshark_views(sample, plugins, "feiq,onehash,icmp,icmpv6"):
            path = golden.HERE / sample.stem / f"{view}.txt"
            part = PARTS[view]
            wanted = part(path.read_text())
            difference = differences(path, wanted, part(text))
            compared += len(wanted)
            failed += bool(difference)
            print("\n".join(difference[:40]), end="\n" * bool(difference))
    print(f"{compared} lines of the plugin compared; {failed} golden files differ")
    return 1 if failed or compared < 10000 else 0


if __name__ == "__main__":
    sys.exit(main())
