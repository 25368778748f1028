#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure chatd's TCP side against a bare epoll relay, and against ngircd if it is installed, on
loopback, in one run.

Prints figures and the ratios that matter; only the ratios mean something on another machine. No
ratio fails a test.

Usage: chat.py --build DIR [--clients N] [--seconds S] [--rounds N]
"""
import argparse
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

SETTINGS = """[feiq]
enabled=false
[chat]
port=0
[control]
enabled=false
[local]
directory=
[limits]
clients=20000
clients-per-address=20000
shouts-per-second=1000000
output-bytes=4194304
buffer-bytes=2000000000
[storage]
database={database}
"""


class Relay:
    def __init__(self, build):
        self.process = subprocess.Popen([os.path.join(build, "tests/bench/bench-chat-relay")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Chatd:
    def __init__(self, build, folder, database=False):
        path = os.path.join(folder, "chatd.conf")
        ports = os.path.join(folder, "ports")
        if os.path.exists(ports):
            os.unlink(ports)
        with open(path, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(
                database=os.path.join(folder, f"{time.monotonic_ns()}.db") if database else ""))
        self.process = subprocess.Popen(
            [os.path.join(build, "chatd/chatd"), "--config", path, "--ports-file", ports],
            stderr=subprocess.DEVNULL)
        while not os.path.exists(ports):
            time.sleep(0.01)
            assert self.process.poll() is None, "chatd does not start"
        with open(ports, encoding="utf-8") as file:
            self.port = dict(map(str.split, file))["chat"]

    def resident(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def stop(self):
        self.process.terminate()
        self.process.wait()


IRC_SETTINGS = """[Global]
Name = irc.bench
MotdPhrase = -
Listen = 127.0.0.1
Ports = {port}
ServerUID = {uid}
ServerGID = {gid}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
"""


class Ngircd:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        path = os.path.join(folder, "ngircd.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(IRC_SETTINGS.format(port=self.port, uid=os.getuid(), gid=os.getgid()))
        self.process = subprocess.Popen(["ngircd", "-n", "-f", path], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", int(self.port))).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise RuntimeError("ngircd does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(build, server, kind, clients, *arguments):
    try:
        result = subprocess.run([os.path.join(build, "tests/bench/bench-chat-load"), server.port,
                                 kind, str(clients), *map(str, arguments)],
                                stdout=subprocess.PIPE, check=True, text=True)
        return float(result.stdout)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, help="build folder (release preset)")
    parser.add_argument("--clients", type=int, default=9900)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    build, many = options.build, options.clients

    with tempfile.TemporaryDirectory() as folder:
        def chatd(database=False):
            return Chatd(build, folder, database)

        def rate(server, kind, clients, pairs, window):
            return load(build, server, kind, clients, "pairs", pairs, window, options.seconds)

        rates = []
        print(f"{'messages a second':44} {'relay':>9} {'chatd':>9} {'ratio':>6}  floor")
        for title, clients, pairs, window in (
                ("1 pair, 1 message on its way", 2, 1, 1),
                ("100 pairs, 1 message each", 200, 100, 1),
                ("100 pairs, 16 messages each", 200, 100, 16),
                (f"100 pairs among {many} clients", many, 100, 1)):
            pairs_of_rates = [(rate(Relay(build), "relay", clients, pairs, window),
                               rate(chatd(), "chatd", clients, pairs, window))
                              for _ in range(options.rounds)]
            relay, ours = (statistics.median(r[i] for r in pairs_of_rates) for i in (0, 1))
            rates.append(ours)
            print(f"{title:44} {relay:9.0f} {ours:9.0f} {ours / relay:6.2f}  >= 0.5", flush=True)
        relay = statistics.median(rate(Relay(build), "relay", 200, 100, 16)
                                  for _ in range(options.rounds))
        ours = statistics.median(rate(chatd(True), "chatd", 200, 100, 16)
                                 for _ in range(options.rounds))
        print(f"{'100 pairs, 16 messages each, database on disk':44} {relay:9.0f} {ours:9.0f} "
              f"{ours / relay:6.2f}", flush=True)

        if shutil.which("ngircd"):
            theirs = statistics.median(rate(Ngircd(folder), "irc", 200, 100, 16)
                                       for _ in range(options.rounds))
            print(f"{'100 pairs, 16 messages each: ngircd, chatd':44} {theirs:9.0f} "
                  f"{rates[2]:9.0f} {rates[2] / theirs:6.2f}", flush=True)
        else:
            print("ngircd is not installed: left out")
        print(f"\nmessages a second among 200 and {many} clients: {rates[1]:.0f} and {rates[3]:.0f}, "
              f"ratio {rates[3] / rates[1]:.2f}", flush=True)
        writing = load(build, Relay(build), "relay", many, "all", 11)
        ours = load(build, chatd(), "chatd", many, "all", 11)
        print(f"one message to {many}: relay {writing * 1000:.1f} ms, chatd {ours * 1000:.1f} ms, "
              f"ratio {ours / writing:.2f} (<= 2)")

        server = chatd()
        before = server.resident()
        start = time.monotonic()
        with subprocess.Popen([os.path.join(build, "tests/bench/bench-chat-load"), server.port,
                               "chatd", str(many), "wait"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as client:
            client.stdout.readline()
            seconds = time.monotonic() - start
            time.sleep(3)
            after = server.resident()
            client.stdin.close()
        server.stop()
        print(f"{many} log-ins, each told to all: {seconds:.1f} s")
        print(f"resident: {before} KiB empty, {after} KiB with {many} clients, "
              f"{(after - before) / many:.2f} KiB each (<= 4)")


if __name__ == "__main__":
    main()
