/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the differential test cannot see: how much is remembered, what is forgotten and counted, and
 * delayed acknowledgments. The rest of the rules is held against tshark (differential.connections).
 */
#include "sniffer/conversation/table.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/unacknowledged.h"

#include <glib.h>
#include <string.h>

enum { MILLISECOND = 1000000 };

static const uint8_t client[] = {10, 0, 0, 1};
static const uint8_t server[] = {10, 0, 0, 2};

/* A segment at a time in milliseconds; from the client if its port is the source. */
static TcpSegment segment(bool from_client, uint16_t port, uint16_t flags, uint32_t sequence,
                          uint32_t acknowledgment, uint32_t length, int64_t time)
{
    static uint32_t frame;
    return (TcpSegment){.source = from_client ? client : server,
                        .destination = from_client ? server : client,
                        .address_length = 4,
                        .ports = {from_client ? port : 80, from_client ? 80 : port},
                        .flags = flags,
                        .window = 1000,
                        .sequence = sequence,
                        .acknowledgment = acknowledgment,
                        .length = length,
                        .sized = true,
                        .frame = ++frame,
                        .time = time * MILLISECOND};
}

static const TcpFindings *read(TcpConnections *all, TcpSegment s)
{
    return tcp_connections_segment(all, &s);
}

/* Of four connections the fifth takes the place of one that was not used since; who comes back
 * begins anew, and all of that is counted. */
static void test_forgotten(void)
{
    TcpConnections *all = tcp_connections_new(4, 16);
    for (uint16_t port = 1; port <= 4; port++) {
        g_assert_cmpuint(read(all, segment(true, port, TCP_FLAG_SYN, 100, 0, 0, port))->stream, ==,
                         port - 1U);
    }
    g_assert_cmpuint(tcp_connections_forgotten(all).connections, ==, 0);
    g_assert_cmpuint(read(all, segment(true, 5, TCP_FLAG_SYN, 100, 0, 0, 5))->stream, ==, 4);
    g_assert_cmpuint(tcp_connections_forgotten(all).connections, ==, 1);
    const TcpFindings *f = read(all, segment(true, 5, TCP_FLAG_ACK, 101, 1, 10, 10));
    g_assert_cmpuint(f->stream, ==, 4);
    g_assert_cmpuint(f->sequence, ==, 1);
    uint64_t again = 0;
    for (uint16_t port = 1; port <= 4; port++) {
        again += read(all, segment(true, port, TCP_FLAG_ACK, 101, 1, 10, 10))->stream >= 5;
    }
    g_assert_cmpuint(again, >=, 1);
    g_assert_cmpuint(tcp_connections_forgotten(all).connections, ==, 1 + again);
    tcp_connections_free(all);
}

/* Segments that nobody acknowledges take no more memory than there is, whatever their number. */
static void test_store(void)
{
    TcpConnections *all = tcp_connections_new(4, 16);
    for (uint32_t i = 0; i < 100; i++) {
        const TcpFindings *f =
            read(all, segment(true, (uint16_t)(1 + i % 2), TCP_FLAG_ACK, 1 + i / 2 * 10, 1, 10, i));
        g_assert_cmpuint(f->sequence, ==, 1 + i / 2 * 10);
        g_assert_cmpuint(f->in_flight, <=, 160);
        g_assert_cmpuint(f->in_flight, >=, 10);
    }
    g_assert_cmpuint(tcp_connections_forgotten(all).segments, >=, 100 - 16);
    tcp_connections_free(all);
}

/* Opens: the round trip takes 20 ms. */
static TcpConnections *opened(void)
{
    TcpConnections *all = tcp_connections_new(4, 16);
    (void)read(all, segment(true, 1, TCP_FLAG_SYN, 100, 0, 0, 0));
    (void)read(all, segment(false, 1, TCP_FLAG_SYN | TCP_FLAG_ACK, 500, 101, 0, 10));
    (void)read(all, segment(true, 1, TCP_FLAG_ACK, 101, 501, 0, 20));
    return all;
}

