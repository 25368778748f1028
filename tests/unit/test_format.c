/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Values as text: the forms that tshark gives, the forms for people, and every cut of them.
 */
#include "protocol/format.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

static const FsName names[] = {{0, "zero"}, {17, "UDP"}, {0, NULL}};

static FsEntry number_entry(const FsField *field, uint64_t number)
{
    FsEntry entry = {.field = field};
    entry.value.number = number;
    return entry;
}

static FsEntry bytes_entry(const FsField *field, const char *data, size_t length,
                           FsEncoding encoding)
{
    FsEntry entry = {.field = field, .encoding = (uint8_t)encoding};
    entry.value.bytes.data = (const uint8_t *)data;
    entry.value.bytes.length = (uint32_t)length;
    return entry;
}

static void check(const FsEntry *entry, const char *value, const char *readable)
{
    char out[256];
    size_t n = fs_format_value(out, sizeof out, entry);
    g_assert_cmpstr(out, ==, value);
    g_assert_cmpuint(n, ==, strlen(value));
    n = fs_format_readable(out, sizeof out, entry);
    g_assert_cmpstr(out, ==, readable);
    g_assert_cmpuint(n, ==, strlen(readable));
}

static void test_numbers(void)
{
    FsField field = {.name = "t.n", .title = "N", .type = FS_UINT, .bits = 16};
    FsEntry entry = number_entry(&field, 2425);
    check(&entry, "2425", "2425");
    field.base = FS_HEX;
    check(&entry, "0x0979", "0x0979");
    field.base = FS_HEX_DEC;
    check(&entry, "0x0979", "0x0979 (2425)");
    field.base = FS_DEC_HEX;
    check(&entry, "2425", "2425 (0x0979)");
    field.base = FS_DEC;
    field.names = names;
    check(&entry, "2425", "Unknown (2425)");
    entry.value.number = 17;
    check(&entry, "17", "UDP (17)");
    field.names = NULL;
    field.bits = 64;
    entry.value.number = UINT64_MAX;
    check(&entry, "18446744073709551615", "18446744073709551615");
    field.type = FS_INT;
    entry.value.integer = INT64_MIN;
    check(&entry, "-9223372036854775808", "-9223372036854775808");
    field.type = FS_BOOL;
    entry.value.number = 1;
    check(&entry, "1", "Set");
    entry.value.number = 0;
    check(&entry, "0", "Not set");
    field.names = names;
    check(&entry, "0", "zero");
}

/* Around each power of ten, where the number of digits changes. */
static void test_every_length(void)
{
    const FsField number = {.name = "t.n", .title = "N", .type = FS_UINT, .bits = 64};
    const FsField span = {.name = "t.s", .title = "S", .type = FS_TIME_SPAN};
    for (uint64_t power = 1;; power *= 10) {
        for (uint64_t value = power - 1; value <= power + 1; value++) {
            FsEntry entry = number_entry(&number, value);
            g_autofree char *expected = g_strdup_printf("%" G_GUINT64_FORMAT, value);
            check(&entry, expected, expected);
            if (value <= INT64_MAX) {
                const uint64_t second = 1000000000;
                entry = number_entry(&span, value);
                g_autofree char *seconds = g_strdup_printf(
                    "%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT, value / second, value % second);
                check(&entry, seconds, seconds);
            }
        }
        if (power > UINT64_MAX / 10) {
            break;
        }
    }
}

/* Each octet of an IPv4 address, and of a MAC address, in each place. */
static void test_every_octet(void)
{
    const FsField ipv4 = {.name = "t.a", .title = "A", .type = FS_IPV4};
    const FsField ether = {.name = "t.e", .title = "E", .type = FS_ETHER};
    for (unsigned octet = 0; octet < 256; octet++) {
        unsigned other = 255 - octet;
        FsEntry entry = number_entry(&ipv4, octet << 24 | other << 16 | octet << 8 | other);
        g_autofree char *address = g_strdup_printf("%u.%u.%u.%u", octet, other, octet, other);
        check(&entry, address, address);
        const char bytes[6] = {(char)octet, (char)other, (char)octet,
                               (char)other, (char)octet, (char)other};
        entry = bytes_entry(&ether, bytes, sizeof bytes, FS_ASCII);
        g_autofree char *mac = g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", octet, other, octet,
                                               other, octet, other);
        check(&entry, mac, mac);
    }
}

