/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where messages of 1#n end: the same bytes give the same messages however a stream is cut.
 */
#include "protocol/onehash/onehash.h"

#include <glib.h>
#include <string.h>

/* A stream and where its messages end. */
typedef struct {
    OnehashStream stream;
    const char *bytes;
    size_t length;
    size_t ends[8];
    size_t count;
} Sample;

#define BYTES(text) (text), sizeof(text) - 1

static const Sample samples[] = {
    {{.framing = ONEHASH_FRAMING_LINE},
     BYTES("1#1#alice\n1#3#bob#hi there\r\n\n1#2\n"),
     {10, 28, 29, 33},
     4},
    {{.framing = ONEHASH_FRAMING_LINE, .from_server = true},
     BYTES("2#1#0#2\nalice\nbob\n3#1#carol\n2#3#4#1\r\nno such user\r\n2#2#0#0\n2#2#0\n"),
     {18, 28, 51, 59, 65},
     5},
    {{.framing = ONEHASH_FRAMING_LENGTH},
     BYTES("\0\0\0\3"
           "1#1"
           "\0\0\0\0"
           "\0\0\0\13"
           "1#3#bob\n#\0x"),
     {7, 11, 26},
     3},
    {{.framing = ONEHASH_FRAMING_FIXED, .block = 8},
     BYTES("1#1\0\0\0\0\0"
           "1#3#bash\0\0\0\0\0\0\0\0"
           "1#3#init2\0\0\0\0\0\0\0"
           "\0\0\0\0\0\0\0\0"
           "1#2\0x\0\0\0"),
     {8, 24, 40, 48, 56},
     5},
};

/* Read a stream that arrives in three segments; what is not yet a message waits. */
static void check_cut(const Sample *s, size_t first, size_t second)
{
    size_t cuts[] = {first, second, s->length};
    size_t start = 0;
    size_t count = 0;
    for (unsigned i = 0; i < 3; i++) {
        while (start < cuts[i]) {
            size_t length = cuts[i] - start;
            g_autofree uint8_t *exact = g_memdup2(s->bytes + start, length);
            OnehashFrame frame = onehash_next(&s->stream, exact, length);
            g_assert_cmpint(frame.verdict, !=, ONEHASH_REFUSED);
            g_assert_cmpuint(count, <, s->count);
            if (frame.verdict == ONEHASH_PARTIAL) {
                g_assert_cmpuint(s->ends[count], >, cuts[i]);
                g_assert_true(frame.length == 0 || start + frame.length == s->ends[count]);
                break;
            }
            start += frame.length;
            g_assert_cmpuint(start, ==, s->ends[count++]);
        }
    }
    g_assert_cmpuint(count, ==, s->count);
}

static void test_every_pair_of_cuts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        for (size_t first = 0; first <= samples[i].length; first++) {
            for (size_t second = first; second <= samples[i].length; second++) {
                check_cut(&samples[i], first, second);
            }
        }
    }
}

static void check_bare(bool from_server, const char *bytes, size_t length,
                       const char *const *messages)
{
    OnehashStream stream = {.framing = ONEHASH_FRAMING_BARE, .from_server = from_server};
    size_t start = 0;
    for (; *messages != NULL; messages++) {
        g_assert_cmpuint(start, <, length);
        g_autofree uint8_t *exact = g_memdup2(bytes + start, length - start);
        OnehashFrame frame = onehash_next(&stream, exact, length - start);
        g_assert_cmpint(frame.verdict, ==, ONEHASH_COMPLETE);
        g_autofree char *got = g_strndup(bytes + start, frame.length);
        g_assert_cmpstr(got, ==, *messages);
        start += frame.length;
    }
    g_assert_cmpuint(start, ==, length);
}

#define CHECK_BARE(bytes, ...)                                                                     \
    check_bare(false, (bytes), sizeof(bytes) - 1, (const char *const[]){__VA_ARGS__, NULL})

static void test_bare_requests_stuck_together(void)
{
    CHECK_BARE("1#1", "1#1");
    CHECK_BARE("1#11#2", "1#1", "1#2");
    CHECK_BARE("1#11#11#2", "1#1", "1#1", "1#2");
    CHECK_BARE("1#21#3#bash1#3#sh", "1#2", "1#3#bash", "1#3#sh");
    CHECK_BARE("1#3#bob#hi1#3#alice#hi", "1#3#bob#hi", "1#3#alice#hi");
    CHECK_BARE("1#3#pid11#2", "1#3#pid1", "1#2");
    CHECK_BARE("1#2\0"
               "1#2\0",
               "1#2", "1#2");
    /* not plausible starts */
    CHECK_BARE("1#3#1#2", "1#3#1#2");
    CHECK_BARE("1#3#bob#see 1#2 there", "1#3#bob#see 1#2 there");
    CHECK_BARE("1#3#bob#in 1#2024", "1#3#bob#in 1#2024");
    CHECK_BARE("1#3#bob#is 1#0", "1#3#bob#is 1#0");
    CHECK_BARE("1", "1");
    CHECK_BARE("1#", "1#");
    CHECK_BARE("##1#", "##1#");
}

