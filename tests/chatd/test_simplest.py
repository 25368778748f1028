# SPDX-License-Identifier: GPL-2.0-or-later
"""The clients of a first exercise: nc, and the one that docs/chatd.md shows, in all four framings."""
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import unittest

import feiq_peer as feiq
from daemon import DaemonTest
from test_node import NodeTest

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "chatd.md")
BLOCK = 128


def length(data):
    return struct.pack(">I", len(data)) + data


def fixed(data):
    return data + bytes(BLOCK - len(data) % BLOCK)


# framing: how a client sends a request, and how a message of the server begins and ends
LINE = (lambda data: data + b"\n",) * 2
LENGTH = (length, length)
FIXED = (fixed, fixed)


class Nc(DaemonTest):
    """nc with nothing but printf before it: `printf '1#1#nc' | nc 127.0.0.1 12425`."""

    def nc(self, data, service="chat"):
        program = shutil.which("nc")
        if program is None:
            self.skipTest("nc (netcat-openbsd) is not installed")
        run = subprocess.run([program, "-w", "1", "127.0.0.1", str(self.daemon.ports[service])],
                             input=data, stdout=subprocess.PIPE, timeout=20, check=False)
        return run.stdout

    def check(self, send, receive):
        requests = send("1#1#学生".encode()) + send("1#3#学生#你好".encode()) + send(b"1#2")
        answers = (receive("2#1#0#1\n学生".encode()), receive("3#3#学生#你好".encode()),
                   receive(b"2#3#0#0"), receive(b"2#2#0#0"))
        self.assertEqual(self.nc(requests), b"".join(answers))

    def check_control(self, send, receive):
        processes = self.nc(send(b"1#2"), "control")
        self.assertIn(f"\n{os.getpid()} ".encode(), b"\n" + processes)
        self.assertEqual(self.nc(send(b"1#1"), "control"), receive(
            b"2#1#3#1\nThe configuration does not allow it (allow-shutdown)"))


class Auto(Nc):
    def test_line(self):
        self.check(*LINE)
        self.check_control(*LINE)

    def test_length(self):
        self.check(*LENGTH)
        self.check_control(*LENGTH)

    def test_bare(self):
        """Stuck together as a first exercise sends them; answered without heads."""
        self.assertEqual(self.nc("1#1#学生1#3#学生#你好1#2".encode()),
                         "学生\n3#3#学生#你好".encode())
        self.assertIn(f"\n{os.getpid()} ".encode(), b"\n" + self.nc(b"1#2", "control"))
        self.assertEqual(self.nc(b"1#1", "control"),
                         b"The configuration does not allow it (allow-shutdown)\n")


class Fixed(Nc):
    SETTINGS = {"chat": {"framing": "fixed"}, "control": {"framing": "fixed"}}

    def test_fixed(self):
        self.check(*FIXED)
        self.check_control(*FIXED)


