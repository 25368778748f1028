/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text conversion, held against GLib's converter (iconv) as an independent judge.
 */
#include "protocol/text.h"

#include <glib.h>
#include <string.h>

static void check_code(const char *code, gsize length, const char *charset, FsEncoding encoding)
{
    char ours[32];
    gsize written = 0;
    g_autofree char *theirs =
        g_convert(code, (gssize)length, "UTF-8", charset, NULL, &written, NULL);
    size_t n = fs_text_to_utf8(ours, sizeof ours, (const uint8_t *)code, length, encoding);
    if (theirs == NULL) {
        g_assert_nonnull(strstr(ours, "\xef\xbf\xbd"));
        g_assert_cmpint(fs_text_guess((const uint8_t *)code, length), !=, encoding);
    } else {
        g_assert_cmpmem(ours, n, theirs, written);
    }
}

static void test_every_two_byte_code(void)
{
    for (unsigned lead = 0x81; lead <= 0xfe; lead++) {
        for (unsigned trail = 0x40; trail <= 0xfe; trail++) {
            char code[2] = {(char)lead, (char)trail};
            check_code(code, 2, "GB18030", FS_GB18030);
        }
    }
}

static void test_every_shift_jis_code(void)
{
    for (unsigned lead = 0x01; lead <= 0xff; lead++) {
        for (unsigned trail = 0x01; trail <= 0xff; trail++) {
            char code[2] = {(char)lead, (char)trail};
            check_code(code, 2, "CP932", FS_SHIFT_JIS);
        }
    }
    char cut[16];
    g_assert_cmpuint(fs_text_to_utf8(cut, sizeof cut, (const uint8_t *)"a\x93", 2, FS_SHIFT_JIS),
                     ==, 4);
    g_assert_cmpstr(cut, ==, "a\xef\xbf\xbd");
}

