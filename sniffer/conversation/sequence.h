/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP's sequence numbers, which begin anew after 2^32: of two, the one that is less than 2^31 ahead
 * of the other is the later (RFC 9293 3.4).
 */
#ifndef FEISCOPE_SNIFFER_CONVERSATION_SEQUENCE_H
#define FEISCOPE_SNIFFER_CONVERSATION_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes from one number to another; negative if that comes before. */
static inline int32_t sequence_distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

/** Does one number come after another? Of two that are 2^31 apart each does, as in Wireshark. */
static inline bool sequence_after(uint32_t number, uint32_t other)
{
    return sequence_distance(number, other) < 0;
}

/** Does one number come before another? */
static inline bool sequence_before(uint32_t number, uint32_t other)
{
    return sequence_distance(other, number) < 0;
}

#endif
