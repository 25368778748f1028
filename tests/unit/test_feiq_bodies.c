/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Forms of the additional section, and what is said of each that is broken.
 */
#include "feiq_check.h"
#include "protocol/feiq/decode.h"

static void test_acknowledgements(void)
{
    FROM_FEIQ("33:1600439688");
    HAS("feiq.ack", "1600439688");
    g_assert_cmpstr(check_line(), ==, "RECVMSG u@h ack 1600439688");
    FROM_FEIQ("1048624:9\0"); /* READMSG with READCHECKOPT */
    HAS("feiq.ack", "9");
    HAS("feiq.option.readcheck", "1");
    FROM_FEIQ("50:9\0");
    HAS("feiq.ack", "9");
    FROM_FEIQ("97:9\0");
    HAS("feiq.ack", "9");
    FROM_FEIQ("33:soon\0");
    LACKS("feiq.ack");
    REMARKS("feiq.ack.invalid", ": soon");
    FROM_FEIQ("33:1\0more");
    HAS("feiq.ack", "1");
    REMARKS("feiq.trailing", ": more");
    FROM_FEIQ("49:9\0"); /* what DELMSG carries is a guess */
    LACKS("feiq.ack");
    HAS("feiq.content", "9");
}

static void test_small_texts(void)
{
    FROM_FEIQ("65:FeiQ 3\0");
    HAS("feiq.info", "FeiQ 3");
    FROM_FEIQ("81:Not absence mode\0");
    HAS("feiq.absence", "Not absence mode");
    FROM_FEIQ("121:\0");
    g_assert_cmpstr(check_line(), ==, "INPUTING u@h");
    check_clean();
    FROM_FEIQ("209:.");
    HAS("feiq.content", ".");
    g_assert_cmpstr(check_line(), ==, "KNOCK u@h .");
    FROM_FEIQ("210:\0");
    g_assert_cmpstr(check_line(), ==, "KNOCK_ACK u@h");
    FROM_FEIQ("252:sign\0");
    HAS("feiq.signature", "sign");
    FROM_FEIQ("254:icon\0\x89PNG");
    HAS("feiq.content", "icon");
    HAS("feiq.icon", "89:50:4e:47");
}

static void test_unknown_command(void)
{
    FROM_FEIQ("8270:x\0y");
    HAS("feiq.command_word", "8270");
    HAS("feiq.command", "0x4e");
    HAS_NTH(0, "feiq.content", "x");
    HAS_NTH(1, "feiq.content", "y");
    REMARKS("feiq.command.unknown", ": 8270");
    HAS("feiq.option.unknown", "0x00002000");
    g_assert_cmpstr(check_line(), ==, "0x4e u@h x y");
    FROM_FEIQ("78:\x01\x02");
    HAS("feiq.unknown", "01:02");
    FROM_FEIQ("4294967296:hi");
    LACKS("feiq.command_word");
    REMARKS("feiq.command_word.invalid", ": 4294967296");
    HAS("feiq.content", "hi");
}

static void test_extension(void)
{
    DATAGRAM("1:7:u:h:16777219:\nVS:00010001:4:9:3\n\0");
    HAS("feiq.extension.client_type", "0x00010001");
    LACKS("feiq.nick");
    LACKS("feiq.encoding");
    check_clean();
    /* the legacy names are in the local code page, the block in UTF-8 */
    DATAGRAM("1:7:u:h:16777217:\xcd\xf5\0\xc4\xe3\xba\xc3\0\nNN:王\nGN:你好\n\0");
    HAS("feiq.nick", "王");
    HAS("feiq.group", "你好");
    HAS("feiq.encoding", "2");
    HAS("feiq.nick", "王");
    HAS("feiq.group", "你好");
    DATAGRAM("1:7:u:h:1:n\0g\0\nUN:u\n");
    HAS("feiq.extension.user", "u");
    REMARKS("feiq.extension.unannounced", NULL);
    DATAGRAM("1:7:u:h:1:n\0\nnot a key\n");
    LACKS("feiq.extension");
    HAS("feiq.group", "\nnot a key\n");
}

