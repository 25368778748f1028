# SPDX-License-Identifier: GPL-2.0-or-later
"""A FeiQ user for tests, on a loopback address of its own, and a network that loses, repeats and
reorders what passes. All members of one test use the same port, as on a real network."""
import random
import select
import socket
import threading
import time

PATIENCE = 10

NOOPERATION, BR_ENTRY, BR_EXIT, ANSENTRY, BR_ABSENCE = 0, 1, 2, 3, 4
SENDMSG, RECVMSG, READMSG, ANSREADMSG = 0x20, 0x21, 0x30, 0x32
GETINFO, SENDINFO, GETABSENCEINFO, SENDABSENCEINFO = 0x40, 0x41, 0x50, 0x51
INPUTING, INPUT_END, KNOCK, KNOCK_ACK = 0x79, 0x7a, 0xd1, 0xd2
BR_ISGETLIST2, OKGETLIST, GETLIST, ANSLIST = 0x18, 0x11, 0x12, 0x13
ABSENCE, SENDCHECK, SECRET, BROADCAST, AUTORET = 0x100, 0x100, 0x200, 0x400, 0x2000
NOADDLIST, READCHECK, UTF8, CAPUTF8 = 0x80000, 0x100000, 0x800000, 0x1000000
ENCRYPT, FILEATTACH = 0x400000, 0x200000
ENTRY_OPTIONS = FILEATTACH


class Datagram:
    def __init__(self, data, source):
        self.data, self.source = data, source
        version, number, self.user, self.host, word, self.body = data.split(b":", 5)
        self.version = version.decode()
        self.number, self.word = int(number), int(word)
        self.command, self.options = self.word & 0xff, self.word & ~0xff

    @property
    def text(self):
        return self.body.split(b"\0")[0]

    def __repr__(self):
        return f"<{self.command:#x} {self.data!r} from {self.source}>"


def free_port(address):
    """A port below those that the system gives out, free for UDP at an address, and for TCP there
    and at 127.0.0.1, where the daemon serves files."""
    while True:
        port = random.randrange(10000, 30000)
        if port in (12425, 12426):
            continue
        try:
            for place, kind in ((address, socket.SOCK_DGRAM), (address, socket.SOCK_STREAM),
                                ("127.0.0.1", socket.SOCK_STREAM)):
                with socket.socket(socket.AF_INET6 if ":" in place else socket.AF_INET,
                                   kind) as trial:
                    trial.bind((place, port))
            return port
        except OSError:
            continue


class Peer:
    """Sends what it is told to, and keeps what comes. Acknowledges messages while `acks` is set."""

    def __init__(self, address, port=0, user="bob", host="BOBPC", nick=None, encoding="gbk",
                 version="1_lbt6_0#128#141877B3DA81#0#0#0#4001#9", acks=True):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                                    socket.SOCK_DGRAM)
        self.socket.bind((address, port or free_port(address)))
        self.address, self.port = self.socket.getsockname()[:2]
        self.user, self.host, self.nick = user, host, nick if nick is not None else user
        self.encoding, self.version, self.acks = encoding, version, acks
        self.number = int(time.time()) + random.randrange(1000)
        self.node = None  # where the daemon is
        self.kept = []

    def send(self, word, body=b"\0", number=None, to=None):
        if number is None:
            self.number += 1
            number = self.number
        head = f"{self.version}:{number}:{self.user}:{self.host}:{word}:".encode(self.encoding)
        self.socket.sendto(head + body, to or self.node)
        return number

    def enter(self, command=BR_ENTRY, number=None, options=ENTRY_OPTIONS, tail=b""):
        body = self.nick.encode(self.encoding) + b"\0\0" + tail
        return self.send(command | options, body, number)

    def say(self, text, options=SENDCHECK, number=None):
        return self.send(SENDMSG | options, text.encode(self.encoding) + b"\0", number)

    def _receive(self, timeout):
        if not select.select([self.socket], [], [], timeout)[0]:
            return False
        data, source = self.socket.recvfrom(65536)
        datagram = Datagram(data, source)
        self.kept.append(datagram)
        if datagram.command == SENDMSG and self.acks and datagram.options & SENDCHECK:
            self.send(RECVMSG, str(datagram.number).encode() + b"\0", to=source)
        return True

    def expect(self, command, seconds=PATIENCE):
        """The next datagram of a command; others are left for later."""
        deadline = time.monotonic() + seconds
        while True:
            for i, datagram in enumerate(self.kept):
                if datagram.command == command:
                    return self.kept.pop(i)
            if not self._receive(max(0, deadline - time.monotonic())):
                raise AssertionError(f"no datagram of command {command:#x}; there are {self.kept}")

    def collect(self, seconds):
        """All that comes within a time and was not taken before."""
        deadline = time.monotonic() + seconds
        while self._receive(max(0, deadline - time.monotonic())):
            pass
        kept, self.kept = self.kept, []
        return kept

    def close(self):
        self.socket.close()


class Relay:
    """Between the daemon and a peer: each believes that the relay is the other. It loses a share
    of the datagrams, sends some twice and holds some back until others have passed."""

    def __init__(self, address, port, daemon, peer, seed, loss=0.3, twice=0.2, late=0.2):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.ends = {daemon: peer, peer: daemon}
        self.random = random.Random(seed)
        self.loss, self.twice, self.late = loss, twice, late
        self.lost = self.doubled = self.delayed = 0
        self.held = []
        self.running = True
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while self.running:
            if select.select([self.socket], [], [], 0.02)[0]:
                data, source = self.socket.recvfrom(65536)
                to = self.ends.get(source)
                if to is None:
                    continue
                if self.random.random() < self.loss:
                    self.lost += 1
                elif self.random.random() < self.late:
                    self.delayed += 1
                    self.held.append((time.monotonic() + self.random.uniform(0.01, 0.15), data, to))
                else:
                    self._pass(data, to)
            now = time.monotonic()
            due = [held for held in self.held if held[0] <= now]
            self.held = [held for held in self.held if held[0] > now]
            for _, data, to in due:
                self._pass(data, to)

    def _pass(self, data, to):
        self.socket.sendto(data, to)
        if self.random.random() < self.twice:
            self.doubled += 1
            self.socket.sendto(data, to)

    def close(self):
        self.running = False
        self.thread.join()
        self.socket.close()
