# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the plugin loaded, and does the wrapper say so if it is not?"""

import glob
import os
import shutil
import subprocess
import unittest

import shark

PLUGINS = os.environ["FEISCOPE_PLUGINS"]


def wrapper(*arguments, **environment):
    return subprocess.run([shark.WRAPPER, *arguments], capture_output=True, text=True, check=False,
                          env=dict(os.environ, **environment))


class Loading(unittest.TestCase):
    def test_plugin_is_listed(self):
        lines = [line for line in shark.run("-G", "plugins").splitlines()
                 if line.startswith("feiscope.so")]
        self.assertEqual(len(lines), 1)
        self.assertIn("dissector", lines[0])
        self.assertIn(PLUGINS, lines[0])

    def test_only_what_the_loader_looks_for_is_exported(self):
        [plugin] = glob.glob(os.path.join(PLUGINS, "*", "epan", "feiscope.so"))
        symbols = subprocess.run(["nm", "--dynamic", "--defined-only", plugin], check=True,
                                 capture_output=True, text=True).stdout
        names = {line.split()[-1] for line in symbols.splitlines()}
        self.assertLessEqual({"plugin_version", "plugin_want_major", "plugin_want_minor",
                              "plugin_register"}, names)
        self.assertEqual([name for name in names if not name.startswith(("plugin_", "__odr_asan."))], [])

    def test_no_plugin_there(self):
        done = wrapper("--plugins", shark.folder(), "-v")
        self.assertEqual(done.returncode, 3)
        self.assertIn("build it first", done.stderr)

    def test_what_is_there_cannot_be_loaded(self):
        version = os.path.basename(glob.glob(os.path.join(PLUGINS, "*"))[0])
        folder = os.path.join(shark.folder(), "broken")
        os.makedirs(os.path.join(folder, version, "epan"))
        with open(os.path.join(folder, version, "epan", "feiscope.so"), "w", encoding="ascii") as file:
            file.write("not a shared object\n")
        done = wrapper("-v", FEISCOPE_PLUGINS=folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn("The plugin is not loaded", done.stderr)
        self.assertEqual(wrapper("--checked", "-v", FEISCOPE_PLUGINS=folder).returncode, 0)

    def test_other_version(self):
        [plugin] = glob.glob(os.path.join(PLUGINS, "*", "epan", "feiscope.so"))
        folder = os.path.join(shark.folder(), "other")
        os.makedirs(os.path.join(folder, "3.9", "epan"))
        shutil.copy(plugin, os.path.join(folder, "3.9", "epan"))
        done = wrapper("--plugins", folder, "-v")
        self.assertEqual(done.returncode, 3)
        self.assertIn("built for Wireshark 3.9", done.stderr)

    def test_arguments_and_status_pass_through(self):
        self.assertNotEqual(wrapper("-r", "/nonexistent.pcap").returncode, 0)
        done = wrapper("-r", shark.capture([]), "-T", "fields", "-e", "frame.number", "-Y", "udp or tcp")
        self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    shark.main()
