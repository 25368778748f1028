# SPDX-License-Identifier: GPL-2.0-or-later
"""Every field of the tables is registered as what the table says, and nothing else is."""

import os
import re
import subprocess
import unittest

import shark

import field_reference
import linked

TYPES = {"group": "FT_NONE", "remark": "FT_NONE", "bool": "FT_BOOLEAN", "text": "FT_STRING",
         "bytes": "FT_BYTES", "ether": "FT_ETHER", "ipv4": "FT_IPv4", "ipv6": "FT_IPv6",
         "time": "FT_ABSOLUTE_TIME", "span": "FT_RELATIVE_TIME"}


def table():
    lines = subprocess.run([os.environ["LIST_FIELDS"]], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return [line.split("\t") for line in lines]


def registered():
    rows = {}
    for line in shark.run("-G", "fields").splitlines():
        columns = line.split("\t")
        name = columns[2]
        if name.split(".")[0] in ("feiq", "onehash"):
            rows.setdefault(name, []).append(columns)
    return rows


class Fields(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = table()
        cls.registered = registered()

    def test_names_are_the_same(self):
        names = [row[0] for row in self.table] + [field.name for field in linked.FIELDS]
        self.assertEqual(sorted(self.registered), sorted(names))
        self.assertGreater(len(linked.FIELDS), 5)
        self.assertGreater(len(self.table), 5)

    def test_each_is_registered_once(self):
        self.assertEqual([name for name, rows in self.registered.items() if len(rows) > 1], [])

    def test_types_bases_masks_titles_and_blurbs(self):
        for name, title, kind, bits, base, mask, blurb in self.table:
            with self.subTest(field=name):
                [row] = self.registered[name]
                if kind == "layer":
                    self.assertEqual(row[0], "P")
                    continue
                shown_kind, shown_title, _, shown_type, protocol, shown_base, shown_mask, shown_blurb = row
                self.assertEqual(shown_kind, "F")
                self.assertEqual(shown_title, title)
                self.assertEqual(protocol, name.split(".")[0])
                self.assertEqual(int(shown_mask, 16), int(mask, 16))
                self.assertEqual(shown_blurb, blurb)
                if kind in ("uint", "int"):
                    self.assertEqual(shown_type, f"FT_{kind.upper()}{bits}")
                    self.assertEqual(shown_base, f"BASE_{base}")
                else:
                    self.assertEqual(shown_type, TYPES[kind])
                if kind == "bool" and int(mask, 16):
                    self.assertEqual(shown_base, bits)

    def test_titles_and_blurbs_of_linked_fields(self):
        for field in linked.FIELDS:
            with self.subTest(field=field.name):
                [row] = self.registered[field.name]
                self.assertEqual((row[1], row[-1]), (field.title, field.blurb))

    def test_wireshark_has_a_blurb_of_each(self):
        """One that says more than the name; what `tshark -G fields` lists is asked, whoever registered it."""
        for name, [row] in self.registered.items():
            with self.subTest(field=name):
                if row[0] == "F":
                    title, blurb = row[1], row[7]
                    self.assertGreater(len(blurb), 3)
                    self.assertNotIn(blurb.lower(), (title.lower(), name, name.split(".")[-1].replace("_", " ")))

    def test_the_reference_is_current(self):
        """./dev golden-update writes it."""
        with open(field_reference.PLACE, encoding="utf-8") as file:
            self.assertEqual(file.read(), field_reference.page())

    def test_the_reference_holds_every_field(self):
        named = set(re.findall(r"^\| `([\w.]+)`", field_reference.page(), re.MULTILINE))
        self.assertEqual(named, {name for name, [row] in self.registered.items() if row[0] == "F"})

    def test_every_field_says_what_it_is(self):
        described = [(row[0], row[1], row[6]) for row in self.table]
        described += [(field.name, field.title, field.blurb) for field in linked.FIELDS]
        for name, title, blurb in described:
            with self.subTest(field=name):
                self.assertTrue(title)
                self.assertTrue(blurb)
                self.assertNotEqual(blurb.lower(), title.lower())
                self.assertEqual(name, name.lower())


if __name__ == "__main__":
    shark.main()