static void test_feige_entry(void)
{
    DATAGRAM("5.1.180210:7:u:h:1:n\0g\0A4-DB-30-9E-DA-3B\0\0tel\0mail\0print\0\0"
             "10.0.0.1\0\0icon\0on\0motto\0pc\0more\0");
    HAS("feiq.vendor", "5");
    HAS("feiq.feige.mac", "A4-DB-30-9E-DA-3B");
    HAS("feiq.feige.phone", "tel");
    HAS("feiq.feige.mail", "mail");
    HAS("feiq.feige.printer", "print");
    HAS("feiq.feige.ip", "10.0.0.1");
    HAS("feiq.feige.icon", "icon");
    HAS("feiq.feige.status", "on");
    HAS("feiq.feige.signature", "motto");
    HAS("feiq.feige.computer", "pc");
    HAS("feiq.section", "more");
}

static void test_emoticons(void)
{
    static const char text[] = FEIQ_HEADER "32:/:)a/:~/8-)/<rotate>/:oh/<!!>/:#/:none//:love";
    g_assert_true(check_decode(feiq_decode_datagram, text, sizeof text - 1, sizeof text - 1));
    static const struct {
        const char *code;
        const char *number;
    } expected[] = {{"/:)", "1"},   {"/:~", "2"},    {"/8-)", "5"}, {"/<rotate>", "16"},
                    {"/:oh", "80"}, {"/<!!>", "16"}, {"/:#", "19"}, {"/:love", "96"}};
    g_assert_cmpuint(check_count("feiq.emoticon"), ==, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        HAS_NTH(i, "feiq.emoticon", expected[i].code);
        HAS_NTH(i, "feiq.emoticon.number", expected[i].number);
        const FsEntry *entry = check_find("feiq.emoticon", i);
        g_assert_cmpmem(check.copy + entry->bit_offset / 8, entry->bit_length / 8, expected[i].code,
                        strlen(expected[i].code));
    }
    check_invariants();
}

static void test_every_emoticon(void)
{
    static const char panel[] =
        "/:) /:~ /:* /:| /8-) /:< /:$ /:X /:Z /:'( /:-| /:@ /:P /:D /:O /<rotate> "
        "/:( /:+ /:lenhan /:Q /:T /;P /;-D /;d /;o /:g /|-) /:! /:L /:> /;bin /:fw "
        "/;fd /:-S /;? /;x /;@ /:8 /;! /!!! /:xx /:bye /:csweat /:knose /:applause /:cdale "
        "/:huaixiao /:shake "
        "/:lhenhen /:rhenhen /:yawn /:snooty /:chagrin /:kcry /:yinxian /:qinqin /:xiaren /:kelin "
        "/:caidao /:xig /:bj /:basketball /:pingpong /:jump "
        "/:coffee /:eat /:pig /:rose /:fade /:kiss /:heart /:break /:cake /:shd /:bomb /:dao "
        "/:footb /:piaocon /:shit /:oh "
        "/:moon /:sun /;gift /:hug /:strong /;weak /:share /:shl /:baoquan /:cajole /:quantou "
        "/:chajin /:aini /:sayno /:sayok /:love";
    g_auto(GStrv) codes = g_strsplit(panel, " ", -1);
    g_assert_cmpuint(g_strv_length(codes), ==, 96);
    for (unsigned i = 0; i < 96; i++) {
        const uint8_t *code = (const uint8_t *)codes[i];
        size_t size = strlen(codes[i]);
        size_t length = 0;
        g_assert_cmpuint(feiq_find_emoticon(code, code + size, &length), ==, i + 1);
        g_assert_cmpuint(length, ==, size);
        for (unsigned k = 0; k < 96; k++) {
            g_assert_true(k == i || !g_str_has_prefix(codes[k], codes[i]));
        }
    }
}

static void test_image_references(void)
{
    FROM_FEIQ("288:a /~#>64ea4edd<B~ b /~#>0000000A<G~/~#>12345678<X~ /~#>1234567g<B~");
    HAS_NTH(0, "feiq.image.reference", "/~#>64ea4edd<B~");
    HAS_NTH(0, "feiq.image.id", "0x64ea4edd");
    HAS_NTH(0, "feiq.image.kind", "0x42");
    HAS_NTH(1, "feiq.image.id", "0x0000000a");
    HAS_NTH(1, "feiq.image.kind", "0x47");
    g_assert_cmpuint(check_count("feiq.image.reference"), ==, 2);
    check_invariants();
}

