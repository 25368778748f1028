/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/replay/numbers.h"

#include "protocol/feiq/feiq.h"

#include <string.h>

struct Numbers {
    GHashTable *servers; /* recorded to live */
    uint64_t fresh;
    uint64_t first; /* recorded one of a client */
    bool begun;
};

Numbers *numbers_new(uint64_t fresh)
{
    Numbers *n = g_new0(Numbers, 1);
    n->servers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    n->fresh = fresh;
    return n;
}

void numbers_free(Numbers *numbers)
{
    if (numbers != NULL) {
        g_hash_table_unref(numbers->servers);
        g_free(numbers);
    }
}

/* A client's number now. Before its first datagram was sent there is no other. */
static uint64_t renewed(const Numbers *n, uint64_t recorded)
{
    return n->fresh == 0 || !n->begun ? recorded : n->fresh + (recorded - n->first);
}

/* How an entry's digits have to read now; NULL: as they do. */
static char *digits_now(const Numbers *n, const FsEntry *entry)
{
    const FsField *fields = feiq_table.fields;
    uint64_t number = entry->value.number;
    if (entry->source != 0 || entry->bit_length == 0) {
        return NULL;
    }
    if (entry->field == &fields[FEIQ_PACKET_NUMBER]) {
        uint64_t now = renewed(n, number);
        return now == number ? NULL : g_strdup_printf("%" G_GUINT64_FORMAT, now);
    }
    bool hexadecimal = entry->field == &fields[FEIQ_REQUEST_PACKET_NUMBER];
    if (hexadecimal || entry->field == &fields[FEIQ_ACK]) {
        const uint64_t *live = g_hash_table_lookup(n->servers, &number);
        return live == NULL || *live == number ? NULL
               : hexadecimal                   ? g_strdup_printf("%" G_GINT64_MODIFIER "x", *live)
                                               : g_strdup_printf("%" G_GUINT64_FORMAT, *live);
    }
    return NULL;
}

GBytes *numbers_rewrite(Numbers *numbers, const Message *recorded)
{
    gsize length;
    const uint8_t *data = g_bytes_get_data(recorded->bytes, &length);
    const FsEntry *own = message_find(recorded, &feiq_table.fields[FEIQ_PACKET_NUMBER]);
    if (own != NULL && recorded->kind == MESSAGE_FEIQ && !numbers->begun) {
        numbers->begun = true;
        numbers->first = own->value.number;
    }
    GByteArray *now = g_byte_array_new();
    gsize copied = 0;
    for (uint32_t i = 0; i < recorded->packet.count; i++) {
        const FsEntry *entry = &recorded->packet.entries[i];
        gsize begin = entry->bit_offset / 8;
        g_autofree char *digits = digits_now(numbers, entry);
        if (digits != NULL && begin >= copied) {
            g_byte_array_append(now, data + copied, (guint)(begin - copied));
            g_byte_array_append(now, (const guint8 *)digits, (guint)strlen(digits));
            copied = begin + entry->bit_length / 8;
        }
    }
    g_byte_array_append(now, data + copied, (guint)(length - copied));
    return g_byte_array_free_to_bytes(now);
}

void numbers_learn(Numbers *numbers, const Message *recorded, const Message *live)
{
    const FsField *field = &feiq_table.fields[FEIQ_PACKET_NUMBER];
    const FsEntry *then = message_find(recorded, field);
    const FsEntry *now = message_find(live, field);
    if (then != NULL && now != NULL) {
        g_hash_table_replace(numbers->servers,
                             g_memdup2(&then->value.number, sizeof then->value.number),
                             g_memdup2(&now->value.number, sizeof now->value.number));
    }
}

char *numbers_expected(void *context, const FsEntry *recorded)
{
    const Numbers *n = context;
    if (recorded->field != &feiq_table.fields[FEIQ_ACK] || n->fresh == 0) {
        return NULL;
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT, renewed(n, recorded->value.number));
}
