/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The oddities of real traffic that a decoder of one datagram must bear, by their number in
 * shared/protocol/feiq.md, section 10. Those that span datagrams (17, 18, 23, 24, 25) concern the
 * programs, not the decoder, except that nothing here may depend on them.
 */
#include "feiq_check.h"

static void test_1_trailing_nul(void)
{
    FROM_FEIQ("288:hello");
    HAS("feiq.text", "hello");
    check_clean();
    FROM_FEIQ("288:hello\0");
    HAS("feiq.text", "hello");
    check_clean();
    FROM_FEIQ("288:hello\0\0");
    HAS("feiq.text", "hello");
    check_clean();
    FROM_FEIQ("288:hello\0x");
    HAS("feiq.text", "hello");
    REMARKS("feiq.trailing", ": x");
}

static void test_2_five_colons(void)
{
    FROM_FEIQ("32:10:30 http://a:1/");
    HAS("feiq.host", "h");
    HAS("feiq.text", "10:30 http://a:1/");
    check_clean();
    DATAGRAM("1_lbt6_0:7:u");
    HAS("feiq.packet_number", "7");
    HAS("feiq.user", "u");
    REMARKS("feiq.header.incomplete", NULL);
    LACKS("feiq.command");
}

static void test_3_encodings(void)
{
    FROM_FEIQ("32:\xc4\xe3\xba\xc3");
    HAS("feiq.text", "你好");
    HAS("feiq.encoding", "2");
    HAS("feiq.encoding.reason", "4");
    LACKS("feiq.header.encoding");
    FROM_FEIQ("32:你好");
    HAS("feiq.text", "你好");
    HAS("feiq.encoding", "1");
    HAS("feiq.encoding.reason", "3");
    FROM_FEIQ("8388640:你好"); /* UTF8OPT */
    HAS("feiq.encoding", "1");
    HAS("feiq.encoding.reason", "1");
    FROM_FEIQ("8388640:\xc4\xe3\xba\xc3");
    HAS("feiq.text", "你好");
    HAS("feiq.encoding", "2");
    REMARKS("feiq.encoding.flag_wrong", NULL);
    FROM_FEIQ("32:\xff\xfe");
    HAS("feiq.text", "\\xff\\xfe");
    HAS("feiq.encoding", "3");
    HAS("feiq.encoding.reason", "5");
    FROM_FEIQ("32:hello");
    HAS("feiq.encoding", "0");
    HAS("feiq.encoding.reason", "2");
    /* names in the header are decided apart from the body */
    DATAGRAM("1:7:\xd5\xc5\xc8\xfd:\xb0\xec\xb9\xab:32:你好");
    HAS("feiq.user", "张三");
    HAS("feiq.host", "办公");
    HAS("feiq.header.encoding", "2");
    HAS("feiq.text", "你好");
    HAS("feiq.encoding", "1");
}

static void test_4_versions(void)
{
    static const struct {
        const char *version;
        const char *vendor;
    } versions[] = {{"1", "2"},
                    {"1_lbt6_0#1#A#0#0#0", "1"},
                    {"1_iptux 0.8.3", "3"},
                    {"1@shiyeline", "4"},
                    {"5.1.180210", "5"},
                    {"feiq_plus_plus#1", "6"},
                    {"1_1bt4_0#1#A#0#0#0", "9"},
                    {"1_other", "0"},
                    {"1 x", "0"}};
    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autofree char *text = g_strconcat(versions[i].version, ":7:u:h:32:hi", NULL);
        g_assert_true(check_decode(feiq_decode_datagram, text, strlen(text), strlen(text)));
        HAS("feiq.version", versions[i].version);
        HAS("feiq.vendor", versions[i].vendor);
        HAS("feiq.text", "hi");
        check_clean();
    }
    DATAGRAM("1_iptux_0#5#2:7:u:h:32:hi");
    HAS("feiq.client", "iptux");
    HAS("feiq.client_version", "0#5#2");
}

