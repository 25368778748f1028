/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages of 1#n as decoded fields. The expected tree stands beside each message, one field a
 * line, indented by depth; the three conclusions at the end of each are checked once.
 */
#include "protocol/format.h"
#include "protocol/onehash/onehash.h"

#include <glib.h>
#include <string.h>

#define CONTROL ONEHASH_SERVICE_CONTROL
#define CHAT    ONEHASH_SERVICE_CHAT
#define UNKNOWN ONEHASH_SERVICE_UNKNOWN
#define LINE    ONEHASH_FRAMING_LINE
#define LENGTH  ONEHASH_FRAMING_LENGTH
#define FIXED   ONEHASH_FRAMING_FIXED
#define BARE    ONEHASH_FRAMING_BARE

static FsEntry entries[256];

/* The entries without the layer and the last three, as text. */
static char *tree(const OnehashStream *stream, const char *bytes, size_t length, size_t reported,
                  char **line)
{
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    g_autofree uint8_t *exact = g_memdup2(bytes, length);
    fs_packet_reset(&packet, exact);
    g_assert_true(
        onehash_decode(&packet, stream, (FsSpan){exact, (uint32_t)length, (uint32_t)reported}));
    g_assert_false(packet.full);
    g_assert_cmpuint(packet.depth, ==, 0);
    GString *text = g_string_new(NULL);
    for (uint32_t i = 1; i + 3 < packet.count; i++) {
        char value[512];
        (void)fs_format_value(value, sizeof value, &entries[i]);
        g_string_append_printf(text, "%*s%s%s%s\n", 2 * (entries[i].depth - 1), "",
                               entries[i].field->name + strlen("onehash."),
                               value[0] != '\0' ? " " : "", value);
    }
    if (line != NULL) {
        char value[512];
        (void)fs_format_line(value, sizeof value, packet.entries, packet.count);
        *line = g_strdup(value);
    }
    return g_string_free(text, FALSE);
}

typedef struct {
    OnehashService service;
    OnehashFraming framing;
    bool from_server;
    const char *bytes;
    size_t length;
    const char *line;
    const char *tree;
} Case;

#define REQUEST(service, framing, bytes) (service), (framing), false, (bytes), sizeof(bytes) - 1
#define ANSWER(service, framing, bytes)  (service), (framing), true, (bytes), sizeof(bytes) - 1