/* One U+FFFD for what could begin a character, one for each byte of the rest. */
static void test_broken_utf8(void)
{
    static const struct {
        const char *bytes;
        const char *text;
    } cases[] = {
        {"\xae\xb5\xee\xaa\xca", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf0\x9f\x98", "\xef\xbf\xbd"},
        {"\xf0\x8f\x98", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe4\xbd!", "\xef\xbf\xbd!"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe4", "\xef\xbf\xbd"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char text[32];
        (void)fs_text_to_utf8(text, sizeof text, (const uint8_t *)cases[i].bytes,
                              strlen(cases[i].bytes), FS_UTF8);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void test_a_choice(void)
{
    const uint8_t *ascii = (const uint8_t *)"abc";
    const uint8_t *utf8 = (const uint8_t *)"\xe4\xbd\xa0";
    g_assert_cmpint(fs_text_choose(FS_SHIFT_JIS, ascii, 3), ==, FS_ASCII);
    g_assert_cmpint(fs_text_choose(FS_SHIFT_JIS, utf8, 3), ==, FS_SHIFT_JIS);
    g_assert_cmpint(fs_text_choose(FS_ASCII, utf8, 3), ==, FS_UTF8);
}

static void test_every_four_byte_code(void)
{
    for (unsigned linear = 0; linear < 126 * 12600; linear++) {
        if (linear > 40000 && linear < 188900) {
            continue;
        }
        if (linear > 200000 && linear % 97 != 0) {
            continue;
        }
        char code[4] = {(char)(0x81 + linear / 12600), (char)(0x30 + linear / 1260 % 10),
                        (char)(0x81 + linear / 10 % 126), (char)(0x30 + linear % 10)};
        char ours[32];
        gsize written = 0;
        g_autofree char *theirs = g_convert(code, 4, "UTF-8", "GB18030", NULL, &written, NULL);
        size_t n = fs_text_to_utf8(ours, sizeof ours, (const uint8_t *)code, 4, FS_GB18030);
        if (theirs != NULL) {
            g_assert_cmpmem(ours, n, theirs, written);
        } else {
            g_assert_nonnull(strstr(ours, "\xef\xbf\xbd"));
        }
    }
}

static void test_utf8_agrees_with_glib(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(2425);
    static const uint8_t interesting[] = {0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                          0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x90, 0xa0};
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[6];
        size_t length = (size_t)g_rand_int_range(random, 1, 7);
        for (size_t k = 0; k < length; k++) {
            bytes[k] = interesting[g_rand_int_range(random, 0, G_N_ELEMENTS(interesting))];
        }
        if (memchr(bytes, 0, length) == NULL) { /* GLib refuses NUL */
            g_assert_cmpint(fs_text_is_utf8(bytes, length), ==,
                            g_utf8_validate_len((const char *)bytes, length, NULL));
        }
        char out[FS_TEXT_ROOM(6)];
        size_t n = fs_text_to_utf8(out, sizeof out, bytes, length, FS_UTF8);
        g_assert_true(g_utf8_validate_len(out, n, NULL)); /* GLib refuses NUL here, too */
    }
}

static void test_guess(void)
{
#define GUESS(text) fs_text_guess((const uint8_t *)(text), sizeof(text) - 1)
    g_assert_cmpint(GUESS(""), ==, FS_ASCII);
    g_assert_cmpint(GUESS("hello"), ==, FS_ASCII);
    g_assert_cmpint(GUESS("你好"), ==, FS_UTF8);
    g_assert_cmpint(GUESS("\xc4\xe3\xba\xc3"), ==, FS_GB18030);
    g_assert_cmpint(GUESS("\x80 100"), ==, FS_GB18030);
    g_assert_cmpint(GUESS("hello \xff"), ==, FS_ESCAPED);
    g_assert_cmpint(GUESS("\xc4\xe3\xba"), ==, FS_ESCAPED);
}

static void test_cut(void)
{
    char out[8];
    size_t n = fs_text_to_utf8(out, 6, (const uint8_t *)"\xc4\xe3\xba\xc3", 4, FS_GB18030);
    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpstr(out, ==, "你");
    n = fs_text_to_utf8(out, 4, (const uint8_t *)"abcdef", 6, FS_ASCII);
    g_assert_cmpstr(out, ==, "abc");
    g_assert_cmpuint(n, ==, 3);
    n = fs_text_to_utf8(out, sizeof out, (const uint8_t *)"a\xff", 2, FS_ESCAPED);
    g_assert_cmpstr(out, ==, "a\\xff");
    g_assert_cmpuint(n, ==, 5);
}

static void test_nul(void)
{
    static const FsEncoding encodings[] = {FS_ASCII, FS_UTF8, FS_GB18030, FS_ESCAPED, FS_LATIN1};
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++) {
        char out[FS_TEXT_ROOM(12)];
        size_t n =
            fs_text_to_utf8(out, sizeof out, (const uint8_t *)"\0abcdefghi\0", 11, encodings[i]);
        g_assert_cmpstr(out, ==, "␀abcdefghi␀");
        g_assert_cmpuint(n, ==, strlen(out));
        n = fs_text_to_utf8(out, 4, (const uint8_t *)"a\0b", 3, encodings[i]);
        g_assert_cmpstr(out, ==, "a");
        g_assert_cmpuint(n, ==, 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/gb18030/two-byte", test_every_two_byte_code);
    g_test_add_func("/text/gb18030/four-byte", test_every_four_byte_code);
    g_test_add_func("/text/every-shift-jis-code", test_every_shift_jis_code);
    g_test_add_func("/text/a-choice", test_a_choice);
    g_test_add_func("/text/broken-utf8", test_broken_utf8);
    g_test_add_func("/text/utf8", test_utf8_agrees_with_glib);
    g_test_add_func("/text/guess", test_guess);
    g_test_add_func("/text/cut", test_cut);
    g_test_add_func("/text/nul", test_nul);
    return g_test_run();
}
