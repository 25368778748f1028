# SPDX-License-Identifier: GPL-2.0-or-later
"""FeiQ in tshark: fields, columns and expert items; ports, heuristic and Decode As; strangers."""

import random
import unittest

import frames
import shark

VERSION = "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9"


def datagram(command, body, number=1600439688, user="admin", host="DESKTOP-3D9OVMF", code="gbk"):
    return f"{VERSION}:{number}:{user}:{host}:{command}:{body}\0".encode(code)


HELLO = datagram(288, "hello")
REQUEST = datagram(96, "5fc0a1c8:0:0:", code="ascii")

# Payloads of other protocols, some of which begin much like FeiQ's.
STRANGERS = [
    b"GET / HTTP/1.1\r\nHost: a:b:c:d:e\r\n\r\n",
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1:5060\r\n\r\n",
    bytes.fromhex("123401000001000000000000076578616d706c6503636f6d0000010001"),
    bytes.fromhex("e30006ec00000000000000003100000000000000") * 2,
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
    b"10:20:30:40:50:60 up\n",
    b"2:100:user:host:32:hello",
    b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
    b"\0" * 64,
    b"",
]
STRANGERS += [random.Random(seed).randbytes(80) for seed in range(40)]


# On the family's port these are its datagrams, if broken ones; elsewhere they are anybody's.
AMBIGUOUS = [b"1:2:3:4:5:6:7:8\n", b"1:100\n", b"1:2:3", b"1:100:user:host:9999999999:x",
             b"1:100:user:host:238:x", b"1::user:host:32:x"]


class Feiq(unittest.TestCase):
    def columns(self, *payloads):
        path = shark.capture([frames.udp(payload) for payload in payloads])
        return [[value for [value] in row]
                for row in shark.fields(path, ["_ws.col.Protocol", "_ws.col.Info"])]

    def test_the_columns(self):
        self.assertEqual(self.columns(HELLO, datagram(6291457, "小明\0财务部"), datagram(33, "1600439688")),
                         [["FeiQ", "SENDMSG admin@DESKTOP-3D9OVMF → hello"],
                          ["FeiQ", "BR_ENTRY admin@DESKTOP-3D9OVMF nick 小明 group 财务部"],
                          ["FeiQ", "RECVMSG admin@DESKTOP-3D9OVMF ack 1600439688"]])

    def test_a_message_cannot_forge_a_line(self):
        [[_, info]] = self.columns(datagram(288, "a\nb\rc\x1b[31m"))
        self.assertNotRegex(info, "[\\n\\r\\x1b]")

    def test_text_in_any_encoding_is_shown_as_characters(self):
        text = "你好，飞秋 €100"
        path = shark.capture([frames.udp(datagram(288, text, user="张三", code=code))
                              for code in ("gb18030", "utf-8")])
        rows = shark.fields(path, ["feiq.text", "feiq.user", "feiq.encoding"])
        self.assertEqual(rows, [[[text], ["张三"], ["2"]], [[text], ["张三"], ["1"]]])
        self.assertIn(f"Text: {text}", shark.run("-n", "-r", path, "-V"))

    def test_values_and_places_of_fields(self):
        path = shark.capture([frames.udp(HELLO)])
        names = ["feiq.packet_number", "feiq.command_word", "feiq.command", "feiq.options"]
        self.assertEqual(shark.fields(path, names),
                         [[["1600439688"], ["288"], ["0x20"], ["0x00000100"]]])
        self.assertEqual(len(shark.fields(path, ["frame.number"], "-Y", "feiq.option.sendcheck == 1 && "
                                          "feiq.command == SENDMSG && feiq.command_word == 288")), 1)
        # What the tree marks is what was sent: the last two columns of PDML's fields.
        pdml = shark.run("-n", "-r", path, "-T", "pdml")
        for name, sent in (("feiq.user", b"admin"), ("feiq.host", b"DESKTOP-3D9OVMF"),
                           ("feiq.command_word", b"288"), ("feiq.text", b"hello")):
            start = 14 + 20 + 8 + HELLO.index(b":" + sent) + 1
            self.assertRegex(pdml, f'name="{name}" [^>]*size="{len(sent)}" pos="{start}" '
                                   f'[^>]*value="{sent.hex()}"')

    def test_remarks_are_expert_items(self):
        path = shark.capture([frames.udp(b"1:2:3")])
        self.assertEqual(len(shark.fields(path, ["frame.number"], "-Y",
                                          "feiq.header.incomplete && _ws.expert.severity == error")), 1)
        self.assertIn("Header ends before its fifth colon", shark.run("-r", path, "-q", "-z", "expert"))


class Ports(unittest.TestCase):
    def shown(self, contents, *arguments):
        path = shark.capture(contents)
        return [int(number[0]) for [number] in shark.fields(path, ["frame.number"], "-Y", "feiq", *arguments)]

    def test_either_port_leads_here(self):
        self.assertEqual(self.shown([frames.udp(HELLO, 2425, 40000), frames.udp(HELLO, 40000, 2425)]), [1, 2])
        self.assertEqual(self.shown(frames.Stream(2425).client(REQUEST).frames), [4])

    def test_the_heuristic_on_another_port(self):
        contents = [frames.udp(HELLO, 50000, 50001)]
        self.assertEqual(self.shown(contents), [1])
        self.assertEqual(self.shown(contents, "--disable-heuristic", "feiq_udp"), [])
        rows = [line.split("\t") for line in shark.run("-G", "heuristic-decodes").splitlines()]
        self.assertTrue(["udp", "feiq", "T"] in [row[:3] for row in rows])

    def test_ports_of_the_preferences(self):
        self.assertEqual(self.shown([frames.udp(b"1:2:3", 50000, 7000)], "-o", "feiq.udp.port:7000"), [1])
        stream = frames.Stream(7000).client(REQUEST).frames
        self.assertEqual(self.shown(stream), [])
        self.assertEqual(self.shown(stream, "-o", "feiq.tcp.port:7000"), [4])

    def test_decode_as(self):
        self.assertEqual(self.shown([frames.udp(HELLO, 50000, 53)]), [])
        self.assertEqual(self.shown([frames.udp(HELLO, 50000, 53)], "-d", "udp.port==53,feiq"), [1])
        self.assertEqual(self.shown(frames.Stream(7000).client(REQUEST).frames,
                                    "-d", "tcp.port==7000,feiq"), [4])

    def test_strangers_are_left_to_others(self):
        contents = []
        for number, payload in enumerate(STRANGERS):
            contents.append(frames.udp(payload, 40000, 2425))
            contents.append(frames.udp(payload, 50000, 50001))
            contents += frames.Stream(2425, 20000 + number).client(payload).frames
        self.assertEqual(self.shown(contents), [])
        # A payload that is refused is shown by whom it belongs to, as without the plugin.
        path = shark.capture(contents)
        protocols = ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info"]
        self.assertEqual(shark.fields(path, protocols),
                         shark.fields(path, protocols, "--disable-protocol", "feiq"))

    def test_the_heuristic_asks_for_more_than_the_port_does(self):
        self.assertEqual(self.shown([frames.udp(payload, 50000, 50001) for payload in AMBIGUOUS]), [])

    def test_a_stranger_between(self):
        self.assertEqual(self.shown([frames.udp(HELLO), frames.udp(b"\x01\x02\x03"), frames.udp(HELLO)]), [1, 3])


if __name__ == "__main__":
    shark.main()