static const Case cases[] = {
    {REQUEST(CONTROL, LINE, "1#1\n"), "request 1#1 shut down",
     "head 1#1\n  kind 1\n  code 1\n  operation 1\n"},
    {REQUEST(CONTROL, LINE, "1#2\r\n"), "request 1#2 process list",
     "head 1#2\n  kind 1\n  code 2\n  operation 2\n"},
    {REQUEST(CONTROL, LINE, "1#3#c#\n"), "request 1#3 kill c#",
     "head 1#3\n  kind 1\n  code 3\n  operation 3\nargument c#\n  process c#\n"},
    {REQUEST(CONTROL, LINE, "1#3\n"), "request 1#3 kill [A part of the message is missing]",
     "head 1#3\n  kind 1\n  code 3\n  operation 3\nmissing\n"},
    {REQUEST(CONTROL, LINE, "1#3#\n"), "request 1#3 kill  [A part of the message is missing]",
     "head 1#3\n  kind 1\n  code 3\n  operation 3\nargument\n  process\nmissing\n"},
    {REQUEST(CONTROL, LINE, "1#2#all\n"), "request 1#2 process list",
     "head 1#2\n  kind 1\n  code 2\n  operation 2\nargument all\nunexpected\n"},
    {REQUEST(CONTROL, LINE, "1#9#x\n"), "request 1#9 x",
     "head 1#9\n  kind 1\n  code 9\n  unknown_code\narguments x\n  argument x\n"},
    {REQUEST(CHAT, LINE, "1#1\n"), "request 1#1 log in",
     "head 1#1\n  kind 1\n  code 1\n  operation 4\n"},
    {REQUEST(CHAT, LINE, "1#1#alice\n"), "request 1#1 log in alice",
     "head 1#1\n  kind 1\n  code 1\n  operation 4\nargument alice\n  nick alice\n"},
    {REQUEST(CHAT, LINE, "1#3#alice\n"),
     "request 1#3 message alice [A part of the message is missing]",
     "head 1#3\n  kind 1\n  code 3\n  operation 6\nargument alice\n  to alice\nmissing\n"},
    {REQUEST(CHAT, LINE, "1#3#*#a#b\n"), "request 1#3 message * → a#b",
     "head 1#3\n  kind 1\n  code 3\n  operation 6\nargument *\n  to *\nargument a#b\n"
     "  text a#b\n"},
    {REQUEST(CHAT, LINE, "1#3#alice#你好\n"), "request 1#3 message alice → 你好",
     "head 1#3\n  kind 1\n  code 3\n  operation 6\nargument alice\n  to alice\n"
     "argument 你好\n  text 你好\n"},
    {REQUEST(CHAT, LINE, "1#3#alice#\xc4\xe3\xba\xc3\n"), "request 1#3 message alice → 你好",
     "head 1#3\n  kind 1\n  code 3\n  operation 6\nargument alice\n  to alice\n"
     "argument 你好\n  text 你好\nnot_utf8\n"},
    {REQUEST(UNKNOWN, LINE, "1#3#a##b\n"), "request 1#3 a##b",
     "head 1#3\n  kind 1\n  code 3\narguments a##b\n  argument a\n  argument\n  argument b\n"},
    {REQUEST(CONTROL, LINE, "1#11\n"), "request 1#11 status",
     "head 1#11\n  kind 1\n  code 11\n  operation 10\n"},
    {REQUEST(CHAT, LINE, "1#13#5#*#a#b\n"), "request 1#13 history",
     "head 1#13\n  kind 1\n  code 13\n  operation 13\nargument 5\nargument *\nargument a#b\n"},
    {REQUEST(CHAT, LINE, "1#15#bob\n"), "request 1#15 shake bob",
     "head 1#15\n  kind 1\n  code 15\n  operation 15\nargument bob\n  to bob\n"},
    {ANSWER(CHAT, LINE, "3#14#bob\n"), "event 3#14 typing bob",
     "head 3#14\n  kind 3\n  code 14\n  operation 14\nfrom bob\n"},
    {ANSWER(CONTROL, LINE, "2#2#0#2\n1 init\n42 my shell\n"), "reply 2#2 process list ok, 2 lines",
     "head 2#2\n  kind 2\n  code 2\n  operation 2\nstatus 0\nlines 2\nbody 1 init\n"
     "  process.id 1\n  process.name init\nbody 42 my shell\n  process.id 42\n"
     "  process.name my shell\n"},
    {ANSWER(CONTROL, LENGTH,
            "\0\0\0\x16"
            "2#3#3#1\r\nswitched off\n"),
     "reply 2#3 kill not allowed, 1 line: switched off",
     "length 22\nhead 2#3\n  kind 2\n  code 3\n  operation 3\nstatus 3\nlines 1\n"
     "body switched off\n  reason switched off\n"},
    {ANSWER(CONTROL, LINE, "2#1#77#0\n"), "reply 2#1 shut down 77, 0 lines",
     "head 2#1\n  kind 2\n  code 1\n  operation 1\nstatus 77\nlines 0\nno_reason\n"},
    {ANSWER(CHAT, LINE, "2#1#0#2\nalice\n\n"), "reply 2#1 log in ok, 2 lines",
     "head 2#1\n  kind 2\n  code 1\n  operation 4\nstatus 0\nlines 2\nbody alice\nbody\n"},
    {ANSWER(CHAT, LINE, "2#1#0#1\n\r\n"), "reply 2#1 log in ok, 1 line",
     "head 2#1\n  kind 2\n  code 1\n  operation 4\nstatus 0\nlines 1\nbody\n"},
    {ANSWER(CHAT, LENGTH,
            "\0\0\0\x0d"
            "2#1#0#3\nalice"),
     "reply 2#1 log in ok, 3 lines [The body has not as many lines as announced]",
     "length 13\nhead 2#1\n  kind 2\n  code 1\n  operation 4\nstatus 0\nlines 3\nbody alice\n"
     "line_count\n"},
    {ANSWER(CHAT, LINE, "2#1#0\n"), "reply 2#1 log in ok [A part of the message is missing]",
     "head 2#1\n  kind 2\n  code 1\n  operation 4\nstatus 0\nmissing\n"},
    {ANSWER(CHAT, LINE, "2#1#x#0#7\n"),
     "reply 2#1 log in, 0 lines [Not a decimal number that can be]",
     "head 2#1\n  kind 2\n  code 1\n  operation 4\nbad_number\nlines 0\nunexpected\n"},
    {ANSWER(CHAT, LINE, "3#1#alice\n"), "event 3#1 came online alice",
     "head 3#1\n  kind 3\n  code 1\n  operation 7\nfrom alice\n"},
    {ANSWER(CHAT, LINE, "3#3#bob#hi #1\n"), "event 3#3 message bob → hi #1",
     "head 3#3\n  kind 3\n  code 3\n  operation 9\nfrom bob\ntext hi #1\n"},
    {ANSWER(CHAT, LINE, "3#3#bob\n"), "event 3#3 message bob [A part of the message is missing]",
     "head 3#3\n  kind 3\n  code 3\n  operation 9\nfrom bob\nmissing\n"},
    {ANSWER(CHAT, LINE, "3#2\n"), "event 3#2 went offline [A part of the message is missing]",
     "head 3#2\n  kind 3\n  code 2\n  operation 8\nmissing\n"},
    {REQUEST(CONTROL, LENGTH,
             "\0\0\0\3"
             "1#2"),
     "request 1#2 process list", "length 3\nhead 1#2\n  kind 1\n  code 2\n  operation 2\n"},
    {REQUEST(CONTROL, LENGTH,
             "\0\0\0\4"
             "1#2\n"),
     "request 1#2 process list", "length 4\nhead 1#2\n  kind 1\n  code 2\n  operation 2\nstray\n"},
    {REQUEST(CONTROL, LENGTH, "\0\0\0\0"), "", "length 0\nstray\n"},
    {REQUEST(CONTROL, LENGTH, "\0\1\0\1"), " [The message is longer than 64 KiB]",
     "length 65537\ntoo_long\n"},
    {REQUEST(CONTROL, LENGTH,
             "\0\0\0\4"
             "1#2"),
     "request 1#2 [The message breaks off]", "length 4\nhead 1#2\n  kind 1\ntruncated\n"},
    {REQUEST(CONTROL, FIXED, "1#2\0\0\0\0\0"), "request 1#2 process list",
     "head 1#2\n  kind 1\n  code 2\n  operation 2\npadding 00:00:00:00:00\n"},
    {REQUEST(CONTROL, FIXED, "1#3#bash\0\0\0\0\0\0\0\0"), "request 1#3 kill bash",
     "head 1#3\n  kind 1\n  code 3\n  operation 3\nargument bash\n  process bash\n"
     "padding 00:00:00:00:00:00:00:00\n"},
    {REQUEST(CONTROL, FIXED, "1#2\0x\0\0\0"), "request 1#2 process list",
     "head 1#2\n  kind 1\n  code 2\n  operation 2\nstray\npadding 00:00:00\n"},
    {REQUEST(CONTROL, BARE, "1#3#bash"), "request 1#3 kill bash",
     "head 1#3\n  kind 1\n  code 3\n  operation 3\nargument bash\n  process bash\n"},
    {REQUEST(CONTROL, BARE, "1#2\0"), "request 1#2 process list",
     "head 1#2\n  kind 1\n  code 2\n  operation 2\npadding 00\n"},
    {ANSWER(CONTROL, BARE, "1 init\n2 sh\n"), "reply, 2 lines",
     "kind 2\nbody 1 init\nbody 2 sh\nlines 2\n"},
    {ANSWER(CHAT, BARE, "3#1#bob"), "event 3#1 came online bob",
     "head 3#1\n  kind 3\n  code 1\n  operation 7\nfrom bob\n"},
    {REQUEST(CONTROL, LINE, "hello\n"), " [Not a message: it does not begin with a kind and #]",
     "not_a_message\n"},
    {REQUEST(CONTROL, LINE, "\r\n"), "", "stray\n"},
    {REQUEST(CONTROL, LINE, "\0001#2\n"), "request 1#2 process list",
     "padding 00\nhead 1#2\n  kind 1\n  code 2\n  operation 2\n"},
    {REQUEST(CONTROL, LINE, "7#1\n"), "7 7#1 [Neither a request, nor a reply, nor an event]",
     "head 7#1\n  kind 7\n  unknown_kind\n  code 1\n"},
    {REQUEST(CONTROL, LINE, "999#1\n"), " 999#1 [Not a decimal number that can be]",
     "head 999#1\n  bad_number\n  code 1\n"},
    {REQUEST(CONTROL, LINE, "1#\n"), "request 1# [A part of the message is missing]",
     "head 1#\n  kind 1\n  missing\n"},
    {REQUEST(CONTROL, LINE, "1#4294967296\n"),
     "request 1#4294967296 [Not a decimal number that can be]",
     "head 1#4294967296\n  kind 1\n  bad_number\n"},
    {REQUEST(CONTROL, LINE, "1#2x\n"), "request 1#2x [Not a decimal number that can be]",
     "head 1#2x\n  kind 1\n  bad_number\n"},
};

