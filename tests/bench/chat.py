#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure chatd's TCP side against a bare epoll relay, and against ngircd if it is installed, on
loopback, in one run.

Prints figures and the ratios that matter; only the ratios mean something on another machine. No
ratio fails a test. Beside rates, which other work on the machine disturbs, stands the processor
time that the server spent a message, start and log-ins included; so it is left out where these
outweigh the messages.

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

WARM_UP = 1.25  # the generator runs a quarter of the time before it counts

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


def reap(process):
    """Wait for the end of a process; the CPU seconds that it took."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


class Relay:
    def __init__(self, build):
        self.process = subprocess.Popen([os.path.join(build, "tests/bench/bench-chat-relay")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def stop(self):
        self.process.stdin.close()
        return reap(self.process)


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
        return reap(self.process)


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
        return reap(self.process)


def load(build, server, kind, clients, *arguments):
    """What the load generator printed, and the CPU seconds of the server."""
    try:
        result = subprocess.run([os.path.join(build, "tests/bench/bench-chat-load"), server.port,
                                 kind, str(clients), *map(str, arguments)],
                                stdout=subprocess.PIPE, check=True, text=True)
    finally:
        seconds = server.stop()
    return float(result.stdout), seconds


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
            """Messages a second, and CPU microseconds of the server for each."""
            messages, seconds = load(build, server, kind, clients, "pairs", pairs, window,
                                     options.seconds)
            return messages, seconds * 1e6 / (messages * options.seconds * WARM_UP)

        def median(server, kind, *arguments):
            runs = [rate(server(), kind, *arguments) for _ in range(options.rounds)]
            return [statistics.median(run[i] for run in runs) for i in (0, 1)]

        def row(title, theirs, ours, note=""):
            print(f"{title:44} {theirs[0]:9.0f} {ours[0]:9.0f} {ours[0] / theirs[0]:6.2f}"
                  f" {theirs[1]:7.2f} {ours[1]:7.2f}  {note}", flush=True)

        rates = []
        print(f"{'messages a second':44} {'relay':>9} {'chatd':>9} {'ratio':>6}"
              f" {'relay':>7} {'chatd':>7} CPU us a message")
        for title, clients, pairs, window in (
                ("1 pair, 1 message on its way", 2, 1, 1),
                ("100 pairs, 1 message each", 200, 100, 1),
                ("100 pairs, 16 messages each", 200, 100, 16),
                (f"100 pairs among {many} clients", many, 100, 1)):
            relay = median(lambda: Relay(build), "relay", clients, pairs, window)
            rates.append(median(chatd, "chatd", clients, pairs, window))
            if clients == many:
                print(f"{title:44} {relay[0]:9.0f} {rates[-1][0]:9.0f} "
                      f"{rates[-1][0] / relay[0]:6.2f} {'':15}  ratio >= 0.5", flush=True)
            else:
                row(title, relay, rates[-1], "ratio >= 0.5")
        relay = median(lambda: Relay(build), "relay", 200, 100, 16)
        row("100 pairs, 16 messages each, database on disk", relay,
            median(lambda: chatd(True), "chatd", 200, 100, 16))
        if shutil.which("ngircd"):
            row("100 pairs, 16 messages each: ngircd, chatd",
                median(lambda: Ngircd(folder), "irc", 200, 100, 16), rates[2])
        else:
            print("ngircd is not installed: left out")
        print(f"\nmessages a second among 200 and {many} clients: {rates[1][0]:.0f} and {rates[3][0]:.0f}, "
              f"ratio {rates[3][0] / rates[1][0]:.2f}", flush=True)
        writing, _ = load(build, Relay(build), "relay", many, "all", 11)
        ours, _ = load(build, chatd(), "chatd", many, "all", 11)
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