#define CHECK_BARE_SERVER(bytes, ...)                                                              \
    check_bare(true, (bytes), sizeof(bytes) - 1, (const char *const[]){__VA_ARGS__, NULL})

static void test_bare_server(void)
{
    CHECK_BARE_SERVER("7 x1#2", "7 x1#2");
    CHECK_BARE_SERVER("7 x3#1#bob", "7 x3#1#bob");
    CHECK_BARE_SERVER("3#1#bob3#3#bob#hi", "3#1#bob", "3#3#bob#hi");
    CHECK_BARE_SERVER("3#3#bob#1#2 and 3#1", "3#3#bob#1#2 and 3#1");
    CHECK_BARE_SERVER("3#3#bob#3#1#x", "3#3#bob#3#1#x");
}

static void test_recognition(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        OnehashFraming framing;
    } expected[] = {
        {BYTES("1#1\n"), ONEHASH_FRAMING_LINE},
        {BYTES("1#3#a\n1#3"), ONEHASH_FRAMING_LINE},
        {BYTES("3#1#bob\n"), ONEHASH_FRAMING_LINE},
        {BYTES("1"), ONEHASH_FRAMING_LINE},
        {BYTES("1#"), ONEHASH_FRAMING_LINE},
        {BYTES("1#3"), ONEHASH_FRAMING_LINE},
        {BYTES("1#3#"), ONEHASH_FRAMING_LINE},
        {BYTES("1#1"), ONEHASH_FRAMING_BARE},
        {BYTES("1#11#2"), ONEHASH_FRAMING_BARE},
        {BYTES("1#3#bash"), ONEHASH_FRAMING_BARE},
        {BYTES("1#2\0\0\0"), ONEHASH_FRAMING_BARE},
        {BYTES("\0"), ONEHASH_FRAMING_LENGTH},
        {BYTES("\0\0\0\3"), ONEHASH_FRAMING_LENGTH},
        {BYTES("\0\0\0\3"
               "1#1"),
         ONEHASH_FRAMING_LENGTH},
        {BYTES("\0\0\0\3"
               "GET"),
         ONEHASH_FRAMING_UNDECIDED},
        {BYTES("\0\0\0\2"
               "1#"),
         ONEHASH_FRAMING_UNDECIDED},
        {BYTES("\0\2"), ONEHASH_FRAMING_UNDECIDED},
        {BYTES("\0\1\0\1"), ONEHASH_FRAMING_UNDECIDED},
        {BYTES("\0\1\0\1"
               "1"),
         ONEHASH_FRAMING_UNDECIDED},
        {BYTES("\0\1\0\1"
               "1#"),
         ONEHASH_FRAMING_LENGTH},
        {BYTES("\0\377\377\377"
               "1#3#a#b"),
         ONEHASH_FRAMING_LENGTH},
        {BYTES("\0\1\0\1"
               "GET"),
         ONEHASH_FRAMING_UNDECIDED},
        {BYTES("GET / HTTP/1.1\r\n"), ONEHASH_FRAMING_UNDECIDED},
        {BYTES("1:100:shirouzu:jupiter:32:Hello"), ONEHASH_FRAMING_UNDECIDED},
        {BYTES("12"), ONEHASH_FRAMING_UNDECIDED},
        {BYTES(""), ONEHASH_FRAMING_UNDECIDED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree uint8_t *exact = g_memdup2(expected[i].bytes, expected[i].length);
        g_test_message("bytes %zu", i);
        g_assert_cmpint(onehash_recognise(exact, expected[i].length), ==, expected[i].framing);
    }
}

static void learn(OnehashStream *stream, bool from_server, const char *bytes)
{
    stream->from_server = from_server;
    onehash_learn(stream, (const uint8_t *)bytes, strlen(bytes));
}

static void test_learning(void)
{
    OnehashStream stream = {.service = ONEHASH_SERVICE_CHAT};
    learn(&stream, true, "whatever a bare reply says\n");
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_UNDECIDED);
    learn(&stream, false, "1#3#bob"); /* a chat message needs a text, so this is a piece */
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_LINE);

    stream = (OnehashStream){.service = ONEHASH_SERVICE_CONTROL};
    learn(&stream, false, "1#3#bob");
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_BARE);
    learn(&stream, true, "done\n");
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_BARE);
    learn(&stream, false, "cat\n");
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_LINE);

    stream = (OnehashStream){.service = ONEHASH_SERVICE_CHAT};
    learn(&stream, true, "3#1#bob\n");
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_LINE);

    stream = (OnehashStream){.framing = ONEHASH_FRAMING_FIXED};
    learn(&stream, false, "1#1\n");
    g_assert_cmpint(stream.framing, ==, ONEHASH_FRAMING_FIXED);
}

