/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 and IPv6 fragments put together. State is bounded: a fixed number of datagrams, of which the
 * one that got no fragment for longest is forgotten first, and counted.
 *
 * The rule, which is also Wireshark's, so that both show the same: a datagram is whole, and
 * decoded, in the frame that fills its last gap. Where fragments overlap, the one with the smaller
 * offset has the bytes, of two with the same offset the earlier; if the bytes differ, that is said.
 * The first fragment that says that it is the last gives the length; what lies beyond is left out,
 * and that is said too. A datagram that would be longer than IP allows is refused.
 */
#ifndef FEISCOPE_SNIFFER_REASSEMBLY_FRAGMENTS_H
#define FEISCOPE_SNIFFER_REASSEMBLY_FRAGMENTS_H

#include "protocol/packet.h"

/** The datagrams of which some fragments were seen. */
typedef struct FragmentTable FragmentTable;

enum {
    FRAGMENTS_DEFAULT_DATAGRAMS = 256, /**< incomplete datagrams that are remembered */
    FRAGMENTS_MOST_BYTES = 65535       /**< of a datagram's payload */
};

/** What fragments of one datagram have in common. Bytes that are not used are 0. */
typedef struct {
    uint8_t source[16];
    uint8_t destination[16];
    uint32_t identification; /**< 16 bits in IPv4, 32 in IPv6 */
    uint8_t address_length;  /**< 4 or 16 */
    uint8_t protocol;        /**< IPv4's protocol number; 0 in IPv6, where it does not count */
} FragmentKey;

/** One fragment. */
typedef struct {
    const uint8_t *data;
    uint32_t length; /**< in bytes; all of them were captured */
    uint32_t offset; /**< in the datagram's payload, in bytes */
    bool more;       /**< it is not the last */
} Fragment;

/** What a fragment led to. */
typedef enum {
    FRAGMENT_WAITING, /**< the datagram has gaps */
    FRAGMENT_WHOLE,   /**< it has none any more */
    FRAGMENT_REFUSED  /**< it reaches beyond what a datagram can hold, or comes in more pieces or
                       *   with more overlap than is kept; the datagram is forgotten */
} FragmentVerdict;

/** A datagram put together. */
typedef struct {
    FsSpan span;    /**< valid until fragments_release */
    uint32_t count; /**< fragments */
    bool overlap;   /**< some share bytes */
    bool conflict;  /**< and not all agree on them */
    bool beyond;    /**< some reach beyond the last */
} Datagram;

/** What was left out or forgotten so far. */
typedef struct {
    uint64_t whole;     /**< datagrams put together */
    uint64_t forgotten; /**< incomplete ones, forgotten to make room for others */
    uint64_t refused;   /**< refused ones */
    uint32_t waiting;   /**< incomplete ones, now */
} FragmentCounts;

/**
 * Make a table, to be set as HeaderWalk.fragments.
 *
 * @param datagrams most incomplete datagrams; at least 1
 * @return the table, for fragments_free; NULL if there is no memory
 */
FragmentTable *fragments_new(uint32_t datagrams);

/** Free a table; NULL is none. */
void fragments_free(FragmentTable *table);

/** What was left out or forgotten so far. */
FragmentCounts fragments_counts(const FragmentTable *table);

/** A new frame begins: nobody looks at what was put together in the last one any more. */
void fragments_release(FragmentTable *table);

/**
 * Add a fragment.
 *
 * @param datagram set if FRAGMENT_WHOLE is returned
 */
FragmentVerdict fragments_add(FragmentTable *table, const FragmentKey *key,
                              const Fragment *fragment, Datagram *datagram);

#endif
