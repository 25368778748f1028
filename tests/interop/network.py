# SPDX-License-Identifier: GPL-2.0-or-later
"""A network of network namespaces: a bridge, and hosts on it. It is made and removed by the test,
and nothing leaves it."""
import os
import signal
import subprocess
import sys
import time


def skip(reason):
    """Say why there is nothing to test, and end as a skipped test."""
    print("skipped: " + reason)
    sys.exit(77)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Network:
    """Hosts by number: host 1 has the address 10.77.0.1."""

    def __init__(self, hosts):
        self.prefix = f"feiscope{os.getpid()}"
        self.names = []
        try:
            self._make(hosts)
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            detail = getattr(error, "stderr", None)
            skip(f"no network namespaces here: {detail.decode().strip() if detail else error}")

    def _add_namespace(self, name):
        run("ip", "netns", "add", name)
        self.names.append(name)
        run("ip", "-n", name, "link", "set", "lo", "up")

    def _make(self, hosts):
        self.wire = self.prefix + "-wire"
        self._add_namespace(self.wire)
        run("ip", "-n", self.wire, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", self.wire, "link", "set", "br0", "up")
        for number in range(1, hosts + 1):
            name = self.host(number)
            self._add_namespace(name)
            run("ip", "-n", self.wire, "link", "add", f"to{number}", "type", "veth", "peer", "name",
                "eth0", "netns", name)
            run("ip", "-n", self.wire, "link", "set", f"to{number}", "master", "br0", "up")
            run("ip", "-n", name, "address", "add", f"10.77.0.{number}/24", "brd", "10.77.0.255",
                "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
            run("ip", "-n", name, "route", "add", "default", "dev", "eth0")
            # so that captured checksums are real
            run("ip", "netns", "exec", name, "ethtool", "-K", "eth0", "tx", "off")

    def host(self, number):
        return f"{self.prefix}-{number}"

    def within(self, name, *command):
        """A command line that runs in a namespace; exec, so that its process is the program's."""
        return ["ip", "netns", "exec", name, *command]

    def close(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], check=False)
        self.names = []


class Capture:
    """tcpdump on the bridge, or elsewhere."""

    def __init__(self, network, path, host=None, interface="br0",
                 what=("udp", "or", "arp", "or", "tcp port 2425")):
        self.path = path
        # as root's: it would give up the right to write into the test's folder
        self.process = subprocess.Popen(
            network.within(host or network.wire, "tcpdump", "-Z", "root", "-i", interface, "-U",
                           "--immediate-mode", "-s", "0", "-w", path, *what),
            stderr=subprocess.PIPE)
        line = self.process.stderr.readline()
        if b"listening" not in line:
            raise RuntimeError(f"tcpdump: {line.decode()}")

    def stop(self):
        if self.process.poll() is None:
            time.sleep(0.3)
            self.process.send_signal(signal.SIGINT)
            self.process.wait(10)
            self.process.stderr.close()
