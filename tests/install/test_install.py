# SPDX-License-Identifier: GPL-2.0-or-later
"""./dev install-plugin, for a user and for everybody, and away again."""

import shlex
import unittest

import user


class ForTheUser(unittest.TestCase):
    def setUp(self):
        self.user = user.User()
        self.addCleanup(self.user.remove)
        self.path = self.user.epan / "feiscope.so"

    def install(self, *options, **arguments):
        status, said = self.user.install(*options, **arguments)
        self.assertEqual(status, 0, said)
        return said

    def test_there_and_away(self):
        for _ in range(2):
            self.assertIn(f"installed {self.path}", self.install())
            self.assertEqual(self.user.listed(), [str(self.path)])
            self.assertEqual(self.path.stat().st_mode & 0o777, 0o644)
        self.assertIn(f"removed {self.path}", self.install("--uninstall"))
        self.assertEqual(self.user.listed(), [])
        self.assertEqual([path for path in self.user.home.rglob("*") if path.is_file()], [])
        self.assertIn("is not there", self.install("--uninstall"))

    def test_a_variable_of_the_environment_does_not_mislead(self):
        self.install(WIRESHARK_PLUGIN_DIR="/nonexistent")
        self.assertEqual(self.user.listed(), [str(self.path)])

    def test_nothing_built(self):
        status, said = self.user.install(plugins=self.user.home)
        self.assertEqual(status, 1)
        self.assertIn("is not built", said)

    def test_built_for_another_version(self):
        self.user.put(self.user.home / "plugins/4.9/epan")
        status, said = self.user.install(plugins=self.user.home / "plugins")
        self.assertEqual(status, 1)
        self.assertIn(f"what is built is for Wireshark {user.VERSION}, and tshark is", said)
        self.assertFalse(self.path.exists())

    def test_what_is_not_loaded_is_explained(self):
        self.user.put(self.user.home / f"plugins/{user.VERSION}/epan", (b"libglib-2.0.so.0", b"libglib-9.9.so.9"))
        status, said = self.user.install(plugins=self.user.home / "plugins")
        self.assertEqual(status, 1)
        self.assertRegex(said, "but tshark does not load it:\n(?s:.*)✘ .* needs what is not installed")

    def test_root_is_told(self):
        if not user.IS_ROOT:
            self.skipTest("not root")
        status, said = self.user.install(become=[])
        self.assertEqual(status, 1)
        self.assertIn("--system", said)
        self.assertFalse(self.path.exists())

    def test_everybody_is_for_root(self):
        status, said = self.user.install("--system")
        self.assertEqual(status, 1)
        self.assertIn("--system is for root", said)

    def test_wrong_arguments(self):
        self.assertEqual(self.user.install("--nonsense")[0], 2)

    @unittest.skipUnless((user.TREE / "dissector/profile/FeiQ").is_dir(), "there is no profile in this tree")
    def test_the_profile(self):
        profile = self.user.home / ".config/wireshark/profiles/FeiQ"
        self.install()
        names = {path.name for path in (user.TREE / "dissector/profile/FeiQ").iterdir()}
        self.assertEqual({path.name for path in profile.iterdir()}, names)
        changed = profile / "preferences"
        if not user.IS_ROOT or user.ordinary() != user.NOBODY:
            changed.write_text("# mine\n")
            self.assertIn("which was changed", self.install())
            self.assertEqual(changed.read_text(), "# mine\n")
            self.install("--replace-profile")
            self.assertNotEqual(changed.read_text(), "# mine\n")
        self.install("--uninstall")
        self.assertFalse(profile.exists())


# In a namespace whose folders of Wireshark's are empty, and vanish with it.
EVERYBODY = """set -e
folder() { tshark -G folders 2>/dev/null | sed -n "s/^$1: *\\t*//p"; }
global=$(folder "Global Plugins")
mount -t tmpfs tmpfs "$global"
mkdir -p "$(folder "Global configuration")/profiles" 2>/dev/null || :
mount -t tmpfs tmpfs "$(folder "Global configuration")/profiles"
"""


@unittest.skipUnless(user.IS_ROOT and user.succeeds("unshare", "--mount", "true"), "only root can mount")
class ForEverybody(unittest.TestCase):
    def setUp(self):
        self.user = user.User()
        self.addCleanup(self.user.remove)

    def run_there(self, commands):
        install = shlex.join([str(user.TOOLS / "install-plugin")])
        script = EVERYBODY + f"install() {{ {install} --system \"$@\"; }}\nPLUGINS={user.PLUGINS}\n" + commands
        return self.user.run("unshare", "--mount", "sh", "-c", script, become=[])

    def test_root_loads_it(self):
        status, said = self.run_there('install $PLUGINS\ntshark -G plugins | grep ^feiscope\n'
                                      'install --uninstall\n! tshark -G plugins | grep ^feiscope\nls "$global/epan"\n')
        self.assertEqual(status, 0, said)
        self.assertRegex(said, f"feiscope.so.*/{user.VERSION}/epan/feiscope.so")
        self.assertIn("removed /usr", said)

    def test_not_twice(self):
        """What everybody has, nobody installs for himself."""
        ordinary = shlex.join(user.ordinary())
        status, said = self.run_there(f"install $PLUGINS\n{ordinary} {user.TOOLS / 'install-plugin'} $PLUGINS\n")
        self.assertEqual(status, 1, said)
        self.assertIn("is there for everybody already", said)


if __name__ == "__main__":
    unittest.main()
