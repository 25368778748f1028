/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an outline says of a frame is what decoding says: of frames with random damage, each field
 * that an outline knows has the same values, and no field of a protocol that it rules out is there.
 */
#include "protocol/format.h"
#include "sniffer/glance.h"
#include "sniffer/tables.h"

#include <glib.h>
#include <string.h>

/* Ethernet, IPv4, UDP 2425, and a FeiQ datagram; behind it two bytes of padding. */
static const uint8_t udp_frame[] =
    "\x66\x77\x88\x99\xaa\xbb\x00\x11\x22\x33\x44\x55\x08\x00"
    "\x45\x00\x00\x2f\x00\x01\x40\x00\x40\x11\x00\x00\xc0\xa8\x01\x14\xc0\xa8\x01\x1e"
    "\x09\x79\x09\x79\x00\x1b\x00\x00"
    "1:2425:admin:host:32:hi\0\0";

/* Ethernet, IPv4, TCP 1024 to 2425, and text. */
static const uint8_t tcp_frame[] =
    "\x66\x77\x88\x99\xaa\xbb\x00\x11\x22\x33\x44\x55\x08\x00"
    "\x45\x00\x00\x2d\x00\x01\x40\x00\x40\x06\x00\x00\xc0\xa8\x01\x14\xc0\xa8\x01\x1e"
    "\x04\x00\x09\x79\x00\x00\x00\x01\x00\x00\x00\x00\x50\x18\x01\x00\x00\x00\x00\x00"
    "hello";

enum { MOST_ENTRIES = 4096, ROUNDS = 30000 };

/* The values of a field in a packet, each with the bytes that a layer carries. */
static char *values_of(const FsPacket *packet, const FsField *field)
{
    GString *out = g_string_new(NULL);
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        char value[256] = "";
        if (entry->field != field) {
            continue;
        }
        if (field->type == FS_LAYER) {
            uint32_t carried = entry->value.bytes.length;
            uint32_t header = field->whole ? carried : MIN(entry->bit_length / 8, carried);
            (void)g_snprintf(value, sizeof value, "%u+%u of %u", entry->bit_offset / 8, header,
                             carried);
        } else {
            (void)fs_format_value(value, sizeof value, entry);
        }
        g_string_append_printf(out, "%s;", value);
    }
    return g_string_free(out, FALSE);
}

static void compare(const FsPacket *whole, OutlineKind kind, FsSpan span)
{
    FsEntry entries[OUTLINE_MOST_PLACES];
    FsPacket part = {.entries = entries, .capacity = OUTLINE_MOST_PLACES};
    fs_packet_reset(&part, span.data);
    OutlinePlan plan;
    outline_places(kind, &plan);
    outline_add(&part, &plan, span);
    g_assert_false(part.full);
    for (uint32_t i = 0; i < plan.count; i++) {
        g_autofree char *glimpsed = values_of(&part, plan.places[i].field);
        g_autofree char *decoded = values_of(whole, plan.places[i].field);
        if (strcmp(glimpsed, decoded) != 0) {
            g_error("%s: outline %s, decoded %s", plan.places[i].field->name, glimpsed, decoded);
        }
    }
    for (uint32_t i = 0; i < whole->count; i++) {
        for (unsigned t = 0; sniffer_tables[t] != NULL; t++) {
            const FsTable *table = sniffer_tables[t];
            const FsField *field = whole->entries[i].field;
            if (field >= table->fields && field < table->fields + table->count &&
                outline_excludes(kind, table)) {
                g_error("%s in a frame that is thought to have none", field->name);
            }
        }
    }
}

