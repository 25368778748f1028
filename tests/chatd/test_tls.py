# SPDX-License-Identifier: GPL-2.0-or-later
"""TLS with client certificates: who is served, who is not, and that nobody waits for a handshake."""
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from certificates import Authority
from daemon import CHATD, Client, DaemonTest, reply

CHATCTL = os.environ["CHATCTL"]
NOT_ALLOWED, NOT_FOUND = 3, 4


def run(*arguments):
    return subprocess.run([CHATD, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=20, check=False)


class TlsClient(Client):
    """A client with a certificate, or without one."""

    def __init__(self, daemon, trusted, certificate=None, framing="line", service="chat",
                 source="127.0.0.1"):
        super().__init__(daemon, framing, service, source=source)
        context = ssl.create_default_context(cafile=trusted)
        if certificate is not None:
            context.load_cert_chain(*certificate)
        self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")


class Tls(DaemonTest):
    SETTINGS = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="chatd")
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name)
        server = self.authority.sign("server", "/CN=server", "127.0.0.1")
        self.alice = self.authority.sign("alice", "/O=Office/CN=alice")
        self.bob = self.authority.sign("bob", "/O=Office/CN=鲍勃")
        self.SETTINGS = {
            "chat": {"tls": "true", "address": "0.0.0.0"},
            "control": {"tls": "true", "allow-kill": "true",
                        "certificates": "O=Office,CN=alice"},
            "storage": {"audit-log": os.path.join(folder.name, "audit")},
            "limits": {"shouts-per-second": "1000"},
            "tls": {"certificate": server[0], "key": server[1],
                    "client-ca": self.authority.file}}
        super().setUp()

    def tls_client(self, *arguments, **named):
        client = TlsClient(self.daemon, self.authority.file, *arguments, **named)
        self.clients.append(client)
        return client

    def refused(self, *arguments, **named):
        """Is one without the right certificate cut off before it is answered?"""
        try:
            client = self.tls_client(*arguments, **named)
            client.send("1#1#mallory")
            client.next()
        except (OSError, EOFError):
            return True
        return False

    def audit(self):
        with open(self.daemon.settings["storage"]["audit-log"], encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Service(Tls):
    def test_chat_in_three_framings(self):
        alice = self.tls_client(self.alice)
        self.assertEqual(alice.log_in("alice"), ["alice"])
        bob = self.tls_client(self.bob, "length")
        bob.log_in("bob")
        self.assertEqual(alice.next(), "3#1#bob")
        bare = self.tls_client(self.bob, "bare")
        bare.send("1#1#bare")
        self.assertEqual(bare.next(), "alice\nbob\nbare\n")
        self.assertEqual(bob.ask("1#3#alice#你好"), (0, []))
        self.assertEqual((alice.next(), alice.next()), ("3#1#bare", "3#3#bob#你好"))
        alice.close()
        self.assertEqual((bob.next(), bob.next()), ("3#1#bare", "3#2#alice"))

    def test_the_longest_message_and_thousands_at_once(self):
        alice, bob = self.tls_client(self.alice, "length"), self.tls_client(self.bob, "length")
        alice.log_in("alice"), bob.log_in("bob")
        alice.next()
        self.assertEqual(alice.ask("1#3#bob#" + "x" * 65528), (0, []))
        self.assertGreater(len(bob.next()), 65000)
        line = self.tls_client(self.alice)
        line.log_in("line")
        line.socket.sendall(b"".join(b"1#3#line#%d\n" % i for i in range(2000)))
        numbers, replies = [], 0
        while replies < 2000:
            message = line.next()
            if message.startswith("3#3#line#"):
                numbers.append(int(message[9:]))
            else:
                self.assertEqual(message, "2#3#0#0")
                replies += 1
        self.assertEqual(numbers, list(range(2000)))

    def test_who_may_do_harm_and_the_audit_log_says_who_it_was(self):
        alice = self.tls_client(self.alice, service="control")
        bob = self.tls_client(self.bob, service="control")
        self.assertEqual(alice.ask("1#3#no such name")[0], NOT_FOUND)
        status, lines = bob.ask("1#3#no such name")
        self.assertEqual(status, NOT_ALLOWED)
        self.assertIn("certificates", lines[0])
        address, port = alice.socket.getsockname()
        self.assertEqual([(e["who"].split(" ", 3)[3], e["outcome"]) for e in self.audit()],
                         [("certificate O=Office,CN=alice", "begun"),
                          ("certificate O=Office,CN=alice", "not found"),
                          ("certificate O=Office,CN=鲍勃", "not allowed")])
        self.assertTrue(self.audit()[0]["who"].startswith(f"tls {address} {port} "))

    def test_without_the_right_certificate_nobody_is_served(self):
        with tempfile.TemporaryDirectory() as folder:
            other = Authority(folder, "other").sign("mallory", "/O=Office/CN=alice")
            self.assertTrue(self.refused(None), "no certificate")
            self.assertTrue(self.refused(other), "another authority's")
            self.assertFalse(self.refused(self.bob))
        plain = self.client()
        plain.send("1#1#mallory")
        self.assertTrue(plain.is_closed())
        self.daemon.wait_for_log("listener: no TLS with 127.0.0.1 ")

    def test_certificates_are_read_again(self):
        stays = self.tls_client(self.bob)
        stays.log_in("bob")
        self.daemon.settings["tls"]["clients"] = "O=Office,CN=alice"
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("read again")
        self.assertTrue(self.refused(self.bob))
        self.assertEqual(self.tls_client(self.alice).log_in("alice"), ["bob", "alice"])
        self.assertEqual(stays.next(), "3#1#alice")
        self.daemon.settings["tls"]["client-ca"] = "/nonexistent"
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("stays as it is: tls.client-ca /nonexistent: ")
        self.assertEqual(self.tls_client(self.alice).log_in("alice again")[:2], ["bob", "alice"])

    def test_it_says_goodbye(self):
        alice = self.tls_client(self.alice)
        alice.log_in("alice")
        hanging = self.client()
        hanging.socket.sendall(b"\x16\x03\x01")
        time.sleep(0.1)
        self.assertLess(self.daemon.stop(), 2)
        self.assertEqual(alice.next(), "3#2#alice")
        alice.socket.settimeout(2)
        self.assertEqual(alice.socket.recv(99), b"")

    def test_chatctl(self):
        def chatctl(*arguments, host="127.0.0.1"):
            return subprocess.run(
                [CHATCTL, "--host", host, "--port", str(self.daemon.ports["chat"]), *arguments],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20, check=False,
                cwd=os.path.dirname(self.authority.file))
        alice = self.tls_client(self.alice)
        alice.log_in("alice")
        mine = ["--tls-ca", os.path.basename(self.authority.file), "--tls-certificate", self.bob[0], "--tls-key",
                self.bob[1], "--nick", "bob"]
        sent = chatctl(*mine, "send", "alice", "你好")
        self.assertEqual((sent.returncode, sent.stderr), (0, ""))
        self.assertEqual(alice.next(), "3#3#bob#你好")
        with subprocess.Popen([CHATCTL, "--host", "127.0.0.1", "--port",
                               str(self.daemon.ports["chat"]), *mine, "--count", "1", "watch"],
                              cwd=os.path.dirname(self.authority.file), stdout=subprocess.PIPE,
                              text=True) as watch:
            self.assertEqual(alice.next(), "3#1#bob")
            alice.ask("1#3#bob#hello")
            self.assertIn("hello", watch.stdout.read())
        without = chatctl("--tls-ca", self.authority.file, "users")
        self.assertEqual(without.returncode, 3)
        self.assertIn("certificate", without.stderr)
        untrusted = chatctl("--tls-certificate", self.bob[0], "--tls-key", self.bob[1], "users")
        self.assertEqual(untrusted.returncode, 3)
        self.assertIn("not signed by an authority that is trusted", untrusted.stderr)
        elsewhere = chatctl(*mine, "users", host="127.0.0.2")
        self.assertEqual(elsewhere.returncode, 3)
        self.assertIn("not for this host", elsewhere.stderr)
        missing = chatctl("--tls-ca", "/nonexistent", "users")
        self.assertEqual(missing.returncode, 3)
        self.assertIn("/nonexistent", missing.stderr)
        self.assertEqual(chatctl("--tls-key", "x", "users").returncode, 2)


class Patience(Tls):
    def test_nobody_waits_for_a_handshake(self):
        """Silent ones, ones that stop within their first message or behind it, and ones that send
        rubbish, from several addresses; the next still gets in at once."""
        greeting = ssl.MemoryBIO()
        context = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), greeting,
                                                        server_hostname="127.0.0.1")
        self.assertRaises(ssl.SSLWantReadError, context.do_handshake)
        first = greeting.read()
        hostile = []
        for i in range(100):
            client = Client(self.daemon, source=f"127.0.1.{i // 5 % 4 + 1}")
            self.clients.append(client)
            client.socket.sendall((b"", first, b"1#1#student\n", first[:-1],
                                   b"\x16\x03\x01\xff\xff")[i % 5])
            hostile.append(client)
        for framing in ("line", "length"):
            start = time.monotonic()
            self.tls_client(self.alice, framing).log_in("alice " + framing)
            self.assertLess(time.monotonic() - start, 3)
        start = time.monotonic()
        status, lines = self.tls_client(self.alice, service="control").ask("1#2")
        self.assertEqual((status, len(lines) > 0), (0, True))
        self.assertLess(time.monotonic() - start, 3)
        for client in hostile:
            client.socket.settimeout(40)
            self.assertTrue(client.is_closed())
        self.daemon.wait_for_log("TLS took too long")
        self.daemon.wait_for_log("it does not speak TLS")


