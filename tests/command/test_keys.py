# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump with private keys: what it reads, what it refuses, and that no filter changes verdicts."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.dirname(HERE))
import keys  # noqa: E402 (of the folder above)

FEIQDUMP = os.environ["FEIQDUMP"]
SAMPLES = os.path.join(HERE, "..", "..", "samples")
SAMPLE = os.path.join(SAMPLES, "encrypted.pcapng")
KEY = str(keys.KEYS / "rsa-2048.pem")
SEALED = str(keys.KEYS / "rsa-2048-password.pem")


def run(*arguments):
    done = subprocess.run([FEIQDUMP, *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def values(field, *arguments):
    """Values of a field, by the packet number of FeiQ, of packets that have it."""
    status, out, err = run("-T", "json", *arguments)
    assert status == 0, err
    found = {}
    for line in out.splitlines():
        packet = json.loads(line)
        if field in packet:
            found[packet["feiq.packet_number"]] = packet[field]
    return found


class Keys(unittest.TestCase):
    TEXTS = {"1600820012": "合言葉は2425", "1600820013": "see there", "1600820016": "署名は正しい",
             "1600820017": "署名は偽物", "1600820018": "二人へ"}
    FEIQ = {"1600820002": "密码是 2425", "1600820019": "也可以这样"}

    def test_group_datagrams_need_none(self):
        texts = values("feiq.text", os.path.join(SAMPLES, "group.pcapng"))
        self.assertEqual(list(texts.values()), ["/:bomb", "下午三点开会，别迟到", "好的"])

    def test_key(self):
        self.assertEqual(values("feiq.text", SAMPLE), {})
        self.assertEqual(values("feiq.text", "--key", KEY, SAMPLE), self.TEXTS)
        self.assertEqual(values("feiq.text", *keys.ALL, SAMPLE), {**self.TEXTS, **self.FEIQ})
        feiq = ["--key", str(keys.KEYS / "rsa-1024.pem")]
        self.assertEqual(values("feiq.text", "--key", KEY, *feiq, SAMPLE),
                         {**self.TEXTS, **self.FEIQ})

    def test_rows_as_tshark_takes_them(self):
        def row(receiver, file=KEY, password=""):
            return values("feiq.text", *keys.option(file, receiver, password), SAMPLE)

        for receiver in ("any", "ANY", "", "192.168.1.74"):
            self.assertEqual(row(receiver), self.TEXTS)
        for receiver in ("192.168.1.72", "fe80::1"):
            self.assertEqual(row(receiver), {})
        self.assertEqual(row("any", SEALED, "feiscope"), self.TEXTS)

    def test_verdicts_do_not_depend_on_the_filter(self):
        """The datagram that tells the key comes from the same host, but says something else."""
        field = "feiq.cipher.signature.verdict"
        whole = values(field, *keys.ALL, SAMPLE)
        self.assertEqual(whole["1600820016"], "0")
        for display in ("feiq.text contains \"署名\"", "udp.length > 700", "ip.src == 192.168.1.72"):
            shown = values(field, *keys.ALL, "-Y", display, SAMPLE)
            self.assertEqual(shown, {n: whole[n] for n in shown}, display)
            self.assertIn("1600820016", shown, display)

    def test_public_keys_are_forgotten_with_their_capture(self):
        """A second capture begins without the keys of the first."""
        status, out, err = run("-T", "fields", "-e", "feiq.cipher.signature.verdict", *keys.ALL,
                               "-Y", "feiq.packet_number == 1600820012", SAMPLE, SAMPLE)
        self.assertEqual((status, out, err), (0, "2\n2\n", ""))

    def test_tree_tells_derived_bytes(self):
        _, out, _ = run("-T", "tree", "-x", "--key", KEY, "-Y", "feiq.packet_number == 1600820013",
                        SAMPLE)
        self.assertIn("Decrypted", out)
        self.assertIn("see there", out)
        self.assertIn("Recipient's user: gen", out)


class Refusals(unittest.TestCase):
    def refused(self, *arguments):
        status, out, err = run(*arguments, SAMPLE)
        self.assertEqual((status, out), (2, ""))
        return err

    def test_files(self):
        with tempfile.NamedTemporaryFile() as large:
            large.write(b"x" * 70000)
            large.flush()
            for file, reason in ((f"{KEY}.none", "No such file or directory"),
                                 (SAMPLES, "a folder, not a key file"),
                                 (__file__, "not a private key in PEM form"), ("", "No such file or directory"),
                                 (large.name, "more than 65536 bytes are too many for a key"),
                                 (SEALED, "the private key is encrypted, and the password missing or wrong")):
                self.assertEqual(self.refused("--key", file), f"feiqdump: --key {file}: {reason}\n")

    def test_rows(self):
        form = 'a key is "receiver","file","password"'
        for row, reason in (("", form), ("any,x,", form), ('"any","x"', form), ('"any","x","', form),
                            ('"any","x","" ', form), ('"10.0.0","x",""', "10.0.0: neither any nor an "
                                                      "IPv4 or IPv6 address"),
                            (f'"any","{SEALED}","x"', f"{SEALED}: the private key is encrypted, and the "
                             "password missing or wrong")):
            option = f"uat:feiq_keys:{row}"
            self.assertEqual(self.refused("-o", option), f"feiqdump: -o {option}: {reason}\n")


if __name__ == "__main__":
    unittest.main()
