# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose processes the control service ends, and which never. Needs root, to make processes of other
accounts and a namespace where process numbers can be chosen; else it is skipped. It ends only
processes that the test itself started, under names that nothing else on the machine has."""
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

import daemon as daemon_module
from daemon import Client, DaemonTest, reply

OK, NOT_ALLOWED, NOT_FOUND, FAILED = 0, 3, 4, 7
NOBODY, OTHER = 65534, 64999  # accounts that own nothing here
INSIDE = "FEISCOPE_INSIDE_PID_NAMESPACE"

def unique(length=15):
    return ("fs" + secrets.token_hex(20))[:length]


class Processes(DaemonTest):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to make processes of other accounts")
        super().setUp()
        os.chmod(self.daemon.folder, 0o755)

    def start_as(self, user, name):
        path = self.daemon.path(name)
        if not os.path.exists(path):
            shutil.copy(shutil.which("sleep"), path)
        process = subprocess.Popen([path, "60"], user=user, group=user, extra_groups=())
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def tcp(self, request):
        return self.client(service="control").ask(request)

    def local(self, user, request):
        """The same request of an account over the Unix socket."""
        mine, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
                client = Client(self.daemon, service="control", local=True)
                client.send(request)
                theirs.sendall(client.next().encode())
            finally:
                os._exit(0)  # pylint: disable=protected-access
        theirs.close()
        os.waitpid(child, 0)
        with mine:
            return reply(mine.recv(9999).decode())

    def audit(self):
        with open(self.daemon.path("log"), encoding="utf-8") as file:
            return file.read()


class AsRoot(Processes):
    SETTINGS = {"control": {"allow-kill": "true", "local-users": "nobody"}}

    def test_another_account_s_process_is_spared(self):
        name = unique()
        theirs = self.start_as(NOBODY, name)
        status, lines = self.tcp(f"1#3#{name}")
        self.assertEqual((status, lines),
                         (NOT_ALLOWED, [f"{name}: {theirs.pid} belongs to another user"]))
        self.assertIsNone(theirs.poll())
        self.daemon.wait_for_log('"outcome":"not allowed"')

    def test_of_several_only_one_s_own_ends(self):
        name = unique()
        theirs, own = self.start_as(NOBODY, name), self.start_as(0, name)
        self.assertEqual(self.tcp(f"1#3#{name}"), (OK, [f"{own.pid} {name}"]))
        self.assertEqual(own.wait(5), -signal.SIGTERM)
        self.assertIsNone(theirs.poll())

    def test_on_the_unix_socket_it_is_the_asker_s_own(self):
        name = unique()
        processes = {user: self.start_as(user, name) for user in (0, NOBODY, OTHER)}
        self.assertEqual(self.local(OTHER, f"1#3#{name}")[0], NOT_ALLOWED, "not in local-users")
        self.assertEqual(self.local(NOBODY, f"1#3#{name}"),
                         (OK, [f"{processes[NOBODY].pid} {name}"]))
        processes[NOBODY].wait(5)
        self.assertEqual([processes[user].poll() for user in (0, OTHER)], [None, None])
        self.assertIn('"who":"local nobody pid ', self.audit())

    def test_with_leave_another_account_s_process_ends(self):
        self.daemon.settings["control"]["kill-other-users"] = "true"
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("read again")
        name = unique()
        theirs = self.start_as(NOBODY, name)
        self.assertEqual(self.tcp(f"1#3#{name}"), (OK, [f"{theirs.pid} {name}"]))
        self.assertEqual(theirs.wait(5), -signal.SIGTERM)

    def test_kernel_threads_are_spared(self):
        try:
            with open("/proc/2/comm", encoding="ascii") as file:
                self.assertEqual(file.read(), "kthreadd\n")
        except (FileNotFoundError, AssertionError):
            self.skipTest("no kernel threads are seen here")
        self.daemon.settings["control"]["kill-other-users"] = "true"
        self.daemon.write_config()
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_for_log("read again")
        status, lines = self.tcp("1#3#kthreadd")
        self.assertEqual((status, lines), (NOT_ALLOWED, ["kthreadd: 2 is a kernel thread"]))


class AsOrdinaryUser(Processes):
    """The daemon under an account of its own, with everything allowed that can be."""

    SETTINGS = {"control": {"allow-kill": "true", "kill-other-users": "true"}}

    def restart_as(self, *capabilities):
        self.daemon.stop()
        program = self.daemon.path("chatd-copy")
        shutil.copy(daemon_module.CHATD, program)
        for path in (self.daemon.folder, self.daemon.path("run")):
            os.chown(path, NOBODY, NOBODY)
        os.unlink(self.daemon.path("ports"))
        wrapper = self.daemon.path("chatd-as-nobody")
        with open(wrapper, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
                       f"{' '.join(capabilities)} {program} \"$@\"\n")
        os.chmod(wrapper, 0o755)
        original = daemon_module.CHATD
        daemon_module.CHATD = wrapper
        try:
            self.daemon.start()
        finally:
            daemon_module.CHATD = original
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="utf-8") as file:
            self.assertIn(f"Uid:\t{NOBODY}\t{NOBODY}\t", file.read())

    def test_the_kernel_s_refusal_is_told(self):
        self.restart_as()
        name = unique()
        own, theirs = self.start_as(NOBODY, name), self.start_as(0, name)
        status, lines = self.tcp(f"1#3#{name}")
        self.assertEqual(status, FAILED)
        self.assertIn(f"1 of 2 processes called “{name}” did not end: {theirs.pid}: "
                      f"Operation not permitted; ended: {own.pid} {name}", lines[0])
        self.assertEqual(own.wait(5), -signal.SIGTERM)
        self.assertIsNone(theirs.poll())

    def test_a_long_name_of_a_process_with_more_rights(self):
        self.restart_as("--inh-caps=-all,+kill", "--ambient-caps=-all,+kill", "--bounding-set=-all,+kill")
        name = unique(30)
        wanted, other = self.start_as(0, name), self.start_as(0, name[:-1] + "_")
        status, lines = self.tcp(f"1#3#{name}")
        self.assertEqual((status, [line.split()[0] for line in lines]), (OK, [str(wanted.pid)]))
        self.assertEqual(wanted.wait(5), -signal.SIGTERM)
        self.assertIsNone(other.poll())

    def test_one_capability_suffices(self):
        self.restart_as("--inh-caps=-all,+kill", "--ambient-caps=-all,+kill", "--bounding-set=-all,+kill")
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="utf-8") as file:
            self.assertIn("CapEff:\t0000000000000020\n", file.read())
        name = unique()
        theirs = self.start_as(0, name)
        self.assertEqual(self.tcp(f"1#3#{name}"), (OK, [f"{theirs.pid} {name}"]))
        self.assertEqual(theirs.wait(5), -signal.SIGTERM)


class InNamespace(unittest.TestCase):
    def test_in_a_namespace(self):
        """InsideNamespace, below, as process 1 of a namespace of its own."""
        enter = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        if os.geteuid() != 0 or subprocess.run([*enter, "true"], stderr=subprocess.DEVNULL,
                                               check=False).returncode != 0:
            self.skipTest("needs root, to make a namespace for processes")
        result = subprocess.run([*enter, sys.executable, "-B", __file__, "-v", "InsideNamespace"],
                                env=dict(os.environ, **{INSIDE: "1"}), stderr=subprocess.PIPE,
                                text=True, timeout=100, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("Ran 2 tests", result.stderr)
        self.assertNotIn("skipped", result.stderr)


@unittest.skipUnless(os.environ.get(INSIDE), "InNamespace runs it")
class InsideNamespace(Processes):
    SETTINGS = {"control": {"allow-kill": "true", "kill-other-users": "true"}}

    def test_process_1_is_spared(self):
        self.assertEqual(os.getpid(), 1)
        with open("/proc/1/comm", encoding="utf-8") as file:
            name = file.read().rstrip("\n")
        self.assertEqual(self.tcp(f"1#3#{name}"), (NOT_ALLOWED, [f"{name}: 1 is the first process"]))

    def test_a_process_that_got_a_used_number_is_not_hit(self):
        """A process that does not heed SIGTERM ends of something else, and its number and its name go
        to another, before the daemon sends SIGKILL."""
        name = unique()
        path = self.daemon.path(name)
        shutil.copy(shutil.which("sh"), path)
        deaf, stays = (subprocess.Popen([path, "-c", 'trap "" TERM; echo ready; read x < /dev/zero'],
                                        stdout=subprocess.PIPE) for _ in range(2))
        for process in (deaf, stays):
            process.stdout.readline()
            process.stdout.close()
        killer = self.client(service="control")
        killer.send(f"1#3#{name}")
        self.daemon.wait_for_log('"outcome":"begun"')
        time.sleep(0.5)
        deaf.kill()
        deaf.wait()
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
            file.write(str(deaf.pid - 1))
        heir = subprocess.Popen([path, "-c", "read x < /dev/zero"])
        self.addCleanup(heir.wait)
        self.addCleanup(heir.kill)
        self.assertEqual(heir.pid, deaf.pid)
        self.assertEqual(reply(killer.next()), (OK, [f"{deaf.pid} {name}", f"{stays.pid} {name}"]))
        self.assertEqual(stays.wait(5), -signal.SIGKILL)
        self.assertIsNone(heir.poll())


if __name__ == "__main__":
    unittest.main()
