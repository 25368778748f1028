/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where tokens begin and end. The longest wins; each case was tried on tshark 4.0.17.
 */
#include "sniffer/filter/lexer.h"
#include "sniffer/filter/suggest.h"

#include <glib.h>
#include <string.h>

/* The tokens of a text, each as its letter and the text that it covers, joined by spaces. */
static char *describe(const char *text)
{
    static const char letters[] = {
        [TOKEN_FAULT] = '!', [TOKEN_UNKNOWN] = '?', [TOKEN_WORD] = 'w',     [TOKEN_NAME] = 'n',
        [TOKEN_VALUE] = 'v', [TOKEN_STRING] = 's',  [TOKEN_CHAR] = 'c',     [TOKEN_RANGE] = 'r',
        [TOKEN_INDEX] = 'i', [TOKEN_COMPARE] = '=', [TOKEN_CONTAINS] = 'k', [TOKEN_MATCHES] = 'k',
        [TOKEN_IN] = 'k',    [TOKEN_AND] = 'k',     [TOKEN_OR] = 'k',       [TOKEN_NOT] = 'k',
        [TOKEN_ANY] = 'k',   [TOKEN_ALL] = 'k',     [TOKEN_BITS] = 'k',
    };
    Arena arena = {NULL};
    Fault fault = {.failed = false};
    Lexer lexer = {
        .text = text, .length = (uint32_t)strlen(text), .arena = &arena, .fault = &fault};
    GString *out = g_string_new(NULL);
    Token token = lexer_next(&lexer);
    while (token.kind != TOKEN_END && token.kind != TOKEN_FAULT) {
        bool lettered = token.kind < sizeof letters && letters[token.kind] != '\0';
        char letter = '.';
        if (lettered) {
            letter = letters[token.kind];
        }
        g_string_append_printf(out, "%s%c:%.*s", out->len > 0 ? " " : "", letter,
                               (int)token.place.length, text + token.place.position);
        token = lexer_next(&lexer);
    }
    if (token.kind == TOKEN_FAULT) {
        g_string_append(out, out->len > 0 ? " !" : "!");
        g_assert_true(fault.failed);
    }
    g_assert_cmpint(lexer_next(&lexer).kind, ==, token.kind);
    arena_clear(&arena);
    return g_string_free(out, FALSE);
}

static void test_tokens(void)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"udp.port==5", "w:udp.port =:== w:5"},
        {"udp.port-1", "w:udp.port-1"},
        {"udp.port -1", "w:udp.port .:- w:1"},
        {"udp.port+1", "w:udp.port .:+ w:1"},
        {"5and", "w:5and"},
        {"in.x", "w:in.x"},
        {"eq-x", "w:eq-x"},
        {"a eq b", "w:a =:eq w:b"},
        {"EQ", "w:EQ"},
        {"udp.", "w:udp ?:."},
        {".udp", "n:.udp"},
        {"udp..port", "w:udp .:.. w:port"},
        {"1..5", "w:1 .:.. w:5"},
        {"1...5", "w:1 .:.. n:.5"},
        {"1.2.3.4", "v:1.2.3.4"},
        {"1.2.3.4/24", "v:1.2.3.4/24"},
        {"1.2.3.4/", "v:1.2.3.4 .:/"},
        {"1.2.3.4/241", "v:1.2.3.4/24 w:1"},
        {"1.2.3/24", "w:1.2.3 .:/ w:24"},
        {"1.2.3.400", "w:1.2.3.400"},
        {"1.2.3.04", "w:1.2.3.04"},
        {"1.2.3.4..1.2.3.9", "v:1.2.3.4 .:.. v:1.2.3.9"},
        {"::", "v:::"},
        {"fe80::1/64", "v:fe80::1/64"},
        {"fe80::1..fe80::5", "v:fe80::1 .:.. v:fe80::5"},
        {"::ffff:1.2.3.4", "v:::ffff:1.2.3.4"},
        {"1::2::3", "v:1::2 v:::3"},
        {"12345::", "w:12345 v:::"},
        {"1:2", "w:1 v::2"},
        {"00:11:22:33:44:55", "v:00:11:22:33:44:55"},
        {"00-11-22-33-44-55", "v:00-11-22-33-44-55"},
        {"0011.2233.4455", "w:0011.2233.4455"},
        {"31:5f", "v:31:5f"},
        {"31:5", "w:31 v::5"},
        {"31:", "w:31 ?::"},
        {"ab:cd.ef", "v:ab:cd n:.ef"},
        {":ab.cd", "v::ab.cd"},
        {":ab-cd", "v::ab-cd"},
        {":udp", "?:: w:udp"},
        {"a[0:2,-1]", "w:a .:[ r:0:2 .:, r:-1 .:]"},
        {"a#1[0]", "w:a .:# i:1 .:[ r:0 .:]"},
        {"a#[1-2]", "w:a .:# .:[ r:1-2 .:]"},
        {"a#x", "w:a .:# !"},
        {"a[0", "w:a .:[ r:0 !"},
        {"\"a b\"c", "s:\"a b\" w:c"},
        {"r\"\\d\\\"\"", "s:r\"\\d\\\"\""},
        {"'\\''", "c:'\\''"},
        {"a&&b||!c", "w:a k:&& w:b k:|| k:! w:c"},
        {"a!==b===c~=d~e", "w:a =:!== w:b =:=== w:c =:~= w:d k:~ w:e"},
        {"a=b", "w:a ?:= w:b"},
        {"\t\r\n a", "w:a"},
        {"\xe4\xb8\xad", "!"},
        {"\xff", "!"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *tokens = describe(cases[i][0]);
        g_assert_cmpstr(tokens, ==, cases[i][1]);
        g_free(tokens);
    }
}

static void test_distance(void)
{
    g_assert_cmpuint(suggest_distance("", ""), ==, 0);
    g_assert_cmpuint(suggest_distance("abc", ""), ==, 3);
    g_assert_cmpuint(suggest_distance("feiq.comand", "feiq.command"), ==, 1);
    g_assert_cmpuint(suggest_distance("FEIQ.TXET", "feiq.text"), ==, 1);
    g_assert_cmpuint(suggest_distance("kitten", "sitting"), ==, 3);
    g_assert_cmpuint(suggest_distance("ca", "abc"), ==, 3);
    char *long_word = g_strnfill(1000, 'a');
    g_assert_cmpuint(suggest_distance(long_word, "b"), ==, 63);
    g_free(long_word);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/tokens", test_tokens);
    g_test_add_func("/filter/distance", test_distance);
    return g_test_run();
}
