/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Damaged filters, made from a seed: none may crash or read where it must not (this runs under the
 * sanitizers too), a mistake lies within the text, and what is taken can be matched.
 */
#include "filter_fixture.h"

static const char *const seeds[] = {
    "out.port == 514 and not (inner or out.absent) || out.ttl in {1, 2..64, 0x40}",
    "any out.text contains \"a\\x00\\u597d\\\"b\" and all out.text matches r\"^\\d+(a|b)*$\"",
    "out.payload[0:2,-3--1,4:] == 31:5f and out[12] & 0x0f == 05 or inner#[1-2,-1][0] == 'l'",
    "max(out.port, 3 + 4 * {2 - 1}) - 5 % 3 >= len(out.text) + -1",
    "out.ip == 10.0.0.0/8 or out.ipv6 == fe80::1/64 or out.mac == 00:11:22:33:44:55",
    "out.time > \"2017-09-15 13:40:11.5+08:00\" and out.time < \"Sep 15, 2017 13:40:11 UTC\"",
    "upper(out.text)[0:1] == \"A\" and string(out.ip) ~ \"1\" and count(inner.ip#2) !== 2",
    "-out.delta < 1.5 and abs(out.level - 3) === 3 and out.flag == True and out.kind == \"UDP\"",
    "out.level & 1 and out.id / 0 != 1 and out.seq * out.seq > 0 and out.offset - 9 < out.level",
};

static const char *const pieces[] = {
    "==",        "!=",
    "===",       "~=",
    "in {",      "{",
    "}",         "(",
    ")",         "[",
    "]",         "[0:4]",
    "#1",        "..",
    ",",         "\"",
    "\\",        "'",
    "and ",      "or ",
    "not ",      "any ",
    "all ",      "len(",
    "max(",      "matches ",
    "contains ", "-",
    "&",         "1.2.3.4/24",
    "out.text ", "out[",
    "\xff",      "\xe4\xb8\xad",
    "r\"",       "99999999999999999999",
    "0x",        "${",
    ".out",      "inner#",
    "out.time",  "\"2017-01-01\"",
    "\\u",
};

static void mutate(GRand *random, GString *text)
{
    gsize at = text->len > 0 ? (gsize)g_rand_int_range(random, 0, (gint32)text->len + 1) : 0;
    gsize cut = 1 + g_rand_int(random) % 6;
    const char *other = seeds[g_rand_int_range(random, 0, G_N_ELEMENTS(seeds))];
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
        g_string_insert(text, (gssize)at,
                        pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        break;
    case 1:
        g_string_erase(text, (gssize)at, (gssize)MIN(text->len - at, cut));
        break;
    case 2:
        g_string_insert_c(text, (gssize)at, (char)g_rand_int_range(random, 1, 256));
        break;
    case 3:
        g_string_truncate(text, at);
        break;
    default:
        g_string_truncate(text, at);
        g_string_append(text, other + g_rand_int(random) % strlen(other));
        break;
    }
}

static void test_mutations(void)
{
    enum { ROUNDS = 40000 };
    GRand *random = g_rand_new_with_seed(2425);
    GString *text = g_string_new(NULL);
    Fixture fixture;
    fixture_fill(&fixture);
    unsigned taken = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        g_string_assign(text, seeds[round % G_N_ELEMENTS(seeds)]);
        for (unsigned i = g_rand_int(random) % 4; i > 0; i--) {
            mutate(random, text);
        }
        FilterError error;
        Filter *filter = fixture_compile(text->str, &error);
        if (filter != NULL) {
            taken++;
            (void)filter_match(filter, &fixture.packet);
            filter_free(filter);
            continue;
        }
        char description[2048];
        g_assert_cmpuint(error.position + error.length, <=, text->len);
        g_assert_cmpuint(strlen(error.message), >, 0);
        g_assert_true(g_utf8_validate(error.message, -1, NULL));
        g_assert_true(g_utf8_validate(error.suggestion, -1, NULL));
        (void)filter_describe_error(description, sizeof description, text->str, &error);
        g_assert_true(g_utf8_validate(description, -1, NULL));
    }
    g_assert_cmpuint(taken, >, ROUNDS / 10);
    g_assert_cmpuint(taken, <, ROUNDS);
    g_string_free(text, TRUE);
    g_rand_free(random);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/mutations", test_mutations);
    return g_test_run();
}
