#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of random packets, the same for the same seed.

    random_packets.py SEED COUNT FOLDER

Writes FOLDER/LINK.pcap for each link type. Every header that feiqdump decodes is built by scapy
with random fields and random options; every second packet is damaged: bytes changed or put in, cut by
the snapshot length, or sent short. Run by Debian's python3, which has python3-scapy.
"""

import itertools
import logging
import pathlib
import random
import sys

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)

# pylint: disable=wrong-import-position
from scapy.layers import inet, inet6, l2  # noqa: E402
from scapy.packet import Raw, fuzz  # noqa: E402
from scapy.utils import PcapWriter, checksum as internet_checksum  # noqa: E402
from scapy.volatile import RandIP6, RandMAC  # noqa: E402

MOST_LAYERS = 4  # of IP inside of IP, and the like


def octets(least, most):
    return random.randbytes(random.randint(least, most))


def maybe(chance):
    return random.random() < chance


def built(packet):
    """What scapy makes of it; None if its own random values do not fit each other."""
    try:
        return bytes(packet)
    except Exception:  # pylint: disable=broad-except
        return None


# --- what programs say ---

NAMES = ["admin", "白水", "Ünïcode", "a:b", "", "x" * 40, "\x01\x02"]
FEIQ_VERSIONS = ["1", "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9", "1_iptux 0.7.6",
                 "1_lbt6_0#130#E0ACCB8AB708#1#2#3#ffff#9", "2", "1_lbt", "1#2#3"]
ONEHASH = [b"1#1\n", b"1#2\r\n", b"1#3#sleep\n", b"1#2#hi", b"\0\0\0\x031#1", b"1#1" + bytes(29),
           "1#3#你好\n".encode(), "1#2#进程".encode("gb18030") + b"\n", b"1#9#x\n1#1\n1#", b"2#1\n"]


def feiq():
    number = random.choice([0, 1, 1600439688, random.getrandbits(32), 10**12])
    command = random.choice([1, 2, 3, 4, 32, 33, 48, 49, 72, 96, 97, 98, 114, 115, 120, 121, 208, 209,
                             210, 288, 6291457, random.getrandbits(8), random.getrandbits(32)])
    text = random.choice(["你好", "hello", "a\0b", "", "\n\n", "0:file.txt:400:5f5e1000:1:\a",
                          "x{font:-12 0 0 0 400 0 0 0 134 3 2 1 2 宋体 255;}", "nick\0group\0\nUN:u\nHN:h"])
    body = text.encode(random.choice(["utf-8", "gb18030"]))
    if maybe(0.2):
        body += octets(0, 60)
    head = ":".join([random.choice(FEIQ_VERSIONS), str(number), random.choice(NAMES),
                     random.choice(NAMES), str(command)])
    return head.encode(random.choice(["utf-8", "gb18030"]), "replace") + b":" + body


def said():
    return random.choice([feiq, feiq, lambda: random.choice(ONEHASH), lambda: octets(0, 40),
                          lambda: octets(0, 3)])()


# Ports that nobody has registered: what a registered one says is for a decoder that feiqdump has not.
CLIENTS = range(50000, 64000)
connections = itertools.count()


def ports(service):
    """A service's port and a client's, in either order. No two packets are of one connection."""
    client = CLIENTS[next(connections) % len(CLIENTS)]
    return random.sample([service, client], 2)


# --- transport ---

def options_of(kinds, first_value):
    """Options as type, length, value, some with a wrong length, some cut at the end."""
    data = b""
    while len(data) < 40 and maybe(0.75):
        kind, lengths = random.choice(kinds)
        if kind in (0, 1) and first_value == 2:
            data += bytes([kind])
            continue
        length = random.choice(lengths) if maybe(0.85) else random.randint(0, 40)
        body = octets(max(length - first_value, 0), max(length - first_value, 0))
        data += bytes([kind, length & 255]) + body
    data = data[:40]
    return data + bytes(-len(data) % 4)


TCP_KINDS = [(0, [1]), (1, [1]), (1, [1]), (2, [4]), (3, [3]), (4, [2]), (5, [10, 18, 26, 34]), (6, [6]),
             (7, [6]), (8, [10]), (11, [6]), (12, [6]), (13, [6]), (19, [18]), (20, [4]), (21, [6]),
             (27, [8]), (28, [4]), (29, [4, 16]), (30, [3, 4, 8, 12, 16, 20, 22, 24, 28]), (34, [2, 6, 10, 18]),
             (76, [4, 6]), (78, [3, 4]), (172, [2, 5, 8, 11]), (174, [2, 5, 8, 11]), (254, [4, 6]), (69, [6]),
             (253, [4, 8])]


def tcp():
    source, destination = ports(random.choice([2425, 2425, 12425, 12426, 64001]))
    options = options_of(TCP_KINDS, 2) if maybe(0.8) else b""
    flags = random.choice([2, 0x12, 0x10, 0x18, 0x11, 4, 0x14, random.getrandbits(12)])
    header = inet.TCP(sport=source, dport=destination, seq=random.getrandbits(32),
                      ack=random.getrandbits(32), flags=flags & 0x1FF, reserved=flags >> 9,
                      window=random.getrandbits(16), urgptr=random.choice([0, random.getrandbits(16)]),
                      dataofs=5 + len(options) // 4 if maybe(0.95) else random.randint(0, 15))
    if maybe(0.2):
        header.chksum = random.getrandbits(16)
    # scapy would write its own idea of options: they lie between header and payload as bytes
    return header / Raw(options + (said() if maybe(0.7) else b""))


def udp():
    source, destination = ports(2425)
    header = inet.UDP(sport=source, dport=destination)
    if maybe(0.15):
        header.chksum = random.choice([0, random.getrandbits(16)])
    if maybe(0.1):
        header.len = random.getrandbits(random.choice([4, 7, 16]))
    return header / Raw(said())


# --- IPv4 ---

IPV4_KINDS = [(0, [1]), (1, [1]), (7, [7, 11, 15]), (68, [8, 12, 16]), (82, [12]), (130, [3, 11]), (131, [7, 11]),
              (133, [3, 6]), (134, [6, 10, 14]), (136, [4]), (137, [7, 11]), (147, [10]), (148, [4]), (149, [6, 10]),
              (25, [8]), (11, [4]), (12, [4]), (205, [8]), (131, [7]), (142, [2]), (144, [2]), (145, [2])]

EXTENSIONS = [4, 8, 12, 20]


def icmp_extension():
    """RFC 4884: a header, then objects."""
    objects = b""
    for _ in range(random.randint(0, 3)):
        body = octets(0, 3) + octets(0, 3) + octets(1, 12)
        body += bytes(-len(body) % 4)
        length = len(body) + 4 if maybe(0.9) else random.getrandbits(6)
        objects += length.to_bytes(2, "big") + bytes([random.choice([1, 2, 3, 4, 9]), random.choice([0, 1, random.getrandbits(8)])]) + body
    header = bytes([random.choice([0x20, 0x20, random.getrandbits(8)]), 0])
    checksum = internet_checksum(header + b"\0\0" + objects) if maybe(0.8) else random.getrandbits(16)
    return header + checksum.to_bytes(2, "big") + objects


def quoted(ip, most):
    packet = built(ip(MOST_LAYERS))
    packet = (packet or b"")[:random.choice([28, 48, 128, most, random.randint(0, most)])]
    if maybe(0.3):
        packet = packet.ljust(128, b"\0")[:128] + icmp_extension()
    return packet


def icmp():
    kind = random.choice([0, 8, 3, 3, 3, 4, 5, 5, 9, 10, 11, 11, 12, 13, 14, 15, 16, 17, 18, 30, 40, 42, 43,
                          random.getrandbits(8)])
    code = random.choice([0, 0, 1, 2, 3, 4, 13, 16, random.getrandbits(8)])
    rest = octets(4, 4)
    if kind in (3, 4, 5, 11, 12):
        if maybe(0.5):
            rest = b"\0" + bytes([random.choice([0, 32])]) + octets(2, 2)
        body = rest + quoted(ipv4, 200)
    elif kind == 9:
        count = random.randint(0, 4)
        body = bytes([count, random.choice([2, 2, 2, 3])]) + octets(2, 2) + octets(0, 40)
    elif kind in (42, 43):
        body = rest + icmp_extension()
    else:
        body = rest + octets(0, 48)
    header = bytes([kind, code])
    checksum = internet_checksum(header + b"\0\0" + body) if maybe(0.8) else random.getrandbits(16)
    return Raw(header + checksum.to_bytes(2, "big") + body)


def address4():
    return ".".join(str(random.choice([10, 127, 224, 239, 255, 0, 192, random.getrandbits(8)]))
                    for _ in range(4))


def ipv4(depth=0):
    options = options_of(IPV4_KINDS, 2) if maybe(0.4) else b""
    payload, protocol = random.choice([
        (udp, 17), (udp, 17), (tcp, 6), (tcp, 6), (tcp, 6), (icmp, 1), (icmp, 1),
        (lambda: Raw(octets(0, 60)), random.choice([2, 41, 47, 50, 51, 89, 132, 136, 255])),
        (lambda: authentication(random.choice([6, 17, 1])), 51), (udp_lite, 136)])
    if depth < MOST_LAYERS and maybe(0.08):
        payload, protocol = random.choice([(lambda: ipv4(depth + 1), 4), (lambda: ipv6(depth + 1), 41)])
    elif depth >= MOST_LAYERS and payload is icmp:
        payload, protocol = udp, 17
    header = inet.IP(src=address4(), dst=address4(), id=random.getrandbits(16), tos=random.getrandbits(8),
                     ttl=random.getrandbits(8), proto=protocol,
                     flags=random.choice([0, 0, 2, 2, 4, 6, random.getrandbits(3)]), ihl=5 + len(options) // 4)
    if maybe(0.08):
        header.flags = 1
        header.frag = random.getrandbits(random.choice([2, 13]))
    if maybe(0.1):
        header.chksum = random.getrandbits(16)
    if maybe(0.05):
        header.len = random.getrandbits(random.choice([5, 8, 16]))
    if maybe(0.02):
        header.ihl = random.getrandbits(4)
    if not options:
        return header / payload()
    # The transport's checksum wants to stand right behind the header when scapy computes it.
    inner = payload()
    whole = built(header.__class__(src=header.src, dst=header.dst, proto=protocol) / inner)
    return header / Raw(options + (whole[20:] if whole else b""))


def authentication(following):
    icv = octets(0, 4) * 4
    data = bytes([following, random.choice([1 + len(icv) // 4, random.getrandbits(8)])]) + octets(10, 10) + icv
    return Raw(data + octets(0, 40))


def udp_lite():
    source, destination = ports(2425)
    data = said()
    coverage = random.choice([0, 8, 8 + len(data), random.getrandbits(5), random.getrandbits(16)])
    return Raw(source.to_bytes(2, "big") + destination.to_bytes(2, "big") + coverage.to_bytes(2, "big") + octets(2, 2) + data)


# --- IPv6 ---

def tlv8(kinds, most=4):
    """Options of extension headers: type, length of the value, value; padded to 8n + 6."""
    data = b""
    for _ in range(random.randint(0, most)):
        kind, lengths = random.choice(kinds)
        if kind == 0:
            data += b"\0"
            continue
        length = random.choice(lengths) if maybe(0.85) else random.randint(0, 30)
        data += bytes([kind, length]) + octets(length, length)
    pad = -(len(data) + 2) % 8
    return data + (b"\0" if pad == 1 else bytes([1, pad - 2]) + bytes(pad - 2) if pad else b"")


IPV6_KINDS = [(0, [0]), (1, [0, 2, 4]), (5, [2]), (194, [4]), (201, [16]), (4, [1]), (7, [8, 16]), (38, [6]),
              (0x63, [4, 6]), (0x23, [4]), (139, [2, 20]), (140, [6]), (0x6d, [4, 9, 13]), (0x0f, [10]), (0x31, [8, 10, 20, 28]),
              (0x11, [8, 10, 24]), (0x30, [4, 6]), (0x32, [12]), (0x08, [2, 6]), (0x3e, [4]), (0x1e, [4]), (0x1f, [4])]


def extension(following, kind):
    if kind in (0, 60):
        data = tlv8(IPV6_KINDS)
    elif kind == 43:
        route = random.choice([0, 2, 3, 4, 4, random.getrandbits(8)])
        body = {0: 4 + 16 * random.randint(0, 3), 2: 20, 4: 4 + 16 * random.randint(0, 3)}.get(
            route, 4 + 8 * random.randint(0, 4))
        data = bytes([route, random.choice([0, 1, 2, random.getrandbits(8)])]) + octets(body, body)
        data += bytes(-(len(data) + 2) % 8)
    else:  # fragment
        offset = random.choice([0, 0, 1, random.getrandbits(13) << 3, random.getrandbits(16)])
        return bytes([following, random.choice([0, random.getrandbits(8)])]) + offset.to_bytes(2, "big") + octets(4, 4)
    length = (len(data) + 2) // 8 - 1 if maybe(0.95) else random.getrandbits(random.choice([2, 8]))
    return bytes([following, length]) + data


ND_LENGTHS = {1: [1, 2], 2: [1, 2], 3: [4], 4: [2, 8, 10], 5: [1], 7: [1], 8: [1], 9: [3, 5], 10: [3, 5], 11: [8, 12, 20],
              12: [4, 9], 13: [2], 14: [1, 2], 15: [2, 4], 16: [2, 4], 17: [3], 18: [2, 4], 19: [1], 20: [1, 3], 23: [1],
              24: [1, 2, 3], 25: [3, 5], 26: [1], 27: [4], 28: [4], 29: [1], 30: [1], 31: [2, 3], 32: [4], 33: [2],
              34: [2, 3], 35: [3], 37: [2, 3], 38: [2], 138: [1], 253: [1], 36: [1], 39: [2]}


def der(depth=0):
    """A value in DER, its lengths now and then wrong."""
    tag = random.choice([0x30, 0x30, 2, 3, 6, 5, 0x31, 0x1F, 0xA0, random.getrandbits(8)])
    body = octets(0, 20)
    if depth < 3 and tag & 0x20:
        body = b"".join(der(depth + 1) for _ in range(random.randint(0, 3)))
    form = random.choice([0, 0, 1, 2, 3])
    length = len(body) if maybe(0.9) else random.getrandbits(random.choice([3, 7, 16]))
    if form == 0 and length < 128:
        head = bytes([length])
    elif form == 3:
        head = bytes([random.choice([0x80, 0x85, 0x84, 0xFF])]) + length.to_bytes(4, "big")
    else:
        head = bytes([0x80 + form + 1]) + (length & (256 << 8 * form) - 1).to_bytes(form + 1, "big")
    return bytes([tag]) + head + body


def domain_names():
    """Names in labels, now and then with what RFC 2673 and Wireshark make of the other kinds."""
    names = b""
    for _ in range(random.randint(1, 2)):
        for _ in range(random.randint(1, 3)):
            label = random.choice([b"example", b"com", "飞秋".encode(), octets(1, 5)])
            names += random.choices([bytes([len(label)]) + label, b"\x41\x09" + octets(2, 2),
                                     b"\xc0" + bytes([random.randint(2, 12)]), b"\x42"], [20, 1, 1, 1])[0]
        names += b"\0"
    return names


def nd_option():
    kind = random.choice(list(ND_LENGTHS) + [random.getrandbits(8)])
    length = random.choice(ND_LENGTHS.get(kind, [1, 2]))
    value = octets(8 * length - 2, 8 * length - 2)
    if kind == 11:  # CGA: padding, reserved, modifier, prefix, count, key, extensions
        value = bytes([0, 0]) + octets(25, 25) + der() + (octets(4, 12) if maybe(0.3) else b"")
        pad = -(len(value) + 2) % 8
        value = bytes([pad]) + value[1:] + bytes(pad)
        length = (len(value) + 2) // 8
    elif kind == 4 and maybe(0.8):
        packet = quoted(ipv6, 160)
        packet = packet[:len(packet) // 8 * 8]
        value = bytes(6) + packet
        length = (len(value) + 2) // 8
    elif kind == 31:
        value = bytes(6) + domain_names().ljust(8 * length - 8, b"\0")
        value += bytes(-(len(value) + 2) % 8)
        length = (len(value) + 2) // 8
    if maybe(0.05):
        length = random.getrandbits(random.choice([2, 8]))
    return bytes([kind, length & 255]) + value


def nd_options():
    return b"".join(nd_option() for _ in range(random.choice([0, 1, 1, 2, 3])))


# Fixed parts behind the checksum, of the types whose options or quoted packets follow.
ICMPV6_FIXED = {133: 4, 134: 12, 135: 20, 136: 20, 137: 36, 148: 4, 149: 8, 154: 8, 157: 28, 158: 28, 144: 4,
                145: 20, 146: 4, 147: 4, 151: 4, 152: 0, 153: 0, 130: 20, 131: 20, 132: 20, 143: 4, 139: 12, 140: 12,
                138: 12, 155: 4, 160: 4, 161: 4, 128: 4, 129: 4, 141: 4, 142: 4, 150: 4, 159: 4}


def multicast_records():
    data = b""
    for _ in range(random.randint(0, 3)):
        sources = random.randint(0, 2)
        data += bytes([random.randint(0, 7), random.choice([0, 1])]) + sources.to_bytes(2, "big") + octets(16, 16)
        data += octets(16 * sources, 16 * sources)
    return data


def icmpv6(source, destination):
    kind = random.choice([1, 2, 3, 4, 1, 3] + list(ICMPV6_FIXED) + [133, 134, 135, 136, 137] * 3 + [random.getrandbits(8)])
    code = random.choice([0, 0, 0, 1, 2, 3, 4, random.getrandbits(8)])
    if kind in (1, 2, 3, 4):
        body = (octets(4, 4) if maybe(0.5) else random.choice([b"\0\0\0\0", b"\x10\0\0\0"])) + quoted(ipv6, 200)
    elif kind == 143:
        body = octets(2, 2) + random.randint(0, 3).to_bytes(2, "big") + multicast_records()
    elif kind == 155:
        code = random.choice([0, 1, 2, 3, 4, 0x80, 0x81, 0x82, 0x83, 0x8A])
        options = b""
        for _ in range(random.randint(0, 3)):
            option = random.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, random.getrandbits(8)])
            length = random.choice([0, 2, 4, 6, 14, 18, 20, 22, 30])
            options += b"\0" if option == 0 else bytes([option, length]) + octets(length, length)
        body = octets(4, 28) + options
    else:
        fixed = ICMPV6_FIXED.get(kind, 4)
        body = octets(fixed, fixed) + (nd_options() if maybe(0.9) else octets(0, 40))
    header = bytes([kind, code])
    if maybe(0.8):
        pseudo = inet6.in6_chksum(58, inet6.IPv6(src=source, dst=destination), header + b"\0\0" + body)
    else:
        pseudo = random.getrandbits(16)
    return Raw(header + pseudo.to_bytes(2, "big") + body)


def address6():
    return random.choice(["::1", "ff02::1", "ff02::1:ff00:1", "2002:c000:201::1", "fe80::1", "2001:0:53aa::1",
                          "::ffff:10.0.0.1", "fe80::200:5efe:c000:201", "fe80::0211:22ff:fe33:4455",
                          str(RandIP6())])


def ipv6(depth=0):
    source, destination = address6(), address6()
    kinds = random.choices([0, 60, 43, 44, 60], k=random.choice([0, 0, 0, 1, 1, 2, 3]))
    choices = [(udp, 17), (tcp, 6), (tcp, 6), (lambda: icmpv6(source, destination), 58),
               (lambda: icmpv6(source, destination), 58),
               (lambda: icmpv6(source, destination), 58), (lambda: Raw(octets(0, 40)), random.choice([59, 47, 50, 51, 135, 139, 140, 255])),
               (lambda: authentication(random.choice([6, 17, 58])), 51), (udp_lite, 136)]
    if depth >= MOST_LAYERS:
        choices = choices[:3]
    payload, protocol = random.choice(choices)
    if depth < MOST_LAYERS and maybe(0.05):
        payload, protocol = random.choice([(lambda: ipv4(depth + 1), 4), (lambda: ipv6(depth + 1), 41)])
    header = inet6.IPv6(src=source, dst=destination, tc=random.getrandbits(8), fl=random.getrandbits(20),
                        hlim=random.getrandbits(8), nh=protocol)
    inner = payload()
    if not kinds:
        if maybe(0.05):
            header.plen = random.choice([0, random.getrandbits(random.choice([5, 8, 16]))])
        return header / inner
    whole = built(header / inner)
    data = whole[40:] if whole else b""
    following = protocol
    for kind in reversed(kinds):
        data = extension(following, kind) + data
        following = kind
    header.nh = following
    return header / Raw(data)


# --- link ---

def arp():
    packet = fuzz(l2.ARP(hwtype=random.choice([1, 1, 1, 6, 19, random.getrandbits(16)]),
                         ptype=random.choice([0x800, 0x800, random.getrandbits(16)]),
                         hwlen=random.choice([6, 6, 6, 20, random.getrandbits(4)]), plen=random.choice([4, 4, 4, random.getrandbits(4)]),
                         op=random.choice([1, 2, 1, 2, 3, 8, random.getrandbits(16)]),
                         hwsrc=mac(), hwdst=mac(), psrc=address4(), pdst=address4()))
    return packet / Raw(octets(0, 20))


def mac():
    return random.choice(["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01", str(RandMAC())])


def network():
    return random.choice([(ipv4, 0x800), (ipv4, 0x800), (ipv4, 0x800), (ipv6, 0x86DD), (ipv6, 0x86DD), (ipv6, 0x86DD),
                          (arp, 0x806), (lambda: Raw(octets(0, 60)), random.choice([0x8847, 0x88CC, 0x1234, 0x600, 0xFFFF]))])


def llc():
    content, kind = network()
    choice = random.randrange(4)
    if choice == 0:
        inner = built(content()) or b""
        body = b"\xaa\xaa\x03" + random.choice([b"\0\0\0", b"\0\0\0", b"\0\0\xf8", octets(3, 3)]) + kind.to_bytes(2, "big") + inner
    elif choice == 1:
        body = octets(2, 2) + bytes([random.getrandbits(8)]) + octets(0, 50)
    elif choice == 2:
        body = b"\x06\x06\x03" + (built(ipv4()) or b"")
    else:
        body = bytes([random.getrandbits(8) & 0xFE, random.getrandbits(8), random.choice([3, 0x0F, 0x7F, 0xBF, 0xE3, 0x63])]) + octets(0, 50)
    return Raw(body)


def tagged(content, kind):
    for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
        tag = random.choice([0x8100, 0x8100, 0x88A8])
        tci = random.getrandbits(16)
        content = Raw(tci.to_bytes(2, "big") + kind.to_bytes(2, "big") + (built(content) or b""))
        kind = tag
    return content, kind


def ethernet():
    if maybe(0.1):
        content = built(llc()) or b""
        length = random.choice([len(content), len(content), random.getrandbits(10)])
        content, length = tagged(Raw(content), min(length, 1500))
        return l2.Ether(src=mac(), dst=mac(), type=length) / content
    make, kind = network()
    content, kind = tagged(make(), kind)
    packet = l2.Ether(src=mac(), dst=mac(), type=kind) / content
    return packet / Raw(bytes(random.randint(0, 20))) if maybe(0.2) else packet / Raw(octets(0, 8))


def cooked():
    make, kind = network()
    packet = built(make()) or b""
    if maybe(0.1):
        kind, packet = random.choice([(4, built(llc()) or b""), (1, octets(0, 30)), (0xC, octets(0, 12))])
    hardware = random.choice([1, 1, 772, 65534, 512, random.getrandbits(16)])
    return Raw(random.choice([0, 1, 2, 3, 4, random.getrandbits(16)]).to_bytes(2, "big") + hardware.to_bytes(2, "big")
               + random.choice([6, 6, 0, 8, random.getrandbits(16)]).to_bytes(2, "big") + octets(8, 8) + kind.to_bytes(2, "big") + packet)


def cooked_2():
    make, kind = network()
    packet = built(make()) or b""
    return Raw(kind.to_bytes(2, "big") + bytes(2) + octets(4, 4) + random.choice([1, 1, 772, 65534]).to_bytes(2, "big")
               + bytes([random.choice([0, 1, 2, 3, 4]), random.choice([6, 6, 0, 8, 20])]) + octets(8, 8) + packet)


def loopback():
    if maybe(0.1):  # a type of Ethernet in place of a family, behind anything
        make, kind = network()
        return Raw(octets(2, 2) + kind.to_bytes(2, "big") + (built(make()) or b""))
    packet, family = random.choice([(ipv4, 2), (ipv6, 10), (ipv6, 24), (ipv6, 28), (ipv6, 30), (lambda: Raw(octets(0, 9)), 99)])
    return Raw(family.to_bytes(4, random.choice(["little", "big"])) + (built(packet()) or b""))


LINKS = {"ethernet": (1, ethernet, 6), "cooked-v1": (113, cooked, 1), "cooked-v2": (276, cooked_2, 1),
         "loopback": (0, loopback, 1), "raw": (101, lambda: random.choice([ipv4, ipv6])(), 1)}


# --- what happens to it ---

def damaged(data):
    """The bytes, and how long the packet was on the wire."""
    harm = random.randrange(4)
    if harm == 0 and data:
        changed = bytearray(data)
        for _ in range(random.randint(1, 4)):
            changed[random.randrange(len(changed))] = random.choice([0, 1, 255, random.getrandbits(8)])
        return bytes(changed), len(data)
    cut = random.randint(0, len(data))
    if harm == 1:
        return data[:cut], len(data)
    if harm == 2:
        return data[:cut], cut
    return data[:cut] + octets(1, 4) + data[cut:], len(data) + 4


def write(name, folder, count):
    linktype, make, _ = LINKS[name]
    with PcapWriter(str(folder / f"{name}.pcap"), linktype=linktype) as writer:
        writer.write_header(None)
        written = 0
        while written < count:
            data = built(make())
            if data is None or len(data) > 1600:
                continue
            # Of a packet of its own, which is no retransmission of another.
            sent, length = damaged(data) if written % 2 else (data, len(data))
            writer.write_packet(sent, sec=1500000000 + written // 1000, usec=written % 1000,
                                caplen=len(sent), wirelen=max(length, len(sent)))
            written += 1


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    shares = sum(share for _, _, share in LINKS.values())
    for name, (_, _, share) in LINKS.items():
        random.seed(f"{name} {seed}")
        write(name, folder, count * share // shares)


if __name__ == "__main__":
    main()
