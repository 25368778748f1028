# SPDX-License-Identifier: GPL-2.0-or-later
"""What Wireshark's window shows beside the tree: conversation filters, and the profile FeiQ."""

import csv
import filecmp
import functools
import os
import re
import shutil
import subprocess
import unittest

import frames
import shark

PROFILE = os.path.join(shark.TREE, "dissector", "profile", "FeiQ")
SAMPLES = os.path.join(shark.TREE, "samples")


def sample(name):
    return os.path.join(SAMPLES, name)


@unittest.skipUnless("LIST_CONVERSATION_FILTERS" in os.environ, "Wireshark 4.6 reads captures in another way")
class ConversationFilters(unittest.TestCase):
    def filters(self, path):
        """By frame: the protocol and the filter that Wireshark offers."""
        done = subprocess.run([os.environ["LIST_CONVERSATION_FILTERS"], os.environ["PLUGIN"], path],
                              capture_output=True, check=True, text=True)
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual(len({line[0] for line in lines}), len(lines))
        return {int(number): (name, text) for number, name, text in lines}

    def found_by(self, path, text):
        return [int(number) for [[number]] in shark.fields(path, ["frame.number"], "-Y", text)]

    def test_two_users(self):
        say = functools.partial(frames.udp, b"1:7:user:host:32:hi\0", 2425, 2425)
        path = shark.capture([say("10.0.0.1", "10.0.0.2"), say("10.0.0.1", "10.0.0.3"),
                              say("10.0.0.2", "10.0.0.1"), say("10.0.0.3", "10.0.0.2"),
                              frames.udp(b"no FeiQ", 5000, 5001, "10.0.0.1", "10.0.0.2")])
        filters = self.filters(path)
        self.assertEqual(sorted(filters), [1, 2, 3, 4])
        self.assertEqual({name for name, _ in filters.values()}, {"FeiQ"})
        for number, expected in ((1, [1, 3]), (2, [2]), (3, [1, 3]), (4, [4])):
            self.assertEqual(self.found_by(path, filters[number][1]), expected)

    def test_what_is_sent_to_all_belongs_to_its_sender(self):
        say = functools.partial(frames.udp, b"1:7:user:host:1:hi\0", 2425, 2425)
        for everybody in ("255.255.255.255", "10.0.0.255", "226.81.9.8"):
            path = shark.capture([say("10.0.0.1", everybody), say("10.0.0.2", "10.0.0.1"),
                                  say("10.0.0.2", "10.0.0.3")])
            self.assertEqual(self.found_by(path, self.filters(path)[1][1]), [1, 2])

    def test_ipv6(self):
        filters = self.filters(sample("internet.pcapng"))
        [number] = [[number] for number, (_, text) in filters.items() if "ipv6.addr" in text][0]
        self.assertIn(number, self.found_by(sample("internet.pcapng"), filters[number][1]))

    def test_transfers_belong_to_the_conversation(self):
        path = sample("file-transfer.pcapng")
        filters = self.filters(path)
        data = [number for number in self.found_by(path, "feiq.transfer.request_in") if number in filters]
        self.assertTrue(data)
        for number in data:
            self.assertIn(number, self.found_by(path, filters[number][1]))

    def test_streams_of_onehash(self):
        path = sample("onehash-line.pcapng")
        filters = self.filters(path)
        self.assertEqual({name for name, _ in filters.values()}, {"1#n"})
        streams = {int(number): stream for [[number], [stream]] in shark.fields(path, ["frame.number", "tcp.stream"])}
        self.assertEqual({number: text for number, (_, text) in filters.items()},
                         {number: f"tcp.stream == {streams[number]}" for number in filters})
        self.assertGreater(len({text for _, text in filters.values()}), 1)


class Labels(unittest.TestCase):
    def layers(self, text):
        """The labels of FeiQ's layer in messages with a text."""
        path = shark.capture([frames.udp(b"1:7:ann:host:32:" + text.encode() + b"\0")])
        return [line for line in shark.run("-n", "-r", path, "-V").splitlines() if line.startswith("FeiQ /")]

    def test_a_closed_layer_says_what_it_holds(self):
        self.assertEqual(self.layers("hi"), ["FeiQ / IP Messenger, SENDMSG ann@host → hi"])

    def test_a_long_label_ends_before_a_character(self):
        for letters in range(3):
            [label] = self.layers("x" * letters + "字" * 400)
            self.assertRegex(label, r"→ x*字{50,}$")


