/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Verdicts over one packet. Each kind of case was tried on tshark 4.0.17 with fields of the same
 * types; what looks odd here is how it is there.
 */
#include "filter_fixture.h"

static void expect(const char *const *filters, bool verdict)
{
    Fixture fixture;
    fixture_fill(&fixture);
    for (; *filters != NULL; filters++) {
        FilterError error = {0};
        Filter *filter = fixture_compile(*filters, &error);
        if (filter == NULL) {
            g_error("%s: refused: %s", *filters, error.message);
        }
        bool match = filter_match(filter, &fixture.packet);
        if (match != verdict) {
            g_error("%s: expected %s", *filters, verdict ? "a match" : "no match");
        }
        g_assert_cmpint(match, ==, filter_match(filter, &fixture.packet));
        filter_free(filter);
    }
}

static void expect_matches(const char *const *matches, const char *const *others)
{
    expect(matches, true);
    expect(others, false);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_presence(void)
{
    expect_matches(LIST("", " \t\n", "out", "inner", "out.port", "out.group", "out.odd", "out.flag",
                        ".out", "{out}", "+out.port", "not out.absent", "!!out", "out.named_flag",
                        "out.level", "out[7]", "not out[8]", "-out.port", "out.port - 514"),
                   LIST("out.absent", "not out", "!out.port", "out[8]",
                        "out.port - out.port - 1 == 7", "inner.ip#3", "out.ttl - 64"));
}

static void test_logic(void)
{
    expect_matches(LIST("out and inner", "out && inner || out.absent", "out.absent or out",
                        "out or out.absent and out.absent", "(out or out.absent) and inner",
                        "not out.absent and out", "not (out.absent and out)", "not out.port == 7",
                        "! out.port == 7 and out"),
                   LIST("out and out.absent", "(out or inner) and out.absent",
                        "not out or out.absent", "not out.port == 514"));
}

static void test_quantifiers(void)
{
    expect_matches(LIST("out.port == 514", "out.port eq 40000", "out.port any_eq 514",
                        "out.port != 7", "out.port ne 7", "out.port all_ne 7", "out.port !== 514",
                        "out.port any_ne 514", "out.port ~= 514", "any out.port != 514",
                        "all out.port > 513", "out.ttl === 64", "out.ttl all_eq 64",
                        "all out.port in {1..65535}", "any out.port in {514}", "out.port > 514",
                        "out.port < 515", "out.port >= 40000", "out.port le 514",
                        "out.port == out.port", "out.port !== out.port",
                        "all out.text contains \"o\" or any out.text contains \"o\""),
                   LIST("out.port != 514", "out.port === 514", "all out.port > 514",
                        "all out.port in {514, 40000}", "out.port < 514", "out.port === out.port",
                        "out.port != out.port", "out.absent != 7", "out.absent !== 7",
                        "out.absent === 7", "all out.absent > 7", "all out.text contains \"o\"",
                        "out.absent == out.absent", "all out.text matches \"World\""));
}

static void test_chains(void)
{
    expect_matches(
        LIST("out.ttl < out.port < 600", "out.ttl == out.ttl == 64", "out.port < out.port > 514"),
        LIST("out.ttl < out.port < 500", "out.ttl > out.port > 1"));
}

static void test_sets(void)
{
    expect_matches(
        LIST("out.port in {514}", "out.port in {1, 2, 514}", "out.port in {1..2,500..600}",
             "out.port in {1 .. 600}", "out.port not in {1, 2}", "not out.port in {1}",
             "out.port in {out.absent, 514}", "out.kind in {\"udp\"}", "out.kind in {TCP..UDP}",
             "out.ip in {10.0.0.0/8, 1.2.3.0/24}", "out.ip in {1.2.3.0..1.2.3.9}",
             "out.text in {\"abcd\", \"x\"}", "out.text in {\"a\"..\"b\"}", "out.port in {-1, 514}",
             "out.level in {-5..-1}", "out.delta in {1..1.5}", "inner.ip#2 in {172.16.0.1}",
             "out.absent not in {1}", "out.port in {'a', +514}", "out.port in {len(out), 514}",
             "out.port in {513..out.port}"),
        LIST("out.port in {515..39999}", "out.port in {600..500}", "out.absent in {1}",
             "out.port in {-1..40000}", "out.port in {-5..-1}", "out.port not in {514}",
             "out.port in {out.absent}", "out.ip in {10.0.0.0/8}", "out.level in {-2..5}"));
}

static void test_numbers(void)
{
    expect_matches(
        LIST("out.ttl == 64", "out.ttl == 0x40", "out.ttl == 0100", "out.ttl == 0b1000000",
             "out.ttl == '@'", "out.ttl == '\\x40'", "out.ttl == '\\100'", "out.ttl > 0b",
             "out.seq == 4294967295", "out.seq == 037777777777", "out.id == 0x100000005",
             "out.id > out.seq", "out.seq < out.id", "out.level == -3", "out.level < 5",
             "out.level < out.port", "out.offset < out.level", "out.offset < -1", "out.port != -1",
             "not out.port == -1", "out.port != out.level",
             "out.id > 0 and out.id < 0xffffffffffffffff"),
        LIST("out.port == -1", "out.port > -1", "out.port < -1", "out.port !== -1",
             "out.port > out.level", "out.port < out.level", "out.port !== out.level",
             "out.seq == -1", "out.level == '\\xfd'", "out.level > out.port", "out.id == 5"));
}

static void test_names(void)
{
    expect_matches(LIST("out.kind == \"UDP\"", "out.kind == udp", "out.kind < \"SENDMSG\"",
                        "out.kind & 0xff == \"UDP\"", "out.kind != \"TCP\"", "out.flag == 1",
                        "out.flag == 2", "out.flag == True", "out.flag == TRUE",
                        "out.flag == \"Set\"", "out.flag == set", "out.flag == 'x'", "out.flag > 0",
                        "out.named_flag == 0", "out.named_flag == False",
                        "out.named_flag == \"absent\"", "out.named_flag < \"Present\"",
                        "out.port > out.flag", "out.flag != out.named_flag"),
                   LIST("out.kind == \"TCP\"", "out.flag == FALSE", "out.named_flag == present",
                        "out.flag == \"Not set\""));
}

static void test_text(void)
{
    expect_matches(
        LIST("out.text == \"abcd\"", "out.text == abcd", "out.text == \"你好 World\"",
             "out.text contains \"好\"", "out.text contains \"\\xe5\\xa5\\xbd\"",
             "out.text contains \"\\u597d\"", "out.text contains World", "out.text contains 'W'",
             "out.text matches \"world\"", "out.text ~ \"^ab.d$\"",
             "out.text matches r\"\\bworld\"", "out.text matches \"(?-i)World\"",
             "out.text matches \"^......\\x20\"", "out.text matches \"\"", "out.text > \"abc\"",
             "out.text < \"abce\"", "out.text >= \"你\"", "out.text[0:2] == \"ab\"",
             "out.text[0:3] == \"你\"", "out.text[-1] == 64", "len(out.text) == 12",
             "len(out.text) == 4", "upper(out.text) == \"ABCD\"",
             "lower(out.text) contains \"world\"", "upper(out.text)[0] == 41",
             "out.text == out.text", "out.text contains out.text", "out.text contains out[4:2]"),
        LIST("out.text == \"ABCD\"", "out.text == \"abc\"", "out.text contains \"\"",
             "out.text matches \"(?-i)world\"", "out.text matches \"^..\\x20\"", "out.text == \"\"",
             "upper(out.text) == \"abcd\"", "upper(out.absent_text) == \"\"",
             "out.text contains out[0:2]", "out.absent_text matches \"\""));
}

static void test_octets(void)
{
    expect_matches(
        LIST("out.payload contains \"Hello\"", "out.payload contains 48:65:6c",
             "out.payload contains 48.65", "out.payload contains 48-65",
             "out.payload contains 4865", "out.payload contains 0xff", "out.payload contains ff",
             "out.payload contains \"\"", "out.payload[0:5] == \"Hello\"", "out.payload[0] == 48",
             "out.payload[0] == 0x48", "out.payload[0] == 'H'",
             "out.payload[6:] == 00:ff:20:77:6f:72", "out.payload[-1:] == 72",
             "out.payload[1-2] == \"el\"", "out.payload[:2] == \"He\"",
             "out.payload[0,2,0-1] == \"HlHe\"", "out.payload[0:100] == \"\"",
             "out.payload[12:] == \"\"", "out.payload[0,100] == 48", "out.payload[-100:] == \"\"",
             "out.payload > ff", "out.payload[0:2] > 00:00", "out.payload[0:2] > ff",
             "out.payload & ff:00", "out.payload & ff:00 == 48:00", "out.payload[1] & 0x0f == 5",
             "out.payload matches \"^hello\\n\"", "out.payload matches \"\\x00\\xff\"",
             "out.payload matches r\"\\x00\\xff\"", "out.payload == out.payload",
             "out.payload[0:2] == out.payload[0:2]", "out.payload[0:6][1:2] == \"el\"",
             "out.payload contains :48", "out.payload[0:3] == 48.65.6c"),
        LIST("out.payload == \"Hello\"", "out.payload[6] & ff:ff", "out.payload[5] & 01",
             "out.payload & 00:00", "out.payload < ff", "out.payload[0:13] == 48",
             "out.payload == out.mac"));
}

static void test_layers(void)
{
    expect_matches(
        LIST("out[0:2] == 02:02", "out[-4:] == \"abcd\"", "len(out) == 8", "out contains \"Hello\"",
             "out matches \"hello\"", "out contains 'H'", "out == 02:02:02:03:61:62:63:64",
             "out > 02:02", "out[4:] == \"abcd\"", "out[8] == \"\"", "inner contains \"Hello\"",
             "inner#1 contains \"Hello\"", "inner#2 matches \"l\"", "inner.ip#1 == 192.168.0.1",
             "inner.ip#2 == 172.16.0.1", "inner.ip#[1-2] == 172.16.0.1",
             "inner.ip#[2:] == 172.16.0.1", "inner.ip#[-1] == 172.16.0.1",
             "inner.ip#[-2] == 192.168.0.1", "inner.ip#[1,2] == 172.16.0.1", "inner#2",
             "not inner#3", "inner.ip #2", "count(inner.ip#2) == 1", "inner#2[0:2] == \"ll\"",
             "out#1[0] == 02", "out contains out[0:2]", "out == out", "out[0:] == out"),
        LIST("out contains 45:46", "inner#2 contains \"Hello\"", "inner.ip#2 == 192.168.0.1",
             "inner.ip#0", "inner#[:1]", "inner.ip#[-1] == 192.168.0.1", "out < 02:02",
             "out[8:1] == 48", "out contains \"wor\\x45\"", "inner.ip#[3:]"));
}

static void test_addresses(void)
{
    expect_matches(
        LIST("out.ip == 1.2.3.4", "out.ip == 1.2.3.0/24", "out.ip == 1.2.3.99/24",
             "out.ip == 0.0.0.0/0", "out.ip != 1.2.4.0/24", "out.ip > 1.2.3.3",
             "out.ip <= 1.2.3.0/24", "out.ip >= 1.2.3.9/24", "out.ip < 10.0.0.0/8",
             "out.ip & 255.255.0.0 == 1.2.0.0", "out.ip[0:2] == 01:02", "out.ip[-1] == 04",
             "out.ip < inner.ip", "out.ipv6 == fe80::1", "out.ipv6 == fe80::/10",
             "out.ipv6 == fe80::2/64", "out.ipv6 > fe80::", "out.ipv6 < ff00::",
             "out.ipv6 & ffff:: == fe80::", "out.ipv6[0:2] == fe:80", "out.ipv6 != ::1",
             "out.mac == 00:11:22:33:44:55", "out.mac == 00-11-22-33-44-55",
             "out.mac == 0011.2233.4455", "out.mac == 001122334455", "out.mac[0:3] == 00:11:22",
             "out.mac contains 22:33", "out.mac matches \"^\\x00\"",
             "out.mac & 00:ff:00:00:00:00 == 00:11:00:00:00:00", "out.mac > 00:11:22:33:44:54"),
        LIST("out.ip == 1.2.3.5", "out.ip != 1.2.3.0/24", "out.ip > 1.2.3.0/24", "out.ip & 0.0.0.0",
             "out.ipv6 == fe80::/128", "out.ipv6 > fe80::/64", "out.ipv6 & ::2",
             "out.mac == ff:ff:ff:ff:ff:ff", "out.mac[0] & 1"));
}

static void test_times(void)
{
    expect_matches(LIST("out.time == \"2017-09-15 13:40:11Z\"",
                        "out.time == \"2017-09-15T13:40:11Z\"",
                        "out.time == \"2017-09-15 21:40:11+08:00\"",
                        "out.time == \"2017-09-15 08:40:11-0500\"",
                        "out.time == \"Sep 15, 2017 13:40:11 UTC\"",
                        "out.time == \"Sep 15, 2017 13:40:11.000000000 UTC\"",
                        "out.time < \"2017-09-15 13:40:11.5 UTC\"", "out.time > \"2017-09-01\"",
                        "out.time > 2017-09-01", "out.time < \"2017-09-31\"",
                        "out.time in {\"2017-09-01\" .. \"2017-10-01\"}", "out.delta == 1.5",
                        "out.delta > 1", "out.delta > -1.5", "out.delta + 1 == 2.5",
                        "out.delta - 2 == -0.5", "-out.delta == -1.5", "abs(out.delta - 3) == 1.5",
                        "len(out.time) == 0", "out.delta < 1.500000001"),
                   LIST("out.time > \"2017-09-15 13:40:11Z\"", "out.time > \"2018-01-01\"",
                        "out.delta > 1.5", "out.delta < 0"));
}

static void test_arithmetic(void)
{
    expect_matches(
        LIST("out.port + 1 == 515", "out.port+1 == 515", "out.port -1 == 513",
             "out.port * 2 == 1028", "out.port / 2 == 257", "out.port % 5 == 4",
             "out.ttl - 65 == -1", "out.ttl - 65 < 0", "out.ttl - 65 + 2 == 1", "out.ttl == 60 + 4",
             "out.ttl == 2 * {30 + 2}", "out.ttl == 128 / 2", "out.port == out.ttl * 8 + 2",
             "out.port - 2 & 0x200", "out.port & 2", "out.port & 0x202 == 0x202",
             "out.port bitwise_and 2", "{out.port & 2} == 2", "out.ttl & 0x40 == 0x40 & 0x60",
             "-out.ttl == -64", "out.level + 3 == 0", "out.level * 3 == -9", "out.level / 2 == -1",
             "out.level % 2 == -1", "-out.level == 3", "out.level + out.ttl == 61", "out.level & 1",
             "out.ttl + out.id == 69", "out.id + out.ttl > 0x100000005", "out.id - out.id == 0",
             "out.id - 0x100000006 == -1", "out.seq - 1", "out.ttl / 0 != 1", "out.ttl / 0 === 1",
             "all out.ttl % 0 > 1", "out.port == {514}", "{out.port + 1} * 2 == 1030",
             "out.ttl > 5 - 3", "out.port > out.ttl * 2 + 1 - 3", "out.seq & 0x80000000"),
        LIST("out.seq + 1 == 0", "out.seq + 1 > 0", "out.seq * 2 > 0", "out.ttl / 0 == 1",
             "out.ttl / 0 !== 1", "out.ttl % 0", "out.ttl + out.level > 0", "-out.seq < 0",
             "out.offset - 3 < 0", "out.port & 4", "out.ttl == 3 - 5", "out.absent + 1 == 1",
             "out.ttl + out.absent == 64"));
}

static void test_functions(void)
{
    expect_matches(
        LIST("count(out.port) == 2", "count(out) == 1", "count(inner) == 2",
             "count(out.group) == 1", "len(out.port) == 2", "len(out.id) == 8", "len(out.ip) == 4",
             "len(out.mac) == 6", "len(out.ipv6) == 16", "len(out.flag) == 0",
             "len(out.group) == 0", "len(out.payload) == 12", "len(out.payload) + 8 == 20",
             "max(out.port) == 40000", "min(out.port) == 514", "max(out.port, out.absent) == 40000",
             "min(out.port, 3) == 3", "max(out.absent, 7) == 7", "max(out.port + 1) == 40001",
             "max(out.text) == \"你好 World\"", "min(out.text) == \"abcd\"",
             "max(inner.ip) == 192.168.0.1", "max(out.mac) == out.mac", "max(out.ipv6) == fe80::1",
             "abs(out.level) == 3", "abs(out.ttl - 65) == 1", "abs(out.flag) == 1",
             "string(out.port) == \"514\"", "string(out.seq) == \"4294967295\"",
             "string(out.level) == \"-3\"", "string(out.ip) matches \"^1\\\\.2\"",
             "string(out.ipv6) == \"fe80::1\"", "string(out.mac) contains \"11:22\"",
             "string(out.ip)[0] == \"1\"", "out.port == max(3, 514)",
             "max(upper(out.text)) contains \"WORLD\"", "len (out.port) == 2",
             "string(out.kind) == \"17\"", "max(out.port, max(out.absent)) == 40000"),
        LIST("count(out.absent) == 0", "count(out.absent) > 0", "max(out.absent) > 0",
             "len(out.absent) == 2", "abs(out.absent) == 0", "string(out.absent) == \"\"",
             "max(out.port) == 514", "string(out.kind) == \"UDP\""));
}

static void test_uses(void)
{
    Filter *filter = fixture_compile("not out.port in {1, 2} or len(out) > 3", NULL);
    g_assert_true(filter_uses(filter, &out_table));
    g_assert_false(filter_uses(filter, &in_table));
    filter_free(filter);
    filter = fixture_compile("inner.ip matches \"x\" or inner", NULL);
    g_assert_null(filter);
    filter = fixture_compile("max(inner.ip) == 1.2.3.4", NULL);
    g_assert_true(filter_uses(filter, &in_table));
    g_assert_false(filter_uses(filter, &out_table));
    filter_free(filter);
    filter = fixture_compile("", NULL);
    g_assert_false(filter_uses(filter, &out_table));
    filter_free(filter);
    filter_free(NULL);
}

/* An entry that could not be added, and a layer of which nothing is known, are no reason to read
 * anything. */
static void test_bare_layer(void)
{
    Fixture fixture;
    fixture_fill(&fixture);
    FsPacket *packet = &fixture.packet;
    fs_packet_reset(packet, frame);
    fs_add(packet, &out_fields[OUT], frame, 8);
    Filter *filter = fixture_compile("out contains \"a\" or out[0] == 02 or len(out) > 0", NULL);
    g_assert_false(filter_match(filter, packet));
    filter_free(filter);
    filter = fixture_compile("out matches \"a\"", NULL);
    g_assert_false(filter_match(filter, packet));
    filter_free(filter);
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC0", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/match/presence", test_presence);
    g_test_add_func("/filter/match/logic", test_logic);
    g_test_add_func("/filter/match/quantifiers", test_quantifiers);
    g_test_add_func("/filter/match/chains", test_chains);
    g_test_add_func("/filter/match/sets", test_sets);
    g_test_add_func("/filter/match/numbers", test_numbers);
    g_test_add_func("/filter/match/names", test_names);
    g_test_add_func("/filter/match/text", test_text);
    g_test_add_func("/filter/match/octets", test_octets);
    g_test_add_func("/filter/match/layers", test_layers);
    g_test_add_func("/filter/match/addresses", test_addresses);
    g_test_add_func("/filter/match/times", test_times);
    g_test_add_func("/filter/match/arithmetic", test_arithmetic);
    g_test_add_func("/filter/match/functions", test_functions);
    g_test_add_func("/filter/match/uses", test_uses);
    g_test_add_func("/filter/match/bare-layer", test_bare_layer);
    return g_test_run();
}
