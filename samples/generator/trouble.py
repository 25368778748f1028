# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP in trouble: every kind of segment that an analysis tells apart, in the order in which a
textbook would have them."""

import struct

from . import frames
from .capture import Capture
from .frames import ACK, FIN, PSH, RST, SYN
from .headers import A, B, IPV4_TYPE, MAC_A, MAC_B

SERVICE = 7979  # nobody's, so that nothing but TCP is shown


class _Ends:
    """Both ends of a connection, by relative numbers: the client's and the server's SYN are 0."""

    def __init__(self, capture, port, begin=(1_000_000, 5_000_000)):
        self.capture, self.port, self.begin = capture, port, begin
        self.at = capture.now + 1_000_000

    def _send(self, comment, by_client, after, sequence, acknowledged, flags, payload, window,
              options):
        self.at += round(after * 1_000_000)
        own, other = self.begin if by_client else self.begin[::-1]
        ends = (A, B, self.port, SERVICE) if by_client else (B, A, SERVICE, self.port)
        acknowledged = other + acknowledged if flags & ACK else 0
        segment = frames.tcp(*ends, own + sequence, acknowledged, flags, payload, window, options)
        packet = frames.ipv4(*ends[:2], frames.TCP, segment)
        link = (MAC_A, MAC_B) if by_client else (MAC_B, MAC_A)
        self.capture.add(frames.ethernet(*link, IPV4_TYPE, packet), comment, at=(self.at + 0.5) / 1_000_000)

    def client(self, comment, after, sequence, acknowledged, length=0, flags=ACK, window=500,
               options=b""):
        payload = bytes(97 + (sequence + i) % 26 for i in range(length))
        self._send(comment, True, after, sequence, acknowledged, flags | (PSH if length else 0),
                   payload, window, options)

    def server(self, comment, after, sequence, acknowledged, length=0, flags=ACK, window=500,
               options=b""):
        payload = bytes(65 + (sequence + i) % 26 for i in range(length))
        self._send(comment, False, after, sequence, acknowledged, flags | (PSH if length else 0),
                   payload, window, options)

    def open(self):
        """Twenty milliseconds for the round trip; windows count in units of four bytes."""
        options = struct.pack("!BBHBBBBBB", 2, 4, 1000, 1, 3, 3, 2, 4, 2) + b"\1\1"
        self.client("opens: the round trip takes 20 ms", 0, 0, 0, flags=SYN, window=2000,
                    options=options)
        self.server("opens", 0.010, 0, 1, flags=SYN | ACK, window=2000, options=options)
        self.client("opens", 0.010, 1, 1)


def _lost(capture):
    ends = _Ends(capture, 40001)
    ends.open()
    ends.client("a request of 100 bytes", 0.1, 1, 1, 100)
    ends.server("delayed ACK: the server had nothing to send within 60 ms", 0.060, 1, 101)
    ends.client("1000 bytes", 0.1, 101, 1, 1000)
    ends.client("the 1000 bytes before these are lost", 0.001, 2101, 1, 1000)
    ends.server("acknowledges what came in order", 0.010, 1, 1101)
    block = struct.pack("!BBBBII", 1, 1, 5, 10, 1_002_101, 1_003_101)
    ends.server("duplicate ACK: 1101 is missing, 2101 to 3100 are there", 0.001, 1, 1101,
                options=block)
    ends.client("1000 bytes more", 0.001, 3101, 1, 1000)
    ends.server("duplicate ACK", 0.010, 1, 1101, options=block)
    ends.server("duplicate ACK: with the third, the sender need not wait", 0.001, 1, 1101,
                options=block)
    ends.client("fast retransmission of what is missing", 0.001, 1101, 1, 1000)
    ends.server("acknowledges all", 0.010, 1, 4101)
    ends.client("500 bytes", 0.1, 4101, 1, 500)
    ends.client("retransmission: no ACK came within 300 ms", 0.300, 4101, 1, 500)
    ends.server("the first ACK was lost; this one tells, too, that the bytes came twice", 0.010, 1,
                4601, options=struct.pack("!BBBBII", 1, 1, 5, 10, 1_004_101, 1_004_601))
    ends.client("spurious retransmission: these were acknowledged", 0.300, 4101, 1, 500)
    ends.server("acknowledges them again", 0.010, 1, 4601)
    ends.client("the second of two segments that changed places", 0.1, 4701, 1, 100)
    ends.client("out of order: the first of them", 0.001, 4601, 1, 100)
    ends.server("acknowledges both", 0.010, 1, 4801)
    ends.server("acknowledges 100 bytes that are not in the capture", 0.1, 1, 4901)
    ends.client("closes", 0.1, 4901, 1, flags=FIN | ACK)
    ends.server("closes", 0.010, 1, 4902, flags=FIN | ACK)
    ends.client("closes", 0.010, 4902, 2)
    again = _Ends(capture, 40001, (9_000_000, 12_000_000))
    again.client("another connection between the same ports", 0, 0, 0, flags=SYN, window=2000)
    again.server("nobody listens any more", 0.010, 0, 1, flags=RST | ACK, window=0)


def _full(capture):
    ends = _Ends(capture, 40002)
    ends.open()
    ends.server("the server has room for 400 bytes", 0.1, 1, 1, window=100)
    ends.client("window full: these are 400", 0.010, 1, 1, 400)
    ends.server("zero window: the program does not read", 0.010, 1, 401, window=0)
    ends.client("zero window probe, of one byte", 0.5, 401, 1, 1)
    ends.server("there is still no room", 0.010, 1, 401, window=0)
    ends.client("zero window probe", 1.0, 401, 1, 1)
    ends.server("there is still no room", 0.010, 1, 401, window=0)
    ends.server("window update: the program has read", 0.2, 1, 401)
    ends.client("goes on", 0.010, 401, 1, 200)
    ends.server("acknowledges", 0.010, 1, 601)
    ends.client("keep-alive: is anybody there?", 60, 600, 1)
    ends.server("yes", 0.010, 1, 601)
    ends.client("gives up", 60, 601, 1, flags=RST | ACK, window=0)


def _fast_open(capture):
    cookie = struct.pack("!BBHBB", 2, 4, 1000, 34, 10) + b"feiscope"
    ends = _Ends(capture, 40003)
    ends.client("Fast Open: a cookie, and data in the SYN", 0, 0, 0, 50, flags=SYN, options=cookie)
    ends.server("its data is accepted", 0.010, 0, 51, flags=SYN | ACK)
    ends.client("goes on", 0.010, 51, 1)
    ends = _Ends(capture, 40004)
    ends.client("Fast Open once more", 0, 0, 0, 50, flags=SYN, options=cookie)
    ends.server("the data is ignored", 0.010, 0, 1, flags=SYN | ACK)
    ends.client("so it is sent again", 0.010, 1, 1, 50)


def captures():
    capture = Capture("tcp-trouble.pcapng",
                      "TCP analysed: lost, late and repeated segments, duplicate, delayed and "
                      "selective acknowledgments, windows full and at zero, keep-alive, Fast Open",
                      start=1601040000)
    _lost(capture)
    _full(capture)
    _fast_open(capture)
    return [capture]