static void test_messages(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        OnehashStream stream = {c->framing, c->service, 8, c->from_server};
        g_autofree char *line = NULL;
        g_autofree char *got = tree(&stream, c->bytes, c->length, c->length, &line);
        g_test_message("case %zu", i);
        g_assert_cmpstr(got, ==, c->tree);
        g_assert_cmpstr(line, ==, c->line);
    }
}

static void test_conclusions(void)
{
    OnehashStream stream = {LINE, CHAT, 0, false};
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    static const uint8_t bytes[] = "1#1#\xe4\xbd\xa0\n";
    fs_packet_reset(&packet, bytes);
    g_assert_true(onehash_decode(&packet, &stream, (FsSpan){bytes, 8, 8}));
    const FsEntry *last = &entries[packet.count - 3];
    char label[64];
    (void)fs_format_label(label, sizeof label, &last[0]);
    g_assert_cmpstr(label, ==, "[Encoding: UTF-8 (1)]");
    (void)fs_format_label(label, sizeof label, &last[1]);
    g_assert_cmpstr(label, ==, "[Framing: line (1)]");
    (void)fs_format_label(label, sizeof label, &last[2]);
    g_assert_cmpstr(label, ==, "[Service: chat (2)]");
}

static void test_offsets(void)
{
    OnehashStream stream = {LENGTH, CHAT, 0, false};
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    static const uint8_t bytes[] = "xx\0\0\0\x0b"
                                   "1#3#bob#hi!";
    fs_packet_reset(&packet, bytes);
    g_assert_true(onehash_decode(&packet, &stream, (FsSpan){bytes + 2, 15, 15}));
    static const struct {
        const char *name;
        unsigned offset;
        unsigned length;
    } expected[] = {
        {"onehash", 2, 15},          {"onehash.length", 2, 4}, {"onehash.head", 6, 3},
        {"onehash.kind", 6, 1},      {"onehash.code", 8, 1},   {"onehash.operation", 6, 0},
        {"onehash.argument", 10, 3}, {"onehash.to", 10, 3},    {"onehash.argument", 14, 3},
        {"onehash.text", 14, 3},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmpstr(entries[i].field->name, ==, expected[i].name);
        g_assert_cmpuint(entries[i].bit_offset / 8, ==, expected[i].offset);
        g_assert_cmpuint(entries[i].bit_length / 8, ==, expected[i].length);
    }
}

