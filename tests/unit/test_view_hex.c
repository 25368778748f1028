/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/hex.h"
#include "sniffer/views/hex_row.h"
#include "view_golden.h"
#include "view_output.h"
#include "view_packets.h"

static void feiq(Made *m)
{
    made_begin(m);
    made_ethernet(m, 0x800);
    made_ipv4(m, "4500 0045 1234 0000 4011 52db 0a4d0001 0a4d00ff");
    made_udp(m, "0979 0979 0031 5a55");
    made_chat(m, "\xc4\xe3\xba\xc3, FeiQ", 11, FS_GB18030);
}

/* Bytes that were derived from the frame, with a field of their own. */
static void add_derived(Made *m, DecodedPacket *packet)
{
    static const uint8_t derived[] = "derived bytes, more than a row";
    const uint8_t *outer = fs_begin_source(&m->packet, (FsSpan){derived, 30, 30});
    g_assert_nonnull(outer);
    fs_add_bytes(&m->packet, &payload_data, derived + 8, 5)->depth = 1;
    fs_end_source(&m->packet, outer);
    m->spans[1] = m->packet.sources[1];
    packet->source_count = 2;
    packet->count = m->packet.count;
}

static void dump(const char *name, HexMarks marks, bool tree)
{
    static Made m;
    Written written;
    feiq(&m);
    DecodedPacket packet = made_end(&m);
    add_derived(&m, &packet);
    written_begin(&written);
    if (tree) {
        hex_tree(&written.output, &packet, marks, NULL);
    } else {
        hex_dump(&written.output, &packet, marks);
    }
    g_autoptr(GString) text = written_end(&written);
    compare_drawing(name, text);
}

static void test_plain(void)
{
    dump("hex-plain", HEX_PLAIN, false);
}

static void test_letters(void)
{
    dump("hex-letters", HEX_LETTERS, true);
}

static void test_colours(void)
{
    dump("hex-colours", HEX_COLOURS, true);
}

/* Every length of row and several lengths of offset, against stdio's own hexadecimal. */
static void test_rows(void)
{
    static const uint32_t offsets[] = {0, 0x10, 0xffff, 0x10000, 0xfffffff0};
    for (unsigned k = 0; k < G_N_ELEMENTS(offsets); k++) {
        for (size_t length = 1; length <= HEX_ROW_BYTES; length++) {
            uint8_t data[HEX_ROW_BYTES];
            g_autofree char *row = g_malloc(HEX_ROW_ROOM);
            g_autoptr(GString) expected = g_string_new(NULL);
            g_string_printf(expected, "%04x  ", offsets[k]);
            for (size_t i = 0; i < HEX_ROW_BYTES; i++) {
                data[i] = (uint8_t)(i * 37 + length * 11 + k);
                if (i < length) {
                    g_string_append_printf(expected, "%02x ", data[i]);
                } else {
                    g_string_append(expected, "   ");
                }
            }
            g_string_append(expected, "  ");
            for (size_t i = 0; i < length; i++) {
                g_string_append_c(expected, g_ascii_isprint(data[i]) ? (char)data[i] : '.');
            }
            g_string_append_c(expected, '\n');
            char *end = hex_row(row, offsets[k], data, length);
            g_assert_cmpmem(row, (size_t)(end - row), expected->str, expected->len);
        }
    }
}

/* A capture that ends anywhere: one line of bytes for every sixteen, marked or not, and no read
 * beyond (the bytes are copied to their exact size). */
static void test_cut_everywhere(void)
{
    static Made m;
    for (uint32_t captured = 0; captured <= 83; captured++) {
        feiq(&m);
        DecodedPacket packet = made_end(&m);
        g_autofree uint8_t *copy = g_memdup2(m.bytes, captured);
        m.spans[0] = (FsSpan){copy, captured, m.length};
        for (HexMarks marks = HEX_PLAIN; marks <= HEX_LETTERS; marks++) {
            Written written;
            written_begin(&written);
            hex_dump(&written.output, &packet, marks);
            g_autoptr(GString) text = written_end(&written);
            unsigned lines = 0;
            for (gsize i = 0; i < text->len; i++) {
                lines += text->str[i] == '\n';
            }
            unsigned rows = (captured + 15) / 16;
            g_assert_cmpuint(lines, ==, marks == HEX_LETTERS ? 2 * rows : rows);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/hex/plain", test_plain);
    g_test_add_func("/view/hex/letters", test_letters);
    g_test_add_func("/view/hex/colours", test_colours);
    g_test_add_func("/view/hex/rows", test_rows);
    g_test_add_func("/view/hex/cut-everywhere", test_cut_everywhere);
    return g_test_run();
}
