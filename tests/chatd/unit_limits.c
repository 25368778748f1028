/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/store/recent.h"
#include "chatd/store/roster.h"
#include "chatd/tcp/origin.h"

#include <glib.h>

static const gint64 second = G_USEC_PER_SEC;

static void test_two_seconds_at_once_then_the_rate(void)
{
    Origins *origins = origins_new();
    Origin *origin = origins_get(origins, "192.0.2.1");
    gint64 now = 1000 * second;
    guint taken = 0;
    for (int i = 0; i < 100; i++) {
        taken += origin_take(origin, ORIGIN_SHOUTS, 10, 1, now) == 0 ? 1 : 0;
    }
    g_assert_cmpuint(taken, ==, 21);
    gint64 wait = origin_take(origin, ORIGIN_SHOUTS, 10, 1, now);
    g_assert_cmpint(wait, ==, second / 10);
    g_assert_cmpint(origin_take(origin, ORIGIN_SHOUTS, 10, 1, now + wait), ==, 0);
    g_assert_cmpint(origin_take(origin, ORIGIN_REQUESTS, 10, 1, now), ==, 0);
    g_assert_cmpint(origin_take(origins_get(origins, "192.0.2.2"), ORIGIN_SHOUTS, 10, 1, now), ==,
                    0);
    origins_free(origins);
}

static void test_who_owes_is_not_forgotten(void)
{
    Origins *origins = origins_new();
    gint64 now = 1000 * second;
    while (origin_take(origins_get(origins, "a"), ORIGIN_CONNECTIONS, 1, 1, now) == 0) {
    }
    origins_forget(origins, now);
    g_assert_cmpint(origin_take(origins_get(origins, "a"), ORIGIN_CONNECTIONS, 1, 1, now), >, 0);
    origins_forget(origins, now + 4 * second);
    Origin *again = origins_get(origins, "a");
    g_assert_cmpint(again->paid_until[ORIGIN_CONNECTIONS], ==, 0);
    again->clients = 1;
    again->handshakes = 7;
    origins_forget(origins, now + 9 * second);
    g_assert_cmpuint(origins_get(origins, "a")->handshakes, ==, 7);
    origins_free(origins);
}

static void test_copies(void)
{
    Roster *roster = roster_new(10);
    gint64 now = 1000 * second;
    for (int i = 0; i < 4; i++) {
        g_autofree char *name = g_strdup_printf("%d", i);
        g_assert_nonnull(roster_add(roster, ROSTER_CHAT, name, NULL, NULL));
    }
    g_assert_true(roster_may_tell_all(roster, 1 << 20, now)); /* no limit is set */
    roster_set_copies(roster, 40);
    guint told = 0;
    while (roster_may_tell_all(roster, 100, now)) {
        told++;
    }
    g_assert_cmpuint(told, ==, 21); /* 2 s of 10 a second, and the one that goes beyond */
    g_assert_true(roster_may_tell_all(roster, 100 * 1024, now + second));
    g_assert_false(roster_may_tell_all(roster, 100, now + 9 * second)); /* it counted for 101 */
    roster_free(roster);
}

static void test_what_was_noted_is_known_for_a_window(void)
{
    enum { NOTED = 200000 };
    const gint64 window = 60 * second;
    Recent *recent = recent_new(window);
    gint64 time = 1700000000 * second;
    gint64 step = window / 1000;
    for (int i = 1; i <= NOTED; i++) {
        g_autofree char *origin = g_strdup_printf("192.0.2.7:2425 %d 32", i);
        g_autofree char *former = g_strdup_printf("192.0.2.7:2425 %d 32", i - 999);
        g_autofree char *never = g_strdup_printf("192.0.2.8:2425 %d 32", i);
        recent_add(recent, origin, time, i);
        g_assert_true(i < 1000 || recent_find(recent, former, time) == i - 999);
        g_assert_true(recent_find(recent, never, time) == 0);
        time += step;
    }
    g_assert_true(recent_find(recent, "192.0.2.7:2425 1 32", time) == 0);
    recent_free(recent);
}

/* Whoever floods it makes it forget earlier, not grow. */
static void test_a_million_in_a_window(void)
{
    enum { MOST = 1 << 20 };
    Recent *recent = recent_new(60 * second);
    gint64 time = 1700000000 * second;
    for (int i = 1; i <= 2 * MOST + 1; i++) {
        char origin[32];
        (void)g_snprintf(origin, sizeof origin, "192.0.2.7:2425 %d 32", i);
        recent_add(recent, origin, time, i);
    }
    g_assert_true(recent_find(recent, "192.0.2.7:2425 1 32", time) == 0);
    g_assert_true(recent_find(recent, "192.0.2.7:2425 1048577 32", time) == MOST + 1);
    g_assert_true(recent_find(recent, "192.0.2.7:2425 2097153 32", time) == 2 * MOST + 1);
    recent_free(recent);
}

static void test_the_last_of_an_origin_is_found(void)
{
    Recent *recent = recent_new(60 * second);
    recent_add(recent, "a", 1000 * second, 1);
    recent_add(recent, "a", 1059 * second, 2);
    g_assert_true(recent_find(recent, "a", 1059 * second) == 2);
    recent_add(recent, "a", 1061 * second, 3);
    g_assert_true(recent_find(recent, "a", 1061 * second) == 3);
    recent_free(recent);
}

static void test_silence_empties_it(void)
{
    Recent *recent = recent_new(60 * second);
    recent_add(recent, "a", 1000 * second, 5);
    g_assert_true(recent_find(recent, "a", 1059 * second) == 5);
    g_assert_true(recent_find(recent, "a", 1200 * second) == 0);
    recent_free(recent);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/limits/rate", test_two_seconds_at_once_then_the_rate);
    g_test_add_func("/limits/owes", test_who_owes_is_not_forgotten);
    g_test_add_func("/limits/copies", test_copies);
    g_test_add_func("/recent/window", test_what_was_noted_is_known_for_a_window);
    g_test_add_func("/recent/million", test_a_million_in_a_window);
    g_test_add_func("/recent/last", test_the_last_of_an_origin_is_found);
    g_test_add_func("/recent/silence", test_silence_empties_it);
    return g_test_run();
}
