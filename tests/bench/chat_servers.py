# SPDX-License-Identifier: GPL-2.0-or-later
"""The servers that bench/chat.py measures, each on ports of its own on loopback."""
import os
import signal
import socket
import subprocess
import time

SETTINGS = """[feiq]
enabled={feiq}
address=127.0.0.1
port=0
broadcast=127.0.0.1
[files]
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
users=50000
shouts-per-second=1000000
shouts-per-address=1000000
copies-per-second=2000000000
connections-per-second=1000000
requests-per-second=10000000
datagrams-per-second=10000000
output-bytes=4194304
buffer-bytes=2000000000
{more}
[storage]
database={database}
"""


class Server:
    """A process that is ended when it is left."""

    process = None
    port = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()

    def resident(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Floor(Server):
    """The relay or the responder of this folder: they print their port."""

    def __init__(self, build, program):
        self.process = subprocess.Popen([os.path.join(build, "tests/bench", program)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()


class Chatd(Server):
    def __init__(self, build, folder, database=False, feiq=False, more=""):
        path = os.path.join(folder, "chatd.conf")
        ports = os.path.join(folder, "ports")
        if os.path.exists(ports):
            os.unlink(ports)
        with open(path, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(
                feiq=str(feiq).lower(), more=more,
                database=os.path.join(folder, f"{time.monotonic_ns()}.db") if database else ""))
        self.process = subprocess.Popen(
            [os.path.join(build, "chatd/chatd"), "--config", path, "--ports-file", ports],
            stderr=subprocess.DEVNULL)
        while not os.path.exists(ports):
            time.sleep(0.01)
            if self.process.poll() is not None:
                raise RuntimeError("chatd does not start")
        with open(ports, encoding="utf-8") as file:
            self.ports = dict(map(str.split, file))
        self.port = self.ports["feiq" if feiq else "chat"]


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


class Ngircd(Server):
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
