# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers of every kind that feiqdump walks, one capture a link type."""

import struct

from . import frames
from .capture import ETHERNET, LINUX_SLL, LINUX_SLL2, LOOP, NULL, RAW, Capture
from .chat import ADMIN, WIN8
from .frames import ACK, BROADCAST, CWR, ECE, FIN, ICMP, ICMPV6, IPIP, IPV6, PSH, RST, SYN, URG
from .frames import ethernet, ipv4, ipv6, mac, tcp, udp, vlan

A, B = "192.168.1.20", "192.168.1.30"
A6, B6 = "fe80::1618:77ff:feb3:da81", "fe80::e2ac:cbff:fe8a:b708"
GLOBAL_A, GLOBAL_B = "2001:db8:979::20", "2001:db8:979::30"
MAC_A, MAC_B = ADMIN[0], WIN8[0]
HELLO = b"1:100:shirouzu:jupiter:32:Hello"

IPV4_TYPE, ARP_TYPE, VLAN_TYPE, IPV6_TYPE, QINQ_TYPE = 0x0800, 0x0806, 0x8100, 0x86DD, 0x88A8


def _udp4(payload=HELLO):
    return udp(A, B, 2425, 2425, payload)


def _hello4(**header):
    return ipv4(A, B, frames.UDP, _udp4(), **header)


def _hello6():
    return ipv6(A6, B6, frames.UDP, udp(A6, B6, 2425, 2425, HELLO), flow_label=0x2425)


def _syn(options=b"", flags=SYN, payload=b"", acknowledgement=0, **header):
    return ipv4(A, B, frames.TCP, tcp(A, B, 50123, 12425, 1000, acknowledgement, flags, payload,
                                      options=options, **header))


def _ethernet():
    capture = Capture("ethernet.pcapng", "Ethernet, 802.1Q, 802.1ad, 802.3 and ARP",
                      start=1601000000)
    add = capture.add

    add(ethernet(MAC_A, BROADCAST, ARP_TYPE, frames.arp(1, MAC_A, A, "00:00:00:00:00:00", B)),
        "ARP: who has it?")
    add(ethernet(MAC_B, MAC_A, ARP_TYPE, frames.arp(2, MAC_B, B, MAC_A, A)), "ARP: I have")
    add(ethernet(MAC_A, BROADCAST, ARP_TYPE, frames.arp(1, MAC_A, A, "00:00:00:00:00:00", A)),
        "ARP: is my address free? (gratuitous)")
    add(ethernet(MAC_A, MAC_B, IPV4_TYPE, _hello4()), "IPv4, padded to the shortest frame")
    add(ethernet(MAC_A, MAC_B, IPV6_TYPE, _hello6()), "IPv6")
    add(ethernet(MAC_A, MAC_B, VLAN_TYPE, vlan(100, IPV4_TYPE, _hello4(), priority=5)),
        "802.1Q: VLAN 100, priority 5")
    inner = vlan(200, IPV4_TYPE, _hello4(), drop_eligible=True)
    add(ethernet(MAC_A, MAC_B, QINQ_TYPE, vlan(10, VLAN_TYPE, inner)),
        "802.1ad: VLAN 200 in VLAN 10 (QinQ)")
    add(ethernet(MAC_A, "01:80:c2:00:00:00", 39,
                 bytes.fromhex("424203000002023c8000e0accb8ab70800000000"
                               "8000e0accb8ab70880010000140002000f0000")),
        "802.3 with a length: a spanning tree")
    add(ethernet(MAC_A, MAC_B, 0x88B5, b"local experiment"), "an Ethernet type for experiments")
    add(ethernet(MAC_A, MAC_B, VLAN_TYPE, b"\0")[:15], "a VLAN tag that breaks off")
    return capture


