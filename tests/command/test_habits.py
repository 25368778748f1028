# SPDX-License-Identifier: GPL-2.0-or-later
"""What people type who know tcpdump and tshark does what they mean, or is refused with the name of
what does."""

import re
import tempfile
import unittest

from captures import ARP, IPV4, Pcapng, feiqdump, pcap

TWO = pcap([(1600439650, 0, ARP), (1600439652, 500000, ARP)])


def lines(*arguments):
    done = feiqdump(*arguments, "-r", "-", stdin=TWO)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()


class Works(unittest.TestCase):
    def test_the_same_with_and_without(self):
        plain = lines()
        for habit in ("-n", "-nn", "-l", "-P", "-U", "-nlU"):
            self.assertEqual(lines(habit), plain, habit)
        for habit in ("-X", "-xx", "-XX", "-nXl"):
            self.assertEqual(lines(habit), lines("-x"), habit)
        for habit in ("-V", "-vv", "-vvv"):
            self.assertEqual(lines(habit), lines("-T", "tree"), habit)
        self.assertEqual(lines("-q"), [])
        self.assertEqual(feiqdump("-h").stdout, feiqdump("--help").stdout)

    def test_times(self):
        for habit, form in (("-tt", "epoch"), ("-ttt", "delta"), ("-tttt", "date"),
                            ("-ttttt", "relative"), ("-nntttt", "date")):
            self.assertEqual(lines(habit), lines("--time", form), habit)

    def test_several_captures(self):
        with tempfile.NamedTemporaryFile() as a, tempfile.NamedTemporaryFile() as b:
            ng = Pcapng()
            a.write(TWO)
            b.write(ng.section() + ng.interface(101) + ng.packet(1, IPV4))
            a.flush()
            b.flush()
            done = feiqdump("-r", a.name, "-r", b.name)
            self.assertEqual([line.split()[0] for line in done.stdout.decode().splitlines()],
                             ["1", "2", "3"])
            done = feiqdump("-r", a.name, "-r", b.name, "udp")
            self.assertEqual(len(done.stdout.splitlines()), 1)
            done = feiqdump("-f", "udp", a.name, b.name)
            self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_fields_are_listed(self):
        done = feiqdump("--help", "fields")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        listed = [line.split("\t") for line in done.stdout.decode().splitlines()]
        self.assertTrue(all(len(row) == 3 and all(row) for row in listed))
        kinds = {name: kind for name, kind, _ in listed}
        self.assertEqual(len(kinds), len(listed), "a name stands twice")
        self.assertEqual((kinds["feiq.command"], kinds["ip.src"], kinds["tcp.flags.syn"]),
                         ("number", "IPv4 address", "flag"))
        columns = [word for name in sorted(kinds)[:1000:50] for word in ("-e", name)]
        self.assertEqual(feiqdump("-T", "fields", *columns, "-", stdin=TWO).returncode, 0)


class Refused(unittest.TestCase):
    def test_hints(self):
        for words, hint in (("-A", "-x prints the bytes with their characters"),
                            ("-C 10", "-b filesize:N"), ("-G 60", "-b duration:N"),
                            ("-W 5", "-b files:N"), ("-nW 5", "-b files:N"),
                            ("-I", "monitor mode"), ("-K", "--verify-checksums"),
                            ("-L", "link type"), ("-y EN10MB", "link type"), ("-O udp", "-T fields"),
                            ("-Q in", "inbound"), ("--direction=in", "inbound"),
                            ("-R udp", "use -Y"), ("-2", "one pass"),
                            ("-j host", "times are the kernel's"), ("--nano", "-t date,ns"),
                            ("--time-stamp-precision=nano", "-t date,ns"), ("--print", "unless -q"),
                            ("--relinquish-privileges=x", "-Z, --user"), ("-#", "numbered"),
                            ("-M secret", "not verified"), ("-e", "the link's header, is in -v"),
                            ("-t", "tcpdump's -t is none"), ("-T text", "line here"),
                            ("-F pcapng", "--write-format"), ("-d tcp.port==80,http", "--decode-as"),
                            ("-z gzip", "no such statistic"), ("-i 1", "-D lists the names"),
                            ("-o tcp.x:y", "--help preferences"),
                            ("-k", "--help all"), ("--nonsense", "--help all"), ("-s", "")):
            arguments = words.split()
            if words != "-i 1":
                arguments += ["-r", "-"] if words != "-s" else []
            done = feiqdump(*arguments, stdin=TWO)
            said = done.stderr.decode()
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)
            self.assertIn(hint, said, words)
            self.assertTrue(all(re.match("feiqdump: .", line) for line in said.splitlines()), said)


if __name__ == "__main__":
    unittest.main()
