/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ciphers against vectors that others published: Blowfish's author's, NIST SP 800-38A's for
 * AES-256 in both modes.
 */
#include "cipher_check.h"

#include "protocol/cipher/block.h"

typedef struct {
    uint8_t bytes[256];
    size_t length;
} Octets;

static Octets octets(const char *hex)
{
    Octets out = {.length = strlen(hex) / 2};
    g_assert_cmpuint(out.length, <=, sizeof out.bytes);
    for (size_t i = 0; i < out.length; i++) {
        out.bytes[i] =
            (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    }
    return out;
}

static FsBytes bytes(const Octets *o)
{
    return (FsBytes){o->bytes, o->length};
}

static CipherStart start(const char *hex)
{
    CipherStart out = cipher_zero_start();
    Octets o = octets(hex);
    memcpy(out.bytes, o.bytes, o.length);
    return out;
}

static const char nist_plain[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                 "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const char nist_key[] = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

/* The published cipher text has no padding, so ours begins with it and has one block more. */
static void check(CipherAlgorithm algorithm, const char *key, const char *from, const char *plain,
                  const char *expected)
{
    Octets k = octets(key);
    Octets p = octets(plain);
    Octets e = octets(expected);
    uint8_t out[512];
    size_t length;
    size_t padded = cipher_padded_length(algorithm, p.length);
    for (size_t capacity = 0; capacity < padded; capacity++) {
        g_autofree uint8_t *exact = g_malloc(capacity + 1);
        g_assert_cmpint(
            cipher_encrypt(algorithm, bytes(&k), start(from), bytes(&p), exact, capacity, &length),
            ==, CIPHER_NO_ROOM);
        g_assert_cmpuint(length, ==, 0);
    }
    OK(cipher_encrypt(algorithm, bytes(&k), start(from), bytes(&p), out, sizeof out, &length));
    g_assert_cmpuint(length, ==, padded);
    g_assert_cmpmem(out, e.length, e.bytes, e.length);
    OK(cipher_decrypt(algorithm, bytes(&k), start(from), (FsBytes){out, length}, out, length,
                      &length));
    g_assert_cmpmem(out, length, p.bytes, p.length);
}

static void test_blowfish(void)
{
    check(CIPHER_BLOWFISH, "0123456789ABCDEFF0E1D2C3B4A59687", "FEDCBA9876543210",
          "37363534333231204e6f77206973207468652074696d6520666f722000000000",
          "6B77B4D63006DEE605B156E27403979358DEB9E7154616D9");
    /* keys of other lengths: vectors of one block, which CBC from zeros encrypts alike */
    check(CIPHER_BLOWFISH, "F0E1D2C3B4A5968778695A4B", "", "FEDCBA9876543210", "9409DA87A90F6BF2");
    check(CIPHER_BLOWFISH, "F0E1D2C3B4A59687", "", "FEDCBA9876543210", "E87A244E2CC85E82");
    check(CIPHER_BLOWFISH, "F0", "", "FEDCBA9876543210", "F9AD597C49DB005E");
}

static void test_aes(void)
{
    check(CIPHER_AES_256, nist_key, "000102030405060708090a0b0c0d0e0f", nist_plain,
          "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
          "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b");
}

/* The stream in one piece, and each of its pieces from each offset on. */
static void test_stream(void)
{
    Octets key = octets(nist_key);
    Octets plain = octets(nist_plain);
    Octets expected = octets("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                             "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");
    CipherStart from = start("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    uint8_t out[64];
    OK(cipher_stream(bytes(&key), from, 0, bytes(&plain), out));
    g_assert_cmpmem(out, sizeof out, expected.bytes, expected.length);
    for (size_t at = 0; at < plain.length; at++) {
        for (size_t end = at; end <= plain.length; end++) {
            FsBytes piece = {expected.bytes + at, end - at};
            OK(cipher_stream(bytes(&key), from, at, piece, out));
            g_assert_cmpmem(out, end - at, plain.bytes + at, end - at);
        }
    }
    Octets shorter = {.length = 31};
    g_assert_cmpint(cipher_stream(bytes(&shorter), from, 0, bytes(&plain), out), ==,
                    CIPHER_IMPOSSIBLE);
}

/* The counter runs over from its last bytes into those before. */
static void test_stream_far(void)
{
    Octets key = octets(nist_key);
    static const uint8_t zeros[16];
    uint8_t near[16];
    uint8_t far[16];
    FsBytes piece = {zeros, sizeof zeros};
    OK(cipher_stream(bytes(&key), start("3136303038313030303100000000ffff"), 1 << 4, piece, near));
    OK(cipher_stream(bytes(&key), start("31363030383130303031000000000000"), UINT64_C(0x100000),
                     piece, far));
    g_assert_cmpmem(near, sizeof near, far, sizeof far);
    OK(cipher_stream(bytes(&key), start("31363030383130303031000100000000"), 0, piece, near));
    OK(cipher_stream(bytes(&key), start("31363030383130303031000000000000"), UINT64_C(0x1000000000),
                     piece, far));
    g_assert_cmpmem(near, sizeof near, far, sizeof far);
}

static void test_start(void)
{
    CipherStart from = cipher_packet_start(fs_bytes("1600820012"));
    g_assert_cmpmem(from.bytes, sizeof from.bytes, "1600820012\0\0\0\0\0", 16);
    from = cipher_packet_start(fs_bytes("12345678901234567890"));
    g_assert_cmpmem(from.bytes, sizeof from.bytes, "123456789012345", 16);
    from = cipher_packet_start(fs_bytes(NULL));
    g_assert_cmpmem(from.bytes, sizeof from.bytes, cipher_zero_start().bytes, 16);
}

static void test_wrong(void)
{
    Octets key = octets(nist_key);
    uint8_t text[64];
    uint8_t out[64];
    size_t length;
    OK(cipher_encrypt(CIPHER_AES_256, bytes(&key), cipher_zero_start(), fs_bytes("0123456789"),
                      text, sizeof text, &length));
    g_assert_cmpuint(length, ==, 16);
    for (size_t cut = 0; cut < 16; cut++) {
        g_assert_cmpint(cipher_decrypt(CIPHER_AES_256, bytes(&key), cipher_zero_start(),
                                       (FsBytes){text, cut}, out, sizeof out, &length),
                        ==, CIPHER_LENGTH);
        g_assert_cmpuint(length, ==, 0);
    }
    g_assert_cmpint(cipher_decrypt(CIPHER_AES_256, bytes(&key), cipher_zero_start(),
                                   (FsBytes){text, 16}, out, 15, &length),
                    ==, CIPHER_NO_ROOM);
    key.bytes[0] ^= 1;
    g_assert_cmpint(cipher_decrypt(CIPHER_AES_256, bytes(&key), cipher_zero_start(),
                                   (FsBytes){text, 16}, out, sizeof out, &length),
                    ==, CIPHER_PADDING);
    g_assert_cmpuint(length, ==, 16); /* all of it, for who wants to look */
    for (size_t wrong = 0; wrong < 80; wrong++) {
        uint8_t long_key[80] = {1};
        FsBytes k = {long_key, wrong};
        CipherStatus aes = cipher_encrypt(CIPHER_AES_256, k, cipher_zero_start(), fs_bytes("x"),
                                          out, sizeof out, &length);
        g_assert_cmpint(aes, ==, wrong == 32 ? CIPHER_OK : CIPHER_IMPOSSIBLE);
        CipherStatus blowfish = cipher_seal_group(k, fs_bytes("x"), out, sizeof out, &length);
        g_assert_cmpint(blowfish, ==, wrong > 0 && wrong <= 56 ? CIPHER_OK : CIPHER_IMPOSSIBLE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cipher/block/blowfish", test_blowfish);
    g_test_add_func("/cipher/block/aes", test_aes);
    g_test_add_func("/cipher/block/stream", test_stream);
    g_test_add_func("/cipher/block/stream-far", test_stream_far);
    g_test_add_func("/cipher/block/start", test_start);
    g_test_add_func("/cipher/block/wrong", test_wrong);
    return g_test_run();
}
