# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/fields.md, made from what tshark says of the plugin's fields.

    field_reference.py [--update]

prints it, or writes it to its place. The plugin is that of the build tree (tests/tshark says which).
"""

import argparse
import collections
import os
import re

import shark

import linked

PLACE = os.path.join(shark.TREE, "docs", "fields.md")
HEAD = """# Fields

Every field of FeiQ and 1#n, as `tshark -G fields` tells. The names are display-filter names in
Wireshark, tshark and feiqdump, JSON keys, and names for `-e` and columns. A W marks what only
Wireshark and tshark know, since it takes more than one packet; a second W, what takes the whole
capture (`tshark -2`). `./dev golden-update` writes this page, and a test tells when it is not current."""
TITLES = {"feiq": "FeiQ and the IP Messenger family: `feiq`", "onehash": "The 1#n protocol: `onehash`"}
TYPES = {"FT_NONE": "group", "FT_BOOLEAN": "flag", "FT_STRING": "text", "FT_BYTES": "octets",
         "FT_FRAMENUM": "frame", "FT_IPv4": "IPv4 address", "FT_IPv6": "IPv6 address",
         "FT_ETHER": "MAC address", "FT_RELATIVE_TIME": "duration", "FT_ABSOLUTE_TIME": "time"}
WORDS = {"ERROR": "error", "WARN": "warning", "NOTE": "note", "CHAT": "chat"}
MOST_VALUES = 12  # that stand in a field's line

Field = collections.namedtuple("Field", "kind title name type protocol base mask blurb")


def severities():
    """Of each remark, by name: its severity, which tshark does not list."""
    found = {}
    for path in ("protocol/feiq/feiq_fields.def", "protocol/onehash/onehash_fields.def",
                 "dissector/linked_fields.def"):
        with open(os.path.join(shark.TREE, path), encoding="utf-8") as file:
            definitions = re.findall(r"^\w+_(?:FIELD|REMARK)\((.*?)\)$", file.read(), re.DOTALL | re.MULTILINE)
        for text in definitions:
            severity = re.search(r"\b(?:FS|PI)_(ERROR|WARN|NOTE|CHAT)\b", text)
            if severity:
                found[re.search(r'"((?:feiq|onehash)[\w.]*)"', text)[1]] = WORDS[severity[1]]
    return found


def registered(protocol):
    """The fields of a protocol, in the order of their registration."""
    lines = [line.split("\t") for line in shark.run("-G", "fields").splitlines()]
    return [Field(*row) for row in lines if row[0] == "F" and row[2].startswith(protocol + ".")]


def values():
    """By field: (number, name) of each value that has a name."""
    found = collections.defaultdict(list)
    for line in shark.run("-G", "values").splitlines():
        columns = line.split("\t")
        if columns[0] == "V" and columns[1].split(".")[0] in TITLES:
            found[columns[1]].append((int(columns[2], 0), columns[3]))
    return found


def kind_of(field):
    number = re.fullmatch(r"FT_U?INT(\d+)", field.type)
    if number is None:
        return TYPES[field.type]
    return f"{number[1]} bits" + (", hexadecimal" if field.base.startswith("BASE_HEX") else "")


def mark(name):
    known = [field for field in linked.FIELDS if field.name == name]
    return "" if not known else " WW" if known[0].forward else " W"


def number_of(field, value):
    return f"0x{value:02x}" if field.base.startswith("BASE_HEX") else str(value)


def line(*cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page():
    parts = [HEAD]
    named = values()
    severity = severities()
    for protocol, title in TITLES.items():
        fields = registered(protocol)
        parts.append(f"\n## {title}\n\n| field | title | type | what it is |\n|---|---|---|---|")
        long_lists = []
        for field in fields:
            blurb = field.blurb
            if field.name in severity:
                continue
            if len(named[field.name]) > MOST_VALUES:
                long_lists.append(field)
                blurb += "; values below"
            elif named[field.name]:
                blurb += ": " + ", ".join(f"{number_of(field, value)} {name}" for value, name in named[field.name])
            parts.append(line(f"`{field.name}`{mark(field.name)}", field.title, kind_of(field), blurb))
        parts.append("\n### Remarks\n\nThey are there or not; `_ws.expert.severity` is their severity.\n\n"
                     "| field | severity | what it says | what is meant |\n|---|---|---|---|")
        parts += [line(f"`{field.name}`{mark(field.name)}", severity[field.name], field.title, field.blurb)
                  for field in fields if field.name in severity]
        for field in long_lists:
            parts.append(f"\n### Values of `{field.name}`\n\n" +
                         ", ".join(f"{number_of(field, value)} {name}" for value, name in named[field.name]))
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description="The field reference, from what tshark says.")
    parser.add_argument("--update", action="store_true", help="write docs/fields.md")
    update = parser.parse_args().update
    text = page()
    if update:
        with open(PLACE, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
