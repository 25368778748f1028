# SPDX-License-Identifier: GPL-2.0-or-later
"""Decryption: group datagrams always, messages and files with the keys of the table."""

import os
import subprocess
import sys
import tempfile
import unittest

import frames
import shark

import keys  # of tests/

sys.path.append(os.path.join(shark.TREE, "samples"))
from generator import encrypted  # noqa: E402 (of samples/, with ciphers of its own)
from generator.cipher import aes256_ctr, blowfish_cbc  # noqa: E402

SAMPLE = os.path.join(shark.TREE, "samples/encrypted.pcapng")
MALFORMED = os.path.join(shark.TREE, "samples/encrypted-malformed.pcapng")
GROUP = os.path.join(shark.TREE, "samples/group.pcapng")
CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
BOTH = ["rsa-2048.pem", "rsa-2048-sender.pem"]
PORT = 2425


def any_keys(*names):
    return [word for name in names for word in keys.option(name)]


def by_frame(path, field, *arguments):
    """The values of a field, by frame, of frames that have it."""
    rows = shark.fields(path, ["frame.number", field], *arguments)
    return {int(number[0]): values for number, values in rows if values}


def header(number, command, user="u"):
    return f"1:{number}:{user}:h:{command}:".encode()


class GroupDatagrams(unittest.TestCase):
    def test_text_is_decrypted_without_any_key(self):
        self.assertEqual(by_frame(GROUP, "feiq.text"),
                         {3: ["/:bomb"], 4: ["下午三点开会，别迟到"], 5: ["好的"]})
        self.assertEqual(by_frame(GROUP, "feiq.qun.id"), dict.fromkeys(range(1, 6), ["0x3b199b07"]))

    def test_plain_text_is_a_data_source_of_its_own(self):
        self.assertIn("Decrypted (93 bytes):", shark.run("-r", GROUP, "-x"))

    def test_another_key_is_said(self):
        body = blowfish_cbc(b"141877B3DA81", b"QUNMSGMARK#1#hi")
        version = f"1_lbt6_0#128#000000000000#0#0#{len(body)}#4001#9"
        path = shark.capture([frames.udp(f"{version}:1:u:h:{0x400023}:".encode() + body)])
        self.assertEqual(by_frame(path, "feiq.decrypt.padding"), {1: ["1"]})
        self.assertEqual(by_frame(path, "feiq.text"), {})

    def test_versions_without_a_usable_key(self):
        body = blowfish_cbc(b"141877B3DA81", b"QUNMSGMARK#1#hi")
        for version in ("1", "1_lbt6_0#128", "1_lbt6_0#128##0#0#16", "1_lbt6_0#1#" + "A" * 57):
            path = shark.capture([frames.udp(f"{version}:1:u:h:{0x400023}:".encode() + body)])
            self.assertEqual(by_frame(path, "feiq.encrypted"), {1: [body.hex()]})
            self.assertEqual(by_frame(path, "feiq.decrypted"), {})