class Limits(Tls):
    def setUp(self):
        super().setUp()
        self.daemon.stop()
        self.daemon.settings["limits"].update(
            {"clients-per-address": "3", "output-bytes": "131072", "stall-seconds": "1"})
        self.daemon.start()

    def test_handshakes_count_as_clients(self):
        silent = [self.client() for _ in range(3)]
        late = self.client()
        self.assertTrue(late.is_closed())
        for client in silent:
            client.close()
        deadline = time.monotonic() + 10
        while self.refused(self.alice):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_one_who_does_not_read_is_dropped(self):
        deaf, alice = self.tls_client(self.bob), self.tls_client(self.alice)
        deaf.log_in("deaf"), alice.log_in("alice")
        slowest = 0
        for _ in range(3000):
            start = time.monotonic()
            status, lines = alice.ask("1#3#deaf#" + "x" * 30000)
            slowest = max(slowest, time.monotonic() - start)
            if lines or status:
                break
        else:
            self.fail("deaf was never dropped")
        self.assertLess(slowest, 1)
        self.assertEqual(alice.next(), "3#2#deaf")

    def test_too_long_is_said_and_closed(self):
        client = self.tls_client(self.alice)
        client.log_in("alice")
        client.socket.sendall(b"1#3#x#" + b"y" * 70000)
        self.assertEqual(reply(client.next())[0], 9)
        self.assertTrue(client.is_closed())

    def test_one_who_stops_within_a_message_is_dropped(self):
        client = self.tls_client(self.alice)
        client.log_in("alice")
        client.socket.sendall(b"1#3#a#never")
        start = time.monotonic()
        self.assertTrue(client.is_closed())
        self.assertLess(time.monotonic() - start, 5)


