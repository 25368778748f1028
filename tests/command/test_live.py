# SPDX-License-Identifier: GPL-2.0-or-later
"""Capturing, on loopback and on a veth pair, both in a network namespace of the test's own."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from captures import FEIQDUMP, feiqdump, packets

SPACE = f"feiqdump-test-{os.getpid()}"
SEND = ("import socket,sys\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)\n"
        "for port in sys.argv[2:]: s.sendto(b'x' * 100, (sys.argv[1], int(port)))\n")
WITHIN = ["ip", "netns", "exec", SPACE]


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, check=True)


def setUpModule():
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root can make a network namespace")
    try:
        ip("netns", "add", SPACE)
    except (OSError, subprocess.CalledProcessError) as wrong:
        raise unittest.SkipTest(f"no network namespace can be made: {wrong}")
    unittest.addModuleCleanup(ip, "netns", "delete", SPACE)
    for command in ("link set lo up", "link add name left type veth peer name right",
                    "address add 10.9.0.1/24 dev left", "link set left up", "link set right up"):
        ip("-n", SPACE, *command.split())


def send(address, *ports):
    subprocess.run([*WITHIN, "python3", "-c", SEND, address, *map(str, ports)], check=True)


class Live:
    """A feiqdump that is capturing."""

    def __init__(self, *arguments, before=()):
        self.process = subprocess.Popen([*WITHIN, *before, FEIQDUMP, "--show-sandbox", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.ready = self.process.stderr.readline().decode()

    def status(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)

    def line(self):
        return self.process.stdout.readline().decode()

    def end(self, number=signal.SIGINT):
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out.decode().splitlines(), err.decode()


class Captures(unittest.TestCase):
    def test_printed_at_once(self):
        live = Live("-i", "lo", "udp")
        send("127.0.0.1", 2425)
        began = time.monotonic()
        self.assertIn("→ 127.0.0.1:2425", live.line())
        self.assertLess(time.monotonic() - began, 5)
        self.assertIsNone(live.process.poll())
        status, out, err = live.end()
        self.assertEqual((status, out), (0, []))
        self.assertRegex(err, r"^feiqdump: 1 captured, 1 matched, 0 dropped by the kernel, "
                              r"0 dropped by the interface\n$")

    def test_filters_and_count(self):
        live = Live("-i", "lo", "-c", "2", "-Y", "udp.dstport != 3001", "-T", "json",
                    "udp", "portrange", "3000-3003")
        send("127.0.0.1", 2999, 3000, 3001, 3002, 3003)
        status, out, err = live.end(None)
        self.assertEqual([json.loads(line)["udp.dstport"] for line in out], ["3000", "3002"])
        self.assertEqual(status, 0)
        self.assertIn("3 captured, 2 matched", err)

    def test_several_interfaces(self):
        live = Live("-i", "left", "-i", "right", "-i", "lo", "-c", "3", "-T", "json", "udp")
        send("10.9.0.255", 2425)
        send("127.0.0.1", 2425)
        status, out, err = live.end(None)
        names = sorted(json.loads(line)["frame.interface_name"] for line in out)
        self.assertEqual((status, names), (0, ["left", "lo", "right"]))
        for name in names:
            self.assertIn(f"feiqdump: {name}: 1 captured, 0 dropped by the kernel", err)

    def test_any(self):
        live = Live("-i", "any", "-c", "1", "-T", "json", "udp")
        send("127.0.0.1", 2425)
        self.assertEqual(json.loads(live.end(None)[1][0])["sll.ifindex"], "1")

    def test_snapshot_length(self):
        for length, captured in (("60", "60"), ("0", "142")):
            live = Live("-i", "lo", "-s", length, "-c", "1", "-T", "json", "udp")
            send("127.0.0.1", 2425)
            packet = json.loads(live.end(None)[1][0])
            self.assertEqual((packet["frame.cap_len"], packet["frame.len"]), (captured, "142"))

    def test_options_that_go_to_the_kernel(self):
        live = Live("-i", "left", "-p", "-B", "2", "--immediate-mode", "-c", "1", "udp")
        with open(f"/proc/{live.process.pid}/net/packet") as file:
            self.assertEqual(len(file.readlines()), 2)
        link = subprocess.run([*WITHIN, "ip", "-d", "link", "show", "left"], capture_output=True,
                              check=True).stdout
        self.assertIn(b"promiscuity 0", link)
        send("10.9.0.255", 2425)
        self.assertEqual(live.end(None)[0], 0)

    def test_defaults(self):
        """16 MiB of buffer, and the interface hears what is for others."""
        live = Live("-i", "left", "udp")
        with open(f"/proc/{live.process.pid}/maps") as file:
            rings = [line.split()[0].split("-") for line in file if "socket:" in line]
        sizes = [int(end, 16) - int(begin, 16) for begin, end in rings]
        self.assertGreaterEqual(sum(sizes), 16 << 20)
        link = subprocess.run([*WITHIN, "ip", "-d", "link", "show", "left"], capture_output=True,
                              check=True).stdout
        self.assertIn(b"promiscuity 1", link)
        live.end()

    def test_written_while_printed(self):
        """What came is in the file when traffic pauses."""
        with tempfile.TemporaryDirectory() as folder:
            for name in ("live.pcapng", "live.pcap"):
                path = os.path.join(folder, name)
                live = Live("-i", "lo", "-w", path, "udp")
                send("127.0.0.1", 2425, 2426)
                self.assertIn(":2425", live.line())
                self.assertIn(":2426", live.line())
                found = []
                for _ in range(100):
                    found = packets(path)
                    if len(found) == 2:
                        break
                    time.sleep(0.05)
                self.assertEqual([packet["udp.dstport"] for packet in found], ["2425", "2426"])
                self.assertEqual(live.end()[0], 0)
            self.assertEqual(packets(os.path.join(folder, "live.pcapng"))[0]["frame.interface_name"],
                             "lo")

    def test_full_disk(self):
        live = Live("-i", "lo", "-w", "/dev/full", "udp")
        send("127.0.0.1", 2425)
        live.process.send_signal(signal.SIGUSR1)
        status, _, err = live.end()
        self.assertEqual(status, 2)
        self.assertIn("-w /dev/full: No space left on device", err)

    def test_stopped_from_a_script(self):
        """A shell without job control lets what it starts in the background ignore SIGINT."""
        catches_it = "^SigCgt:.*[2367abef]$"
        script = (f'"$@" & until grep -q "{catches_it}" /proc/$!/status; do sleep 0.1; done; '
                  'kill -INT $!; wait $!; echo status $?')
        done = subprocess.run([*WITHIN, "sh", "-c", script, "sh", FEIQDUMP, "-i", "lo", "-a",
                               "duration:60", "udp"], stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, timeout=50)
        self.assertIn(b"status", done.stdout)
        self.assertNotIn(b"status 0", done.stdout)

    def test_filter_is_compiled_for_the_interface(self):
        for interface, said in (("lo", b"ldh      [12]"), ("any", b"ldh      [0]")):
            done = subprocess.run([*WITHIN, FEIQDUMP, "-i", interface, "-d", "udp"],
                                  capture_output=True, check=True)
            self.assertIn(said, done.stdout, interface)

    def test_autostop(self):
        began = time.monotonic()
        live = Live("-i", "lo", "-a", "duration:1", "udp")
        status, out, _ = live.end(None)
        self.assertEqual((status, out), (1, []))
        self.assertGreater(time.monotonic() - began, 0.9)
        self.assertLess(time.monotonic() - began, 20)

    def test_counts_on_request(self):
        live = Live("-i", "lo", "udp")
        send("127.0.0.1", 2425, 2426)
        self.assertTrue(live.line() and live.line())
        live.process.send_signal(signal.SIGUSR1)
        self.assertIn(b"feiqdump: 2 captured, 2 matched", live.process.stderr.readline())
        status, _, err = live.end(signal.SIGTERM)
        self.assertEqual(status, 0)
        self.assertIn("feiqdump: 2 captured", err)

    def test_interfaces_are_listed(self):
        done = subprocess.run([*WITHIN, FEIQDUMP, "-D"], capture_output=True, check=True)
        lines = done.stdout.decode().splitlines()
        self.assertRegex("\n".join(lines), r"(?m)^lo +up, loopback: 127\.0\.0\.1/8, ::1/128$")
        self.assertRegex("\n".join(lines), r"(?m)^left +up.*: 10\.9\.0\.1/24")

    def test_drops_are_counted_and_explained(self):
        """While feiqdump stands still, the kernel's buffer overflows."""
        live = Live("-i", "right", "-B", "1", "-q", "udp")
        live.process.send_signal(signal.SIGSTOP)
        flood = ("import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                 "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)\n"
                 "for _ in range(4000): s.sendto(b'x' * 1400, ('10.9.0.255', 2425))\n")
        subprocess.run([*WITHIN, "python3", "-c", flood], check=True)
        live.process.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        status, _, err = live.end()
        captured, dropped = map(int, re.search(r"(\d+) captured, .* (\d+) dropped by the kernel",
                                               err).groups())
        self.assertEqual(status, 0)
        self.assertEqual(captured + dropped, 4000)
        self.assertGreater(dropped, 0)
        self.assertIn("a larger buffer helps (-B 4; it was 1 MiB)", err)


