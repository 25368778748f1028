/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For property tests of FeiQ's builders: random senders and texts, and looking into what the
 * decoder made of a datagram. Remarks of the decoder are failures, but for a few that are facts.
 */
#ifndef FEISCOPE_TESTS_UNIT_BUILD_HELPERS_H
#define FEISCOPE_TESTS_UNIT_BUILD_HELPERS_H

#include "protocol/feiq/build.h"
#include "protocol/feiq/feiq.h"

#include <glib.h>
#include <string.h>

enum { ROUNDS = 2000, ROOM = 64 };

static FsEntry entries[4096];
static uint8_t buffer[65536];

/* Memory that random texts live in until the next round. */
typedef struct {
    GRand *random;
    uint8_t bytes[64][ROOM];
    unsigned used;
    bool gbk; /* Chinese characters in GBK, else in UTF-8 */
} Pool;

static inline Pool *pool_new(guint32 seed)
{
    Pool *pool = g_new0(Pool, 1);
    pool->random = g_rand_new_with_seed(seed);
    return pool;
}

static inline void pool_free(Pool *pool)
{
    g_rand_free(pool->random);
    g_free(pool);
}

static inline void pool_next_round(Pool *pool)
{
    pool->used = 0;
    pool->gbk = g_rand_boolean(pool->random);
}

static inline uint32_t below(Pool *pool, uint32_t limit)
{
    return limit == 0 ? 0 : g_rand_int(pool->random) % limit;
}

static inline uint64_t random_number(Pool *pool)
{
    uint64_t number = (uint64_t)g_rand_int(pool->random) << 32 | g_rand_int(pool->random);
    return number >> below(pool, 64);
}

/* At least `least` bytes from `first` to 126 without those of `without`, and Chinese characters,
 * one of them with a brace as its second byte in GBK. */
static inline FsBytes random_bytes(Pool *pool, size_t least, uint8_t first, const char *without)
{
    static const char *const wide[] = {"\xe4\xbd\xa0", "\xe5\xa5\xbd", "\xc4\xe3", "\x81\x7b"};
    g_assert_cmpuint(pool->used, <, G_N_ELEMENTS(pool->bytes));
    uint8_t *at = pool->bytes[pool->used++];
    size_t wanted = least + below(pool, 20);
    size_t used = 0;
    while (used < wanted) {
        const char *c = wide[(pool->gbk ? 2U : 0U) + below(pool, 2)];
        uint8_t ascii = (uint8_t)(first + below(pool, 127U - first));
        if (below(pool, 4) == 0) {
            while (*c != '\0') {
                at[used++] = (uint8_t)*c++;
            }
        } else if (strchr(without, ascii) == NULL) {
            at[used++] = ascii;
        }
    }
    return (FsBytes){at, used};
}

static inline FsBytes random_name(Pool *pool)
{
    return random_bytes(pool, 1, 0x20, ":");
}

static inline FeiqVersion random_version(Pool *pool)
{
    static const char *const tags[] = {"lbt2", "lbt4", "lbt6", "lbt80"};
    static const char *const macs[] = {"141877B3DA81", "000000000000", "FeiX", "f4b5203c203c2b02"};
    FeiqVersion version = {.tag = fs_bytes(tags[below(pool, 4)]),
                           .avatar = (uint32_t)random_number(pool),
                           .level = (uint32_t)random_number(pool),
                           .mac = fs_bytes(macs[below(pool, 4)]),
                           .avatar_size = (uint32_t)random_number(pool),
                           .personal_image_size = (uint32_t)random_number(pool)};
    if (below(pool, 3) > 0) {
        version.unknown_v = fs_bytes("4001");
        version.unknown_n = below(pool, 3) > 0 ? fs_bytes("9") : fs_bytes("");
    }
    return version;
}

/* The sender's version lives in *version. */
static inline FeiqSender random_sender(Pool *pool, FeiqVersion *version, bool always_feiq)
{
    FeiqSender sender = {
        .version = fs_bytes("1"), .user = random_name(pool), .host = random_name(pool)};
    if (always_feiq || below(pool, 4) > 0) {
        *version = random_version(pool);
        sender.feiq = version;
    }
    return sender;
}

