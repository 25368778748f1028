# SPDX-License-Identifier: GPL-2.0-or-later
"""Two people of FeiQ 2013 talk: log-in, typing, messages, a sealed one, a shake, log-out."""

from .capture import Capture
from .hosts import BROADCAST, Host
from .verbatim import verbatim

FONT = "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}"

ADMIN = ("14:18:77:b3:da:81", "192.168.1.20", "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9",
         "admin", "DESKTOP-3D9OVMF")
WIN8 = ("e0:ac:cb:8a:b7:08", "192.168.1.30", "1_lbt6_0#128#E0ACCB8AB708#0#0#0#4001#9",
        "win8", "APPLE")


def text(string):
    return string.encode("gbk") + b"\0"


def captures():
    admin, win8 = Host(*ADMIN), Host(*WIN8)
    capture = Capture("chat.pcapng", "A conversation of two people, from log-in to log-out")

    def admin_says(to, number, command, body, comment, at=None):
        capture.add(admin.datagram(to, admin.header(number, command) + body), comment, None, at)

    def win8_says(to, number, command, body, comment, at=None):
        capture.add(win8.datagram(to, win8.header(number, command) + body), comment, None, at)

    admin_says(BROADCAST, 1600439650, 0, b"\0", "FeiQ's first word at log-in", 1600439650)
    admin_says(BROADCAST, 1600439651, 6291457, b"admin\0\0", "log-in")
    win8_says(admin, 1600437006, 6291459, b"win8\0\0", "win8 is there too")
    admin_says(win8, 1600439652, 119, b"\0", "seen")
    win8_says(admin, 1600437007, 120, b"\0", "seen as well")
    admin_says(win8, 1600439686, 121, b"\0", "typing", 1600439686.2)
    capture.add(admin.datagram(win8, verbatim(1)), "a message that wants an acknowledgement", 1,
                1600439688.4)
    win8_says(admin, 1600437044, 33, b"1600439688\0", "its acknowledgement")
    admin_says(win8, 1600439689, 122, b"\0", "typing ended")
    win8_says(admin, 1600437051, 121, b"\0", "typing", 1600439695.1)
    win8_says(admin, 1600437055, 288, text("你好，三点开会吗？/:)" + FONT),
              "GBK text with an emoticon and a font", 1600439699.3)
    admin_says(win8, 1600439700, 33, b"1600437055\0", "its acknowledgement")
    win8_says(admin, 1600437056, 122, b"\0", "typing ended")
    admin_says(win8, 1600439711, 288, text("对。\n带上合同，1:30 前给我。" + FONT),
               "two lines, and colons that end nothing", 1600439711.8)
    win8_says(admin, 1600437068, 33, b"1600439711\0", "its acknowledgement")
    win8_says(admin, 1600437080, 0x100320, text("合同的密码是 2425" + FONT),
              "a sealed message, whose opening is to be reported", 1600439723.5)
    admin_says(win8, 1600439724, 33, b"1600437080\0", "its acknowledgement")
    admin_says(win8, 1600439731, 0x100030, b"1600437080\0", "the seal was opened", 1600439730.9)
    win8_says(admin, 1600437088, 50, b"1600439731\0", "and win8 knows")
    admin_says(win8, 1600444768, 209, b"\0", "admin shakes the window", 1600444768.6)
    capture.add(win8.datagram(admin, verbatim(2)), "the window was shaken", 2, 1600444769.1)
    admin_says(BROADCAST, 1600444790, 6291458, b"admin\0\0", "log-out", 1600444790)
    return [capture]
