# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's captures with bytes of the payloads changed: at worst there are remarks."""

import os
import random
import subprocess
import tempfile
import unittest

import frames
import shark
from test_samples import all_samples
from test_transfer import exported

HEADERS = 54  # of Ethernet, IPv4 and TCP: connections stay what they are
ROUNDS = 3


def changed(frame, chance, generator):
    """Some of a frame's bytes behind its headers get other values."""
    data = bytearray(frame)
    for at in range(HEADERS, len(data)):
        if generator.random() < chance:
            data[at] = generator.choice((generator.randrange(256), ord("0"), ord(":"), 0, ord("f")))
    return bytes(data)


def damaged(path, chance, seed):
    """What editcap makes of a capture: any byte of any frame may be another."""
    handle, copy = tempfile.mkstemp(suffix=".pcap", dir=shark.folder())
    os.close(handle)
    subprocess.run(["editcap", "-F", "pcap", "-E", str(chance), "--seed", str(seed), path, copy],
                   check=True, capture_output=True)
    os.chmod(copy, 0o644)
    return copy


class Mutations(unittest.TestCase):
    def test_what_editcap_damages(self):
        """With headers changed too, Wireshark may well say that a packet is malformed; we may not."""
        for path, _ in all_samples().values():
            for seed, chance in enumerate((0.001, 0.005, 0.02, 0.05)):
                copy = damaged(path, chance, seed)
                for arguments in (("-V", "-x"), ("-2", "-V")):
                    text = shark.run("-n", "-r", copy, *arguments)
                    for layer in ("FeiQ", "1#n"):
                        self.assertFalse(f"[Malformed Packet: {layer}" in text,
                                         shark.line_with(f"[Malformed Packet: {layer}", text))

    def test_no_bug_shows(self):
        captured = all_samples()[frames.ETHERNET][1]
        for seed in range(ROUNDS):
            generator = random.Random(seed)
            chance = (0.002, 0.01, 0.05)[seed % 3]
            contents = [(changed(data, chance, generator), length) for data, length in captured]
            generator.shuffle(captured)
            path = shark.capture(contents)
            for arguments in (("-V", "-x"), ("-2", "-V"), ("-2", "-o", "tcp.reassemble_out_of_order:TRUE", "-V")):
                text = shark.run("-n", "-r", path, *arguments)
                for layer in ("FeiQ", "1#n"):
                    self.assertFalse(f"[Malformed Packet: {layer}" in text,
                                     shark.line_with(f"[Malformed Packet: {layer}", text))
            exported(path)


if __name__ == "__main__":
    shark.main()