class Losses(unittest.TestCase):
    """Interfaces that go down, go away, or drop packets."""

    def setUp(self):
        self.addCleanup(subprocess.run, ["ip", "-n", SPACE, "link", "delete", "coming"],
                        capture_output=True, check=False)
        for command in ("link add name coming type veth peer name going",
                        "address add 10.8.0.1/24 dev coming", "link set coming up",
                        "link set going up"):
            ip("-n", SPACE, *command.split())

    def test_one_of_two_goes_away(self):
        live = Live("-i", "going", "-i", "lo", "udp", "port", "2425")
        ip("-n", SPACE, "link", "delete", "coming")
        self.assertEqual(live.process.stderr.readline(),
                         b"feiqdump: going: The interface disappeared\n")
        send("127.0.0.1", 2425)
        self.assertIn("127.0.0.1:2425", live.line())
        status, _, err = live.end()
        self.assertEqual(status, 2)
        self.assertIn("feiqdump: lo: 1 captured", err)

    def test_the_only_one_goes_away(self):
        live = Live("-i", "going", "udp", "port", "2425")
        ip("-n", SPACE, "link", "delete", "coming")
        status, out, err = live.end(None)
        self.assertEqual((status, out), (2, []))
        self.assertIn("going: The interface disappeared\nfeiqdump: 0 captured", err)

    def test_down_and_up_again(self):
        live = Live("-i", "going", "-c", "1", "udp", "port", "2425")
        for state in ("down", "up"):
            ip("-n", SPACE, "link", "set", "going", state)
            time.sleep(0.2)
        for _ in range(50):
            send("10.8.0.255", 2425)
            if live.process.poll() is not None:
                break
            time.sleep(0.1)
        status, out, _ = live.end(None)
        self.assertEqual((status, len(out)), (0, 1))

    def test_down_from_the_start(self):
        ip("-n", SPACE, "link", "set", "going", "down")
        done = subprocess.run([*WITHIN, FEIQDUMP, "-i", "going"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"going: That device is not up (ip link set it up first)", done.stderr)

    def test_drops_of_the_interface(self):
        """A file in the place of the driver's counter, which no virtual interface has."""
        with tempfile.NamedTemporaryFile("w") as counter:
            def count(number):
                counter.seek(0)
                counter.write(f"{number}\n")
                counter.flush()

            count(5)
            place = "/sys/class/net/going/statistics/rx_missed_errors"
            live = Live("-i", "going", "udp", "port", "2425", before=[
                "sh", "-c", f'mount --bind "$0" {place} && exec "$@"', counter.name])
            count(12)
            _, _, err = live.end()
        self.assertIn(" 0 dropped by the kernel, 7 dropped by the interface\n", err)
        self.assertIn("see ethtool -S", err)


class Confinement(unittest.TestCase):
    def check(self, live, user):
        status = live.status()
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual(set(status["Uid"].split()), {str(user)})
        self.assertEqual(live.ready, f"feiqdump: user id {user}, no capabilities, "
                                     "no new privileges, system calls filtered\n")

    def test_root_becomes_nobody(self):
        live = Live("-i", "lo", "udp")
        self.check(live, 65534)
        self.assertEqual(live.status()["Groups"].strip(), "")
        self.assertEqual(live.end()[0], 1)

    def test_another_user(self):
        live = Live("-i", "lo", "-Z", "daemon", "udp")
        self.check(live, 1)
        live.end()

    def test_no_such_user(self):
        done = feiqdump("-i", "lo", "-Z", "nosuchuser")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"-Z nosuchuser: there is no such user", done.stderr)

    def test_who_may_only_capture(self):
        """A user who has CAP_NET_RAW, and is nobody otherwise, needs no more."""
        try:
            live = Live("-i", "lo", "udp", before=[
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                "--inh-caps=+net_raw,+net_admin", "--ambient-caps=+net_raw,+net_admin"])
        except OSError as wrong:
            self.skipTest(str(wrong))
        if "Permission denied" in live.ready:
            live.end(None)
            self.skipTest("another user cannot run the program here")
        self.check(live, 65534)
        send("127.0.0.1", 2425)
        self.assertIn(":2425", live.line())
        self.assertEqual(live.end()[0], 0)

    def test_without_privileges(self):
        if not os.access(FEIQDUMP, os.X_OK) or subprocess.run(
                ["setpriv", "--reuid=65534", "--clear-groups", FEIQDUMP, "--version"],
                capture_output=True, check=False).returncode:
            self.skipTest("another user cannot run the program here")
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all",
                               FEIQDUMP, "-i", "lo"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"setcap cap_net_raw", done.stderr)


class Errors(unittest.TestCase):
    def test_refused(self):
        for arguments, said in ((["-i", "nosuch"], "nosuch: No such device"),
                                (["-i", "lo", "prot", "x"], "lo: capture filter 'prot x': "),
                                (["-i", "lo", "-r", "x"], "-i and -r"),
                                (["-i", "lo", "-s", "-1"], "-s -1: not a number of bytes (0 to"),
                                (["-i", "lo", "-B", "0"], "-B 0: not a number of MiB (1 to 2047)"),
                                (["-i", "lo", "-a", "x:1"], "-a x:1: wanted is duration:N, packets:N"),
                                (["-i", "lo", "-a", "duration:"], "not a number of seconds"),
                                (["-a", "duration:1", "x"], "-a duration:N is for live capture")):
            done = feiqdump(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(said, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
