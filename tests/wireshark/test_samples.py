# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's captures, whole and cut, in one pass and two, with a tree and without."""

import collections
import re
import struct
import unittest

import frames
import shark

import linked


ETHERNET_HEADER = 14
OURS = "feiq or onehash"


def set_apart(frame, number):
    """Give an Ethernet frame with IPv4 addresses of its own, so that it shares no stream."""
    at = ETHERNET_HEADER + 12
    if frame[12:14] != b"\x08\x00" or len(frame) < at + 8:
        return frame
    mark = struct.pack("!H", 0x0B00 + number)
    return frame[:at] + mark + frame[at + 2:at + 4] + mark + frame[at + 6:]


def ends(frame):
    """Where the last byte is that belongs to a packet; behind it there may be Ethernet's padding."""
    if frame[12:14] != b"\x08\x00" or len(frame) < ETHERNET_HEADER + 20:
        return len(frame)
    return min(len(frame), ETHERNET_HEADER + int.from_bytes(frame[ETHERNET_HEADER + 2:ETHERNET_HEADER + 4], "big"))


def all_samples():
    """All samples in a capture for each link type, and all the frames by link type."""
    contents = collections.defaultdict(list)
    for number, path in enumerate(shark.samples()):
        linktype, captured = frames.read_capture(path)
        if linktype == frames.ETHERNET:
            captured = [(set_apart(data, number), length) for data, length in captured]
        contents[linktype] += captured
    return {linktype: (shark.capture(captured, linktype), captured)
            for linktype, captured in contents.items()}


def indent(line):
    return len(line) - len(line.lstrip(" "))


def own_lines(output):
    """All lines but those of what only a second pass can know, and what stands beneath those."""
    titles = tuple(f"[{field.title}: " for field in linked.FORWARD)
    remarks = [field.title for field in linked.FORWARD if field.remark]
    kept = []
    beneath = None
    for line in output.splitlines():
        if beneath is not None and indent(line) > beneath:
            continue
        text = line.strip()
        beneath = indent(line) if text in remarks or text.startswith(titles) else None
        if beneath is None:
            kept.append(line)
    return kept


def expert_counts(text):
    """The lines of `-z expert` about the plugin's protocols."""
    return sorted(re.findall(r"^ +\d+ +\w+ +(?:FeiQ|1#n) .*$", text, re.MULTILINE))


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.captures = all_samples()
        cls.paths = [path for path, _ in cls.captures.values()]

    def test_they_are_there(self):
        self.assertGreater(len(shark.samples()), 10)
        path, contents = self.captures[frames.ETHERNET]
        ours = shark.fields(path, ["frame.number"], "-Y", OURS)
        self.assertGreater(len(ours), len(contents) / 3)

    def test_a_second_pass_changes_nothing(self):
        for path in self.paths:
            arguments = ("-n", "-r", path, "-Y", OURS, "-P", "-V", "-O", "feiq,onehash")
            self.assertEqual(own_lines(shark.run(*arguments)),
                             own_lines(shark.run("-2", *arguments)))

    def test_columns_do_not_need_a_tree(self):
        for path in self.paths:
            columns = shark.run("-n", "-r", path)
            # A filter on other protocols makes a tree without our fields; one on ours, with them.
            self.assertEqual(columns, shark.run("-n", "-r", path, "-Y", "frame"))
            wanted = "frame or feiq.text or onehash.text"
            self.assertEqual(columns, shark.run("-n", "-r", path, "-Y", wanted))

    def test_expert_items_do_not_need_a_tree(self):
        path = self.captures[frames.ETHERNET][0]
        counts = expert_counts(shark.run("-n", "-r", path, "-q", "-z", "expert"))
        self.assertGreater(len(counts), 10)
        self.assertEqual(counts, expert_counts(shark.run("-n", "-r", path, "-V", "-z", "expert")))

    def test_no_dissection_ends_by_an_exception(self):
        """Whatever is wrong with bytes is a remark of ours, and the tree goes on."""
        for path in self.paths:
            text = shark.run("-n", "-r", path, "-V")
            for layer in ("FeiQ", "1#n"):
                self.assertFalse(f"[Malformed Packet: {layer}" in text,
                                 shark.line_with(f"[Malformed Packet: {layer}", text))


class CutCaptures(unittest.TestCase):
    """What `editcap -s LENGTH` makes of a capture, for every length at once: a frame that is cut at
    a length has addresses of that length, so that TCP sees a stream for each."""

    def test_every_length_from_42(self):
        contents = all_samples()[frames.ETHERNET][1]
        cut = [(set_apart(data, 256 + size)[:size], length)
               for data, length in contents for size in range(42, ends(data))]
        self.assertGreater(len(cut), 50000)
        path = shark.capture(cut)
        text = shark.run("-n", "-r", path, "-V", "-O", "feiq,onehash")
        self.assertGreater(text.count("\nFeiQ / IP Messenger"), 10000)
        for layer in ("FeiQ", "1#n"):
            self.assertFalse(f"[Malformed Packet: {layer}" in text,
                             shark.line_with(f"[Malformed Packet: {layer}", text))
        self.assertFalse("Reassembled" in text, "of a capture that lacks bytes nothing can be whole")


if __name__ == "__main__":
    shark.main()