def _internet():
    capture = Capture("internet.pcapng", "IPv4 with options and fragments, IPv6 with extension "
                      "headers, tunnels, ICMP, ICMPv6", start=1601010000)

    def four(packet, comment):
        capture.add(ethernet(MAC_A, MAC_B, IPV4_TYPE, packet), comment)

    def six(packet, comment):
        capture.add(ethernet(MAC_A, MAC_B, IPV6_TYPE, packet), comment)

    address = frames.address
    four(_hello4(options=bytes([148, 4, 0, 0])), "IPv4: router alert")
    four(_hello4(options=bytes([7, 15, 8]) + address("10.0.0.1") + bytes(8)),
         "IPv4: record route, one of three recorded")
    four(_hello4(options=bytes([68, 12, 13, 1]) + address("10.0.0.1")
                 + struct.pack("!I", 36_000_000)), "IPv4: time stamp with address")
    # On the way the header names the next hop; the checksum counts on the last of the route.
    routed = {"source": A, "destination": "10.0.0.1", "protocol": frames.UDP, "payload": _udp4()}
    four(ipv4(**routed, options=bytes([1, 131, 11, 4]) + address("10.0.0.2") + address(B)),
         "IPv4: loose source route")
    four(ipv4(**routed, options=bytes([137, 7, 4]) + address(B) + b"\0"),
         "IPv4: strict source route")
    four(_hello4(options=bytes([130, 11]) + bytes(9) + b"\0"), "IPv4: security (RFC 1108)")
    four(_hello4(options=bytes([7, 60, 4, 0])), "IPv4: an option longer than the header")
    four(_hello4(dscp=46, ecn=3, flags=2, ttl=1, identification=0x2425),
         "IPv4: expedited forwarding, congestion experienced, don't fragment")

    datagram = _udp4(HELLO + b" " + b"again and again, " * 5)
    four(ipv4(A, B, frames.UDP, datagram[:64], identification=7, flags=1),
         "IPv4: a first fragment")
    four(ipv4(A, B, frames.UDP, datagram[64:], identification=7, offset=8),
         "IPv4: its last fragment")
    four(ipv4(A, B, IPIP, ipv4("10.1.0.1", "10.2.0.1", frames.UDP,
                               udp("10.1.0.1", "10.2.0.1", 2425, 2425, HELLO))), "IPv4 in IPv4")
    four(ipv4(A, B, IPV6, _hello6()), "IPv6 in IPv4")
    four(ipv4(A, B, 47, bytes.fromhex("00000800") + _hello4()), "GRE, which is not decoded")
    wrong = bytearray(_hello4())
    wrong[10] ^= 0xFF
    four(bytes(wrong), "IPv4: a wrong header checksum")
    four(_hello4()[:30], "IPv4: shorter than its total length")

    echo = struct.pack("!HH", 0x2425, 1)
    four(ipv4(A, B, ICMP, frames.icmp(8, 0, echo, b"abcdefgh")), "ICMP: echo request")
    four(ipv4(A, B, ICMP, frames.icmp(0, 0, echo, b"abcdefgh")), "ICMP: echo reply")
    quoted = _hello4()[:28 + 8]
    four(ipv4(A, B, ICMP, frames.icmp(3, 3, bytes(4), quoted)), "ICMP: port unreachable")
    four(ipv4(A, B, ICMP, frames.icmp(3, 4, struct.pack("!HH", 0, 1400), quoted)),
         "ICMP: fragmentation needed, next hop takes 1400")
    four(ipv4(A, B, ICMP, frames.icmp(5, 1, address("192.168.1.1"), quoted)), "ICMP: redirect")
    four(ipv4(A, B, ICMP, frames.icmp(11, 0, bytes(4), quoted)), "ICMP: time exceeded")
    four(ipv4(A, B, ICMP, frames.icmp(13, 0, echo, struct.pack("!III", 36_000_000, 0, 0))),
         "ICMP: time stamp request")

    def extended(kind, header):
        return ipv6(GLOBAL_A, GLOBAL_B, kind, header + udp(GLOBAL_A, GLOBAL_B, 2425, 2425, HELLO))

    six(extended(0, bytes([17, 0, 5, 2, 0, 0, 1, 0])), "IPv6: hop-by-hop, router alert")
    six(extended(60, bytes([17, 0, 1, 4, 0, 0, 0, 0])), "IPv6: destination options")
    six(extended(43, bytes([17, 2, 0, 0]) + bytes(4) + address(GLOBAL_B)),
        "IPv6: routing, nothing left to visit")
    six(extended(44, bytes([17, 0]) + struct.pack("!HI", 0, 0x2425)), "IPv6: an only fragment")
    payload = udp(GLOBAL_A, GLOBAL_B, 2425, 2425, HELLO + b" " + b"again and again, " * 5)
    six(ipv6(GLOBAL_A, GLOBAL_B, 44, bytes([17, 0]) + struct.pack("!HI", 1, 0x979) + payload[:64]),
        "IPv6: a first fragment")
    six(ipv6(GLOBAL_A, GLOBAL_B, 44,
             bytes([17, 0]) + struct.pack("!HI", 64, 0x979) + payload[64:]),
        "IPv6: its last fragment")
    chain = bytes([60, 0, 1, 4, 0, 0, 0, 0]) + bytes([43, 0, 1, 4, 0, 0, 0, 0])
    six(extended(0, chain + bytes([17, 2, 0, 0]) + bytes(4) + address(GLOBAL_B)),
        "IPv6: three extension headers in a row")
    six(ipv6(GLOBAL_A, GLOBAL_B, 59, b""), "IPv6: no next header")

    def six_message(source, to, kind, code, rest, payload, comment, hops=255):
        message = frames.icmpv6(source, to, kind, code, rest, payload)
        six(ipv6(source, to, ICMPV6, message, hop_limit=hops), comment)

    option_a, option_b = b"\1\1" + mac(MAC_A), b"\2\1" + mac(MAC_B)
    six_message(A6, "ff02::1:ff8a:b708", 135, 0, bytes(4), address(B6) + option_a,
                "ICMPv6: neighbour solicitation")
    six_message(B6, A6, 136, 0, struct.pack("!I", 0x60000000), address(B6) + option_b,
                "ICMPv6: neighbour advertisement")
    six_message(A6, "ff02::2", 133, 0, bytes(4), option_a, "ICMPv6: router solicitation")
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + address("2001:db8:979::")
    six_message(B6, "ff02::1", 134, 0, struct.pack("!BBH", 64, 0x40, 1800),
                struct.pack("!II", 0, 0) + prefix + struct.pack("!BBHI", 5, 1, 0, 1500)
                + b"\1\1" + mac(MAC_B),
                "ICMPv6: router advertisement with prefix, MTU and address")
    six_message(GLOBAL_A, GLOBAL_B, 128, 0, echo, b"abcdefgh", "ICMPv6: echo request", 64)
    six_message(GLOBAL_B, GLOBAL_A, 129, 0, echo, b"abcdefgh", "ICMPv6: echo reply", 64)
    six_message(GLOBAL_B, GLOBAL_A, 1, 4, bytes(4), _hello6(), "ICMPv6: port unreachable", 64)
    six_message(GLOBAL_B, GLOBAL_A, 2, 0, struct.pack("!I", 1280), _hello6(),
                "ICMPv6: packet too big", 64)
    six_message(GLOBAL_B, GLOBAL_A, 3, 0, bytes(4), _hello6(), "ICMPv6: time exceeded", 64)
    return capture


