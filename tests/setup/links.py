#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""links.py TREE: every relative link of the Markdown pages leads to something in the tree."""

import pathlib
import re
import sys

tree = pathlib.Path(sys.argv[1])
pages = [p for p in tree.rglob("*.md") if "build" not in p.relative_to(tree).parts]
broken = [
    f"{page.relative_to(tree)}: {link}"
    for page in pages
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    if not (page.parent / link).exists()
]
print("\n".join(broken))
sys.exit(1 if broken or not pages else 0)
