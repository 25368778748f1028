# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark with the plugin under test ($FEISCOPE_PLUGINS), as every test here calls it."""

import atexit
import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import frames

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TREE, "tests"))
WRAPPER = os.path.join(TREE, "tests", "tshark")
BAD_SIGNS = ("Dissector bug, protocol", "AddressSanitizer", "runtime error", "WARNING] --", "CRITICAL] --")


@functools.lru_cache
def folder():
    """A folder for this run's captures."""
    path = tempfile.mkdtemp(prefix="feiscope-")
    os.chmod(path, 0o755)
    atexit.register(shutil.rmtree, path, True)
    return path


@functools.lru_cache
def version():
    """Major and minor version of tshark."""
    said = subprocess.run([WRAPPER, "-v"], check=True, capture_output=True, text=True).stdout
    return tuple(int(number) for number in re.match(r"\D*(\d+)\.(\d+)", said).groups())


@functools.lru_cache
def loaded():
    """Ask once whether the plugin is loaded: without it every test of an absence would pass."""
    subprocess.run([WRAPPER, "-v"], check=True, capture_output=True)
    return True


def run(*arguments, may_fail=False):
    """What tshark writes, after a look for signs that the plugin did what it must not."""
    loaded()
    environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    done = subprocess.run([WRAPPER, "--checked", *arguments], capture_output=True,
                          env=environment, check=False)
    output = done.stdout.decode("utf-8")
    errors = done.stderr.decode("utf-8", "replace")
    for sign in BAD_SIGNS:
        if sign in output or sign in errors:
            raise AssertionError(f"{sign}\n{errors}\n{line_with(sign, output)}")
    if done.returncode != 0 and not may_fail:
        raise AssertionError(f"tshark {arguments}: status {done.returncode}\n{errors}")
    return output


def line_with(sign, text):
    """The lines around the first that contains sign."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if sign in line:
            return "\n".join(lines[max(0, number - 20):number + 3])
    return ""


def capture(contents, linktype=frames.ETHERNET, times=None):
    """Write frames to a capture of this run; its path."""
    handle, path = tempfile.mkstemp(suffix=".pcap", dir=folder())
    os.close(handle)
    frames.write_pcap(path, contents, linktype, times)
    os.chmod(path, 0o644)
    return path


def fields(path, names, *arguments):
    """A list for each frame: of each field the list of its values."""
    options = [option for name in names for option in ("-e", name)]
    output = run("-n", "-r", path, "-T", "fields", "-E", "aggregator=\x1f", "-E", "separator=\x1e",
                 *options, *arguments)
    return [[value.split("\x1f") if value else [] for value in line.split("\x1e")]
            for line in output.split("\n")[:-1]]


def packets(path, *arguments):
    """The layers of each frame, as tshark's JSON has them; of a repeated name the last."""
    return [packet["_source"]["layers"]
            for packet in json.loads(run("-n", "-r", path, "-T", "json", *arguments))]


def samples():
    """The captures that come with the project."""
    return sorted(glob.glob(os.path.join(TREE, "samples", "*.pcap*")))


main = unittest.main