static void test_times(void)
{
    FsField field = {.name = "t.t", .title = "T", .type = FS_TIME};
    FsEntry entry = number_entry(&field, 0x59bbf8db);
    check(&entry, "Sep 15, 2017 15:59:23.000000000 UTC", "Sep 15, 2017 15:59:23.000000000 UTC");
    entry.value.number = 0;
    check(&entry, "Jan  1, 1970 00:00:00.000000000 UTC", "Jan  1, 1970 00:00:00.000000000 UTC");
    entry.value.number = 951782400; /* 29 February 2000 */
    check(&entry, "Feb 29, 2000 00:00:00.000000000 UTC", "Feb 29, 2000 00:00:00.000000000 UTC");
    field.type = FS_TIME_SPAN;
    entry.value.integer = -1500000000;
    check(&entry, "-1.500000000", "-1.500000000");
    entry.value.integer = INT64_MIN;
    check(&entry, "-9223372036.854775808", "-9223372036.854775808");
}

static void test_every_day_agrees_with_glib(void)
{
    FsField field = {.name = "t.t", .title = "T", .type = FS_TIME};
    for (gint64 day = 0; day < 80000; day++) {
        FsEntry entry = number_entry(&field, (uint64_t)day * 86400 + 86399);
        char ours[64];
        fs_format_value(ours, sizeof ours, &entry);
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(day * 86400 + 86399);
        g_autofree char *theirs = g_date_time_format(time, "%b %e, %Y %H:%M:%S.000000000 UTC");
        for (char *space = theirs; (space = strstr(space, "\xe2\x80\x87")) != NULL;) {
            memmove(space + 1, space + 3, strlen(space + 3) + 1); /* %e pads with a figure space */
            *space = ' ';
        }
        g_assert_cmpstr(ours, ==, theirs);
    }
}

static void test_ipv6_agrees_with_inet_ntop(void)
{
    FsField field = {.name = "t.a", .title = "A", .type = FS_IPV6};
    g_autoptr(GRand) random = g_rand_new_with_seed(979);
    for (int i = 0; i < 200000; i++) {
        uint8_t address[16];
        for (int group = 0; group < 8; group++) {
            static const guint16 values[] = {0, 0, 0, 1, 0xffff, 0x979, 0xf, 0x10};
            guint16 value = values[g_rand_int_range(random, 0, G_N_ELEMENTS(values))];
            address[2 * group] = (uint8_t)(value >> 8);
            address[2 * group + 1] = (uint8_t)value;
        }
        char theirs[INET6_ADDRSTRLEN];
        g_assert_nonnull(inet_ntop(AF_INET6, address, theirs, sizeof theirs));
        FsEntry entry = bytes_entry(&field, (const char *)address, 16, FS_ASCII);
        char ours[64];
        fs_format_value(ours, sizeof ours, &entry);
        g_assert_cmpstr(ours, ==, theirs);
    }
}

static void test_addresses_and_bytes(void)
{
    FsField field = {.name = "t.a", .title = "A", .type = FS_IPV4};
    FsEntry entry = number_entry(&field, 0x0a4d00ff);
    check(&entry, "10.77.0.255", "10.77.0.255");
    field.type = FS_ETHER;
    entry = bytes_entry(&field, "\x14\x18\x77\xb3\xda\x81", 6, FS_ASCII);
    check(&entry, "14:18:77:b3:da:81", "14:18:77:b3:da:81");
    field.type = FS_BYTES;
    entry = bytes_entry(&field, "", 0, FS_ASCII);
    check(&entry, "", "");
}

