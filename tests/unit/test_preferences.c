/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/preferences.h"

#include <glib.h>

static void test_values(void)
{
    StreamSettings settings = stream_default_settings;
    g_assert_true(preference_set(&settings, "onehash.framing:fixed"));
    g_assert_cmpint(settings.framing, ==, ONEHASH_FRAMING_FIXED);
    g_assert_true(preference_set(&settings, "onehash.framing:auto"));
    g_assert_cmpint(settings.framing, ==, ONEHASH_FRAMING_UNDECIDED);
    g_assert_true(preference_set(&settings, "onehash.block_size:64"));
    g_assert_cmpuint(settings.block, ==, 64);
    g_assert_true(preference_set(&settings, "onehash.chat_ports:9000"));
    g_assert_cmpuint(settings.chat_port, ==, 9000);
    g_assert_true(preference_set(&settings, "onehash.control_ports:65535"));
    g_assert_cmpuint(settings.control_port, ==, 65535);
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
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        StreamSettings settings = stream_default_settings;
        g_test_message("%s", bad[i]);
        g_assert_false(preference_set(&settings, bad[i]));
        g_assert_cmpmem(&settings, sizeof settings, &stream_default_settings, sizeof settings);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/preferences/values", test_values);
    g_test_add_func("/preferences/what-is-none", test_what_is_none);
    return g_test_run();
}
