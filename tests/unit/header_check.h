/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For the tests of IP and what stands upon it: packets written in hexadecimal, decoded from exactly
 * sized memory, and their trees written out, one entry a line.
 */
#ifndef FEISCOPE_TESTS_HEADER_CHECK_H
#define FEISCOPE_TESTS_HEADER_CHECK_H

#include "protocol/format.h"
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"

#include <glib.h>
#include <string.h>

/** A packet and what its decoding must give. */
typedef struct {
    const char *name;
    const char *hex;      /**< spaces are left out */
    guint missing;        /**< bytes that the snapshot length cut off */
    gboolean verify;      /**< check checksums */
    const char *expected; /**< two spaces a level, name, value; one line an entry */
} HeaderCase;

typedef struct {
    FsPacket packet;
    HeaderWalk walk;
    FsEntry entries[4096];
    guint8 *data; /**< exactly as long as what was captured: a sanitizer sees each byte too many */
    gsize length;
} Decoded;

static inline GByteArray *header_bytes(const char *hex)
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

/** Decode a packet that begins with an IP header. */
static inline void header_decode(Decoded *d, const guint8 *data, gsize length, guint missing,
                                 gboolean verify)
{
    memset(&d->walk, 0, sizeof d->walk);
    d->data = g_memdup2(data, length);
    d->length = length;
    d->packet = (FsPacket){.entries = d->entries, .capacity = G_N_ELEMENTS(d->entries)};
    d->walk.packet = &d->packet;
    d->walk.verify = verify;
    fs_packet_reset(&d->packet, d->data);
    header_link(&d->walk, LINKTYPE_RAW, (FsSpan){d->data, (guint32)length, length + missing});
}

static inline void header_finish(Decoded *d)
{
    g_clear_pointer(&d->data, g_free);
}

/** What holds for every tree: entries lie in the packet, levels nest, and all can be written. */
static inline void header_check_tree(const Decoded *d)
{
    int depth = -1;
    for (guint i = 0; i < d->packet.count; i++) {
        const FsEntry *entry = &d->entries[i];
        char text[4096];
        g_assert_cmpint(entry->depth, <=, depth + 1);
        depth = entry->depth;
        g_assert_cmpuint(entry->bit_offset + entry->bit_length, <=, d->length * 8);
        (void)fs_format_value(text, sizeof text, entry);
        (void)fs_format_label(text, sizeof text, entry);
    }
    g_assert_cmpint(d->packet.depth, ==, 0);
}

/** The tree as text, without the layer that says there is no link header. */
static inline char *header_text(const Decoded *d)
{
    GString *text = g_string_new(NULL);
    for (guint i = 1; i < d->packet.count; i++) {
        const FsEntry *entry = &d->entries[i];
        char value[4096];
        size_t length = fs_format_value(value, sizeof value, entry);
        g_string_append_printf(text, "%*s%s", 2 * entry->depth, "", entry->field->name);
        if (length > 0) {
            g_string_append_c(text, ' ');
            g_string_append_len(text, value, (gssize)length);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static inline void header_test(gconstpointer data)
{
    const HeaderCase *test = data;
    Decoded *d = g_new(Decoded, 1);
    GByteArray *bytes = header_bytes(test->hex);
    header_decode(d, bytes->data, bytes->len, test->missing, test->verify);
    header_check_tree(d);
    g_autofree char *text = header_text(d);
    g_assert_cmpstr(text, ==, test->expected);
    header_finish(d);
    g_byte_array_unref(bytes);
    g_free(d);
}

static inline int header_run(int argc, char **argv, const HeaderCase *cases, gsize count)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *path = g_strconcat("/headers/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], header_test);
    }
    return g_test_run();
}

#endif
