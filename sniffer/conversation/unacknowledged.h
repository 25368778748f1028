/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Segments that were sent and not yet acknowledged: a list of each direction, the newest first,
 * out of one store of fixed size. All zero is an empty list.
 */
#ifndef FEISCOPE_SNIFFER_CONVERSATION_UNACKNOWLEDGED_H
#define FEISCOPE_SNIFFER_CONVERSATION_UNACKNOWLEDGED_H

#include <stdbool.h>
#include <stdint.h>

enum {
    UNACKNOWLEDGED_STORE = 32768,     /**< segments that a store keeps, of all connections */
    UNACKNOWLEDGED_DIRECTION = 10000, /**< of one direction: Wireshark's TCP_MAX_UNACKED_SEGMENTS */
};

/** A segment. */
typedef struct {
    int64_t time;      /**< nanoseconds */
    uint32_t sequence; /**< raw number of its first byte that is not acknowledged */
    uint32_t next;     /**< raw number behind its last */
    uint32_t frame;
    uint32_t older; /**< the store's own */
} Unacknowledged;

/** Those of one direction. */
typedef struct {
    uint32_t newest; /**< a place in the store, counted from 1; 0: none */
    uint32_t low;    /**< of all sequence numbers less the base: the lowest first … */
    uint32_t high;   /**< … and the highest next */
    uint16_t count;
    bool stale; /**< low and high must be looked for again */
} UnacknowledgedList;

/** Where the segments of all lists are. */
typedef struct UnacknowledgedStore UnacknowledgedStore;

/** Make a store of `capacity` segments; NULL if there is no memory. */
UnacknowledgedStore *unacknowledged_new(uint32_t capacity);

/** Free a store; NULL is none. */
void unacknowledged_free(UnacknowledgedStore *store);

/** The newest segment of a list; NULL: it is empty. */
Unacknowledged *unacknowledged_first(UnacknowledgedStore *store, const UnacknowledgedList *list);

/** The segment that was added before; NULL: there is none. */
Unacknowledged *unacknowledged_older(UnacknowledgedStore *store, const Unacknowledged *segment);

/**
 * Add a segment.
 *
 * @param base the direction's first sequence number
 * @return false if the store is full
 */
bool unacknowledged_add(UnacknowledgedStore *store, UnacknowledgedList *list,
                        const Unacknowledged *segment, uint32_t base);

/**
 * Take off what an acknowledgment covers.
 *
 * @param match set to a copy of the oldest segment that ends where the acknowledgment says
 * @param last  set to when the newest of those was sent: later, if it was sent again
 * @return whether there is one
 */
bool unacknowledged_acknowledge(UnacknowledgedStore *store, UnacknowledgedList *list, uint32_t ack,
                                Unacknowledged *match, int64_t *last);

/** From the lowest sequence number to the highest, by their distance from the base. */
uint32_t unacknowledged_span(UnacknowledgedStore *store, UnacknowledgedList *list, uint32_t base);

/** Empty a list. Returns how many segments it had. */
uint32_t unacknowledged_clear(UnacknowledgedStore *store, UnacknowledgedList *list);

#endif
