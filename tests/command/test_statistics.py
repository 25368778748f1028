# SPDX-License-Identifier: GPL-2.0-or-later
"""What -z says of packets together, held against what their JSON says one by one."""

import collections
import json
import os
import re
import subprocess
import unittest

FEIQDUMP = os.environ["FEIQDUMP"]
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples")


def run(*arguments):
    done = subprocess.run([FEIQDUMP, *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sample(name):
    return os.path.join(SAMPLES, name + ".pcapng")


def statistic(spec, name):
    status, out, err = run("-q", "-z", spec, sample(name))
    assert status == 0 and not err, err
    return out


def packets(name):
    return [json.loads(line) for line in run("-T", "json", sample(name))[1].splitlines()]


def values(packet, key):
    value = packet.get(key, [])
    return value if isinstance(value, list) else [value]


class Statistics(unittest.TestCase):
    def test_commands_are_those_of_the_packets(self):
        for name in ("presence", "chat", "files", "quirks"):
            expected = collections.Counter(
                c for p in packets(name) for c in values(p, "feiq.command"))
            counted = {number: int(messages) for number, messages in
                       re.findall(r"^\S+ +(0x\w\w) +(\d+) ", statistic("commands", name), re.M)}
            self.assertEqual(counted, dict(expected), name)

    def test_conversations_and_endpoints_count_every_byte(self):
        for name in ("presence", "internet", "chat"):
            ip = [p for p in packets(name) if "udp" in p]
            rows = [re.split(r"  +", line.strip())
                    for line in statistic("conv,udp", name).splitlines()[2:]]
            self.assertEqual(sum(int(row[2]) + int(row[4]) for row in rows),
                             len([p for p in ip if "icmp" not in p and "icmpv6" not in p]), name)
            sent = [re.split(r"  +", line.strip())
                    for line in statistic("endpoints,eth", name).splitlines()[2:]]
            self.assertEqual(sum(int(row[2]) for row in sent),
                             sum(int(p["frame.len"]) for p in packets(name)), name)

    def test_users_come_and_go(self):
        lines = statistic("users", "presence").splitlines()
        self.assertRegex(lines[2], r"^Lee +Lee +LEE-PC +192\.168\.1\.44 +C85B76BD9F3F +FeiQ .*"
                                   r"left \(BR_EXIT\)$")
        self.assertRegex(lines[3], r"^王芳 +王芳 +财务-02 +财务部 +192\.168\.1\.45 ")
        until_entered = run("-q", "-c", "2", "-z", "users", sample("presence"))[1]
        self.assertNotIn("left", until_entered)

    def test_the_mac_address_of_an_entry_counts_too(self):
        self.assertRegex(statistic("users", "vendors"), r"(?m)^WANGLI-PC .* A4-DB-30-9E-DA-3B +FeiGe")

    def test_what_an_icmp_error_quotes_does_not_count_again(self):
        path = os.path.join(SAMPLES, "iptux-and-peers.pcap")
        packets_there = [json.loads(line) for line in run("-T", "json", path)[1].splitlines()]
        sent = [p for p in packets_there if "feiq" in p and "icmp" not in p]
        self.assertLess(len(sent), len([p for p in packets_there if "feiq" in p]))
        commands = re.findall(r"^\S+ +0x\w\w +(\d+) ", run("-q", "-z", "commands", path)[1], re.M)
        self.assertEqual(sum(map(int, commands)), sum(len(values(p, "feiq.command")) for p in sent))
        users = run("-q", "-z", "users", path)[1].splitlines()[2:]
        self.assertEqual(len(users), len({(p["ip.src"], p["feiq.user"]) for p in sent if "feiq.command" in p}))

    def test_sticky_tells_stuck_and_split(self):
        out = statistic("sticky,0", "onehash-line")
        self.assertIn("stuck together (粘包): frame 8 holds messages 2 3\n", out)
        self.assertIn("split (拆包): message 6, 4 bytes, lies in frames 20 (2 bytes) 22 (2 bytes)\n",
                      out)
        self.assertRegex(out, r"line +6 +0 +0 +1 +1  <- this stream's")
        self.assertNotIn("Stream 1", out)

    def test_tcp_counts_what_the_packets_say(self):
        keys = ["feiscope.tcp.timeout", "tcp.analysis.fast_retransmission",
                "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order",
                "tcp.analysis.lost_segment", "tcp.analysis.window_full",
                "tcp.analysis.duplicate_ack", "feiscope.tcp.delayed_ack",
                "tcp.analysis.zero_window", "tcp.analysis.window_update"]
        expected = collections.defaultdict(lambda: [0] * (2 + len(keys)))
        for packet in packets("tcp-trouble"):
            ends = tuple(f"{packet['ip.' + end]}:{packet['tcp.' + end + 'port']}"
                         for end in ("src", "dst"))
            row = expected[(packet["tcp.stream"], *ends)]
            counts = [1, int(packet["tcp.len"]), *(key in packet for key in keys)]
            row[:] = [a + b for a, b in zip(row, counts)]
        rows = [line.split() for line in statistic("tcp", "tcp-trouble").splitlines()[2:]]
        self.assertEqual({tuple(row[:3]): [int(n) for n in row[3:]] for row in rows},
                         dict(expected))
        self.assertTrue(all(sum(column) > 0 for column in zip(*expected.values())), expected)

    def test_statistics_see_what_matches(self):
        out = run("-q", "-Y", "feiq.command == BR_EXIT", "-z", "commands", sample("presence"))[1]
        self.assertEqual(len(out.splitlines()), 3)

    def test_streams_have_the_numbers_of_the_fields(self):
        path = sample("tcp-trouble")
        whole = run("-q", "-z", "follow,tcp,hex,2", path)[1]
        self.assertEqual(run("-q", "-Y", "tcp.stream == 2", "-z", "follow,tcp,hex,2", path)[1], whole)
        self.assertIn("Node 0: 192.168.1.20:40002", whole)
        self.assertIn("Node 0: :0", run("-q", "-Y", "tcp.stream == 2", "-z", "follow,tcp,hex,0", path)[1])
        path = sample("chat")
        whole = run("-q", "-z", "follow,udp,raw,1", path)[1]
        self.assertIn("Follow: udp,raw\nFilter: udp.stream eq 1\nNode 0: 192.168.1.30:2425", whole)
        self.assertEqual(run("-q", "-Y", "udp.stream == 1", "-z", "follow,udp,raw,1", path)[1], whole)
        streams = {values(p, "tcp.stream")[0] for p in packets("onehash-line") if "tcp.stream" in p}
        out = run("-q", "-Y", "tcp.stream == 1", "-z", "sticky", sample("onehash-line"))[1]
        self.assertEqual(streams, {"0", "1"})
        self.assertEqual(set(re.findall(r"(?m)^Stream (\d+)", out)), {"1"})

    def test_each_file_has_its_own_streams(self):
        files = [sample("onehash-line"), sample("onehash-length")]
        alone = [run("-q", "-z", "follow,tcp,raw,1", file)[1] for file in files]
        self.assertEqual(run("-q", "-z", "follow,tcp,raw,1", *files)[1], "".join(alone))
        out = run("-q", "-z", "sticky,1", *files)[1]
        self.assertRegex(out, r"(?m)^Stream 1: .*framing: line$")
        self.assertRegex(out, r"(?m)^Stream 1 of capture 2: .*framing: length$")

    def test_sticky_puts_segments_in_order(self):
        out = statistic("sticky,0", "onehash-disorder")
        self.assertIn("+- 2: 1#3#amy,bob#hello\\n (18 bytes)", out)
        self.assertIn("split (拆包): message 2, 18 bytes, lies in frames 7 (8 bytes) 6 (10 bytes)\n", out)
        self.assertRegex(out, r"not captured ~~\n +67  \+- frame 14, 22 bytes +\+- 6: 1#3#bob#after the gap")

    def test_what_waits_in_vain_is_said(self):
        _, out, err = run("-c", "6", sample("onehash-disorder"))
        self.assertIn("1 TCP segment of 1#n (10 bytes) not read", err)
        self.assertIn("tcp.reassemble_out_of_order:FALSE", err)
        self.assertNotIn("hello", out)
        as_they_come = run("-o", "tcp.reassemble_out_of_order:FALSE", "-c", "6",
                           sample("onehash-disorder"))
        self.assertIn("Not a message", as_they_come[1])
        self.assertEqual(as_they_come[2], "")

    def test_mistakes_are_said(self):
        for spec in ("nothing", "conv", "conv,x", "follow,tcp,ascii", "follow,sctp,ascii,0",
                     "follow,tcp,ascii,-1", "sticky,x", "users,1"):
            status, out, err = run("-z", spec, sample("presence"))
            self.assertEqual((status, out), (2, ""), spec)
            self.assertIn(f"-z {spec}: ", err)


if __name__ == "__main__":
    unittest.main()