class Messages(unittest.TestCase):
    TEXTS = {3: ["密码是 2425"], 7: ["合言葉は2425"], 9: ["see there"], 13: ["署名は正しい"],
             14: ["署名は偽物"], 15: ["二人へ"], 16: ["也可以这样"]}

    def test_nothing_is_read_without_keys(self):
        self.assertEqual(by_frame(SAMPLE, "feiq.text"), {})
        remarks = shark.run("-r", SAMPLE, "-Y", "feiq.decrypt.wrong_key || feiq.decrypt.failed")
        self.assertEqual(remarks, "")

    def test_all_forms_are_read_with_the_receivers_keys(self):
        self.assertEqual(by_frame(SAMPLE, "feiq.text", *keys.ALL), self.TEXTS)

    def test_a_key_is_tried_for_its_owner_only(self):
        texts = by_frame(SAMPLE, "feiq.text", *keys.option("rsa-2048.pem", "192.168.1.74"))
        self.assertEqual(sorted(texts), [7, 9, 13, 14, 15])
        texts = by_frame(SAMPLE, "feiq.text", *keys.option("rsa-2048.pem", "192.168.1.75"))
        self.assertEqual(texts, {})
        self.assertEqual(by_frame(SAMPLE, "feiq.text",
                                  *keys.option("rsa-2048.pem", "fe80::1")), {})

    def test_a_key_with_a_password(self):
        row = keys.option("rsa-2048-password.pem", "any", "feiscope")
        self.assertEqual(sorted(by_frame(SAMPLE, "feiq.text", *row)), [7, 9, 13, 14, 15])

    def test_lists_inside_the_cipher_text(self):
        arguments = keys.ALL
        self.assertEqual(by_frame(SAMPLE, "feiq.file.name", *arguments), {9: ["plan.txt"]})
        self.assertEqual(by_frame(SAMPLE, "feiq.recipient.user", *arguments),
                         {9: ["hana", "gen"], 15: ["hana", "gen"]})

    def test_second_pass_and_filters_see_the_same(self):
        names = ["frame.number", "feiq.text", "feiq.cipher.signature.verdict", "feiq.request.file_key",
                 "feiq.transfer.cipher", "feiq.dir.name"]
        once = shark.fields(SAMPLE, names, *keys.ALL)
        self.assertEqual(once, shark.fields(SAMPLE, names, *keys.ALL, "-2"))
        texts = [row for row in once if row[1]]
        self.assertEqual(texts, shark.fields(SAMPLE, names, *keys.ALL, "-Y", "feiq.text"))

    def test_ipv6_owner(self):
        self.assertEqual(shark.run("-r", SAMPLE, "-c", "1", "-T", "fields", "-e", "frame.number",
                                   *keys.option("rsa-2048.pem", "fd00::12")).strip(), "1")


class Signatures(unittest.TestCase):
    def test_verdicts(self):
        found = by_frame(SAMPLE, "feiq.cipher.signature.verdict", *keys.ALL)
        self.assertEqual(found, {7: ["2"], 13: ["0"], 14: ["1"], 15: ["0"], 20: ["0"], 34: ["0"],
                                 46: ["0"]})

    def test_each_has_an_expert_item(self):
        for name, expected in (("good", [13, 15, 20, 34, 46]), ("bad", [14]), ("key_not_seen", [7])):
            found = by_frame(SAMPLE, f"feiq.cipher.signature.{name}", *keys.ALL)
            self.assertEqual(sorted(found), expected, name)

    def test_the_newest_key_told_before_counts(self):
        """The signer tells another key, then his own again."""
        receiver, signer, other = (encrypted._key(name) for name in
                                   ("rsa-2048.pem", "rsa-2048-sender.pem", "rsa-2048.pem"))
        contents = []
        for number, key in enumerate((signer, other, signer)):
            contents.append(frames.udp(header(100 + number, 115) + encrypted.public(0x4, key)))
            body = encrypted.seal(encrypted.STRONG | encrypted.SIGN_SHA256, receiver, 0, b"x\0", signer)
            contents.append(frames.udp(header(200 + number, 0x400020) + body))
        path = shark.capture(contents)
        for passes in ([], ["-2"]):
            found = by_frame(path, "feiq.cipher.signature.verdict", *any_keys("rsa-2048.pem"), *passes)
            self.assertEqual(found, {2: ["0"], 4: ["1"], 6: ["0"]})

    def test_keys_that_are_kept_are_bounded(self):
        contents = [frames.udp(header(n, 115) + f"2:10001-{(1 << 600) + 2 * n + 1:x}".encode(),
                               source=f"10.1.{n // 250}.{n % 250}") for n in range(1030)]
        path = shark.capture(contents + contents[:10])
        for passes in ([], ["-2"]):
            found = by_frame(path, "feiq.key.not_kept", *passes)
            self.assertEqual(sorted(found), list(range(1025, 1031)))


