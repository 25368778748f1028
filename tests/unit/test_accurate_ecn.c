/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accurate ECN: which handshakes make the three flags one number, and for how many connections.
 */
#include "sniffer/headers/accurate_ecn.h"
#include "sniffer/headers/walk.h"

#include <glib.h>
#include <string.h>

enum { AE = 0x100, CWR = 0x080, ECE = 0x040, ACK = 0x010, SYN = 0x002 };

static const uint8_t client[4] = {10, 77, 0, 1};
static const uint8_t server[4] = {10, 77, 0, 2};
static HeaderWalk walk;

static bool sent(bool from_client, uint16_t port, unsigned flags)
{
    walk.address_length = 4;
    walk.source = from_client ? client : server;
    walk.destination = from_client ? server : client;
    return from_client ? accurate_ecn_agreed(&walk, port, 80, (uint16_t)flags)
                       : accurate_ecn_agreed(&walk, 80, port, (uint16_t)flags);
}

static bool agree(uint16_t port, unsigned answer)
{
    g_assert_false(sent(true, port, SYN | AE | CWR | ECE));
    g_assert_false(sent(false, port, SYN | ACK | answer));
    bool agreed = sent(true, port, ACK);
    g_assert_cmpint(sent(false, port, ACK), ==, agreed);
    return agreed;
}

static void test_answers(void)
{
    memset(&walk, 0, sizeof walk);
    g_assert_true(agree(1000, CWR));
    g_assert_true(agree(1001, AE));
    g_assert_true(agree(1002, CWR | ECE));
    g_assert_true(agree(1003, AE | CWR));
    g_assert_false(agree(1004, 0));
    g_assert_false(agree(1005, ECE));
    g_assert_false(agree(1006, AE | CWR | ECE));
    g_assert_false(sent(true, 2000, ACK));
}

static void test_begun_again(void)
{
    memset(&walk, 0, sizeof walk);
    g_assert_true(agree(1000, CWR));
    g_assert_false(sent(true, 1000, SYN));
    g_assert_false(sent(false, 1000, SYN | ACK | CWR));
    g_assert_false(sent(true, 1000, ACK));
    g_assert_true(agree(1000, AE));
}

/* A capture may begin behind the handshake. */
static void test_option(void)
{
    memset(&walk, 0, sizeof walk);
    g_assert_false(sent(true, 1000, ACK));
    accurate_ecn_option(&walk);
    g_assert_true(sent(true, 1000, ACK));
    g_assert_true(sent(false, 1000, ACK));
    g_assert_false(sent(true, 1001, ACK));
    g_assert_false(sent(true, 1000, SYN));
    g_assert_false(sent(true, 1000, ACK));
    g_assert_false(sent(false, 1002, SYN | ACK));
    accurate_ecn_option(&walk);
    g_assert_true(sent(true, 1002, ACK));
    g_assert_false(sent(true, 1003, SYN));
    accurate_ecn_option(&walk);
    g_assert_false(sent(false, 1003, SYN | ACK));
    g_assert_true(sent(true, 1003, ACK));
}

static void test_bounded(void)
{
    memset(&walk, 0, sizeof walk);
    for (uint16_t port = 1; port <= 1000; port++) {
        g_assert_true(agree(port, CWR));
    }
    g_assert_true(sent(true, 1000, ACK));
    g_assert_true(sent(true, 1000 - ACCURATE_ECN_MOST + 1, ACK));
    g_assert_false(sent(true, 1000 - ACCURATE_ECN_MOST, ACK));
}

static void test_quoted(void)
{
    memset(&walk, 0, sizeof walk);
    g_assert_true(agree(1000, CWR));
    walk.inside_error = true;
    g_assert_false(sent(true, 1000, ACK));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/accurate-ecn/answers", test_answers);
    g_test_add_func("/accurate-ecn/begun-again", test_begun_again);
    g_test_add_func("/accurate-ecn/option", test_option);
    g_test_add_func("/accurate-ecn/bounded", test_bounded);
    g_test_add_func("/accurate-ecn/quoted", test_quoted);
    return g_test_run();
}
