/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The views line, tree and json, over packets put together by hand.
 */
#include "sniffer/tables.h"
#include "sniffer/views/view.h"
#include "view_output.h"

#include <string.h>

static const FsName numbers[] = {{1, "one"}, {0, NULL}};
static const FsField layer = {.name = "t", .title = "Test", .type = FS_LAYER};
static const FsField text = {
    .name = "t.text", .title = "Text", .type = FS_TEXT, .line = 1, .lead = "says "};
static const FsField number = {
    .name = "t.number", .title = "Number", .type = FS_UINT, .bits = 8, .names = numbers};
static const FsField flag = {
    .name = "t.flag", .title = "Flag", .type = FS_BOOL, .bits = 16, .mask = 0x0400};
static const FsField hidden = {
    .name = "t.hidden", .title = "Hidden", .type = FS_UINT, .bits = 8, .hidden = 1};
static const FsField remark = {.name = "t.remark", .title = "Odd", .type = FS_REMARK};
static const FsField source = {
    .name = "t.src", .title = "Source", .type = FS_IPV6, .role = FS_ROLE_SOURCE};
static const FsField destination = {
    .name = "t.dst", .title = "Destination", .type = FS_IPV4, .role = FS_ROLE_DESTINATION};
static const FsField port = {
    .name = "t.port", .title = "Port", .type = FS_UINT, .bits = 16, .role = FS_ROLE_SOURCE_PORT};

static uint8_t bytes[64];
static FsEntry entries[64];
static FsPacket packet;

static void begin(void)
{
    packet = (FsPacket){.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    fs_packet_reset(&packet, bytes);
}

static GString *view(View *function)
{
    static const FrameRecord record = {.number = 7, .since_first = 1234567000};
    ViewStyle style = {0};
    Written w;
    written_begin(&w);
    function(&w.output, &record, &packet, &style);
    return written_end(&w);
}

static void check_view(View *function, const char *expected)
{
    GString *written = view(function);
    g_assert_cmpstr(written->str, ==, expected);
    (void)g_string_free(written, TRUE);
}

static void add_message(const char *said, size_t length, FsEncoding encoding)
{
    uint32_t index = fs_open(&packet, &layer, bytes, 2);
    FsEntry *entry = fs_add_text(&packet, &text, bytes, 1, encoding);
    entry->value.bytes.data = (const uint8_t *)said;
    entry->value.bytes.length = (uint32_t)length;
    fs_close(&packet, index, NULL);
}

static void test_json_repeats(void)
{
    begin();
    uint32_t index = fs_open(&packet, &layer, bytes, 4);
    (void)fs_add_number(&packet, &number, bytes, 1, 1);
    (void)fs_add_bit_number(&packet, &flag, bytes, 5, 1, 1);
    (void)fs_add_number(&packet, &number, bytes, 1, 2);
    (void)fs_add_number(&packet, &hidden, bytes, 1, 3);
    (void)fs_add_remark(&packet, &remark, bytes, 2, true);
    (void)fs_add_number(&packet, &number, bytes, 1, 3);
    fs_close(&packet, index, NULL);
    check_view(view_json, "{\"t\":\"\",\"t.number\":[\"1\",\"2\",\"3\"],\"t.flag\":\"1\","
                          "\"t.hidden\":\"3\",\"t.remark\":\"\"}\n");
}

static void test_json_text(void)
{
    static const char said[] = "\"\\\b\f\n\r\t\x01\x7f/\0é";
    begin();
    add_message(said, sizeof said - 1, FS_UTF8);
    check_view(view_json, "{\"t\":\"\",\"t.text\":"
                          "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f/␀é\"}\n");
}

/* Any bytes, in any encoding, give valid UTF-8 with no bare quote or control character. */
static void test_json_bytes(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int round = 0; round < 300; round++) {
        char said[400];
        size_t length = (size_t)g_rand_int_range(random, 0, sizeof said);
        for (size_t i = 0; i < length; i++) {
            said[i] = (char)g_rand_int(random);
        }
        begin();
        add_message(said, length, (FsEncoding)(round % 5));
        GString *written = view(view_json);
        g_assert_true(g_utf8_validate(written->str, (gssize)written->len, NULL));
        const char *value = strstr(written->str, "\"t.text\":\"") + strlen("\"t.text\":\"");
        for (; *value != '"'; value++) {
            g_assert_cmpuint((guchar)*value, >=, 0x20);
            value += *value == '\\';
        }
        g_assert_cmpstr(value, ==, "\"}\n");
        (void)g_string_free(written, TRUE);
    }
}

static void test_line_messages(void)
{
    begin();
    add_message("hello\n", 6, FS_ASCII);
    add_message("\xc4\xe3\xba\xc3", 4, FS_GB18030);
    check_view(view_line,
               "    7    1.234567                        →                                 "
               "says hello\\n | says 你好\n");
}

static void test_line_addresses(void)
{
    begin();
    uint32_t index = fs_open(&packet, &layer, bytes, 4);
    bytes[15] = 1;
    (void)fs_add_bytes(&packet, &source, bytes, 16);
    (void)fs_add_number(&packet, &destination, bytes, 4, 0x0a000001);
    (void)fs_add_number(&packet, &port, bytes, 2, 2425);
    fs_close(&packet, index, NULL);
    GString *written = view(view_line);
    g_assert_nonnull(strstr(written->str, "[::1]:2425            → 10.0.0.1 "));
    (void)g_string_free(written, TRUE);
}

static void test_tree(void)
{
    begin();
    uint32_t index = fs_open(&packet, &layer, bytes, 4);
    (void)fs_add_number(&packet, &number, bytes, 1, 1);
    fs_enter(&packet);
    (void)fs_add_bit_number(&packet, &flag, bytes, 5, 1, 1);
    fs_leave(&packet);
    (void)fs_add_number(&packet, &hidden, bytes + 1, 1, 3);
    fs_enter(&packet);
    (void)fs_add_number(&packet, &number, bytes + 1, 1, 4);
    fs_leave(&packet);
    fs_add_number(&packet, &number, bytes + 1, 0, 5)->generated = true;
    fs_close(&packet, index, NULL);
    check_view(view_tree, "    0-3      Test\n"
                          "    0            Number: one (1)\n"
                          "    0                .... .1.. .... .... = Flag: Set\n"
                          "                 [Number: Unknown (5)]\n"
                          "\n");
}

/* A value longer than the output's buffer is written whole. */
static void test_long_text(void)
{
    size_t length = (size_t)3 << 20;
    char *said = g_malloc(length);
    memset(said, '"', length);
    begin();
    add_message(said, length, FS_ASCII);
    GString *written = view(view_json);
    g_assert_cmpuint(written->len, ==, strlen("{\"t\":\"\",\"t.text\":\"\"}\n") + 2 * length);
    (void)g_string_free(written, TRUE);
    g_free(said);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/views/json/repeats", test_json_repeats);
    g_test_add_func("/views/json/text", test_json_text);
    g_test_add_func("/views/json/bytes", test_json_bytes);
    g_test_add_func("/views/json/long", test_long_text);
    g_test_add_func("/views/line/messages", test_line_messages);
    g_test_add_func("/views/line/addresses", test_line_addresses);
    g_test_add_func("/views/tree", test_tree);
    return g_test_run();
}
