/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Link layers and ARP: what some frames say; no frame, however cut or damaged, makes a decoder read
 * beyond it or write a tree that is none; a name stands in one table only.
 */
#include "protocol/format.h"
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"

#include <glib.h>
#include <string.h>

typedef struct {
    int linktype;
    const char *hex;
} Sample;

/* Link layers that carry ARP or what nobody decodes, so that only they are tested here. */
static const Sample samples[] = {
    /* Ethernet, ARP announcement, padding, four bytes of FCS */
    {LINKTYPE_ETHERNET,
     "ffffffffffff 001122334455 0806 0001 0800 06 04 0001 001122334455 0a000001 000000000000 "
     "0a000001 000000000000000000000000000000000000 deadbeef"},
    /* 802.1Q around it, no padding */
    {LINKTYPE_ETHERNET,
     "ffffffffffff 001122334455 8100 6005 0806 0001 0800 06 04 0002 001122334455 "
     "0a000001 001122334499 0a000002"},
    /* two 802.1ad tags, then LLDP */
    {LINKTYPE_ETHERNET, "0180c200000e 001122334455 88a8 6005 88a8 0007 88cc 0207 04001122334455"},
    /* 802.3, LLC, SNAP, ARP; the length goes past the end */
    {LINKTYPE_ETHERNET, "ffffffffffff 001122334455 0040 aaaa03 000000 0806 0001 0800 06 04 0001 "
                        "001122334455 0a000001 000000000000 0a000001"},
    /* spanning tree with trailer; a length that is neither */
    {LINKTYPE_ETHERNET, "0180c2000000 001122334455 0007 424203 00000000 010203"},
    {LINKTYPE_ETHERNET, "0180c2000000 011122334455 05dd 424203 00000000"},
    {LINKTYPE_LINUX_SLL, "0004 0001 0006 001122334455 0000 0806 0001 0800 06 04 0001 001122334455 "
                         "0a000001 000000000000 0a000002"},
    {LINKTYPE_LINUX_SLL2, "88cc 0000 00000003 0304 04 04 0a000001 00000000 0207"},
    {LINKTYPE_NULL, "07000000 83 00"},
    {LINKTYPE_LOOP, "00000007 83 00"},
    {LINKTYPE_RAW, "50 00 00"},
    {LINKTYPE_ATM_RFC1483, "fefe03 83 1b"},
    {4711, "00"},
};

typedef struct {
    FsPacket packet;
    HeaderWalk walk;
    FsEntry entries[512];
    uint8_t *data; /* exactly as long as the frame, so that a sanitizer sees each byte too many */
    gsize length;
} Decoded;

static GByteArray *bytes_of(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            guint8 byte =
                (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
            g_byte_array_append(bytes, &byte, 1);
            hex++;
        }
    }
    return bytes;
}

static void check_tree(const Decoded *d)
{
    int depth = -1;
    g_assert_false(d->packet.full);
    for (guint i = 0; i < d->packet.count; i++) {
        const FsEntry *entry = &d->entries[i];
        char text[2048];
        g_assert_cmpint(entry->depth, <=, depth + 1);
        depth = entry->depth;
        g_assert_cmpuint(entry->bit_offset + entry->bit_length, <=, d->length * 8);
        (void)fs_format_value(text, sizeof text, entry);
        (void)fs_format_label(text, sizeof text, entry);
    }
    g_assert_cmpint(d->packet.depth, ==, 0);
}

static void decode(Decoded *d, int linktype, const guint8 *data, gsize length, guint32 reported)
{
    memset(&d->walk, 0, sizeof d->walk);
    d->data = g_memdup2(data, length);
    d->length = length;
    d->packet = (FsPacket){.entries = d->entries, .capacity = G_N_ELEMENTS(d->entries)};
    d->walk.packet = &d->packet;
    fs_packet_reset(&d->packet, d->data);
    FsSpan span = {d->data, (uint32_t)length, reported};
    if (!header_link(&d->walk, linktype, span)) {
        g_assert_cmpuint(d->packet.count, ==, 0);
    }
    check_tree(d);
}

static void finish(Decoded *d)
{
    g_clear_pointer(&d->data, g_free);
}

static void decode_hex(Decoded *d, const Sample *sample)
{
    GByteArray *bytes = bytes_of(sample->hex);
    decode(d, sample->linktype, bytes->data, bytes->len, bytes->len);
    g_byte_array_unref(bytes);
}

/* The values of a field, joined by commas; its depth is checked too. */
static void check(const Decoded *d, const char *name, const char *expected)
{
    g_autoptr(GString) values = g_string_new(NULL);
    for (guint i = 0; i < d->packet.count; i++) {
        char text[2048];
        if (strcmp(d->entries[i].field->name, name) == 0) {
            (void)fs_format_value(text, sizeof text, &d->entries[i]);
            g_string_append_printf(values, "%s%s", values->len > 0 ? "," : "", text);
        }
    }
    g_assert_cmpstr(values->str, ==, expected);
}

static guint index_of(const Decoded *d, const char *name)
{
    for (guint i = 0; i < d->packet.count; i++) {
        if (strcmp(d->entries[i].field->name, name) == 0) {
            return i;
        }
    }
    g_error("no %s", name);
}

