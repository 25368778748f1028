# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes to the journal when standard error is the journal. A namespace for mounts has a /run of its
own, where the test itself plays the journal; it needs root, else it is skipped."""
import os
import socket
import subprocess
import sys
import unittest

from daemon import DaemonTest

INSIDE = "FEISCOPE_INSIDE_MOUNT_NAMESPACE"
JOURNAL = "/run/systemd/journal"


class InNamespace(unittest.TestCase):
    def test_in_a_namespace(self):
        """InsideNamespace, below, with a /run of its own."""
        script = 'mount -t tmpfs none /run && exec "$@"'
        enter = ["unshare", "--mount", "sh", "-c", script, "sh"]
        if os.geteuid() != 0 or subprocess.run([*enter, "true"], stderr=subprocess.DEVNULL,
                                               check=False).returncode != 0:
            self.skipTest("needs root, to make a namespace for mounts")
        result = subprocess.run([*enter, sys.executable, "-B", __file__, "InsideNamespace"],
                                env=dict(os.environ, **{INSIDE: "1"}), stderr=subprocess.PIPE,
                                text=True, timeout=100, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("Ran 1 test", result.stderr)
        self.assertNotIn("skipped", result.stderr)


@unittest.skipUnless(os.environ.get(INSIDE), "InNamespace runs it")
class InsideNamespace(DaemonTest):
    def entries(self, until):
        """Entries up to one whose text begins so; each a dictionary of its fields."""
        found = []
        while not found or not found[-1]["MESSAGE"].startswith(until):
            lines = self.journal.recv(65536).decode().split("\n")
            found.append(dict(line.split("=", 1) for line in lines if "=" in line))
        return found

    def test_entries_have_fields(self):
        self.daemon.stop()
        os.makedirs(JOURNAL)
        with socket.socket(socket.AF_UNIX) as listener, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as self.journal, \
                socket.socket(socket.AF_UNIX) as stream:
            listener.bind(JOURNAL + "/stdout")
            listener.listen()
            self.journal.bind(JOURNAL + "/socket")
            self.journal.settimeout(10)
            stream.connect(JOURNAL + "/stdout")
            self.daemon.popen_options = {"stderr": stream}
            self.daemon.start()
            ready = self.entries("chatd: ready on ")[-1]
            self.assertEqual((ready["PRIORITY"], ready["GLIB_DOMAIN"]), ("5", "chatd"))
            self.assertTrue(ready["CODE_FILE"].endswith("chatd.c"))
            self.client(service="control", local=True).ask("1#1")
            entry = self.entries("audit: ")[-1]
            self.assertEqual((entry["CHATD_REQUEST"], entry["CHATD_OUTCOME"]), ("1#1", "not allowed"))
            self.assertEqual(entry["CHATD_WHO"], f"local root pid {os.getpid()}")
            self.daemon.stop()


if __name__ == "__main__":
    unittest.main()
