/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/conversation/table.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = UINT32_MAX };

struct ConversationTable {
    unsigned char *records;
    uint32_t *buckets;
    size_t record_size;
    uint32_t bucket_mask;
    uint32_t capacity;
    uint32_t used;
    uint32_t hand; /* where to look for one to forget */
    uint32_t begun;
    uint64_t forgotten;
};

ConversationTable *conversations_new(size_t record_size, uint32_t capacity)
{
    ConversationTable *table = calloc(1, sizeof *table);
    if (table == NULL) {
        return NULL;
    }
    uint32_t buckets = 16;
    while (buckets < capacity) {
        buckets *= 2;
    }
    table->record_size = record_size;
    table->capacity = capacity;
    table->bucket_mask = buckets - 1;
    table->records = malloc((size_t)capacity * record_size); /* touched as it is used */
    table->buckets = malloc((size_t)buckets * sizeof *table->buckets);
    if (table->records == NULL || table->buckets == NULL) {
        conversations_free(table);
        return NULL;
    }
    memset(table->buckets, 0xff, (size_t)buckets * sizeof *table->buckets);
    return table;
}

void conversations_free(ConversationTable *table)
{
    if (table != NULL) {
        free(table->records);
        free(table->buckets);
        free(table);
    }
}

/* --- keys --- */

static uint64_t u32(const uint8_t *at)
{
    return (uint64_t)at[0] << 24 | (uint64_t)at[1] << 16 | (uint64_t)at[2] << 8 | at[3];
}

static uint64_t u64(const uint8_t *at)
{
    return u32(at) << 32 | u32(at + 4);
}

unsigned conversation_key(ConversationKey *key, uint32_t address_length, const uint8_t *source,
                          const uint8_t *destination, const uint16_t ports[2])
{
    bool long_address = address_length == 16;
    uint64_t from[2] = {long_address ? u64(source) : 0,
                        long_address ? u64(source + 8) : u32(source)};
    uint64_t to[2] = {long_address ? u64(destination) : 0,
                      long_address ? u64(destination + 8) : u32(destination)};
    bool equal = from[0] == to[0] && from[1] == to[1];
    unsigned side = equal              ? ports[0] > ports[1]
                    : from[0] != to[0] ? from[0] > to[0]
                                       : from[1] > to[1];
    memcpy(key->addresses[side], from, sizeof from);
    memcpy(key->addresses[1 - side], to, sizeof to);
    key->ports[side] = ports[0];
    key->ports[1 - side] = ports[1];
    key->address_length = address_length;
    return side;
}

static bool same(const ConversationKey *a, const ConversationKey *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static uint32_t *bucket_of(ConversationTable *table, const ConversationKey *key)
{
    static const uint64_t odd = 0x9e3779b97f4a7c15U;
    uint64_t words[5];
    _Static_assert(sizeof words == sizeof *key, "a key has no padding");
    memcpy(words, key, sizeof words);
    uint64_t hash = 0;
    for (unsigned i = 0; i < 5; i++) {
        hash = (hash ^ words[i]) * odd;
        hash ^= hash >> 29;
    }
    return &table->buckets[(uint32_t)(hash >> 32 ^ hash) & table->bucket_mask];
}

/* --- records --- */

static ConversationHead *record_at(ConversationTable *table, uint32_t index)
{
    return (ConversationHead *)(void *)(table->records + (size_t)index * table->record_size);
}

void *conversations_at(ConversationTable *table, uint32_t index)
{
    return index < table->used ? record_at(table, index) : NULL;
}

void *conversations_find(ConversationTable *table, const ConversationKey *key)
{
    uint32_t index = *bucket_of(table, key);
    while (index != NONE) {
        ConversationHead *head = record_at(table, index);
        if (same(&head->key, key)) {
            head->recent = true;
            return head;
        }
        index = head->chain;
    }
    return NULL;
}

static void unlink_record(ConversationTable *table, uint32_t index)
{
    ConversationHead *head = record_at(table, index);
    uint32_t *at = bucket_of(table, &head->key);
    while (*at != index) {
        at = &record_at(table, *at)->chain;
    }
    *at = head->chain;
}

/* The place of one that was not asked for since the hand passed it last. */
static uint32_t make_room(ConversationTable *table, ConversationForget *forget, void *context)
{
    for (;;) {
        uint32_t index = table->hand;
        table->hand = index + 1 < table->capacity ? index + 1 : 0;
        ConversationHead *head = record_at(table, index);
        if (!head->recent) {
            if (forget != NULL) {
                forget(context, head);
            }
            unlink_record(table, index);
            table->forgotten++;
            return index;
        }
        head->recent = false;
    }
}

static void begin(ConversationTable *table, ConversationHead *head, const ConversationKey *key,
                  uint32_t chain)
{
    ConversationKey copy = *key; /* it may be the record's own */
    memset(head, 0, table->record_size);
    head->key = copy;
    head->chain = chain;
    head->number = table->begun++;
    head->recent = true;
}

void *conversations_add(ConversationTable *table, const ConversationKey *key,
                        ConversationForget *forget, void *context)
{
    uint32_t index =
        table->used < table->capacity ? table->used++ : make_room(table, forget, context);
    uint32_t *bucket = bucket_of(table, key);
    ConversationHead *head = record_at(table, index);
    begin(table, head, key, *bucket);
    *bucket = index;
    return head;
}

void conversations_renew(ConversationTable *table, void *record)
{
    ConversationHead *head = record;
    begin(table, head, &head->key, head->chain);
}

uint64_t conversations_forgotten(const ConversationTable *table)
{
    return table->forgotten;
}
