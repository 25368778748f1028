# SPDX-License-Identifier: GPL-2.0-or-later
"""A network whose wire loses frames, passes some twice and some late: a hub in Python in place of the
bridge, since not every kernel has netem. It works on Ethernet frames, so UDP and TCP both go through
it, whoever speaks them."""
import ctypes
import heapq
import os
import random
import select
import socket
import threading
import time

from network import Network, run

ETH_P_ALL, PACKET_OUTGOING, IPV4 = 3, 4, b"\x08\x00"


class LossyNetwork(Network):
    """The same hosts; what is sent by one goes to all others."""

    def __init__(self, hosts, seed, loss, twice, late, longest=0.03):
        super().__init__(hosts)
        self.random = random.Random(seed)
        self.loss, self.twice, self.late, self.longest = loss, twice, late, longest
        self.counts = {"passed": 0, "lost": 0, "doubled": 0, "delayed": 0}
        self.delayed = []  # heap of (time, serial, port that it came by, frame)
        for number in range(1, hosts + 1):
            run("ip", "-n", self.wire, "link", "set", f"to{number}", "nomaster")
        self.ports = []
        self.ending = threading.Event()
        opened = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(hosts, opened), daemon=True)
        self.thread.start()
        if not opened.wait(10):
            raise RuntimeError("the hub cannot be opened")

    def _open(self, hosts):
        """In the wire's namespace, which this thread enters."""
        with open(f"/run/netns/{self.wire}", "rb") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        for number in range(1, hosts + 1):
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            port.bind((f"to{number}", ETH_P_ALL))
            port.setblocking(False)
            self.ports.append(port)

    def _run(self, hosts, opened):
        self._open(hosts)
        opened.set()
        while not self.ending.is_set():
            wait = max(0, self.delayed[0][0] - time.monotonic()) if self.delayed else 0.2
            for port in select.select(self.ports, [], [], min(wait, 0.2))[0]:
                self._take(port)
            while self.delayed and self.delayed[0][0] <= time.monotonic():
                _, _, port, frame = heapq.heappop(self.delayed)
                self._pass(port, frame)

    def _take(self, port):
        for _ in range(64):
            try:
                frame, about = port.recvfrom(65536)
            except BlockingIOError:
                return
            if about[2] != PACKET_OUTGOING:
                self._decide(port, frame)

    def _decide(self, port, frame):
        if frame[12:14] != IPV4:  # ARP is not what is tried here
            self._pass(port, frame)
            return
        if self.random.random() < self.loss:
            self.counts["lost"] += 1
            return
        copies = 1
        if self.random.random() < self.twice:
            copies = 2
            self.counts["doubled"] += 1
        for _ in range(copies):
            if self.random.random() < self.late:
                self.counts["delayed"] += 1
                heapq.heappush(self.delayed,
                               (time.monotonic() + self.random.random() * self.longest,
                                self.counts["delayed"], port, frame))
            else:
                self._pass(port, frame)

    def _pass(self, port, frame):
        self.counts["passed"] += 1
        for other in self.ports:
            if other is not port:
                try:
                    other.send(frame)
                except OSError:  # full, or its host is gone: a wire loses such frames, too
                    self.counts["lost"] += 1

    def close(self):
        if hasattr(self, "ending"):
            self.ending.set()
            self.thread.join(5)
            for port in self.ports:
                port.close()
        super().close()


def wrapper(network, number, program, folder):
    """A script that runs a program on a host, for those who start it by its path."""
    path = os.path.join(folder, f"{os.path.basename(program)}-{number}")
    with open(path, "w", encoding="ascii") as script:
        script.write(f"#!/bin/sh\nexec ip netns exec {network.host(number)} {program} \"$@\"\n")
    os.chmod(path, 0o700)
    return path
