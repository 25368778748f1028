/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two ways to decode the same frames, and that they give the same entries.
 */
#ifndef FEISCOPE_TESTS_UNIT_DECODER_CHECK_H
#define FEISCOPE_TESTS_UNIT_DECODER_CHECK_H

#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/conversation/udp_streams.h"
#include "sniffer/conversation/unacknowledged.h"
#include "sniffer/headers/walk.h"
#include "sniffer/stream.h"
#include "sniffer/views/view.h"

#include <glib.h>

/* One way to decode: entries, and streams of its own. */
typedef struct {
    FsEntry entries[VIEW_MAX_ENTRIES];
    FsPacket packet;
    HeaderWalk walk;
} Decoder;

static inline void decoder_begin(Decoder *decoder, bool brief, bool verify)
{
    decoder->packet =
        (FsPacket){.entries = decoder->entries, .capacity = VIEW_MAX_ENTRIES, .brief = brief};
    decoder->walk = (HeaderWalk){.packet = &decoder->packet, .verify = verify};
    decoder->walk.streams = stream_table_new(&stream_default_settings);
    decoder->walk.tcp = tcp_connections_new(CONVERSATIONS_DEFAULT, UNACKNOWLEDGED_STORE);
    decoder->walk.udp = udp_streams_new(CONVERSATIONS_DEFAULT);
    g_assert_nonnull(decoder->walk.streams);
    g_assert_nonnull(decoder->walk.tcp);
    g_assert_nonnull(decoder->walk.udp);
}

static inline void decoder_end(Decoder *decoder)
{
    stream_table_free(decoder->walk.streams);
    tcp_connections_free(decoder->walk.tcp);
    conversations_free(decoder->walk.udp);
}

static inline bool has_bytes(const FsField *field)
{
    return field->type == FS_LAYER || field->type == FS_REMARK || field->type == FS_TEXT ||
           field->type == FS_BYTES || field->type == FS_ETHER || field->type == FS_IPV6;
}

static inline void check_entry(const FsEntry *entry, const FsEntry *expected)
{
    g_assert_cmpstr(entry->field->name, ==, expected->field->name);
    g_assert_true(entry->field == expected->field);
    g_assert_cmpuint(entry->bit_offset, ==, expected->bit_offset);
    g_assert_cmpuint(entry->bit_length, ==, expected->bit_length);
    g_assert_cmpuint(entry->depth, ==, expected->depth);
    g_assert_cmpuint(entry->source, ==, expected->source);
    g_assert_cmpuint(entry->encoding, ==, expected->encoding);
    g_assert_cmpint(entry->generated, ==, expected->generated);
    if (has_bytes(entry->field)) {
        g_assert_cmpmem(entry->value.bytes.data, entry->value.bytes.length,
                        expected->value.bytes.data, expected->value.bytes.length);
    } else {
        g_assert_cmpuint(entry->value.number, ==, expected->value.number);
    }
}

#endif
