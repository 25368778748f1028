/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What belongs to the family and what does not. feiq_recognise must be strict enough for any port;
 * decoding on the family's own port may be more lenient, but not blind.
 */
#include "feiq_check.h"

static bool recognises(const void *data, size_t length)
{
    g_autofree uint8_t *copy = g_memdup2(data, length);
    return feiq_recognise((FsSpan){copy, (uint32_t)length, (uint32_t)length});
}

static bool decodes(const void *data, size_t length)
{
    return check_decode(feiq_decode_datagram, data, length, length);
}

static const char *const strangers[] = {"",
                                        "1",
                                        "1:",
                                        "hello",
                                        "GET / HTTP/1.1\r\nHost: a:b:c:d:e:f\r\n",
                                        "1#1#user#password",
                                        "1#2:3:4:5:6:",
                                        "2:7:user:host:32:hi",
                                        "11:7:user:host:32:hi",
                                        "1.2:7:user:host:32:hi",
                                        "10.77.0.1:2425:a:b:32:",
                                        "M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\n",
                                        "00:11:22:33:44:55",
                                        "x1:7:user:host:32:hi",
                                        "IP3:1:a:1:b:Z",
                                        "\x01:7:user:host:32:"};

/* What only looks the part: decoded on port 2425, with remarks, but recognised nowhere else. */
static const char *const doubtful[] = {
    "1:7:user:host",         "1:7:user:host:32",     "1:7:user:host:4294967328:hi",
    "1:7:user:host:x:hi",    "1:7:user:host:78:hi",  "1:99999999999999999999:user:host:32:hi",
    "1:7::host:32:hi",       "1:7:user::32:hi",      "1:2:3:4:0:6:7:8",
    "1:2:aa:bb:3:cc",        "1_lbt6_0#128",         "IP2:zz:",
    "1:7:us\ter:host:32:hi", "1 x:7:user:host:32:hi"};

static void test_strangers(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        size_t length = strlen(strangers[i]);
        if (recognises(strangers[i], length)) {
            g_error("recognised: %s", strangers[i]);
        }
        bool bare = g_str_equal(strangers[i], "1:"); /* could still become a header */
        if (!bare && decodes(strangers[i], length)) {
            g_error("decoded: %s", strangers[i]);
        }
    }
}

static void test_doubtful(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(doubtful); i++) {
        size_t length = strlen(doubtful[i]);
        if (recognises(doubtful[i], length)) {
            g_error("recognised: %s", doubtful[i]);
        }
        g_assert_true(decodes(doubtful[i], length));
        check_invariants();
    }
}

/* Random bytes, and random bytes of the alphabet of headers, are not recognised. */
static void test_random(void)
{
    static const char alphabet[] = "1111::::::___0123456789abz# ";
    g_autoptr(GRand) random = g_rand_new_with_seed(2425);
    unsigned recognised = 0;
    for (int round = 0; round < 300000; round++) {
        uint8_t bytes[40];
        for (size_t i = 0; i < sizeof bytes; i++) {
            guint32 any = g_rand_int(random);
            bytes[i] =
                (uint8_t)(round % 2 == 0 ? any : (guint32)alphabet[any % (sizeof alphabet - 1)]);
        }
        FsSpan span = {bytes, sizeof bytes, sizeof bytes};
        recognised += feiq_recognise(span);
    }
    /* the second kind is made to look like headers: a few in 150000 are */
    g_assert_cmpuint(recognised, <, 300);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/recognise/strangers", test_strangers);
    g_test_add_func("/feiq/recognise/doubtful", test_doubtful);
    g_test_add_func("/feiq/recognise/random", test_random);
    return g_test_run();
}
