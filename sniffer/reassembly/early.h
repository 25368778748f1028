/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Segments of TCP that came before their turn: a list for each direction of a stream, in the order
 * of their sequence numbers, of the same number in the order in which they came. Where two disagree
 * about a byte, the earlier in this order counts, as in Wireshark. Memory is bounded, for a list
 * and for all of a store.
 */
#ifndef FEISCOPE_SNIFFER_REASSEMBLY_EARLY_H
#define FEISCOPE_SNIFFER_REASSEMBLY_EARLY_H

#include "protocol/packet.h"

enum {
    EARLY_LIST_SEGMENTS = 256, /**< most of a list, */
    EARLY_LIST_BYTES = 256 * 1024,
    EARLY_STORE_BYTES = 4 * 1024 * 1024 /**< and of all lists */
};

/** A segment that waits. Of one that the snapshot length cut no bytes are kept. */
typedef struct EarlySegment {
    struct EarlySegment *next;
    uint32_t sequence; /**< of its first byte */
    uint32_t captured; /**< bytes that are kept: `length`, or 0 if it was cut */
    uint32_t length;   /**< bytes on the wire */
    uint8_t bytes[];
} EarlySegment;

/** Those of one direction; all zero to begin with. */
typedef struct {
    EarlySegment *first;
    uint32_t count;
    uint32_t bytes;
} EarlyList;

/** What all lists hold; all zero to begin with. */
typedef struct {
    uint64_t bytes;
} EarlyStore;

/**
 * Keep a segment.
 *
 * @param sequence of the span's first byte
 * @return false if there is no room: nothing was changed
 */
bool early_keep(EarlyStore *store, EarlyList *list, uint32_t sequence, FsSpan span);

/** Take the first segment off a list that has one. It is the caller's, for free. */
EarlySegment *early_take(EarlyStore *store, EarlyList *list);

/** Forget all of a list; returns the bytes that were kept. */
uint32_t early_forget(EarlyStore *store, EarlyList *list);

#endif
