/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Over how many segments of a stream a message lies (粘包 and its opposite, 拆包).
 */
#ifndef FEISCOPE_DISSECTOR_SEGMENTS_H
#define FEISCOPE_DISSECTOR_SEGMENTS_H

#include <stdbool.h>
#include <stdint.h>

/** One direction of a connection, of which the segments come by one after the other; all zero to
 * begin with. It is kept at the first visits of frames only. */
typedef struct {
    uint32_t start; /**< sequence number of the message that waits for its rest */
    uint32_t count; /**< segments that hold bytes of it; 0: none waits */
} Segments;

/**
 * Count the segments of the first message of a segment's bytes. All that follow in it lie in this
 * segment alone.
 *
 * @param start sequence number of the first byte, which may have come in an earlier segment
 */
static inline uint32_t segments_of_first(const Segments *segments, uint32_t start)
{
    bool continues = segments->count > 0 && segments->start == start;
    return continues ? segments->count + 1 : 1;
}

/**
 * Keep what a segment leaves for the next.
 *
 * @param start  as above
 * @param offset of the message that waits for its rest, from there
 * @param waits  whether there is one
 */
static inline void segments_keep(Segments *segments, uint32_t start, uint32_t offset, bool waits)
{
    uint32_t count = offset == 0 ? segments_of_first(segments, start) : 1;
    *segments = (Segments){start + offset, waits ? count : 0};
}

#endif