static void test_text(void)
{
    FsField field = {.name = "t.s", .title = "S", .type = FS_TEXT};
    FsEntry entry = bytes_entry(&field, "\xc4\xe3\xba\xc3", 4, FS_GB18030);
    check(&entry, "你好", "你好");
    entry = bytes_entry(&field, "a\nb\tc\x01\x7f", 7, FS_ASCII);
    check(&entry, "a\nb\tc\x01\x7f", "a\\nb\\tc\\x01\\x7f");
    entry = bytes_entry(&field, "a\xc2\x85z", 4, FS_UTF8); /* NEL, a C1 control character */
    check(&entry, "a\xc2\x85z", "a\\x85z");
}

/* However small the room, the text is a terminated prefix and valid UTF-8. */
static void test_every_room(void)
{
    FsField field = {.name = "t.s", .title = "标题", .type = FS_TEXT};
    FsEntry entry = bytes_entry(&field, "\xc4\xe3\n\xba\xc3\x01 end", 10, FS_GB18030);
    char whole[128];
    size_t length = fs_format_label(whole, sizeof whole, &entry);
    g_assert_cmpstr(whole, ==, "标题: 你\\n好\\x01 end");
    for (size_t room = 1; room <= length + 1; room++) {
        char *out = g_malloc(room);
        size_t n = fs_format_label(out, room, &entry);
        g_assert_cmpuint(n, <, room);
        g_assert_cmpint(out[n], ==, '\0');
        g_assert_true(g_utf8_validate(out, (gssize)n, NULL));
        if (room == length + 1) {
            g_assert_cmpstr(out, ==, whole);
        }
        g_free(out);
    }
    g_assert_cmpuint(fs_format_label(NULL, 0, &entry), ==, 0);
}

static void test_line(void)
{
    static const FsField layer = {.name = "t", .title = "T", .type = FS_LAYER};
    static const FsField text = {
        .name = "t.text", .title = "Text", .type = FS_TEXT, .line = 3, .lead = " → "};
    static const FsField command = {
        .name = "t.c", .title = "C", .type = FS_UINT, .bits = 8, .names = names, .line = 1};
    static const FsField hidden = {.name = "t.h", .title = "H", .type = FS_UINT, .bits = 8};
    static const FsField remark = {
        .name = "t.r", .title = "Odd", .type = FS_REMARK, .line = 4, .lead = " [", .trail = "]"};
    FsEntry entries[] = {number_entry(&layer, 0), bytes_entry(&text, "hi\n", 3, FS_ASCII),
                         bytes_entry(&remark, "zz", 2, FS_ESCAPED), number_entry(&hidden, 3),
                         number_entry(&command, 17)};
    char out[64];
    fs_format_line(out, sizeof out, entries, G_N_ELEMENTS(entries));
    g_assert_cmpstr(out, ==, "UDP → hi\\n [Odd]");
    fs_format_label(out, sizeof out, &entries[2]);
    g_assert_cmpstr(out, ==, "Odd: zz");
    entries[2].generated = true;
    fs_format_label(out, sizeof out, &entries[2]);
    g_assert_cmpstr(out, ==, "[Odd: zz]");
    fs_format_label(out, sizeof out, &entries[0]);
    g_assert_cmpstr(out, ==, "T");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/numbers", test_numbers);
    g_test_add_func("/format/every-length", test_every_length);
    g_test_add_func("/format/every-octet", test_every_octet);
    g_test_add_func("/format/times", test_times);
    g_test_add_func("/format/every-day", test_every_day_agrees_with_glib);
    g_test_add_func("/format/ipv6", test_ipv6_agrees_with_inet_ntop);
    g_test_add_func("/format/addresses", test_addresses_and_bytes);
    g_test_add_func("/format/text", test_text);
    g_test_add_func("/format/every-room", test_every_room);
    g_test_add_func("/format/line", test_line);
    return g_test_run();
}
