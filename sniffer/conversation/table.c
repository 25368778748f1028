/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/conversation/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, HUGE_PAGE = 1 << 21 };

/* Where a record is: its place counted from 1, 0 for none; and its key's hash, so that few other
 * records have to be looked at. A record stands in the first free slot from the one that the hash
 * names. */
typedef struct {
    uint32_t place;
    uint32_t hash;
} Slot;

struct ConversationTable {
    unsigned char *records;
    Slot *slots;
    uint32_t *slot_of; /* by place; of records in use */
    uint8_t *recent;   /* by place: 1 if it was asked for lately */
    size_t record_size;
    uint32_t slot_mask;
    uint32_t capacity;
    uint32_t used;
    uint32_t hand; /* where to look for one to forget */
    uint32_t begun;
    uint64_t forgotten;
    uint32_t expected; /* hash of the key that will be asked for next */
};

/* Memory that is touched as it is used, at random: large pages save a fifth of the time. */
static void *allocate(size_t size)
{
    void *memory = aligned_alloc(HUGE_PAGE, (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    if (memory != NULL) {
        (void)madvise(memory, size, MADV_HUGEPAGE);
    }
    return memory;
}

ConversationTable *conversations_new(size_t record_size, uint32_t capacity)
{
    ConversationTable *table = calloc(1, sizeof *table);
    if (table == NULL) {
        return NULL;
    }
    uint32_t slots = 16;
    while (slots < 2 * (uint64_t)capacity) {
        slots *= 2;
    }
    table->record_size = (record_size + LINE - 1) / LINE * LINE;
    table->capacity = capacity;
    table->slot_mask = slots - 1;
    table->records = allocate(capacity * table->record_size);
    table->slots = allocate(slots * sizeof *table->slots);
    table->slot_of = calloc((size_t)capacity + 1, sizeof *table->slot_of);
    table->recent = calloc((size_t)capacity + 1, sizeof *table->recent);
    if (table->records == NULL || table->slots == NULL || table->slot_of == NULL ||
        table->recent == NULL) {
        conversations_free(table);
        return NULL;
    }
    memset(table->slots, 0, slots * sizeof *table->slots);
    return table;
}

void conversations_free(ConversationTable *table)
{
    if (table != NULL) {
        free(table->records);
        free(table->slots);
        free(table->slot_of);
        free(table->recent);
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

static uint32_t hash_of(const ConversationKey *key)
{
    static const uint64_t odd = 0x9e3779b97f4a7c15U;
    uint64_t words[5];
    _Static_assert(sizeof words == sizeof *key, "a key has no padding");
    memcpy(words, key, sizeof words);
    uint64_t hash = (words[0] ^ words[2] * 31) * odd; /* of IPv4, 0 */
    hash = (hash ^ words[1] ^ words[3] << 32 ^ words[3] >> 32) * odd;
    hash = (hash ^ hash >> 29 ^ words[4]) * odd;
    return (uint32_t)(hash ^ hash >> 32);
}

/* --- records --- */

static ConversationHead *record_at(ConversationTable *table, uint32_t place)
{
    return (ConversationHead *)(void *)(table->records + (size_t)(place - 1) * table->record_size);
}

void *conversations_at(ConversationTable *table, uint32_t index)
{
    return index < table->used ? record_at(table, index + 1) : NULL;
}

/* The slot of a key, or the free one that it would have. */
static uint32_t find_slot(ConversationTable *table, const ConversationKey *key, uint32_t hash)
{
    uint32_t slot = hash & table->slot_mask;
    while (table->slots[slot].place != 0) {
        if (table->slots[slot].hash == hash &&
            same(&record_at(table, table->slots[slot].place)->key, key)) {
            break;
        }
        slot = (slot + 1) & table->slot_mask;
    }
    return slot;
}

void *conversations_find(ConversationTable *table, const ConversationKey *key)
{
    uint32_t place = table->slots[find_slot(table, key, hash_of(key))].place;
    if (place == 0) {
        return NULL;
    }
    table->recent[place] = 1;
    return record_at(table, place);
}

/* Not in C; a compiler that has it says so. */
static void prefetch(const void *memory)
{
#ifdef __GNUC__
    __builtin_prefetch(memory, 1);
#else
    (void)memory;
#endif
}

void conversations_expect(ConversationTable *table, const ConversationKey *key)
{
    table->expected = hash_of(key);
    prefetch(&table->slots[table->expected & table->slot_mask]);
}

/* The next place in turn. */
static uint32_t after(const ConversationTable *table, uint32_t place)
{
    return place < table->capacity ? place + 1 : 1;
}

/* The place that a record would be given, if that is found soon. */
static uint32_t next_place(const ConversationTable *table)
{
    enum { SOON = 16 };
    if (table->used < table->capacity) {
        return table->used + 1;
    }
    uint32_t place = table->hand + 1;
    for (unsigned i = 0; i < SOON && table->recent[place] != 0; i++) {
        place = after(table, place);
    }
    return place;
}

void conversations_expect_record(const ConversationTable *table)
{
    uint32_t slot = table->expected & table->slot_mask;
    while (table->slots[slot].place != 0 && table->slots[slot].hash != table->expected) {
        slot = (slot + 1) & table->slot_mask;
    }
    uint32_t place = table->slots[slot].place;
    if (place == 0) {
        place = next_place(table);
        prefetch(&table->slots[table->slot_of[place]]);
    }
    const unsigned char *record = table->records + (size_t)(place - 1) * table->record_size;
    for (size_t at = 0; at < table->record_size; at += LINE) {
        prefetch(record + at);
    }
}

static void set_slot(ConversationTable *table, uint32_t slot, Slot content)
{
    table->slots[slot] = content;
    table->slot_of[content.place] = slot;
}

/* Free a slot, and move up those behind it that would no longer be found. */
static void free_slot(ConversationTable *table, uint32_t slot)
{
    uint32_t next = slot;
    for (;;) {
        next = (next + 1) & table->slot_mask;
        Slot moved = table->slots[next];
        if (moved.place == 0) {
            break;
        }
        uint32_t from_home = (next - moved.hash) & table->slot_mask;
        if (from_home >= ((next - slot) & table->slot_mask)) {
            set_slot(table, slot, moved);
            slot = next;
        }
    }
    table->slots[slot].place = 0;
}

/* The place of one that was not asked for since the hand passed it last. */
static uint32_t make_room(ConversationTable *table, ConversationForget *forget, void *context)
{
    for (;;) {
        uint32_t place = table->hand + 1;
        table->hand = place < table->capacity ? place : 0;
        if (table->recent[place] == 0) {
            if (forget != NULL) {
                forget(context, record_at(table, place));
            }
            free_slot(table, table->slot_of[place]);
            table->forgotten++;
            return place;
        }
        table->recent[place] = 0;
    }
}

static void begin(ConversationTable *table, uint32_t place, const ConversationKey *key)
{
    ConversationHead *head = record_at(table, place);
    ConversationKey copy = *key; /* it may be the record's own */
    memset(head, 0, table->record_size);
    head->key = copy;
    head->number = table->begun++;
    head->place = place;
    table->recent[place] = 1;
}

void *conversations_add(ConversationTable *table, const ConversationKey *key,
                        ConversationForget *forget, void *context)
{
    uint32_t hash = hash_of(key);
    uint32_t place =
        table->used < table->capacity ? ++table->used : make_room(table, forget, context);
    begin(table, place, key);
    set_slot(table, find_slot(table, key, hash), (Slot){place, hash});
    return record_at(table, place);
}

void conversations_renew(ConversationTable *table, void *record)
{
    const ConversationHead *head = record;
    begin(table, head->place, &head->key);
}

uint64_t conversations_forgotten(const ConversationTable *table)
{
    return table->forgotten;
}
