/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/decode_as.h"

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
    g_assert_true(port_set_holds(&preferences.streams.chat_ports, 9000));
    g_assert_false(port_set_holds(&preferences.streams.chat_ports, ONEHASH_CHAT_PORT));
    g_assert_null(preference_set(&preferences, "onehash.control_ports:65535"));
    g_assert_true(port_set_holds(&preferences.streams.control_ports, 65535));
    g_assert_null(preference_set(&preferences, "onehash.control_ports:"));
    g_assert_cmpuint(preferences.streams.control_ports.count, ==, 0);
    g_assert_null(preference_set(&preferences, "onehash.dialect:Control"));
    g_assert_cmpint(preferences.streams.dialect, ==, ONEHASH_SERVICE_CONTROL);
    g_assert_null(preference_set(&preferences, "onehash.encoding:gb18030"));
    g_assert_cmpint(preferences.streams.prefer, ==, FS_GB18030);
    g_assert_null(preference_set(&preferences, "feiq.encoding:shift-jis"));
    g_assert_cmpint(preferences.feiq_encoding, ==, FS_SHIFT_JIS);
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
        "onehash.framing:Fix",
        "onehash.dialect:",
        "onehash.dialect:both",
        "onehash.encoding:gbk ",
        "feiq.encoding:latin1",
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
        "onehash.chat_ports:2-1",
        "onehash.colour:red",
        "onehash.framin:fixed",
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

static void test_ports_out_of_a_set(void)
{
    PortSet set;
    g_assert_null(port_set_read(&set, "1-10,20,30-40"));
    g_assert_true(port_set_remove(&set, 5, 5));
    g_assert_true(port_set_remove(&set, 15, 30));
    g_assert_true(port_set_remove(&set, 40, 65535));
    for (unsigned port = 1; port <= 100; port++) {
        bool left = (port <= 10 && port != 5) || (port > 30 && port < 40);
        g_assert_cmpint(port_set_holds(&set, (uint16_t)port), ==, left);
    }
    g_assert_true(port_set_remove(&set, 1, 65535));
    g_assert_cmpuint(set.count, ==, 0);
    for (unsigned i = 0; i < PORT_SET_RANGES; i++) {
        g_assert_true(port_set_add(&set, (uint16_t)(10 * i + 1), (uint16_t)(10 * i + 5)));
    }
    PortSet full = set;
    g_assert_false(port_set_add(&set, 7, 7));
    g_assert_false(port_set_remove(&set, 3, 3));
    g_assert_cmpmem(&set, sizeof set, &full, sizeof full);
}

static void test_decode_as(void)
{
    Preferences preferences = preference_defaults;
    DecodeAs rule;
    g_assert_null(decode_as_read(&rule, "tcp.port==2425,onehash"));
    g_assert_null(decode_as_apply(&rule, &preferences));
    g_assert_false(port_set_holds(&preferences.feiq_tcp, 2425));
    g_assert_true(port_set_holds(&preferences.feiq_udp, 2425));
    g_assert_true(stream_port(&preferences.streams, 2425));
    g_assert_cmpint(stream_service(&preferences.streams, 2425), ==, ONEHASH_SERVICE_UNKNOWN);
    g_assert_null(decode_as_read(&rule, "tcp.port==12420-12430,feiq"));
    g_assert_null(decode_as_apply(&rule, &preferences));
    g_assert_false(stream_port(&preferences.streams, 12425));
    g_assert_true(port_set_holds(&preferences.feiq_tcp, 12426));
    g_assert_null(decode_as_read(&rule, "udp.port==53,feiq"));
    g_assert_null(decode_as_apply(&rule, &preferences));
    g_assert_true(port_set_holds(&preferences.feiq_udp, 53));

    static const char *const bad[] = {
        "",
        "udp.port",
        "udp.port==",
        "udp.port==1",
        "udp.port==,feiq",
        "udp.port==x,feiq",
        "udp.port==0,feiq",
        "udp.port==65536,feiq",
        "udp.port==123456789012,feiq",
        "udp.port==2-1,feiq",
        "udp.port=53,feiq",
        "udp.port==53,dns",
        "udp.port==53,feiq ",
        "udp.port==53,onehash",
        "sctp.port==53,feiq",
    };
    DecodeAs before = rule;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_test_message("%s", bad[i]);
        g_assert_nonnull(decode_as_read(&rule, bad[i]));
        g_assert_cmpmem(&rule, sizeof rule, &before, sizeof before);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/preferences/values", test_values);
    g_test_add_func("/preferences/what-is-none", test_what_is_none);
    g_test_add_func("/preferences/ports-out-of-a-set", test_ports_out_of_a_set);
    g_test_add_func("/preferences/decode-as", test_decode_as);
    return g_test_run();
}
