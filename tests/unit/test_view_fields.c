/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cells (which field owns which bits), byte order, and -T fields.
 */
#include "sniffer/views/fields.h"
#include "sniffer/views/fields_cells.h"
#include "sniffer/views/fields_offsets.h"
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

static char *offsets_of(const DecodedPacket *packet, const FsEntry *entry)
{
    Written written;
    written_begin(&written);
    fields_put_offsets(&written.output, packet, entry);
    return g_string_free(written_end(&written), FALSE);
}

static void test_offsets(void)
{
    static Made m;
    made_begin(&m);
    made_ipv4(&m, "4500 0045 1234 2005 4011 52db 0a4d0001 0a4d00ff");
    made_chat(&m, "hi", 2, FS_ASCII);
    static const struct {
        const FsField *field;
        const char *members;
    } expected[] = {
        {&ip_hdr_len, ",\"offset\":0,\"bit\":4,\"bits\":4,\"raw\":\"45\""},
        {&ip_ecn, ",\"offset\":1,\"bit\":6,\"bits\":2,\"raw\":\"00\""},
        {&ip_len, ",\"offset\":2,\"bits\":16,\"raw\":\"0045\",\"order\":\"big\""},
        {&ip_offset, ",\"offset\":6,\"bit\":3,\"bits\":13,\"raw\":\"2005\",\"order\":\"big\""},
        {&ip_src, ",\"offset\":12,\"bits\":32,\"raw\":\"0a4d0001\",\"order\":\"big\""},
        {&chat_word, ",\"offset\":46,\"bits\":24,\"raw\":\"323838\""},
        {&chat_text, ",\"offset\":50,\"bits\":16,\"raw\":\"6869\""},
    };
    DecodedPacket packet = made_end(&m);
    unsigned found = 0;
    for (uint32_t i = 0; i < packet.count; i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(expected); k++) {
            if (packet.entries[i].field == expected[k].field) {
                g_autofree char *members = offsets_of(&packet, &packet.entries[i]);
                g_assert_cmpstr(members, ==, expected[k].members);
                found++;
            }
        }
    }
    g_assert_cmpuint(found, ==, G_N_ELEMENTS(expected));
    /* little-endian, in derived bytes, cut off, in no byte */
    static const uint8_t derived[] = {0x79, 0x09};
    FsSpan spans[] = {packet.sources[0], {derived, 2, 2}};
    packet.sources = spans;
    packet.source_count = 2;
    FsEntry entry = {.field = &udp_srcport, .bit_length = 16, .source = 1, .value.number = 2425};
    g_autofree char *little = offsets_of(&packet, &entry);
    g_assert_cmpstr(little, ==,
                    ",\"offset\":0,\"bits\":16,\"raw\":\"7909\",\"order\":\"little\",\"source\":1");
    entry.bit_offset = 8;
    g_autofree char *cut = offsets_of(&packet, &entry);
    g_assert_cmpstr(cut, ==, ",\"offset\":1,\"bits\":16,\"raw\":\"09\",\"source\":1");
    entry.bit_length = 0;
    entry.generated = true;
    g_autofree char *none = offsets_of(&packet, &entry);
    g_assert_cmpstr(none, ==, ",\"generated\":true");
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
    g_test_add_func("/view/fields/offsets", test_offsets);
    return g_test_run();
}
