# SPDX-License-Identifier: GPL-2.0-or-later
"""chatctl as its users call it, over the Unix socket and over TCP."""
import json
import os
import pty
import secrets
import select
import shutil
import signal
import subprocess
import termios
import time
import unittest

from daemon import Client, DaemonTest

CHATCTL = os.environ["CHATCTL"]
DONE, FAILED, USAGE, UNREACHABLE, NOT_FOUND, NOT_ALLOWED = range(6)
LINE_MODE = termios.ICANON | termios.ECHO
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm")


class Command(DaemonTest):
    SETTINGS = {"control": {"allow-kill": "true"}}

    def setUp(self):
        super().setUp()
        self.daemon.stop()
        self.daemon.settings["storage"] = {"database": self.daemon.path("chatd.db")}
        self.daemon.start()

    def run_it(self, *arguments, tcp=None, stdin=b""):
        place = (["--host", "127.0.0.1", "--port", str(self.daemon.ports[tcp])] if tcp
                 else ["--directory", self.daemon.path("run")])
        result = subprocess.run([CHATCTL, *place, *arguments], input=stdin, env=ENVIRONMENT,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                                check=False)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def test_users(self):
        for i in range(3):
            self.user(f"用户 {i}")
        for tcp in (None, "chat"):
            self.assertEqual(self.run_it("users", tcp=tcp),
                             (DONE, "chat 用户 0\nchat 用户 1\nchat 用户 2\n", ""))
        _, out, _ = self.run_it("--json", "users")
        self.assertEqual([json.loads(line) for line in out.splitlines()][0],
                         {"kind": "chat", "name": "用户 0"})

    def test_send(self):
        bob = self.user("bob", "length")
        self.assertEqual(self.run_it("--nick", "ann", "send", "bob", "你好", "bob"), (DONE, "", ""))
        self.assertEqual(bob.next(), "3#3#ann#你好 bob")
        self.assertEqual(self.run_it("--nick", "ann", "send", "bob", tcp="chat",
                                     stdin=b"two\nlines\n"), (DONE, "", ""))
        self.assertEqual(bob.next(), "3#3#ann#two\nlines")
        self.assertEqual(self.run_it("--nick", "ann", "send", "*", "all")[0], DONE)
        self.assertEqual(bob.next(), "3#3#ann#all")
        status, out, error = self.run_it("send", "nobody", "x")
        self.assertEqual((status, out, error),
                         (NOT_FOUND, "", "chatctl: Nobody is called “nobody”\n"))
        bob.ask("1#2")
        status, out, _ = self.run_it("send", "bob", "later")
        self.assertEqual((status, out), (DONE, "“bob” is away; the message waits\n"))

    def test_watch(self):
        with subprocess.Popen([CHATCTL, "--directory", self.daemon.path("run"), "--json",
                               "--nick", "eye", "--count", "3", "watch"], env=ENVIRONMENT,
                              stdout=subprocess.PIPE) as watch:
            other = self.client()
            deadline = time.monotonic() + 10
            while "chat eye" not in other.ask("1#11")[1] and time.monotonic() < deadline:
                time.sleep(0.01)
            other.log_in("bob")
            other.ask("1#3#eye#\x1b[31mred")
            other.ask("1#15#eye")
            events = [json.loads(line) for line in watch.stdout]
            self.assertEqual(watch.wait(10), DONE)
        self.assertEqual([(e["event"], e["from"], e.get("text")) for e in events],
                         [("came", "bob", None), ("message", "bob", "\x1b[31mred"),
                          ("shake", "bob", None)])

    def test_history(self):
        self.run_it("--nick", "ann", "send", "*", "first")
        bob = self.user("bob")
        bob.ask("1#3#*#局域网\x1b聊天")
        status, out, _ = self.run_it("history")
        self.assertEqual((status, [line.split(" ", 1)[1] for line in out.splitlines()]),
                         (DONE, ["ann → *: first", "bob → *: 局域网\ufffd聊天"]))
        _, out, _ = self.run_it("--json", "history", "*", "局域网", tcp=None)
        self.assertEqual(json.loads(out)["text"], "局域网\x1b聊天")
        _, out, _ = self.run_it("--count", "1", "--nick", "eve", "history", "bob", tcp="chat")
        self.assertIn("bob → *", out)

    def test_processes(self):
        name = "fs" + secrets.token_hex(6)
        path = self.daemon.path(name)
        shutil.copy(shutil.which("sleep"), path)
        with subprocess.Popen([path, "60"]) as process:
            try:
                self.assertIn(f"{process.pid} {name}\n", self.run_it("ps")[1])
                _, out, _ = self.run_it("--json", "ps", tcp="control")
                self.assertIn({"pid": str(process.pid), "name": name},
                              [json.loads(line) for line in out.splitlines()])
                self.assertEqual(self.run_it("kill", name), (DONE, f"{process.pid} {name}\n", ""))
                self.assertEqual(process.wait(10), -signal.SIGTERM)
            finally:
                process.kill()
        self.assertEqual(self.run_it("kill", name)[0], NOT_FOUND)

    def test_shutdown_asks_and_is_not_allowed(self):
        self.assertEqual(self.run_it("shutdown", stdin=b"no\n")[0], FAILED)
        self.assertEqual(self.run_it("shutdown", stdin=b"yes\n")[0], NOT_ALLOWED)
        self.assertEqual(self.run_it("--yes", "shutdown")[0], NOT_ALLOWED)
        self.assertEqual(self.daemon.read_log().count('"request":"1#1"'), 2)

    def test_status(self):
        self.user("alice")
        self.assertIn("chat-users 1\n", self.run_it("status")[1])
        _, out, _ = self.run_it("--json", "status")
        self.assertIn({"figure": "chat-users", "value": "1"},
                      [json.loads(line) for line in out.splitlines()])

    def test_the_command_line(self):
        for arguments in ((), ("dance",), ("users", "x"), ("send",), ("kill",), ("--bad",),
                          ("--port", "70000", "users"), ("send", "a#b", "x"), ("chat", "a#b"),
                          ("chat", ""), ("--json", "chat", "bob")):
            self.assertEqual(self.run_it(*arguments)[0], USAGE, arguments)
        self.assertEqual(subprocess.run([CHATCTL, "--directory", "/nonexistent", "users"],
                                        stderr=subprocess.PIPE, check=False).returncode,
                         UNREACHABLE)