static void test_5_packet_numbers(void)
{
    DATAGRAM("1:1501745625079:u:h:32:hi");
    HAS("feiq.packet_number", "1501745625079");
    REMARKS("feiq.packet_number.wide", NULL);
    DATAGRAM("1:1:u:h:32:hi");
    HAS("feiq.packet_number", "1");
    LACKS("feiq.packet_number.wide");
    DATAGRAM("1:18446744073709551615:u:h:32:hi");
    HAS("feiq.packet_number", "18446744073709551615");
    DATAGRAM("1:18446744073709551616:u:h:32:hi");
    LACKS("feiq.packet_number");
    REMARKS("feiq.packet_number.invalid", ": 18446744073709551616");
    HAS("feiq.text", "hi");
}

static void test_6_version_parts(void)
{
    DATAGRAM("1_lbt4_10#32899#002481627512#0#0#0:7:u:h:0:");
    HAS("feiq.avatar", "10");
    HAS("feiq.level", "32899");
    HAS("feiq.level.rank", "0x00000080");
    HAS("feiq.level.low", "0x00000083");
    HAS("feiq.mac", "002481627512");
    LACKS("feiq.version.unknown_v");
    check_clean();
    DATAGRAM("1_lbt4_0#128#000C29D68D8F#0#0#0#2.5a:7:u:h:0:");
    HAS("feiq.version.unknown_v", "2.5a");
    LACKS("feiq.version.unknown_n");
    DATAGRAM("1_lbt6_0#128#F4B5203C203C2B02#0#0#0#4001#9#x#y:7:u:h:0:");
    HAS("feiq.mac", "F4B5203C203C2B02");
    HAS("feiq.version.unknown_n", "9");
    HAS("feiq.version.unknown", "x#y");
    DATAGRAM("1_lbt6_0#128#206\xb7\xfe\xce\xf1\xc6\xf7#0#0#0#4001#9:7:u:h:0:");
    HAS("feiq.mac", "206服务器");
    check_clean();
    DATAGRAM("1_lbt6_0#128#FeiX#0#0#0#4001#9:7:u:h:0:");
    HAS("feiq.mac", "FeiX");
    HAS("feiq.vendor", "7");
    DATAGRAM("1_lbt6_0#128#A#0:7:u:h:0:");
    REMARKS("feiq.version.short", NULL);
    DATAGRAM("1_lbt6_0#many#A#0#0#0:7:u:h:0:");
    LACKS("feiq.level");
    REMARKS("feiq.version.invalid", ": many");
}

static void test_7_bit_0x100(void)
{
    FROM_FEIQ("257:n");
    HAS("feiq.option.absence", "1");
    LACKS("feiq.option.sendcheck");
    FROM_FEIQ("288:n");
    HAS("feiq.option.sendcheck", "1");
    LACKS("feiq.option.absence");
    DATAGRAM("1_iptux 0.8.3:7:u:h:289:1600439688");
    HAS("feiq.option.sendcheck", "1");
    HAS("feiq.ack", "1600439688");
    check_clean();
    DATAGRAM("1_iptux 0.8.3:7:u:h:1019:hi"); /* 0x3fb */
    HAS("feiq.option.iptux_kind", "0x00000003");
    LACKS("feiq.option.sendcheck");
}

static void test_8_no_file_list(void)
{
    FROM_FEIQ("2097344:64ea4edd|1|0|1|1|1|0|2|0|00000000#\0x");
    HAS("feiq.option.feiq_private", "1");
    LACKS("feiq.option.fileattach");
    LACKS("feiq.file");
    check_clean();
    FROM_FEIQ("2097353:QUNMSGMARK#1#");
    LACKS("feiq.file");
    FROM_FEIQ("2097187:QUNMSGMARK#1#hi");
    LACKS("feiq.file");
    HAS("feiq.text", "hi");
}