static unsigned damage_and_compare(const uint8_t *frame, uint32_t length, uint32_t seed)
{
    static FsEntry entries[MOST_ENTRIES];
    GRand *random = g_rand_new_with_seed(seed);
    unsigned plain = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint8_t copy[128];
        memcpy(copy, frame, length);
        for (int i = g_rand_int_range(random, 0, 4); i > 0; i--) {
            copy[g_rand_int_range(random, 0, (gint32)length)] = (uint8_t)g_rand_int(random);
        }
        uint32_t captured = length;
        if (g_rand_boolean(random)) {
            captured = (uint32_t)g_rand_int_range(random, 0, (gint32)length + 1);
        }
        /* at the end of its own memory, so that a byte too many is seen */
        uint8_t *data = g_memdup2(copy, captured);
        FsSpan span = {data, captured, length};
        Outline outline = outline_look(LINKTYPE_ETHERNET, span);
        if (outline.kind != OUTLINE_NONE) {
            FsPacket packet = {.entries = entries, .capacity = MOST_ENTRIES};
            HeaderWalk walk = {.packet = &packet};
            FrameRecord record = {.captured = captured, .reported = length};
            fs_packet_reset(&packet, data);
            header_frame(&walk, &record, data);
            g_assert_true(header_link(&walk, LINKTYPE_ETHERNET, span));
            compare(&packet, outline.kind, span);
            plain++;
        }
        g_free(data);
    }
    g_rand_free(random);
    return plain;
}

static void test_outline(void)
{
    unsigned udp = damage_and_compare(udp_frame, sizeof udp_frame - 1, 2425);
    unsigned tcp = damage_and_compare(tcp_frame, sizeof tcp_frame - 1, 12425);
    g_assert_cmpuint(udp, >, ROUNDS / 4);
    g_assert_cmpuint(tcp, >, ROUNDS / 4);
}

static FilterVerdict glance_at(const char *text, const uint8_t *frame, uint32_t length)
{
    FilterError error;
    Filter *filter = filter_compile(text, sniffer_tables, &error);
    if (filter == NULL) {
        g_error("%s: %s", text, error.message);
    }
    Glance glance;
    glance_prepare(&glance, filter);
    FsSpan span = {frame, length, length};
    Outline outline = outline_look(LINKTYPE_ETHERNET, span);
    FilterVerdict verdict = glance_judge(&glance, &outline, span);
    filter_free(filter);
    return verdict;
}

static void test_glance(void)
{
    static const struct {
        const char *filter;
        FilterVerdict verdict;
    } cases[] = {
        {"udp.port == 1", FILTER_NO},
        {"udp.port == 2425", FILTER_YES},
        {"not udp.port == 2425", FILTER_NO},
        {"tcp.port == 2425", FILTER_NO},
        {"arp or icmp or ipv6", FILTER_NO},
        {"not arp", FILTER_YES},
        {"feiq", FILTER_UNSURE},
        {"feiq and udp.port == 1", FILTER_NO},
        {"udp.port == 1 and feiq", FILTER_NO},
        {"feiq or udp", FILTER_YES},
        {"udp or feiq", FILTER_YES},
        {"feiq or arp", FILTER_UNSURE},
        {"not (feiq or udp)", FILTER_NO},
        {"not feiq", FILTER_UNSURE},
        {"udp contains \"admin\"", FILTER_YES},
        {"udp contains \"nobody\"", FILTER_NO},
        {"ip.src == 192.168.1.0/24 and eth.src[0:2] == 00:11", FILTER_YES},
        {"ip.src#1 == 192.168.1.20", FILTER_UNSURE},
        {"frame.number == 1", FILTER_UNSURE},
        {"frame.len > 1000", FILTER_NO},
        {"ip.flags.df", FILTER_UNSURE},
        {"max(udp.port, udp.length) == 2425 or arp", FILTER_YES},
        {"len(udp.payload) == 19", FILTER_UNSURE},
        {"count(ip.addr) == 2", FILTER_YES},
        {"", FILTER_YES},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        FilterVerdict verdict =
            glance_at(cases[i].filter, udp_frame, (uint32_t)sizeof udp_frame - 1);
        if (verdict != cases[i].verdict) {
            g_error("%s: %d", cases[i].filter, (int)verdict);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outline/decoded", test_outline);
    g_test_add_func("/outline/glance", test_glance);
    return g_test_run();
}
