#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump's display filters against tshark's, over fields and values that occur in captures.

    filters_generated.py [--plugins DIR] --feiqdump PROGRAM [--environment NAME] [--each N]
                         CAPTURE-OR-FOLDER…

Of each capture N filters are made: fields that feiqdump finds in it, compared with values that stand
there by every operator of the language, some joined. The same captures give the same filters. Both
programs must take the same packets, or both refuse the filter. Packets that feiqdump leaves undecoded
are left out, and captures that one of the two cannot read. Exit status 77: nothing to compare.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess
import sys

import filters

SKIPPED = 77
MOST_BYTES = 100_000  # of a capture: tshark tries each filter on each packet
# tshark has these of the capture's file, not of the packet, or of an interface of which the file says
# nothing; or numbers conversations along that feiqdump does not see (see reasons.py).
# An encapsulation that feiqdump does not open, with layers in it that it would know: of these tshark
# has more fields. The counterpart of hidden_layers in differential.py.
PLAIN = (r"frame|eth|ethertype|llc|vlan|ieee8021ad|sll|null|raw|arp|ip|ipv6|ipv6\\.\\w+|ah|icmp|icmpv6"
         r"|udp|udplite|tcp|feiq|onehash")
HIDDEN = (rf'frame.protocols matches "(^|:)(?!({PLAIN})(:|$))[^:]+:([^:]+:)*'
          r'(eth|vlan|ip|ipv6|arp|tcp|udp|icmp|icmpv6|feiq|onehash)(:|$)"')
LEFT_OUT = re.compile(r"frame\.(cap_len|len)$|frame\.time|frame\.interface|.*\.stream$|.*time_(relative|delta)$"
                      r"|tcp\.analysis|tcp\.completeness|feiscope|pkt_comment")