class WhatCannotBeRead(unittest.TestCase):
    def test_each_says_why(self):
        row = keys.option("rsa-2048.pem")
        for name, expected in (("decrypt.wrong_key", [1]), ("decrypt.key_size", [2, 6]),
                               ("decrypt.padding", [3]), ("decrypt.length", [4]),
                               ("decrypt.unsupported", [5]), ("cipher.malformed", [7]),
                               ("cipher.incomplete", [8]), ("decrypt.failed", [9]),
                               ("key.unusable", [11])):
            self.assertEqual(sorted(by_frame(MALFORMED, f"feiq.{name}", *row)), expected, name)
        self.assertEqual(by_frame(MALFORMED, "feiq.text", *row), {10: ["signed?"]})

    def test_lengths_are_named(self):
        messages = by_frame(MALFORMED, "_ws.expert.message", *keys.option("rsa-2048.pem"))
        self.assertIn("No RSA key of the right length is given: 128 bytes, and the keys given have 256",
                      messages[2])
        self.assertIn("Could not be decrypted: the key of the message has not the length that its "
                      "cipher wants", messages[9])

    def test_with_wrong_padding_all_bytes_are_shown(self):
        shown = by_frame(MALFORMED, "feiq.decrypted.data", *keys.option("rsa-2048.pem"))
        self.assertEqual(shown, {3: [b"never to be read".hex()]})