def _transport():
    capture = Capture("transport.pcapng", "TCP flags and options, UDP checksums",
                      start=1601020000)

    def add(packet, comment):
        capture.add(ethernet(MAC_A, MAC_B, IPV4_TYPE, packet), comment)

    times = struct.pack("!BBII", 8, 10, 1000, 0)
    add(_syn(struct.pack("!BBH", 2, 4, 1460) + b"\4\2" + times + b"\1\3\3\7"),
        "TCP: maximum segment size, SACK permitted, time stamps, window scale")
    add(_syn(b"\1\1" + struct.pack("!BBII", 5, 10, 2000, 3000), ACK, acknowledgement=1),
        "TCP: selective acknowledgement of one block")
    add(_syn(bytes([34, 10]) + b"feiscope" + b"\1\1"), "TCP: fast open")
    add(_syn(bytes([19, 18]) + bytes(range(16)) + b"\1\1"), "TCP: MD5 signature")
    add(_syn(bytes([30, 12, 0, 1]) + bytes(8)), "TCP: multipath")
    add(_syn(bytes([28, 4, 0x80, 60])), "TCP: user timeout")
    add(_syn(bytes([2, 0, 0, 0])), "TCP: an option of length 0")
    add(_syn(bytes([8, 40, 0, 0])), "TCP: an option longer than the header")
    add(_syn(flags=SYN | ECE | CWR), "TCP: asks for explicit congestion notification")
    add(_syn(flags=PSH | ACK | URG, payload=b"1#2\n", acknowledgement=1, urgent=3), "TCP: urgent")
    add(_syn(flags=RST, window=0), "TCP: reset")
    add(_syn(flags=FIN | PSH | URG), "TCP: a scan that lights the tree up")
    add(_syn(flags=0), "TCP: no flag at all")
    wrong = bytearray(_syn(flags=ACK, payload=b"1#2\n", acknowledgement=1))
    wrong[36] ^= 0xFF
    add(bytes(wrong), "TCP: a wrong checksum")
    short = bytearray(_syn())
    short[32] = 0x40
    add(bytes(short), "TCP: a header length below the least")
    no_sum = bytearray(_hello4())
    no_sum[26:28] = b"\0\0"
    add(bytes(no_sum), "UDP: without a checksum")
    no_sum[26:28] = b"\x12\x34"
    add(bytes(no_sum), "UDP: a wrong checksum")
    long = bytearray(_hello4())
    long[24:26] = struct.pack("!H", 400)
    add(bytes(long), "UDP: longer than its packet")
    long[24:26] = struct.pack("!H", 4)
    add(bytes(long), "UDP: shorter than its own header")
    add(ipv4(A, B, frames.UDP, udp(A, B, 5353, 53, b"\0" * 12)), "UDP: other ports, not decoded")
    return capture


