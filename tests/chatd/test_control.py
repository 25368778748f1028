# SPDX-License-Identifier: GPL-2.0-or-later
"""The control service. It ends only processes that the test itself started, under names that
nothing else on the machine has."""
import json
import os
import resource
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

import daemon as daemon_module
from daemon import DaemonTest, reply

OK, NO_SUCH_CODE, BAD_ARGUMENT, NOT_ALLOWED, NOT_FOUND, FAILED = 0, 1, 2, 3, 4, 7


class Control(DaemonTest):
    def control(self, *arguments, **named):
        return self.client(*arguments, service="control", **named)

    def audit(self):
        with open(self.daemon.path("audit"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def start_as(self, name, program="sleep", arguments=("60",)):
        """Run a program under a name of its own."""
        path = self.daemon.path(name)
        if not os.path.exists(path):
            shutil.copy(shutil.which(program), path)
        process = subprocess.Popen([path, *arguments], stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process


def unique(length=15):
    return ("fs" + secrets.token_hex(20))[:length]


class ByDefault(Control):
    def test_processes_are_listed(self):
        process = self.start_as(unique())
        name = os.path.basename(process.args[0])
        for framing in ("line", "length", "bare"):
            client = self.control(framing)
            client.send("1#2")
            text = client.next()
            while framing == "bare" and f"{process.pid} {name}\n" not in text:
                text += client.next()
            lines = text.split("\n") if framing == "bare" else reply(text)[1]
            self.assertIn(f"{process.pid} {name}", lines)

    def test_harm_is_not_allowed(self):
        process = self.start_as(unique())
        name = os.path.basename(process.args[0])
        for local in (False, True):
            client = self.control(local=local)
            for request in ("1#1", f"1#3#{name}"):
                status, lines = client.ask(request)
                self.assertEqual((status, len(lines)), (NOT_ALLOWED, 1), request)
                self.assertIn("configuration", lines[0])
        self.assertIsNone(process.poll())

    def test_a_bare_client_is_told_the_reason(self):
        client = self.control("bare")
        client.send("1#1")
        self.assertIn("allow-shutdown", client.next())

    def test_what_cannot_be(self):
        client = self.control()
        for request, status in (("1#3", BAD_ARGUMENT), ("1#3#", BAD_ARGUMENT),
                                ("1#2#x", BAD_ARGUMENT), ("1#77", NO_SUCH_CODE)):
            self.assertEqual(client.ask(request)[0], status, request)

    def test_status(self):
        self.user("alice")
        status, lines = self.control().ask("1#11")
        self.assertEqual(status, OK)
        figures = dict(line.split(" ", 1) for line in lines)
        self.assertEqual(figures["chat-users"], "1")

    def test_requests_are_in_the_log(self):
        self.control().ask("1#1")
        self.daemon.wait_for_log('"request":"1#1","outcome":"not allowed"')


class Kill(Control):
    SETTINGS = {"control": {"allow-kill": "true"}}

    def setUp(self):
        self.SETTINGS["storage"] = {"audit-log": "/dev/null"}
        super().setUp()
        self.daemon.stop()
        self.daemon.settings["storage"]["audit-log"] = self.daemon.path("audit")
        self.daemon.start()

    def test_every_process_of_the_name_ends_and_no_other(self):
        name = unique(12)
        wanted = [self.start_as(name) for _ in range(3)]
        others = [self.start_as(name + "x"), self.start_as(name[:-1])]
        status, lines = self.control().ask(f"1#3#{name}")
        self.assertEqual((status, sorted(lines)),
                         (OK, sorted(f"{process.pid} {name}" for process in wanted)))
        for process in wanted:
            self.assertEqual(process.wait(5), -signal.SIGTERM)
        self.assertEqual([process.poll() for process in others], [None, None])
        entries = [e for e in self.audit() if e["request"] == f"1#3#{name}"]
        self.assertEqual([e["outcome"] for e in entries], ["begun", "done"])
        self.assertTrue(entries[1]["who"].startswith("tcp 127.0.0.1 "))
        self.assertIn(str(wanted[0].pid), entries[1]["detail"])

    def test_every_request_is_written_down(self):
        """Also those that do no harm, and what is no request."""
        for framing, request, spelt, outcome in (
                ("line", "1#2", "1#2", "done"), ("line", "1#11", "1#11", "done"),
                ("length", "1#77#x", "1#77#x", "unknown code"),
                ("line", "1#3#no such name", "1#3#no such name", "not found"),
                ("line", "1#1", "1#1", "not allowed"), ("line", "1#2#x", "1#2", "not understood"),
                ("line", "hello", "?", "not understood"), ("line", "2#1#0#0", "?", "not understood"),
                ("length", "1#3#" + "x" * 70000, "1#3", "not understood")):
            client = self.control(framing)
            client.ask("1#11")
            client.send(request)
            client.next()
            entry = self.audit()[-1]
            self.assertEqual((entry["request"], entry["outcome"]), (spelt, outcome))
            self.assertTrue(entry["who"].startswith("tcp 127.0.0.1 "))

    def test_the_file_may_be_moved_away(self):
        self.control().ask("1#11")
        os.rename(self.daemon.path("audit"), self.daemon.path("audit.1"))
        self.control().ask("1#11")
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("read again")
        self.control().ask("1#2")
        self.assertEqual([e["request"] for e in self.audit()], ["1#2"])
        with open(self.daemon.path("audit.1"), encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), 2)

    def test_over_the_unix_socket_with_who_it_was(self):
        process = self.start_as(unique())
        name = os.path.basename(process.args[0])
        status, lines = self.control(local=True).ask(f"1#3#{name}")
        self.assertEqual((status, lines), (OK, [f"{process.pid} {name}"]))
        self.assertIn(f"pid {os.getpid()}", self.audit()[-1]["who"])
        self.assertTrue(self.audit()[-1]["who"].startswith("local "))

    def test_a_long_name_is_matched_whole(self):
        name = unique(24)
        wanted, other = self.start_as(name), self.start_as(name[:-1] + "_")
        self.assertEqual(self.control().ask(f"1#3#{name}")[0], OK)
        self.assertEqual(wanted.wait(5), -signal.SIGTERM)
        self.assertIsNone(other.poll())

    def test_a_deaf_process_is_killed_without_delaying_others(self):
        name = unique()
        deaf = self.start_as(name, "sh", ("-c", 'trap "" TERM; echo ready; read x < /dev/zero'))
        deaf.stdout.readline()
        killer, other = self.control(), self.user("other")
        killer.send(f"1#3#{name}")
        start = time.monotonic()
        self.assertEqual(other.ask("1#2")[0], OK)
        self.assertLess(time.monotonic() - start, 1)
        self.assertEqual(reply(killer.next()), (OK, [f"{deaf.pid} {name}"]))
        self.assertEqual(deaf.wait(5), -signal.SIGKILL)

    def test_the_asker_may_be_gone_before_the_answer(self):
        name = unique()
        deaf = self.start_as(name, "sh", ("-c", 'trap "" TERM; echo ready; read x < /dev/zero'))
        deaf.stdout.readline()
        killer = self.control()
        killer.send(f"1#3#{name}")
        killer.socket.close()
        self.assertEqual(deaf.wait(10), -signal.SIGKILL)
        self.assertEqual(self.control().ask("1#11")[0], OK)

    def test_nobody_of_that_name(self):
        self.assertEqual(self.control().ask(f"1#3#{unique()}")[0], NOT_FOUND)

    def test_a_process_that_has_ended_is_not_found(self):
        process = self.start_as(unique())
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self.assertEqual(self.control().ask(f"1#3#{os.path.basename(process.args[0])}")[0],
                         NOT_FOUND)

    def test_without_its_audit_log_it_does_nothing(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        self.daemon.stop()
        self.daemon.settings["storage"]["audit-log"] = "/dev/full"
        self.daemon.start()
        process = self.start_as(unique())
        status, _ = self.control().ask(f"1#3#{os.path.basename(process.args[0])}")
        self.assertEqual(status, FAILED)
        self.assertIsNone(process.poll())


class TornLine(Control):
    """The disk is full in the middle of a line of the audit log."""

    def test_what_comes_later_stands_on_lines_of_its_own(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (700, resource.RLIM_INFINITY))

        self.daemon.stop()
        self.daemon.settings["storage"] = {"audit-log": self.daemon.path("audit")}
        self.daemon.popen_options = {"preexec_fn": limit, "restore_signals": False}
        self.daemon.start()
        client = self.control()
        for _ in range(8):
            self.assertEqual(client.ask("1#11")[0], OK)
        with open(self.daemon.path("audit"), "rb") as file:
            self.assertEqual(len(file.read()), 700)
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        for _ in range(3):
            client.ask("1#2")
        with open(self.daemon.path("audit"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual([json.loads(line)["request"] for line in lines[-3:]], ["1#2"] * 3)
        with self.assertRaises(json.JSONDecodeError):
            json.loads(lines[-4])


class Greedy(Control):
    def test_whoever_asks_without_end_leaves_the_list_to_others(self):
        """The list is made by one thread, for all who wait for it."""
        stopped = threading.Event()

        def ask_without_end():
            client = self.control(source="127.0.0.9")
            while not stopped.is_set():
                client.send("\n".join(["1#2"] * 50))
                client.socket.recv(1 << 20)

        crowd = [threading.Thread(target=ask_without_end) for _ in range(20)]
        for each in crowd:
            each.start()
        try:
            client = self.control()
            for _ in range(30):
                start = time.monotonic()
                status, lines = client.ask("1#2")
                self.assertEqual(status, OK, lines)
                self.assertLess(time.monotonic() - start, 5)
        finally:
            stopped.set()
            for each in crowd:
                each.join()


class Itself(Control):
    """The daemon under a name of its own, so that no other chatd can be hit."""

    SETTINGS = {"control": {"allow-kill": "true"}}

    def test_the_daemon_spares_itself(self):
        name = unique()
        self.daemon.stop()
        shutil.copy(daemon_module.CHATD, self.daemon.path(name))
        original = daemon_module.CHATD
        daemon_module.CHATD = self.daemon.path(name)
        try:
            self.daemon.start()
        finally:
            daemon_module.CHATD = original
        status, lines = self.control().ask(f"1#3#{name}")
        self.assertEqual(status, NOT_ALLOWED)
        self.assertIn("is this daemon", lines[0])
        self.assertIsNone(self.daemon.process.poll())


class ShutDownByCommand(Control):
    SETTINGS = {"control": {"allow-shutdown": "true"}}

    def configure(self, command):
        self.daemon.settings["control"]["shutdown-command"] = command
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("read again")

    def test_the_command_runs(self):
        trace = self.daemon.path("it ran")
        self.configure(f"touch '{trace}'")
        status, lines = self.control().ask("1#1")
        self.assertEqual((status, len(lines)), (OK, 1))
        self.assertTrue(os.path.exists(trace))

    def test_a_failing_command_is_told(self):
        self.configure("false")
        self.assertEqual(self.control().ask("1#1")[0], FAILED)
        self.daemon.wait_for_log('"request":"1#1","outcome":"failed"')

    def test_a_command_that_is_none(self):
        self.configure("/nonexistent/command")
        self.assertEqual(self.control().ask("1#1")[0], FAILED)


LOGIND = """
import sys
from gi.repository import Gio, GLib
xml = '''<node><interface name="org.freedesktop.login1.Manager"><method name="PowerOff">
<arg type="b" direction="in"/></method></interface></node>'''
loop = GLib.MainLoop()
def called(bus, sender, path, interface, method, arguments, invocation):
    if sys.argv[2] == "refuse":
        invocation.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied", "not you")
    else:
        print(method, arguments.unpack(), flush=True)
        invocation.return_value(None)
bus = Gio.DBusConnection.new_for_address_sync(
    sys.argv[1], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
    Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
bus.register_object("/org/freedesktop/login1",
                    Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], called, None, None)
Gio.bus_own_name_on_connection(bus, "org.freedesktop.login1", 0,
                               lambda *_: print("ready", flush=True), None)
loop.run()
"""


class ShutDownByLogind(Control):
    """A bus of the test's own, with something on it that is called logind."""

    SETTINGS = {"control": {"allow-shutdown": "true"}}

    def start_bus(self):
        if shutil.which("dbus-daemon") is None:
            self.skipTest("dbus-daemon is not installed")
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1"],
                               stdout=subprocess.PIPE, text=True)
        self.addCleanup(bus.stdout.close)
        self.addCleanup(bus.wait)
        self.addCleanup(bus.kill)
        return bus.stdout.readline().strip()

    def start_logind(self, address, mode):
        for python in (sys.executable, "/usr/bin/python3"):
            if subprocess.run([python, "-c", "import gi"], stderr=subprocess.DEVNULL,
                              check=False).returncode == 0:
                break
        else:
            self.skipTest("python3-gi is not installed")
        logind = subprocess.Popen([python, "-c", LOGIND, address, mode],
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(logind.stdout.close)
        self.addCleanup(logind.wait)
        self.addCleanup(logind.kill)
        self.assertEqual(logind.stdout.readline(), "ready\n")
        return logind

    def restart_on(self, address):
        self.daemon.stop()
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
        self.addCleanup(os.environ.pop, "DBUS_SYSTEM_BUS_ADDRESS")
        self.daemon.start()

    def test_logind_is_asked(self):
        address = self.start_bus()
        logind = self.start_logind(address, "obey")
        self.restart_on(address)
        self.assertEqual(self.control().ask("1#1")[0], OK)
        self.assertEqual(logind.stdout.readline(), "PowerOff (False,)\n")

    def test_logind_refuses(self):
        address = self.start_bus()
        self.start_logind(address, "refuse")
        self.restart_on(address)
        self.assertEqual(self.control().ask("1#1"), (FAILED, ["not you"]))

    def test_there_is_no_bus(self):
        self.restart_on("unix:path=" + self.daemon.path("no bus"))
        self.assertEqual(self.control().ask("1#1")[0], FAILED)


if __name__ == "__main__":
    unittest.main()
