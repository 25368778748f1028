# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures made for a test: Ethernet, IPv4, UDP and TCP around a payload, and pcap files."""

import ipaddress
import struct
import subprocess

FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
ETHERNET = 1


def _checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(protocol, segment, source, destination):
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    pseudo = addresses + struct.pack("!BBH", 0, protocol, len(segment))
    at = 6 if protocol == 17 else 16
    checksum = _checksum(pseudo + segment)
    segment = segment[:at] + struct.pack("!H", checksum) + segment[at + 2:]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 1, 0, 64, protocol, 0)
    header = header[:10] + struct.pack("!H", _checksum(header + addresses)) + addresses
    ethernet = bytes.fromhex("02000000000202000000000108 00".replace(" ", ""))
    return ethernet + header + segment


def udp(payload, sport=2425, dport=2425, source="10.0.0.1", destination="10.0.0.2"):
    """A frame with one datagram."""
    header = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    return ipv4(17, header + payload, source, destination)


def tcp(payload, sport, dport, seq, ack, flags=PSH | ACK, source="10.0.0.1", destination="10.0.0.2"):
    """A frame with one segment."""
    header = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 65535, 0, 0)
    return ipv4(6, header + payload, source, destination)


class Stream:
    """A TCP connection: its handshake, then what each side sends, one frame a segment."""

    def __init__(self, server_port, client_port=40000, client="10.0.0.1", server="10.0.0.2"):
        self._ends = {True: (client, client_port), False: (server, server_port)}
        self._next = {True: 1000, False: 5000}
        self.frames = []
        self._send(True, b"", SYN)
        self._send(False, b"", SYN | ACK)
        self._send(True, b"", ACK)

    def _send(self, from_client, payload, flags):
        source, destination = self._ends[from_client], self._ends[not from_client]
        self.frames.append(tcp(payload, source[1], destination[1], self._next[from_client],
                               self._next[not from_client] if flags & ACK else 0, flags,
                               source[0], destination[0]))
        moved = len(payload) + (1 if flags & (SYN | FIN) else 0)
        self._next[from_client] = (self._next[from_client] + moved) % 2**32

    def client(self, *segments):
        """The client sends segments."""
        for segment in segments:
            self._send(True, segment, PSH | ACK)
        return self

    def server(self, *segments):
        """The server sends segments."""
        for segment in segments:
            self._send(False, segment, PSH | ACK)
        return self

    def skip(self, count):
        """The server sends bytes that are not in the capture, and the client acknowledges them."""
        self._next[False] = (self._next[False] + count) % 2**32
        self._send(True, b"", ACK)
        return self


def write_pcap(path, frames, linktype=ETHERNET, times=None):
    """A capture of frames; a frame is its bytes, or (captured bytes, length on the wire). Frames
    follow each other by 1 ms, or have times in whole milliseconds."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, linktype))
        for number, frame in enumerate(frames):
            captured, length = frame if isinstance(frame, tuple) else (frame, len(frame))
            time = number if times is None else times[number]
            file.write(struct.pack("<IIII", 1500000000 + time // 1000, time % 1000 * 1000,
                                   len(captured), length))
            file.write(captured)


def read_capture(path):
    """The link type and the frames of a capture, each (captured bytes, length on the wire)."""
    data = subprocess.run(["editcap", "-F", "pcap", path, "-"], check=True, capture_output=True).stdout
    order = "<" if struct.unpack_from("<I", data)[0] in (0xA1B2C3D4, 0xA1B23C4D) else ">"
    linktype = struct.unpack_from(order + "I", data, 20)[0]
    frames = []
    offset = 24
    while offset < len(data):
        captured, length = struct.unpack_from(order + "II", data, offset + 8)
        offset += 16
        frames.append((data[offset:offset + captured], length))
        offset += captured
    return linktype, frames