class Table(unittest.TestCase):
    """Rows that cannot be used are refused, with the value and the reason."""

    def refused(self, row):
        done = subprocess.run([shark.WRAPPER, "-r", SAMPLE, "-o", f"uat:feiq_keys:{row}"],
                              capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_files(self):
        folder = str(keys.KEYS)
        self.assertIn("No such file", self.refused(f'"any","{folder}/none.pem",""'))
        self.assertIn("not a regular file", self.refused(f'"any","{folder}",""'))
        self.assertIn("not a private key in PEM form", self.refused(f'"any","{__file__}",""'))
        self.assertIn("no key file is named", self.refused('"any","",""'))

    def test_passwords(self):
        file = f"{keys.KEYS}/rsa-2048-password.pem"
        for password in ("", "feiscop"):
            said = self.refused(f'"any","{file}","{password}"')
            self.assertIn(f"{file}: the private key is encrypted, and the password missing or wrong",
                          said)

    def test_a_row_of_the_file_that_went_bad_leaves_the_others(self):
        with tempfile.TemporaryDirectory(dir=shark.folder()) as folder:
            os.chmod(folder, 0o755)
            with open(os.path.join(folder, "feiq_keys"), "w", encoding="utf-8") as file:
                file.write(f'"any","{keys.KEYS}/rsa-2048.pem",""\n"any","{folder}/gone.pem",""\n')
            done = subprocess.run([shark.WRAPPER, "-r", SAMPLE, "-T", "fields", "-e", "feiq.text"],
                                  env=dict(os.environ, WIRESHARK_CONFIG_DIR=folder),
                                  capture_output=True, text=True, check=True)
            self.assertIn("see there", done.stdout)
            self.assertEqual(done.stderr.count(f"{folder}/gone.pem"), 1)

    def test_receivers(self):
        file = f"{keys.KEYS}/rsa-2048.pem"
        self.assertIn('10.0.0: neither "any" nor an IPv4 or IPv6 address',
                      self.refused(f'"10.0.0","{file}",""'))


class Files(unittest.TestCase):
    """Streams that the key in the request opens."""

    KEY = bytes(range(32))
    NUMBER = 1600830000

    def request(self, command, inner, signed=True):
        form = encrypted.STRONG | (encrypted.SIGN_SHA256 if signed else 0)
        body = encrypted.seal(form, encrypted._key("rsa-2048.pem"), 0, inner.encode() + b"\0",
                              encrypted._key("rsa-2048-sender.pem"))
        return header(self.NUMBER, command) + body

    def stream(self, plain):
        return aes256_ctr(self.KEY, encrypted.packet_iv(self.NUMBER, 10), plain)

    def exported(self, path):
        import test_transfer
        return test_transfer.exported(path, *any_keys("rsa-2048.pem"))

    def test_a_folder_cut_anywhere(self):
        plain = (b"0016:root:000000000:2:" + b"0018:a.txt:000000010:1:" + bytes(range(65, 81)) +
                 b"0013:.:000000000:3:")
        plain = plain.replace(b"0018:a.txt:000000010:1:", b"0017:a.txt:000000010:1:")
        stream = self.stream(plain)
        request = self.request(0x400862, f"7:0:900000:{self.KEY.hex()}:{self.NUMBER:x}")
        contents = []
        for cut in range(1, len(stream), 3):
            contents += frames.Stream(PORT, 40000 + cut).client(request).server(
                stream[:cut], stream[cut:]).frames
        path = shark.capture(contents)
        objects = self.exported(path)
        self.assertEqual(len(objects), len(range(1, len(stream), 3)))
        self.assertEqual(set(objects.values()), {bytes(range(65, 81))})

    def test_a_request_cut_anywhere(self):
        """With a NUL behind it or without; each time it is one request, and its file is decrypted."""
        inner = f"7:0:0:900000:{self.KEY.hex()}:{self.NUMBER:x}"
        answer = self.stream(b"the file")
        for signed in (True, False):
            request = self.request(0x400860, inner, signed)
            contents, cuts = [], 0
            for ending in (b"", b"\0"):
                whole = request.rstrip(b"\0") + ending
                for cut in range(1, len(whole), 41):
                    contents += frames.Stream(PORT, 40000 + cuts).client(
                        whole[:cut], whole[cut:]).server(answer).frames
                    cuts += 1
            path = shark.capture(contents)
            data = by_frame(path, "feiq.transfer.data", *any_keys("rsa-2048.pem"))
            self.assertEqual(list(data.values()), [[b"the file".hex()]] * cuts)
            self.assertEqual(len(by_frame(path, "feiq.request.file_key", *any_keys("rsa-2048.pem"))), cuts)

    def test_a_file_from_an_offset_with_a_segment_that_comes_again(self):
        content = bytes(range(256)) * 3
        stream = self.stream(content[5:])
        request = self.request(0x400860, f"7:0:5:900000:{self.KEY.hex()}:{self.NUMBER:x}")
        parts = [stream[:100], stream[100:333], stream[333:]]
        connection = frames.Stream(PORT).client(request).server(*parts)
        contents = connection.frames + connection.frames[-2:]
        path = shark.capture(contents)
        data = by_frame(path, "feiq.transfer.data", *any_keys("rsa-2048.pem"))
        joined = "".join(values[0] for frame, values in sorted(data.items()) if frame <= 7)
        self.assertEqual(joined, content[5:].hex())
        offsets = by_frame(path, "feiq.transfer.offset", *any_keys("rsa-2048.pem"))
        self.assertEqual([int(values[0]) for _, values in sorted(offsets.items())][:3], [5, 105, 338])

    def test_without_the_key_the_bytes_are_said_to_be_encrypted(self):
        found = by_frame(SAMPLE, "feiq.transfer.encrypted")
        self.assertEqual(sorted(found), [22, 24, 26, 36, 38, 48])
        self.assertEqual(by_frame(SAMPLE, "feiq.transfer.encrypted", *keys.ALL), {})

    def test_a_key_that_is_too_short(self):
        request = self.request(0x400860, f"7:0:0:900000:00ff:{self.NUMBER:x}")
        path = shark.capture(frames.Stream(PORT).client(request).server(b"x" * 20).frames)
        arguments = any_keys("rsa-2048.pem")
        self.assertEqual(by_frame(path, "feiq.request.invalid", *arguments), {4: ["1"]})
        self.assertEqual(by_frame(path, "feiq.transfer.data", *arguments), {5: [(b"x" * 20).hex()]})

    def test_the_sample_is_exported_byte_for_byte(self):
        import test_transfer
        objects = test_transfer.exported(SAMPLE, *keys.ALL)
        self.assertEqual(set(objects.values()), {encrypted.PLAN})
        self.assertEqual(len(objects), 3)


class Truncated(unittest.TestCase):
    def test_every_snapshot_length(self):
        """No dissector bug, whatever is missing."""
        for length in list(range(42, 200, 13)) + list(range(200, 1100, 101)):
            path = os.path.join(shark.folder(), f"cut-{length}.pcap")
            subprocess.run(["editcap", "-F", "pcap", "-s", str(length), SAMPLE, path], check=True)
            os.chmod(path, 0o644)
            shark.run("-r", path, "-V", *keys.ALL)


if __name__ == "__main__":
    shark.main()
