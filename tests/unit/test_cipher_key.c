/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * RSA keys: read from PEM of all kinds and from datagrams, made, written, and refused.
 */
#include "cipher_check.h"

#include "protocol/feiq/build.h"

static void test_read(void)
{
    static const struct {
        const char *name;
        unsigned bits;
    } files[] = {{"rsa-1024.pem", 1024}, {"rsa-2048.pem", 2048}, {"rsa-2048-sender.pem", 2048}};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        CipherKey *key = check_key(files[i].name);
        g_assert_cmpuint(cipher_key_bits(key), ==, files[i].bits);
        g_assert_cmpuint(cipher_key_size(key), ==, files[i].bits / 8);
        g_assert_cmpmem(cipher_key_exponent(key).data, cipher_key_exponent(key).length, "\1\0\1",
                        3);
        cipher_key_free(key);
    }
}

static void assert_same(const CipherKey *key, const CipherKey *other)
{
    g_assert_cmpmem(cipher_key_modulus(key).data, cipher_key_modulus(key).length,
                    cipher_key_modulus(other).data, cipher_key_modulus(other).length);
    g_assert_cmpmem(cipher_key_exponent(key).data, cipher_key_exponent(key).length,
                    cipher_key_exponent(other).data, cipher_key_exponent(other).length);
}

static void test_password(void)
{
    g_autofree char *text = NULL;
    FsBytes pem = check_file("rsa-2048-password.pem", &text);
    CipherKey *key = NULL;
    g_assert_cmpint(cipher_key_read_pem(pem, NULL, &key), ==, CIPHER_PASSWORD);
    g_assert_cmpint(cipher_key_read_pem(pem, "feiscop", &key), ==, CIPHER_PASSWORD);
    g_assert_null(key);
    OK(cipher_key_read_pem(pem, "feiscope", &key));
    CipherKey *same = check_key("rsa-2048.pem");
    assert_same(key, same);
    cipher_key_free(key);
    cipher_key_free(same);
}

static void test_not_rsa(void)
{
    CipherKey *key = NULL;
    g_assert_cmpint(cipher_key_read_pem(fs_bytes("-----BEGIN PRIVATE KEY-----\n"
                                                 "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmi"
                                                 "CqirVv9mWG9qfSnF\n"
                                                 "-----END PRIVATE KEY-----\n"),
                                        NULL, &key),
                    ==, CIPHER_NOT_RSA); /* the example of RFC 8410 */
    g_assert_cmpint(cipher_key_read_pem(fs_bytes("no key at all"), NULL, &key), ==, CIPHER_NOT_PEM);
    g_assert_cmpint(cipher_key_read_pem(fs_bytes(""), NULL, &key), ==, CIPHER_NOT_PEM);
    g_autofree char *text = NULL;
    FsBytes pem = check_file("rsa-1024.pem", &text);
    for (size_t length = 0; length < pem.length - 26; length++) {
        g_autofree char *cut = g_strndup(text, length);
        g_assert_cmpint(cipher_key_read_pem(fs_bytes(cut), NULL, &key), ==, CIPHER_NOT_PEM);
        g_assert_null(key);
    }
}

