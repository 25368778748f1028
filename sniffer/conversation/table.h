/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who spoke with whom so far, by addresses and ports: a hash table of records of one size. Records
 * are numbered from 0 in the order in which they begin. Memory is bounded: where there is no room,
 * one that was not asked for lately is forgotten, and counted.
 */
#ifndef FEISCOPE_SNIFFER_CONVERSATION_TABLE_H
#define FEISCOPE_SNIFFER_CONVERSATION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Records that a table keeps, unless a test wants fewer; feiqdump is to stay below 16 MiB. */
enum { CONVERSATIONS_DEFAULT = 12288 };

/** Both ends: the lower address first; of equal addresses, the lower port. All bytes are set. */
typedef struct {
    uint64_t addresses[2][2]; /**< in host order, high half first; of IPv4 the second is the address
                               *   and the first 0 */
    uint16_t ports[2];
    uint32_t address_length; /**< 4 or 16 */
} ConversationKey;

/** What every record begins with: with a key and a little more, a record is one line of the cache.
 */
typedef struct {
    ConversationKey key;
    uint32_t number;
    uint32_t place; /**< the table's own */
} ConversationHead;

/** A table of records. */
typedef struct ConversationTable ConversationTable;

/** Called before a record is forgotten. */
typedef void ConversationForget(void *context, void *record);

/**
 * Make a table.
 *
 * @param record_size bytes of a record, which begins with a ConversationHead
 * @param capacity    most records; at least 1
 * @return NULL if there is no memory
 */
ConversationTable *conversations_new(size_t record_size, uint32_t capacity);

/** Free a table; NULL is none. */
void conversations_free(ConversationTable *table);

/**
 * Make the key of a packet.
 *
 * @param address_length 4 or 16
 * @param source         address in network order
 * @param destination    address in network order
 * @param ports          source and destination, host order
 * @return the side that sent it: 1 if the source is the higher end, else 0
 */
unsigned conversation_key(ConversationKey *key, uint32_t address_length, const uint8_t *source,
                          const uint8_t *destination, const uint16_t ports[2]);

/** A record may be asked for soon: call its slot into the cache. */
void conversations_expect(ConversationTable *table, const ConversationKey *key);

/** A little later: call the record itself. */
void conversations_expect_record(const ConversationTable *table);

/** Find a record; NULL if there is none. */
void *conversations_find(ConversationTable *table, const ConversationKey *key);

/** Add a record of a key that has none. It is all 0 but for its head. */
void *conversations_add(ConversationTable *table, const ConversationKey *key,
                        ConversationForget *forget, void *context);

/** Begin a record anew, with a number of its own; it is all 0 but for its head. */
void conversations_renew(ConversationTable *table, void *record);

/** Records in the order of their places, not of their numbers; NULL from `index` = the last + 1. */
void *conversations_at(ConversationTable *table, uint32_t index);

/** Records that were forgotten so far. */
uint64_t conversations_forgotten(const ConversationTable *table);

#endif