static void test_ethernet_arp(void)
{
    Decoded d;
    decode_hex(&d, &samples[0]);
    check(&d, "eth.addr", "ff:ff:ff:ff:ff:ff,00:11:22:33:44:55");
    check(&d, "eth.ig", "1,0");
    check(&d, "eth.type", "0x0806");
    check(&d, "arp.opcode", "1");
    check(&d, "arp.isgratuitous", "1");
    check(&d, "arp.isannouncement", "1");
    check(&d, "arp.isprobe", "");
    check(&d, "arp.src.proto_ipv4", "10.0.0.1");
    check(&d, "eth.padding", "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00");
    check(&d, "eth.fcs", "0xdeadbeef");
    check(&d, "eth.fcs.status", "2");
    check(&d, "eth.trailer", "");
    /* The trailer is Ethernet's, though it is found last. */
    g_assert_cmpuint(index_of(&d, "eth.padding"), <, index_of(&d, "arp"));
    g_assert_cmpuint(index_of(&d, "eth.padding"), >, index_of(&d, "eth.type"));
    finish(&d);
}

static void test_tags(void)
{
    Decoded d;
    decode_hex(&d, &samples[1]);
    check(&d, "vlan.priority", "3");
    check(&d, "vlan.id", "5");
    check(&d, "arp.opcode", "2");
    check(&d, "vlan.trailer", "");
    finish(&d);
    decode_hex(&d, &samples[2]);
    check(&d, "ieee8021ad.svid", "5");
    check(&d, "ieee8021ad.cvid", "7");
    check(&d, "feiscope.undecoded.ethertype", "0x88cc");
    check(&d, "feiscope.undecoded.length", "9");
    finish(&d);
}

static void test_802_3(void)
{
    Decoded d;
    decode_hex(&d, &samples[3]);
    check(&d, "eth.len", "64");
    (void)index_of(&d, "eth.len.past_end");
    check(&d, "llc.type", "0x0806");
    check(&d, "arp.dst.proto_ipv4", "10.0.0.1");
    finish(&d);
    decode_hex(&d, &samples[4]);
    check(&d, "llc.dsap", "0x42");
    check(&d, "feiscope.undecoded.sap", "0x4242");
    check(&d, "feiscope.undecoded.length", "4");
    check(&d, "eth.trailer", "01:02:03");
    finish(&d);
    decode_hex(&d, &samples[5]);
    check(&d, "eth.invalid_lentype", "0x05dd");
    finish(&d);
}

static void test_others(void)
{
    Decoded d;
    decode_hex(&d, &samples[6]);
    check(&d, "sll.src.eth", "00:11:22:33:44:55");
    check(&d, "arp.opcode", "1");
    finish(&d);
    decode_hex(&d, &samples[7]);
    check(&d, "sll.src.ipv4", "10.0.0.1");
    check(&d, "sll.ifindex", "3");
    finish(&d);
    for (int i = 8; i < 10; i++) { /* both byte orders */
        decode_hex(&d, &samples[i]);
        check(&d, "null.family", "7");
        check(&d, "feiscope.undecoded.family", "7");
        finish(&d);
    }
}

static void test_cut(void)
{
    Decoded d;
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        GByteArray *bytes = bytes_of(samples[i].hex);
        for (guint cut = 0; cut <= bytes->len; cut++) {
            decode(&d, samples[i].linktype, bytes->data, cut, bytes->len);
            finish(&d);
            decode(&d, samples[i].linktype, bytes->data, cut, cut);
            finish(&d);
        }
        g_byte_array_unref(bytes);
    }
}

static void test_damaged(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(12425);
    Decoded d;
    for (int round = 0; round < 20000; round++) {
        const Sample *sample = &samples[g_rand_int_range(random, 0, G_N_ELEMENTS(samples))];
        GByteArray *bytes = bytes_of(sample->hex);
        for (int changes = g_rand_int_range(random, 1, 6); changes > 0; changes--) {
            bytes->data[g_rand_int_range(random, 0, (gint32)bytes->len)] =
                (guint8)g_rand_int(random);
        }
        decode(&d, sample->linktype, bytes->data, bytes->len,
               bytes->len + (guint32)g_rand_int_range(random, 0, 3));
        finish(&d);
        g_byte_array_unref(bytes);
    }
}

/* Tags in tags in tags: the walk ends. */
static void test_nested(void)
{
    Decoded d;
    GByteArray *bytes = bytes_of("ffffffffffff 001122334455 8100");
    for (int i = 0; i < 16000; i++) {
        static const guint8 tag[] = {0x00, 0x01, 0x81, 0x00};
        g_byte_array_append(bytes, tag, sizeof tag);
    }
    decode(&d, LINKTYPE_ETHERNET, bytes->data, bytes->len, bytes->len);
    finish(&d);
    g_byte_array_unref(bytes);
}

static void test_tables(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const FsTable *const *table = sniffer_tables; *table != NULL; table++) {
        g_assert_cmpint((*table)->fields[0].type, ==, FS_LAYER);
        g_assert_true(sniffer_table_of(&(*table)->fields[0]) == *table);
        for (guint i = 0; i < (*table)->count; i++) {
            const FsField *field = &(*table)->fields[i];
            g_test_message("%s", field->name);
            g_assert_true(g_hash_table_add(names, g_strdup(field->name)));
            g_assert_nonnull(field->title);
            g_assert_true(sniffer_field(field->name) == field);
            const FsName *name = field->names;
            for (; name != NULL && name[0].name != NULL && name[1].name != NULL; name++) {
                g_assert_cmpuint(name[0].value, <, name[1].value);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/ethernet-arp", test_ethernet_arp);
    g_test_add_func("/link/tags", test_tags);
    g_test_add_func("/link/802.3", test_802_3);
    g_test_add_func("/link/others", test_others);
    g_test_add_func("/link/cut", test_cut);
    g_test_add_func("/link/damaged", test_damaged);
    g_test_add_func("/link/nested", test_nested);
    g_test_add_func("/link/tables", test_tables);
    return g_test_run();
}
