# SPDX-License-Identifier: GPL-2.0-or-later
"""Every view of every capture there is, damaged ones too: feiqdump ends by itself and says what is
wrong. In the asan tree this is what runs the decoders over strangers' packets.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import unittest

from captures import FEIQDUMP

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "samples"
# Packets were printed, none was, the capture is damaged.
GOOD = {0, 1, 3}
VIEWS = [["-T", "line", "-x"], ["-T", "tree", "-x"], ["-T", "json", "--offsets"],
         ["-T", "layout"], ["-T", "order"], ["-T", "line", "--verify-checksums"]]


def failure(capture):
    """What went wrong with a capture, in words; None if nothing did."""
    for view in VIEWS:
        done = subprocess.run([FEIQDUMP, *view, capture], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300,
                              check=False)
        if done.returncode not in GOOD:
            said = done.stderr.decode(errors="replace")[:2000]
            return f"{' '.join(view)} {capture}: status {done.returncode}\n{said}"
        if done.returncode == 3 and not done.stderr:
            return f"{' '.join(view)} {capture}: damaged, but nothing says why"
    return None


class EveryCapture(unittest.TestCase):
    def check(self, folder, least):
        # What begins with ".." is no capture, but a symbolic link that was written out as a file.
        captures = sorted(path for path in folder.rglob("*.pcap*")
                          if path.read_bytes()[:2] != b"..")
        self.assertGreaterEqual(len(captures), least)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            failures = [words for words in pool.map(failure, captures) if words]
        self.assertEqual(failures, [], "\n".join(failures))

    def test_samples(self):
        self.check(SAMPLES, 20)

    @unittest.skipUnless("FEISCOPE_CAPTURES" in os.environ, "FEISCOPE_CAPTURES is not set")
    def test_captures_kept_elsewhere(self):
        self.check(pathlib.Path(os.environ["FEISCOPE_CAPTURES"]), 100)


if __name__ == "__main__":
    unittest.main()
