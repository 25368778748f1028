/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the decoder makes of what its opener opens: texts, lists, requests, verdicts and reasons.
 * The opener here gives texts that it was told, so that no key is needed.
 */
#include "feiq_check.h"

#include "protocol/opener.h"

typedef struct {
    FsOpener base;
    FsOpened opened;
    CipherStatus learned;
    FsSealed sealed; /* what it was asked last */
    unsigned asked;
} Told;

static void open_told(FsOpener *base, const FsSealed *sealed, FsOpened *opened)
{
    Told *told = (Told *)base;
    told->sealed = *sealed;
    told->asked++;
    *opened = told->opened;
}

static CipherStatus learn_told(FsOpener *base, FsBytes body)
{
    Told *told = (Told *)base;
    told->sealed.text = body;
    told->asked++;
    return told->learned;
}

static Told told;

static void tell(CipherStatus status, CipherStatus signature, const char *plain, size_t length)
{
    told = (Told){.base = {.open = open_told, .learn = learn_told},
                  .opened = {.status = status,
                             .signature = signature,
                             .reason = "because",
                             .plain = {(const uint8_t *)plain, length}}};
    check_opener = &told.base;
}

static void decode(const char *datagram)
{
    g_assert_true(check_decode(feiq_decode_datagram, (const uint8_t *)datagram, strlen(datagram),
                               strlen(datagram)));
    check_invariants();
}

#define TELL(plain) tell(CIPHER_OK, CIPHER_UNSIGNED, (plain), sizeof(plain))

/* SENDMSG with ENCRYPT and UTF8; the same with ENCEXTMSG. */
static const char message[] = "1:100:u:h:12582944:100004:00:00";
static const char lists[] = "1:100:u:h:79691808:100004:00:00";

static void test_message(void)
{
    TELL("hello");
    decode(message);
    HAS("feiq.text", "hello");
    g_assert_cmpuint(told.asked, ==, 1);
    g_assert_cmpmem(told.sealed.text.data, told.sealed.text.length, "100004:00:00", 12);
    g_assert_cmpmem(told.sealed.packet_number.data, told.sealed.packet_number.length, "100", 3);
    g_assert_false(told.sealed.group);
    LACKS("feiq.file");
    LACKS("feiq.trailing");
    TELL("hello\0more");
    decode(message);
    HAS("feiq.text", "hello");
    REMARKS("feiq.trailing", NULL);
}

static void test_lists(void)
{
    TELL("hello\0"
         "0:a.txt:1f:59c8c1d0:1:\a\0TO:u1:h1\au2:h2\a");
    decode(lists);
    HAS("feiq.text", "hello");
    HAS("feiq.file.name", "a.txt");
    HAS_NTH(0, "feiq.recipient.user", "u1");
    HAS_NTH(1, "feiq.recipient.host", "h2");
    TELL("hello\0\0TO:u1:h1\a");
    decode(lists);
    LACKS("feiq.file");
    HAS("feiq.recipient.user", "u1");
    TELL("hello\0\0no list");
    decode(lists);
    LACKS("feiq.recipient");
    REMARKS("feiq.trailing", NULL);
}

