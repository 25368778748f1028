# SPDX-License-Identifier: GPL-2.0-or-later
"""A chatd of one's own for a test, and clients of it in all four framings."""
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

CHATD = os.environ["CHATD"]
PATIENCE = 10  # seconds that a test waits for what has to come


class Daemon:
    """chatd on ports of the system's choice, with its files in a folder of its own."""

    def __init__(self, settings=None, folder=None, within=()):
        self.within = list(within)  # a command that runs it elsewhere
        self.own_folder = None if folder else tempfile.TemporaryDirectory(prefix="chatd")
        self.folder = folder or self.own_folder.name
        self.settings = {"feiq": {"enabled": "false"}, "chat": {"port": "0"},
                         "control": {"port": "0"}, "local": {"directory": self.path("run")}}
        for group, keys in (settings or {}).items():
            self.settings.setdefault(group, {}).update(keys)
        self.process = None
        self.popen_options = {}
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_config(self):
        with open(self.path("chatd.conf"), "w", encoding="utf-8") as file:
            for group, keys in self.settings.items():
                file.write(f"[{group}]\n" + "".join(f"{k}={v}\n" for k, v in keys.items()))

    def start(self):
        self.write_config()
        ports = self.path("ports")
        if os.path.exists(ports):
            os.unlink(ports)
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen(
                [*self.within, CHATD, "--config", self.path("chatd.conf"), "--ports-file", ports],
                **{"stderr": log, "stdin": subprocess.DEVNULL, **self.popen_options})
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(ports):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("chatd does not start: " + self.read_log())
            time.sleep(0.01)
        with open(ports, encoding="utf-8") as file:
            self.ports = {name: int(port) for name, port in map(str.split, file)}

    def read_log(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def wait_for_log(self, words):
        deadline = time.monotonic() + PATIENCE
        while words not in self.read_log():
            if time.monotonic() > deadline:
                raise AssertionError(f"not in the log: {words}\n{self.read_log()}")
            time.sleep(0.01)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End as a service manager would; returns the seconds that took."""
        start = time.monotonic()
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            status = self.process.wait(PATIENCE)
            assert status == 0, f"chatd ended with {status}: {self.read_log()}"
        return time.monotonic() - start

    def close(self):
        try:
            self.stop()
        finally:
            if self.process.poll() is None:
                self.kill()
            if self.own_folder:
                self.own_folder.cleanup()


class Client:
    """A client in one framing. `next` returns messages as text, without the framing."""

    def __init__(self, daemon, framing="line", service="chat", local=False, block=128,
                 source="127.0.0.1"):
        if local:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(daemon.path(f"run/{service}"))
        else:
            self.socket = socket.create_connection(("127.0.0.1", daemon.ports[service]),
                                                   source_address=(source, 0))
        self.socket.settimeout(PATIENCE)
        self.framing = framing
        self.block = block
        self.buffer = b""
        self.events = []  # that came before a reply that was waited for

    def send(self, text):
        data = text.encode()
        if self.framing == "line":
            data += b"\n"
        elif self.framing == "length":
            data = struct.pack(">I", len(data)) + data
        elif self.framing == "fixed":
            data += bytes(self.block - len(data) % self.block)
        self.socket.sendall(data)

    def _cut(self):
        """Take one message out of the buffer, or None."""
        if self.framing == "length":
            if len(self.buffer) < 4:
                return None
            length = struct.unpack(">I", self.buffer[:4])[0]
            if len(self.buffer) < 4 + length:
                return None
            message, self.buffer = self.buffer[4:4 + length], self.buffer[4 + length:]
            return message
        if self.framing == "fixed":
            end = self.block
            while len(self.buffer) >= end and self.buffer[end - 1] != 0:
                end += self.block
            if len(self.buffer) < end:
                return None
            message, self.buffer = self.buffer[:end].rstrip(b"\0"), self.buffer[end:]
            return message
        if self.framing == "bare":
            message, self.buffer = self.buffer, b""
            return message or None
        lines = self.buffer.split(b"\n")
        wanted = 1
        if lines[0].startswith(b"2#") and len(lines) > 1:
            wanted += int(lines[0].split(b"#")[3])
        if len(lines) <= wanted:
            return None
        self.buffer = b"\n".join(lines[wanted:])
        return b"\n".join(lines[:wanted])

    def next(self):
        return self.events.pop(0) if self.events else self._receive()

    def _receive(self):
        while True:
            message = self._cut()
            if message is not None:
                return message.decode()
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data

    def ask(self, text):
        """The reply to a request; (status, [lines])."""
        self.send(text)
        message = self._receive()
        while message.startswith("3#"):
            self.events.append(message)
            message = self._receive()
        return reply(message)

    def log_in(self, nick):
        status, names = self.ask(f"1#1#{nick}")
        assert status == 0, (status, names)
        return names

    def is_silent(self, seconds=0.2):
        return not self.events and not self.buffer and not select.select([self.socket], [], [], seconds)[0]

    def is_closed(self):
        """Reads what still comes; True when the other side closes."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self):
        self.socket.close()


def reply(text):
    head, *lines = text.split("\n")
    kind, _, status, count = head.split("#")
    assert kind == "2" and int(count) == len(lines), text
    return int(status), lines


class DaemonTest(unittest.TestCase):
    """A test with a daemon; SETTINGS are added to its configuration."""

    SETTINGS = {}

    def setUp(self):
        try:
            self.daemon = Daemon(self.SETTINGS)
        except RuntimeError as error:
            if "glib-networking is missing" in str(error):  # SETTINGS ask for TLS
                self.skipTest("glib-networking is not installed")
            raise
        self.addCleanup(self.daemon.close)
        self.clients = []

    def tearDown(self):
        for client in self.clients:
            client.close()

    def client(self, *arguments, **named):
        client = Client(self.daemon, *arguments, **named)
        self.clients.append(client)
        return client

    def user(self, nick, *arguments, **named):
        client = self.client(*arguments, **named)
        client.log_in(nick)
        return client
