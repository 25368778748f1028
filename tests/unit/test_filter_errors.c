/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is refused: where the mistake is, what is said of it, and what is suggested.
 */
#include "filter_fixture.h"

typedef struct {
    const char *text;
    uint32_t position;
    uint32_t length;
    const char *message;    /* a part of it */
    const char *suggestion; /* all of it */
} Refusal;

static void refuse(const Refusal *refusal)
{
    FilterError error = {.message = ""};
    Filter *filter = fixture_compile(refusal->text, &error);
    if (filter != NULL) {
        g_error("%s: taken", refusal->text);
    }
    if (error.position != refusal->position || error.length != refusal->length ||
        strstr(error.message, refusal->message) == NULL ||
        strcmp(error.suggestion, refusal->suggestion) != 0) {
        g_error("%s: %u+%u %s [%s]", refusal->text, error.position, error.length, error.message,
                error.suggestion);
    }
}

static void refuse_all(const Refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        refuse(&refusals[i]);
    }
}

static void test_syntax(void)
{
    static const Refusal refusals[] = {
        {"out and", 7, 0, "ends where", ""},
        {"out.port == ", 12, 0, "ends where", ""},
        {"(out", 4, 0, "ends where ) should", ""},
        {"out)", 3, 1, "\")\"", ""},
        {"out.port = 5", 9, 1, "\"=\"", "=="},
        {"out AND out", 4, 3, "\"AND\"", "and"},
        {"out | out", 4, 1, "\"|\"", "or"},
        {"out xor out", 4, 3, "\"xor\"", "(a or b) and not (a and b): xor is not in Wireshark 4.0"},
        {"out.port in 5", 12, 1, "a set", ""},
        {"out.port in {1 2}", 15, 1, "\"2\"", ""},
        {"out.port in {}", 13, 1, "\"}\"", ""},
        {"out.port not 5", 13, 1, "where in is", ""},
        {"any out", 7, 0, "a comparison", ""},
        {"out.port == (5)", 12, 1, "\"(\"", ""},
        {"(out.port) == 5", 11, 2, "\"==\"", ""},
        {"out.port == --5", 13, 1, "\"-\"", ""},
        {"out contains -1", 13, 1, "\"-\"", ""},
        {"out.port + 1 in {2}", 13, 2, "\"in\"", ""},
        {"out[0", 5, 0, "] is missing", ""},
        {"out[]", 4, 1, "\"]\"", ""},
        {"out[a] == 1", 4, 1, "no range", ""},
        {"out[3-1] == 1", 4, 3, "after its first", ""},
        {"out[0:0] == 1", 4, 3, "at least 1", ""},
        {"out[-5-3] == 1", 4, 4, "both counted", ""},
        {"out[99999999999] == 1", 4, 11, "32 bits", ""},
        {"out#", 4, 0, "the number of a layer", ""},
        {"out#x", 4, 1, "the number of a layer", ""},
        {"$out", 0, 1, "not supported", ""},
        {"@out == 1", 0, 1, "\"@\"", ""},
        {"out == \xe4\xb8\xad", 7, 3, "double quotes", ""},
    };
    refuse_all(refusals, G_N_ELEMENTS(refusals));
}

static void test_quotes(void)
{
    static const Refusal refusals[] = {
        {"out.text == \"a", 14, 0, "closing \" is missing", ""},
        {"out.text == r\"a\\\"", 17, 0, "closing \" is missing", ""},
        {"out.text == \"a\\", 15, 0, "closing \" is missing", ""},
        {"out.text == \"a\\q\"", 14, 2, "no escape", ""},
        {"out.text == \"\\400\"", 13, 4, "octal", ""},
        {"out.text == \"\\u12\"", 13, 4, "four", ""},
        {"out.text == \"\\ud800\"", 13, 6, "four", ""},
        {"out.text == \"\\U00110000\"", 13, 10, "eight", ""},
        {"out.text == 'ab'", 12, 4, "one character", "double quotes for text"},
        {"out.text == ''", 12, 2, "one character", "double quotes for text"},
        {"out.ttl == 'a", 13, 0, "closing ' is missing", ""},
        {"out.text == '\\n'", 12, 4, "a number only", "\"\\n\""},
        {"out.text matches \"(\"", 17, 3, "regular expression, byte 1", ""},
        {"out.text matches \"(*UTF)a\"", 17, 9, "regular expression", ""},
        {"out.text matches abc", 17, 3, "double quotes", ""},
    };
    refuse_all(refusals, G_N_ELEMENTS(refusals));
}

