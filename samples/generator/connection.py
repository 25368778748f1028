# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP connection with its handshake, acknowledgements and close."""

import struct

from . import frames

MAXIMUM_SEGMENT = 1460
# Maximum segment size, no-operation, window scale 8, two no-operations, SACK permitted.
SYN_OPTIONS = struct.pack("!BBH", 2, 4, MAXIMUM_SEGMENT) + bytes([1, 3, 3, 8, 1, 1, 4, 2])


class _End:
    def __init__(self, host, port, sequence):
        self.host, self.port, self.sequence = host, port, sequence


class Connection:
    def __init__(self, capture, client, server, port, client_port=50123, at=None):
        self.capture = capture
        self.client = _End(client, client_port, 0x1A2B0000 + client_port)
        self.server = _End(server, port, 0x5C6D0000 + client_port)
        self._segment(self.client, frames.SYN, "TCP handshake", options=SYN_OPTIONS, at=at)
        self._segment(self.server, frames.SYN | frames.ACK, "TCP handshake", options=SYN_OPTIONS)
        self._segment(self.client, frames.ACK, "TCP handshake")

    def _segment(self, end, flags, comment, payload=b"", sample=None, at=None, options=b""):
        other = self.server if end is self.client else self.client
        acknowledged = other.sequence if flags & frames.ACK else 0
        segment = frames.tcp(end.host.ip, other.host.ip, end.port, other.port, end.sequence,
                             acknowledged, flags, payload, options=options)
        self.capture.add(end.host.frame_to(other.host, frames.TCP, segment), comment, sample, at)
        end.sequence += len(payload) + bool(flags & (frames.SYN | frames.FIN))

    def _send(self, end, payload, comment, sample, at):
        other = self.server if end is self.client else self.client
        for start in range(0, len(payload), MAXIMUM_SEGMENT):
            part = payload[start : start + MAXIMUM_SEGMENT]
            self._segment(end, frames.PSH | frames.ACK, comment, part, sample, at)
            at = None
        self._segment(other, frames.ACK, "acknowledgement")

    def request(self, payload, comment, sample=None, at=None):
        """Client to server."""
        self._send(self.client, payload, comment, sample, at)

    def answer(self, payload, comment, at=None):
        """Server to client."""
        self._send(self.server, payload, comment, None, at)

    def close(self, by_server=False):
        first, second = (self.server, self.client) if by_server else (self.client, self.server)
        self._segment(first, frames.FIN | frames.ACK, "close")
        self._segment(second, frames.FIN | frames.ACK, "close")
        self._segment(first, frames.ACK, "close")
