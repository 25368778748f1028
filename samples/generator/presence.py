# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is there: log-in, answers, away, information, log-out; and the entries of many versions."""

from .capture import Capture
from .hosts import BROADCAST, Host
from .verbatim import packet_number, verbatim

LEE = ("c8:5b:76:bd:9f:3f", "192.168.1.44", "1_lbt6_0#128#C85B76BD9F3F#0#0#0#4001#9",
       "Lee", "LEE-PC")
WANG = ("00:1f:d0:5a:11:02", "192.168.1.45", "1_lbt80_23#65664#001FD05A1102#1676#35807#0#4000#9",
        "王芳", "财务-02")


def _session():
    lee, wang = Host(*LEE), Host(*WANG)
    start = packet_number(7)
    capture = Capture("presence.pcapng", "Log-in, answer, away, information and log-out")
    capture.add(lee.datagram(BROADCAST, verbatim(7)), "FeiQ's first word at log-in", 7, start)
    capture.add(lee.datagram(BROADCAST, verbatim(8)), "log-in", 8)

    def say(speaker, to, number, command, body, comment, at=None):
        payload = speaker.header(number, command) + body
        capture.add(speaker.datagram(to, payload), comment, None, at)

    nick = "王芳".encode("gbk") + b"\0" + "财务部".encode("gbk") + b"\0"
    say(wang, lee, start - 900, 6291459, nick, "answer, with names in GBK")
    say(lee, wang, start + 2, 119, b"\0", "seen")
    say(wang, lee, start - 899, 120, b"Wang\0\0", "seen as well, with nickname and group")
    away = "王芳[午休]".encode("gbk") + b"\0" + "财务部".encode("gbk") + b"\0"
    say(wang, BROADCAST, start - 600, 0x600104, away, "away from now on", start + 300)
    say(lee, wang, start + 310, 80, b"", "how long away?", start + 310)
    say(wang, lee, start - 589, 81, "午休，两点回来".encode("gbk") + b"\0", "the away text")
    say(lee, wang, start + 312, 64, b"", "which version?")
    say(wang, lee, start - 588, 65, "飞秋 3.0 正式版".encode("gbk") + b"\0", "the version text")
    say(wang, BROADCAST, start + 6000, 6291458, nick, "log-out", start + 6900)
    say(lee, BROADCAST, start + 7000, 6291458, b"Lee\0\0", "log-out", start + 7000)
    return capture


def _versions():
    capture = Capture("versions.pcapng",
                      "FeiQ's version field in every generation: lbt4, lbt6, lbt80")
    comments = {
        3: "lbt6, answer", 4: "lbt6 with a custom avatar", 5: "lbt6, level word 130",
        6: "lbt6, answer", 9: "lbt6, answer", 10: "lbt6, log-in with a group",
        11: "lbt6, log-in", 18: "lbt80 with avatar and personal image: typing",
        20: "lbt80, a nickname in GBK", 21: "lbt4, whose version field ends early",
        23: "lbt4, avatar 10", 24: "lbt4: shake", 25: "lbt4 with a seventh part, from a script",
    }
    for last, number in enumerate(sorted(comments, key=packet_number), 50):
        payload = verbatim(number)
        mac = payload.split(b"#")[2].decode().lower()
        host = Host(bytes.fromhex(mac).hex(":"), f"192.168.1.{last}")
        to = BROADCAST
        if b":6291457:" not in payload and b":0:" not in payload:
            to = Host(LEE[0], LEE[1])
        capture.add(host.datagram(to, payload), comments[number], number, packet_number(number))
    third = Host("00:50:56:c0:00:08", "192.168.1.77")
    capture.add(third.datagram(Host(LEE[0], LEE[1]), verbatim(27)),
                "a third program: no MAC, and milliseconds as packet number", 27,
                capture.now // 1_000_000 + 1)
    levels = Host("00:24:81:62:75:12", "192.168.1.78")
    for level in (32899, 65664, 131200):
        version = f"1_lbt4_10#{level}#002481627512#0#0#0"
        levels.user, levels.host = "Administrator", "MICROSO-697TGLD"
        payload = levels.header(1276557511 + level, 6291457, version) + b"nick\0\0"
        capture.add(levels.datagram(BROADCAST, payload), f"level word {level}")
    return capture


def captures():
    return [_session(), _versions()]
