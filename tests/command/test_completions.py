# SPDX-License-Identifier: GPL-2.0-or-later
"""Every option of every program is in its help, its manual page and its completions, and they have
no others; the completions are those that bash, zsh and fish make of them."""

import os
import pathlib
import re
import string
import subprocess
import tempfile
import unittest

from shells import PROGRAMS, TREE, Bash, Fish, Zsh, source

LONG = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
LETTER = re.compile(r"(?<![\w-])-[A-Za-z](?![\w-])")


def output(program, *arguments):
    done = subprocess.run([PROGRAMS[program], *arguments], capture_output=True, check=False,
                          stdin=subprocess.DEVNULL)
    return done.stdout.decode() + done.stderr.decode()


def help_of(program):
    return output(program, "--help", *(["all"] if program == "feiqdump" else []))


def defined(text):
    """The options that a help text defines: at the begin of a line."""
    options = set()
    for line in text.splitlines():
        begin = re.match(r" +(?:CAPTURE FILTER, )?((?:--?[A-Za-z][\w-]*(?:[= ][^\s,]+)?(?:, )?)+)", line)
        if begin:
            options |= set(LONG.findall(begin[1])) | set(LETTER.findall(begin[1]))
    return options


class Options(unittest.TestCase):
    def known(self, program):
        return set(defined(help_of(program)))

    def test_letters(self):
        """A letter that is not in the help is unknown, and one that is there is known; the help of
        the other programs is GLib's, which lists what it knows."""
        known = self.known("feiqdump")
        for letter in string.ascii_letters:
            said = output("feiqdump", f"-{letter}")
            self.assertEqual("invalid option" in said, f"-{letter}" not in known, (letter, said))

    def test_long_options(self):
        """getopt names the options that begin alike."""
        long = {option for option in self.known("feiqdump") if option.startswith("--")}
        found = set()
        for letter in string.ascii_lowercase:
            said = output("feiqdump", "--" + letter).partition("possibilities")[2]
            found |= set(re.findall(r"'(--[a-z-]+)'", said))
        self.assertGreater(len(found), 20)
        self.assertEqual(found - long, {"--colour"})
        for option in long - {"--help"}:
            said = output("feiqdump", option + "=x")
            self.assertNotIn("unrecognized", said, option)

    def test_every_option_has_its_topic(self):
        topics = ["files", "live", "filters", "views", "statistics", "writing", "preferences"]
        found = set().union(*(defined(output("feiqdump", "--help", topic)) for topic in topics))
        self.assertEqual(self.known("feiqdump") - found, {"-h", "--help", "--version"})

    def test_manual(self):
        for program in PROGRAMS:
            page = (TREE / "docs" / f"{program}.1").read_text(encoding="utf-8")
            named = set(re.findall(r"\bFl (-[a-z][a-z-]*|[A-Za-z])(?=\s)", page))
            self.assertEqual({"-" + name for name in named}, self.known(program), program)


class Installed(unittest.TestCase):
    def test_where_the_shells_and_man_look(self):
        with tempfile.TemporaryDirectory() as prefix:
            subprocess.run(["cmake", "--install", os.environ["BUILD"], "--prefix", prefix],
                           stdout=subprocess.DEVNULL, check=True)
            share = pathlib.Path(prefix, "share")
            for program in PROGRAMS:
                for place, name in ((f"bash-completion/completions/{program}", "{}.bash"),
                                    (f"zsh/site-functions/_{program}", "_{}"),
                                    (f"fish/vendor_completions.d/{program}.fish", "{}.fish")):
                    self.assertEqual((share / place).read_bytes(),
                                     source(program, name).read_bytes())
                self.assertTrue((share / "man" / "man1" / f"{program}.1").exists(), program)


class Shell:
    """What holds in every shell; the sub-classes say which."""

    @classmethod
    def setUpClass(cls):
        if not cls.kind.installed:
            raise unittest.SkipTest(f"{cls.kind.__name__.lower()} is not installed")
        cls.shell = cls.kind()
        cls.addClassCleanup(getattr(cls.shell, "close", lambda: None))

    def test_every_option(self):
        for program in PROGRAMS:
            known = Options().known(program)
            long = {word.rstrip("=") for word in self.shell.offered(f"{program} --")}
            self.assertEqual({word for word in long if word.startswith("--")},
                             {option for option in known if option.startswith("--")}, program)
            letters = {word for word in self.shell.offered(f"{program} -")
                       if re.fullmatch("-[A-Za-z]", word)}
            self.assertEqual(letters, {option for option in known if len(option) == 2}, program)

    def test_values(self):
        for line, values in (("feiqdump -T ", "line tree json layout order fields"),
                             ("feiqdump --color ", "always never auto"),
                             ("feiqdump -t ", "relative delta shown epoch absolute date none"),
                             ("feiqdump -a ", "duration: packets: filesize: files:"),
                             ("feiqdump -z st", "sticky"),
                             ("feiqdump --onehash-framing ", "auto line length fixed bare"),
                             ("feiqdump -e feiq.command_word", "feiq.command_word "
                              "feiq.command_word.invalid"),
                             ("feiqreplay --ignore feiq.user.n", "feiq.user.name"),
                             ("chatctl st", "status"), ("chatctl sh", "shutdown")):
            self.assertEqual(self.shell.offered(line), set(values.split()), line)
        self.assertIn("lo", self.shell.offered("feiqdump -i "))
        self.assertIn("root", self.shell.offered("feiqdump -Z ro"))
        self.assertTrue({"users", "send", "watch"} <= self.shell.offered("chatctl "))
        self.assertTrue({"list", "offer", "get", "drop"} <= self.shell.offered("chatctl files "))


class Typed:
    """A tab, in the shells whose lines can be read."""

    def test_tab(self):
        for line, wanted in (("feiqdump --disp", "feiqdump --display-filter"),
                             ("feiqdump -T la", "feiqdump -T layout "),
                             ("feiqdump --color=al", "feiqdump --color=always "),
                             ("feiqdump -o onehash.framing:fi",
                              "feiqdump -o onehash.framing:fixed "),
                             ("feiqdump -E header=y", "feiqdump -E header=y "),
                             ("feiqdump -a dur", "feiqdump -a duration:"),
                             ("feiqdump --help st", "feiqdump --help statistics "),
                             ("feiqreplay -o feiq.encoding:sh", "feiqreplay -o feiq.encoding:shift-jis "),
                             ("chatd --check", "chatd --check-config "),
                             ("chatctl -j his", "chatctl -j history ")):
            with self.subTest(line):
                self.assertEqual(self.shell.completed(line).rstrip(" ="), wanted.rstrip(" ="))


class InBash(Shell, Typed, unittest.TestCase):
    kind = Bash

    def test_accepted(self):
        for program in PROGRAMS:
            subprocess.run(["bash", "-n", source(program, "{}.bash")], check=True)

    def test_ports(self):
        self.assertEqual(Bash.offered("feiqdump --decode-as tcp.port == 99,"), {"99,feiq", "99,onehash"})
        self.assertEqual(Bash.offered("feiqdump --decode-as udp.port == 99,f"), {"99,feiq"})


class InZsh(Shell, Typed, unittest.TestCase):
    kind = Zsh


class InFish(Shell, unittest.TestCase):
    kind = Fish

    def test_preferences(self):
        self.assertEqual(self.shell.offered("feiqdump -o onehash.framing:fi"),
                         {"onehash.framing:fixed"})


if __name__ == "__main__":
    unittest.main()
