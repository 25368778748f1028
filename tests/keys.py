# SPDX-License-Identifier: GPL-2.0-or-later
"""The keys of samples/keys/ for feiqdump and tshark, each by its owner's address."""

import pathlib

KEYS = pathlib.Path(__file__).resolve().parent.parent / "samples/keys"
OWNERS = {"rsa-1024.pem": "192.168.1.30", "rsa-2048.pem": "192.168.1.74",
          "rsa-2048-sender.pem": "192.168.1.72"}


def option(name, owner="any", password=""):
    """One row of the table of keys."""
    return ["-o", f'uat:feiq_keys:"{owner}","{KEYS / name}","{password}"']


ALL = [word for name, owner in OWNERS.items() for word in option(name, owner)]
