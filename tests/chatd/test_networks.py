# SPDX-License-Identifier: GPL-2.0-or-later
"""Several chatds on networks of network namespaces, and chatctl at each: everything that the kernel
has a part in, which loopback cannot show. It needs root, ip and tcpdump; else it is skipped."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from daemon import PATIENCE, Client, Daemon
from pictures import pixels, png

CHATCTL = os.environ["CHATCTL"]
PORT = 2425


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Host(Daemon):
    """A chatd in a namespace, with one chat user, and chatctl to speak for that."""

    def __init__(self, name, namespace, **feiq):
        self.name = name
        self.user = None
        self.home = tempfile.TemporaryDirectory(prefix="chatd")
        super().__init__({"feiq": {"enabled": "true", "port": PORT, "user": name, "host": name.upper(),
                                   "nick": name, "groups": "3b199b07:技术部", "retry-ms": 100,
                                   **feiq},
                          "storage": {"database": os.path.join(self.home.name, "chatd.db")},
                          "limits": {"shouts-per-second": 100}}, folder=self.home.name,
                         within=["ip", "netns", "exec", namespace])

    def chatctl(self, *arguments):
        result = subprocess.run([CHATCTL, "--directory", self.path("run"), "--nick", "root",
                                 *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=60, check=False)
        assert result.returncode == 0, (arguments, result)
        return result.stdout.decode()

    def sees(self):
        """The FeiQ users in its list."""
        return sorted(line[len("feiq "):] for line in self.chatctl("users").splitlines()
                      if line.startswith("feiq ") and line != "feiq 技术部")

    def log_in(self):
        self.user = Client(self, local=True)
        self.user.log_in(self.name + "-user")

    def next_message(self):
        """The next message that its user is told of, without who came and went."""
        while True:
            event = self.user.next()
            if event.startswith("3#3#"):
                return event[len("3#3#"):]

    def close(self):
        if self.user:
            self.user.close()
        super().close()
        self.home.cleanup()


class Networks(unittest.TestCase):
    """`wire` makes a network, `plug` a host's interface on it."""

    def setUp(self):
        if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("tcpdump"):
            self.skipTest("needs root, ip and tcpdump, to make networks in namespaces")
        self.prefix = f"chatd{os.getpid()}"
        self.namespaces = []
        self.addCleanup(self.remove)
        try:
            self.namespace("wires")
        except subprocess.CalledProcessError as error:
            self.skipTest(f"no network namespaces here: {error.stderr.decode().strip()}")

    def remove(self):
        for name in self.namespaces:
            subprocess.run(["ip", "netns", "delete", name], check=False)

    def place(self, name):
        return f"{self.prefix}-{name}"

    def namespace(self, name):
        run("ip", "netns", "add", self.place(name))
        self.namespaces.append(self.place(name))
        self.within(name, "link", "set", "lo", "up")

    def within(self, name, *command):
        run("ip", "-n", self.place(name), *command)

    def wire(self, name):
        self.within("wires", "link", "add", name, "type", "bridge")
        self.within("wires", "link", "set", name, "up")

    def plug(self, host, interface, wire, *addresses, up=True):
        end = f"{host}-{interface}"
        self.within("wires", "link", "add", end, "type", "veth", "peer", "name", interface,
                    "netns", self.place(host))
        self.within("wires", "link", "set", end, "master", wire, "up")
        for address in addresses:
            extra = ["nodad"] if ":" in address else ["brd", "+"]
            self.within(host, "address", "add", address, *extra, "dev", interface)
        if up:
            self.within(host, "link", "set", interface, "up")

    def host(self, name, **feiq):
        host = Host(name, self.place(name), **feiq)
        self.addCleanup(host.close)
        host.log_in()
        return host

    def watch(self, wire):
        """Everything on a wire from now on, as tcpdump writes it."""
        process = subprocess.Popen(["ip", "netns", "exec", self.place("wires"), "tcpdump", "-l", "-n",
                                    "-A", "-i", wire, "udp"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, errors="replace")
        while "listening on" not in process.stderr.readline():
            pass

        def end():
            if process.poll() is None:
                time.sleep(0.3)
                process.terminate()
            return process.communicate()[0]
        self.addCleanup(end)
        return end

    def until(self, what, wanted, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while what() != wanted:
            self.assertLess(time.monotonic(), deadline, f"{what()} is not {wanted}")
            time.sleep(0.1)

    def chat(self, one, other):
        """Both ways, acknowledged."""
        for a, b in ((one, other), (other, one)):
            a.chatctl("send", b.name, f"从 {a.name} 来")
            self.assertEqual(b.next_message(), f"{a.name}#root: 从 {a.name} 来")
            self.until(lambda: "feiq-on-the-way 0" in a.chatctl("status"), True)


def sent_to(dump):
    """[(destination, command word)] of FeiQ's datagrams in what tcpdump wrote."""
    found, to = [], None
    for line in dump.splitlines():
        head = re.search(r" > (\S+)\.(\d+): ", line)
        if head:
            to = head[1] if int(head[2]) == PORT else None
        words = re.search(r"1_lbt6_\S*?:\d+:[^:]*:[^:]*:(\d+):", line)
        if to and words:
            found.append((to, int(words[1])))
            to = None
    return found


class TwoNetworks(Networks):
    """alpha is on both, beta on the first, gamma on the second; nobody has a default route."""

    def setUp(self):
        super().setUp()
        for name in ("alpha", "beta", "gamma"):
            self.namespace(name)
        self.wire("one")
        self.wire("two")
        self.plug("alpha", "eth0", "one", "10.77.1.1/24")
        self.plug("alpha", "eth1", "two", "10.77.2.1/24")
        self.plug("beta", "eth0", "one", "10.77.1.2/24")
        self.plug("gamma", "eth0", "two", "10.77.2.3/24")

    def test_log_in_and_out_on_every_interface(self):
        ends = [self.watch("one"), self.watch("two")]
        alpha = self.host("alpha")
        time.sleep(0.5)
        alpha.stop()
        for number, end in enumerate(ends, 1):
            seen = sent_to(end())
            for to in ("255.255.255.255", f"10.77.{number}.255"):
                words = [word for place, word in seen if place == to]
                self.assertEqual(words, [0, 6291457, 6291458], (to, seen))
            self.assertIn(("226.81.9.8", 2097353), seen, "the group is entered")

    def test_list_chat_and_group(self):
        alpha, beta, gamma = (self.host(name) for name in ("alpha", "beta", "gamma"))
        self.until(alpha.sees, ["beta", "gamma"])
        self.until(beta.sees, ["alpha"])
        self.until(gamma.sees, ["alpha"])
        self.chat(alpha, beta)
        self.chat(gamma, alpha)
        self.assertRegex(alpha.chatctl("who"), r"feiq beta  beta@BETA  10\.77\.1\.2:2425  FeiQ  heard")
        alpha.chatctl("send", "技术部", "三点开会")
        self.assertEqual(alpha.next_message(), "技术部#root: 三点开会")
        for host in (beta, gamma):
            self.assertEqual(host.next_message(), "技术部#alpha: root: 三点开会")
        for host in (beta, gamma):
            host.chatctl("send", "技术部", f"{host.name}: 好")
            self.assertEqual(alpha.next_message(), f"技术部#{host.name}: root: {host.name}: 好")
            self.assertEqual(host.next_message(), f"技术部#root: {host.name}: 好")
        history = alpha.chatctl("history", "技术部")
        for words in ("三点开会", "beta: root: beta: 好", "gamma: root: gamma: 好"):
            self.assertIn(words, history)
        beta.stop()
        self.until(alpha.sees, ["gamma"])

    def test_an_interface_that_comes_later(self):
        self.within("alpha", "link", "set", "eth1", "down")
        alpha, beta, gamma = (self.host(name) for name in ("alpha", "beta", "gamma"))
        self.until(alpha.sees, ["beta"])
        self.assertEqual(gamma.sees(), [])
        self.within("alpha", "link", "set", "eth1", "up")
        self.until(alpha.sees, ["beta", "gamma"])
        self.until(gamma.sees, ["alpha"])
        self.chat(alpha, gamma)
        gamma.chatctl("send", "技术部", "来了")
        self.assertEqual(alpha.next_message(), "技术部#gamma: root: 来了")
        # one that was not there at all, and on which beta is met a second time
        self.wire("three")
        self.plug("beta", "eth1", "three", "10.77.3.2/24")
        self.plug("alpha", "eth2", "three", "10.77.3.1/24")
        alpha.chatctl("send", "技术部", "once")
        self.until(beta.sees, ["alpha", "alpha~2"])
        self.until(alpha.sees, ["beta", "beta~2", "gamma"])
        self.assertIn("来了", gamma.next_message())
        self.assertEqual(beta.next_message(), "技术部#alpha: root: once")
        alpha.chatctl("send", "技术部", "over two interfaces")
        self.assertIn("over two interfaces", beta.next_message())
        alpha.chatctl("send", "技术部", "end")
        self.assertIn("end", beta.next_message(), "the former one was told once")

    def test_a_new_address_is_its_own(self):
        alpha = self.host("alpha")
        self.within("alpha", "address", "add", "10.77.9.1/24", "brd", "+", "dev", "eth0")
        self.within("alpha", "address", "delete", "10.77.1.1/24", "dev", "eth0")
        self.until(lambda: alpha.read_log(), alpha.read_log())
        time.sleep(4)
        self.assertEqual(alpha.sees(), [], "it does not take itself for another")

    def test_ghosts_go(self):
        alpha = self.host("alpha", expire=10, refresh=3)
        beta = self.host("beta", expire=10, refresh=3)
        gamma = self.host("gamma", expire=10, refresh=3)
        self.until(alpha.sees, ["beta", "gamma"])
        beta.kill()
        time.sleep(8)
        self.assertEqual(alpha.sees(), ["beta", "gamma"])
        self.until(alpha.sees, ["gamma"], 12)
        self.assertEqual(gamma.sees(), ["alpha"], "who is refreshed stays")


class Together(Networks):
    """Two chatds that both encrypt files do all that they can; feiqdump finds nothing wrong in it."""

    def setUp(self):
        super().setUp()
        self.wire("one")
        for number, name in enumerate(("alpha", "beta"), 1):
            self.namespace(name)
            self.plug(name, "eth0", "one", f"10.77.1.{number}/24")
            subprocess.run(["ip", "netns", "exec", self.place(name), "ethtool", "-K", "eth0", "tx",
                            "off"], check=False, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)

    def remarks(self, capture):
        """The names of remarks about what is wrong, and the commands that were seen."""
        table = os.path.join(os.path.dirname(__file__), "../../protocol/feiq/feiq_fields.def")
        with open(table, encoding="utf-8") as file:
            fields = re.split(r"\nFEIQ_FIELD\(", file.read())
        wrong = {re.search(r'\.name = "([^"]*)"', field)[1] for field in fields
                 if re.search(r"FEIQ_REMARK\(FS_(NOTE|WARN|ERROR)", field)}
        out = subprocess.run([os.environ["FEIQDUMP"], "-T", "json", "-Y", "feiq", capture], check=True,
                             stdout=subprocess.PIPE).stdout
        packets = [json.loads(line) for line in out.splitlines()]
        commands = set()
        for packet in packets:
            found = packet.get("feiq.command", [])
            commands.update([found] if isinstance(found, str) else found)
        return {name for packet in packets for name in packet if name in wrong}, commands

    def test_everything(self):
        if "FEIQDUMP" not in os.environ:
            self.skipTest("needs feiqdump")
        alpha = self.host("alpha", **{"encrypt-files": "true"})
        capture = alpha.path("wire.pcap")
        tcpdump = subprocess.Popen(["ip", "netns", "exec", self.place("wires"), "tcpdump", "-Z", "root",
                                    "-i", "one", "-U", "--immediate-mode", "-s", "0", "-w",
                                    capture],
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(tcpdump.communicate)
        self.addCleanup(tcpdump.terminate)
        while "listening on" not in tcpdump.stderr.readline():
            pass
        beta = self.host("beta", absence="开会去了", **{"encrypt-files": "true"})
        self.until(lambda: "alpha" in beta.sees() and "beta" in alpha.sees(), True)
        alpha.chatctl("--seal", "send", "beta", "秘密")
        self.assertEqual(beta.next_message(), "alpha#root: 秘密")
        alpha.chatctl("send", "技术部", "大家好")
        rows = [bytes((x + y) & 0xff for x in range(300)) for y in range(50)]
        os.makedirs(alpha.path("资料/里"))
        for name, content in (("图.png", png(100, 50, 2, rows)), ("资料/里/空", b""), ("资料/一", b"x" * 5000)):
            with open(alpha.path(name), "wb") as file:
                file.write(content)
        alpha.chatctl("image", "beta", alpha.path("图.png"))
        alpha.chatctl("files", "offer", "beta", alpha.path("资料"), alpha.path("图.png"))
        found = {}
        while len(found) < 3:
            event = beta.user.next()
            if event.startswith("3#16#"):
                number, kind, _, name = event.split("#", 3)[3].split(" ", 3)
                found[name] = (number, kind)
        out = beta.path("out")
        os.makedirs(out)
        for name, (number, _) in found.items():
            beta.chatctl("--nick", "beta-user", "files", "get", number, out)
        with open(f"{out}/图.png", "rb") as file:
            self.assertEqual(file.read(), png(100, 50, 2, rows))
        image = next(name for name, (_, kind) in found.items() if kind == "image")
        with open(f"{out}/{image}", "rb") as file:
            self.assertEqual(pixels(file.read()[14:]), rows)
        self.assertEqual(sorted(os.listdir(f"{out}/资料")), sorted(["一", "里"]))
        self.assertIn("beta (away)", alpha.chatctl("who"))
        self.assertNotIn("[资料/]\n[资料/]", beta.chatctl("history"))
        self.assertIn("files-encrypted 2", alpha.chatctl("status"))
        alpha.stop()
        self.until(beta.sees, [])
        beta.stop()
        time.sleep(0.3)
        tcpdump.terminate()
        tcpdump.wait()
        wrong, commands = self.remarks(capture)
        self.assertEqual(wrong, set())
        expected = {"0x00", "0x01", "0x02", "0x03", "0x20", "0x21", "0x23", "0x30", "0x32", "0x60", "0x62",
                    "0x72", "0x73", "0xc0", "0xc1", "0xc9"}
        self.assertEqual(expected - commands, set())


class OverIPv6(Networks):
    """No IPv4 address anywhere."""

    def setUp(self):
        super().setUp()
        for name in ("alpha", "beta"):
            self.namespace(name)
        self.wire("one")

    def test_log_in_chat_file_and_log_out(self):
        self.plug("alpha", "eth0", "one", "fd77::1/64")
        self.plug("beta", "eth0", "one", "fd77::2/64")
        time.sleep(2.5)  # until nobody else has its link-local address
        end = self.watch("one")
        alpha = self.host("alpha", address="::")
        beta = self.host("beta", address="::")
        self.until(lambda: "alpha" in beta.sees(), True)
        self.until(lambda: "beta" in alpha.sees(), True)
        self.chat(alpha, beta)
        path = alpha.path("新建.txt")
        with open(path, "wb") as file:
            file.write(os.urandom(300000))
        alpha.chatctl("files", "offer", "beta", path)
        while not beta.user.next().startswith("3#16#"):
            pass
        beta.chatctl("files", "get", "1", beta.folder)
        with open(path, "rb") as sent, open(beta.path("新建.txt"), "rb") as got:
            self.assertEqual(sent.read(), got.read())
        alpha.stop()
        self.until(beta.sees, [])
        seen = sent_to(end())
        for group in ("ff15::979", "ff02::1"):
            self.assertEqual([word for to, word in seen if to == group],
                             [0, 6291457, 0, 6291457, 6291458], group)

    def test_the_global_group_alone_is_enough(self):
        self.plug("alpha", "eth0", "one", "fd77::1/64")
        self.plug("beta", "eth0", "one", "fd77::2/64")
        time.sleep(2.5)
        alpha = self.host("alpha", address="::", broadcast="10.255.255.255")
        beta = self.host("beta", address="::", broadcast="ff15::979%eth0")
        self.until(lambda: "beta" in alpha.sees(), True)
        self.chat(alpha, beta)

    def test_an_interface_that_comes_later(self):
        self.plug("alpha", "eth0", "one", "fd77::1/64", up=False)
        self.plug("beta", "eth0", "one", "fd77::2/64")
        time.sleep(2.5)
        beta = self.host("beta", address="::")
        alpha = self.host("alpha", address="::")
        self.assertEqual(beta.sees(), [])
        self.within("alpha", "link", "set", "eth0", "up")
        self.until(lambda: "alpha" in beta.sees(), True)
        self.until(lambda: "beta" in alpha.sees(), True)
        self.chat(beta, alpha)


if __name__ == "__main__":
    unittest.main()
