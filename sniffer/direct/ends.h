/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who speaks to whom: addresses and ports as text in their column, remembered, since the same few
 * speak again and again.
 */
#ifndef FEISCOPE_SNIFFER_DIRECT_ENDS_H
#define FEISCOPE_SNIFFER_DIRECT_ENDS_H

#include "sniffer/headers/walk.h"

/** How many ends are remembered: so many pairs. */
enum { DIRECT_END_BITS = 10, DIRECT_END_PAIRS = 1 << DIRECT_END_BITS };

/** One end. */
typedef struct {
    uint32_t address; /**< IPv4, host order */
    uint16_t port;    /**< host order */
    bool known;       /**< the rest is set */
    bool feiq;        /**< what UDP carries there is FeiQ's */
    bool special;     /**< what TCP carries there is decoded */
    char text[23];    /**< LINE_ADDRESS_WIDTH bytes, which any IPv4 address with its port fits */
} DirectEnd;
_Static_assert(sizeof(DirectEnd) == 32, "two in a line of the cache");

/** Those that are remembered; of a pair, the one that came last first. All zero, there are none. */
typedef struct {
    _Alignas(FS_CACHE_LINE) DirectEnd ends[DIRECT_END_PAIRS][2];
} DirectEnds;

/**
 * Find or remember an end.
 *
 * @param walk says which ports are whose; always the same
 * @return valid until the next is asked for
 */
const DirectEnd *direct_end(DirectEnds *ends, const HeaderWalk *walk, uint32_t address,
                            uint16_t port);

#endif