class Start(unittest.TestCase):
    def check(self, settings):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("[feiq]\nenabled=false\n[local]\ndirectory=\n[control]\nenabled=false\n" +
                       settings)
            file.flush()
            results = [run(*options, "--config", file.name) for options in ((), ("--check-config",))]
        self.assertEqual([result.returncode for result in results], [1, 1])
        self.assertEqual(results[0].stderr.splitlines()[-1], results[1].stderr.splitlines()[-1])
        return results[0].stderr

    def test_beyond_loopback_without_tls(self):
        for address in ("0.0.0.0", "::", "192.0.2.1"):
            message = self.check(f"[chat]\naddress={address}\n")
            self.assertIn(f"chat: {address}: not a loopback address", message)
            self.assertIn("TLS with client certificates", message)

    def test_what_is_missing_is_named(self):
        self.assertIn("tls.certificate is not set", self.check("[chat]\ntls=true\n"))
        self.assertIn("tls.client-ca is not set",
                      self.check("[chat]\ntls=true\n[tls]\ncertificate=/x\nkey=/y\n"))
        message = self.check("[chat]\ntls=true\n[tls]\ncertificate=/x\nkey=/y\nclient-ca=/z\n")
        self.assertIn("tls.certificate /x", message)

    def test_what_is_no_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            certificate, key = authority.sign("server", "/CN=server", "127.0.0.1")
            with open(os.path.join(folder, "rubbish"), "w", encoding="utf-8") as file:
                file.write("rubbish")
            message = self.check(f"[chat]\ntls=true\n[tls]\ncertificate={certificate}\nkey={key}\n"
                                 f"client-ca={folder}/rubbish\n")
            self.assertIn(f"tls.client-ca {folder}/rubbish: ", message)


if __name__ == "__main__":
    unittest.main()