/* A capture with a snapshot length: numbers whose end is missing are not shown at all. */
static void test_cut_by_the_capture(void)
{
    OnehashStream stream = {LINE, CONTROL, 0, true};
    g_autofree char *number = tree(&stream, "2#2#0#1", 7, 200, NULL);
    g_assert_cmpstr(number, ==,
                    "head 2#2\n  kind 2\n  code 2\n  operation 2\nstatus 0\ntruncated\n");
    g_autofree char *body = tree(&stream, "2#2#0#12\n1 init\n2 \xe4\xbd", 20, 200, NULL);
    g_assert_nonnull(strstr(body, "lines 12\nbody 1 init\n"));
    g_assert_nonnull(strstr(body, "truncated\n"));
    g_assert_null(strstr(body, "not_utf8"));
    g_assert_null(strstr(body, "line_count"));
}

static void test_nothing(void)
{
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    OnehashStream stream = {LINE, CONTROL, 0, false};
    fs_packet_reset(&packet, NULL);
    g_assert_false(onehash_decode(&packet, &stream, (FsSpan){NULL, 0, 10}));
    stream.framing = ONEHASH_FRAMING_UNDECIDED;
    g_assert_false(onehash_decode(&packet, &stream, (FsSpan){(const uint8_t *)"1#1\n", 4, 4}));
    g_assert_cmpuint(packet.count, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/onehash/decode/messages", test_messages);
    g_test_add_func("/onehash/decode/conclusions", test_conclusions);
    g_test_add_func("/onehash/decode/offsets", test_offsets);
    g_test_add_func("/onehash/decode/cut-by-the-capture", test_cut_by_the_capture);
    g_test_add_func("/onehash/decode/nothing", test_nothing);
    return g_test_run();
}
