/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cells (which field owns which bits), byte order, and -T fields.
 */
#include "sniffer/views/fields.h"
#include "sniffer/views/fields_cells.h"
#include "view_output.h"
#include "view_packets.h"

static const FsField table_fields[] = {
    {.name = "made", .title = "Made-up", .type = FS_LAYER},
    {.name = "made.number", .title = "Number", .type = FS_UINT, .bits = 16},
    {.name = "made.text", .title = "Text", .type = FS_TEXT},
    {.name = "made.remark", .title = "Odd", .type = FS_REMARK},
    {.name = "made.absent", .title = "Absent", .type = FS_UINT, .bits = 8},
};
static const FsTable made_table = {"made", "Made", "Made-up", table_fields,
                                   G_N_ELEMENTS(table_fields)};
static const FsTable *const tables[] = {&made_table, NULL};

static void packet_of_table(Made *m)
{
    made_begin(m);
    const uint8_t *at = made_bytes(m, "\x01\x02\x03\x04 say \"hi\"\n\x1b\xe4\xbd\xa0", 19);
    uint32_t layer = fs_open(&m->packet, &table_fields[0], at, 18);
    number(m, &table_fields[1], at, 2);
    number(m, &table_fields[1], at + 2, 2);
    fs_add_text(&m->packet, &table_fields[2], at + 5, 13, FS_UTF8);
    fs_add_remark(&m->packet, &table_fields[3], at, 1, true);
    fs_close(&m->packet, layer, NULL);
}

static char *print(FieldColumns *columns, const char *const *names)
{
    static Made m;
    Written written;
    FrameRecord record = {.number = 1};
    packet_of_table(&m);
    for (; *names != NULL; names++) {
        g_assert_true(fields_add(columns, tables, *names));
    }
    ViewStyle style = {.width = 80, .columns = columns};
    written_begin(&written);
    fields_header(&written.output, columns);
    view_fields(&written.output, &record, &m.packet, &style);
    GString *text = written_end(&written);
    return g_string_free(text, FALSE);
}

static void test_columns(void)
{
    static const char *const names[] = {"made",        "made.number", "made.absent",
                                        "made.remark", "made.text",   NULL};
    FieldColumns columns;
    fields_begin(&columns);
    g_autofree char *text = print(&columns, names);
    g_assert_cmpstr(text, ==, "Made-up\t258,772\t\t1\tsay \"hi\"\\n\\x1b你\n");
}

static void test_options(void)
{
    static const char *const names[] = {"made.number", "made.absent", "made.text", NULL};
    static const char *const options[] = {"header=y",     "separator=/s", "aggregator=;",
                                          "occurrence=a", "quote=d",      "bom=y"};
    FieldColumns columns;
    fields_begin(&columns);
    for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
        g_assert_true(fields_option(&columns, options[i]));
    }
    g_autofree char *text = print(&columns, names);
    g_assert_cmpstr(text, ==,
                    "\xef\xbb\xbfmade.number made.absent made.text\n"
                    "\"258;772\"  \"say \"\"hi\"\"\\n\\x1b你\"\n");
}

static void test_occurrence(void)
{
    static const char *const names[] = {"made.number", "made.number", NULL};
    FieldColumns columns;
    fields_begin(&columns);
    g_assert_true(fields_option(&columns, "occurrence=f"));
    g_assert_true(fields_option(&columns, "separator=,"));
    g_autofree char *first = print(&columns, names);
    g_assert_cmpstr(first, ==, "258,258\n");
    fields_begin(&columns);
    g_assert_true(fields_option(&columns, "occurrence=l"));
    g_assert_true(fields_option(&columns, "quote=s"));
    g_autofree char *last = print(&columns, names);
    g_assert_cmpstr(last, ==, "'772'\t'772'\n");
}

static void test_refused(void)
{
    static const char *const wrong[] = {"",        "header",      "header=x",     "header=yes",
                                        "quote=x", "separator=",  "separator=ab", "occurrence=x",
                                        "bom=",    "separators=,"};
    FieldColumns columns;
    fields_begin(&columns);
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_false(fields_option(&columns, wrong[i]));
    }
    g_assert_false(fields_add(&columns, tables, "made.numbers"));
    g_assert_false(fields_add(&columns, tables, ""));
    for (unsigned i = 0; i < FIELDS_MOST_COLUMNS; i++) {
        g_assert_true(fields_add(&columns, tables, "made"));
    }
    g_assert_false(fields_add(&columns, tables, "made"));
}

typedef struct {
    const char *name; /* of the field; a leading "~": what its children leave */
    uint32_t start;
    uint32_t length;
} Expected;

static void check_cells(const FieldCells *cells, const Made *m, const Expected *expected,
                        unsigned count)
{
    for (unsigned i = 0; i < count && i < cells->count; i++) {
        const char *name = expected[i].name + (expected[i].name[0] == '~');
        g_assert_cmpstr(m->room[cells->cells[i].entry].field->name, ==, name);
        g_assert_cmpuint(cells->cells[i].rest, ==, expected[i].name[0] == '~');
        g_assert_cmpuint(cells->cells[i].start, ==, expected[i].start);
        g_assert_cmpuint(cells->cells[i].length, ==, expected[i].length);
    }
    g_assert_cmpuint(cells->count, ==, count);
}

