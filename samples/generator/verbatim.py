# SPDX-License-Identifier: GPL-2.0-or-later
"""Datagrams and requests that are printed byte for byte in public sources.

Each has the number that comments, the captures and samples/README.md call it by: what stands in
print ("\\0" is NUL, "…" is where the print ends), what was completed, and where it is from.
"""

import re
from dataclasses import dataclass


@dataclass
class Sample:
    number: int
    printed: str
    source: str
    completed: str = ""  # what follows where the print lost it
    note: str = ""

    def bytes(self):
        text = self.printed.rstrip("…") + self.completed
        return text.replace("\\0", "\0").replace("\\a", "\a").encode("gbk")


_LOST = "the NULs were lost in print"

SAMPLES = {
    sample.number: sample
    for sample in [
        Sample(1, "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:1600439688:admin:DESKTOP-3D9OVMF:288:",
               "course notes on FeiQ", "hello\\0", "the text is not printed"),
        Sample(2, "1_lbt6_0#128#E0ACCB8AB708#0#0#0#4001#9:1600444769:win8:APPLE:210:",
               "course notes on FeiQ", "\\0", _LOST),
        Sample(3, "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1780525944:13652:DESKTOP-4331HHF:"
               "6291459:13652\\0\\0", "zyqg/feiq-android"),
        Sample(4, "1_lbt6_0#131#F46D04EE2666#1221#0#0#4001#9:1440897450:Guiyun:DEV6-GUIYUN-PC:0:",
               "public source", "\\0", _LOST),
        Sample(5, "1_lbt6_0#130#2C56DC3A719B#0#0#0#4001#9:1488994780:Administrator:"
               "DESKTOP-2NQ89L3:0:", "public source", "\\0", _LOST),
        Sample(6, "1_lbt6_0#128#5C60BA7361C6#1944#0#0#4001#9:1765442982:T0170006:SHIKUN-SH:"
               "6291459:ssk", "heheshang/feiqiu-communication", "\\0\\0", _LOST),
        Sample(7, "1_lbt6_0#128#C85B76BD9F3F#0#0#0#4001#9:1655805995:Lee:LEE-PC:0:\\0",
               "public source"),
        Sample(8, "1_lbt6_0#128#C85B76BD9F3F#0#0#0#4001#9:1655805996:Lee:LEE-PC:6291457:Lee\\0\\0",
               "public source"),
        Sample(9, "1_lbt6_0#128#000C29DCD6D7#0#0#0#4001#9:1508920396:Apple:WIN-SMFIBLTAL72:"
               "6291459:Apple", "public source", "\\0\\0", _LOST),
        Sample(10, "1_lbt6_0#128#74E6E2152F9D#0#0#0#4001#9:1523394673:sayyid:DESKTOP-DDQ2SA7:"
               "6291457:sayyid\\0group", "public source", "\\0",
               "printed as `sayyidgroup`; the NULs were lost"),
        Sample(11, "1_lbt6_0#128#201A065B4BBE#0#0#0#4001#9:1385127288:wangli:WANGLI-PC:6291457:"
               "wangli\\0…", "public source", "\\0", "the print ends after the first NUL"),
        Sample(12, "1:832011383:wangli:WANGLI-PC:43521:WANGLI-PC\\0WorkGroup\\0A4-DB-30-9E-DA-3B…",
               "public source (FeiGe)",
               "\\0\\0\\0\\0\\0\\0192.168.1.12\\0\\0\\0\\0\\0WANGLI-PC\\0",
               "the rest of the fourteen parts is completed"),
        Sample(13, "1_lbt80_0#131200#28E3475C0E3E#3380#43820#0#4000#9:1506330342:Administrator:"
               "2ZX58O463BS7FN4:2097440:\\00:new_1.py:01f1:59bbf8db:1:\\a\\0", "public source"),
        Sample(14, "1_lbt80_0#128#000C29770BAB#0#0#0#4000#9:1501684876:Administrator:"
               "DONGGE-32E5DBE1:96:59819fd7:0:0:", "public source"),
        Sample(15, "1_lbt80_47#128#74E6E238FE3E#0#0#0#4000#9:1505921577:king:KING-PC:96:"
               "59c21f39:0:0:", "public source"),
        Sample(16, "1_lbt80_0#160#FC4DD4D98024#0#0#0#4000#9:1546091332:caoweigang:CAOWEIGANG:96:"
               "5:2710:0:", "public source"),
        Sample(18, "1_lbt80_11#128#E86A64026400#2046#20978#0#4000#9:1571664885:24479:"
               "LAPTOP-BJF4Q6NL:121:\\0", "public source"),
        Sample(20, "1_lbt80_8#128#80FA5B42A569#0#0#0#4000#9:1505470103:hasee:DESKTOP-KG65FBS:"
               "6291459:35_孙志成", "public source", "\\0\\0", _LOST),
        Sample(21, "1_lbt4_12#128#001EEC0E0C0B#0#0#0:1297408327:xdx:sdq-4F61952E5CE:6291459:zdq",
               "public source", "\\0\\0", _LOST),
        Sample(23, "1_lbt4_10#128#002481627512#0#0#0:1276557510:Administrator:MICROSO-697TGLD:"
               "6291459:nick", "public source", "\\0\\0", _LOST),
        Sample(24, "1_lbt4_0#128#001E8C97A9FB#0#0#0:1277922188:root:superman:209:\\0",
               "public source"),
        Sample(25, "1_lbt4_0#128#000C29D68D8F#0#0#0#2.5a:1399716676:%s:%s:209:.",
               "public source (a script's template)", "",
               "%s stays where the script puts user and host"),
        Sample(27, "1_lbt6_8#998#FeiX#0#0#0#4001#9:1523368691537:def:TINCHER:288:",
               "public source (a third program)", "hi\\0", "the text is not printed"),
        Sample(28, "1@shiyeline:8574:WDAGUtilit:B070939D-A:1:B070939D-A\\0内网通联系人\\0"
               "3b9d1aadecebe74f8ea1cb3af56538fc\\0", "sammary114/LanBridge (内网通)"),
        Sample(30, "1_iptux 0.8.0-b1:6:lidaobing:LIs-MacBook-Pro.local:259:中…\\0\\0icon-tux.png\\0"
               "utf-8\\0", "iptux-src/iptux", "", "the nickname is completed to 中文, in UTF-8"),
        Sample(31, "1:100:shirouzu:jupiter:32:Hello", "shirouzu/ipmsg"),
    ]
}


def verbatim(number):
    if number == 30:
        text = SAMPLES[30].printed.replace("…", "文").replace("\\0", "\0")
        return text.encode()
    return SAMPLES[number].bytes()


def packet_number(number):
    """Which is a Unix time in most of FeiQ's datagrams."""
    return int(re.search(rb":(\d+):", verbatim(number))[1])
