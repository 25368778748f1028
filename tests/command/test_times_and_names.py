# SPDX-License-Identifier: GPL-2.0-or-later
"""The time column of lines in all its forms, and names from files."""

import os
import tempfile
import unittest

from captures import ARP, IPV4, RAW, Pcapng, feiqdump, packets, pcap

NANOSECONDS = 0xA1B23C4D
# 2020-09-18 14:34:10 UTC and later; the third is earlier than the second.
THREE = pcap([(1600439650, 1, IPV4), (1600439651, 500000000, IPV4), (1600439651, 499999999, IPV4)],
             magic=NANOSECONDS, linktype=RAW)


def lines(*arguments, stdin=THREE, **environment):
    done = feiqdump(*arguments, "-r", "-", stdin=stdin, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()


def column(form, **more):
    """The time column: what stands between the number and the address."""
    return [line[5:line.index("127.0.0.1")] for line in lines("-t", form, **more)]


class Times(unittest.TestCase):
    def test_relative(self):
        self.assertEqual(column("relative"), ["    0.000000  ", "    1.499999  ", "    1.499999  "])
        self.assertEqual(column("r,ns"),
                         ["    0.000000000  ", "    1.499999999  ", "    1.499999998  "])

    def test_delta(self):
        self.assertEqual(column("delta,ns"),
                         ["    0.000000000  ", "    1.499999999  ", "   -0.000000001  "])
        self.assertEqual(lines("--time=shown,ns", "-Y", "frame.number != 2")[1][5:22],
                         "    1.499999998  ")

    def test_epoch(self):
        self.assertEqual(column("epoch,ns")[0], " 1600439650.000000001  ")

    def test_clock(self):
        self.assertEqual(column("absolute", TZ="Asia/Shanghai")[0], " 22:34:10.000000  ")
        self.assertEqual(column("absolute,utc", TZ="Asia/Shanghai")[0], " 14:34:10.000000  ")
        self.assertEqual(column("u", TZ="Asia/Shanghai")[0], " 14:34:10.000000  ")

    def test_date(self):
        self.assertEqual(column("date,ns", TZ="Pacific/Kiritimati")[1],
                         " 2020-09-19 04:34:11.500000000  ")
        self.assertEqual(column("ad", TZ="America/New_York")[0], " 2020-09-18 10:34:10.000000  ")
        before = pcap([(0xFFFFFFFF, 0, IPV4)], linktype=RAW)
        self.assertEqual(column("ud", stdin=before)[0], " 2106-02-07 06:28:15.000000  ")

    def test_summer_time_begins_and_ends(self):
        # Berlin, 2020: 02:00 becomes 03:00 on March 29, 03:00 becomes 02:00 on October 25.
        moments = [1585443599, 1585443600, 1603587599, 1603587600]
        capture = pcap([(moment, 0, IPV4) for moment in moments], linktype=RAW)
        self.assertEqual([c[1:20] for c in column("date", stdin=capture, TZ="Europe/Berlin")],
                         ["2020-03-29 01:59:59", "2020-03-29 03:00:00", "2020-10-25 02:59:59",
                          "2020-10-25 02:00:00"])

    def test_none(self):
        self.assertEqual(column("none"), ["  "] * 3)

    def test_without_a_time(self):
        p = Pcapng()
        capture = p.section() + p.interface(RAW) + p.simple(IPV4) + p.packet(5, IPV4)
        for form, width in (("relative", 11), ("delta", 11), ("epoch", 17), ("date", 26)):
            self.assertEqual(column(form, stdin=capture)[0], " " + "-".rjust(width) + "  ")
        self.assertNotIn("-", column("relative", stdin=capture)[1])
        self.assertIn("-", column("delta", stdin=capture)[1])

    def test_mistakes(self):
        for wrong in ("", "yesterday", "date,ms", "date,", "relativ"):
            done = feiqdump("--time", wrong, "x")
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"wanted is relative", done.stderr)

    def test_fields(self):
        os.environ["TZ"] = "Asia/Shanghai"
        try:
            found = packets("-r", "-", stdin=THREE)
        finally:
            del os.environ["TZ"]
        self.assertEqual([p["frame.time"] for p in found],
                         ["Sep 18, 2020 22:34:10.000000001 CST",
                          "Sep 18, 2020 22:34:11.500000000 CST",
                          "Sep 18, 2020 22:34:11.499999999 CST"])
        self.assertEqual([p["frame.time_delta_displayed"] for p in found],
                         ["0.000000000", "1.499999999", "-0.000000001"])


class Names(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".hosts", encoding="utf-8")
        self.file.write("# names\n127.0.0.1 me also\n127.0.0.1 second\n"
                        "10.0.0.1\t教室\n10.0.0.2 \x1b[31mred\nnonsense\n")
        self.file.flush()

    def tearDown(self):
        self.file.close()

    def test_none_unless_asked(self):
        self.assertIn("127.0.0.1:2425", lines()[0])
        self.assertIn("127.0.0.1:2425", lines("--hosts", self.file.name, "-n")[0])

    def test_hosts(self):
        self.assertRegex(lines("--hosts", self.file.name)[0], r" me:2425 +→ me:2425 ")
        tree = lines("-v", "--hosts", self.file.name)
        self.assertTrue(any("Source Address: 127.0.0.1 (me)" in line for line in tree), tree)

    def test_a_name_is_no_way_to_write_to_a_terminal(self):
        arp = lines("--hosts", self.file.name, "-v", stdin=pcap([(0, 0, ARP)]))
        self.assertTrue(any("10.0.0.1 (教室)" in line for line in arp), arp)
        self.assertFalse(any("\x1b" in line for line in arp))

    def test_values_stay_numbers(self):
        found = packets("--hosts", self.file.name, "-r", "-", stdin=THREE)
        self.assertEqual(found[0]["ip.src"], "127.0.0.1")

    @unittest.skipUnless(os.path.exists("/etc/services"), "there is no /etc/services")
    def test_services(self):
        udp = IPV4[:20] + bytes.fromhex("0035c00000080000")
        self.assertIn(":domain", lines("-N", "services", stdin=pcap([(0, 0, udp)], linktype=RAW))[0])

    def test_mistakes(self):
        done = feiqdump("-N", "dns", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"wanted is hosts", done.stderr)
        done = feiqdump("--hosts", "/nonexistent/hosts", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"there is no such file", done.stderr)


if __name__ == "__main__":
    unittest.main()