static void test_names(void)
{
    static const Refusal refusals[] = {
        {"out.prot == 1", 0, 8, "neither a field nor a protocol", "out.port"},
        {"out and out.pyaload", 8, 11, "neither a field", "out.payload"},
        {"OUT", 0, 3, "neither a field", "out"},
        {"port == 1", 0, 4, "neither a field", "out.port"},
        {"out.pay contains \"a\"", 0, 7, "neither a field", "out.payload"},
        {"nonsense.at.all", 0, 15, "neither a field", ""},
        {"out.port-1 == 5", 0, 10, "neither a field", "out.port"},
        {"foo[0] == 1", 0, 3, "neither a field", ""},
        {"uper(out.text) == \"A\"", 0, 4, "no function \"uper\"", "upper"},
        {"length(out) == 1", 0, 6, "no function", ""},
        {"out.kind == \"SENDMGS\"", 12, 9, "not the name of a value of out.kind", "\"SENDMSG\""},
        {"out.kind == send", 12, 4, "not the name of a value", "\"SENDMSG\""},
        {"out.flag == true", 12, 4, "True or False", "True"},
    };
    refuse_all(refusals, G_N_ELEMENTS(refusals));
}

static void test_types(void)
{
    static const Refusal refusals[] = {
        {"out.ttl == 256", 11, 3, "the most is 255", ""},
        {"out.level == 128", 13, 3, "the most is 127", ""},
        {"out.level == -128", 14, 3, "the most is 127", ""},
        {"out.seq == -2147483648", 11, 11, "too small", ""},
        {"out.port == 08", 12, 2, "not a number", ""},
        {"out.port == 1.5", 12, 3, "not a number", ""},
        {"out.port == \"514\"", 12, 5, "text cannot be compared", ""},
        {"out.ip == 1.2.3", 10, 5, "not an IPv4 address", ""},
        {"out.ip == 1.2.3.4/33", 10, 10, "at most 32, not 33", ""},
        {"out.ip == \"1.2.3.4\"", 10, 9, "text cannot", "1.2.3.4 without quotes"},
        {"out.ipv6 == fe80::/129", 12, 10, "at most 128", ""},
        {"out.mac == 00:11:22", 11, 8, "3 bytes, not 6", ""},
        {"out.payload == 0x3132", 15, 6, "byte sequence", ""},
        {"out.time > 1504224000", 11, 10, "date and time", ""},
        {"out.time > \"2017-13-01\"", 11, 12, "date and time", ""},
        {"out.delta > 1e3", 12, 3, "seconds", ""},
        {"5 == out.port", 0, 1, "not a constant", ""},
        {"5", 0, 1, "not a constant", ""},
        {"1 + out.port == 5", 0, 1, "not a constant", ""},
        {"out.port == out.ip", 12, 6, "cannot be compared", ""},
        {"out.flag == out.port", 12, 8, "cannot be compared", ""},
        {"out.group == 1", 0, 9, "a comparison is not defined", ""},
        {"out.port contains \"5\"", 0, 8, "contains is not defined", ""},
        {"out.ip matches \"1\"", 0, 6, "matches is not defined", ""},
        {"out.port[0] == 1", 0, 8, "no slices", ""},
        {"\"abc\"[0] == 1", 0, 5, "no slices", ""},
        {"out.port == out[0:2]", 0, 8, "compared with a slice", ""},
        {"out.ip + 1", 0, 6, "+ is not defined", ""},
        {"out.delta * 2 > 1", 0, 9, "* is not defined", ""},
        {"out.flag & 1", 0, 8, "& is not defined", ""},
        {"out.port + out.ip == 1", 11, 6, "+ is not defined", ""},
        {"out.port + \"a\" == 1", 11, 3, "cannot be computed", ""},
        {"-out.text == 1", 1, 8, "- is not defined", ""},
        {"len(out)", 0, 3, "compared with something", ""},
        {"len() == 1", 0, 3, "one argument", ""},
        {"len(out, out) == 1", 0, 3, "one argument", ""},
        {"len(out[0:2]) == 1", 4, 8, "takes a field", ""},
        {"upper(out.port) == \"A\"", 6, 8, "upper() takes no value", ""},
        {"string(out.flag) == \"1\"", 7, 8, "string() takes no value", ""},
        {"max(out.port, out.ttl) == 1", 14, 7, "of one type", ""},
        {"abs(out.ip) == 1.2.3.4", 4, 6, "abs() takes no value", ""},
        {"out[0] in {1}", 0, 6, "only a field", ""},
        {"out.payload in {out[0]}", 16, 6, "cannot stand in a set", ""},
    };
    refuse_all(refusals, G_N_ELEMENTS(refusals));
}

