# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package of the plugin: pinned to the Wireshark that loads it, and loaded by that."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import user


@unittest.skipUnless(shutil.which("cpack") and shutil.which("dpkg-shlibdeps"),
                     "making a package takes cpack and dpkg-dev")
class Package(unittest.TestCase):
    def test_it_is_pinned_and_loads(self):
        someone = user.User()
        self.addCleanup(someone.remove)
        made = subprocess.run(["cpack", "--config", user.PLUGINS.parent / "CPackConfig.cmake", "-B", someone.home],
                              capture_output=True, text=True, check=False)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        [package] = someone.home.glob("wireshark-feiscope_*.deb")
        depends = subprocess.run(["dpkg-deb", "-f", package, "Depends"], check=True, capture_output=True,
                                 text=True).stdout
        soname = re.search(rb"libwireshark\.so\.(\d+)", user.BUILT.read_bytes())[1].decode()
        self.assertRegex(depends, f"\\blibwireshark{soname}\\b")

        unpacked = someone.home / "unpacked"
        subprocess.run(["dpkg-deb", "-x", package, unpacked], check=True)
        unpacked.chmod(0o755)
        own = {name: value for name, value in os.environ.items() if name != "WIRESHARK_PLUGIN_DIR"}
        folders = subprocess.run(["tshark", "-G", "folders"], capture_output=True, text=True, check=True,
                                 env=own).stdout
        installed = re.search(r"^Global Plugins:\s*(/usr.*)$", folders, re.MULTILINE)[1]
        plugin = unpacked / f"{installed}/epan/feiscope.so".lstrip("/")
        self.assertEqual(plugin.stat().st_mode & 0o777, 0o644)
        _, said = someone.run("tshark", "-G", "plugins", WIRESHARK_PLUGIN_DIR=str(pathlib.Path(plugin).parents[2]))
        self.assertRegex(said, f"feiscope.so.*{re.escape(str(plugin))}")


if __name__ == "__main__":
    unittest.main()