class Chat(DaemonTest):
    """chatctl chat on a terminal."""

    def start_chat(self, *arguments, environment=None):
        main, terminal = pty.openpty()
        process = subprocess.Popen([CHATCTL, "--directory", self.daemon.path("run"), *arguments],
                                   stdin=terminal, stdout=terminal, stderr=terminal,
                                   env=dict(ENVIRONMENT, **(environment or {})),
                                   start_new_session=True)
        os.close(terminal)
        self.addCleanup(os.close, main)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, main

    def read_until(self, terminal, words, patience=10):
        seen = b""
        deadline = time.monotonic() + patience
        while words.encode() not in seen:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([terminal], [], [], left)[0]:
                self.fail(f"{words!r} not in {seen!r}")
            seen += os.read(terminal, 4096)
        return seen

    def test_a_conversation(self):
        bob = self.user("bob")
        process, terminal = self.start_chat("--nick", "安", "chat", "bob")
        self.assertEqual(bob.next(), "3#1#安")
        self.read_until(terminal, "bob> ")
        os.write(terminal, "你".encode())
        self.assertEqual(bob.next(), "3#14#安")
        bob.ask("1#3#安#in between")
        self.read_until(terminal, "bob: in between")
        os.write(terminal, "好\x1b[D\x1b[D大家\n".encode())
        self.assertEqual(bob.next(), "3#3#安#大家你好")
        os.write(terminal, b"/shake\n")
        self.assertEqual(bob.next(), "3#15#安")
        carol = Client(self.daemon)
        carol.log_in("carol with a long name")
        self.assertEqual(bob.next(), "3#1#carol with a long name")
        self.read_until(terminal, "came online")
        os.write(terminal, b"/to car\t\n")
        self.read_until(terminal, "carol with a long name> ")
        os.write(terminal, b"hi\n")
        while (event := carol.next()) != "3#3#安#hi":
            self.assertEqual(event, "3#14#安")
        os.write(terminal, b"/quit\n")
        self.assertEqual(process.wait(10), DONE)
        self.assertEqual(bob.next(), "3#2#安")
        carol.close()

    def await_editing(self, terminal):
        """A key that comes while the terminal still has whole lines may be lost."""
        deadline = time.monotonic() + 10
        while termios.tcgetattr(terminal)[3] & LINE_MODE and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(termios.tcgetattr(terminal)[3] & LINE_MODE, 0)

    def test_tab_completes_as_far_as_it_is_certain(self):
        for name in ("卡尔一", "卡尔二", "dave"):
            self.user(name)
        process, terminal = self.start_chat("--nick", "ann", "chat", "dave")
        self.read_until(terminal, "dave> ")
        os.write(terminal, "/t\t卡\t".encode())
        self.read_until(terminal, "尔")
        os.write(terminal, b"\t")
        self.assertIn("卡尔一  卡尔二\r\n".encode(), self.read_until(terminal, "dave> /to 卡尔"))
        os.write(terminal, "二\t\r".encode())
        self.read_until(terminal, "卡尔二> ")
        os.write(terminal, b"/us\t\r")
        self.read_until(terminal, "* chat dave\r\n")
        self.await_editing(terminal)
        os.write(terminal, b"\x04")
        self.assertEqual(process.wait(10), DONE)

    def test_what_cannot_be_said_ends_nothing(self):
        self.user("bob")
        process, terminal = self.start_chat("--nick", "ann", "chat", "nobody")
        self.read_until(terminal, "nobody> ")
        os.write(terminal, b"hello\r")
        self.read_until(terminal, "* Nobody is called")
        os.write(terminal, b"/shake\r")
        self.read_until(terminal, "* Nobody of that name is on")
        os.write(terminal, b"/to a#b\r")
        self.read_until(terminal, "* no name holds #")
        os.write(terminal, b"/to bob\r/quit\r")
        self.read_until(terminal, "bob> ")
        self.assertEqual(process.wait(10), DONE)

    def test_without_a_locale_it_is_utf_8_all_the_same(self):
        bob = self.user("bob")
        _, terminal = self.start_chat("--nick", "ann", "chat", "bob", environment={"LC_ALL": "C"})
        self.read_until(terminal, "bob> ")
        os.write(terminal, "你好\r".encode())
        self.assertEqual([bob.next() for _ in range(3)],
                         ["3#1#ann", "3#14#ann", "3#3#ann#你好"])

    def test_interrupted_it_leaves_the_terminal_as_it_was(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(CHATCTL, [CHATCTL, "--directory", self.daemon.path("run"), "chat", "bob"],
                      ENVIRONMENT)
        self.addCleanup(os.close, terminal)
        self.read_until(terminal, "bob> ")
        self.await_editing(terminal)
        os.write(terminal, b"half a word\x03")
        self.assertEqual(os.WTERMSIG(os.waitpid(pid, 0)[1]), signal.SIGINT)
        self.assertEqual(termios.tcgetattr(terminal)[3] & LINE_MODE, LINE_MODE)

    def test_lines_from_a_pipe(self):
        bob = self.user("bob")
        result = subprocess.run([CHATCTL, "--directory", self.daemon.path("run"), "--nick", "ann",
                                 "chat", "bob"], input="one\n二\n".encode(), env=ENVIRONMENT,
                                stdout=subprocess.PIPE, timeout=20, check=False)
        self.assertEqual(result.returncode, DONE)
        events = [bob.next()]
        while events[-1] != "3#2#ann":
            events.append(bob.next())
        self.assertEqual([e for e in events if not e.startswith("3#14")],
                         ["3#1#ann", "3#3#ann#one", "3#3#ann#二", "3#2#ann"])

    def test_the_daemon_goes(self):
        process, terminal = self.start_chat("--nick", "ann", "chat", "bob")
        self.read_until(terminal, "bob> ")
        self.daemon.stop()
        self.assertEqual(process.wait(10), UNREACHABLE)


if __name__ == "__main__":
    unittest.main()
