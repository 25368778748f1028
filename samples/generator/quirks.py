# SPDX-License-Identifier: GPL-2.0-or-later
"""What is odd but in use, and what is plainly broken."""

from .capture import Capture
from .chat import ADMIN, FONT, WIN8
from .hosts import BROADCAST, Host
from .vendors import ipdict

NEW = "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9"


class _Speaker:
    """Adds datagrams of admin to a capture."""

    def __init__(self, capture):
        self.capture, self.admin, self.win8 = capture, Host(*ADMIN), Host(*WIN8)
        self.number = capture.now // 1_000_000

    def raw(self, payload, comment, to=None, **ports):
        self.capture.add(self.admin.datagram(to or self.win8, payload, **ports), comment)

    def say(self, command, body, comment, version=NEW, number=None, to=None):
        self.number += 1
        payload = self.admin.header(number or self.number, command, version) + body
        self.raw(payload, comment, to)


def gbk(string):
    return string.encode("gbk")


def _quirks():
    capture = Capture("quirks.pcapng", "What the family's programs really send, one oddity a "
                      "datagram", start=1600500000)
    speaker = _Speaker(capture)
    say = speaker.say

    for nuls in range(3):
        say(288, b"hello" + bytes(nuls), f"text that ends with {nuls} NULs")
    say(288, gbk("10:30 见: http://example.com:8080/\0"), "colons in the text end nothing")
    speaker.raw(gbk(f"{NEW}:1600500010:张三:办公室电脑:288:在吗\0"), "user and host in GBK")
    speaker.raw(f"{NEW}:1600500011:张三:办公室电脑:288:在吗\0".encode(),
                "UTF-8, though no option says so")
    say(288, b"no encoding: \xff\xfe\x80\0", "bytes of no known encoding")
    say(0x00800120, "在吗？é\0".encode(), "UTF-8, as option 0x800000 says")
    say(0x00800120, gbk("你好\0"), "option 0x800000 says UTF-8, the bytes are GBK")
    say(288, b"hello\0", "a version with the digit 1 for the letter l", "1_1bt4_0#128#141877B3DA81")
    say(288, b"hello\0", "milliseconds as packet number", number=1501745625079)
    say(288, b"hello\0", "a counter as packet number", number=6)
    say(1, b"admin\0\0", "sixteen digits for a MAC", "1_lbt6_0#128#F4B5203C203C2B02#0#0#0#4001#9",
        to=BROADCAST)
    say(1, b"admin\0\0", "GBK for a MAC", "1_lbt6_0#128#206服务器#0#0#0#4001#9", to=BROADCAST)
    say(1, b"admin\0\0", "a MAC in small letters", "1_lbt6_0#128#141877b3da81#0#0#0#4001#9",
        to=BROADCAST)
    say(1, b"admin\0\0", "a word for a MAC", "1_lbt6_0#128#ROCKETX#0#0#0#4001#9", to=BROADCAST)
    for parts in (1, 2, 6, 7, 9):
        version = "#".join("1_lbt6_0 128 141877B3DA81 0 0 0 4001 9 extra".split()[:parts])
        say(1, b"admin\0\0", f"a version of {parts} parts", version, to=BROADCAST)
    say(0x121, b"1600500001\0", "option 0x100 on an acknowledgement")
    say(0x2000C0, b"64ea4edd|4|0|1|1|4|0|2|0|00000000#\0\xff\xd8\xff\xd9",
        "0x200000 on an image chunk: no list of files follows")
    say(0x2000C0, b"a3b4c5d6|353687|0|691|0|512|0|2|0|00000000#\0" + bytes(range(256)) * 2,
        "an image whose chunks are counted from 0")
    say(176, b"\0", "176 from FeiQ: asks to assist, though IP Messenger polls with it")
    speaker.raw(b"1:1600500031:shirouzu:jupiter:176:" + ipdict(VER=3, POLL=1),
                "176 from IP Messenger: a poll")
    say(119, b"admin\0\0", "119 with nickname and group")
    say(119, b"\0", "119 with nothing")
    say(120, b"\0", "120 with nothing")
    say(0x200120, b"\x00010:a.txt:1f:59bbf8db:1:\a\0", "an attachment list that ends BEL NUL")
    say(0x200120, b"\x00010:a.txt:1f:59bbf8db:1:\a:", "one that ends BEL colon")
    say(0x200120, b"\x00010:a.txt:1f:59bbf8db:1:", "one that ends with a colon")
    say(0x200120, b"\x00010:a.txt:1f:59bbf8db:1:\a:11:b.txt:01F:59BBF8DB:1:\a:\0",
        "a colon before the next attachment, and hex in capitals")
    say(288, gbk("没有右括号{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体 0;"),
        "a font without its closing brace")
    say(288, gbk("if (x) { y(); } " + FONT + "\0"), "braces in the text, a space before the font")
    say(288, gbk("{/font; 是什么？\0"), "the beginning of a font that is none")
    say(288, gbk("/:)/:~/8-)/<rotate>/:huaixiao/:love/:nothing 一/;-D" + FONT + "\0"),
        "emoticons, known and unknown")
    say(288, gbk("看图 /~#>64ea4edd<B~ 和 /~#>64ea4ede<G~" + FONT + "\0"), "references to images")
    again = f"{NEW}:1600500099:admin:DESKTOP-3D9OVMF:288:".encode() + b"twice\0"
    speaker.raw(again, "a message")
    speaker.raw(again, "the same once more, since its acknowledgement was lost")
    say(0x2120, gbk("我不在\0"), "an automatic reply")
    say(0x0520, gbk("下班关灯\0"), "a message to all", to=BROADCAST)
    say(0x08200120, b"\x004369:clip.png:2f00:59c8c1d0:20:8=0:\a\0", "an image from the clipboard")
    say(114, b"21003\0", "capabilities whose bits changed their meaning over time")
    say(78, b"\0", "a command that nobody has described")
    speaker.raw(f"{NEW}:1600500101:admin:DESKTOP-3D9OVMF:288:hi\0".encode(),
                "from and to other ports: an answer to a second instance", port=2426)
    six = Host(ADMIN[0], "fe80::1618:77ff:feb3:da81", *ADMIN[2:], ttl=1)
    capture.add(six.datagram("ff02::1", six.header(1600500102, 1) + b"admin\0\0"),
                "over IPv6 multicast")
    speaker.raw(b"IP2:5:a:1:1:Z", "an IPDict, which has no header of the classic kind")
    return capture


