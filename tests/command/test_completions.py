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

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash(self):
        self.assertEqual({word for word in offered("feiqdump --") if word.startswith("--")},
                         self.long)
        self.assertEqual(offered("feiqdump -T la"), ["layout"])
        self.assertEqual(offered("feiqdump -z sti"), ["sticky"])
        self.assertEqual(offered("feiqdump --help st"), ["statistics"])


if __name__ == "__main__":
    unittest.main()
