# SPDX-License-Identifier: GPL-2.0-or-later
"""The FeiQ node as a FeiQ user sees it, and as a chat user does who writes to FeiQ users."""
import random
import time
import unittest

import feiq_peer as feiq
from daemon import DaemonTest
from feiq_peer import INPUT_END, Peer


class NodeTest(DaemonTest):
    """A daemon on 127.0.0.1 that announces itself to itself, 127.0.0.2 and 127.0.0.3 only."""

    NODE = {}

    def setUp(self):
        self.peers = []
        self.bob = Peer("127.0.0.2", user="bob")
        self.peers.append(self.bob)
        self.SETTINGS = {"feiq": {"enabled": "true", "address": "127.0.0.1",
                                  "port": self.bob.port, "user": "chatd", "host": "SERVER",
                                  "nick": "服务", "broadcast": "127.0.0.1;127.0.0.2;127.0.0.3",
                                  "retry-ms": 60, **self.NODE}, **self.settings()}
        super().setUp()
        self.node = ("127.0.0.1", self.bob.port)
        self.bob.node = self.node

    def settings(self):
        return {}

    def tearDown(self):
        super().tearDown()
        for peer in self.peers:
            peer.close()

    def peer(self, address, **named):
        peer = Peer(address, port=self.bob.port, **named)
        peer.node = self.node
        self.peers.append(peer)
        return peer

    def enter(self, peer):
        peer.enter()
        return peer.expect(feiq.ANSENTRY)