static void test_image_chunks(void)
{
    FROM_FEIQ("2097344:64ea4edd|622241|0|1216|1|4|0|2|0|00000000#\0\xff\xd8\xff\xe0");
    HAS("feiq.image.format", "1");
    g_assert_cmpstr(check_line(), ==, "SENDIMAGE u@h image 0x64ea4edd chunk 1/1216");
    check_clean();
    FROM_FEIQ("2097344:64ea4edd|622241|0|691|0|2|0|2|0|00000000#\0ab");
    REMARKS("feiq.image.zero", NULL);
    FROM_FEIQ("2097344:64ea4edd|4|4|1|2|2|0|2|0|00000000#\0ab");
    REMARKS("feiq.image.range", NULL);
    FROM_FEIQ("2097344:64ea4edd|x#\0ab");
    REMARKS("feiq.image.invalid", ": x");
    REMARKS("feiq.image.incomplete", NULL);
    FROM_FEIQ("193:64ea4edd|7#\0");
    HAS("feiq.image.id", "0x64ea4edd");
    HAS("feiq.image.number", "7");
    check_clean();
    FROM_FEIQ("193:64ea4edd");
    REMARKS("feiq.image.incomplete", NULL);
}

static void test_files(void)
{
    FROM_FEIQ("2097440:text\0"
              "0:a::b.doc:1f:59bbf8db:d102:14=59bbf8db,1:2=root:\a");
    HAS("feiq.text", "text");
    HAS("feiq.file.name", "a::b.doc");
    REMARKS("feiq.file.name.escaped", NULL);
    HAS("feiq.file.type", "0x02");
    HAS("feiq.file.readonly", "1");
    HAS("feiq.file.hidden", "1");
    HAS("feiq.file.exhidden", "0");
    HAS("feiq.file.archive", "1");
    HAS("feiq.file.system", "1");
    HAS_NTH(0, "feiq.file.extra.key", "0x00000014");
    HAS_NTH(0, "feiq.file.extra.value", "59bbf8db");
    HAS_NTH(1, "feiq.file.extra.value", "1");
    HAS_NTH(1, "feiq.file.extra.time", "Jan  1, 1970 00:00:01.000000000 UTC");
    HAS_NTH(1, "feiq.file.extra.key", "0x00000002");
    HAS_NTH(2, "feiq.file.extra.value", "root");
    g_assert_cmpstr(check_line(), ==, "SENDMSG u@h → text [a::b.doc 31 bytes, directory]");
    FROM_FEIQ("2097440:\0"
              "0:a:-1:zz:xyz:novalue:\a");
    REMARKS("feiq.file.size.invalid", ": -1");
    REMARKS("feiq.file.mtime.invalid", ": zz");
    REMARKS("feiq.file.attributes.invalid", ": xyz");
    REMARKS("feiq.file.extra.invalid", ": novalue");
    FROM_FEIQ("2097440:\0"
              "0:a:ffffffff80000000:1:20001:\a");
    REMARKS("feiq.file.size.huge", NULL);
    HAS("feiq.file.size", "18446744071562067968");
    HAS("feiq.file.flags_unknown", "0x00020000");
    FROM_FEIQ("2097440:\0"
              "0:a:1ffffffffffffffff:1:1:\a");
    REMARKS("feiq.file.size.invalid", ": 1ffffffffffffffff");
    FROM_FEIQ("2097440:\0nonsense\a");
    REMARKS("feiq.file.incomplete", ": nonsense");
    FROM_FEIQ("2097440:text");
    REMARKS("feiq.file.missing", NULL);
    /* inside the cipher text with ENCEXTMSGOPT, behind it without */
    FROM_FEIQ("73400352:2:AB:CD");
    LACKS("feiq.file.missing");
    FROM_FEIQ("6291488:2:AB:CD\0"
              "0:a:1:1:1:\a");
    HAS("feiq.cipher.message", "CD");
    HAS("feiq.file.name", "a");
}

static void test_lists(void)
{
    DATAGRAM("1:7:u:h:18:30\0");
    HAS("feiq.list.start", "30");
    DATAGRAM("1:7:u:h:19:    2\a    2\au\ah\a257\a10.0.0.300\a70000\a\b\a\b\a");
    REMARKS("feiq.list.ip.invalid", ": 10.0.0.300");
    REMARKS("feiq.list.invalid", ": 70000");
    REMARKS("feiq.list.mismatch", ": 2");
    LACKS("feiq.list.nick");
    LACKS("feiq.list.group");
    DATAGRAM("1:7:u:h:19:    0\a    1\au\ah\a257\a10.0.0.3");
    HAS("feiq.list.ip", "10.0.0.3");
    REMARKS("feiq.list.incomplete", NULL);
    DATAGRAM("1:7:u:h:16384:n\0"); /* RETRYOPT has no meaning outside lists and messages */
    HAS("feiq.option.unknown", "0x00004000");
    DATAGRAM("1:7:u:h:16408:\0");
    HAS("feiq.option.retry", "1");
    LACKS("feiq.option.unknown");
}

