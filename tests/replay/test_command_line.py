# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked for, and what is wrong with it."""
import os
import subprocess
import unittest

from replaying import CLIENT, FEIQREPLAY, ROOT, SERVER, Recording, ReplayTest, UdpServer, feiq, saved


def run(*arguments):
    done = subprocess.run([FEIQREPLAY, *arguments], capture_output=True, text=True, timeout=20,
                          check=False)
    return done.returncode, done.stdout, done.stderr


class Mistakes(ReplayTest):
    def refused(self, said, *arguments):
        status, out, err = run(*arguments)
        self.assertEqual((status, out), (2, ""))
        self.assertEqual(err, f"feiqreplay: {said}\n")

    def test_each_names_the_value(self):
        chat = os.path.join(ROOT, "samples", "chat.pcapng")
        self.refused("TARGET and CAPTURE are wanted, see --help", "127.0.0.1")
        self.refused("target 127.0.0.1:0: its port is not a number from 1 to 65535",
                     "127.0.0.1:0", chat)
        self.refused("--port 2425: not RECORDED:LIVE, two numbers from 1 to 65535",
                     "--port", "2425", "127.0.0.1", chat)
        self.refused("--speed fast: not a positive number", "--speed", "fast", "127.0.0.1", chat)
        self.refused("--timeout -1: not from 0 to 3600000 milliseconds",
                     "--timeout", "-1", "127.0.0.1", chat)
        self.refused("--ignore feiq.fish: FeiQ and 1#n have no such field",
                     "--ignore", "feiq.fish", "127.0.0.1", chat)
        self.refused("--server bob: not an address as captures have them",
                     "--server", "bob", "127.0.0.1", chat)
        self.refused("/nowhere: No such file or directory", "127.0.0.1", "/nowhere")
        self.refused("target 127.0.0.1:7: a port here and --port exclude each other",
                     "--port", "2425:7", "127.0.0.1:7", chat)
        status, _, err = run("-o", "feiq.udp.port:x", "127.0.0.1", chat)
        self.assertEqual(status, 2)
        self.assertIn("feiq.udp.port:x", err)
        status, _, err = run("-Y", "feiq.comand == 1", "127.0.0.1", chat)
        self.assertEqual(status, 2)
        self.assertIn("^", err)

    def test_several_ports_want_a_mapping(self):
        recording = Recording()
        recording.datagram(CLIENT, SERVER, b"a", 4000, 4001)
        recording.datagram(CLIENT, SERVER, b"b", 4000, 4002)
        with saved(recording) as file:
            status, _, err = run("127.0.0.1:5000", file.name)
            self.assertEqual(status, 2)
            self.assertIn("the capture has several ports (4001, 4002)", err)
            server = UdpServer(lambda data: [])
            status, _, _ = run("--port", f"4001:{server.port}", "--port", f"4002:{server.port}",
                               "127.0.0.1", file.name)
            self.assertEqual((status, sorted(server.received)), (0, [b"a", b"b"]))

    def test_nothing_to_play(self):
        ethernet = Recording()
        status, _, _, said = self.replay(ethernet, 9)
        self.assertEqual(status, 2)
        self.assertIn("nobody says anything", said)


class Damage(ReplayTest):
    def test_what_can_be_read_is_played(self):
        recording = Recording()
        recording.datagram(CLIENT, SERVER, feiq(1, 0x79, b"\0"))
        recording.datagram(CLIENT, SERVER, feiq(2, 0x7a, b"\0"))
        server = UdpServer(lambda data: [])
        status, outcomes, _, said = self.replay(recording.bytes()[:-20], server.port)
        self.assertEqual((status, len(outcomes)), (3, 1))
        self.assertIn("cannot be read beyond packet 1", said)

    def test_cut_datagrams_are_not_played(self):
        recording = Recording()
        recording.snaplen = 60
        recording.datagram(CLIENT, SERVER, feiq(1, 0x120, b"hello\0"))
        recording.datagram(CLIENT, SERVER, b"short", 1, 2)
        server = UdpServer(lambda data: [])
        _, outcomes, _, said = self.replay(recording, server.port)
        self.assertEqual(len(outcomes), 1)
        self.assertIn("1 datagrams cut by the snapshot length", said)


class Text(unittest.TestCase):
    def test_list_sends_nothing(self):
        status, out, _ = run("--list", "192.0.2.1", os.path.join(ROOT, "samples", "chat.pcapng"))
        self.assertEqual(status, 0)
        self.assertIn("server: 192.168.1.30", out)
        self.assertIn("你好，三点开会吗", out)

    def test_as_a_person_reads_it(self):
        recording = Recording()
        recording.datagram(CLIENT, SERVER, feiq(1, 0x120, "你好".encode("gbk") + b"\0"))
        recording.datagram(SERVER, CLIENT, feiq(2, 0x21, b"1\0"))
        server = UdpServer(lambda data: [feiq(9, 0x21, b"3\0")])
        with saved(recording) as file:
            status, out, _ = run(f"127.0.0.1:{server.port}", file.name)
        lines = out.splitlines()
        self.assertEqual(status, 1)
        self.assertIn("SENDMSG ann@PC → 你好", lines[0])
        self.assertIn("<- DIFFERENT", lines[1])
        self.assertEqual([line.strip() for line in lines[2:5]],
                         ["feiq.ack", "recorded: 1", "live:     3"])
        self.assertIn("of 1 answers 0 as recorded, 1 different, 0 missing; 0 unexpected", lines[5])


if __name__ == "__main__":
    unittest.main()
