/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The layout view, held against drawings that were read by eye, and run over every cut of a packet.
 */
#include "sniffer/views/layout.h"
#include "view_golden.h"
#include "view_packets.h"

static const char greeting[] = "\xc4\xe3\xba\xc3, FeiQ"; /* GBK, and its NUL */

static void feiq(Made *m)
{
    made_begin(m);
    made_ethernet(m, 0x800);
    made_ipv4(m, "4500 0045 1234 0000 4011 52db 0a4d0001 0a4d00ff");
    made_udp(m, "0979 0979 0031 5a55");
    made_chat(m, greeting, sizeof greeting, FS_GB18030);
}

static void draw(const char *name, Made *m, unsigned width, bool colour)
{
    ViewStyle style = {.width = width, .colour = colour};
    DecodedPacket packet = made_end(m);
    g_autoptr(GString) out = g_string_new(NULL);
    layout_draw(out, &packet, &style);
    compare_drawing(name, out);
}

static void test_udp(void)
{
    static Made m;
    feiq(&m);
    draw("layout-feiq", &m, 80, false);
    draw("layout-feiq-narrow", &m, 60, false);
    draw("layout-feiq-wide", &m, 140, false);
    draw("layout-feiq-colour", &m, 80, true);
}

static void test_text_utf8(void)
{
    /* three bytes but two columns a character; a divided line; an octet that is no character */
    static const char text[] = "飞秋 飞秋 飞秋 飞秋 飞秋 飞秋 飞秋 飞秋 飞秋\x07\nq\xff";
    static Made m;
    made_begin(&m);
    made_chat(&m, text, sizeof text - 1, FS_UTF8);
    fs_add_remark(&m.packet, &chat_cut, m.bytes, 0, false)->depth = 1;
    draw("layout-text-utf8", &m, 80, false);
}

static void test_text_folded(void)
{
    char text[700];
    static Made m;
    memset(text, 'x', sizeof text);
    made_begin(&m);
    made_chat(&m, text, sizeof text, FS_ASCII);
    draw("layout-text-folded", &m, 80, false);
}

static void test_tcp(void)
{
    static Made m;
    made_begin(&m);
    made_ethernet(&m, 0x800);
    made_ipv4(&m, "4500 003c 1234 4000 4006 13ec 0a4d0001 0a4d0002");
    made_tcp(&m, "3039 3089 00000001 00000000 a002 faf0 f56d 0000"
                 "020405b4 0402 080a 0001e240 00000000 01 030307");
    draw("layout-tcp", &m, 80, false);
    /* timestamps that do not begin at a word, and a checksum left to the network card: the folded
     * sum of the pseudo-header */
    made_begin(&m);
    made_ipv4(&m, "4500 0034 1234 4000 4006 13f4 0a4d0001 0a4d0002");
    made_tcp(&m, "3039 3089 00000001 00000000 8010 faf0 14c3 0000 01 080a 0001e240 00000000 01");
    draw("layout-tcp-unaligned", &m, 80, false);
}

static void test_arp(void)
{
    static Made m;
    made_begin(&m);
    made_ethernet(&m, 0x806);
    made_arp(&m);
    /* the padding belongs to the frame, though it stands behind the packet */
    const uint8_t *at = made_hex(&m, "000000000000000000000000000000000000");
    FsEntry arp_layer_and_after[16];
    uint32_t eth_end = field_after(m.room, m.packet.count, 0);
    uint32_t moved = m.packet.count - eth_end;
    memcpy(arp_layer_and_after, m.room + eth_end, moved * sizeof(FsEntry));
    m.packet.count = eth_end;
    fs_add_bytes(&m.packet, &eth_padding, at, 18)->depth = 1;
    memcpy(m.room + m.packet.count, arp_layer_and_after, moved * sizeof(FsEntry));
    m.packet.count += moved;
    draw("layout-arp", &m, 80, false);
}

static void test_ipv6(void)
{
    static Made m;
    made_begin(&m);
    made_ipv6(&m, "60012345 0011 11 40 fe80000000000000020c29fffe3e5b1a"
                  "ff020000000000000000000000000001");
    made_udp(&m, "0979 0979 0011 4c8d");
    const uint8_t *at = made_bytes(&m, "odd bytes", 9);
    uint32_t layer = fs_open(&m.packet, &payload, at, 9);
    fs_add_bytes(&m.packet, &payload_data, at, 9);
    fs_close(&m.packet, layer, NULL);
    draw("layout-ipv6", &m, 80, false);
}

static void test_long_payload(void)
{
    static Made m;
    made_begin(&m);
    made_ipv4(&m, "4500 0205 1234 2000 4011 3207 0a4d0001 0a4d0002");
    made_udp(&m, "0979 0979 01f1 1234");
    uint8_t bytes[489];
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    const uint8_t *at = made_bytes(&m, bytes, sizeof bytes);
    uint32_t layer = fs_open(&m.packet, &payload, at, sizeof bytes);
    fs_add_bytes(&m.packet, &payload_data, at, sizeof bytes);
    fs_close(&m.packet, layer, NULL);
    draw("layout-payload", &m, 80, false);
}

/* Whatever the capture cut off: nothing beyond is read (the bytes are copied to their exact size,
 * so that AddressSanitizer sees it), and every line ends. */
static void test_cut_everywhere(void)
{
    static Made m;
    feiq(&m);
    DecodedPacket packet = made_end(&m);
    for (uint32_t captured = 0; captured <= m.length; captured++) {
        g_autofree uint8_t *copy = g_memdup2(m.bytes, captured);
        for (uint32_t i = 0; i < m.packet.count; i++) {
            FsEntry *entry = &m.room[i];
            bool bytes = entry->field->type == FS_TEXT || entry->field->type == FS_BYTES ||
                         entry->field->type == FS_ETHER;
            if (bytes && (entry->bit_offset + entry->bit_length) / 8 > captured) {
                /* a decoder that keeps within its span has no such value */
                entry->value.bytes.length = 0;
                entry->value.bytes.data = NULL;
            } else if (bytes) {
                entry->value.bytes.data = copy + entry->bit_offset / 8;
            }
        }
        m.spans[0] = (FsSpan){copy, captured, m.length};
        ViewStyle style = {.width = 40 + captured, .colour = captured % 2 != 0};
        g_autoptr(GString) out = g_string_new(NULL);
        layout_draw(out, &packet, &style);
        g_assert_true(captured == 0 || g_str_has_suffix(out->str, "\n"));
        g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
        feiq(&m);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/layout/udp", test_udp);
    g_test_add_func("/view/layout/text-utf8", test_text_utf8);
    g_test_add_func("/view/layout/text-folded", test_text_folded);
    g_test_add_func("/view/layout/tcp", test_tcp);
    g_test_add_func("/view/layout/arp", test_arp);
    g_test_add_func("/view/layout/ipv6", test_ipv6);
    g_test_add_func("/view/layout/long-payload", test_long_payload);
    g_test_add_func("/view/layout/cut-everywhere", test_cut_everywhere);
    return g_test_run();
}