class Profile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """As installed for a user."""
        settings = os.path.join(shark.folder(), "settings")
        shutil.copytree(PROFILE, os.path.join(settings, "wireshark", "profiles", "FeiQ"))
        cls.settings = settings

    def test_it_installs_with_the_plugin(self):
        """Where Wireshark looks for profiles that everybody may choose."""
        prefix = os.path.join(shark.folder(), "installed")
        built = os.path.join(os.path.dirname(os.environ["FEISCOPE_PLUGINS"]), "dissector")
        subprocess.run(["cmake", "--install", built, "--prefix", prefix], check=True, capture_output=True)
        installed = os.path.join(prefix, "share", "wireshark", "profiles", "FeiQ")
        self.assertEqual(sorted(os.listdir(installed)), ["colorfilters", "dfilter_buttons", "preferences", "recent"])
        for name in os.listdir(installed):
            self.assertTrue(filecmp.cmp(os.path.join(installed, name), os.path.join(PROFILE, name), shallow=False))

    def run_tshark(self, *arguments):
        """What tshark prints with the profile, which it must have nothing to say about."""
        shark.loaded()
        done = subprocess.run([shark.WRAPPER, "--checked", "-C", "FeiQ", "-n", "-2", *arguments], capture_output=True,
                              check=True, env=dict(os.environ, XDG_CONFIG_HOME=self.settings, TZ="UTC",
                                                   LC_ALL="C.UTF-8"))
        self.assertEqual(done.stderr.decode(), "")
        return done.stdout.decode().splitlines()

    def lines_of(self, name):
        with open(os.path.join(PROFILE, name), encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if line and not line.startswith("#")]

    def columns(self, path):
        return [line.split("\t") for line in self.run_tshark("-r", path, "-T", "tabs")]

    def test_columns(self):
        titles = re.findall(r'^\t"([^"]+)", "%', "\n".join(self.lines_of("preferences")), re.MULTILINE)
        at = {title: place for place, title in enumerate(titles)}
        rows = [[cell.strip() for cell in row if cell.strip() != "→"] for row in self.columns(sample("chat.pcapng"))]
        asked, answer = rows[6], rows[7]
        self.assertEqual({len(row) for row in rows}, {len(titles)})
        self.assertEqual((asked[at["Command"]], asked[at["Belongs with"]], asked[at["Answered after"]]),
                         ("SENDMSG", "8", ""))
        self.assertEqual((answer[at["Command"]], answer[at["Belongs with"]], answer[at["Answered after"]]),
                         ("RECVMSG", "7", "0.020000000"))
        self.assertIn("hello", asked[at["Info"]])

    def test_columns_of_onehash(self):
        rows = self.columns(sample("onehash-line.pcapng"))
        self.assertTrue(any("process list" in row and "6" in row for row in rows))

    def test_every_colouring_rule_is_of_use(self):
        rules = [line.split("@")[1] for line in self.lines_of("colorfilters")]
        self.assertEqual(len(set(rules)), len(rules))
        used = set()
        for path in shark.samples():
            used.update(self.run_tshark("-r", path, "--color", "-T", "fields", "-e", "frame.coloring_rule.name"))
        ours = [rule for rule in rules if "FeiQ" in rule or "1#n" in rule]
        self.assertGreater(len(ours), 10)
        self.assertEqual([rule for rule in ours if rule not in used], [])
        self.assertLessEqual(used, set(rules) | {""})

    def test_colours_of_a_conversation(self):
        lines = self.run_tshark("-r", sample("chat.pcapng"), "--color", "-T", "fields", "-e", "feiq.command",
                                "-e", "frame.coloring_rule.name")
        rules = dict(line.split("\t") for line in lines)
        self.assertEqual({command: rules[command] for command in ("0x01", "0x20", "0x21", "0xd1")},
                         {"0x01": "FeiQ: who comes and goes", "0x20": "FeiQ: messages",
                          "0x21": "FeiQ: acknowledgements", "0xd1": "FeiQ"})

    def test_every_button_finds_something_and_not_everything(self):
        found = {"FeiQ": "internet.pcapng", "Online": "chat.pcapng", "Text": "chat.pcapng",
                 "Files": "file-transfer.pcapng", "Images": "image.pcapng", "Encrypted": "encrypted.pcapng",
                 "No answer": "image-bitmap.pcapng", "Again": "quirks.pcapng", "Slow": None, "1#n": "onehash-line.pcapng",
                 "粘包": "onehash-line.pcapng", "Mistakes": "malformed.pcapng"}
        buttons = {row[1]: row[2] for row in csv.reader(self.lines_of("dfilter_buttons"))}
        self.assertEqual(list(buttons), list(found))
        for label, text in buttons.items():
            with self.subTest(button=label):
                path = sample(found[label]) if found[label] else self.slow_capture()
                some = len(self.run_tshark("-r", path, "-Y", text))
                self.assertGreater(some, 0)
                self.assertLess(some, len(self.run_tshark("-r", path)))

    def slow_capture(self):
        contents = [frames.udp(b"1:7:a:h:288:hi\0"),
                    frames.udp(b"1:8:b:h:33:7\0", source="10.0.0.2", destination="10.0.0.1")]
        return shark.capture(contents, times=[0, 1500])


if __name__ == "__main__":
    shark.main()
