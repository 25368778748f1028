#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the built captures of this folder and the tables of README.md, or check them.

usage: build.py [--check]
"""

import pathlib
import sys

from generator import (chat, disorder, encrypted, files, group, headers, onehash, presence, quirks,
                       trouble, vendors)
from generator.verbatim import SAMPLES

HERE = pathlib.Path(__file__).parent
THEMES = [chat, presence, files, group, encrypted, vendors, quirks, onehash, disorder, headers,
          trouble]
MARK = "<!-- {} of the tables that build.py writes -->\n"

CAPTURED = {"iptux-and-peers.pcap", "chatd-and-peers.pcap", "chatctl-files.pcap",
            "iptux-windows.pcap"}
REAL = (
    "| [iptux-and-peers.pcap](iptux-and-peers.pcap) | Log-ins, answers, chat in GBK and UTF-8, a "
    "file offer, log-outs of iptux 0.8.3, a program on libiptux-core and a client with FeiQ's "
    "behaviour; ARP, ICMP, ICMPv6 | 61 | **real**: captured on a bridge between three network "
    "namespaces |\n"
    "| [chatd-and-peers.pcap](chatd-and-peers.pcap) | chatd with libiptux-core: a file and a folder "
    "both ways; and with a client with FeiQ's behaviour: a download that goes on where it broke off, "
    "RELEASEFILES, inline images both ways, sealed messages, typing, shake, a chat group | 146 | "
    "**real**: captured by tests/interop/record.py |\n"
    "| [iptux-windows.pcap](iptux-windows.pcap) | chatd with iptux 0.8.3 itself, its windows driven as "
    "a person would: log-in, chat in GBK, a file and a folder both ways, log-out | 78 | **real**: "
    "captured by tests/interop/record.py |\n"
    "| [chatctl-files.pcap](chatctl-files.pcap) | chatctl and chatd's extensions of 1#n: files, a folder "
    "and an image are offered, listed, fetched and dropped; a sealed message | 142 | **real**: "
    "captured by tests/interop/record.py |\n"
)


def tables(captures):
    out = "| file | shows | packets | from |\n|---|---|---:|---|\n" + REAL
    for capture in captures:
        origin = "built"
        if capture.sources:
            origin += ", with samples " + ", ".join(map(str, sorted(capture.sources)))
        out += (f"| [{capture.name}]({capture.name}) | {capture.shows} | {len(capture.packets)} | "
                f"{origin} |\n")
    out += "\n## Samples that are printed in public\n\n"
    out += "| no. | as printed | source | completed | in |\n|---:|---|---|---|---|\n"
    for sample in SAMPLES.values():
        where = ", ".join(c.name for c in captures if sample.number in c.sources)
        completed = ""
        if sample.completed:
            completed = f"`{sample.completed}`: " if len(sample.completed) < 20 else ""
        out += (f"| {sample.number} | `{sample.printed}` | {sample.source} | "
                f"{completed}{sample.note} | {where} |\n")
    return out


def main():
    check = sys.argv[1:] == ["--check"]
    captures = [capture for theme in THEMES for capture in theme.captures()]
    readme = (HERE / "README.md").read_text()
    begin, end = MARK.format("begin"), MARK.format("end")
    before, rest = readme.split(begin)
    readme = before + begin + "\n" + tables(captures) + "\n" + end + rest.split(end)[1]

    wanted = {capture.name: capture.bytes() for capture in captures}
    wanted["README.md"] = readme.encode()
    stale = 0
    for name, content in wanted.items():
        path = HERE / name
        if path.exists() and path.read_bytes() == content:
            continue
        stale += 1
        print(f"{name} is not what build.py writes" if check else f"writing {name}")
        if not check:
            path.write_bytes(content)
    others = {p.name for p in HERE.glob("*.pcap*")} - set(wanted) - CAPTURED
    for name in sorted(others):
        print(f"{name} comes from nowhere")
    return 1 if others or (check and stale) else 0


if __name__ == "__main__":
    sys.exit(main())
