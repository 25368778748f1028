# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of one client and one server, servers on loopback that say what a test wants, and
feiqreplay run on both."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "samples"))

from generator import frames  # noqa: E402
from generator.capture import Capture  # noqa: E402
from generator.connection import Connection  # noqa: E402

FEIQREPLAY = os.environ["FEIQREPLAY"]
PATIENCE = 20


class Host:
    def __init__(self, mac, ip):
        self.mac, self.ip = mac, ip

    def frame_to(self, other, protocol, payload):
        packet = frames.ipv4(self.ip, other.ip, protocol, payload)
        return frames.ethernet(self.mac, other.mac, 0x0800, packet)


CLIENT = Host("02:00:00:00:00:01", "10.1.0.1")
OTHER = Host("02:00:00:00:00:03", "10.1.0.3")
SERVER = Host("02:00:00:00:00:02", "10.1.0.2")
EVERYBODY = Host("ff:ff:ff:ff:ff:ff", "255.255.255.255")


class Recording(Capture):
    def __init__(self):
        super().__init__("test.pcapng", "", start=1700000000)

    def datagram(self, source, to, payload, source_port=2425, port=2425):
        datagram = frames.udp(source.ip, to.ip, source_port, port, payload)
        self.add(source.frame_to(to, frames.UDP, datagram), "")

    def connection(self, port, **named):
        return Connection(self, CLIENT, SERVER, port, **named)


def feiq(number, word, body=b"", user="ann", host="PC"):
    return f"1_lbt6_0#128#020000000001#0#0#0#4001#9:{number}:{user}:{host}:{word}:".encode() + body


class UdpServer:
    """Gives each datagram to `answer`, which returns the datagrams to send back."""

    def __init__(self, answer):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = []
        self.answer = answer
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            data, source = self.socket.recvfrom(65536)
            self.received.append(data)
            for reply in self.answer(data):
                self.socket.sendto(reply, source)


class TcpServer:
    """Takes one connection after the other; `serve` is given each."""

    def __init__(self, serve):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.serve = serve
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            with connection:
                connection.settimeout(PATIENCE)
                self.serve(connection)


def unused_port(kind):
    """A port where nobody is."""
    with socket.socket(socket.AF_INET, kind) as nobody:
        nobody.bind(("127.0.0.1", 0))
        return nobody.getsockname()[1]


class ReplayTest(unittest.TestCase):
    def replay(self, recording, port, *options, target="127.0.0.1"):
        """(exit status, outcomes, the sum, standard error)"""
        data = recording if isinstance(recording, bytes) else recording.bytes()
        done = subprocess.run([FEIQREPLAY, "--json", *options,
                               target if port is None else f"{target}:{port}", "-"],
                              input=data, capture_output=True, timeout=PATIENCE, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        total = lines.pop() if lines else None
        return done.returncode, lines, total, done.stderr.decode()

    def verdicts(self, outcomes):
        return [outcome["verdict"] for outcome in outcomes]


def saved(recording):
    file = tempfile.NamedTemporaryFile(suffix=".pcapng")
    file.write(recording.bytes())
    file.flush()
    return file
