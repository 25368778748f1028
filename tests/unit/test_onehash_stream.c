/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages of 1#n put together from TCP segments: the same stream in any segments shows the same
 * messages, each in the frame of its last byte; old bytes count once; what comes early waits until
 * the gap is filled, or nothing will fill it; the state is bounded.
 */
#include "protocol/format.h"
#include "sniffer/reassembly/early.h"
#include "sniffer/stream.h"

#include <glib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

static FsEntry entries[256];

/* One end of a test: a table, and the texts of the messages that came out of it. */
typedef struct {
    StreamTable *table;
    FsPacket packet;
    HeaderWalk walk;
    uint16_t client_port;
    GString *seen; /* one-line forms, each with a newline; a frame ends with "." */
    uint8_t *frame;
} Rig;

static const uint8_t client[4] = {10, 0, 0, 1};
static const uint8_t server[4] = {10, 0, 0, 2};

static Rig rig(const StreamSettings *settings)
{
    Rig r = {.table = stream_table_new(settings),
             .packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)},
             .client_port = 40000,
             .seen = g_string_new(NULL)};
    g_assert_nonnull(r.table);
    return r;
}

static void finish(Rig *r)
{
    stream_table_free(r->table);
    g_string_free(r->seen, TRUE);
    g_free(r->frame);
}

/* Every entry lies in its source: the frame or the bytes put together. */
static void check_sources(const Rig *r, size_t captured)
{
    FsSpan together = stream_reassembled(r->table);
    for (uint32_t i = 0; i < r->packet.count; i++) {
        const FsEntry *e = &r->packet.entries[i];
        g_assert_cmpuint(e->source, <=, 1);
        size_t room = e->source == 0 ? captured : together.captured;
        const uint8_t *base = e->source == 0 ? r->frame : together.data;
        g_assert_cmpuint(e->bit_offset / 8 + e->bit_length / 8, <=, room);
        if (e->field->type == FS_TEXT && e->value.bytes.length > 0) {
            g_assert_true(e->value.bytes.data == base + e->bit_offset / 8);
        }
    }
}

static bool feed_span(Rig *r, bool from_server, uint32_t sequence, unsigned flags,
                      const char *bytes, size_t captured, size_t reported)
{
    char line[512];
    g_free(r->frame);
    r->frame = g_malloc(captured + 1); /* the frame of an empty segment is somewhere too */
    memcpy(r->frame, bytes, captured);
    fs_packet_reset(&r->packet, r->frame);
    r->walk.packet = &r->packet;
    r->walk.streams = r->table;
    r->walk.address_length = 4;
    r->walk.source = from_server ? server : client;
    r->walk.destination = from_server ? client : server;
    r->walk.tcp_sequence = sequence;
    r->walk.tcp_flags = (uint8_t)flags;
    uint16_t port = ONEHASH_CHAT_PORT;
    bool ours = stream_segment(&r->walk, from_server ? port : r->client_port,
                               from_server ? r->client_port : port,
                               (FsSpan){r->frame, (uint32_t)captured, (uint32_t)reported});
    check_sources(r, captured);
    for (uint32_t i = 0; i < r->packet.count;) {
        uint32_t next = i + 1;
        while (next < r->packet.count && entries[next].depth > 0) {
            next++;
        }
        (void)fs_format_line(line, sizeof line, &entries[i], next - i);
        g_string_append_printf(r->seen, "%s%s\n", entries[i].source == 1 ? "+" : "", line);
        i = next;
    }
    return ours;
}

static bool feed(Rig *r, uint32_t sequence, const char *text)
{
    return feed_span(r, false, sequence, ACK, text, strlen(text), strlen(text));
}

static void expect(Rig *r, const char *seen)
{
    g_assert_cmpstr(r->seen->str, ==, seen);
    g_string_truncate(r->seen, 0);
}

static void test_in_one_segment_nothing_is_copied(void)
{
    Rig r = rig(&stream_default_settings);
    g_assert_true(feed(&r, 100, "1#1#bob\n1#2\n"));
    expect(&r, "request 1#1 log in bob\nrequest 1#2 log out\n");
    g_assert_null(stream_reassembled(r.table).data);
    finish(&r);
}