class Student:
    """The client of the page as a program of its own, with its standard input and output."""

    def __init__(self, test, program):
        self.test = test
        self.output = b""
        self.process = subprocess.Popen([*program, str(test.daemon.ports["chat"])],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        test.addCleanup(self.process.stdout.close)
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def expect(self, text):
        deadline = time.monotonic() + 10
        while text.encode() not in self.output:
            self.output += self.process.stdout.read() or b""
            self.test.assertLess(time.monotonic(), deadline, f"{text!r} not in {self.output!r}")
            time.sleep(0.01)

    def end(self):
        self.process.stdin.close()
        self.test.assertEqual(self.process.wait(10), 0)


class Course(DaemonTest):
    def code(self, encode="line.encode()"):
        with open(PAGE, encoding="utf-8") as file:
            code = re.search(r"```python\n(.*?)```", file.read(), re.DOTALL).group(1)
        self.assertEqual(len(code.splitlines()), 9)
        self.assertIn("line.encode()", code)
        return code.replace("line.encode()", encode)

    def program(self, code):
        return [sys.executable, "-c", code]

    def converse(self, encode, has_heads=True, other="line.encode()"):
        alice, bob = (Student(self, self.program(self.code(each))) for each in (encode, other))
        bob.type("1#1#鲍勃")
        bob.expect("2#1#0#1\n鲍勃")
        alice.type("1#1#alice")
        alice.expect("2#1#0#2" if has_heads else "鲍勃\nalice\n")
        bob.expect("3#1#alice")
        alice.type("1#3#鲍勃#你好")
        bob.expect("3#3#alice#你好")
        bob.type("1#3#alice#hello")
        alice.expect("3#3#鲍勃#hello")
        alice.type("1#2")
        bob.expect("3#2#alice")
        alice.end()
        bob.end()

    def test_lines(self):
        self.converse("line.encode()")

    def test_bare(self):
        self.converse("line.strip().encode()", has_heads=False)

    def test_length(self):
        self.converse("__import__('struct').pack('>I', len(line.strip().encode()))"
                      " + line.strip().encode()")


class FixedCourse(Course):
    SETTINGS = {"chat": {"framing": "fixed"}}

    def test_lines(self):
        padded = "line.strip().encode().ljust(128, b'\\0')"
        self.converse(padded, other=padded)

    test_bare = test_length = None


class InC:
    """The same client in C; what it sends is framed by what stands in for its last write."""

    LINE = "write(server, data, n)"
    BARE = "write(server, data, n - 1)"
    LENGTH = "write(server, &(unsigned){htonl(n - 1)}, 4), write(server, data, n - 1)"
    FIXED = "memset(data + n - 1, 0, 128 - (n - 1)), write(server, data, 128)"

    def code(self, encode="line.encode()"):
        with open(PAGE, encoding="utf-8") as file:
            code = re.search(r"```c\n(.*?)```", file.read(), re.DOTALL).group(1)
        self.assertIn(self.LINE, code)
        how = {"line.encode()": self.LINE, "line.strip().encode()": self.BARE}.get(
            encode, self.FIXED if "ljust" in encode else self.LENGTH)
        return "#include <string.h>\n" + code.replace(self.LINE, how)

    def program(self, code):
        compiler = shutil.which("cc")
        if compiler is None:
            self.skipTest("there is no C compiler called cc")
        program = os.path.join(self.daemon.folder, f"client{abs(hash(code))}")
        subprocess.run([compiler, "-x", "c", "-std=c17", "-Wall", "-Wextra", "-o", program, "-"],
                       input=code.encode(), check=True, timeout=60)
        return [program]


class CourseInC(InC, Course):
    pass


class FixedCourseInC(InC, FixedCourse):
    pass


class OneList(NodeTest):
    """Users of each framing and of FeiQ stand in one list and write to each other. Where blocks are
    configured there is no other framing."""

    def settings(self):
        return {"limits": {"shouts-per-second": "1000"}}

    def check(self, framings):
        self.enter(self.bob)
        users = {f"{framing}用户": self.client(framing) for framing in framings}
        for name, client in users.items():
            client.seen = ""
            client.send(f"1#1#{name}")
            self.wait_for(client, "bob")
            self.wait_for(client, name)
        self.assertEqual(self.client(framings[0]).ask("1#11")[1],
                         ["feiq bob", *(f"chat {name}" for name in users)])
        for name, client in users.items():
            for other, receiver in users.items():
                text = f"{name}写给{other}"
                client.send(f"1#3#{other}#{text}")
                self.wait_for(receiver, f"3#3#{name}#{text}")
            client.send(f"1#3#bob#{name}写给 bob")
            self.assertEqual(self.bob.expect(feiq.SENDMSG).text.decode("gbk"),
                             f"{name}: {name}写给 bob")
            self.bob.say(f"@{name} bob 写给{name}")
            self.wait_for(client, f"3#3#bob#bob 写给{name}")

    def wait_for(self, client, wanted):
        """What comes without heads may come stuck together."""
        while wanted not in client.seen:
            client.seen += client.next()

    def test_all_framings(self):
        self.check(("line", "length", "bare"))


class OneListOfBlocks(OneList):
    def settings(self):
        return {**super().settings(), "chat": {"framing": "fixed"}}

    def test_all_framings(self):
        self.check(("fixed",))


if __name__ == "__main__":
    unittest.main()
