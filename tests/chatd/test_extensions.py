# SPDX-License-Identifier: GPL-2.0-or-later
"""The codes of 1#n in four places: what chatd serves, what docs/onehash-extensions.md and onehash.md
describe, what feiqdump names and what the plugin names in Wireshark. They are the same."""
import json
import os
import re
import struct
import subprocess
import tempfile
import unittest

from daemon import DaemonTest

TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FEIQDUMP = os.environ.get("FEIQDUMP")
TSHARK = os.environ.get("TSHARK_WITH_PLUGIN")
SERVER_PORTS = {"chat": 12425, "control": 12426}
NO_SUCH_CODE = 1
CODES = range(1, 120)
COURSE = {("1", service, code) for service in SERVER_PORTS for code in (1, 2, 3)} | {
    ("3", "chat", code) for code in (1, 2, 3)}


def documented():
    """(kind, service, code) of the page's tables, by the heading that they stand under."""
    found, service = set(), None
    with open(os.path.join(TREE, "docs/onehash-extensions.md"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("## "):
                service = line.split()[1].lower()
            if line.startswith("| `"):
                cell = line.split("|")[1]
                found |= {(kind, service, int(code)) for kind, code in
                          re.findall(r"`([13])#(\d+)", cell)}
    return found


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(kind, service, code, number):
    """A message of a code, in a TCP segment of a connection of its own; link type 101."""
    client, server = 20000 + number, SERVER_PORTS[service]
    ports = (client, server) if kind == "1" else (server, client)
    message = f"{kind}#{code}#a#b#c#d#e\n".encode()
    addresses = bytes((10, 0, 0, 1, 10, 0, 0, 2))
    head = struct.pack(">HHIIBBHHH", *ports, 1, 1, 5 << 4, 0x18, 8192, 0, 0)
    pseudo = addresses + struct.pack(">BBH", 0, 6, len(head) + len(message))
    head = head[:16] + struct.pack(">H", checksum(pseudo + head + message)) + head[18:]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(message), number, 0, 64, 6, 0) + addresses
    return ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:] + head + message


class Codes(DaemonTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="chatd")
        self.addCleanup(folder.cleanup)
        self.capture = os.path.join(folder.name, "codes.pcap")
        self.messages = [(kind, service, code) for kind in "13" for service in SERVER_PORTS
                         for code in CODES if kind == "1" or service == "chat"]
        with open(self.capture, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
            for number, message in enumerate(self.messages):
                data = packet(*message, number)
                file.write(struct.pack("<IIII", number, 0, len(data), len(data)) + data)

    def served(self):
        found = set()
        for service in SERVER_PORTS:
            client = self.client(service=service)
            for code in CODES:
                if client.ask(f"1#{code}")[0] != NO_SUCH_CODE:
                    found.add(("1", service, code))
        return found

    def sent_events(self):
        """The names of the events that the daemon sends, in its own list of codes."""
        with open(os.path.join(TREE, "chatd/tcp/codes.h"), encoding="utf-8") as file:
            return {("3", "chat", int(code)) for code in re.findall(r"EVENT_\w+ = (\d+)", file.read())}

    def test_the_page_describes_what_chatd_serves(self):
        extensions = (self.served() | self.sent_events()) - COURSE
        self.assertGreater(len(extensions), 10)
        self.assertEqual(documented(), extensions)
        self.assertLessEqual(COURSE, self.served() | self.sent_events())

    def named(self, rows):
        """Of the messages, those with an operation; unknown codes carry a remark instead."""
        self.assertEqual(len(rows), len(self.messages))
        for message, (operation, unknown) in zip(self.messages, rows):
            self.assertNotEqual(bool(operation), unknown, message)
        return {message for message, (operation, _) in zip(self.messages, rows) if operation}

    def test_feiqdump_names_them(self):
        if not FEIQDUMP:
            self.skipTest("feiqdump is not built")
        result = subprocess.run([FEIQDUMP, "-r", self.capture, "-T", "json"], stdout=subprocess.PIPE,
                                check=True, timeout=60)
        rows = [("onehash.operation" in line, "onehash.unknown_code" in line)
                for line in map(json.loads, result.stdout.splitlines())]
        self.assertEqual(self.named(rows), documented() | COURSE)

    def test_the_plugin_names_them(self):
        if not TSHARK:
            self.skipTest("the plugin is not built")
        result = subprocess.run([TSHARK, "-r", self.capture, "-T", "fields", "-e", "onehash.operation",
                                 "-e", "onehash.unknown_code"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, check=False, timeout=120, text=True)
        if result.returncode == 3:
            self.skipTest(result.stderr)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [(line.split("\t")[0] != "", line.split("\t")[1] != "")
                for line in result.stdout.splitlines()]
        self.assertEqual(self.named(rows), documented() | COURSE)


if __name__ == "__main__":
    unittest.main()