static void test_9_dir_poll(void)
{
    FROM_FEIQ("176:\0");
    HAS("feiq.command", "0xb0");
    REMARKS("feiq.command.remote_assistance", NULL);
    DATAGRAM("1:7:u:h:176:IP2:7:A:3:3e8:Z");
    LACKS("feiq.command.remote_assistance");
    HAS("feiq.dict.key", "A");
    DATAGRAM("1:7:u:h:16777392:\nVS:00010002:4:9:9\n");
    HAS("feiq.extension.client_type", "0x00010002");
    HAS("feiq.extension.release", "4:9:9");
    check_clean();
}

static void test_10_open_you(void)
{
    FROM_FEIQ("119:\0");
    LACKS("feiq.nick");
    check_clean();
    FROM_FEIQ("119:n\0g\0");
    HAS("feiq.nick", "n");
    HAS("feiq.group", "g");
    FROM_FEIQ("120:\0");
    g_assert_cmpstr(check_line(), ==, "RESP_YOU u@h");
}

static void test_11_binary_bodies(void)
{
    DATAGRAM("1_lbt6_0#128#141877B3DA81#0#0#8#4001#9:7:u:h:4194339:\0\1\2:|#\xff\0\0");
    HAS("feiq.encrypted", "00:01:02:3a:7c:23:ff:00");
    LACKS("feiq.text");
    LACKS("feiq.encoding");
    check_clean();
    /* a group entry is encrypted without saying so */
    DATAGRAM("1_lbt6_0#128#141877B3DA81#0#0#8#4001#9:7:u:h:2097353:\0\1\2:|#\xff\0\0");
    HAS("feiq.encrypted", "00:01:02:3a:7c:23:ff:00");
    check_clean();
    FROM_FEIQ("4194339:abcdefgh"); /* part B is 0 */
    REMARKS("feiq.encrypted.length_mismatch", NULL);
    FROM_FEIQ("2097344:64ea4edd|8|0|2|1|4|0|2|0|00000000#\0\0#\0|");
    HAS("feiq.image.data", "00:23:00:7c");
    check_clean();
    FROM_FEIQ("2097344:64ea4edd|8|0|2|1|5|0|2|0|00000000#\0abcd");
    HAS("feiq.image.data", "61:62:63:64");
    REMARKS("feiq.image.length_mismatch", NULL);
}

static void test_12_file_identifiers(void)
{
    FROM_FEIQ("2097184:\0"
              "10000:a:1:1:1:\a");
    HAS("feiq.file.id", "10000");
    FROM_FEIQ("2097184:\0"
              "27af:a:1:1:1:\a");
    HAS("feiq.file.id", "10159");
    REMARKS("feiq.file.id.hex", NULL);
    FROM_FEIQ("96:5:2710:0:");
    HAS("feiq.request.file_id", "10000");
    FROM_FEIQ("2097184:\0-1:a:1:1:1:\a");
    LACKS("feiq.file.id");
    REMARKS("feiq.file.id.invalid", ": -1");
}

static void test_13_requests(void)
{
    static const char *const requests[] = {"59819fd7:0:10", "59819fd7:0:10:", "59819FD7:0:10"};
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_autofree char *text = g_strconcat(FEIQ_HEADER, "96:", requests[i], NULL);
        size_t length = strlen(text);
        for (size_t nul = 0; nul < 2; nul++) { /* without and with the NUL */
            g_assert_true(check_decode(feiq_decode_segment, text, length + nul, length + nul));
            HAS("feiq.request.packet_number", "1501667287");
            HAS("feiq.request.file_id", "0");
            HAS("feiq.request.offset", "16");
            check_clean();
        }
    }
    FROM_FEIQ("98:59819fd7:0:");
    LACKS("feiq.request.offset");
    check_clean();
    FROM_FEIQ("98:59819fd7:0:0");
    HAS("feiq.request.offset", "0");
    check_clean();
    FROM_FEIQ("96:59819fd7:0");
    REMARKS("feiq.request.incomplete", NULL);
    FROM_FEIQ("96:59819fd7:x:0");
    REMARKS("feiq.request.invalid", ": x");
}

