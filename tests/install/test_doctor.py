# SPDX-License-Identifier: GPL-2.0-or-later
"""./dev doctor: each reason for which the plugin is not loaded, made and then named."""

import pathlib
import re
import unittest

import user


class Doctor(unittest.TestCase):
    def setUp(self):
        self.user = user.User()
        self.addCleanup(self.user.remove)

    def says(self, *expressions, status=1, **arguments):
        found, said = self.user.doctor(**arguments)
        self.assertEqual(found, status, said)
        for expression in expressions:
            self.assertRegex(said, expression)
        return said

    def test_loaded(self):
        path = self.user.put(self.user.epan)
        said = self.says(f"(?m)^✔ loaded from {re.escape(str(path))}$", status=0)
        self.assertNotIn("✘", said)
        self.assertEqual(self.user.listed(), [str(path)])

    def test_not_installed(self):
        self.says("✘ feiscope.so is in none of the folders", "→ ./dev install-plugin")

    def test_built_for_another_version(self):
        own = re.search(rb"libwireshark\.so\.(\d\d)", user.BUILT.read_bytes())
        path = self.user.put(self.user.epan, (own[0], b"libwireshark.so.28"))
        self.says(f"✘ {path} was built for Wireshark 4.24, and tshark is {user.VERSION}")

    def test_folder_of_another_version(self):
        path = self.user.put(self.user.epan.parent.parent / "3.6" / "epan")
        self.says(f"✘ {path} is in a folder where tshark does not look", f"→ move it to {self.user.epan}")

    def test_wrong_folder(self):
        for folder in (self.user.epan.parent, self.user.epan.parent.parent,
                       self.user.home / ".config/wireshark/plugins"):
            path = self.user.put(folder)
            self.says(f"✘ {path} is in a folder where tshark does not look")
            path.unlink()

    def test_the_environment_leads_elsewhere(self):
        path = self.user.put(self.user.home / "plugins" / user.VERSION / "epan")
        variable = {"WIRESHARK_PLUGIN_DIR": str(self.user.home / "plugins")}
        self.says(f"✔ loaded from {path}", status=0, **variable)
        variable = {"WIRESHARK_PLUGIN_DIR": str(self.user.home / "plugins" / user.VERSION)}
        self.says(f"✘ {path} is not where WIRESHARK_PLUGIN_DIR leads: that must be the folder above", **variable)

    def test_root(self):
        become = [] if user.IS_ROOT else ["unshare", "--map-root-user", "--"]
        if not user.IS_ROOT and not user.succeeds(*become, "true"):
            self.skipTest("nobody can be root here")
        path = self.user.put(self.user.epan)
        self.says(f"✘ {path} is ignored, since root starts tshark", become=become)
        path.unlink()
        path = self.user.put(self.user.home / "plugins" / user.VERSION / "epan")
        self.says(f"✘ {path} is ignored, since root starts tshark", become=become,
                  WIRESHARK_PLUGIN_DIR=str(self.user.home / "plugins"))

    def test_two_of_the_same_name(self):
        second = self.user.put(self.user.epan)
        first = self.user.put(self.user.home / "plugins" / user.VERSION / "epan")
        self.says(f"✔ loaded from {first}", f"✘ {second} is not loaded, since {first} of the same name is",
                  WIRESHARK_PLUGIN_DIR=str(self.user.home / "plugins"))

    def test_missing_library(self):
        self.user.put(self.user.epan, (b"libglib-2.0.so.0", b"libglib-9.9.so.9"))
        self.says("✘ .* needs what is not installed: libglib-9.9.so.9")

    def test_damaged(self):
        self.user.put(self.user.epan).write_text("404 Not Found\n")
        self.says("✘ .* is no shared library: a damaged copy")

    def test_cut_off(self):
        path = self.user.put(self.user.epan)
        path.write_bytes(path.read_bytes()[:1000])
        self.says(f"✘ tshark dies of loading {path}|✘ {path} is not loaded: tshark: .*feiscope.so")

    def test_not_readable(self):
        path = self.user.put(self.user.epan)
        path.chmod(0)
        self.says(f"✘ {path} cannot be read by .*", "chmod a\\+r")

    def test_folder_not_readable(self):
        self.user.put(self.user.epan)
        self.user.epan.chmod(0)
        self.says(f"✘ the folder {self.user.epan} cannot be read by")

    def test_switched_off(self):
        self.user.put(self.user.epan)
        configuration = self.user.home / ".config/wireshark"
        configuration.mkdir(parents=True)
        (configuration / "disabled_protos").write_text("onehash\n")
        (configuration / "heuristic_protos").write_text("feiq_udp,0\n")
        said = self.says("✔ loaded", "✘ onehash is switched off", "! FeiQ on other ports")
        self.assertNotIn("feiq is switched off", said)

    def test_other_versions_of_the_rest(self):
        self.user.put(self.user.epan)
        self.says("! wireshark is 3.4 and tshark is", status=0,
                  PATH=self.user.program("wireshark", "Wireshark 3.4.10"))
        self.says("! wireshark-dev is 4.8 and tshark is", status=0,
                  PATH=self.user.program("pkg-config", "4.8.1"))

    def test_no_tshark(self):
        self.says("✘ there is no nothing-here", TSHARK="nothing-here")

    def test_another_tshark(self):
        self.user.put(self.user.epan)
        other = self.user.home / "bin/tshark-of-another-version"
        self.user.program(other.name, "")
        other.write_text("#!/bin/sh\ntshark \"$@\" | sed '1s/[0-9]*[.][0-9]*[.]/2.6./'\n")
        self.says("! the plugin is made for Wireshark 4.0 to 4.6, and .* is 2.6", status=0, TSHARK=str(other))

    def test_dev_hands_it_on(self):
        status, said = self.user.run(pathlib.Path(user.TREE) / "dev", "doctor")
        self.assertEqual(status, 1)
        self.assertIn("feiscope.so is in none of the folders", said)


if __name__ == "__main__":
    unittest.main()
