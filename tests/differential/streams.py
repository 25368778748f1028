#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of 1#n from TCP segments in disorder: feiqdump against what was sent, and against tshark.

    streams.py --feiqdump PROGRAM [--plugins DIR] [--seeds N] [--first SEED]

For each framing and kind of trouble (stream_captures.py) a capture of several connections. Every
message whose bytes were captured has to be shown, once, in the frame that completed it; where none
is lost for good, every field has to be tshark's with the preference tcp.reassemble_out_of_order.
"""

import argparse
import collections
import os
import sys
import tempfile

import differential
import stream_captures

TROUBLES = [(), ("reorder",), ("reorder", "repeat"), ("overlap", "reorder"), ("lost",),
            ("lost", "overlap", "reorder", "repeat"), ("middle", "overlap", "reorder"),
            ("lost", "reorder", "reset"), ("conflict", "reorder", "repeat")]
# Wireshark lets a message that goes on be overwritten by other bytes sent again: so not "conflict".
AGAINST_TSHARK = TROUBLES[:4] + [("overlap", "repeat", "reset")]
CONNECTIONS = 6


def capture(folder, seed, trouble, framing):
    """The capture's name, the messages that have to be seen, and the texts of all."""
    path = os.path.join(folder, f"{framing}-{'-'.join(trouble)}-{seed}.pcap")
    talks = stream_captures.conversations(seed, CONNECTIONS, set(trouble), framing)
    expected = stream_captures.write(path, seed, talks)
    texts = {text for group in talks for talk in group for side in talk.sides
             for _, _, text in side.messages}
    return path, expected, texts


def shown(feiqdump, path, framing):
    command = [feiqdump, "-o", f"onehash.framing:{framing}", "-T", "fields", "-e", "frame.number",
               "-e", "onehash.text", "-Y", "onehash.text", "-r", path]
    done = differential.run(command, differential.environment())
    rows = (line.split("\t") for line in done.stdout.decode("utf-8").splitlines())
    return [(int(number), text) for number, texts in rows for text in texts.split(",")]


def check_shown(feiqdump, path, framing, expected, texts):
    """What is wrong with the messages that are shown. One of which a part is lost may be shown as
    far as it came."""
    found = collections.Counter((number, text.replace("=", "-"))  # what a conflict changes
                                for number, text in shown(feiqdump, path, framing))
    expected = collections.Counter(expected)
    lost = texts - {text for _, text in expected}
    missing = sorted((expected - found).elements())
    extra = [item for item in sorted((found - expected).elements())
             if item[1][:1] in ("m", "n") and not any(text.startswith(item[1]) for text in lost)]
    return [f"missing {item}" for item in missing] + [f"not expected {item}" for item in extra]


def check_tshark(feiqdump, plugins, path, framing):
    option = ["-o", f"onehash.framing:{framing}"]
    ours, _ = differential.read_feiqdump(feiqdump, path, False, option)
    theirs = differential.read_tshark(plugins, path, False, option)
    before = differential.reasons.Before()
    wrong = []
    for number, (mine, other) in enumerate(zip(ours, theirs), 1):
        before.add(other, False)
        wrong += [f"frame {number}: {field}: {a} but tshark {b}" for field, a, b in
                  differential.compare_packet(mine, other, path, number, before)]
    return wrong + ([] if len(ours) == len(theirs) else ["another number of packets"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("--plugins", help="folder of the plugin, for tests/tshark")
    parser.add_argument("--first", type=int, default=1, help="seed of the first capture")
    parser.add_argument("--seeds", type=int, default=3, help="captures of each kind")
    parser.add_argument("--keep", metavar="FOLDER", help="write the captures there")
    options = parser.parse_args()
    messages, failures, captures = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # tests/tshark reads it as nobody
        for seed in range(options.first, options.first + options.seeds):
            for framing in ("line", "length", "fixed", "bare"):
                for trouble in dict.fromkeys(TROUBLES + AGAINST_TSHARK):
                    path, expected, texts = capture(options.keep or folder, seed, trouble, framing)
                    wrong = []
                    if trouble in TROUBLES:
                        messages += len(expected)
                        wrong = check_shown(options.feiqdump, path, framing, expected, texts)
                    # Wireshark joins segments that waited, and with them bare messages.
                    if trouble in AGAINST_TSHARK and framing != "bare" and seed == options.first:
                        wrong += check_tshark(options.feiqdump, options.plugins, path, framing)
                    captures += 1
                    if wrong:
                        failures += 1
                        print(f"{os.path.basename(path)}: " + "\n    ".join(wrong[:5]))
    print(f"{captures} captures, {messages} messages: {failures} captures with something wrong")
    sys.exit(1 if failures or not messages else 0)


if __name__ == "__main__":
    main()
