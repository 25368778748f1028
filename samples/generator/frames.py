# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers with right lengths and checksums, innermost built first."""

import ipaddress
import struct

ICMP, IPIP, TCP, UDP, IPV6, ICMPV6 = 1, 4, 6, 17, 41, 58
BROADCAST = "ff:ff:ff:ff:ff:ff"

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def address(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def _pseudo(source, destination, protocol, length):
    source, destination = address(source), address(destination)
    if len(source) == 4:
        return source + destination + struct.pack("!BBH", 0, protocol, length)
    return source + destination + struct.pack("!II", length, protocol)


def ethernet(source, destination, ethertype, payload):
    """Padded to the 60 bytes that a capture shows of the shortest frame."""
    return (mac(destination) + mac(source) + struct.pack("!H", ethertype) + payload).ljust(60, b"\0")


def vlan(identifier, ethertype, payload, priority=0, drop_eligible=False):
    tag = priority << 13 | drop_eligible << 12 | identifier
    return struct.pack("!HH", tag, ethertype) + payload


def arp(operation, sender_mac, sender, target_mac, target):
    return (
        struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
        + mac(sender_mac) + address(sender) + mac(target_mac) + address(target)
    )


def ipv4(source, destination, protocol, payload, ttl=128, identification=0, options=b"",
         flags=0, offset=0, dscp=0, ecn=0):
    """flags: 2 don't fragment, 1 more fragments; offset in 8-byte units."""
    options += bytes(-len(options) % 4)
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45 + len(options) // 4, dscp << 2 | ecn,
        20 + len(options) + len(payload), identification, flags << 13 | offset, ttl, protocol, 0,
        address(source), address(destination),
    ) + options
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def ipv6(source, destination, next_header, payload, hop_limit=64, traffic_class=0, flow_label=0):
    word = 6 << 28 | traffic_class << 20 | flow_label
    return (
        struct.pack("!IHBB", word, len(payload), next_header, hop_limit)
        + address(source) + address(destination) + payload
    )


def udp(source, destination, source_port, destination_port, payload):
    header = struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0)
    pseudo = _pseudo(source, destination, UDP, 8 + len(payload))
    total = checksum(pseudo + header + payload) or 0xFFFF
    return header[:6] + struct.pack("!H", total) + payload


def tcp(source, destination, source_port, destination_port, sequence, acknowledgement, flags,
        payload=b"", window=64240, options=b"", urgent=0):
    options += bytes(-len(options) % 4)
    header = struct.pack(
        "!HHIIBBHHH", source_port, destination_port, sequence & 0xFFFFFFFF,
        acknowledgement & 0xFFFFFFFF, 0x50 + (len(options) // 4 << 4), flags, window, 0, urgent,
    ) + options
    pseudo = _pseudo(source, destination, TCP, len(header) + len(payload))
    total = checksum(pseudo + header + payload)
    return header[:16] + struct.pack("!H", total) + header[18:] + payload


def icmp(kind, code, rest, payload=b""):
    message = struct.pack("!BBH", kind, code, 0) + rest + payload
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def icmpv6(source, destination, kind, code, rest, payload=b""):
    message = struct.pack("!BBH", kind, code, 0) + rest + payload
    total = checksum(_pseudo(source, destination, ICMPV6, len(message)) + message)
    return message[:2] + struct.pack("!H", total) + message[4:]
