/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Encrypted bodies: those of the samples, which the generator encrypts by an implementation of its
 * own; what is sealed here; and each cut at every byte.
 */
#include "cipher_check.h"

#include "protocol/cipher/message.h"
#include "protocol/feiq/feiq.h"

#include <pcap/pcap.h>

enum { HEADERS = 14 + 20 + 8 };

/* A datagram of a sample: what stands where. */
typedef struct {
    FsBytes version;
    FsBytes number;
    FsBytes word;
    FsBytes body;
} Parts;

static Parts split(FsBytes datagram)
{
    FsBytes fields[5];
    for (size_t i = 0; i < 5; i++) {
        const uint8_t *colon = memchr(datagram.data, ':', datagram.length);
        g_assert_nonnull(colon);
        fields[i] = (FsBytes){datagram.data, (size_t)(colon - datagram.data)};
        datagram.length -= fields[i].length + 1;
        datagram.data = colon + 1;
    }
    return (Parts){fields[0], fields[1], fields[4], datagram};
}

/* Call with each datagram of a sample whose packet number is between two. */
static void for_each(const char *sample, uint64_t first, uint64_t last,
                     void (*visit)(const Parts *parts, uint64_t number))
{
    g_autofree char *path = g_build_filename(SAMPLES, sample, NULL);
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, message);
    g_assert_nonnull(capture);
    struct pcap_pkthdr *header;
    const uint8_t *data;
    unsigned visited = 0;
    while (pcap_next_ex(capture, &header, &data) == 1) {
        if (header->caplen <= HEADERS || data[23] != 17) {
            continue;
        }
        g_autofree uint8_t *exact = g_memdup2(data + HEADERS, header->caplen - HEADERS);
        Parts parts = split((FsBytes){exact, header->caplen - HEADERS});
        uint64_t number = g_ascii_strtoull((const char *)parts.number.data, NULL, 10);
        if (number >= first && number <= last) {
            visit(&parts, number);
            visited++;
        }
    }
    pcap_close(capture);
    g_assert_cmpuint(visited, >, 0);
}

/* --- group datagrams --- */

static void open_group(const Parts *parts, uint64_t number)
{
    static const char *const begins[] = {
        "QUNMSGMARK#3b199b07#", "QUNMSGMARK#3b199b07#",
        "QUNMSGMARK#3b199b07_24901708#/:bomb{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 ",
        "QUNMSGMARK#3b199b07_24901709#"};
    const char *begin = begins[number - 1600800000];
    g_autofree char *text = g_strndup((const char *)parts->version.data, parts->version.length);
    g_auto(GStrv) version = g_strsplit(text, "#", -1);
    FsBytes body = {parts->body.data, g_ascii_strtoull(version[5], NULL, 10)};
    g_assert_cmpuint(body.length, <=, parts->body.length);
    uint8_t plain[512];
    size_t length;
    OK(cipher_open_group(fs_bytes(version[2]), body, plain, sizeof plain, &length));
    g_assert_cmpuint(length, >=, strlen(begin));
    g_assert_cmpmem(plain, strlen(begin), begin, strlen(begin));
    uint8_t again[512];
    size_t sealed;
    OK(cipher_seal_group(fs_bytes(version[2]), (FsBytes){plain, length}, again, sizeof again,
                         &sealed));
    g_assert_cmpmem(again, sealed, body.data, body.length);
}

static void test_group(void)
{
    for_each("group.pcapng", 1600800000, 1600800003, open_group);
}

/* --- messages --- */

static CipherKey *feiq;
static CipherKey *saturn;
static CipherKey *jupiter;

typedef struct {
    uint64_t number;
    CipherKey *const *receiver;
    uint32_t capability;
    const char *plain;
    size_t length;
    CipherStatus by_jupiter; /* is the signature his? */
} Expected;

