# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command of chatctl over the Unix socket, over TCP and through TLS, with --json and without:
what it prints and how it ends. With --json the members are those that docs/chatctl.md lists."""
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from certificates import Authority
from daemon import PATIENCE, Client, DaemonTest

CHATCTL = os.environ["CHATCTL"]
PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "chatctl.md")
DONE, FAILED, USAGE, UNREACHABLE, NOT_FOUND, NOT_ALLOWED = range(6)
GIF = (b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2"
       b"D\1\0;")


def documented_members():
    """What the table of the page says: command, and the members of its objects."""
    with open(PAGE, encoding="utf-8") as file:
        rows = re.findall(r"^\| ([a-z, ]+) \| (.+) \|$", file.read(), re.MULTILINE)
    members = {}
    for commands, text in rows:
        if commands != "command":
            names = re.sub(r"\([^)]*\)", "", text).split(", if ")[0]
            for command in commands.split(", "):
                members[command] = {name.strip() for name in names.split(",")}
    return members


class Everywhere:
    """All commands; how chatd is reached is the classes' below."""

    SETTINGS = {"control": {"allow-kill": "true"}, "limits": {"shouts-per-second": "1000"}}

    def setUp(self):
        super().setUp()
        self.daemon.stop()
        self.daemon.settings["storage"] = {"database": self.daemon.path("chatd.db"),
                                           "audit-log": self.daemon.path("audit")}
        self.daemon.start()
        self.members = documented_members()

    def place(self, service):
        raise NotImplementedError

    def friend(self, nick):
        """Another user, on the Unix socket, which is there whatever the test is about."""
        client = Client(self.daemon, "length", local=True)
        self.clients.append(client)
        client.log_in(nick)
        return client

    def call(self, *arguments, service="chat", status=DONE, stdin=b""):
        result = subprocess.run([CHATCTL, *self.place(service), *arguments], input=stdin,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, check=False,
                                cwd=self.daemon.folder, env=dict(os.environ, LC_ALL="C.UTF-8"))
        self.assertEqual(result.returncode, status, (arguments, result))
        self.assertEqual(status == DONE, result.stderr == b"", result.stderr)
        self.assertIsNone(re.search(b"[^\\n]\\n\\n", result.stderr), "one line, or several, but no gaps")
        return result.stdout.decode()

    def objects(self, *arguments, members=None, **named):
        """With --json; each object has the members that are documented."""
        found = [json.loads(line) for line in self.call("--json", *arguments, **named).splitlines()]
        for each in found:
            self.assertEqual(set(each), members or self.members[arguments[0]], arguments)
            self.assertTrue(all(isinstance(value, str) for value in each.values()), each)
        return found

    def test_users_send_history(self):
        bob = self.friend("鲍勃")
        self.assertEqual(self.call("users"), "chat 鲍勃\n")
        self.assertEqual(self.objects("users"), [{"kind": "chat", "name": "鲍勃"}])
        self.assertEqual(self.call("-n", "ann", "send", "鲍勃", "你好，世界"), "")
        self.assertEqual(bob.next(), "3#3#ann#你好，世界")
        self.assertEqual(self.call("-n", "ann", "send", "鲍勃", "-", stdin="两\n行".encode()), "")
        self.assertEqual(bob.next(), "3#3#ann#两\n行")
        self.assertEqual(self.objects("-n", "ann", "send", "鲍勃", "x", members={"result"}), [])
        sealed, = self.objects("-n", "ann", "--seal", "send", "鲍勃", "sealed", members={"result"})
        self.assertTrue(sealed["result"].isdigit())
        bob.ask("1#2")
        away, = self.objects("-n", "ann", "send", "鲍勃", "later", members={"result"})
        self.assertIn("waits", away["result"])
        self.call("-n", "ann", "send", "nobody", "x", status=NOT_FOUND)
        self.call("-n", "ann", "send", "鲍勃", "x" * 70000, status=USAGE)
        lines = self.call("-n", "ann", "history", "鲍勃").splitlines()
        self.assertEqual(len(lines), 6)
        self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ann → 鲍勃: 你好，世界$")
        self.assertIn("(waiting)", lines[-1])
        found = self.objects("-n", "ann", "history", "*", "世界", members=self.members["history"])
        self.assertEqual([each["text"] for each in found], ["你好，世界"])
        self.assertEqual(len(self.objects("-n", "ann", "-c", "2", "history",
                                          members=self.members["history"])), 2)
        self.call("-c", "2000", "-n", "ann", "history", status=USAGE)

    def test_watch_and_chat(self):
        for extra in ((), ("--json",)):
            with subprocess.Popen([CHATCTL, *self.place("chat"), *extra, "-n", "eye", "-c", "2", "watch"],
                                  stdout=subprocess.PIPE) as watch:
                bob = self.client("length", local=True)
                deadline = time.monotonic() + PATIENCE
                while "chat eye" not in bob.ask("1#11")[1] and time.monotonic() < deadline:
                    time.sleep(0.01)
                bob.ask("1#12#bob")
                self.assertEqual(bob.ask("1#3#eye#看见了吗"), (0, []))
                self.assertEqual(bob.ask("1#15#eye"), (0, []))
                out = watch.stdout.read().decode()
            self.assertEqual(watch.returncode, DONE)
            self.assertIn("看见了吗", out)
            for line in out.splitlines() if extra else ():
                self.assertLessEqual(set(json.loads(line)), {"time", "event", "from", "text"})
            bob.close()
        bob = self.friend("bob2")
        self.call("-n", "ann", "chat", "bob2", stdin="一\n/shake\n/quit\n".encode())
        came = [bob.next() for _ in range(5)]
        self.assertEqual([each for each in came if not each.startswith("3#14")],
                         ["3#1#ann", "3#3#ann#一", "3#15#ann", "3#2#ann"])
        self.call("-n", "bob2", "watch", status=FAILED)
        self.call("--json", "chat", "bob2", status=USAGE)

    def test_files_and_images(self):
        with open(self.daemon.path("图.gif"), "wb") as file:
            file.write(GIF)
        self.friend("bob")
        self.assertRegex(self.call("-n", "ann", "files", "offer", "bob", "图.gif"),
                         "^1  图.gif offered to bob\n$")
        offered, = self.objects("-n", "ann", "files", "offer", "bob", "图.gif",
                                members=self.members["files offer"])
        self.assertEqual(offered["size"], str(len(GIF)))
        image, = self.objects("-n", "ann", "image", "bob", "图.gif",
                              members=self.members["files offer"])
        self.assertIn("图.gif", self.call("-n", "ann", "files"))
        kinds = {each["id"]: each["kind"] for each in
                 self.objects("-n", "ann", "files", members=self.members["files"])}
        self.assertEqual(kinds, {"1": "file", offered["id"]: "file", image["id"]: "image"})
        os.mkdir(self.daemon.path("got"))
        # the friend's name is taken by the friend, but on the Unix socket one may act as oneself
        nick = "bob" if self.is_local else "ann"
        got, = self.objects("-n", nick, "files", "get", "1", "got", members=self.members["files get"])
        self.assertEqual(got["path"], "got/图.gif")
        with open(self.daemon.path("got/图.gif"), "rb") as file:
            self.assertEqual(file.read(), GIF)
        self.call("-n", nick, "files", "get", "1", "got", status=FAILED)
        self.call("-n", nick, "--yes", "files", "get", "1", "got")
        self.assertEqual(self.call("-n", "ann", "files", "drop", offered["id"]), "")
        self.call("-n", "ann", "files", "drop", "99", status=NOT_FOUND)
        self.call("-n", "ann", "files", "offer", "bob", "nothing", status=USAGE)
        self.call("-n", "ann", "files", "fold", status=USAGE)
        self.call("-n", "ann", "image", "nobody", "图.gif", status=NOT_FOUND)

    def test_control(self):
        self.assertRegex(self.call("status", service="control"), "(?m)^up-seconds \\d+$")
        self.assertIn("chat-users", {each["figure"] for each in self.objects("status", service="control")})
        self.assertIn(f"\n{os.getpid()} ", "\n" + self.call("ps", service="control"))
        self.assertIn(str(os.getpid()), {each["pid"] for each in self.objects("ps", service="control")})
        for extra in ((), ("--json",)):
            name = "fs" + secrets.token_hex(6)
            shutil.copy(shutil.which("sleep"), self.daemon.path(name))
            with subprocess.Popen([self.daemon.path(name), "60"]) as process:
                out = self.call(*extra, "kill", name, service="control")
                self.assertEqual(out, f'{{"pid":"{process.pid}","name":"{name}"}}\n' if extra
                                 else f"{process.pid} {name}\n")
            self.call(*extra, "kill", name, service="control", status=NOT_FOUND)
            self.call(*extra, "--yes", "shutdown", service="control", status=NOT_ALLOWED)
            self.call(*extra, "shutdown", service="control", status=FAILED, stdin=b"no\n")
        with open(self.daemon.path("audit"), encoding="utf-8") as file:
            audit = [json.loads(line) for line in file]
        self.assertTrue(all(each["who"].startswith(self.who) for each in audit), audit)
        self.assertEqual([each["outcome"] for each in audit if each["request"].startswith("1#3#")],
                         ["begun", "done", "begun", "not found"] * 2)

    def test_shut_down(self):
        self.daemon.settings["control"].update({"allow-shutdown": "true", "shutdown-command":
                                                f"touch {self.daemon.path('down')}"})
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.objects("--yes", "shutdown", service="control", members={"result"}),
                         [{"result": "The machine shuts down"}])
        self.assertTrue(os.path.exists(self.daemon.path("down")))

    def test_a_full_device(self):
        self.friend("bob")
        for command, service in (("users", "chat"), ("status", "control"), ("ps", "control")):
            for extra in ((), ("--json",)):
                with open("/dev/full", "wb") as full:
                    result = subprocess.run([CHATCTL, *self.place(service), *extra, command],
                                            stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual(result.returncode, FAILED)
                self.assertIn(b"standard output", result.stderr)

    def test_the_daemon_is_gone(self):
        ports = self.place("chat"), self.place("control")
        self.daemon.stop()
        for command in (["users"], ["send", "bob", "x"], ["watch"], ["history"], ["chat", "bob"],
                        ["files"], ["image", "bob", "/dev/null"], ["ps"], ["kill", "x"],
                        ["--yes", "shutdown"], ["status"]):
            place = ports[command[-1] in ("ps", "x", "shutdown", "status") and command[0] != "send"]
            result = subprocess.run([CHATCTL, *place, *command], stderr=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
            self.assertEqual((result.returncode, result.stdout), (UNREACHABLE, b""), command)
            self.assertRegex(result.stderr, b"Could not connect.*; is chatd running")


class NoAnswer(unittest.TestCase):
    """Somebody listens who does not speak."""

    def call(self, port, *arguments):
        return subprocess.run([CHATCTL, "--host", "127.0.0.1", "--port", str(port), *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=25, check=False)

    def test_nobody_waits_for_ever(self):
        with socket.create_server(("127.0.0.1", 0)) as silent, tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            result = self.call(silent.getsockname()[1], "--tls-ca", authority.file, "users")
        if b"glib-networking is missing" in result.stderr:
            self.skipTest("glib-networking is not installed")
        self.assertEqual((result.returncode, result.stdout), (UNREACHABLE, b""))
        self.assertIn(b"timed out", result.stderr)

    def test_what_is_no_chatd(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            def speak():
                with other.accept()[0] as connection:
                    connection.sendall(b"220 mail.example ESMTP\r\n")
                    connection.recv(999)

            thread = threading.Thread(target=speak)
            thread.start()
            result = self.call(other.getsockname()[1], "users")
            thread.join()
        self.assertEqual((result.returncode, result.stdout), (UNREACHABLE, b""))
        self.assertIn(b"not 1#n", result.stderr)


class Local(Everywhere, DaemonTest):
    is_local, who = True, "local "

    def place(self, service):
        return ["--directory", self.daemon.path("run")]


class Tcp(Everywhere, DaemonTest):
    is_local, who = False, "tcp 127.0.0.1 "

    def place(self, service):
        return ["--host", "127.0.0.1", "--port", str(self.daemon.ports[service])]


class Tls(Tcp):
    who = "tls 127.0.0.1 "

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="chatd")
        self.addCleanup(folder.cleanup)
        authority = Authority(folder.name)
        server = authority.sign("server", "/CN=server", "127.0.0.1")
        self.mine = authority.sign("ann", "/O=Office/CN=ann")
        self.trusted = authority.file
        self.SETTINGS = {"chat": {"tls": "true"},
                         "control": {"tls": "true", "allow-kill": "true",
                                     "certificates": "O=Office,CN=ann"},
                         "limits": {"shouts-per-second": "1000"},
                         "tls": {"certificate": server[0], "key": server[1],
                                 "client-ca": self.trusted}}
        super().setUp()

    def place(self, service):
        return [*super().place(service), "--tls-ca", self.trusted, "--tls-certificate", self.mine[0],
                "--tls-key", self.mine[1]]


if __name__ == "__main__":
    unittest.main()
