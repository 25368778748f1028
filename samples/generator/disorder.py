# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of 1#n in segments that come in disorder: late, twice, overlapping, never."""

from . import frames
from .capture import Capture
from .frames import ACK, FIN, PSH, RST, SYN
from .hosts import Host

CHAT = 12425
CLIENT = Host("52:54:00:12:34:56", "192.168.1.21", ttl=64)
SERVER = Host("52:54:00:12:34:01", "192.168.1.5", ttl=64)


class _Connection:
    """Both ends, by relative numbers: the client's and the server's SYN are 0."""

    def __init__(self, capture, client, server):
        self.capture, self.begin = capture, (client, server)

    def _send(self, comment, by_client, sequence, acknowledged, flags, payload):
        own, other = self.begin if by_client else self.begin[::-1]
        source, target = (CLIENT, SERVER) if by_client else (SERVER, CLIENT)
        ports = (40003, CHAT) if by_client else (CHAT, 40003)
        segment = frames.tcp(source.ip, target.ip, *ports, (own + sequence) % 2**32,
                             (other + acknowledged) % 2**32 if flags & ACK else 0, flags, payload)
        self.capture.add(source.frame_to(target, frames.TCP, segment), comment)

    def client(self, comment, sequence, acknowledged, text="", flags=ACK):
        self._send(comment, True, sequence, acknowledged, flags | (PSH if text else 0),
                   text.encode())

    def server(self, comment, sequence, acknowledged, text="", flags=ACK):
        self._send(comment, False, sequence, acknowledged, flags | (PSH if text else 0),
                   text.encode())

    def open(self):
        self.client("opens", 0, 0, flags=SYN)
        self.server("opens", 0, 1, flags=SYN | ACK)
        self.client("opens", 1, 1)


def _first(capture):
    c = _Connection(capture, 2**32 - 30, 7_000_000)  # the client's numbers begin anew after 30
    c.open()
    c.client("a log-in that comes in order", 1, 1, "1#1#amy\n")
    c.server("its reply", 1, 9, "2#1#0#1\namy\n")
    c.client("the second part of a message came first: it waits", 17, 13, "bob#hello\n")
    c.client("the first part: the message is whole", 9, 13, "1#3#amy,")
    c.client("the third of three segments, with two messages: they wait", 49, 13,
             "o too\n1#3#bob#four\n")
    c.client("the first", 27, 13, "1#3#bob#one\n")
    c.client("an overlap: what came is sent once more, with the second", 27, 13,
             "1#3#bob#one\n1#3#bob#tw")
    c.server("acknowledges as far as it has all", 13, 49)
    c.client("the third sent again", 49, 13, "o too\n1#3#bob#four\n")
    c.server("acknowledges all: what is missing in this capture was not lost on its way", 13, 90)
    c.client("the message before this one was not captured, and will not come", 90, 13,
             "1#3#bob#after the gap\n")
    c.client("the first part of a message of which the rest was not captured", 112, 13, "1#3#bob#to")
    c.client("so it is not known yet whether this one has its turn", 130, 13, "1#3#bob#five\n")
    c.server("acknowledges the rest that was not captured", 13, 143)
    c.client("what waited is read with the next segment of the same side", 143, 13, "1#2\n")
    c.client("closes", 147, 13, flags=FIN | ACK)
    c.server("closes", 13, 148, flags=FIN | ACK)
    c.client("closes", 148, 14)


def _second(capture):
    c = _Connection(capture, 3_000_000, 9_000_000)
    c.client("another connection between the same ports", 0, 0, flags=SYN)
    c.server("opens", 0, 1, flags=SYN | ACK)
    c.client("opens", 1, 1)
    c.client("the last segment of three", 20, 1, "#bye\n")
    c.client("sent again", 20, 1, "#bye\n")
    c.client("the first", 1, 1, "1#1#eve\n1#3#")
    c.client("gives up: what waited is read, as far as it makes sense", 25, 1, flags=RST | ACK)
    c.client("late: the connection is gone", 13, 1, "amy,bob")


def captures():
    capture = Capture("onehash-disorder.pcapng",
                      "1#n in segments that come in disorder: late, twice, overlapping, or never",
                      start=1600940000)
    _first(capture)
    _second(capture)
    return [capture]
