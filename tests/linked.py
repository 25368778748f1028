# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's own fields, of what takes more than one packet to know: dissector/linked_fields.def."""

import collections
import pathlib
import re

DEFINITIONS = pathlib.Path(__file__).resolve().parent.parent / "dissector" / "linked_fields.def"

Linked = collections.namedtuple("Linked", "name title blurb forward remark")


def _read():
    text = DEFINITIONS.read_text(encoding="utf-8")
    text = text[text.index("*/"):]
    fields = []
    for kind, arguments in re.findall(r"^LINKED_(FIELD|REMARK)\((.*?)\)$", text, re.DOTALL | re.MULTILINE):
        strings = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
        forward = "FORWARD_" in arguments
        fields.append(Linked(strings[0], strings[1], "".join(strings[2:]), forward, kind == "REMARK"))
    return fields


FIELDS = _read()
NAMES = frozenset(field.name for field in FIELDS)
FORWARD = [field for field in FIELDS if field.forward]