static void test_14_directory_stream(void)
{
    SEGMENT("0<\0\0\0\0\0\0"
            "0016:root:000000000:2:");
    REMARKS("feiq.dir.junk", NULL);
    HAS("feiq.dir.name", "root");
    HAS("feiq.dir.header_size", "22");
    HAS("feiq.file.type", "0x02");
    SEGMENT("16:root:0000000000000:2:0012:a:00000003:1:abc");
    g_assert_cmpuint(check_count("feiq.dir"), ==, 1); /* 16 is wrong: the header has 24 bytes */
    SEGMENT("18:root:0000000000000:2:0012:a:00000003:1:abc");
    HAS_NTH(0, "feiq.dir.name", "root");
    HAS_NTH(1, "feiq.dir.name", "a");
    HAS("feiq.dir.data", "61:62:63");
    LACKS("feiq.dir.junk");
    SEGMENT("000d:a:9:1:=:abc");
    HAS("feiq.dir.left", "6");
    g_assert_false(check_decode(feiq_decode_segment, "\xff\xd8nothing", 9, 9));
}

static void test_15_list_ends(void)
{
    FROM_FEIQ("2097184:\0"
              "0:a:1:1:1:\a\0");
    g_assert_cmpuint(check_count("feiq.file"), ==, 1);
    check_clean();
    FROM_FEIQ("2097184:\0"
              "0:a:1:1:1:\a:1:b:2:1:1:\a:\0");
    HAS_NTH(0, "feiq.file.name", "a");
    HAS_NTH(1, "feiq.file.name", "b");
    check_clean();
    FROM_FEIQ("2097184:\0"
              "0:a:1:1:1\a"
              "1:b:2:1:1");
    HAS_NTH(0, "feiq.file.size", "1");
    HAS_NTH(1, "feiq.file.size", "2");
    check_clean();
}

static void test_16_font_suffix(void)
{
    static const char suffix[] = "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 Times New Roman 255";
    static const char *const ends[] = {"", ";", "}", ";}", ";} "};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *text = g_strconcat(FEIQ_HEADER, "32:hi", suffix, ends[i], NULL);
        g_assert_true(check_decode(feiq_decode_datagram, text, strlen(text), strlen(text)));
        HAS("feiq.text", "hi");
        HAS("feiq.font.height", "-16");
        HAS("feiq.font.weight", "400");
        HAS("feiq.font.charset", "134");
        HAS("feiq.font.face", "Times New Roman");
        HAS("feiq.font.color", "0x000000ff");
        g_assert_true((check_find("feiq.font.open", 0) != NULL) == (i < 2));
        check_clean();
    }
    FROM_FEIQ("32:if (x) { y(); }");
    HAS("feiq.text", "if (x) { y(); }");
    check_clean();
    FROM_FEIQ("32:{/font; what?");
    HAS("feiq.text", "{/font; what?");
    REMARKS("feiq.font.malformed", ": {/font; what?");
    FROM_FEIQ("32:{/font;x {/font;0 0 0 0 0 0 0 0 0 0 0 0 0 A 0;}");
    HAS("feiq.text", "{/font;x ");
    LACKS("feiq.font.malformed");
    /* the brace is the second byte of 鱗 in GB18030 */
    FROM_FEIQ("32:\xf7{/font;0 0 0 0 0 0 0 0 0 0 0 0 0 A 0;}");
    LACKS("feiq.font");
}

static void test_19_hexadecimal_case(void)
{
    FROM_FEIQ("2097184:\0"
              "0:a:1F:59BBF8DB:1:14=59bbf8db:\a");
    HAS("feiq.file.size", "31");
    HAS("feiq.file.mtime", "Sep 15, 2017 15:59:23.000000000 UTC");
    HAS("feiq.file.extra.time", "Sep 15, 2017 15:59:23.000000000 UTC");
}

