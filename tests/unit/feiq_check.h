/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of the FeiQ decoder share: decoding from memory of exactly the right size, so
 * that AddressSanitizer sees a byte too far, and questions about the entries.
 */
#ifndef FEISCOPE_TESTS_UNIT_FEIQ_CHECK_H
#define FEISCOPE_TESTS_UNIT_FEIQ_CHECK_H

#include "protocol/feiq/feiq.h"
#include "protocol/format.h"

#include <glib.h>
#include <string.h>

enum { CHECK_CAPACITY = 16384 };

typedef bool CheckDecoder(FsPacket *packet, FsSpan span);

typedef struct {
    FsEntry entries[CHECK_CAPACITY];
    FsPacket packet;
    uint8_t *copy;
    uint32_t captured;
    bool decoded;
} Check;

static Check check;
static struct FsOpener *check_opener; /* who decrypts; NULL: nobody */

/* Decode a copy; what was decoded before is gone. */
static inline bool check_decode(CheckDecoder *decoder, const void *data, size_t captured,
                                size_t reported)
{
    g_free(check.copy);
    check.copy = captured > 0 ? g_memdup2(data, captured) : NULL;
    check.captured = (uint32_t)captured;
    check.packet = (FsPacket){.entries = check.entries, .capacity = CHECK_CAPACITY};
    check.packet.opener = check_opener;
    fs_packet_reset(&check.packet, check.copy);
    FsSpan span = {check.copy, (uint32_t)captured, (uint32_t)reported};
    check.decoded = decoder(&check.packet, span);
    g_assert_true(check.decoded == (check.packet.count > 0));
    return check.decoded;
}

/* A string literal as a datagram; it may hold NULs. */
#define DATAGRAM(text)                                                                             \
    g_assert_true(check_decode(feiq_decode_datagram, text, sizeof(text) - 1, sizeof(text) - 1))

#define SEGMENT(text)                                                                              \
    g_assert_true(check_decode(feiq_decode_segment, text, sizeof(text) - 1, sizeof(text) - 1))

/* The same with FeiQ's header in front: packet 7 from u@h. */
#define FEIQ_HEADER     "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9:7:u:h:"
#define FROM_FEIQ(rest) DATAGRAM(FEIQ_HEADER rest)

/* The nth entry of a field, from 0 on; NULL if there are not so many. */
static inline const FsEntry *check_find(const char *name, unsigned nth)
{
    for (uint32_t i = 0; i < check.packet.count; i++) {
        if (strcmp(check.entries[i].field->name, name) == 0 && nth-- == 0) {
            return &check.entries[i];
        }
    }
    return NULL;
}

static inline unsigned check_count(const char *name)
{
    unsigned n = 0;
    while (check_find(name, n) != NULL) {
        n++;
    }
    return n;
}

static inline const char *check_value(const FsEntry *entry)
{
    static char text[8192];
    (void)fs_format_value(text, sizeof text, entry);
    return text;
}

static inline const char *check_line(void)
{
    static char line[4096];
    (void)fs_format_line(line, sizeof line, check.entries, check.packet.count);
    return line;
}

/* The nth entry of the field has this value. */
#define HAS_NTH(nth, name, text)                                                                   \
    do {                                                                                           \
        const FsEntry *has_entry = check_find(name, nth);                                          \
        g_assert_nonnull(has_entry);                                                               \
        g_assert_cmpstr(check_value(has_entry), ==, text);                                         \
    } while (0)

/* The field is there once, with this value. */
#define HAS(name, text)                                                                            \
    do {                                                                                           \
        HAS_NTH(0, name, text);                                                                    \
        g_assert_cmpuint(check_count(name), ==, 1);                                                \
    } while (0)

#define LACKS(name) g_assert_null(check_find(name, 0))

/* A remark (or group) is there once; if text is not NULL, its label ends with it. */
#define REMARKS(name, text)                                                                        \
    do {                                                                                           \
        char remark_label[4096];                                                                   \
        const char *remark_text = (text);                                                          \
        const FsEntry *remark = check_find(name, 0);                                               \
        g_assert_nonnull(remark);                                                                  \
        g_assert_cmpuint(check_count(name), ==, 1);                                                \
        g_assert_cmpint(remark->field->type, ==, FS_REMARK);                                       \
        (void)fs_format_label(remark_label, sizeof remark_label, remark);                          \
        if (remark_text != NULL) {                                                                 \
            g_assert_true(g_str_has_suffix(remark_label, remark_text));                            \
        }                                                                                          \
    } while (0)

/* There is no remark at all, or none graver than a chat. */
static inline void check_clean(void)
{
    for (uint32_t i = 0; i < check.packet.count; i++) {
        const FsField *field = check.entries[i].field;
        if (field->type == FS_REMARK && field->severity != FS_CHAT) {
            g_error("unexpected remark %s", field->name);
        }
    }
}

/* The bytes that an entry stands in. */
static inline FsSpan check_source(const FsEntry *entry)
{
    FsSpan frame = {check.copy, check.captured, check.captured};
    g_assert_cmpuint(entry->source, <=, check.packet.last_source);
    return entry->source == 0 ? frame : check.packet.sources[entry->source];
}

/* What holds of every decoded packet, whatever its bytes. */
static inline void check_invariants(void)
{
    const FsEntry *parents[256];
    const FsEntry *entries = check.entries;
    for (uint32_t i = 0; i < check.packet.count; i++) {
        const FsEntry *entry = &entries[i];
        g_assert_true(entry->field >= feiq_table.fields &&
                      entry->field < feiq_table.fields + feiq_table.count);
        g_assert_true((entry->depth == 0) == (i == 0));
        FsSpan source = check_source(entry);
        g_assert_cmpuint(entry->bit_offset + entry->bit_length, <=, source.captured * 8);
        if (i > 0) {
            g_assert_cmpuint(entry->depth, <=, entries[i - 1].depth + 1);
        }
        parents[entry->depth] = entry;
        const FsEntry *parent = entry->depth > 0 ? parents[entry->depth - 1] : NULL;
        if (parent != NULL && parent->source == entry->source && !entry->generated) {
            if (parent->bit_offset > entry->bit_offset ||
                parent->bit_offset + parent->bit_length < entry->bit_offset + entry->bit_length) {
                g_error("%s leaves %s", entry->field->name, parent->field->name);
            }
        }
        FsType type = entry->field->type;
        bool bytes = type == FS_TEXT || type == FS_BYTES;
        bool composed = type == FS_REMARK && entry->value.bytes.data >= check.packet.derived &&
                        entry->value.bytes.data < check.packet.derived + check.packet.derived_used;
        if (bytes || (type == FS_REMARK && !composed && entry->value.bytes.length > 0)) {
            g_assert_true(entry->value.bytes.data == source.data + entry->bit_offset / 8);
            g_assert_cmpuint(entry->value.bytes.length * 8, ==, entry->bit_length);
        }
        if (type == FS_UINT && entry->field->bits < 64) {
            g_assert_cmpuint(entry->value.number >> entry->field->bits, ==, 0);
        }
        if (type == FS_BOOL) {
            g_assert_cmpuint(entry->value.number, <=, 1);
        }
    }
    g_assert_cmpuint(check.packet.depth, ==, 0);
}

#endif