static void test_keys(void)
{
    DATAGRAM("1:7:u:h:115:21003:10001-07FF\0");
    HAS("feiq.key.exponent", "10001");
    HAS("feiq.key.modulus", "07FF");
    HAS("feiq.key.bits", "11");
    DATAGRAM("1:7:u:h:115:21003:10001\0");
    REMARKS("feiq.key.malformed", ": 10001");
    DATAGRAM("1:7:u:h:115:wrong:10001-07FF\0");
    REMARKS("feiq.capability.invalid", ": wrong");
    DATAGRAM("1:7:u:h:4194336:2:AB\0");
    REMARKS("feiq.cipher.incomplete", NULL);
    DATAGRAM("1:7:u:h:4196448:2:AB:CD\0"); /* encrypted GETFILEDATA */
    HAS("feiq.cipher.message", "CD");
    HAS("feiq.option.encfile", "1");
    LACKS("feiq.request.packet_number");
}

static void test_qun(void)
{
    FROM_FEIQ("2097353:QUNMSGMARK#3b199b07#name\0");
    HAS("feiq.qun.id", "0x3b199b07");
    HAS("feiq.qun.name", "name");
    FROM_FEIQ("2097187:hello\0");
    HAS("feiq.text", "hello");
    REMARKS("feiq.qun.malformed", NULL);
    DATAGRAM("1_lbt6_0#128#141877B3DA81#0#0#7#4001#9:7:u:h:4194339:1234567\0");
    HAS("feiq.encrypted", "31:32:33:34:35:36:37");
    REMARKS("feiq.encrypted.partial_block", NULL);
    DATAGRAM("1_lbt6_0#128#141877B3DA81#0#0#64#4001#9:7:u:h:4194339:12345678");
    REMARKS("feiq.encrypted.length_mismatch", NULL);
}

static void test_dicts(void)
{
    DATAGRAM("1:7:u:h:178:IP2:1c:A:4:text:B:3:\x01\x02\x03:NCK:5:3:abc:Z");
    HAS_NTH(0, "feiq.dict.value", "text");
    HAS("feiq.dict.bytes", "01:02:03");
    HAS_NTH(1, "feiq.dict.value", "3:abc"); /* a name may look like a list */
    LACKS("feiq.nick");                     /* the classic header tells who speaks */
    check_clean();
    DATAGRAM("IP2:15:CMD:2:4e:FLG:3:100:Z");
    HAS("feiq.command", "0x4e");
    HAS("feiq.options", "0x00000100");
    REMARKS("feiq.command.unknown", NULL);
}

/* What the capture cuts is not called malformed. */
static void test_cut(void)
{
    static const char text[] = FEIQ_HEADER "32:\xc4\xe3\xba\xc3";
    g_assert_true(check_decode(feiq_decode_datagram, text, sizeof text - 2, sizeof text - 1));
    HAS("feiq.text", "你\xef\xbf\xbd");
    HAS("feiq.encoding", "2");
    static const char ack[] = FEIQ_HEADER "33:1600439688";
    g_assert_true(check_decode(feiq_decode_datagram, ack, sizeof ack - 3, sizeof ack - 1));
    LACKS("feiq.ack");
    LACKS("feiq.ack.invalid");
    REMARKS("feiq.truncated", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/feiq/bodies/acknowledgements", test_acknowledgements);
    g_test_add_func("/feiq/bodies/small-texts", test_small_texts);
    g_test_add_func("/feiq/bodies/unknown-command", test_unknown_command);
    g_test_add_func("/feiq/bodies/extension", test_extension);
    g_test_add_func("/feiq/bodies/feige-entry", test_feige_entry);
    g_test_add_func("/feiq/bodies/emoticons", test_emoticons);
    g_test_add_func("/feiq/bodies/every-emoticon", test_every_emoticon);
    g_test_add_func("/feiq/bodies/image-references", test_image_references);
    g_test_add_func("/feiq/bodies/image-chunks", test_image_chunks);
    g_test_add_func("/feiq/bodies/files", test_files);
    g_test_add_func("/feiq/bodies/lists", test_lists);
    g_test_add_func("/feiq/bodies/keys", test_keys);
    g_test_add_func("/feiq/bodies/qun", test_qun);
    g_test_add_func("/feiq/bodies/dicts", test_dicts);
    g_test_add_func("/feiq/bodies/cut", test_cut);
    return g_test_run();
}