/* --- looking into a decoded packet --- */

static inline const FsEntry *find(const FsPacket *packet, FeiqField id, unsigned n)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field == &feiq_table.fields[id] && n-- == 0) {
            return &packet->entries[i];
        }
    }
    return NULL;
}

static inline unsigned count(const FsPacket *packet, FeiqField id)
{
    unsigned n = 0;
    while (find(packet, id, n) != NULL) {
        n++;
    }
    return n;
}

static inline void assert_number(const FsPacket *packet, FeiqField id, unsigned n, uint64_t value)
{
    const FsEntry *entry = find(packet, id, n);
    g_assert_nonnull(entry);
    g_assert_cmpuint(entry->value.number, ==, value);
}

/* The n-th text of a field; the decoder leaves out empty ones, so there is none then. */
static inline void assert_text(const FsPacket *packet, FeiqField id, unsigned n, FsBytes text)
{
    const FsEntry *entry = find(packet, id, n);
    if (text.length == 0) {
        g_assert_null(entry);
        return;
    }
    g_assert_nonnull(entry);
    g_assert_cmpmem(entry->value.bytes.data, entry->value.bytes.length, text.data, text.length);
}

static inline void assert_no_remark(const FsPacket *packet)
{
    static const uint16_t facts[] = {FEIQ_PACKET_NUMBER_WIDE, FEIQ_FILE_NAME_ESCAPED,
                                     FEIQ_CAP_AES_AMBIGUOUS};
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsField *field = packet->entries[i].field;
        bool fact = field->type != FS_REMARK;
        for (size_t f = 0; f < G_N_ELEMENTS(facts); f++) {
            fact = fact || field == &feiq_table.fields[facts[f]];
        }
        if (!fact) {
            g_error("remark: %s", field->name);
        }
    }
}

/* Decode a datagram, from a block of its exact size, and look at its header. */
static inline FsPacket decode(const uint8_t *data, ptrdiff_t length)
{
    FsPacket packet = {.entries = entries, .capacity = G_N_ELEMENTS(entries)};
    g_assert_cmpint(length, >, 0);
    FsSpan span = {data, (uint32_t)length, (uint32_t)length};
    fs_packet_reset(&packet, data);
    g_assert_true(feiq_recognise(span));
    g_assert_true(feiq_decode_datagram(&packet, span));
    g_assert_false(packet.full);
    g_assert_cmpuint(packet.depth, ==, 0);
    assert_no_remark(&packet);
    return packet;
}

static inline void assert_header(const FsPacket *packet, const FeiqSender *sender,
                                 uint64_t packet_number, uint32_t word, uint32_t body_length)
{
    assert_number(packet, FEIQ_PACKET_NUMBER, 0, packet_number);
    assert_text(packet, FEIQ_USER, 0, sender->user);
    assert_text(packet, FEIQ_HOST, 0, sender->host);
    assert_number(packet, FEIQ_COMMAND_WORD, 0, word);
    const FeiqVersion *v = sender->feiq;
    if (v == NULL) {
        assert_text(packet, FEIQ_VERSION, 0, sender->version);
        return;
    }
    assert_text(packet, FEIQ_GENERATION, 0, v->tag);
    assert_number(packet, FEIQ_AVATAR, 0, v->avatar);
    assert_number(packet, FEIQ_LEVEL, 0, v->level);
    assert_text(packet, FEIQ_MAC, 0, v->mac);
    assert_number(packet, FEIQ_AVATAR_SIZE, 0, v->avatar_size);
    assert_number(packet, FEIQ_PERSONAL_IMAGE_SIZE, 0, v->personal_image_size);
    assert_number(packet, FEIQ_BODY_LENGTH, 0, body_length);
    assert_text(packet, FEIQ_VERSION_V, 0, v->unknown_v);
    assert_text(packet, FEIQ_VERSION_N, 0, v->unknown_n);
}

#endif
