/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The opener: whose keys it tries, which public keys it believes, and how long its texts live.
 */
#include "cipher_check.h"

#include "protocol/cipher/message.h"
#include "protocol/cipher/opener.h"

static const uint8_t alice[] = {10, 0, 0, 1};
static const uint8_t bob[] = {10, 0, 0, 2};

static FsBytes host(const uint8_t address[4])
{
    return (FsBytes){address, 4};
}

/* A body for a receiver, as it stands in a datagram. */
static FsBytes seal(const CipherKey *receiver, const CipherKey *sender, uint32_t capability,
                    const char *text, uint8_t body[4096])
{
    uint8_t room[2048];
    FeiqCipher parts;
    OK(cipher_seal_message(receiver, sender, capability, fs_bytes("7"), fs_bytes(text), room,
                           sizeof room, &parts));
    FsBuilder b = fs_builder(body, 4096);
    feiq_put_cipher(&b, &parts);
    g_assert_cmpint(fs_built(&b), >, 0);
    return (FsBytes){body, b.used - 1}; /* without its NUL */
}

static FsOpened open_body(CipherOpener *opener, FsBytes body)
{
    FsSealed sealed = {.text = body, .packet_number = fs_bytes("7")};
    FsOpened opened;
    FsOpener *base = cipher_opener_base(opener);
    base->open(base, &sealed, &opened);
    return opened;
}

static void set_way(CipherOpener *opener, const uint8_t from[4], const uint8_t to[4],
                    uint32_t frame)
{
    FsOpener *base = cipher_opener_base(opener);
    base->source = host(from);
    base->destination = host(to);
    base->frame = frame;
}

static CipherStatus tell(CipherOpener *opener, const CipherKey *key)
{
    GString *answer = g_string_new("2:");
    for (unsigned part = 0; part < 2; part++) {
        FsBytes number = part == 0 ? cipher_key_exponent(key) : cipher_key_modulus(key);
        for (size_t i = 0; i < number.length; i++) {
            g_string_append_printf(answer, "%02x", number.data[i]);
        }
        g_string_append(answer, part == 0 ? "-" : "");
    }
    FsOpener *base = cipher_opener_base(opener);
    CipherStatus status = base->learn(base, fs_bytes(answer->str));
    g_string_free(answer, TRUE);
    return status;
}

static void test_receivers(void)
{
    CipherOpener *opener = cipher_opener_new();
    CipherKey *key = check_key("rsa-1024.pem");
    uint8_t room[4096];
    FsBytes body = seal(key, NULL, 0x20002, "for bob", room);
    set_way(opener, alice, bob, 0);
    g_assert_cmpint(open_body(opener, body).status, ==, CIPHER_NO_KEY);
    g_assert_false(cipher_opener_has_keys(opener));
    OK(cipher_opener_add(opener, host(bob), key));
    g_assert_true(cipher_opener_has_keys(opener));
    FsOpened opened = open_body(opener, body);
    OK(opened.status);
    g_assert_cmpmem(opened.plain.data, opened.plain.length, "for bob", 7);
    g_assert_cmpint(opened.signature, ==, CIPHER_UNSIGNED);
    /* What was opened once opens nothing for another, whose key that is not. */
    set_way(opener, bob, alice, 0);
    g_assert_cmpint(open_body(opener, body).status, ==, CIPHER_NO_KEY);
    set_way(opener, alice, bob, 0);
    OK(open_body(opener, body).status);
    cipher_opener_clear(opener);
    g_assert_cmpint(open_body(opener, body).status, ==, CIPHER_NO_KEY);
    cipher_opener_free(opener);
}

static void test_add_refuses(void)
{
    CipherOpener *opener = cipher_opener_new();
    CipherKey *key = check_key("rsa-1024.pem");
    CipherKey *half = NULL;
    OK(cipher_key_from_numbers(cipher_key_exponent(key), cipher_key_modulus(key), &half));
    g_assert_cmpint(cipher_opener_add(opener, host(bob), half), ==, CIPHER_IMPOSSIBLE);
    g_assert_cmpint(cipher_opener_add(opener, (FsBytes){bob, 3}, key), ==, CIPHER_IMPOSSIBLE);
    cipher_key_free(half);
    cipher_key_free(key);
    cipher_opener_free(opener);
}

static void test_lengths(void)
{
    CipherOpener *opener = cipher_opener_new();
    CipherKey *small = check_key("rsa-1024.pem");
    CipherKey *large = check_key("rsa-2048.pem");
    CipherKey *other = check_key("rsa-2048-sender.pem");
    uint8_t room[4096];
    FsBytes nothing = {NULL, 0};
    OK(cipher_opener_add(opener, nothing, small));
    FsOpened opened = open_body(opener, seal(large, NULL, 0x100004, "x", room));
    g_assert_cmpint(opened.status, ==, CIPHER_KEY_SIZE);
    g_assert_cmpuint(opened.sealed_length, ==, 256);
    g_assert_cmpuint(opened.key_length, ==, 128);
    OK(cipher_opener_add(opener, nothing, other));
    opened = open_body(opener, seal(large, NULL, 0x100004, "x", room));
    g_assert_cmpint(opened.status, ==, CIPHER_WRONG_KEY);
    OK(cipher_opener_add(opener, nothing, large));
    OK(open_body(opener, seal(large, NULL, 0x100004, "x", room)).status);
    OK(open_body(opener, seal(small, NULL, 0x20002, "x", room)).status);
    cipher_opener_free(opener);
}