static bool is_delayed(int64_t wait, bool again)
{
    TcpConnections *all = opened();
    (void)read(all, segment(true, 1, TCP_FLAG_ACK, 101, 501, 10, 100));
    int64_t sent = again ? 400 : 100;
    if (again) {
        (void)read(all, segment(true, 1, TCP_FLAG_ACK, 101, 501, 10, sent));
    }
    const TcpFindings *f = read(all, segment(false, 1, TCP_FLAG_ACK, 501, 111, 0, sent + wait));
    bool delayed = (f->marks & TCP_DELAYED_ACK) != 0;
    tcp_connections_free(all);
    return delayed;
}

static void test_delayed(void)
{
    g_assert_false(is_delayed(10, false));
    g_assert_false(is_delayed(54, false)); /* 34 ms beyond the round trip */
    g_assert_true(is_delayed(55, false));
    g_assert_true(is_delayed(60, false));
    g_assert_true(is_delayed(519, false));
    g_assert_false(is_delayed(520, false));
    g_assert_false(is_delayed(10, true)); /* since it was sent last, no time has passed */
    g_assert_true(is_delayed(60, true));
}

/* Both directions are one stream, whatever the addresses' order, and IPv6 is another. */
static void test_directions(void)
{
    static const uint8_t wide[2][16] = {{0x20, 1, [15] = 1}, {0x20, 1, [15] = 2}};
    TcpConnections *all = opened();
    TcpSegment s = segment(false, 1, TCP_FLAG_ACK, 501, 101, 5, 30);
    g_assert_cmpuint(read(all, s)->stream, ==, 0);
    g_assert_cmpuint(read(all, s)->sequence, ==, 1);
    s.source = wide[1];
    s.destination = wide[0];
    s.address_length = 16;
    g_assert_cmpuint(read(all, s)->stream, ==, 1);
    s.source = wide[0];
    s.destination = wide[1];
    s.ports[0] = 1;
    s.ports[1] = 80;
    g_assert_cmpuint(read(all, s)->stream, ==, 1);
    tcp_connections_free(all);
}

/* A table finds all that it has, also when it is full and records come and go. */
static void test_table(void)
{
    enum { CAPACITY = 32, ENDS = 500 };
    ConversationTable *table = conversations_new(sizeof(ConversationHead), CAPACITY);
    for (unsigned i = 0; i < 20 * ENDS; i++) {
        uint8_t source[4] = {10, 0, (uint8_t)(i * 7919 % ENDS >> 8), (uint8_t)(i * 7919 % ENDS)};
        const uint16_t ports[2] = {1, 2};
        ConversationKey key;
        g_assert_cmpuint(conversation_key(&key, 4, source, server, ports), ==,
                         memcmp(source, server, 4) > 0);
        if (conversations_find(table, &key) == NULL) {
            (void)conversations_add(table, &key, NULL, NULL);
        }
        ConversationHead *found = conversations_find(table, &key);
        g_assert_nonnull(found);
        g_assert_cmpmem(&found->key, sizeof key, &key, sizeof key);
    }
    unsigned kept = 0;
    for (ConversationHead *head; (head = conversations_at(table, kept)) != NULL; kept++) {
        g_assert_true(conversations_find(table, &head->key) == head);
    }
    g_assert_cmpuint(kept, ==, CAPACITY);
    g_assert_cmpuint(conversations_forgotten(table), >, ENDS - CAPACITY);
    conversations_free(table);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcp-connections/forgotten", test_forgotten);
    g_test_add_func("/tcp-connections/store", test_store);
    g_test_add_func("/tcp-connections/delayed", test_delayed);
    g_test_add_func("/tcp-connections/directions", test_directions);
    g_test_add_func("/tcp-connections/table", test_table);
    return g_test_run();
}