static void test_generate(void)
{
    CipherKey *key = NULL;
    OK(cipher_key_generate(1024, &key));
    g_assert_cmpuint(cipher_key_bits(key), ==, 1024);
    static const char *const passwords[] = {NULL, "a password"};
    for (size_t i = 0; i < G_N_ELEMENTS(passwords); i++) {
        char pem[4096];
        size_t length;
        OK(cipher_key_write_pem(key, passwords[i], pem, sizeof pem, &length));
        CipherKey *same = NULL;
        OK(cipher_key_read_pem((FsBytes){(uint8_t *)pem, length}, passwords[i], &same));
        assert_same(key, same);
        uint8_t sealed[128];
        uint8_t plain[128];
        OK(cipher_rsa_encrypt(key, fs_bytes("for the owner"), sealed, sizeof sealed));
        OK(cipher_rsa_decrypt(same, (FsBytes){sealed, sizeof sealed}, plain, sizeof plain,
                              &length));
        g_assert_cmpmem(plain, length, "for the owner", 13);
        cipher_key_free(same);
        g_assert_cmpint(cipher_key_write_pem(key, passwords[i], pem, 100, &length), ==,
                        CIPHER_NO_ROOM);
    }
    cipher_key_free(key);
    g_assert_cmpint(cipher_key_generate(511, &key), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(cipher_key_generate(4097, &key), ==, CIPHER_IMPOSSIBLE);
    g_assert_null(key);
}

/* What feiq_build_anspubkey writes: the same key, at whatever byte it is cut never a wrong one. */
static void test_answer(void)
{
    CipherKey *key = check_key("rsa-1024.pem");
    uint8_t datagram[1024];
    FeiqSender sender = {.version = fs_bytes("1"), .user = fs_bytes("u"), .host = fs_bytes("h")};
    ptrdiff_t length = feiq_build_anspubkey(datagram, sizeof datagram, &sender, 1, 0, 0x21003,
                                            cipher_key_exponent(key), cipher_key_modulus(key));
    g_assert_cmpint(length, >, 0);
    size_t header = strlen("1:1:u:h:115:");
    FsBytes body = {datagram + header, (size_t)length - header};
    uint32_t capability;
    CipherKey *same = NULL;
    OK(cipher_key_from_answer(body, &capability, &same));
    g_assert_cmphex(capability, ==, 0x21003);
    g_assert_false(cipher_key_is_private(same));
    assert_same(key, same);
    cipher_key_free(same);
    size_t digits_of_most = strlen("21003:10001-") + 2 * CIPHER_FEWEST_BITS / 8;
    for (size_t cut = 0; cut < body.length - 1; cut++) {
        g_autofree uint8_t *exact = g_memdup2(body.data, cut);
        CipherStatus status = cipher_key_from_answer((FsBytes){exact, cut}, &capability, &same);
        if (status == CIPHER_OK) { /* odd by chance, and long enough */
            g_assert_cmpuint(cut, >=, digits_of_most);
            g_assert_cmpuint(cipher_key_bits(same), <, 1024);
        } else {
            g_assert_null(same);
        }
        cipher_key_free(same);
    }
    cipher_key_free(key);
}

static CipherStatus answer(const char *body)
{
    CipherKey *key = NULL;
    uint32_t capability;
    CipherStatus status = cipher_key_from_answer(fs_bytes(body), &capability, &key);
    g_assert_true((status == CIPHER_OK) == (key != NULL));
    cipher_key_free(key);
    return status;
}

static void test_answer_wrong(void)
{
    g_autofree char *digits = g_strnfill(127, 'F');
    g_autofree char *usual = g_strconcat("2:10001-", digits, "1", NULL);
    g_autofree char *lower = g_ascii_strdown(usual, -1);
    g_autofree char *even = g_strconcat("2:10001-", digits, "E", NULL);
    g_autofree char *even_exponent = g_strconcat("2:10002-", digits, "1", NULL);
    g_autofree char *one = g_strconcat("2:1-", digits, "1", NULL);
    g_autofree char *large = g_strconcat("2:", digits, "3-", digits, "1", NULL);
    g_autofree char *other = g_strconcat("2:10001-", digits, "g", NULL);
    g_autofree char *wide = g_strconcat("123456789:10001-", digits, "1", NULL);
    g_autofree char *huge_digits = g_strnfill(1026, 'F');
    g_autofree char *huge = g_strconcat("2:10001-", huge_digits, NULL);
    OK(answer(usual));
    OK(answer(lower));
    g_assert_cmpint(answer(even), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer(even_exponent), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer(one), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer(large), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer(huge), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer("2:10001-FFFF"), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer("2:0-0"), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(answer(other), ==, CIPHER_CODING);
    g_assert_cmpint(answer(wide), ==, CIPHER_CODING);
    g_assert_cmpint(answer("2:10001"), ==, CIPHER_MALFORMED);
    g_assert_cmpint(answer("2"), ==, CIPHER_MALFORMED);
    g_assert_cmpint(answer(""), ==, CIPHER_MALFORMED);
}

static void test_decrypt_wrong(void)
{
    CipherKey *key = check_key("rsa-2048.pem");
    CipherKey *other = check_key("rsa-2048-sender.pem");
    CipherKey *public_half = NULL;
    OK(cipher_key_from_numbers(cipher_key_exponent(key), cipher_key_modulus(key), &public_half));
    uint8_t sealed[CIPHER_LONGEST_RSA];
    uint8_t plain[256];
    size_t length;
    FsBytes text = {sealed, 256};
    OK(cipher_rsa_encrypt(public_half, fs_bytes("secret"), sealed, sizeof sealed));
    OK(cipher_rsa_decrypt(key, text, plain, sizeof plain, &length));
    g_assert_cmpmem(plain, length, "secret", 6);
    g_assert_cmpint(cipher_rsa_decrypt(key, text, plain, 5, &length), ==, CIPHER_NO_ROOM);
    g_assert_cmpint(cipher_rsa_decrypt(other, text, plain, 256, &length), ==, CIPHER_WRONG_KEY);
    g_assert_cmpint(cipher_rsa_decrypt(public_half, text, plain, 256, &length), ==,
                    CIPHER_IMPOSSIBLE);
    for (text.length = 0; text.length < 300; text.length++) {
        if (text.length != 256) {
            g_assert_cmpint(cipher_rsa_decrypt(key, text, plain, 256, &length), ==,
                            CIPHER_KEY_SIZE);
        }
    }
    memset(sealed, 0xff, sizeof sealed);
    text.length = 256;
    g_assert_cmpint(cipher_rsa_decrypt(key, text, plain, 256, &length), ==, CIPHER_WRONG_KEY);
    memset(sealed, 0, sizeof sealed);
    g_assert_cmpint(cipher_rsa_decrypt(key, text, plain, 256, &length), ==, CIPHER_WRONG_KEY);
    g_assert_cmpint(cipher_rsa_encrypt(key, (FsBytes){plain, 246}, sealed, 256), ==,
                    CIPHER_IMPOSSIBLE);
    OK(cipher_rsa_encrypt(key, (FsBytes){plain, 245}, sealed, 256));
    g_assert_cmpint(cipher_rsa_encrypt(key, fs_bytes("x"), sealed, 255), ==, CIPHER_NO_ROOM);
    cipher_key_free(public_half);
    cipher_key_free(other);
    cipher_key_free(key);
}

static void test_sign(void)
{
    CipherKey *key = check_key("rsa-2048.pem");
    static const CipherDigest digests[] = {CIPHER_SHA1, CIPHER_SHA256};
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++) {
        uint8_t signature[256];
        FsBytes whole = {signature, sizeof signature};
        OK(cipher_rsa_sign(key, digests[i], fs_bytes("signed"), signature, sizeof signature));
        OK(cipher_rsa_verify(key, digests[i], fs_bytes("signed"), whole));
        g_assert_cmpint(cipher_rsa_verify(key, digests[i], fs_bytes("singed"), whole), ==,
                        CIPHER_FORGED);
        g_assert_cmpint(cipher_rsa_verify(key, digests[1 - i], fs_bytes("signed"), whole), ==,
                        CIPHER_FORGED);
        for (size_t length = 0; length < 256; length++) {
            g_assert_cmpint(cipher_rsa_verify(key, digests[i], fs_bytes("signed"),
                                              (FsBytes){signature, length}),
                            ==, CIPHER_KEY_SIZE);
        }
        for (size_t at = 0; at < 256; at++) {
            signature[at] ^= 1;
            g_assert_cmpint(cipher_rsa_verify(key, digests[i], fs_bytes("signed"), whole), ==,
                            CIPHER_FORGED);
            signature[at] ^= 1;
        }
        g_assert_cmpint(cipher_rsa_sign(key, digests[i], whole, signature, 255), ==,
                        CIPHER_NO_ROOM);
    }
    cipher_key_free(key);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cipher/key/read", test_read);
    g_test_add_func("/cipher/key/password", test_password);
    g_test_add_func("/cipher/key/not-rsa", test_not_rsa);
    g_test_add_func("/cipher/key/generate", test_generate);
    g_test_add_func("/cipher/key/answer", test_answer);
    g_test_add_func("/cipher/key/answer-wrong", test_answer_wrong);
    g_test_add_func("/cipher/key/decrypt-wrong", test_decrypt_wrong);
    g_test_add_func("/cipher/key/sign", test_sign);
    return g_test_run();
}