#define PLAIN(text) text, sizeof text
static const Expected expected[] = {
    {1600820002, &feiq, 0x20002,
     PLAIN("\xc3\xdc\xc2\xeb\xca\xc7 2425{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 "
           "\xce\xa2\xc8\xed\xd1\xc5\xba\xda 8404992;}"),
     CIPHER_UNSIGNED},
    {1600820012, &saturn, 0x21900004, PLAIN("合言葉は2425"), CIPHER_OK},
    {1600820013, &saturn, 0x100004,
     PLAIN("see there\0"
           "0:plan.txt:1f:59c8c1d0:1:\a\0"
           "TO:hana:saturn\agen:venus\a"),
     CIPHER_UNSIGNED},
    {1600820016, &saturn, 0x41900004, PLAIN("署名は正しい"), CIPHER_OK},
    {1600820017, &saturn, 0x41900004, PLAIN("署名は偽物"), CIPHER_FORGED},
    {1600820018, &saturn, 0x21900004, PLAIN("二人へ\0\0TO:hana:saturn\agen:venus\a"), CIPHER_OK},
    {1600820019, &feiq, 0x1820002, PLAIN("\xd2\xb2\xbf\xc9\xd2\xd4\xd5\xe2\xd1\xf9"),
     CIPHER_UNSIGNED},
};

static const Expected *expected_of(uint64_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        if (expected[i].number == number) {
            return &expected[i];
        }
    }
    return NULL;
}

/* Open a body: the status of the first step that fails. */
static CipherStatus open_body(const CipherKey *receiver, FsBytes number, FsBytes body,
                              uint8_t *plain, size_t *length, FeiqCipher *cipher)
{
    static uint8_t room[8192];
    CipherSession session;
    *length = 0;
    CipherStatus status = cipher_read_body(body, room, sizeof room, cipher);
    if (status == CIPHER_OK) {
        status = cipher_open_session(receiver, cipher, &session);
    }
    if (status == CIPHER_OK) {
        status =
            cipher_open_message(&session, cipher, number, plain, cipher->message.length, length);
    }
    return status;
}

static unsigned opened;

static void open_message(const Parts *parts, uint64_t number)
{
    const Expected *e = expected_of(number);
    if (e == NULL) {
        return;
    }
    FeiqCipher cipher;
    uint8_t plain[4096];
    size_t length;
    OK(open_body(*e->receiver, parts->number, parts->body, plain, &length, &cipher));
    g_assert_cmphex(cipher.capability, ==, e->capability);
    g_assert_cmpmem(plain, length, e->plain, e->length);
    g_assert_cmpint(cipher_verify_message(jupiter, &cipher, (FsBytes){plain, length}), ==,
                    e->by_jupiter);
    opened++;
}

static void begin(void)
{
    feiq = check_key("rsa-1024.pem");
    saturn = check_key("rsa-2048.pem");
    jupiter = check_key("rsa-2048-sender.pem");
}

static void end(void)
{
    cipher_key_free(feiq);
    cipher_key_free(saturn);
    cipher_key_free(jupiter);
}

static void test_samples(void)
{
    begin();
    opened = 0;
    for_each("encrypted.pcapng", 1600820002, 1600820019, open_message);
    g_assert_cmpuint(opened, ==, G_N_ELEMENTS(expected));
    end();
}

static void refuse_message(const Parts *parts, uint64_t number)
{
    static const CipherStatus statuses[] = {
        CIPHER_WRONG_KEY, CIPHER_KEY_SIZE, CIPHER_PADDING,   CIPHER_LENGTH,      CIPHER_UNSUPPORTED,
        CIPHER_KEY_SIZE,  CIPHER_CODING,   CIPHER_MALFORMED, CIPHER_MESSAGE_KEY, CIPHER_OK};
    FeiqCipher cipher;
    uint8_t plain[4096];
    size_t length;
    CipherStatus status = open_body(saturn, parts->number, parts->body, plain, &length, &cipher);
    g_assert_cmpstr(cipher_status_text(status), ==,
                    cipher_status_text(statuses[number - 1600830000]));
    if (status == CIPHER_OK) {
        g_assert_cmpint(cipher_verify_message(jupiter, &cipher, (FsBytes){plain, length}), ==,
                        CIPHER_FORGED);
    }
}

static void refuse_key(const Parts *parts, uint64_t number)
{
    (void)number;
    CipherKey *key = NULL;
    uint32_t capability;
    g_assert_cmpint(cipher_key_from_answer(parts->body, &capability, &key), ==, CIPHER_IMPOSSIBLE);
}

