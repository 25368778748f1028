# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts that speak: what they say goes into a capture as a whole frame."""

from . import frames

FEIQ_PORT = 2425
BROADCAST = "255.255.255.255"


def multicast_mac(group):
    last = frames.address(group)[-4:]
    if ":" in group:
        return "33:33:" + last.hex(":")
    return "01:00:5e:" + bytes([last[1] & 0x7F, last[2], last[3]]).hex(":")


class Host:
    """A machine on the Ethernet; version, user and host are those of its FeiQ datagrams."""

    def __init__(self, mac, ip, version="1", user="", host="", ttl=128):
        self.mac, self.ip, self.version, self.user, self.host = mac, ip, version, user, host
        self.ttl = ttl
        self.identification = 0x1000 + frames.address(ip)[-1]

    def header(self, number, command, version=None):
        """The header of a datagram, in GBK as FeiQ writes it."""
        text = f"{version or self.version}:{number}:{self.user}:{self.host}:{command}:"
        return text.encode("gbk")

    def frame_to(self, to, protocol, segment):
        """to: a Host, or a broadcast or multicast address."""
        if isinstance(to, Host):
            to_mac, to_ip = to.mac, to.ip
        elif to.endswith("255"):
            to_mac, to_ip = frames.BROADCAST, to
        else:
            to_mac, to_ip = multicast_mac(to), to
        if ":" in to_ip:
            packet = frames.ipv6(self.ip, to_ip, protocol, segment, hop_limit=self.ttl)
            return frames.ethernet(self.mac, to_mac, 0x86DD, packet)
        self.identification += 1
        packet = frames.ipv4(self.ip, to_ip, protocol, segment, self.ttl, self.identification)
        return frames.ethernet(self.mac, to_mac, 0x0800, packet)

    def datagram(self, to, payload, port=FEIQ_PORT, from_port=FEIQ_PORT):
        to_ip = to.ip if isinstance(to, Host) else to
        segment = frames.udp(self.ip, to_ip, from_port, port, payload)
        return self.frame_to(to, frames.UDP, segment)