def values_of(program, capture):
    """Per field the values that feiqdump finds, in the order of the packets; and their number."""
    done = subprocess.run([program, "-T", "json", "-r", capture], env=filters.environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    found, packets = {}, 0
    for line in done.stdout.decode("utf-8").splitlines():
        packets += 1
        for name, value in json.loads(line).items():
            if not LEFT_OUT.match(name):
                found.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return found, packets


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(_, name, value, other):
    n = int(value, 0)
    low, high = sorted((n, int(other, 0)))
    return [f"{name} == {value}", f"{name} eq {n}", f"{name} != {value}", f"{name} ne {n}",
            f"{name} < {value}", f"{name} lt {n + 1}", f"{name} <= {value}", f"{name} le {other}",
            f"{name} > {other}", f"{name} gt {max(n - 1, 0)}", f"{name} >= {value}",
            f"{name} ge {other}", f"{name} & {n & 0xF or 1}", f"{name} in {{{low} .. {high}}}",
            f"{name} in {{{n}, {other}}}", f"not {name} in {{{n}}}", f"!({name} == {n})",
            f"{name} === {n}", f"all {name} >= {other}", f"{name} & 1 == 1"]


def octets(chance, name, value, other):
    parts = value.split(":")
    # a single octet with 0x: "ff" is also the name of a protocol that feiqdump does not know
    middle = len(parts) // 2
    if len(parts) == 1 or ":" not in other:
        return [name, f"{name}[0] == 0x{parts[0]}", f"len({name}) == {len(parts)}"]
    some = chance.randint(2, min(4, len(parts)))
    middle = min(middle, len(parts) - 2)
    made = [f"{name} == {value}", f"{name} != {other}", f"{name}[0] == 0x{parts[0]}",
            f"{name}[{middle}:2] == {':'.join(parts[middle:middle + 2])}",
            f"{name}[-1:] == 0x{parts[-1]}", f"{name}[:{some}] == {':'.join(parts[:some])}",
            f"{name}[0-1] >= {':'.join(other.split(':')[:2])}",
            f"{name}[0] & 1", f"{name} > {other}", f"{name} < {value}", f"len({name}) >= {some}"]
    return made + [f"{name} contains {':'.join(parts[middle:middle + 2])}",
                   f"{name} in {{{value}, {other}}}"]


def address(chance, name, value, other):
    bits = chance.choice([8, 16, 20, 24, 31] if "." in value else [10, 32, 48, 64, 127])
    return [f"{name} == {value}", f"{name} != {other}", f"{name} == {value}/{bits}",
            f"{name} != {other}/{bits}", f"{name} > {other}", f"{name} <= {value}",
            f"{name} in {{{value}, {other}}}", f"{name}[0:2] == {name}[2:2]"]


def text(chance, name, value, other):
    start = chance.randrange(len(value)) if value else 0
    part = value[start:start + 4] or value[:1] or "a"
    word = re.escape(re.sub(r"[^\w]", ".", part, flags=re.ASCII)).replace("\\.", ".")
    return [f"{name} == {quoted(value)}", f"{name} != {quoted(other)}",
            f"{name} contains {quoted(part)}", f"{name} matches {quoted('(?i)' + word)}",
            f"{name} matches {quoted('^' + word)}", f"{name} > {quoted(other)}",
            f"{name} in {{{quoted(value)}, {quoted(other)}}}", f"len({name}) > {len(other)}",
            f"upper({name}) contains {quoted(part.upper())}", f"lower({name}) == {quoted(value)}"]


FORMS = [(re.compile(r"0|[1-9]\d{0,17}|0x[0-9a-f]{1,16}"), number),
         (re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2})*"), octets),
         (re.compile(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:.]+"), address)]


def about(chance, name, values):
    """A filter about one field."""
    value, other = chance.choice(values), chance.choice(values)
    if value == "" or chance.random() < 0.08:
        return chance.choice([name, f"not {name}", f"!{name}"])
    for form, make in FORMS:
        if form.fullmatch(value) and form.fullmatch(other):
            return chance.choice(make(chance, name, value[:299], other[:299]))
    if any(ord(character) < 0x20 or character == "�" for character in value + other):
        return name
    return chance.choice(text(chance, name, value[:100], other[:100]))


def generate(found, count, seed):
    """Filters over these fields, rare fields as likely as those of every packet."""
    chance = random.Random(seed)
    names = sorted(found)
    made = []
    for _ in range(count if names else 0):
        name = chance.choice(names)
        one = about(chance, name, found[name])
        if chance.random() < 0.3:
            name = chance.choice(names)
            joint = chance.choice(["and", "&&", "or", "||", "and not"])
            one = f"({one}) {joint} {about(chance, name, found[name])}"
        if "\n" not in one:
            made.append(one)
    return made


def compare(options, capture):
    """(differences, filters tried, filters that some packet passed, not all); None: one of the two
    cannot read it."""
    found, packets = values_of(options.feiqdump, capture)
    made = generate(found, options.each, capture.name)
    if not made:
        return None
    arguments = ["--plugins", options.plugins] if options.plugins else []
    try:
        *theirs, in_transfer, hidden = filters.tshark_verdicts(
            arguments, capture, [*made, filters.IN_TRANSFER, HIDDEN])
    except SystemExit:  # a link type that tshark does not know
        return None
    unlike = set(filters.feiqdump_verdict(options.feiqdump, capture, filters.UNDECODED))
    unlike |= set(in_transfer) | set(hidden)
    differences, telling = [], 0
    for expression, their in zip(made, theirs):
        our = filters.alike(filters.feiqdump_verdict(options.feiqdump, capture, expression), unlike)
        their = filters.alike(their, unlike)
        if our != their:
            differences.append((expression, our, their))
        elif our != filters.REFUSED and 0 < len(our) < packets:
            telling += 1
    return differences, len(made), telling


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plugins")
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("--environment", metavar="NAME",
                        help="skip the test unless this variable names a folder; captures are "
                             "relative to it")
    parser.add_argument("--each", type=int, default=25, help="filters for each capture")
    parser.add_argument("--most", type=int, default=150,
                        help="captures; of more, every second, third, … is taken")
    parser.add_argument("captures", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    places = options.captures
    if options.environment:
        root = os.environ.get(options.environment, "")
        if not os.path.isdir(root):
            print(f"Skipped: ${options.environment} names no folder of captures")
            return SKIPPED
        places = [pathlib.Path(root) / place for place in places]
    files = [path for path in filters.captures(places) if path.stat().st_size <= MOST_BYTES]
    files = files[::max(1, -(-len(files) // options.most))]
    tried = telling = failures = read = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for capture, result in zip(files, pool.map(lambda c: compare(options, c), files)):
            if result is None:
                continue
            read += 1
            tried += result[1]
            telling += result[2]
            for expression, our, their in result[0]:
                failures += 1
                print(f"{capture.name}: {expression}\n  feiqdump: {filters.shown(our)}\n"
                      f"  tshark: {filters.shown(their)}")
    print(f"{tried} filters over {read} captures, {telling} of which tell packets apart: "
          f"{failures} differences")
    return 1 if failures or telling * 12 < tried or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