static void test_split_message_belongs_to_its_last_segment(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 0xfffffff8U, "1#1#b");       /* the sequence number wraps */
    expect(&r, "request 1#1 log in b\n"); /* a whole bare request, as far as anyone can tell */
    finish(&r);

    r = rig(&stream_default_settings);
    feed(&r, 0xfffffff8U, "1#3#bob");
    expect(&r, "");
    feed(&r, 0xffffffffU, "#hel");
    expect(&r, "");
    feed(&r, 3, "lo\n1#2\n1#3");
    expect(&r, "+request 1#3 message bob → hello\nrequest 1#2 log out\n");
    g_assert_cmpuint(stream_reassembled(r.table).captured, ==, 14);
    feed(&r, 13, "#*#hi\n");
    expect(&r, "+request 1#3 message * → hi\n");
    feed_span(&r, true, 5000, ACK, "2#3#0#1\nse", 10, 10);
    feed_span(&r, true, 5010, ACK, "nt\n3#1#eve\n", 11, 11);
    expect(&r, "+reply 2#3 message ok, 1 line\nevent 3#1 came online eve\n");
    finish(&r);
}

/* The messages of a stream in three segments, without the marks of what was put together. */
static char *in_three(const StreamSettings *settings, bool from_server, const char *bytes,
                      size_t length, size_t first, size_t second)
{
    Rig r = rig(settings);
    size_t cuts[] = {0, first, second, length};
    for (unsigned i = 0; i < 3; i++) {
        size_t size = cuts[i + 1] - cuts[i];
        (void)feed_span(&r, from_server, 77 + (uint32_t)cuts[i], ACK, bytes + cuts[i], size, size);
    }
    g_auto(GStrv) parts = g_strsplit(r.seen->str, "+", -1);
    char *seen = g_strjoinv("", parts);
    finish(&r);
    return seen;
}

