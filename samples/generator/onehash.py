# SPDX-License-Identifier: GPL-2.0-or-later
"""1#n on both of its services in each of its four framings, with messages stuck together (粘包)
and messages in pieces."""

import struct

from .capture import Capture
from .connection import Connection
from .hosts import Host

CHAT, CONTROL = 12425, 12426
BLOCK = 128

PROCESSES = ["1 systemd", "412 sshd", "977 feiqd", "1204 notepad"]


def _line(message):
    return (message + "\n").encode()


def _length(message):
    data = message.encode()
    return struct.pack("!I", len(data)) + data


def _fixed(message):
    data = message.encode()
    return data + bytes(-len(data) % BLOCK)


def _bare(message):
    return message.encode()


def _reply(code, lines, status=0):
    return "\n".join([f"2#{code}#{status}#{len(lines)}", *lines])


def _capture(name, shows, frame, start):
    bare = frame is _bare

    def reply(code, lines, status=0):
        # An exercise's server answers with the body alone.
        return frame("\n".join(lines) + "\n" if bare else _reply(code, lines, status))

    teacher = Host("14:18:77:b3:da:81", "192.168.1.20", ttl=64)
    pupil = Host("52:54:00:12:34:56", "192.168.1.21", ttl=64)
    server = Host("52:54:00:12:34:01", "192.168.1.5", ttl=64)
    capture = Capture(name, shows, start=start)

    control = Connection(capture, teacher, server, CONTROL, 40001)
    control.request(frame("1#2"), "which processes?")
    control.answer(reply(2, PROCESSES), "the processes")
    control.request(frame("1#3#notepad") + frame("1#2"), "two requests stuck together")
    control.answer(reply(3, ["ended 1 process"]) + reply(2, PROCESSES[:3]),
                   "both replies stuck together")
    control.request(frame("1#3#没有这个"), "a name in Chinese that no process has")
    control.answer(reply(3, ["no such process"], 4), "not found")
    control.request(frame("1#9"), "a code that there is not")
    control.answer(reply(9, ["unknown code"], 1), "unknown code")
    request = frame("1#1")
    if not bare:
        control.request(request[:2], "the beginning of a request")
        control.request(request[2:], "and its rest: shut down")
    else:
        control.request(request, "shut down")
    control.answer(reply(1, ["shutting down"]), "the machine goes down")
    control.close(by_server=True)

    chat = Connection(capture, pupil, server, CHAT, 40002)
    chat.request(frame("1#1#小明"), "log-in under a name")
    chat.answer(reply(1, ["admin", "win8", "小明"]), "who is there")
    chat.answer(frame("3#1#小红") + frame("3#3#小红#大家好"), "two events stuck together")
    long_text = frame("1#3#*#你们好！" + "这是一句很长的话，长到要分两段才能送到。" * 3)
    cut = 41 if not bare else len(long_text)  # inside a character
    chat.request(long_text[:cut], "the first part of a message to all")
    if long_text[cut:]:
        chat.request(long_text[cut:], "and its second part")
    chat.answer(reply(3, ["sent to 3"]), "sent")
    chat.request(frame("1#3#admin#颜色是 #ff0000"), "a text with # in it, to one user")
    chat.answer(reply(3, ["sent"]), "sent")
    chat.answer(frame("3#2#小红"), "小红 went")
    chat.request(frame("1#2"), "log-out")
    chat.answer(reply(2, ["bye"]), "bye")
    chat.close()
    return capture


def captures():
    return [
        _capture("onehash-line.pcapng", "1#n, a message a line", _line, 1600900000),
        _capture("onehash-length.pcapng", "1#n, four bytes of length before each message", _length,
                 1600910000),
        _capture("onehash-fixed.pcapng", f"1#n in blocks of {BLOCK} bytes (must be configured)",
                 _fixed, 1600920000),
        _capture("onehash-bare.pcapng", "1#n with nothing between messages, as a first exercise "
                 "sends it", _bare, 1600930000),
    ]