static CipherStatus verdict(CipherOpener *opener, uint32_t frame, FsBytes body)
{
    set_way(opener, alice, bob, frame);
    FsOpened opened = open_body(opener, body);
    OK(opened.status);
    return opened.signature;
}

/* In any order of visits: alice told her key in frames 2 and 6, and another in frame 4. */
static void test_public_keys(void)
{
    CipherOpener *opener = cipher_opener_new();
    CipherKey *receiver = check_key("rsa-2048.pem");
    CipherKey *hers = check_key("rsa-2048-sender.pem");
    CipherKey *another = check_key("rsa-2048.pem");
    uint8_t room[4096];
    FsBytes body = seal(receiver, hers, 0x40100004, "signed", room);
    OK(cipher_opener_add(opener, (FsBytes){NULL, 0}, receiver));
    for (unsigned visit = 0; visit < 2; visit++) {
        static const uint32_t frames[] = {2, 4, 6};
        for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
            set_way(opener, alice, bob, frames[i]);
            OK(tell(opener, frames[i] == 4 ? another : hers));
        }
        g_assert_cmpint(verdict(opener, 7, body), ==, CIPHER_OK);
        g_assert_cmpint(verdict(opener, 5, body), ==, CIPHER_FORGED);
        g_assert_cmpint(verdict(opener, 3, body), ==, CIPHER_OK);
        g_assert_cmpint(verdict(opener, 1, body), ==, CIPHER_NO_KEY);
    }
    set_way(opener, bob, alice, 8); /* bob may tell whatever he wants */
    OK(tell(opener, another));
    g_assert_cmpint(verdict(opener, 9, body), ==, CIPHER_OK);
    cipher_opener_forget(opener);
    g_assert_cmpint(verdict(opener, 9, body), ==, CIPHER_NO_KEY);
    cipher_key_free(hers);
    cipher_key_free(another);
    cipher_opener_free(opener);
}

/* A packet has seven sources at most: the last seven texts are there, however many came before. */
static void test_texts_live(void)
{
    enum { LIVING = 7, LARGEST = 65536 };
    CipherOpener *opener = cipher_opener_new();
    FsOpener *base = cipher_opener_base(opener);
    g_autofree uint8_t *plain = g_malloc(LARGEST);
    g_autofree uint8_t *text = g_malloc(LARGEST);
    FsBytes last[LIVING] = {{NULL, 0}};
    for (unsigned i = 0; i < 60; i++) {
        size_t length = i % 3 == 0 ? LARGEST - 1 : 1000 * (i + 1);
        memset(plain, (int)i, length);
        FsSealed sealed = {.group = true, .mac = fs_bytes(i % 2 == 0 ? "141877B3DA81" : "FeiX")};
        OK(cipher_seal_group(sealed.mac, (FsBytes){plain, length}, text, LARGEST,
                             &sealed.text.length));
        sealed.text.data = text;
        FsOpened opened;
        base->open(base, &sealed, &opened);
        OK(opened.status);
        g_assert_cmpuint(opened.plain.length, ==, length);
        last[i % LIVING] = opened.plain;
        for (unsigned k = 0; k < LIVING && k <= i; k++) {
            FsBytes living = last[(i - k) % LIVING];
            g_assert_cmpuint(living.data[0], ==, i - k);
            g_assert_cmpuint(living.data[living.length - 1], ==, i - k);
        }
    }
    cipher_opener_free(opener);
}

static void test_group_refuses(void)
{
    CipherOpener *opener = cipher_opener_new();
    FsOpener *base = cipher_opener_base(opener);
    static const uint8_t zeros[8 + 65536];
    static const struct {
        const char *mac;
        size_t length;
        CipherStatus status;
    } cases[] = {{"FeiX", 0, CIPHER_LENGTH},
                 {"FeiX", 7, CIPHER_LENGTH},
                 {"FeiX", sizeof zeros, CIPHER_NO_ROOM},
                 {"", 8, CIPHER_NO_KEY},
                 {"FeiX", 8, CIPHER_PADDING}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        FsSealed sealed = {
            .group = true, .mac = fs_bytes(cases[i].mac), .text = {zeros, cases[i].length}};
        FsOpened opened;
        base->open(base, &sealed, &opened);
        g_assert_cmpstr(opened.reason, ==, cipher_status_text(cases[i].status));
        g_assert_cmpuint(opened.plain.length, ==, cases[i].status == CIPHER_PADDING ? 8 : 0);
    }
    cipher_opener_free(opener);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cipher/opener/receivers", test_receivers);
    g_test_add_func("/cipher/opener/add-refuses", test_add_refuses);
    g_test_add_func("/cipher/opener/lengths", test_lengths);
    g_test_add_func("/cipher/opener/public-keys", test_public_keys);
    g_test_add_func("/cipher/opener/texts-live", test_texts_live);
    g_test_add_func("/cipher/opener/group-refuses", test_group_refuses);
    return g_test_run();
}
