#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Preferences, Decode As and the heuristic: feiqdump and tshark, told the same, say the same.

    preferences.py --feiqdump PROGRAM --plugins DIR

Each case says what is sent, what both programs are told, and a field with the values that it must
have; all fields of both are then compared as in differential.py.
"""

import argparse
import os
import pathlib
import struct
import sys
import tempfile

import differential

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "wireshark"))
import frames  # noqa: E402


def feiq(text, command=288, code="gbk", user="user"):
    return f"1:100:{user}:host:{command}:{text}\0".encode(code)


def lengths(*messages):
    return b"".join(struct.pack("!I", len(message)) + message for message in messages)


def datagrams(*payloads, port=2425):
    return [frames.udp(payload, 40000, port) for payload in payloads]


def stream(port, *segments, answers=()):
    return frames.Stream(port).client(*segments).server(*answers).frames


JAPANESE = feiq("日本語テスト ｶﾅ ソ能表", code="cp932", user="花子")
UTF8 = feiq("你好，飞秋", command=288 | 0x800000, code="utf-8")
AMBIGUOUS = feiq("你好", code="utf-8")
REQUEST = b"1:101:user:host:96:64:0:0:"
HELLO = feiq("hello")
LOGIN = "1#1#小明\n".encode("gbk")
JAPANESE_LOGIN = "1#1#花子\n".encode("cp932")

# name, frames, options of both, field, its values in all frames
CASES = [
    ("encoding by itself", datagrams(JAPANESE, UTF8, AMBIGUOUS), [], "feiq.encoding", ["2", "1", "1"]),
    ("Shift-JIS", datagrams(JAPANESE, UTF8, AMBIGUOUS, HELLO), ["-o", "feiq.encoding:shift-jis"],
     "feiq.encoding", ["5", "1", "5", "0"]),
    ("Shift-JIS, read", datagrams(JAPANESE), ["-o", "feiq.encoding:shift-jis"],
     "feiq.text", ["日本語テスト ｶﾅ ソ能表"]),
    ("Shift-JIS, the names", datagrams(JAPANESE), ["-o", "feiq.encoding:shift-jis"], "feiq.user", ["花子"]),
    ("GB18030", datagrams(JAPANESE, UTF8, AMBIGUOUS), ["-o", "feiq.encoding:gb18030"],
     "feiq.encoding", ["2", "1", "2"]),
    ("UTF-8", datagrams(feiq("你好"), AMBIGUOUS), ["-o", "feiq.encoding:UTF-8"], "feiq.text", ["\ufffd\ufffd\ufffd", "你好"]),
    ("absolute numbers", stream(12425, LOGIN), ["-o", "tcp.relative_sequence_numbers:FALSE"],
     "tcp.seq", ["1000", "5000", "1001", "1001"]),
    ("1#n by itself", stream(12425, LOGIN), [], "onehash.nick", ["小明"]),
    ("1#n in Shift-JIS", stream(12425, JAPANESE_LOGIN), ["-o", "onehash.encoding:shift-jis"], "onehash.nick", ["花子"]),
    ("FeiQ's encoding is not 1#n's", stream(12425, LOGIN), ["-o", "feiq.encoding:shift-jis"], "onehash.nick", ["小明"]),
    ("ports of FeiQ over UDP", datagrams(b"1:2:3", port=7000) + datagrams(HELLO),
     ["-o", "feiq.udp.port:7000-7001"], "feiq.packet_number", ["2", "100"]),
    ("no port of FeiQ over UDP", datagrams(b"1:2:3") + datagrams(HELLO), ["-o", "feiq.udp.port:"], "feiq.packet_number", ["100"]),
    ("ports of FeiQ over TCP", stream(7000, REQUEST) + stream(2425, REQUEST), ["-o", "feiq.tcp.port:6999,7000"],
     "feiq.request.packet_number", ["100"]),
    ("ports of 1#n", stream(7000, b"1#1#tom\n") + stream(7001, b"1#2\n") + stream(12425, b"1#1#no\n"),
     ["-o", "onehash.chat_ports:7000", "-o", "onehash.control_ports:7001-7002"],
     "onehash.service", ["2", "1"]),
    ("framing", stream(12425, b"1#2" + bytes(13)), ["-o", "onehash.framing:fixed", "-o", "onehash.block_size:16"],
     "onehash.framing", ["3"]),
    ("dialect", stream(12425, b"1#2\n"), ["-o", "onehash.dialect:control"], "onehash.operation", ["2"]),
    ("dialect of another port", stream(7000, b"1#1#tom\n"),
     ["-d", "tcp.port==7000,onehash", "-o", "onehash.dialect:chat"], "onehash.nick", ["tom"]),
    ("the heuristic", datagrams(HELLO, b"1:2:3", b"hello", b"1:100:a:b:32", port=50000), [], "feiq.packet_number", ["100"]),
    ("no heuristic", datagrams(HELLO, port=50000) + datagrams(HELLO), ["--disable-heuristic", "feiq_udp"],
     "feiq.packet_number", ["100"]),
    ("FeiQ decoded as", datagrams(HELLO, b"1:2:3", port=53) + stream(7000, REQUEST),
     ["-d", "udp.port==53,feiq", "-d", "tcp.port==7000,feiq"], "feiq.packet_number", ["100", "2", "101"]),
    ("1#n decoded as", stream(7000, b"1#1#a\n", answers=[b"2#1#0#hello\n"]) + stream(7001, lengths(b"1#2", b"1#3")),
     ["-d", "tcp.port==7000-7001,onehash"], "onehash.kind", ["1", "2", "1", "1"]),
    ("1#n on FeiQ's port", stream(2425, b"1#1#a\n", REQUEST), ["-d", "tcp.port==2425,onehash"],
     "onehash.service", ["0"]),
    ("FeiQ on 1#n's port", stream(12425, REQUEST), ["-d", "tcp.port==12425,feiq"], "feiq.packet_number", ["101"]),
    ("a port of a service stays one", stream(7000, b"1#1#tom\n"),
     ["-d", "tcp.port==7000,onehash", "-o", "onehash.chat_ports:7000"], "onehash.service", ["2"]),
]


def values(packets, field):
    return [value for packet in packets for value in packet.get(field, [])]


def check(case, arguments, folder):
    name, contents, options, field, wanted = case
    capture = os.path.join(folder, "capture.pcap")
    frames.write_pcap(capture, contents)
    ours_options = ["--decode-as" if option == "-d" else option for option in options]
    ours, complaint = differential.read_feiqdump(arguments.feiqdump, capture, False, ours_options)
    theirs = differential.read_tshark(arguments.plugins, capture, False, options)
    wrong = [complaint] if complaint else []
    for who, packets in (("feiqdump", ours), ("tshark", theirs)):
        if values(packets, field) != wanted:
            wrong.append(f"{field} is {values(packets, field)} to {who}, not {wanted}")
    before = differential.reasons.Before()
    for number, (mine, other) in enumerate(zip(ours, theirs), 1):
        before.add(other, differential.hidden_layers(other))
        for differs, a, b in differential.compare_packet(mine, other, capture, number, before):
            wrong.append(f"frame {number}: {differs} is {a} to feiqdump and {b} to tshark")
    if len(ours) != len(theirs):
        wrong.append(f"{len(ours)} and {len(theirs)} packets")
    for line in wrong:
        print(f"{name}: {line}")
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("--plugins", required=True)
    arguments = parser.parse_args()
    differential.check_plugin(arguments.plugins)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        right = sum([check(case, arguments, folder) for case in CASES])
    print(f"{right} of {len(CASES)} cases are right")
    return 0 if right == len(CASES) else 1


if __name__ == "__main__":
    sys.exit(main())