static void test_20_dict(void)
{
    DATAGRAM("IP2:2b:UID:5:admin:HID:1:h:CMD:2:20:BODY:7:hi 1:1::Z");
    HAS("feiq.user", "admin");
    HAS("feiq.host", "h");
    HAS("feiq.command", "0x20");
    HAS("feiq.text", "hi 1:1:");
    g_assert_cmpstr(check_line(), ==, "SENDMSG admin@h IPDict → hi 1:1:");
    LACKS("feiq.version");
    DATAGRAM("IP2:zz:");
    REMARKS("feiq.dict.malformed", ": zz");
    DATAGRAM("IP2:ff:UID:5:admin");
    HAS("feiq.user", "admin");
    REMARKS("feiq.dict.malformed", NULL);
    DATAGRAM("IP2:b:UID:5:admin");
    REMARKS("feiq.dict.end", NULL);
}

static void test_21_aes_bits(void)
{
    FROM_FEIQ("114:100000\0");
    HAS("feiq.capability.aes_256", "1");
    REMARKS("feiq.capability.aes_ambiguous", NULL);
    FROM_FEIQ("114:21003");
    HAS("feiq.capability", "0x00021003");
    HAS("feiq.capability.blowfish_128", "1");
    LACKS("feiq.capability.aes_ambiguous");
    FROM_FEIQ("114:80000200");
    HAS("feiq.capability.unknown", "0x80000200");
}

static void test_22_reply_loops(void)
{
    FROM_FEIQ("1312:hi"); /* SENDCHECK and BROADCAST */
    REMARKS("feiq.option.loop", ": 1312");
    FROM_FEIQ("8480:hi"); /* SENDCHECK and AUTORET */
    REMARKS("feiq.option.loop", NULL);
    FROM_FEIQ("1056:hi");
    LACKS("feiq.option.loop");
    FROM_FEIQ("8388609:n"); /* UTF8OPT on BR_ENTRY */
    REMARKS("feiq.option.utf8_entry", NULL);
    DATAGRAM("1:7:u-0123456789abcdef:h:32:hi");
    HAS("feiq.user.name", "u");
    HAS("feiq.user.fingerprint", "0x0123456789abcdef");
    REMARKS("feiq.user.unsealed", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/quirks/1-trailing-nul", test_1_trailing_nul);
    g_test_add_func("/feiq/quirks/2-five-colons", test_2_five_colons);
    g_test_add_func("/feiq/quirks/3-encodings", test_3_encodings);
    g_test_add_func("/feiq/quirks/4-versions", test_4_versions);
    g_test_add_func("/feiq/quirks/5-packet-numbers", test_5_packet_numbers);
    g_test_add_func("/feiq/quirks/6-version-parts", test_6_version_parts);
    g_test_add_func("/feiq/quirks/7-bit-0x100", test_7_bit_0x100);
    g_test_add_func("/feiq/quirks/8-no-file-list", test_8_no_file_list);
    g_test_add_func("/feiq/quirks/9-dir-poll", test_9_dir_poll);
    g_test_add_func("/feiq/quirks/10-open-you", test_10_open_you);
    g_test_add_func("/feiq/quirks/11-binary-bodies", test_11_binary_bodies);
    g_test_add_func("/feiq/quirks/12-file-identifiers", test_12_file_identifiers);
    g_test_add_func("/feiq/quirks/13-requests", test_13_requests);
    g_test_add_func("/feiq/quirks/14-directory-stream", test_14_directory_stream);
    g_test_add_func("/feiq/quirks/15-list-ends", test_15_list_ends);
    g_test_add_func("/feiq/quirks/16-font-suffix", test_16_font_suffix);
    g_test_add_func("/feiq/quirks/19-hexadecimal-case", test_19_hexadecimal_case);
    g_test_add_func("/feiq/quirks/20-dict", test_20_dict);
    g_test_add_func("/feiq/quirks/21-aes-bits", test_21_aes_bits);
    g_test_add_func("/feiq/quirks/22-reply-loops", test_22_reply_loops);
    return g_test_run();
}
