/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/order.h"
#include "view_golden.h"
#include "view_packets.h"

F(beast, .name = "beast", .title = "Made-up Protocol", .type = FS_LAYER);
F(beast_short, .name = "beast.short", .title = "Short", .type = FS_UINT, .bits = 16);
F(beast_long, .name = "beast.long", .title = "Long", .type = FS_UINT, .bits = 32);
F(beast_odd, .name = "beast.odd", .title = "Three bytes", .type = FS_UINT, .bits = 24);
F(beast_huge, .name = "beast.huge", .title = "Eight bytes", .type = FS_UINT, .bits = 64);
F(beast_signed, .name = "beast.signed", .title = "Signed", .type = FS_INT, .bits = 16);
F(beast_same, .name = "beast.same", .title = "Palindrome", .type = FS_UINT, .bits = 16);
F(beast_digits, .name = "beast.digits", .title = "Digits", .type = FS_UINT, .bits = 32,
  .text_digits = 1);
F(beast_scaled, .name = "beast.scaled", .title = "Scaled", .type = FS_UINT, .bits = 16);

static void draw(const char *name, Made *m, unsigned width)
{
    ViewStyle style = {.width = width};
    DecodedPacket packet = made_end(m);
    g_autoptr(GString) out = g_string_new(NULL);
    order_draw(out, &packet, &style);
    compare_drawing(name, out);
}

static void test_udp(void)
{
    static Made m;
    made_begin(&m);
    made_ethernet(&m, 0x800);
    made_ipv4(&m, "4500 0045 1234 2005 4011 52db 0a4d0001 0a4d00ff");
    made_udp(&m, "0979 0979 0031 5a55");
    made_chat(&m, "hello", 6, FS_ASCII);
    draw("order-udp", &m, 80);
    draw("order-udp-wide", &m, 120);
}

/* The number that every student of the port meets: 0x0979 read the wrong way round. */
static void test_port(void)
{
    static Made m;
    made_begin(&m);
    made_udp(&m, "0979 0979 0031 5a55");
    ViewStyle style = {.width = 80};
    DecodedPacket packet = made_end(&m);
    g_autoptr(GString) out = g_string_new(NULL);
    order_draw(out, &packet, &style);
    g_assert_nonnull(strstr(out->str, "09 79       2425       0x7909 = 30985"));
    uint16_t wire;
    memcpy(&wire, m.bytes, sizeof wire);
    g_assert_cmpuint(g_ntohs(wire), ==, 2425);
    g_assert_cmpuint(GUINT16_SWAP_LE_BE(2425), ==, 30985);
}

static void test_little_endian_and_widths(void)
{
    static Made m;
    made_begin(&m);
    const uint8_t *at = made_hex(&m, "7909 01020304 010203 0102030405060708 fffe 1111 3432 0005");
    FsPacket *p = &m.packet;
    uint32_t layer = fs_open(p, &beast, at, m.length);
    fs_add_number(p, &beast_short, at, 2, 0x0979);
    fs_add_number(p, &beast_long, at + 2, 4, 0x04030201);
    number(&m, &beast_odd, at + 6, 3);
    number(&m, &beast_huge, at + 9, 8);
    fs_add(p, &beast_signed, at + 17, 2)->value.integer = -2;
    number(&m, &beast_same, at + 19, 2);
    fs_add_number(p, &beast_digits, at + 21, 2, 42);
    fs_add_number(p, &beast_scaled, at + 23, 2, 20);
    fs_close(p, layer, NULL);
    draw("order-little-endian", &m, 80);
}

static void test_addresses(void)
{
    static const uint32_t list[] = {
        0xffffffff, 0x00000000, 0x7f000001, 0xe2510908, 0xe00000fb, 0xf0000001, 0xc0a80100,
        0xc0a801ff, 0xc0a80105, 0x0affffff, 0xac10ffff, 0x08080808, 0xa9fe0101, 0x0a4d0000,
    };
    ViewStyle style = {.width = 80};
    g_autoptr(GString) out = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(list); i++) {
        order_address(out, "Address", list[i], &style);
    }
    compare_drawing("order-addresses", out);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/order/udp", test_udp);
    g_test_add_func("/view/order/port", test_port);
    g_test_add_func("/view/order/little-endian", test_little_endian_and_widths);
    g_test_add_func("/view/order/addresses", test_addresses);
    return g_test_run();
}
