/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/reassembly/fragments.h"

#include <glib.h>
#include <string.h>

static const FragmentKey key = {.source = {10, 0, 0, 1},
                                .destination = {10, 0, 0, 2},
                                .identification = 7,
                                .address_length = 4,
                                .protocol = 17};

static FragmentVerdict add(FragmentTable *table, const char *bytes, uint32_t offset, bool more,
                           Datagram *datagram)
{
    /* a copy of just these bytes, so that a read beyond them is seen */
    uint32_t length = (uint32_t)strlen(bytes);
    g_autofree uint8_t *copy = length > 0 ? g_memdup2(bytes, length) : g_malloc(1);
    Fragment fragment = {copy, length, offset, more};
    return fragments_add(table, &key, &fragment, datagram);
}

static void assert_whole(const Datagram *datagram, const char *bytes)
{
    g_assert_cmpmem(datagram->span.data, datagram->span.captured, bytes, strlen(bytes));
}

static void test_any_order(void)
{
    static const char *const parts[] = {"01234567", "89abcdef", "tail"};
    static const uint8_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                        {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    FragmentTable *table = fragments_new(4);
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        Datagram d;
        for (unsigned j = 0; j < 3; j++) {
            uint8_t part = orders[i][j];
            g_assert_cmpint(add(table, parts[part], part * 8, part < 2, &d), ==,
                            j < 2 ? FRAGMENT_WAITING : FRAGMENT_WHOLE);
        }
        assert_whole(&d, "0123456789abcdeftail");
        g_assert_cmpuint(d.count, ==, 3);
        g_assert_false(d.overlap || d.conflict || d.beyond);
        fragments_release(table);
    }
    g_assert_cmpuint(fragments_counts(table).whole, ==, 6);
    g_assert_cmpuint(fragments_counts(table).waiting, ==, 0);
    fragments_free(table);
}

static void test_overlap(void)
{
    FragmentTable *table = fragments_new(4);
    Datagram d;
    add(table, "aaaaaaaaaaaaaaaa", 0, true, &d);
    g_assert_cmpint(add(table, "bbbbbbbbbbbb", 8, false, &d), ==, FRAGMENT_WHOLE);
    assert_whole(&d, "aaaaaaaaaaaaaaaabbbb");
    g_assert_true(d.overlap && d.conflict);
    add(table, "aaaaaaaa", 0, true, &d);
    add(table, "aaaaaaaa", 0, true, &d);
    g_assert_cmpint(add(table, "b", 8, false, &d), ==, FRAGMENT_WHOLE);
    assert_whole(&d, "aaaaaaaab");
    g_assert_true(d.overlap && !d.conflict);
    g_assert_cmpuint(d.count, ==, 3);
    fragments_free(table);
}

static void test_beyond_the_last(void)
{
    FragmentTable *table = fragments_new(4);
    Datagram d;
    add(table, "zzzzzzzz", 16, true, &d);
    add(table, "bbbbbbbb", 8, false, &d);
    g_assert_cmpint(add(table, "aaaaaaaa", 0, true, &d), ==, FRAGMENT_WHOLE);
    assert_whole(&d, "aaaaaaaabbbbbbbb");
    g_assert_true(d.beyond);
    g_assert_false(d.overlap);
    fragments_free(table);
}

static void test_too_long(void)
{
    FragmentTable *table = fragments_new(4);
    Datagram d;
    static uint8_t bytes[2000];
    Fragment last = {bytes, sizeof bytes, 65528, false};
    g_assert_cmpint(fragments_add(table, &key, &last, &d), ==, FRAGMENT_REFUSED);
    g_assert_cmpuint(fragments_counts(table).refused, ==, 1);
    g_assert_cmpuint(fragments_counts(table).waiting, ==, 0);
    /* the same bytes again and again: no more is kept than twice a datagram */
    unsigned kept = 0;
    for (Fragment again = {bytes, 1480, 0, true};
         fragments_add(table, &key, &again, &d) == FRAGMENT_WAITING;) {
        kept++;
    }
    g_assert_cmpuint(kept, ==, 2 * 65536 / 1480);
    fragments_free(table);
}

static void test_oldest_is_forgotten(void)
{
    FragmentTable *table = fragments_new(2);
    Datagram d;
    FragmentKey other = key;
    for (other.identification = 0; other.identification < 3; other.identification++) {
        Fragment first = {(const uint8_t *)"01234567", 8, 0, true};
        g_assert_cmpint(fragments_add(table, &other, &first, &d), ==, FRAGMENT_WAITING);
    }
    g_assert_cmpuint(fragments_counts(table).forgotten, ==, 1);
    g_assert_cmpuint(fragments_counts(table).waiting, ==, 2);
    Fragment last = {(const uint8_t *)"8", 1, 8, false};
    other.identification = 2;
    g_assert_cmpint(fragments_add(table, &other, &last, &d), ==, FRAGMENT_WHOLE);
    other.identification = 0;
    g_assert_cmpint(fragments_add(table, &other, &last, &d), ==, FRAGMENT_WAITING);
    fragments_free(table);
}

/* What was put together in a frame stays, however many datagrams are, until the next frame. */
static void test_several_in_a_frame(void)
{
    FragmentTable *table = fragments_new(4);
    Datagram d[FS_MAX_SOURCES];
    char text[] = "0";
    for (unsigned i = 0; i < FS_MAX_SOURCES; i++) {
        text[0] = (char)('0' + i);
        g_assert_cmpint(add(table, text, 0, false, &d[i]), ==,
                        i + 1 < FS_MAX_SOURCES ? FRAGMENT_WHOLE : FRAGMENT_REFUSED);
    }
    for (unsigned i = 0; i + 1 < FS_MAX_SOURCES; i++) {
        g_assert_cmpint(d[i].span.data[0], ==, '0' + (int)i);
    }
    fragments_free(table);
}

/* A source may be derived from another: a message unpacked from a datagram put together. */
static void test_nested_sources(void)
{
    static const uint8_t frame[1], outer[1], inner[1];
    FsEntry entries[1];
    FsPacket packet = {.entries = entries, .capacity = 1};
    fs_packet_reset(&packet, frame);
    const uint8_t *before_outer = fs_begin_source(&packet, (FsSpan){outer, 1, 1});
    const uint8_t *before_inner = fs_begin_source(&packet, (FsSpan){inner, 1, 1});
    g_assert_cmpuint(packet.source, ==, 2);
    fs_end_source(&packet, before_inner);
    g_assert_cmpuint(packet.source, ==, 1);
    g_assert_true(packet.base == outer);
    fs_end_source(&packet, before_outer);
    g_assert_cmpuint(packet.source, ==, 0);
    g_assert_true(packet.base == frame);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fragments/any-order", test_any_order);
    g_test_add_func("/fragments/overlap", test_overlap);
    g_test_add_func("/fragments/beyond-the-last", test_beyond_the_last);
    g_test_add_func("/fragments/too-long", test_too_long);
    g_test_add_func("/fragments/oldest-is-forgotten", test_oldest_is_forgotten);
    g_test_add_func("/fragments/several-in-a-frame", test_several_in_a_frame);
    g_test_add_func("/fragments/nested-sources", test_nested_sources);
    return g_test_run();
}