def _malformed():
    capture = Capture("malformed.pcapng", "What breaks the family's rules", start=1600600000)
    speaker = _Speaker(capture)
    say, raw = speaker.say, speaker.raw
    raw(b"", "an empty datagram")
    raw(b"1", "one byte")
    raw(b"1:2:3", "too few colons")
    raw(f"{NEW}:1600600001:admin:DESKTOP-3D9OVMF:288".encode(), "no colon behind the command")
    raw(f"{NEW}:sixteen:admin:DESKTOP-3D9OVMF:288:hello\0".encode(), "a packet number in words")
    raw(f"{NEW}:1600600002:admin:DESKTOP-3D9OVMF:4294967296:hello\0".encode(),
        "a command word beyond 32 bits")
    raw(f"{NEW}:1600600003:admin:DESKTOP-3D9OVMF:-1:hello\0".encode(), "a negative command word")
    raw(f"{NEW}:1600600004:admin:DESKTOP-3D9OVMF::hello\0".encode(), "no command word")
    raw(f"{NEW}:99999999999999999999999:admin:DESKTOP-3D9OVMF:288:hello\0".encode(),
        "a packet number beyond 64 bits")
    raw(bytes(range(48)), "bytes that are none of the family's")
    raw(b"2:1600600005:admin:HOST:32:hello\0", "a version that is not 1")
    say(33, b"soon\0", "an acknowledgement of no number")
    say(33, b"\0", "an acknowledgement of nothing")
    say(0x200120, b"\0nonsense\a\0", "an attachment without its parts")
    say(0x200120, b"\x000:a:xyz:59bbf8db:1:\a\0", "a size that is not hex")
    say(0x200120, b"\x000:a:ffffffffffffffffff:59bbf8db:1:\a\0", "a size beyond 64 bits")
    say(0x200120, b"text only\0", "a list is promised, none is there")
    say(0x2000C0, b"64ea4edd|622241|0|1216|1|512|0|2|0|00000000#\0" + bytes(100),
        "an image chunk shorter than it says")
    say(0x2000C0, b"64ea4edd|nonsense#\0", "an image chunk without its parts")
    say(0x400023, b"", "a group message without a body",
        "1_lbt6_0#128#141877B3DA81#0#0#512#4001#9", to="226.81.9.8")
    say(0x400120, b"20002:xyz:123\0", "an encrypted message that is not hex")
    say(115, b"21003:10001\0", "a public key without its modulus")
    say(19, b"    0\a    9\awin8\aAPPLE\a", "a host list that breaks off")
    raw(b"IP2:ffff:VER:1:3:Z", "an IPDict longer than its datagram")
    raw(b"IP2:zz:", "an IPDict whose length is no number")
    return capture


def _cut_short():
    capture = Capture("cut-short.pcap", "A snapshot length of 96 bytes: the end of each datagram "
                      "was not captured", snaplen=96, start=1600700000)
    speaker = _Speaker(capture)
    speaker.say(288, gbk("这句话在捕获文件里只剩下开头几个字" + FONT + "\0"), "text cut in a font")
    speaker.say(0x200120, b"see there\x000:new_1.py:01f1:59bbf8db:1:\a\0", "cut in the header")
    speaker.raw(b"1:100:u:h:2097440:see there\x000:new_1.py:01f1:59bbf8db:1:\a\0",
                "cut in an attachment")
    speaker.raw(gbk("1:101:u:h:288:在吗在吗在吗在吗在吗在吗在吗在吗在吗在吗在吗"), "cut in a character")
    speaker.raw(b"1:102:u:h:288:hello\0", "short enough to be whole")
    return capture


def captures():
    return [_quirks(), _malformed(), _cut_short()]
