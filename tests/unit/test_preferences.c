/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/preferences.h"

#include <glib.h>

static void test_values(void)
{
    Preferences preferences = preference_defaults;
    g_assert_null(preference_set(&preferences, "onehash.framing:fixed"));
    g_assert_cmpint(preferences.streams.framing, ==, ONEHASH_FRAMING_FIXED);
    g_assert_null(preference_set(&preferences, "onehash.framing:auto"));
    g_assert_cmpint(preferences.streams.framing, ==, ONEHASH_FRAMING_UNDECIDED);
    g_assert_null(preference_set(&preferences, "onehash.block_size:64"));
    g_assert_cmpuint(preferences.streams.block, ==, 64);
    g_assert_null(preference_set(&preferences, "onehash.chat_ports:9000"));
    g_assert_cmpuint(preferences.streams.chat_port, ==, 9000);
    g_assert_null(preference_set(&preferences, "onehash.control_ports:65535"));
    g_assert_cmpuint(preferences.streams.control_port, ==, 65535);
    g_assert_null(preference_set(&preferences, "feiq.udp.port:2425,3000-3002,65535"));
    g_assert_true(port_set_holds(&preferences.feiq_udp, 2425));
    g_assert_false(port_set_holds(&preferences.feiq_udp, 2999));
    g_assert_true(port_set_holds(&preferences.feiq_udp, 3002));
    g_assert_true(port_set_holds(&preferences.feiq_udp, 65535));
    g_assert_null(preference_set_value(&preferences, "feiq.tcp.port", "1"));
    g_assert_false(port_set_holds(&preferences.feiq_tcp, 2425));
}

static void test_what_is_none(void)
{
    static const char *const bad[] = {
        "",
        "onehash.framing",
        "onehash.framing:",
        "onehash.framing:Fixed",
        "onehash.framing:fixed ",
        "onehash.block_size:0",
        "onehash.block_size:-1",
        "onehash.block_size:+1",
        "onehash.block_size: 1",
        "onehash.block_size:65537",
        "onehash.block_size:18446744073709551617",
        "onehash.block_size:12x",
        "onehash.chat_ports:0",
        "onehash.chat_ports:65536",
        "onehash.chat_ports:1-2",
        "onehash.colour:red",
        "onehash.framin:fixed",
        "feiq.udp.port:",
        "feiq.udp.port:0",
        "feiq.udp.port:65536",
        "feiq.udp.port:99999999999",
        "feiq.udp.port:5-4",
        "feiq.udp.port:5-",
        "feiq.udp.port:5,",
        "feiq.udp.port:5;6",
        "feiq.udp.port:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Preferences preferences = preference_defaults;
        g_test_message("%s", bad[i]);
        g_assert_nonnull(preference_set(&preferences, bad[i]));
        g_assert_cmpmem(&preferences, sizeof preferences, &preference_defaults, sizeof preferences);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/preferences/values", test_values);
    g_test_add_func("/preferences/what-is-none", test_what_is_none);
    return g_test_run();
}
