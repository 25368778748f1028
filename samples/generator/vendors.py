# SPDX-License-Identifier: GPL-2.0-or-later
"""The rest of the family: IP Messenger itself, iptux, FeiGe, 内网通, feiq++."""

import base64
import struct

from .capture import Capture
from .chat import WIN8
from .hosts import BROADCAST, Host
from .verbatim import verbatim


def extension(**lines):
    """The UTF-8 block behind nickname and group."""
    return "\n" + "".join(f"{key}:{value}\n" for key, value in lines.items())


def ipdict(**entries):
    """An IPDict: integers in signed hex, texts as they are."""
    out = ""
    for key, value in entries.items():
        value = f"{value:x}" if isinstance(value, int) else value
        out += f"{key}:{len(value.encode()):x}:{value}:"
    # the length does not count the colon that ends the last pair: the official sample says 3d
    return f"IP2:{len(out.encode()) - 1:x}:{out}Z".encode()


def _vendors():
    peer = Host(*WIN8)
    capture = Capture("vendors.pcapng", "Every other program of the family", start=1600000000)
    feige = Host("a4:db:30:9e:da:3b", "192.168.1.12")
    nwt = Host("00:15:5d:0b:3c:01", "192.168.1.70")
    iptux = Host("a4:83:e7:22:10:09", "192.168.1.71", "1_iptux 0.8.0-b1", "lidaobing",
                 "LIs-MacBook-Pro.local", 64)
    jupiter = Host("00:1b:21:3c:9d:f8", "192.168.1.72", "1", "shirouzu", "jupiter")

    capture.add(feige.datagram(BROADCAST, verbatim(12)),
                "FeiGe: a log-in of fourteen parts, 43521 is BR_ENTRY", 12)
    capture.add(nwt.datagram(BROADCAST, verbatim(28)), "内网通: a log-in with its own id", 28)
    capture.add(iptux.datagram(BROADCAST, verbatim(30)),
                "iptux: an icon's name and the encoding's behind an empty group", 30)
    capture.add(jupiter.datagram(peer, verbatim(31)), "the specification's own example", 31)

    def add(speaker, payload, comment, to=peer):
        capture.add(speaker.datagram(to, payload), comment)

    add(iptux, iptux.header(7, 0x121) + b"1600444769\0",
        "iptux: an acknowledgement with option 0x100, which means nothing here")
    add(iptux, iptux.header(8, 0x1FB) + "大家好".encode() + b"\0", "iptux: its own message")
    add(iptux, iptux.header(9, 0xFC) + "在路上".encode() + b"\0", "iptux: a signature")
    add(iptux, iptux.header(10, 0xFE) + b"icon-tux.png\0" + b"\x89PNG\r\n\x1a\n" + bytes(32),
        "iptux: an icon, a name and then a picture's bytes")
    add(iptux, iptux.header(11, 0xFF), "iptux: which files are shared?")
    old = Host("00:1b:21:3c:9d:f9", "192.168.1.73", "1_iptux_0#5#2", "lin", "mint", 64)
    add(old, old.header(3, 257) + b"lin\0\0icon-tux.png\0utf-8\0", "an old iptux", BROADCAST)

    official = extension(UN="shirouzu", HN="jupiter", NN="白水", GN="開発部",
                         VS="00010002:4:9:93").encode()
    entry = "白水\0開発部\0".encode("cp932")
    add(jupiter, jupiter.header(1600000100, 0x01440001) + entry + official,
        "IP Messenger 4: names in code page 932, then again in UTF-8 with the version", BROADCAST)
    link_local = Host("00:1b:21:3c:9d:f8", "fe80::21b:21ff:fe3c:9df8", "1", "shirouzu", "jupiter",
                      ttl=1)
    capture.add(link_local.datagram("ff02::1", link_local.header(1600000101, 0x01440001)
                                    + b"Hakusui\0\0" + extension(VS="00010002:4:9:93").encode()),
                "the same over IPv6 multicast, without a group")
    add(jupiter, jupiter.header(1600000102, 0x01440003) + b"\0\0"
        + extension(VS="00040000:1:2:3", PL="1",
                    IP=base64.b64encode(ipdict(VER=3, UID="shirouzu")).decode()).encode(),
        "an answer from Android that carries only the UTF-8 block")
    finger = Host("00:1b:21:3c:9d:fa", "192.168.1.74", "1", "hana-0123456789abcdef", "saturn")
    add(finger, finger.header(1600000103, 0x00800120) + "こんにちは\0".encode(),
        "a user name with a key's fingerprint, text in UTF-8 as option 0x800000 says")
    add(jupiter, jupiter.header(1600000104, 0x00802420) + "外出中です\0".encode(),
        "an automatic reply to a broadcast message, which nobody may answer")
    add(jupiter, jupiter.header(1600000105, 49) + b"1600000100\0", "a message was discarded")

    plus = Host("02:42:ac:11:00:02", "192.168.1.75", "feiq_plus_plus#0#1", "ming", "kubuntu", 64)
    add(plus, plus.header(1600000200, 117) + b"\0", "feiq++: may I have your avatar?")
    five = Host("a4:db:30:9e:da:3c", "192.168.1.76", "5.1.180210", "wangli", "WANGLI-PC")
    add(five, five.header(832011384, 0x120) + "[rich]你好[/rich]".encode("gbk") + b"\0",
        "FeiGe 5: its version, its styled text")
    for command, comment in [(0x8B, "a file is to be fetched"), (0x8E, "ready to chat"),
                             (0x90, "what is shared?"), (0xE6, "a file is refused"),
                             (0xE7, "which MAC?"), (0xE8, "a file is cancelled")]:
        add(five, five.header(832011400 + command, command) + b"\0", f"FeiGe 5: {comment}")
    return capture