/* The limit, from both sides, and the same verdict from every number of bytes on. */
static void check_limit(const OnehashStream *stream, GByteArray *bytes, bool fits)
{
    size_t near_end = bytes->len < 70000 ? bytes->len : 70000;
    OnehashFrame whole = onehash_next(stream, bytes->data, bytes->len);
    g_assert_cmpint(whole.verdict, ==, fits ? ONEHASH_COMPLETE : ONEHASH_REFUSED);
    g_assert_cmpuint(whole.length, ==, bytes->len);
    bool refused = false;
    for (size_t n = near_end - 300; n < bytes->len; n++) {
        OnehashVerdict verdict = onehash_next(stream, bytes->data, n).verdict;
        g_assert_true(verdict == ONEHASH_PARTIAL || (!fits && verdict == ONEHASH_REFUSED));
        g_assert_true(!refused || verdict == ONEHASH_REFUSED);
        refused = verdict == ONEHASH_REFUSED;
    }
}

static void check_limit_of(OnehashFraming framing, size_t content, const char *ending, bool fits)
{
    OnehashStream stream = {.framing = framing, .block = 128};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (framing == ONEHASH_FRAMING_LENGTH) {
        uint8_t prefix[4] = {0, (uint8_t)(content >> 16), (uint8_t)(content >> 8),
                             (uint8_t)content};
        g_byte_array_append(bytes, prefix, 4);
    }
    guint start = bytes->len;
    g_byte_array_set_size(bytes, start + (guint)content);
    memset(bytes->data + start, 'x', content);
    memcpy(bytes->data + start, "1#3#", 4);
    g_byte_array_append(bytes, (const uint8_t *)ending, (guint)strlen(ending));
    if (framing == ONEHASH_FRAMING_FIXED) {
        guint used = bytes->len;
        g_byte_array_set_size(bytes, used + 128 - used % 128);
        memset(bytes->data + used, 0, bytes->len - used);
    }
    check_limit(&stream, bytes, fits);
}

static void test_limit(void)
{
    static const size_t limit = ONEHASH_MESSAGE_LIMIT;
    for (size_t content = limit - 1; content <= limit + 1; content++) {
        check_limit_of(ONEHASH_FRAMING_LINE, content, "\n", content <= limit);
        check_limit_of(ONEHASH_FRAMING_LINE, content, "\r\n", content <= limit);
        check_limit_of(ONEHASH_FRAMING_LENGTH, content, "", content <= limit);
        check_limit_of(ONEHASH_FRAMING_FIXED, content, "", content <= limit);
    }
    OnehashStream bare = {.framing = ONEHASH_FRAMING_BARE};
    static const uint8_t long_one[ONEHASH_MESSAGE_LIMIT + 1] = "1#1";
    g_assert_cmpint(onehash_next(&bare, long_one, sizeof long_one).verdict, ==, ONEHASH_REFUSED);
    OnehashStream prefixed = {.framing = ONEHASH_FRAMING_LENGTH};
    g_assert_cmpint(onehash_next(&prefixed, (const uint8_t *)"1#", 2).verdict, ==, ONEHASH_REFUSED);
}

/* A head that announces more lines than any message holds ends in a refusal, not in a wait. */
static void test_forged_line_count(void)
{
    OnehashStream stream = {.framing = ONEHASH_FRAMING_LINE, .from_server = true};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    static const char head[] = "2#2#0#99999999999999999999\n";
    g_byte_array_append(bytes, (const uint8_t *)head, sizeof head - 1);
    g_assert_cmpint(onehash_next(&stream, bytes->data, bytes->len).verdict, ==, ONEHASH_PARTIAL);
    guint used = bytes->len;
    g_byte_array_set_size(bytes, ONEHASH_MESSAGE_LIMIT + 100);
    memset(bytes->data + used, '\n', bytes->len - used);
    g_assert_cmpint(onehash_next(&stream, bytes->data, bytes->len).verdict, ==, ONEHASH_REFUSED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/onehash/framing/every-pair-of-cuts", test_every_pair_of_cuts);
    g_test_add_func("/onehash/framing/bare-stuck", test_bare_requests_stuck_together);
    g_test_add_func("/onehash/framing/bare-server", test_bare_server);
    g_test_add_func("/onehash/framing/recognition", test_recognition);
    g_test_add_func("/onehash/framing/learning", test_learning);
    g_test_add_func("/onehash/framing/limit", test_limit);
    g_test_add_func("/onehash/framing/forged-line-count", test_forged_line_count);
    return g_test_run();
}