static void test_request(void)
{
    /* GETDIRFILES and GETFILEDATA with ENCRYPT and ENCFILE */
    TELL("5f:2:900000:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f:61");
    decode("1:100:u:h:4196450:100004:00:00");
    HAS("feiq.request.packet_number", "95");
    HAS("feiq.request.file_id", "2");
    LACKS("feiq.request.offset");
    HAS("feiq.request.file_key",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    HAS("feiq.request.file_packet_number", "97");
    TELL("5f:2:0:900000:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f:61");
    decode("1:100:u:h:4196450:100004:00:00");
    HAS("feiq.request.offset", "0");
    HAS("feiq.request.file_key",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    TELL("5f:2:1a:4000000:61");
    decode("1:100:u:h:4196448:100004:00:00");
    HAS("feiq.request.offset", "26");
    LACKS("feiq.request.file_key");
    HAS("feiq.request.file_packet_number", "97");
    TELL("5f:2:1a:4000000:61");
    decode("1:100:u:h:4194400:100004:00:00"); /* without ENCFILE nobody asks for more */
    LACKS("feiq.request.file_packet_number");
    REMARKS("feiq.trailing", NULL);
}

static void test_group(void)
{
    static const char datagram[] = "1_lbt6_0#128#141877B3DA81#0#0#8#4001#9:1:u:h:4194339:01234567";
    TELL("QUNMSGMARK#3b199b07_1#hello");
    decode(datagram);
    g_assert_true(told.sealed.group);
    g_assert_cmpmem(told.sealed.mac.data, told.sealed.mac.length, "141877B3DA81", 12);
    g_assert_cmpmem(told.sealed.text.data, told.sealed.text.length, "01234567", 8);
    HAS("feiq.qun.id", "0x3b199b07");
    HAS("feiq.text", "hello");
    tell(CIPHER_PADDING, CIPHER_UNSIGNED, "garbage!", 8);
    decode(datagram);
    LACKS("feiq.qun.id");
    LACKS("feiq.text");
    REMARKS("feiq.decrypt.padding", NULL);
}

static void check_verdict(CipherStatus signature, const char *verdict, const char *name)
{
    tell(CIPHER_OK, signature, "x", 2);
    decode(message);
    HAS("feiq.cipher.signature.verdict", verdict);
    REMARKS(name, NULL);
}

static void test_verdicts(void)
{
    check_verdict(CIPHER_OK, "0", "feiq.cipher.signature.good");
    check_verdict(CIPHER_FORGED, "1", "feiq.cipher.signature.bad");
    check_verdict(CIPHER_NO_KEY, "2", "feiq.cipher.signature.key_not_seen");
    check_verdict(CIPHER_UNSUPPORTED, "3", "feiq.cipher.signature.unsupported");
    TELL("x");
    decode(message);
    LACKS("feiq.cipher.signature.verdict");
}

static void check_reason(CipherStatus status, const char *name, const char *shown)
{
    tell(status, CIPHER_OK, NULL, 0);
    told.opened.sealed_length = 128;
    told.opened.key_length = 256;
    decode(message);
    REMARKS(name, shown);
    LACKS("feiq.decrypted");
    LACKS("feiq.cipher.signature.verdict"); /* of what was not read nothing is known */
}

static void test_reasons(void)
{
    check_reason(CIPHER_WRONG_KEY, "feiq.decrypt.wrong_key", NULL);
    check_reason(CIPHER_KEY_SIZE, "feiq.decrypt.key_size",
                 "128 bytes, and the keys given have 256");
    check_reason(CIPHER_UNSUPPORTED, "feiq.decrypt.unsupported", NULL);
    check_reason(CIPHER_LENGTH, "feiq.decrypt.length", NULL);
    check_reason(CIPHER_FAILED, "feiq.decrypt.failed", "because");
    tell(CIPHER_NO_KEY, CIPHER_OK, NULL, 0);
    decode(message);
    LACKS("feiq.decrypt.failed");
    LACKS("feiq.decrypt.wrong_key");
}

static void test_learn(void)
{
    static const char answer[] = "1:100:u:h:115:2:10001-ff";
    TELL("");
    decode(answer);
    g_assert_cmpmem(told.sealed.text.data, told.sealed.text.length, "2:10001-ff", 10);
    LACKS("feiq.key.unusable");
    told.learned = CIPHER_IMPOSSIBLE;
    decode(answer);
    REMARKS("feiq.key.unusable", NULL);
    told.learned = CIPHER_NO_ROOM;
    decode(answer);
    REMARKS("feiq.key.not_kept", NULL);
}

/* A cut body is not opened; a text that is cut anywhere is decoded as far as it goes. */
static void test_truncated(void)
{
    static const char plain[] = "hello\0"
                                "0:a.txt:1f:59c8c1d0:1:\a\0TO:u1:h1\au2:h2\a";
    for (size_t length = 0; length < sizeof plain; length++) {
        g_autofree char *exact = g_memdup2(plain, length);
        tell(CIPHER_OK, CIPHER_OK, exact, length);
        decode(lists);
    }
    for (size_t length = 0; length < strlen(lists); length++) {
        TELL("hello");
        (void)check_decode(feiq_decode_datagram, (const uint8_t *)lists, length, strlen(lists));
        g_assert_cmpuint(told.asked, ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/open/message", test_message);
    g_test_add_func("/feiq/open/lists", test_lists);
    g_test_add_func("/feiq/open/request", test_request);
    g_test_add_func("/feiq/open/group", test_group);
    g_test_add_func("/feiq/open/verdicts", test_verdicts);
    g_test_add_func("/feiq/open/reasons", test_reasons);
    g_test_add_func("/feiq/open/learn", test_learn);
    g_test_add_func("/feiq/open/truncated", test_truncated);
    return g_test_run();
}