def _lists():
    """The list commands and the directory service of IP Messenger."""
    asker = Host("00:1b:21:3c:9d:f8", "192.168.1.72", "1", "shirouzu", "jupiter")
    master = Host("00:1b:21:3c:9d:fb", "192.168.1.80", "1", "admin", "master")
    capture = Capture("lists.pcapng", "Host lists, classic and as IPDict, and the directory "
                      "service", start=1600001000)

    def add(speaker, to, number, command, body, comment):
        capture.add(speaker.datagram(to, speaker.header(number, command) + body), comment)

    add(asker, BROADCAST, 1600001000, 24, b"", "who can send a host list?")
    add(master, asker, 1600001001, 17, b"", "master can")
    add(asker, master, 1600001002, 18, b"0\0", "the list from the start, please")
    # A port is the number that a little-endian machine reads from the port in network order.
    port = struct.unpack("<H", struct.pack(">H", 2425))[0]
    hosts = [("win8", "APPLE", 6291457, "192.168.1.30", "win8", "\b"),
             ("王芳", "财务-02", 0x600101, "192.168.1.45", "王芳", "财务部"),
             ("ming", "kubuntu", 1, "192.168.1.75", "\b", "\b")]
    body = f"{3:5d}\a{len(hosts):5d}\a".encode()
    for user, host, status, ip, nick, group in hosts:
        body += f"{user}\a{host}\a{status}\a{ip}\a{port}\a{nick}\a{group}\a".encode("gbk")
    add(master, asker, 1600001003, 19, body + b"\0",
        "three hosts, on port 2425 that is written 30985, and more from number 3 on")
    add(asker, master, 1600001004, 18, b"3\0", "the list from number 3, please")
    add(master, asker, 1600001005, 19, f"{0:5d}\a{0:5d}\a".encode() + b"\0", "that was all")
    add(master, asker, 1600001006, 20,
        ipdict(START=0, TOTAL=1, NUM=1, UID="win8", HID="APPLE", IPAD="192.168.1.30", PORT=2425),
        "a host list as IPDict")
    add(master, asker, 1600001007, 176, ipdict(VER=3, PKT=1600001007, UID="admin", POLL=1),
        "DIR_POLL: an IPDict under 176, which FeiQ uses for something else")
    capture.add(asker.datagram(master, b"IP2:3d:key1:3:3e8:key2:4:str1:key3:c:key31:4:-7d0:"
                               b"key4:b:3:3e8:3:7d0:Z"),
                "a whole datagram as IPDict, the example of IP Messenger's source")
    capture.add(master.datagram(asker, ipdict(VER=3, PKT=1600001008, DATE=1600001008, UID="admin",
                                              HID="master", NCK="管理", CMD=0x20,
                                              BODY="こんにちは")),
                "a message as IPDict")
    return capture


def captures():
    return [_vendors(), _lists()]