static void test_every_pair_of_cuts(void)
{
    static const struct {
        OnehashFraming framing;
        bool from_server;
        const char *bytes;
        size_t length;
    } streams[] = {
#define BYTES(text) (text), sizeof(text) - 1
        {ONEHASH_FRAMING_LINE, false, BYTES("1#1#alice\n1#3#bob#hi \xe4\xbd\xa0\r\n1#2\n")},
        {ONEHASH_FRAMING_LINE, true, BYTES("2#1#0#2\nalice\nbob\n3#1#carol\n2#2#7#1\nno\n")},
        {ONEHASH_FRAMING_LENGTH, false,
         BYTES("\0\0\0\3"
               "1#1"
               "\0\0\0\14"
               "1#3#bob#hi\nx")},
        {ONEHASH_FRAMING_UNDECIDED, false,
         BYTES("\0\0\0\3"
               "1#1"
               "\0\0\0\14"
               "1#3#bob#hi\nx")},
        {ONEHASH_FRAMING_FIXED, false,
         BYTES("1#1\0\0\0\0\0"
               "1#3#*#hi\0\0\0\0\0\0\0\0"
               "1#2\0\0\0\0\0")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++) {
        StreamSettings settings = stream_default_settings;
        size_t length = streams[i].length;
        settings.framing = streams[i].framing;
        settings.block = 8;
        g_autofree char *whole =
            in_three(&settings, streams[i].from_server, streams[i].bytes, length, 0, length);
        g_assert_nonnull(strchr(whole, '\n'));
        for (size_t first = 0; first <= length; first++) {
            for (size_t second = first; second <= length; second++) {
                g_autofree char *cut = in_three(&settings, streams[i].from_server, streams[i].bytes,
                                                length, first, second);
                g_assert_cmpstr(cut, ==, whole);
            }
        }
    }
}

static void test_old_bytes_count_once(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1#bob\n");
    feed(&r, 100, "1#1#bob\n");
    feed(&r, 107, "\n"); /* as a keep-alive probe does */
    expect(&r, "request 1#1 log in bob\n");
    g_assert_cmpuint(stream_counts(r.table).old, ==, 2);
    feed(&r, 104, "bob\n1#2\n"); /* old and new */
    expect(&r, "request 1#2 log out\n");
    feed(&r, 112, "1#3#a");
    feed(&r, 112, "1#3#a");
    feed(&r, 114, "3#a#b\n");
    expect(&r, "+request 1#3 message a → b\n");
    g_assert_cmpuint(stream_counts(r.table).old, ==, 3);
    finish(&r);
}

static void test_early_segments_wait(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1#bob\n1#3#a");
    feed(&r, 124, "1#3#b#x");
    feed(&r, 120, "1#2\n"); /* 113 to 119 are missing */
    expect(&r, "request 1#1 log in bob\n");
    g_assert_cmpuint(stream_counts(r.table).unread_bytes, ==, 11);
    feed(&r, 113, "#hello\n");
    expect(&r, "+request 1#3 message a → hello\n+request 1#2 log out\n");
    g_assert_cmpuint(stream_reassembled(r.table).captured, ==, 5 + 7 + 4 + 7);
    feed(&r, 131, "yz\n");
    expect(&r, "+request 1#3 message b → xyz\n");
    g_assert_cmpuint(stream_counts(r.table).unread_bytes, ==, 0);
    g_assert_cmpuint(stream_counts(r.table).gaps, ==, 0);
    finish(&r);
}

static void test_early_segments_that_overlap(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1#bob\n");
    feed(&r, 114, "23456");
    feed(&r, 112, "ab##6\n1#2\n"); /* begins earlier: its bytes count */
    feed(&r, 114, "zzz");
    expect(&r, "request 1#1 log in bob\n");
    feed(&r, 106, "b\n1#3#x"); /* partly old, up to 114 */
    expect(&r, "+request 1#3 message xb → #6\n+request 1#2 log out\n");
    finish(&r);
}

static void acknowledge(Rig *r, uint32_t number)
{
    r->walk.tcp_acknowledgment = number;
    feed_span(r, true, 1, ACK, "", 0, 0);
    r->walk.tcp_acknowledgment = 0;
}

static void test_gap_that_nothing_will_fill(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1#bob\n1#3#a");
    feed(&r, 120, "1#2\n");
    acknowledge(&r, 113);
    feed(&r, 124, "1#2\n");
    expect(&r, "request 1#1 log in bob\n");
    acknowledge(&r, 124);
    feed(&r, 128, "1#3#b#"); /* the other end has 113 to 119 */
    expect(&r, "+request 1#3 message a [The message breaks off]\n+request 1#2 log out\n"
               "+request 1#2 log out\n");
    g_assert_cmpuint(stream_counts(r.table).gaps, ==, 1);
    feed(&r, 113, "#hello\n"); /* late */
    expect(&r, "");
    acknowledge(&r, 200);
    feed(&r, 150, "1#2\n"); /* it is known at once that nothing will come before */
    expect(&r, "+request 1#3 message b →  [The message breaks off]\nrequest 1#2 log out\n");
    finish(&r);
}

static void test_reset_ends_the_waiting(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1#bob\n");
    feed(&r, 120, "1#2\n");
    feed_span(&r, false, 124, RST, "", 0, 0);
    expect(&r, "request 1#1 log in bob\n+request 1#2 log out\n");
    feed(&r, 130, "1#2\n");
    feed_span(&r, false, 134, FIN | ACK, "", 0, 0); /* nobody will acknowledge */
    expect(&r, "+request 1#2 log out\n");
    finish(&r);
}

static void test_too_much_waits(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1\n");
    for (uint32_t i = 0; i < EARLY_LIST_SEGMENTS; i++) {
        feed(&r, 120 + 4 * i, "1#2\n");
    }
    expect(&r, "request 1#1 log in\n");
    g_assert_cmpuint(stream_counts(r.table).unread_segments, ==, EARLY_LIST_SEGMENTS);
    feed(&r, 120 + 4 * EARLY_LIST_SEGMENTS, "1#2\n");
    g_assert_cmpuint(stream_counts(r.table).unread_segments, ==, 0);
    g_assert_cmpuint(stream_counts(r.table).gaps, ==, 1);
    finish(&r);
}

static void test_as_they_come(void)
{
    StreamSettings settings = stream_default_settings;
    settings.as_they_come = true;
    Rig r = rig(&settings);
    feed(&r, 100, "1#1#bob\n1#3#a");
    feed(&r, 120, "1#2\n"); /* 113 to 119 are missing */
    expect(&r, "request 1#1 log in bob\n+request 1#3 message a [The message breaks off]\n"
               "request 1#2 log out\n");
    g_assert_cmpuint(stream_counts(r.table).gaps, ==, 1);
    feed(&r, 113, "#hello\n"); /* late */
    expect(&r, "");
    feed(&r, 124, "1#2\n");
    expect(&r, "request 1#2 log out\n");
    finish(&r);
}

static void test_cut_by_the_snapshot_length(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 100, "1#1#bob\n");
    feed_span(&r, false, 108, ACK, "1#3#bob#hel", 11, 40);
    expect(&r, "request 1#1 log in bob\nrequest 1#3 message bob → hel [The message breaks off]\n");
    g_assert_true(entries[r.packet.count - 4].field == &onehash_table.fields[ONEHASH_TRUNCATED]);
    feed(&r, 148, "1#2\n");
    expect(&r, "request 1#2 log out\n");
    feed(&r, 152, "1#3#");
    feed_span(&r, false, 156, ACK, "a#b\n", 4, 30);
    g_assert_cmpuint(stream_counts(r.table).gaps, ==, 1);
    finish(&r);
}

