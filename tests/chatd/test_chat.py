# SPDX-License-Identifier: GPL-2.0-or-later
"""The chat service as its users see it: three requests, three events."""
import time
import unittest

from daemon import DaemonTest, reply

NO_SUCH_CODE, BAD_ARGUMENT, NOT_ALLOWED, NOT_FOUND, NOT_LOGGED_IN, NAME_TAKEN = 1, 2, 3, 4, 5, 6
BUSY, TOO_LONG = 8, 9


class Chat(DaemonTest):
    def test_log_in_is_listed_and_announced(self):
        alice = self.client()
        self.assertEqual(alice.log_in("alice"), ["alice"])
        bob = self.client()
        self.assertEqual(bob.log_in("鲍勃"), ["alice", "鲍勃"])
        self.assertEqual(alice.next(), "3#1#鲍勃")
        self.assertEqual(bob.ask("1#2"), (0, []))
        self.assertEqual(alice.next(), "3#2#鲍勃")

    def test_a_dropped_client_is_announced(self):
        alice = self.user("alice")
        bob = self.user("bob")
        alice.next()
        bob.close()
        self.assertEqual(alice.next(), "3#2#bob")

    def test_log_in_without_a_name_tells_where_from(self):
        client = self.client()
        status, names = client.ask("1#1")
        address, port = client.socket.getsockname()
        self.assertEqual((status, names), (0, [f"{address}:{port}"]))

    def test_messages_to_one_and_to_all(self):
        alice, bob, carol = self.user("alice"), self.user("bob"), self.user("carol")
        alice.next(), alice.next(), bob.next()
        self.assertEqual(alice.ask("1#3#bob#1#2#3 # 你好"), (0, []))
        self.assertEqual(bob.next(), "3#3#alice#1#2#3 # 你好")
        self.assertEqual(alice.ask("1#3#*#to all"), (0, []))
        self.assertEqual(bob.next(), "3#3#alice#to all")
        self.assertEqual(carol.next(), "3#3#alice#to all")
        self.assertTrue(alice.is_silent())

    def test_what_cannot_be_is_refused_and_said(self):
        alice, other = self.user("alice"), self.client()
        for request, status in (("1#1#alice", NAME_TAKEN), ("1#1#*", BAD_ARGUMENT),
                                ("1#1# x", BAD_ARGUMENT), ("1#1#a#b", BAD_ARGUMENT),
                                ("1#1#" + "x" * 81, BAD_ARGUMENT), ("1#2", NOT_LOGGED_IN),
                                ("1#3#alice#hi", NOT_LOGGED_IN), ("1#99", NO_SUCH_CODE)):
            answer, lines = other.ask(request)
            self.assertEqual((answer, len(lines)), (status, 1), request)
        for request, status in (("1#3#nobody#hi", NOT_FOUND), ("1#3#alice", BAD_ARGUMENT),
                                ("1#3#alice#", BAD_ARGUMENT), ("1#2#x", BAD_ARGUMENT),
                                ("1#1#other", NOT_ALLOWED), ("hello", BAD_ARGUMENT)):
            self.assertEqual(alice.ask(request)[0], status, request)

    def test_requests_stuck_together_and_torn_apart(self):
        client = self.client()
        client.socket.sendall(b"1#1#a\n1#2\r\n\n1#1#b\n1#")
        self.assertEqual(client.next(), "2#1#0#1\na")
        self.assertEqual(client.next(), "2#2#0#0")
        self.assertEqual(client.next(), "2#1#0#1\nb")
        time.sleep(0.05)
        client.socket.sendall(b"2\n")
        self.assertEqual(client.next(), "2#2#0#0")

    def test_two_thousand_requests_at_once_are_answered_in_order(self):
        client = self.user("a")
        client.socket.sendall(b"".join(b"1#3#a#%d\n" % i for i in range(2000)))
        numbers, replies = [], 0
        while replies < 2000:
            message = client.next()
            if message.startswith("3#3#a#"):
                numbers.append(int(message[6:]))
            else:
                self.assertEqual(message, "2#3#0#0")
                replies += 1
        self.assertEqual(numbers, list(range(2000)))

    def test_gbk_is_understood(self):
        alice, bob = self.user("alice"), self.user("bob")
        bob.socket.sendall("1#3#alice#饭否".encode("gbk") + b"\n")
        alice.next()
        self.assertEqual(alice.next(), "3#3#bob#饭否")

    def test_what_is_no_request_is_told_so_and_closed(self):
        client = self.client()
        client.socket.sendall(b"GET / HTTP/1.0\r\n\r\n")
        self.assertEqual(reply(client.next())[0], BAD_ARGUMENT)
        self.assertTrue(client.is_closed())

    def test_messages_wait_for_who_was_here_before(self):
        alice, bob = self.user("alice"), self.user("bob")
        bob.ask("1#2")
        alice.next(), alice.next()
        for i in range(40):
            status, lines = alice.ask(f"1#3#bob#message {i}")
            self.assertEqual((status, len(lines)), (0, 1))
        self.assertEqual(bob.log_in("bob"), ["alice", "bob"])
        self.assertEqual([bob.next() for _ in range(40)],
                         [f"3#3#alice#message {i}" for i in range(40)])
        bob.ask("1#2")
        bob.log_in("bob")
        self.assertTrue(bob.is_silent(), "they came only once")

    def test_shouting_is_limited(self):
        client = self.user("loud")
        statuses = [client.ask("1#3#*#hello")[0] for _ in range(60)]
        self.assertEqual(statuses[0], 0)
        self.assertIn(BUSY, statuses)

    def test_a_reply_reaches_a_client_that_closed_its_side(self):
        client = self.client()
        client.socket.sendall(b"1#1#short\n")
        client.socket.shutdown(1)
        self.assertEqual(client.next(), "2#1#0#1\nshort")
        self.assertTrue(client.is_closed())


