# SPDX-License-Identifier: GPL-2.0-or-later
"""The units of systemd: in order, and how much they leave open, as systemd-analyze sees it. And what
chatd itself gives up, however it was started."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import feiq_peer as feiq
from daemon import CHATD, DaemonTest
from test_node import NodeTest

UNITS = os.path.join(os.path.dirname(__file__), "..", "..", "chatd", "systemd")
MOST_EXPOSURE = "2.0"  # of 10, as systemd-analyze counts
KILL = 1 << 5  # CAP_KILL, linux/capability.h


class Units(unittest.TestCase):
    def setUp(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not installed")
        folder = tempfile.TemporaryDirectory(prefix="chatd")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name in ("chatd-chat.socket", "chatd-control.socket", "chatd-feiq.socket"):
            shutil.copy(os.path.join(UNITS, name), self.folder)
        with open(os.path.join(UNITS, "chatd.service.in"), encoding="utf-8") as file:
            self.text = file.read()
        self.write("chatd.service", re.sub("^ExecStart=@[^ ]*/chatd", f"ExecStart={CHATD}", self.text,
                                           flags=re.MULTILINE))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def analyze(self, *arguments):
        result = subprocess.run(["systemd-analyze", *arguments], cwd=self.folder,
                                env=dict(os.environ, SYSTEMD_UNIT_PATH=self.folder + ":"),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                timeout=60, check=False)
        if "nrecognized option" in result.stdout:
            self.skipTest("this systemd-analyze is too old")
        return result

    def test_they_are_in_order(self):
        result = self.analyze("verify", "--man=no", "./chatd.service", "./chatd-chat.socket",
                              "./chatd-control.socket", "./chatd-feiq.socket")
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def check_exposure(self):
        result = self.analyze("security", "--offline=true", "--no-pager",
                              f"--threshold={MOST_EXPOSURE.replace('.', '')}", "chatd.service")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_little_is_left_open(self):
        self.check_exposure()
        with open(os.path.join(UNITS, "chatd-kill.conf"), encoding="utf-8") as file:
            self.write("chatd.service.d/chatd-kill.conf", file.read())
        self.check_exposure()

    def test_it_is_told_when_it_is_ready_and_watched(self):
        for line in ("Type=notify", "WatchdogSec=30", "DynamicUser=yes", "AmbientCapabilities=",
                     "CapabilityBoundingSet=", "NoNewPrivileges=yes"):
            self.assertIn(f"\n{line}\n", self.text)


class Activation(NodeTest):
    """systemd-socket-activate opens the sockets, waits for the first client, and starts chatd."""

    def setUp(self):
        if shutil.which("systemd-socket-activate") is None:
            self.skipTest("systemd-socket-activate is not installed")
        super().setUp()
        self.daemon.stop()

    def activate(self, names, *options):
        ports = self.daemon.path("ports")
        os.unlink(ports)
        process = subprocess.Popen(
            ["systemd-socket-activate", *options, "--fdname=" + ":".join(names), CHATD, "--config",
             self.daemon.path("chatd.conf"), "--ports-file", ports],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for _ in names:
            self.assertIn("Listening on", process.stderr.readline())
        return process

    def free_ports(self, count):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        ports = [each.getsockname()[1] for each in sockets]
        for each in sockets:
            each.close()
        return ports

    def test_tcp_and_unix(self):
        chat, control = self.free_ports(2)
        run = self.daemon.path("run")
        process = self.activate(
            ("chat", "control", "chat-local", "control-local"), "-l", f"127.0.0.1:{chat}", "-l",
            f"127.0.0.1:{control}", "-l", f"{run}/chat", "-l", f"{run}/control")
        self.daemon.ports = {"chat": chat, "control": control}
        self.assertEqual(self.user("first", "line").ask("1#11"), (0, ["chat first"]))
        local = self.client("length", local=True)
        self.assertEqual(local.ask("1#11"), (0, ["chat first"]))
        for where in ({}, {"local": True}):
            self.assertEqual(self.client("line", "control", **where).ask("1#11")[0], 0)
        process.terminate()
        self.assertEqual(process.wait(10), 0)
        self.assertTrue(os.path.exists(f"{run}/chat"), "it is the service manager's")

    def test_udp(self):
        process = self.activate(("feiq",), "--datagram", "-l", f"127.0.0.1:{self.bob.port}")
        self.bob.enter()  # what wakes it up is not lost
        self.bob.expect(feiq.ANSENTRY)
        with open(self.daemon.path("ports"), encoding="utf-8") as file:
            self.daemon.ports = {name: int(port) for name, port in map(str.split, file)}
        self.assertEqual(self.daemon.ports["feiq"], self.bob.port)
        self.assertEqual(self.user("alice").ask("1#3#bob#hello"), (0, []))
        self.assertIn(b"alice: hello", self.bob.expect(feiq.SENDMSG).text)
        process.terminate()
        self.assertEqual(process.wait(10), 0)
        self.bob.expect(feiq.BR_EXIT)

    def test_of_the_wrong_kind(self):
        process = self.activate(("feiq",), "-l", f"127.0.0.1:{self.free_ports(1)[0]}")
        port = int(re.search(r"127.0.0.1:(\d+)", " ".join(process.args)).group(1))
        with socket.create_connection(("127.0.0.1", port)):
            self.assertEqual(process.wait(10), 1)
        self.assertIn("given socket 3: Protocol wrong type for socket", process.stderr.read())


class Capabilities(DaemonTest):
    def capabilities(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as file:
            return {name: int(value, 16) for name, value in
                    re.findall(r"^(Cap(?:Inh|Prm|Eff|Amb)):\t([0-9a-f]+)$", file.read(), re.MULTILINE)}

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root, to have a capability to give up")

    def test_all_are_given_up_but_one_that_is_used_when_it_is_asked_for(self):
        self.assertEqual(self.capabilities(),
                         {"CapInh": 0, "CapPrm": KILL, "CapEff": 0, "CapAmb": 0})
        for allowed, effective in (("true", KILL), ("false", 0)):
            self.daemon.settings["control"]["allow-kill"] = allowed
            self.daemon.write_config()
            logged = self.daemon.read_log().count("read again")
            self.daemon.signal(signal.SIGHUP)
            while self.daemon.read_log().count("read again") == logged:
                pass
            self.assertEqual(self.capabilities()["CapEff"], effective)


if __name__ == "__main__":
    unittest.main()
