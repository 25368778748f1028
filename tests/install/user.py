# SPDX-License-Identifier: GPL-2.0-or-later
"""A user with an empty home, who has Wireshark; and root, without changing this machine."""

import glob
import os
import pathlib
import shutil
import subprocess
import tempfile

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = TREE / "dissector" / "tools"
PLUGINS = pathlib.Path(os.environ["FEISCOPE_PLUGINS"])
[BUILT] = [pathlib.Path(path) for path in glob.glob(str(PLUGINS / "*/epan/feiscope.so"))]
VERSION = BUILT.parent.parent.name
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
IS_ROOT = os.geteuid() == 0


def succeeds(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def ordinary():
    """What stands before a command that root must not run."""
    if not IS_ROOT:
        return []
    return ["unshare", "--user", "--"] if succeeds("unshare", "--user", "true") else NOBODY


class User:
    """HOME and all that is below it."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="feiscope-home-"))
        self.home.chmod(0o777)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("WIRESHARK", "XDG"))}
        self.environment |= {"HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        self.epan = self.home / ".local/lib/wireshark/plugins" / VERSION / "epan"

    def remove(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.home], check=False, capture_output=True)
        shutil.rmtree(self.home)

    def run(self, *command, become=None, **environment):
        """Status and all that was said."""
        become = ordinary() if become is None else become
        done = subprocess.run([*become, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, cwd="/", text=True, check=False,
                              env=self.environment | environment)
        return done.returncode, done.stdout

    def doctor(self, **arguments):
        return self.run(TOOLS / "doctor", **arguments)

    def install(self, *options, plugins=PLUGINS, **arguments):
        return self.run(TOOLS / "install-plugin", *options, plugins, **arguments)

    def listed(self):
        """The paths that tshark has loaded the plugin from."""
        _, said = self.run("tshark", "-G", "plugins")
        return [line.split("\t")[-1].strip() for line in said.splitlines() if line.startswith("feiscope.so")]

    def put(self, folder, replace=(b"", b"")):
        """A copy of the plugin in a folder, with some bytes replaced by as many others."""
        folder.mkdir(parents=True, exist_ok=True)
        contents = BUILT.read_bytes()
        assert replace[0] in contents and len(replace[0]) == len(replace[1])
        path = folder / "feiscope.so"
        path.write_bytes(contents.replace(*replace) if replace[0] else contents)
        return path

    def program(self, name, says):
        """A program that says something, and a PATH on which it comes first."""
        folder = self.home / "bin"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text(f"#!/bin/sh\necho '{says}'\n")
        path.chmod(0o755)
        return f"{folder}:{self.environment['PATH']}"
