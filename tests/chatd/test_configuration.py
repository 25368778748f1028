# SPDX-License-Identifier: GPL-2.0-or-later
"""Options, configuration and signals."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from daemon import CHATD, DaemonTest


def run(*arguments):
    return subprocess.run([CHATD, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=20, check=False)


class Options(unittest.TestCase):
    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(text)
            file.flush()
            result = run("--check-config", "--config", file.name)
            return result.returncode, result.stderr.replace(file.name, "FILE")

    def test_version(self):
        self.assertRegex(run("--version").stdout, r"^chatd \d+\.\d+\.\d+\n$")

    def test_the_example_is_a_configuration_and_so_it_is_with_every_key_set(self):
        example = run("--example-config").stdout
        self.assertEqual(self.check(example), (0, ""))
        set_all = "".join(line[1:] + "\n" if line.startswith("#") and "=" in line else line + "\n"
                          for line in example.splitlines()[1:])
        self.assertEqual(self.check(set_all), (0, ""))

    def test_an_empty_file_is_one_too(self):
        self.assertEqual(self.check(""), (0, ""))

    def test_mistakes_are_named_with_their_line(self):
        for text, message in (
                ("[chat]\n\nprot=1\n", "FILE:3: group [chat] has no key “prot”"),
                ("[feiq]\n[chta]\n", "FILE:2: there is no group [chta], only [feiq] [chat] [control] "
                 "[tls] [local] [storage] [files] [limits]"),
                ("[chat]\nport=70000\n", "FILE:2: port=70000 is not a number from 0 to 65535"),
                ("[control]\nallow-kill=yes\n", "FILE:2: allow-kill=yes is not true or false"),
                ("[chat]\nframing=tcp\n",
                 "FILE:2: framing=tcp is not auto, line, length, fixed or bare")):
            self.assertEqual(self.check(text), (1, f"chatd: {message}\n"))

    def test_addresses_are_looked_at(self):
        for text, message in (
                ("[feiq]\naddress=localhost\n",
                 "feiq.address: “localhost” is no IPv4 or IPv6 address"),
                ("[feiq]\nbroadcast=192.0.2.255;x\n",
                 "feiq.broadcast: “x” is no IPv4 or IPv6 address"),
                ("[chat]\naddress=\n", "chat: “” is no IPv4 or IPv6 address")):
            self.assertEqual(self.check(text), (1, f"chatd: {message}\n"))

    def test_what_is_no_key_file(self):
        status, message = self.check("port 1\n")
        self.assertEqual(status, 1)
        self.assertIn("FILE", message)

    def test_beyond_loopback_it_refuses_to_start_and_says_why(self):
        for group in ("chat", "control"):
            with tempfile.NamedTemporaryFile("w") as file:
                file.write("[feiq]\nenabled=false\n[chat]\nport=0\n[control]\nport=0\n"
                           f"[local]\ndirectory=\n[{group}]\naddress=0.0.0.0\n")
                file.flush()
                result = run("--config", file.name)
            self.assertEqual(result.returncode, 1)
            self.assertIn("TLS with client certificates", result.stderr)
            self.assertIn(f"{group}: 0.0.0.0", result.stderr)

    def test_an_unknown_option(self):
        self.assertEqual(run("--no-such-option").returncode, 2)
        self.assertEqual(run("argument").returncode, 2)


class Signals(DaemonTest):
    def test_term_logs_everybody_out_and_ends_within_two_seconds(self):
        alice, bob = self.user("alice"), self.user("bob", "length")
        alice.next()
        silent = self.client()
        self.assertLess(self.daemon.stop(), 2)
        self.assertEqual(alice.next(), "3#2#alice")
        self.assertEqual(bob.next(), "3#2#bob")
        self.assertTrue(silent.is_closed())
        self.assertEqual(os.listdir(self.daemon.path("run")), [])

    def test_term_waits_for_nobody(self):
        """Neither for hundreds of clients, nor for those that do not read, nor for a process that
        does not heed the signal that ends it."""
        self.daemon.stop()
        self.daemon.settings["control"]["allow-kill"] = "true"
        self.daemon.settings["limits"] = {"shouts-per-second": "1000000",
                                          "shouts-per-address": "1000000",
                                          "connections-per-second": "1000000"}
        self.daemon.start()
        name = "fs" + os.urandom(6).hex()
        path = self.daemon.path(name)
        shutil.copy(shutil.which("sh"), path)
        stubborn = subprocess.Popen([path, "-c", 'trap "" TERM; echo; read x < /dev/zero'],
                                    stdout=subprocess.PIPE)
        self.addCleanup(stubborn.wait)
        self.addCleanup(stubborn.kill)
        self.addCleanup(stubborn.stdout.close)
        stubborn.stdout.readline()
        clients = [self.user(f"user {i}") for i in range(300)]
        for client in clients[:20]:
            for _ in range(20):
                client.send("1#3#user 299#" + "x" * 6000)
        self.client(service="control").send(f"1#3#{name}")
        self.daemon.wait_for_log('"outcome":"begun"')
        self.assertLess(self.daemon.stop(), 2)
        messages = []
        while not messages or messages[-1] != "3#2#user 150":
            messages.append(clients[150].next())
        self.assertTrue(clients[150].is_closed())
        self.assertIn("3#1#user 299", messages)

    def test_hup_reads_the_configuration_again(self):
        client = self.client(service="control")
        self.assertEqual(client.ask("1#3#no such name")[0], 3)
        self.daemon.settings["control"]["allow-kill"] = "true"
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("read again")
        self.assertEqual(client.ask("1#3#no such name")[0], 4)

    def test_a_broken_configuration_changes_nothing(self):
        self.daemon.settings["control"]["no-such-key"] = "1"
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("the configuration stays as it is")
        self.assertEqual(self.user("alice").ask("1#2"), (0, []))

    def test_usr1_prints_figures(self):
        self.user("alice")
        self.daemon.signal(signal.SIGUSR1)
        self.daemon.wait_for_log("chat-users 1")

    def test_a_stale_socket_is_replaced_but_a_live_one_is_not(self):
        self.daemon.kill()
        self.assertTrue(os.path.exists(self.daemon.path("run/chat")))
        self.daemon.start()
        self.assertEqual(self.client(local=True).log_in("alice"), ["alice"])
        second = run("--config", self.daemon.path("chatd.conf"))
        self.assertEqual(second.returncode, 1)
        self.assertIn("somebody listens there already", second.stderr)


class Service(DaemonTest):
    def test_systemd_is_told(self):
        path = self.daemon.path("notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(10)
            self.daemon.stop()
            os.environ.update(NOTIFY_SOCKET=path, WATCHDOG_USEC="200000")
            self.addCleanup(os.environ.pop, "NOTIFY_SOCKET")
            self.addCleanup(os.environ.pop, "WATCHDOG_USEC")
            self.daemon.start()
            self.assertEqual(notify.recv(999), b"READY=1")
            self.assertEqual(notify.recv(999), b"WATCHDOG=1")
            self.assertEqual(notify.recv(999), b"WATCHDOG=1")
            self.daemon.stop()
            last = b""
            while last != b"STOPPING=1":
                last = notify.recv(999)

    def start_with(self, given, *arguments):
        """chatd with a socket that a service manager has opened for chat."""
        command = ('[ $1 = 3 ] || { exec 3<&$1; }; shift; LISTEN_PID=$$ LISTEN_FDS=1 '
                   'LISTEN_FDNAMES=chat exec "$@"')
        return subprocess.Popen(["bash", "-c", command, "bash", str(given.fileno()), CHATD, "--config",
                                 self.daemon.path("chatd.conf"), *arguments],
                                pass_fds=[given.fileno()], stderr=subprocess.PIPE, text=True)

    def test_a_given_socket_beyond_loopback_needs_tls_too(self):
        self.daemon.stop()
        with socket.socket() as given:
            given.bind(("0.0.0.0", 0))
            given.listen()
            with self.start_with(given) as process:
                self.assertEqual(process.wait(10), 1)
                self.assertIn("TLS with client certificates", process.stderr.read())

    def test_it_takes_sockets_that_it_is_given(self):
        with socket.socket() as given:
            given.bind(("127.0.0.1", 0))
            given.listen()
            port = given.getsockname()[1]
            self.daemon.stop()
            with self.start_with(given) as process:
                try:
                    with socket.create_connection(("127.0.0.1", port)) as client:
                        client.settimeout(10)
                        client.sendall(b"1#1#a\n")
                        self.assertEqual(client.recv(999), b"2#1#0#1\na\n")
                finally:
                    process.terminate()
                self.assertEqual(process.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
