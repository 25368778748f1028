/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Eight octets at a time: questions about texts.
 */
#ifndef FEISCOPE_PROTOCOL_OCTETS_H
#define FEISCOPE_PROTOCOL_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The same octet eight times. */
#define FS_OCTETS(octet) (UINT64_C(0x0101010101010101) * (octet))

/** Eight octets from memory, the first in the lowest bits; compilers make one load of it. */
static inline uint64_t fs_octets(const void *from)
{
    const uint8_t *at = from;
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

/** Is one of the octets from 0x80 on? */
static inline bool fs_octets_wide(uint64_t word)
{
    return (word & FS_OCTETS(0x80)) != 0;
}

/** Is one of them below `limit`, which is at most 0x80? */
static inline bool fs_octets_below(uint64_t word, uint8_t limit)
{
    return ((word - FS_OCTETS(limit)) & ~word & FS_OCTETS(0x80)) != 0;
}

/** Is one of them this? */
static inline bool fs_octets_have(uint64_t word, uint8_t octet)
{
    return fs_octets_below(word ^ FS_OCTETS(octet), 1);
}

/** Those of them that are this: the top bit of each. */
static inline uint64_t fs_octets_equal(uint64_t word, uint8_t octet)
{
    uint64_t other = word ^ FS_OCTETS(octet);
    return ~(((other & FS_OCTETS(0x7f)) + FS_OCTETS(0x7f)) | other | FS_OCTETS(0x7f));
}

/** Which octet the lowest of some top bits, at least one, belongs to. */
static inline unsigned fs_octets_first(uint64_t tops)
{
    uint64_t below = (tops & (~tops + 1)) - 1; /* ones at the bottom of each octet up to it */
    return (unsigned)((below & FS_OCTETS(1)) * FS_OCTETS(1) >> 56) - 1;
}

/**
 * Find an octet, in texts that are too short for a call of memchr to be worth it.
 *
 * @return the first of them; end if there is none
 */
static inline const uint8_t *fs_find(const uint8_t *at, const uint8_t *end, uint8_t octet)
{
    for (; end - at >= 8; at += 8) {
        uint64_t found = fs_octets_equal(fs_octets(at), octet);
        if (found != 0) {
            return at + fs_octets_first(found);
        }
    }
    while (at < end && *at != octet) {
        at++;
    }
    return at;
}

/** Octets at the start that are printable ASCII, 0x20 to 0x7e. */
static inline size_t fs_printable_prefix(const uint8_t *data, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = fs_octets(data + i);
        if (fs_octets_wide(word) || fs_octets_below(word, 0x20) || fs_octets_have(word, 0x7f)) {
            break;
        }
    }
    while (i < length && data[i] >= 0x20 && data[i] < 0x7f) {
        i++;
    }
    return i;
}

#endif
