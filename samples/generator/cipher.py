# SPDX-License-Identifier: GPL-2.0-or-later
"""Blowfish, AES-256 and RSA for samples: small and slow, but what they write can be decrypted."""

import base64
import struct


def _pi_words(count):
    """The first 32-bit words of the fraction of pi, by Machin's formula: Blowfish's tables."""
    guard = 64
    one = 1 << (32 * count + guard)

    def arctan_inverse(x):
        total = term = one // x
        divisor, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // divisor)
            divisor, sign = divisor + 2, -sign
        return total

    pi = 4 * (4 * arctan_inverse(5) - arctan_inverse(239))
    fraction = (pi - 3 * one) >> guard
    return struct.unpack(f"!{count}I", fraction.to_bytes(4 * count, "big"))


_PI = _pi_words(18 + 4 * 256)


def _pad(data, block):
    """PKCS #5 and #7."""
    count = block - len(data) % block
    return data + bytes([count]) * count


def _cbc(encrypt, block, iv, data):
    out = b""
    for start in range(0, len(data), block):
        iv = encrypt(bytes(a ^ b for a, b in zip(data[start : start + block], iv)))
        out += iv
    return out


class _Blowfish:
    def __init__(self, key):
        words = list(_PI)
        self.p, self.s = words[:18], [words[18 + 256 * i : 274 + 256 * i] for i in range(4)]
        for i in range(18):
            self.p[i] ^= int.from_bytes(bytes(key[(4 * i + k) % len(key)] for k in range(4)), "big")
        block = bytes(8)
        for table in [self.p, *self.s]:
            for i in range(0, len(table), 2):
                block = self.encrypt(block)
                table[i], table[i + 1] = struct.unpack("!II", block)

    def _f(self, x):
        a, b, c, d = self.s
        return (((a[x >> 24] + b[x >> 16 & 255]) ^ c[x >> 8 & 255]) + d[x & 255]) & 0xFFFFFFFF

    def encrypt(self, block):
        left, right = struct.unpack("!II", block)
        for i in range(16):
            left ^= self.p[i]
            right ^= self._f(left)
            left, right = right, left
        return struct.pack("!II", right ^ self.p[17], left ^ self.p[16])


def blowfish_cbc(key, plain, iv=bytes(8)):
    """Zero initialisation vector, as FeiQ uses it, or another."""
    return _cbc(_Blowfish(key).encrypt, 8, iv, _pad(plain, 8))


def _times_two(x):
    return x << 1 ^ (0x11B if x & 0x80 else 0)


def _multiply(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = _times_two(a), b >> 1
    return product


def _substitute(x):
    inverse = next((y for y in range(256) if _multiply(x, y) == 1), 0)
    out = 0x63
    for shift in range(5):
        out ^= (inverse << shift | inverse >> (8 - shift)) & 0xFF
    return out


_SUBSTITUTION = [_substitute(x) for x in range(256)]


class _Aes256:
    def __init__(self, key):
        words = [list(key[i : i + 4]) for i in range(0, 32, 4)]
        constant = 1
        for i in range(8, 60):
            word = list(words[-1])
            if i % 8 == 0:
                word = [_SUBSTITUTION[x] for x in word[1:] + word[:1]]
                word[0] ^= constant
                constant = _times_two(constant)
            elif i % 8 == 4:
                word = [_SUBSTITUTION[x] for x in word]
            words.append([a ^ b for a, b in zip(word, words[i - 8])])
        self.keys = [sum(words[i : i + 4], []) for i in range(0, 60, 4)]

    def encrypt(self, block):
        state = [a ^ b for a, b in zip(block, self.keys[0])]
        for turn in range(1, 15):
            state = [_SUBSTITUTION[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if turn < 14:
                mixed = []
                for column in range(0, 16, 4):
                    c = state[column : column + 4]
                    mixed += [
                        _times_two(c[i]) ^ _times_two(c[(i + 1) % 4]) ^ c[(i + 1) % 4]
                        ^ c[(i + 2) % 4] ^ c[(i + 3) % 4]
                        for i in range(4)
                    ]
                state = mixed
            state = [a ^ b for a, b in zip(state, self.keys[turn])]
        return bytes(state)


def aes256_cbc(key, iv, plain):
    return _cbc(_Aes256(key).encrypt, 16, iv, _pad(plain, 16))


def aes256_ctr(key, prefix, plain):
    """prefix is the constant head of the counter block."""
    aes, out = _Aes256(key), b""
    for start in range(0, len(plain), 16):
        counter = prefix + (start // 16).to_bytes(16 - len(prefix), "big")
        stream = aes.encrypt(counter)
        out += bytes(a ^ b for a, b in zip(plain[start : start + 16], stream))
    return out


class RsaKey:
    """A private key in PKCS #1 form (PEM)."""

    def __init__(self, path):
        lines = path.read_text().splitlines()
        der = base64.b64decode("".join(line for line in lines if not line.startswith("-")))
        numbers, at = [], 4  # after the header of the sequence
        while at < len(der):
            length, at = der[at + 1], at + 2
            if length & 0x80:
                count = length & 0x7F
                length, at = int.from_bytes(der[at : at + count], "big"), at + count
            numbers.append(int.from_bytes(der[at : at + length], "big"))
            at += length
        _, self.modulus, self.exponent, self.private = numbers[:4]
        self.size = (self.modulus.bit_length() + 7) // 8

    def encrypt(self, message, filler):
        """PKCS #1 1.5; filler instead of random bytes, so that the samples stay the same."""
        padding = (filler * self.size)[: self.size - 3 - len(message)]
        block = b"\0\2" + padding + b"\0" + message
        return self._power(block, self.exponent)

    def sign(self, digest_info):
        block = b"\0\1" + b"\xff" * (self.size - 3 - len(digest_info)) + b"\0" + digest_info
        return self._power(block, self.private)

    def _power(self, block, exponent):
        value = pow(int.from_bytes(block, "big"), exponent, self.modulus)
        return value.to_bytes(self.size, "big")