/* Nesting and length are bounded, and what is below the bound works. */
static void test_bounds(void)
{
    GString *deep = g_string_new(NULL);
    for (unsigned i = 0; i < 100000; i++) {
        g_string_append(deep, i % 3 == 0 ? "(" : i % 3 == 1 ? "not " : "!");
    }
    g_string_append(deep, "out");
    FilterError error;
    g_assert_null(fixture_compile(deep->str, &error));
    g_assert_nonnull(strstr(error.message, "too deeply"));
    g_string_assign(deep, "out.port == ");
    for (unsigned i = 0; i < 100000; i++) {
        g_string_append_c(deep, '{');
    }
    g_assert_null(fixture_compile(deep->str, &error));
    g_assert_nonnull(strstr(error.message, "too deeply"));
    g_string_assign(deep, "out");
    for (unsigned i = 0; i < 1000; i++) {
        g_string_append(deep, " and out");
    }
    Filter *filter = fixture_compile(deep->str, &error);
    g_assert_nonnull(filter);
    filter_free(filter);
    for (unsigned i = 0; i < 100000; i++) {
        g_string_append(deep, " or out");
    }
    g_assert_null(fixture_compile(deep->str, &error));
    g_assert_nonnull(strstr(error.message, "parts"));
    g_string_free(deep, TRUE);
}

static void expect_description(const char *text, const char *expected)
{
    char out[1024];
    FilterError error;
    g_assert_null(fixture_compile(text, &error));
    size_t length = filter_describe_error(out, sizeof out, text, &error);
    g_assert_cmpstr(out, ==, expected);
    g_assert_cmpuint(length, ==, strlen(out));
    char small[8];
    g_assert_cmpuint(filter_describe_error(small, sizeof small, text, &error), ==, 7);
    g_assert_cmpuint(strlen(small), ==, 7);
}

static void test_description(void)
{
    expect_description("out and out.prot == 1", "\"out.prot\" is neither a field nor a protocol\n"
                                                "  out and out.prot == 1\n"
                                                "          ^~~~~~~~\n"
                                                "  perhaps: out.port\n");
    expect_description("out.port ==", "the filter ends where a field or value should follow\n"
                                      "  out.port ==\n"
                                      "             ^\n");
    /* a Chinese character takes two columns; control characters are shown as spaces */
    expect_description("out.text == \"你好\"\tand x.y",
                       "\"x.y\" is neither a field nor a protocol\n"
                       "  out.text == \"你好\" and x.y\n"
                       "                         ^~~\n");
    expect_description("out.text == \"\xff\" x", "\"x\" stands where and, or, or the end is "
                                                 "expected\n"
                                                 "  out.text == \"\xef\xbf\xbd\" x\n"
                                                 "                  ^\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/errors/syntax", test_syntax);
    g_test_add_func("/filter/errors/quotes", test_quotes);
    g_test_add_func("/filter/errors/names", test_names);
    g_test_add_func("/filter/errors/types", test_types);
    g_test_add_func("/filter/errors/bounds", test_bounds);
    g_test_add_func("/filter/errors/description", test_description);
    return g_test_run();
}
