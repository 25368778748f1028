# SPDX-License-Identifier: GPL-2.0-or-later
"""iptux_peer as a process that tests talk to."""
import os
import subprocess
import tempfile
import threading
import time

PROGRAM = os.environ.get("IPTUX_PEER", "")


class Iptux:
    """An iptux_peer, or another program with its commands and answers, in a namespace."""

    COMMAND = (PROGRAM,)
    PATIENCE = 15  # seconds

    def __init__(self, network, number, nick, encoding, **more):
        self.home = tempfile.TemporaryDirectory(prefix="iptux")
        environment = {"HOME": self.home.name, "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                       "XDG_CONFIG_HOME": self.home.name, "XDG_CACHE_HOME": self.home.name, **more}
        self.address = f"10.77.0.{number}"
        self.process = subprocess.Popen(
            network.within(network.host(number), *self.COMMAND, nick, encoding), env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors(),
            encoding="utf-8", cwd=self.home.name)
        self.lines = []
        self.arrived = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        self.expect("ready")

    def errors(self):
        return subprocess.DEVNULL

    def _read(self):
        for line in self.process.stdout:
            with self.arrived:
                self.lines.append(line.rstrip("\n"))
                self.arrived.notify_all()

    def path(self, name):
        return os.path.join(self.home.name, name)

    def expect(self, line):
        deadline = time.monotonic() + self.PATIENCE
        with self.arrived:
            while line not in self.lines:
                if not self.arrived.wait(max(0, deadline - time.monotonic())):
                    raise AssertionError(f"iptux does not say “{line}” but {self.lines}")
            self.lines.remove(line)

    def count(self, line):
        with self.arrived:
            return self.lines.count(line)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def quit(self):
        if self.process.poll() is None:
            self.tell("quit")
            try:
                self.process.wait(self.PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.thread.join(self.PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()
        self.home.cleanup()