static void test_connections_begin_and_end(void)
{
    Rig r = rig(&stream_default_settings);
    feed_span(&r, false, 1000, SYN, "", 0, 0);
    feed(&r, 1000, "1#3#bob"); /* tcp_sequence counts the SYN already */
    feed_span(&r, false, 1007, FIN | ACK, "", 0, 0);
    g_assert_cmpuint(stream_counts(r.table).closed, ==, 1);
    feed_span(&r, false, 900, SYN, "", 0, 0); /* the same ports, lower numbers, other framing */
    feed_span(&r, false, 900, ACK,
              "\0\0\0\3"
              "1#1",
              7, 7);
    expect(&r, "request 1#1 log in\n");
    feed_span(&r, false, 907, ACK, "\0\0", 2, 2);
    feed_span(&r, true, 1, RST, "", 0, 0);
    g_assert_cmpuint(stream_counts(r.table).closed, ==, 2);
    finish(&r);
}

static void test_old_connection_of_the_same_ports(void)
{
    Rig r = rig(&stream_default_settings);
    feed(&r, 0x70000000, "1#1\n");
    feed(&r, 0x60000000, "1#2\n");
    expect(&r, "request 1#1 log in\nrequest 1#2 log out\n");
    finish(&r);
}

static void test_what_is_not_ours(void)
{
    Rig r = rig(&stream_default_settings);
    g_assert_false(feed(&r, 1, "GET / HTTP/1.1\r\n"));
    g_assert_true(feed(&r, 17, "1#1\n"));
    expect(&r, "request 1#1 log in\n");
    g_assert_false(stream_segment(&r.walk, 80, 40000, (FsSpan){r.frame, 4, 4}));
    finish(&r);
}

static void test_alone(void)
{
    Rig r = rig(&stream_default_settings);
    r.walk.inside_error = true;
    feed(&r, 100, "1#2\n1#3#bob");
    expect(&r, "request 1#2 log out\nrequest 1#3 message bob [The message breaks off]\n");
    feed(&r, 111, "#x\n");
    expect(&r, "");
    r.walk.inside_error = false;
    StreamTable *table = r.table;
    r.walk.streams = NULL;
    fs_packet_reset(&r.packet, (const uint8_t *)"1#2\n");
    g_assert_true(stream_segment(&r.walk, 40000, ONEHASH_CHAT_PORT,
                                 (FsSpan){(const uint8_t *)"1#2\n", 4, 4}));
    g_assert_cmpuint(r.packet.count, >, 0);
    r.table = table;
    finish(&r);
}

/* A stream without an end is refused once, and reading goes on behind it. */
static void test_endless_message(void)
{
    Rig r = rig(&stream_default_settings);
    g_autofree char *kilobyte = g_strnfill(1024, 'x');
    uint32_t sequence = 0;
    unsigned refused = 0;
    feed(&r, sequence, "1#3#bob#");
    sequence += 8;
    for (unsigned i = 0; i < 64; i++, sequence += 1024) {
        feed(&r, sequence, kilobyte);
        for (uint32_t e = 0; e < r.packet.count; e++) {
            refused += entries[e].field == &onehash_table.fields[ONEHASH_TOO_LONG];
        }
    }
    g_assert_cmpuint(refused, ==, 1);
    g_string_truncate(r.seen, 0);
    feed(&r, sequence, "1#2\n");
    expect(&r, "request 1#2 log out\n");
    finish(&r);
}