class Presence(NodeTest):
    def test_log_in_is_feiqs(self):
        first = self.bob.expect(feiq.NOOPERATION)
        second = self.bob.expect(feiq.BR_ENTRY)
        self.assertEqual((first.word, first.body), (0, b"\0"))
        self.assertEqual((second.word, second.number), (6291457, first.number + 1))
        self.assertEqual(second.body, "服务".encode("gbk") + b"\0\0")
        self.assertRegex(second.version, r"^1_lbt6_0#128#[0-9A-F]{12}#0#0#0#4001#9$")
        self.assertEqual((second.user, second.host), (b"chatd", b"SERVER"))

    def test_who_enters_is_answered_and_listed(self):
        alice = self.user("alice")
        answer = self.enter(self.bob)
        self.assertEqual((answer.word, answer.source), (6291459, self.node))
        self.assertEqual(alice.next(), "3#1#bob")
        self.assertIn("feiq bob", alice.ask("1#11")[1])
        self.bob.enter(feiq.BR_EXIT)
        self.assertEqual(alice.next(), "3#2#bob")

    def test_its_own_announcements_are_known(self):
        self.bob.expect(feiq.BR_ENTRY)
        self.enter(self.bob)
        self.assertEqual(self.client(service="chat").ask("1#11")[1], ["feiq bob"])

    def test_a_log_in_heard_twice_is_answered_once(self):
        number = self.bob.enter()
        self.bob.enter(number=number)
        self.bob.expect(feiq.ANSENTRY)
        self.assertNotIn(feiq.ANSENTRY, [each.command for each in self.bob.collect(0.3)])

    def test_users_of_one_name_are_told_apart(self):
        alice = self.user("alice")
        twin = self.peer("127.0.0.3", user="bob")
        self.enter(self.bob)
        self.enter(twin)
        self.assertEqual(sorted([alice.next(), alice.next()]), ["3#1#bob", "3#1#bob~2"])

    def test_the_nickname_is_the_name_whatever_its_encoding(self):
        alice = self.user("alice")
        for address, encoding in (("127.0.0.3", "gbk"), ("127.0.0.4", "utf-8")):
            peer = self.peer(address, user="u" + encoding, nick="小明" + encoding,
                             encoding=encoding)
            self.enter(peer)
            self.assertEqual(alice.next(), "3#1#小明" + encoding)

    def test_a_new_nickname_renames(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        self.bob.nick = "robert"
        self.bob.enter(feiq.BR_ABSENCE, options=feiq.ENTRY_OPTIONS | feiq.ABSENCE)
        deadline = time.monotonic() + 5
        while "feiq robert" not in alice.ask("1#11")[1]:
            self.assertLess(time.monotonic(), deadline)

    def test_leaves_with_a_log_out(self):
        self.daemon.stop()
        self.assertEqual(self.bob.expect(feiq.BR_EXIT).word, 6291458)

    def test_a_changed_nickname_of_its_own_is_announced(self):
        self.bob.expect(feiq.BR_ENTRY)
        self.daemon.settings["feiq"]["nick"] = "office"
        self.daemon.write_config()
        self.daemon.signal(1)
        self.assertEqual(self.bob.expect(feiq.BR_ABSENCE).text, b"office")

    def test_a_peer_that_is_gone_concerns_nobody_else(self):
        gone = self.peer("127.0.0.3", user="gone")
        self.enter(gone)
        alice = self.user("alice")
        gone.close()
        for number in range(20):
            self.assertEqual(alice.ask(f"1#3#gone#{number}")[0], 0)
            self.enter(self.bob)

    def test_damaged_datagrams_do_no_harm(self):
        bits = random.Random(11)
        self.bob.version = "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9"
        whole = [f"{self.bob.version}:{number}:bob:BOBPC:{word}:".encode() + body
                 for number, word, body in (
                     (1, 6291457, "鲍勃\0组\0".encode("gbk")), (2, 288, "@alice 你好\0".encode()),
                     (3, 0x200120, b"x\0000:a:1:2:1:\a1:b:2:3:2:\a\0"), (4, 33, b"77\0"),
                     (5, 0x1000003, b"n\0g\0\nUN:u\nNN:n\nGN:g\n"), (6, 18, b"0\0"),
                     (7, 0x100230, b"9\0"), (8, 4194592, b"20002:ab:cd\0"), (9, 209, b"\0"))]
        for turn in range(3000):
            data = bytearray(bits.choice(whole))
            for _ in range(bits.randrange(1, 6)):
                place = bits.randrange(len(data))
                kind = bits.randrange(3)
                if kind == 0:
                    data[place] = bits.randrange(256)
                elif kind == 1:
                    del data[place:place + bits.randrange(1, 20)]
                    data = data or bytearray(b"1")
                else:
                    data[place:place] = bits.randbytes(bits.randrange(1, 9))
            self.bob.socket.sendto(data, self.node)
            if turn % 100 == 0:
                self.bob.collect(0.01)
        answer = self.enter(self.peer("127.0.0.3", user="eve"))
        self.assertEqual(answer.source, self.node)

    def test_what_is_not_of_the_family_is_ignored(self):
        for junk in (b"", b"x", b"GET / HTTP/1.1\r\n\r\n", b"1:2:3", b"1:x:u:h:1:n\0",
                     b"1:1:u:h:99999999999:n", bytes(range(256)) * 100):
            self.bob.socket.sendto(junk, self.node)
        self.enter(self.bob)


class Ghosts(NodeTest):
    NODE = {"expire": 10, "refresh": 1}

    def test_is_announced_again_and_the_silent_are_asked_then_dropped(self):
        alice = self.user("alice")
        self.bob.acks = False
        self.enter(self.bob)
        alice.next()
        lively = self.peer("127.0.0.3", user="lively")
        self.enter(lively)
        self.assertEqual(alice.next(), "3#1#lively")
        entered = time.monotonic()
        announced = 0
        while time.monotonic() < entered + 14:
            for each in lively.collect(0.5):
                if each.command == feiq.BR_ENTRY:
                    announced += 1
                    lively.enter(feiq.ANSENTRY)
            if not alice.is_silent(0):
                break
        alice.socket.settimeout(8)
        self.assertEqual(alice.next(), "3#2#bob")
        self.assertGreater(time.monotonic() - entered, 9)
        self.assertGreater(announced, 5)
        self.assertEqual(alice.ask("1#11")[1], ["chat alice", "feiq lively"])


class Messages(NodeTest):
    def test_from_feiq_to_all_and_to_one(self):
        alice, carol = self.user("alice"), self.user("carol")
        alice.next()
        self.enter(self.bob)
        alice.next(), carol.next()
        number = self.bob.say("大家好")
        ack = self.bob.expect(feiq.RECVMSG)
        self.assertEqual((ack.word, ack.text), (0x21, str(number).encode()))
        self.assertEqual(alice.next(), "3#3#bob#大家好")
        self.assertEqual(carol.next(), "3#3#bob#大家好")
        self.bob.say("@carol 只给你")
        self.bob.expect(feiq.RECVMSG)
        self.assertEqual(carol.next(), "3#3#bob#只给你")
        self.assertTrue(alice.is_silent())

    def test_the_font_is_not_part_of_the_text(self):
        alice = self.user("alice")
        self.bob.say("hi{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}")
        self.bob.expect(feiq.RECVMSG)
        self.assertEqual([alice.next(), alice.next()], ["3#1#bob", "3#3#bob#hi"])

    def test_a_repeated_message_is_acknowledged_again_and_delivered_once(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        number = self.bob.say("once")
        for _ in range(3):
            self.bob.say("once", number=number)
        for _ in range(4):
            self.assertEqual(self.bob.expect(feiq.RECVMSG).text, str(number).encode())
        self.assertEqual(alice.next(), "3#3#bob#once")
        self.assertTrue(alice.is_silent())

    def test_broadcast_and_automatic_messages_are_never_answered(self):
        alice = self.user("alice")
        self.bob.say("to all", feiq.BROADCAST | feiq.SENDCHECK)
        self.bob.say("I am away", feiq.AUTORET | feiq.SENDCHECK | feiq.SECRET | feiq.READCHECK)
        self.assertEqual([alice.next() for _ in range(3)],
                         ["3#1#bob", "3#3#bob#to all", "3#3#bob#I am away"])
        kept = [each for each in self.bob.collect(0.5) if each.command not in (0, feiq.BR_ENTRY)]
        self.assertEqual(kept, [])

    def test_an_unknown_sender_is_greeted_unless_it_does_not_want_to_be_listed(self):
        alice = self.user("alice")
        self.bob.collect(0.2)
        self.bob.say("psst", feiq.SENDCHECK | feiq.NOADDLIST)
        self.bob.expect(feiq.RECVMSG)
        self.assertEqual(alice.next(), f"3#3#bob@127.0.0.2:{self.bob.port}#psst")
        self.assertEqual(self.bob.collect(0.2), [])
        self.bob.say("hello")
        self.assertEqual(self.bob.expect(feiq.BR_ENTRY).source, self.node)
        self.assertEqual([alice.next(), alice.next()], ["3#1#bob", "3#3#bob#hello"])

    def test_to_feiq_in_the_encoding_that_it_speaks(self):
        alice = self.user("alice")
        cases = [("127.0.0.3", "gbk", feiq.ENTRY_OPTIONS, "gbk", 0x120),
                 ("127.0.0.4", "utf-8", 0, "utf-8", 0x120),
                 ("127.0.0.5", "utf-8", feiq.CAPUTF8, "utf-8", 0x120 | feiq.UTF8)]
        for address, speaks, options, reads, word in cases:
            peer = self.peer(address, user="p", nick="李" + address, encoding=speaks, version="1")
            peer.enter(options=options)
            peer.expect(feiq.ANSENTRY)
            self.assertEqual(alice.next(), "3#1#李" + address)
            self.assertEqual(alice.ask(f"1#3#李{address}#你好")[0], 0)
            message = peer.expect(feiq.SENDMSG)
            self.assertEqual((message.word, message.text), (word, "alice: 你好".encode(reads)))

    def test_ascii_users_get_what_their_program_reads(self):
        alice = self.user("alice")
        other = self.peer("127.0.0.3", user="eve", version="1_iptux 0.8.3")
        for peer, encoding in ((self.bob, "gbk"), (other, "utf-8")):
            self.enter(peer)
            alice.next()
            alice.ask(f"1#3#{peer.user}#你好")
            self.assertEqual(peer.expect(feiq.SENDMSG).text, "alice: 你好".encode(encoding))

    def test_to_all_reaches_feiq_users_without_asking_for_an_answer(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        alice.ask("1#3#*#hear, hear")
        message = self.bob.expect(feiq.SENDMSG)
        self.assertEqual((message.options, message.text), (feiq.BROADCAST, b"alice: hear, hear"))

    def test_one_at_a_time_and_in_order(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        for number in range(50):
            alice.ask(f"1#3#bob#{number}")
        messages = [self.bob.expect(feiq.SENDMSG) for _ in range(50)]
        self.assertEqual([each.text for each in messages],
                         [f"alice: {number}".encode() for number in range(50)])
        numbers = [each.number for each in messages]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_a_long_message_comes_in_pieces_and_whole(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        text = "汉字😀" * 3000
        self.assertEqual(alice.ask("1#3#bob#" + text)[0], 0)
        got = ""
        while len(got) < len(text) + len("alice: "):
            message = self.bob.expect(feiq.SENDMSG)
            self.assertLess(len(message.data), 4096)
            got += message.text.decode("gb18030")
        self.assertEqual(got, "alice: " + text)

    def test_sent_again_until_given_up_and_again_at_the_next_log_in(self):
        alice = self.user("alice")
        self.bob.acks = False
        self.enter(self.bob)
        alice.next()
        alice.ask("1#3#bob#are you there?")
        sent = [each for each in self.bob.collect(1.0) if each.command == feiq.SENDMSG]
        self.assertEqual(len(sent), 6)
        self.assertEqual(len({each.data for each in sent}), 1)
        self.daemon.wait_for_log("does not acknowledge")
        self.bob.acks = True
        self.enter(self.bob)
        again = self.bob.expect(feiq.SENDMSG)
        self.assertEqual(again.number, sent[0].number)
        self.assertEqual([each for each in self.bob.collect(0.5)
                          if each.command == feiq.SENDMSG], [])

    def test_an_acknowledgement_from_somewhere_else_does_not_count(self):
        alice = self.user("alice")
        other = self.peer("127.0.0.3", user="mallory")
        self.bob.acks = False
        self.enter(self.bob)
        alice.next()
        alice.ask("1#3#bob#mine")
        message = self.bob.expect(feiq.SENDMSG)
        other.send(feiq.RECVMSG, str(message.number).encode() + b"\0")
        self.bob.expect(feiq.SENDMSG)

    def test_messages_wait_for_who_is_away(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        alice.ask("1#3#bob#first")
        self.bob.expect(feiq.SENDMSG)
        self.bob.enter(feiq.BR_EXIT)
        self.assertEqual(alice.next(), "3#2#bob")
        status, lines = alice.ask("1#3#bob#second")
        self.assertEqual((status, "waits" in lines[0]), (0, True))
        self.enter(self.bob)
        self.assertEqual(self.bob.expect(feiq.SENDMSG).text, b"alice: second")
        carol = self.user("carol")
        carol.close()
        self.bob.say("@carol later")
        self.bob.expect(feiq.RECVMSG)
        carol = self.client()
        carol.log_in("carol")
        self.assertEqual(carol.next(), "3#3#bob#later")

    def test_a_sealed_message_is_confirmed_until_that_is_confirmed(self):
        alice = self.user("alice")
        number = self.bob.say("secret", feiq.SENDCHECK | feiq.SECRET | feiq.READCHECK)
        read = self.bob.expect(feiq.READMSG)
        self.assertEqual((read.word, read.text), (0x100030, str(number).encode()))
        self.assertEqual(self.bob.expect(feiq.READMSG).data, read.data)
        self.bob.send(feiq.ANSREADMSG, str(read.number).encode() + b"\0")
        self.bob.collect(0.2)
        self.assertEqual(self.bob.collect(0.3), [])
        self.assertEqual([alice.next(), alice.next()], ["3#1#bob", "3#3#bob#secret"])

    def test_a_sealed_message_that_nobody_reads_is_not_confirmed(self):
        self.bob.say("secret", feiq.SENDCHECK | feiq.SECRET)
        self.bob.expect(feiq.RECVMSG)
        self.assertNotIn(feiq.READMSG, [each.command for each in self.bob.collect(0.3)])

    def test_sealed_and_locked_messages_to_feiq(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        for code, options in ((22, 0x100300), (23, 0x108300)):
            status, lines = alice.ask(f"1#{code}#bob#打开看")
            self.assertEqual(status, 0)
            message = self.bob.expect(feiq.SENDMSG)
            self.assertEqual((message.options, message.text),
                             (options, "alice: 打开看".encode("gbk")))
            number = self.bob.send(feiq.READMSG | feiq.READCHECK, f"{message.number}\0".encode())
            self.assertEqual(self.bob.expect(feiq.ANSREADMSG).text, str(number).encode())
            self.bob.send(feiq.READMSG | feiq.READCHECK, f"{message.number}\0".encode(), number)
            self.assertEqual(self.bob.expect(feiq.ANSREADMSG).text, str(number).encode())
            self.assertEqual(alice.next(), f"3#18#bob#{lines[0]}")
            self.assertTrue(alice.is_silent(), "told once")
        alice.ask("1#3#bob#open")
        message = self.bob.expect(feiq.SENDMSG)
        eve = self.peer("127.0.0.3", user="eve")
        self.enter(eve)
        self.assertEqual(alice.next(), "3#1#eve")
        eve.send(feiq.READMSG, f"{message.number}\0".encode())
        self.bob.send(feiq.READMSG, f"{message.number}\0".encode())
        self.assertTrue(alice.is_silent(), "it was not sealed")
        self.assertEqual(alice.ask("1#22#*#to all")[0], 2)
        carol = self.user("carol")
        self.assertEqual(alice.ask("1#22#carol#hi")[0], 0)
        self.assertEqual(carol.next(), "3#3#alice#hi")

    def test_offered_files_are_named(self):
        alice = self.user("alice")
        self.bob.send(feiq.SENDMSG | feiq.SENDCHECK | 0x200000,
                      b"look\0" + b"0:plan.txt:1f4:59bbf8db:1:\a\0")
        self.bob.expect(feiq.RECVMSG)
        alice.next()
        self.assertIn("look", alice.next())
        status, lines = alice.ask("1#13")
        self.assertIn("plan.txt (500 bytes)", "\n".join(lines))


class Encodings(NodeTest):
    def test_chinese_that_could_be_cyrillic(self):
        """一 in GBK is һ in UTF-8."""
        alice = self.user("alice")
        self.enter(self.bob)
        self.assertEqual(alice.next(), "3#1#bob")
        for text in ("一", "要", "一要 ok", "一二", "2:30?"):
            self.bob.say(text)
            self.assertEqual(alice.next(), f"3#3#bob#{text}")
        dora = self.peer("127.0.0.3", user="dora", version="1_iptux 0.8.3", encoding="utf-8")
        self.enter(dora)
        alice.next()
        dora.say("һ é")
        self.assertEqual(alice.next(), "3#3#dora#һ é", "others mean what they write")
        self.bob.encoding = "utf-8"
        self.bob.say("һ é", feiq.SENDCHECK | feiq.UTF8)
        self.assertEqual(alice.next(), "3#3#bob#һ é")


class WhoIsWho(NodeTest):
    NODE = {"groups": "3b199b07:技术部"}

    def test_what_each_entry_said(self):
        alice = self.user("alice")
        self.bob.nick = "小波"
        self.bob.enter(feiq.BR_ABSENCE, options=feiq.ENTRY_OPTIONS | feiq.ABSENCE)
        self.bob.send(feiq.BR_ENTRY | feiq.ENTRY_OPTIONS, "小波\0财\t务部\0".encode("gbk"))
        self.bob.expect(feiq.ANSENTRY)
        eve = self.peer("127.0.0.3", user="eve", version="1")
        eve.enter(options=feiq.ABSENCE)
        eve.expect(feiq.ANSENTRY)
        status, lines = alice.ask("1#24")
        self.assertEqual(status, 0)
        lines = [line.split("\t") for line in lines]
        self.assertTrue(all(len(line) == 9 for line in lines), lines)
        known = {line[1]: line for line in lines}
        port = self.bob.port
        self.assertEqual(known["小波"][:8], ["feiq", "小波", "here", "bob", "BOBPC", f"127.0.0.2:{port}",
                                            "财 务部", "FeiQ"])
        self.assertLess(int(known["小波"][8]), 3)
        self.assertEqual(known["eve"][:8], ["feiq", "eve", "away", "eve", "BOBPC", f"127.0.0.3:{port}",
                                            "", "IP Messenger or compatible"])
        self.assertEqual(known["alice"], ["chat", "alice", "here"] + 6 * [""])
        self.assertEqual(known["技术部"], ["feiq", "技术部", "here", "", "", "", "", "group", ""])
        self.assertEqual(len(alice.ask("1#24#2")[1]), 2)
        self.assertEqual(alice.ask("1#24#x")[0], 2)
        self.enter(self.bob)


class Absence(NodeTest):
    """SIGHUP makes the node be away, and back."""

    def be(self, text):
        self.daemon.settings["feiq"]["absence"] = text
        self.daemon.write_config()
        before = len(self.daemon.read_log())
        self.daemon.signal(1)
        while "read again" not in self.daemon.read_log()[before:]:
            time.sleep(0.02)

    def test_away_and_back(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        self.bob.collect(0.2)
        self.be("开会去了")
        self.assertEqual(self.bob.expect(feiq.BR_ABSENCE).word, 0x600104)
        self.assertEqual(self.enter(self.bob).word, 0x600103)
        self.bob.send(feiq.GETABSENCEINFO)
        self.assertEqual(self.bob.expect(feiq.SENDABSENCEINFO).text.decode("gbk"), "开会去了")
        number = self.bob.say("在吗")
        answer = self.bob.expect(feiq.SENDMSG)
        self.assertEqual((answer.word, answer.text.decode("gbk")), (feiq.SENDMSG | feiq.AUTORET, "开会去了"))
        self.assertEqual(alice.next(), "3#3#bob#在吗")
        self.bob.say("在吗", number=number)
        self.bob.say("an answer", feiq.AUTORET)
        self.bob.say("to all", feiq.BROADCAST)
        self.assertNotIn(feiq.SENDMSG, [each.command for each in self.bob.collect(0.3)],
                         "neither repeated nor automatic nor broadcast messages are answered")
        self.be("")
        self.assertEqual(self.bob.expect(feiq.BR_ABSENCE).word, 0x600004)
        self.bob.send(feiq.GETABSENCEINFO)
        self.assertEqual(self.bob.expect(feiq.SENDABSENCEINFO).text, b"Not absence mode")


class Signals(NodeTest):
    def test_the_end_of_typing_is_told(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.ask("1#14#bob")
        self.bob.expect(feiq.INPUTING)
        alice.ask("1#3#bob#hello")
        self.bob.expect(INPUT_END)
        self.bob.expect(feiq.SENDMSG)
        alice.ask("1#14#bob")
        self.bob.expect(feiq.INPUTING)
        started = time.monotonic()
        self.bob.expect(INPUT_END)
        self.assertGreater(time.monotonic() - started, 4)

    def test_shake_is_answered_and_told(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        self.bob.send(feiq.KNOCK)
        self.assertEqual(self.bob.expect(feiq.KNOCK_ACK).body, b"\0")
        self.assertTrue(alice.next().startswith("3#15#bob"))
        alice.ask("1#15#bob")
        self.assertEqual(self.bob.expect(feiq.KNOCK).word, 0xd1)

    def test_typing_goes_both_ways(self):
        alice = self.user("alice")
        self.enter(self.bob)
        alice.next()
        self.bob.send(feiq.INPUTING)
        self.assertTrue(alice.next().startswith("3#14#bob"))
        alice.ask("1#14#bob")
        self.assertEqual(self.bob.expect(feiq.INPUTING).word, 0x79)

    def test_questions_are_answered(self):
        self.bob.send(feiq.GETINFO)
        self.assertIn(b"chatd", self.bob.expect(feiq.SENDINFO).text)
        self.bob.send(feiq.GETABSENCEINFO)
        self.assertEqual(self.bob.expect(feiq.SENDABSENCEINFO).text, b"Not absence mode")

    def test_the_list_of_hosts_in_parts(self):
        for number in range(60):
            self.bob.user = f"u{number}"
            self.enter(self.bob)
        self.bob.send(feiq.BR_ISGETLIST2)
        self.bob.expect(feiq.OKGETLIST)
        users, start = [], 0
        while True:
            self.bob.send(feiq.GETLIST, str(start).encode() + b"\0")
            fields = self.bob.expect(feiq.ANSLIST).text.split(b"\a")
            start, count = int(fields[0]), int(fields[1])
            hosts = [fields[2 + 7 * i:9 + 7 * i] for i in range(count)]
            users += [host[0].decode() for host in hosts]
            self.assertEqual({host[3] for host in hosts}, {b"127.0.0.2"})
            if start == 0:
                break
        self.assertEqual(len(set(users) & {f"u{n}" for n in range(60)}), 60)

    def settings(self):
        return {"limits": {"shouts-per-second": 1000}}


class Limits(NodeTest):
    def settings(self):
        return {"limits": {"users": 5, "shouts-per-second": 1000, "datagrams-per-second": 100}}

    def figure(self, name):
        control = self.client(service="control")
        for line in control.ask("1#11")[1]:
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
        raise AssertionError(f"no figure {name}")

    def test_the_list_does_not_grow_without_bound(self):
        for number in range(20):
            self.bob.user = f"forged{number}"
            self.bob.enter()
        for _ in range(20):
            self.bob.expect(feiq.ANSENTRY)
        self.assertEqual(self.figure("feiq-users"), 5)
        self.assertEqual(self.figure("feiq-users-refused"), 15)

    def test_a_flood_from_one_address_does_not_concern_another(self):
        other = self.peer("127.0.0.3", user="eve")
        for _ in range(1000):
            self.bob.send(feiq.GETINFO)
        self.enter(other)
        answers = [each for each in self.bob.collect(0.3) if each.command == feiq.SENDINFO]
        self.assertLess(len(answers), 300)
        self.assertGreater(self.figure("feiq-datagrams-dropped"), 700)


if __name__ == "__main__":
    unittest.main()
