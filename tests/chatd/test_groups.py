# SPDX-License-Identifier: GPL-2.0-or-later
"""FeiQ's chat groups: multicast, encrypted by the sender's MAC."""
import os
import random
import socket
import sys
import unittest

import feiq_peer as feiq
from test_node import NodeTest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples"))
from generator import cipher  # noqa: E402

GROUP = "226.81.9.8"
GROUPMSG, GROUP_ENTRY, ENCRYPT, FILEATTACH = 0x23, 0xc9, 0x400000, 0x200000


def decrypt(mac, text):
    """Blowfish in cipher block chaining from zeros on; the padding is taken off."""
    backwards = cipher._Blowfish(mac)
    backwards.p = backwards.p[::-1]
    plain, before = b"", bytes(8)
    for at in range(0, len(text), 8):
        block = backwards.encrypt(text[at:at + 8])
        plain += bytes(a ^ b for a, b in zip(block, before))
        before = text[at:at + 8]
    return plain[:-plain[-1]]


class Groups(NodeTest):
    NODE = {"groups": "3b199b07:技术部;1:other"}

    def settings(self):
        return {"limits": {"shouts-per-second": 1000}}

    def setUp(self):
        super().setUp()
        self.wire = self.listen(self.bob.port)
        self.addCleanup(self.wire.close)
        self.speak(self.bob)
        self.alice = self.user("alice")

    def peer(self, address, **named):
        peer = super().peer(address, **named)
        self.speak(peer)
        return peer

    def speak(self, peer):
        peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                               socket.inet_aton("127.0.0.1"))

    def listen(self, port):
        """A socket that hears the group."""
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        wire.bind((GROUP, port))
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton(GROUP) + socket.inet_aton("127.0.0.1"))
        wire.settimeout(feiq.PATIENCE)
        return wire

    def hear(self):
        """What the daemon says to the group: (datagram, plain text)."""
        while True:
            data, source = self.wire.recvfrom(65536)
            if source == self.node:
                datagram = feiq.Datagram(data, source)
                parts = datagram.version.split("#")
                self.assertEqual(int(parts[5]), len(datagram.body), "part B is the length")
                return datagram, decrypt(parts[2].encode(), datagram.body)

    def say(self, plain, command=GROUPMSG | ENCRYPT, peer=None, number=None, mac="141877B3DA81"):
        peer = peer or self.bob
        body = cipher.blowfish_cbc(mac.encode(), plain.encode("gbk"))
        peer.version = f"1_lbt6_0#128#{mac}#0#0#{len(body)}#4001#9"
        number = peer.send(command, body, number=number, to=(GROUP, peer.port))
        peer.version = f"1_lbt6_0#128#{mac}#0#0#0#4001#9"
        return number

    def test_a_group_is_entered_and_stands_in_the_list(self):
        self.assertEqual(sorted(self.alice.ask("1#11")[1]),
                         ["chat alice", "feiq other", "feiq 技术部"])
        self.daemon.stop()
        self.daemon.start()
        said = sorted(self.hear()[1] for _ in range(2))
        self.assertEqual(said, [b"QUNMSGMARK#00000001#", b"QUNMSGMARK#3b199b07#"])

    def test_to_the_group(self):
        self.assertEqual(self.alice.ask("1#3#技术部#大家好"), (0, []))
        datagram, plain = self.hear()
        while datagram.command != GROUPMSG:
            datagram, plain = self.hear()
        self.assertEqual(datagram.word, 4194339)
        self.assertRegex(plain.decode("gbk"), r"^QUNMSGMARK#3b199b07_[0-9]+#alice: 大家好$")

    def test_other_chat_users_belong_to_the_group(self):
        self.daemon.stop()
        self.daemon.settings["storage"] = {"database": self.daemon.path("chatd.db")}
        self.daemon.start()
        self.alice, carol = self.user("alice"), self.user("carol")
        self.alice.next()
        self.alice.ask("1#3#技术部#大家好")
        self.alice.ask("1#3#carol#psst")
        self.assertEqual(carol.next(), "3#3#技术部#alice: 大家好")
        self.assertEqual(carol.next(), "3#3#alice#psst")
        self.enter(self.bob)
        self.say("QUNMSGMARK#3b199b07_7#三点开会")
        while "三点开会" not in carol.next():
            pass
        dave = self.user("dave")
        for client in (self.alice, carol, dave):
            lines = [line.split("\t")[3:] for line in client.ask("1#13#9#技术部")[1]]
            self.assertEqual(lines, [["alice", "技术部", "大家好"],
                                     ["技术部", "*", "bob: 三点开会"]])
        self.assertEqual(dave.ask("1#13#9#carol")[1], [], "what is for one is not for others")

    def test_two_interfaces_of_one_sender(self):
        twin = self.peer("127.0.0.3", user="bob", host="BOBPC")
        number = self.say("QUNMSGMARK#3b199b07_7#once")
        self.say("QUNMSGMARK#3b199b07_7#once", peer=twin, number=number)
        self.say("QUNMSGMARK#3b199b07_8#end", peer=twin)
        self.assertIn("once", self.alice.next())
        self.assertIn("end", self.alice.next())

    def test_from_the_group(self):
        carol = self.user("carol")
        self.enter(self.bob)
        for client in (self.alice, carol):
            while client.next() != "3#1#bob":
                pass
        number = self.say("QUNMSGMARK#3b199b07_7#三点开会{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 0;}")
        for client in (self.alice, carol):
            self.assertEqual(client.next(), "3#3#技术部#bob: 三点开会")
        self.say("QUNMSGMARK#3b199b07_7#三点开会{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 0;}",
                 number=number)
        self.assertTrue(self.alice.is_silent(), "repeated")
        self.bob.send(GROUPMSG | FILEATTACH, "QUNMSGMARK#1_8#不加密".encode("gbk"),
                      to=(GROUP, self.bob.port))
        self.assertEqual(self.alice.next(), "3#3#other#bob: 不加密")
        kept = [each for each in self.bob.collect(0.3) if each.command == feiq.RECVMSG]
        self.assertEqual(kept, [], "nobody acknowledges")

    def test_groups_that_are_not_its_own_and_entries_are_not_told(self):
        self.enter(self.bob)
        self.alice.next()
        self.say("QUNMSGMARK#2_7#psst")
        self.say("QUNMSGMARK#3b199b07#", GROUP_ENTRY | FILEATTACH)
        self.assertTrue(self.alice.is_silent())

    def test_damaged_datagrams_do_no_harm(self):
        bits = random.Random(1)
        self.enter(self.bob)
        self.alice.next()
        for _ in range(300):
            body = bytearray(cipher.blowfish_cbc(b"141877B3DA81", b"QUNMSGMARK#1_8#hello"))
            body[bits.randrange(len(body))] ^= 1 << bits.randrange(8)
            del body[bits.randrange(len(body)):]
            self.bob.send(GROUPMSG | ENCRYPT, bytes(body), to=(GROUP, self.bob.port))
        self.say("QUNMSGMARK#1_9#end")
        while self.alice.next() != "3#3#other#bob: end":
            pass

    def test_files_are_not_for_groups(self):
        status, lines = self.alice.ask("1#17#技术部#file#5#0#x")
        self.assertEqual((status, lines), (3, ["“技术部” is a chat group, which takes no files"]))

    def test_the_configuration(self):
        self.daemon.settings["feiq"]["groups"] = "1:renamed;3:new"
        self.daemon.write_config()
        self.daemon.signal(1)
        self.daemon.wait_for_log("read again")
        self.assertEqual(sorted(self.alice.ask("1#11")[1]),
                         ["chat alice", "feiq new", "feiq renamed"])


if __name__ == "__main__":
    unittest.main()
