# SPDX-License-Identifier: GPL-2.0-or-later
"""The completions offer the options that the help lists, and no others."""

import os
import re
import shutil
import subprocess
import unittest

FEIQDUMP = os.environ["FEIQDUMP"]
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "sniffer",
                      "completions")


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def offered(words):
    """What bash would offer for the last of the words."""
    script = (f'source "{FOLDER}/feiqdump.bash"; compopt() {{ :; }}; COMP_WORDS=({words}); '
              'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _feiqdump; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    return done.stdout.decode().split()


class Completions(unittest.TestCase):
    def setUp(self):
        done = subprocess.run([FEIQDUMP, "--help", "all"], capture_output=True, check=True)
        self.long = set(re.findall(r"--[a-z][a-z-]+[a-z]", done.stdout.decode()))

    def test_every_shell_has_every_option(self):
        zsh = set(re.findall(r"--[a-z][a-z-]+[a-z]", read("_feiqdump")))
        fish = {"--" + name for name in re.findall(r" -l ([a-z-]+)", read("feiqdump.fish"))}
        self.assertEqual(zsh, self.long)
        self.assertEqual(fish, self.long)

    def test_help_has_every_option(self):
        """getopt names the options that begin alike."""
        known = set()
        for letter in "abcdefghijklmnopqrstuvwxyz":
            done = subprocess.run([FEIQDUMP, "--" + letter], capture_output=True, check=False)
            known |= set(re.findall(r"'(--[a-z-]+)'", done.stderr.decode().partition(":")[2]
                                    .partition("possibilities")[2]))
        self.assertGreater(len(known), 20)
        self.assertEqual(known - self.long, {"--colour"})
        for option in self.long:
            done = subprocess.run([FEIQDUMP, option + "=x"], capture_output=True, check=False)
            self.assertNotIn(b"unrecognized", done.stderr, option)

    def test_manual_has_every_option(self):
        with open(os.path.join(FOLDER, "..", "..", "docs", "feiqdump.1"), encoding="utf-8") as file:
            named = set(re.findall(r"Fl (-[a-z-]+)", file.read()))
        self.assertEqual({"-" + name for name in named}, self.long)

    def test_shells_accept_their_files(self):
        for shell, option, name in (("zsh", "-n", "_feiqdump"),
                                    ("fish", "--no-execute", "feiqdump.fish"),
                                    ("bash", "-n", "feiqdump.bash")):
            if shutil.which(shell):
                with self.subTest(shell):
                    subprocess.run([shell, option, os.path.join(FOLDER, name)], check=True)

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash(self):
        self.assertEqual({word for word in offered("feiqdump --") if word.startswith("--")},
                         self.long)
        self.assertEqual(offered("feiqdump -T la"), ["layout"])
        self.assertEqual(offered("feiqdump -z sti"), ["sticky"])
        self.assertEqual(offered("feiqdump --time ab"), ["absolute"])
        self.assertEqual(offered("feiqdump --help st"), ["statistics"])


if __name__ == "__main__":
    unittest.main()