static void test_malformed(void)
{
    begin();
    for_each("encrypted-malformed.pcapng", 1600830000, 1600830009, refuse_message);
    for_each("encrypted-malformed.pcapng", 1600830010, 1600830010, refuse_key);
    end();
}

/* Cut anywhere, a body either cannot be opened, or gives a part of its text, or lacks only its
 * signature. The message key, which takes long to decrypt, is decrypted once for all cuts behind
 * it. */
static void truncate_message(const Parts *parts, uint64_t number)
{
    const Expected *e = expected_of(number);
    FeiqCipher whole;
    uint8_t whole_room[8192];
    uint8_t room[8192];
    CipherSession session;
    if (e == NULL) {
        return;
    }
    OK(cipher_read_body(parts->body, whole_room, sizeof whole_room, &whole));
    OK(cipher_open_session(*e->receiver, &whole, &session));
    for (size_t cut = 0; cut + 1 < parts->body.length; cut++) {
        g_autofree uint8_t *exact = g_memdup2(parts->body.data, cut);
        FeiqCipher cipher;
        CipherStatus status = cipher_read_body((FsBytes){exact, cut}, room, sizeof room, &cipher);
        if (status != CIPHER_OK) {
            continue; /* as long as there is no message behind the key */
        }
        g_assert_cmpmem(cipher.key.data, cipher.key.length, whole.key.data, whole.key.length);
        uint8_t plain[4096];
        size_t length;
        status =
            cipher_open_message(&session, &cipher, parts->number, plain, sizeof plain, &length);
        if (status == CIPHER_OK || status == CIPHER_PADDING) {
            size_t same = MIN(length, e->length);
            g_assert_cmpmem(plain, same, e->plain, same);
            bool filled = parts->body.data[cut] == '='; /* what base64 is filled up with */
            g_assert_true(filled || cipher_verify_message(jupiter, &cipher,
                                                          (FsBytes){plain, length}) != CIPHER_OK);
        }
    }
}

static void test_truncated(void)
{
    begin();
    for_each("encrypted.pcapng", 1600820002, 1600820019, truncate_message);
    end();
}

/* --- what is sealed here --- */

static void test_choose(void)
{
    const uint32_t official = 0x65D20006;
    g_assert_cmphex(cipher_choose(official, official), ==, 0x41900004);
    g_assert_cmphex(cipher_choose(official, official & ~0x40000000U), ==, 0x21900004);
    g_assert_cmphex(cipher_choose(0x100004, official), ==, 0x100004);
    g_assert_cmphex(cipher_choose(official, 0x21003), ==, 0x20002);
    g_assert_cmphex(cipher_choose(0x1820002, official), ==, 0x1820002);
    g_assert_cmphex(cipher_choose(0x1001, official), ==, 0);
    g_assert_cmphex(cipher_choose(0x100002, official), ==, 0); /* no pair that is in use */
}

static void seal_and_open(uint32_t capability, const CipherKey *receiver, const CipherKey *sender,
                          FsBytes plain)
{
    FeiqCipher parts;
    FsBytes number = fs_bytes("1600820099");
    size_t needed =
        cipher_key_size(receiver) +
        cipher_padded_length((capability & 0x100000) != 0 ? CIPHER_AES_256 : CIPHER_BLOWFISH,
                             plain.length) +
        (sender == NULL ? 0 : cipher_key_size(sender));
    g_autofree uint8_t *room = g_malloc(needed);
    g_assert_cmpint(
        cipher_seal_message(receiver, sender, capability, number, plain, room, needed - 1, &parts),
        ==, CIPHER_NO_ROOM);
    OK(cipher_seal_message(receiver, sender, capability, number, plain, room, needed, &parts));
    uint8_t body[8192];
    FsBuilder b = fs_builder(body, sizeof body);
    feiq_put_cipher(&b, &parts);
    ptrdiff_t written = fs_built(&b);
    g_assert_cmpint(written, >, 0);
    uint8_t *opened_plain = g_malloc(parts.message.length);
    size_t length;
    FeiqCipher read;
    OK(open_body(receiver, number, (FsBytes){body, (size_t)written}, opened_plain, &length, &read));
    g_assert_cmpmem(opened_plain, length, plain.data, plain.length);
    if (sender == NULL) {
        g_assert_cmpuint(read.signature.length, ==, 0);
        g_assert_cmphex(read.capability & 0x60000000, ==, 0);
    } else {
        OK(cipher_verify_message(sender, &read, plain));
        g_assert_cmpint(cipher_verify_message(receiver, &read, plain), ==, CIPHER_FORGED);
    }
    if ((capability & FEIQ_CAPABILITY_PACKETNO_IV) != 0) {
        CipherSession session;
        OK(cipher_open_session(receiver, &read, &session));
        (void)cipher_open_message(&session, &read, fs_bytes("2600820099"), opened_plain,
                                  parts.message.length, &length);
        g_assert_false(length == plain.length &&
                       memcmp(opened_plain, plain.data, MIN(length, 16U)) == 0);
    }
    g_free(opened_plain);
}