/* More streams and partial messages than there is room for: the oldest go, and are counted. */
static void test_bounds(void)
{
    StreamSettings settings = stream_default_settings;
    settings.streams = 4;
    settings.partials = 2;
    Rig r = rig(&settings);
    for (unsigned i = 0; i < 4; i++) {
        r.client_port = (uint16_t)(50000 + i);
        feed(&r, 100, "1#3#bob");
    }
    g_assert_cmpuint(stream_counts(r.table).partials, ==, 2);
    for (unsigned i = 0; i < 4; i++) {
        r.client_port = (uint16_t)(50000 + i);
        feed(&r, 107, i < 2 ? "1#2\n" : "#x\n");
    }
    expect(&r, "request 1#2 log out\nrequest 1#2 log out\n"
               "+request 1#3 message bob → x\n+request 1#3 message bob → x\n");
    for (unsigned i = 0; i < 1000; i++) {
        r.client_port = (uint16_t)(51000 + i % 7);
        feed(&r, 200, "1#3#bob");
    }
    StreamCounts counts = stream_counts(r.table);
    g_assert_cmpuint(counts.streams, ==, 1000);
    finish(&r);
}

static void test_impossible_settings(void)
{
    StreamSettings settings = stream_default_settings;
    settings.partials = 1;
    g_assert_null(stream_table_new(&settings));
    settings = stream_default_settings;
    settings.streams = 0;
    g_assert_null(stream_table_new(&settings));
    settings = stream_default_settings;
    settings.block = ONEHASH_MESSAGE_LIMIT + 1;
    g_assert_null(stream_table_new(&settings));
    stream_table_free(NULL);
}

/* Random segments of random streams: nothing is read or kept that is not there. */
static void test_random_segments(void)
{
    static const char *const pieces[] = {"1#",        "1#1\n",        "#bob",    "\n",
                                         "2#1#0#2\n", "\0\0",         "3#1#x\n", "1#3#",
                                         "x",         "2#2#0#9999\n", "",        "1#2"};
    StreamSettings settings = stream_default_settings;
    settings.streams = 8;
    settings.partials = 3;
    g_autoptr(GRand) random = g_rand_new_with_seed(9);
    Rig r = rig(&settings);
    uint32_t sequence = 0;
    for (unsigned i = 0; i < 20000; i++) {
        const char *piece = pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))];
        size_t length = strlen(piece);
        unsigned flags = g_rand_int_range(random, 0, 12) == 0 ? g_rand_int(random) & 0x17 : ACK;
        size_t captured = g_rand_int_range(random, 0, 15) == 0 ? length / 2 : length;
        r.client_port = (uint16_t)g_rand_int_range(random, 1000, 1012);
        (void)feed_span(&r, g_rand_boolean(random), sequence, flags, piece, captured, length);
        sequence += (uint32_t)g_rand_int_range(random, -3, 8);
        g_string_truncate(r.seen, 0);
    }
    g_assert_cmpuint(stream_counts(r.table).streams, >, 0);
    finish(&r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stream/one-segment", test_in_one_segment_nothing_is_copied);
    g_test_add_func("/stream/split", test_split_message_belongs_to_its_last_segment);
    g_test_add_func("/stream/every-pair-of-cuts", test_every_pair_of_cuts);
    g_test_add_func("/stream/old-bytes", test_old_bytes_count_once);
    g_test_add_func("/stream/early", test_early_segments_wait);
    g_test_add_func("/stream/early-overlap", test_early_segments_that_overlap);
    g_test_add_func("/stream/gap", test_gap_that_nothing_will_fill);
    g_test_add_func("/stream/reset", test_reset_ends_the_waiting);
    g_test_add_func("/stream/too-much", test_too_much_waits);
    g_test_add_func("/stream/as-they-come", test_as_they_come);
    g_test_add_func("/stream/snapshot-length", test_cut_by_the_snapshot_length);
    g_test_add_func("/stream/connections", test_connections_begin_and_end);
    g_test_add_func("/stream/same-ports", test_old_connection_of_the_same_ports);
    g_test_add_func("/stream/not-ours", test_what_is_not_ours);
    g_test_add_func("/stream/alone", test_alone);
    g_test_add_func("/stream/endless", test_endless_message);
    g_test_add_func("/stream/bounds", test_bounds);
    g_test_add_func("/stream/impossible-settings", test_impossible_settings);
    g_test_add_func("/stream/random", test_random_segments);
    return g_test_run();
}