def _links():
    """The same three packets on each link type that has no Ethernet header."""
    request = frames.arp(1, MAC_A, A, "00:00:00:00:00:00", B)
    segment = _syn(flags=PSH | ACK, payload=b"1#2\n", acknowledgement=1)

    def sll(kind, ethertype, payload):
        return struct.pack("!HHH", kind, 1, 6) + mac(MAC_A) + b"\0\0" + struct.pack(
            "!H", ethertype) + payload

    def sll2(kind, ethertype, payload):
        return struct.pack("!HHIHBB", ethertype, 0, 2, 1, kind, 6) + mac(MAC_A) + b"\0\0" + payload

    out = []
    for name, link, shows, frame_of in [
        ("linux-cooked-v1", LINUX_SLL, "Linux cooked capture, version 1", sll),
        ("linux-cooked-v2", LINUX_SLL2, "Linux cooked capture, version 2", sll2),
    ]:
        capture = Capture(f"{name}.pcapng", shows, link, 1601030000)
        capture.add(frame_of(1, ARP_TYPE, request), "ARP, broadcast by somebody else")
        capture.add(frame_of(0, IPV4_TYPE, _hello4()), "IPv4 and FeiQ, sent to us")
        capture.add(frame_of(4, IPV6_TYPE, _hello6()), "IPv6 and FeiQ, sent by us")
        capture.add(frame_of(0, VLAN_TYPE, vlan(100, IPV4_TYPE, _hello4())), "a VLAN tag")
        capture.add(frame_of(0, IPV4_TYPE, segment), "TCP and 1#n")
        out.append(capture)
    for name, link, shows, before4, before6 in [
        ("loopback", NULL, "BSD loopback in the capturing machine's byte order",
         struct.pack("<I", 2), struct.pack("<I", 24)),
        ("loopback-openbsd", LOOP, "OpenBSD loopback, in network byte order",
         struct.pack(">I", 2), struct.pack(">I", 24)),
        ("raw-ip", RAW, "IP with nothing before it", b"", b""),
    ]:
        capture = Capture(f"{name}.pcapng", shows, link, 1601030000)
        capture.add(before4 + _hello4(), "IPv4 and FeiQ")
        capture.add(before6 + _hello6(), "IPv6 and FeiQ")
        capture.add(before4 + segment, "TCP and 1#n")
        out.append(capture)
    return out


def captures():
    return [_ethernet(), _internet(), _transport(), *_links()]