static void test_cells(void)
{
    static Made m;
    FieldCell room[64];
    FieldCells cells = {room, 0, 64};
    made_begin(&m);
    made_ethernet(&m, 0x800);
    made_ipv4(&m, "4500 0045 1234 0000 4011 52db 0a4d0001 0a4d00ff");
    DecodedPacket packet = made_end(&m);
    /* the address keeps its bits, though a flag lies in it; the words of flags give theirs away */
    static const Expected all[] = {
        {"eth.dst", 0, 48},          {"eth.src", 48, 48},     {"eth.type", 96, 16},
        {"ip.version", 112, 4},      {"ip.hdr_len", 116, 4},  {"ip.dsfield.dscp", 120, 6},
        {"ip.dsfield.ecn", 126, 2},  {"ip.len", 128, 16},     {"ip.id", 144, 16},
        {"ip.flags.rb", 160, 1},     {"ip.flags.df", 161, 1}, {"ip.flags.mf", 162, 1},
        {"ip.frag_offset", 163, 13}, {"ip.ttl", 176, 8},      {"ip.proto", 184, 8},
        {"ip.checksum", 192, 16},    {"ip.src", 208, 32},     {"ip.dst", 240, 32},
    };
    field_cells_all(&cells, packet.entries, packet.count, 0, m.length * 8);
    check_cells(&cells, &m, all, G_N_ELEMENTS(all));
    /* cut off within the address of the sender */
    field_cells_all(&cells, packet.entries, packet.count, 0, 220);
    g_assert_cmpuint(cells.count, ==, 17);
    g_assert_cmpuint(cells.cells[16].length, ==, 12);
    /* no room */
    cells.capacity = 5;
    field_cells_all(&cells, packet.entries, packet.count, 0, m.length * 8);
    check_cells(&cells, &m, all, 5);
}

static void test_cells_of_text(void)
{
    static Made m;
    FieldCell room[64];
    FieldCells cells = {room, 0, 64};
    made_begin(&m);
    made_chat(&m, "hi", 2, FS_ASCII);
    DecodedPacket packet = made_end(&m);
    static const Expected expected[] = {
        {"feiq.tag", 0, 64},
        {"~feiq.version", 64, 8},
        {"feiq.avatar", 72, 24},
        {"~feiq", 96, 8},
        {"feiq.packet_number", 104, 24},
        {"~feiq", 128, 8},
        {"feiq.user", 136, 40},
        {"~feiq", 176, 8},
        {"feiq.host", 184, 16},
        {"~feiq", 200, 8},
        {"feiq.command_word", 208, 24},
        {"~feiq", 232, 8},
        {"feiq.text", 240, 16},
    };
    field_cells_of(&cells, packet.entries, packet.count, 0, 0, m.length * 8, false);
    check_cells(&cells, &m, expected, G_N_ELEMENTS(expected));
}

/* Siblings out of order and overlapping: in order, and nothing twice. */
static void test_cells_disorder(void)
{
    static Made m;
    FieldCell room[64];
    FieldCells cells = {room, 0, 64};
    made_begin(&m);
    const uint8_t *at = made_hex(&m, "00112233445566778899");
    uint32_t layer = fs_open(&m.packet, &udp, at, 10);
    number(&m, &udp_length, at + 6, 2);
    number(&m, &udp_srcport, at, 2);
    number(&m, &udp_dstport, at + 1, 2);
    number(&m, &udp_checksum, at + 4, 2);
    fs_close(&m.packet, layer, NULL);
    DecodedPacket packet = made_end(&m);
    static const Expected expected[] = {
        {"udp.srcport", 0, 16}, {"~udp", 16, 16}, {"udp.checksum", 32, 16},
        {"udp.length", 48, 16}, {"~udp", 64, 16},
    };
    field_cells_all(&cells, packet.entries, packet.count, 0, m.length * 8);
    check_cells(&cells, &m, expected, G_N_ELEMENTS(expected));
}

static void test_order(void)
{
    static Made m;
    made_begin(&m);
    const uint8_t *at = made_hex(&m, "0979 1111 10");
    FsEntry *entry = number(&m, &udp_srcport, at, 2);
    g_assert_cmpint(field_order(entry, m.bytes, 5), ==, FIELD_BIG_ENDIAN);
    g_assert_cmpint(field_order(entry, m.bytes, 1), ==, FIELD_NO_ORDER);
    entry->value.number = 30985;
    g_assert_cmpint(field_order(entry, m.bytes, 5), ==, FIELD_LITTLE_ENDIAN);
    entry->value.number = 1;
    g_assert_cmpint(field_order(entry, m.bytes, 5), ==, FIELD_NO_ORDER);
    g_assert_cmpint(field_order(number(&m, &udp_srcport, at + 2, 2), m.bytes, 5), ==,
                    FIELD_BIG_ENDIAN);
    g_assert_cmpint(field_order(number(&m, &ip_ttl, at + 4, 1), m.bytes, 5), ==, FIELD_NO_ORDER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/fields/columns", test_columns);
    g_test_add_func("/view/fields/options", test_options);
    g_test_add_func("/view/fields/occurrence", test_occurrence);
    g_test_add_func("/view/fields/refused", test_refused);
    g_test_add_func("/view/fields/cells", test_cells);
    g_test_add_func("/view/fields/cells-of-text", test_cells_of_text);
    g_test_add_func("/view/fields/cells-disorder", test_cells_disorder);
    g_test_add_func("/view/fields/order", test_order);
    return g_test_run();
}