static void test_seal(void)
{
    begin();
    uint8_t text[600];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * 7);
    }
    static const size_t lengths[] = {1, 7, 8, 9, 15, 16, 17, 599, 600};
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        FsBytes plain = {text, lengths[i]};
        seal_and_open(0x41900004, saturn, jupiter, plain);
        seal_and_open(0x21900004, saturn, jupiter, plain);
        seal_and_open(0x61900004, saturn, NULL, plain);
        seal_and_open(0x100004, saturn, NULL, plain);
        seal_and_open(0x20002, feiq, NULL, plain);
        seal_and_open(0x1820002, feiq, NULL, plain);
    }
    FeiqCipher parts;
    uint8_t room[1024];
    g_assert_cmpint(cipher_seal_message(saturn, NULL, 0x1001, fs_bytes("1"), fs_bytes("x"), room,
                                        sizeof room, &parts),
                    ==, CIPHER_UNSUPPORTED);
    end();
}

static void check_join(const char *text, const char *files, const char *recipients,
                       const char *expected_plain, size_t length)
{
    CipherPlain plain = {fs_bytes(text), fs_bytes(files), fs_bytes(recipients)};
    uint8_t out[64];
    g_assert_cmpint(cipher_join_plain(&plain, out, sizeof out), ==, (ptrdiff_t)length);
    g_assert_cmpmem(out, length, expected_plain, length);
    CipherPlain parts = cipher_split_plain((FsBytes){out, length});
    g_assert_cmpmem(parts.text.data, parts.text.length, text, strlen(text));
    g_assert_cmpmem(parts.files.data, parts.files.length, files, strlen(files));
    g_assert_cmpmem(parts.recipients.data, parts.recipients.length, recipients, strlen(recipients));
    for (size_t capacity = 0; capacity < length; capacity++) {
        g_assert_cmpint(cipher_join_plain(&plain, out, capacity), ==, FS_NO_ROOM);
    }
}

static void test_join(void)
{
    check_join("text", "", "", PLAIN("text"));
    check_join("text", "0:a:1:2:1:\a", "",
               PLAIN("text\0"
                     "0:a:1:2:1:\a"));
    check_join("text", "", "TO:u:h\a", PLAIN("text\0\0TO:u:h\a"));
    check_join("", "0:a:1:2:1:\a", "TO:u:h\a",
               PLAIN("\0"
                     "0:a:1:2:1:\a\0TO:u:h\a"));
    CipherPlain bare = cipher_split_plain(fs_bytes("no NUL"));
    g_assert_cmpmem(bare.text.data, bare.text.length, "no NUL", 6);
    g_assert_cmpuint(bare.files.length + bare.recipients.length, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cipher/message/group", test_group);
    g_test_add_func("/cipher/message/samples", test_samples);
    g_test_add_func("/cipher/message/malformed", test_malformed);
    g_test_add_func("/cipher/message/truncated", test_truncated);
    g_test_add_func("/cipher/message/choose", test_choose);
    g_test_add_func("/cipher/message/seal", test_seal);
    g_test_add_func("/cipher/message/join", test_join);
    return g_test_run();
}