class Framings(DaemonTest):
    def check_pair(self, first, second):
        a, b = self.client(first), self.user("watcher", second)
        a.send("1#1#甲")
        names = a.next()
        expected = "watcher\n甲\n" if first == "bare" else "2#1#0#2\nwatcher\n甲"
        self.assertEqual(names, expected)
        self.assertEqual(b.next(), "3#1#甲")
        text = "long " * 100 + "end"
        a.send("1#3#watcher#" + text)
        self.assertEqual(b.next(), "3#3#甲#" + text)
        if first != "bare":
            self.assertEqual(reply(a.next()), (0, []))
        b.send("1#3#甲#你好")
        self.assertEqual(a.next(), "3#3#watcher#你好")

    def test_line_to_length(self):
        self.check_pair("line", "length")

    def test_length_to_line(self):
        self.check_pair("length", "line")

    def test_bare_to_line(self):
        self.check_pair("bare", "line")

    def test_a_line_end_in_a_text_is_a_space_where_it_would_end_the_message(self):
        line, length = self.user("line", "line"), self.user("length", "length")
        line.next()
        self.assertEqual(length.ask("1#3#line#two\nlines"), (0, []))
        self.assertEqual(line.next(), "3#3#length#two lines")

    def test_a_message_in_a_bare_text_stays_one(self):
        bare, length = self.client("bare"), self.user("length", "length")
        bare.send("1#1#bare")
        bare.next()
        length.next()
        length.ask("1#3#bare#x 3#1#mallory")
        self.assertEqual(bare.next(), "3#3#length#x 3＃1＃mallory")


class FixedFraming(DaemonTest):
    SETTINGS = {"chat": {"framing": "fixed", "block": "32"}}

    def test_blocks(self):
        a, b = (self.client("fixed", block=32) for _ in range(2))
        self.assertEqual(a.log_in("a"), ["a"])
        self.assertEqual(b.log_in("b"), ["a", "b"])
        a.next()
        for length in (1, 23, 24, 25, 200):
            self.assertEqual(a.ask("1#3#b#" + "x" * length), (0, []))
            self.assertEqual(b.next(), "3#3#a#" + "x" * length)


if __name__ == "__main__":
    unittest.main()
