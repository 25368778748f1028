/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Internet checksum of RFC 1071: the one's complement of the one's complement sum of 16-bit
 * words in network byte order, an odd last byte standing in the high half.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_CHECKSUM_H
#define FEISCOPE_SNIFFER_HEADERS_CHECKSUM_H

#include "sniffer/headers/walk.h"

/** What a checksum turned out to be: the values of ip.checksum.status and the like. */
typedef enum {
    CHECKSUM_BAD,
    CHECKSUM_GOOD,
    CHECKSUM_UNVERIFIED,  /**< not computed, or not all bytes are there */
    CHECKSUM_NOT_PRESENT, /**< the sender computed none */
    CHECKSUM_ILLEGAL      /**< none where one is obligatory (UDP over IPv6) */
} ChecksumStatus;

/**
 * Add bytes to a running sum.
 *
 * @param sum    0 to begin with; what an earlier call returned to go on
 * @param length in bytes; even for all but the last call
 */
uint64_t checksum_add(uint64_t sum, const uint8_t *data, size_t length);

/** The checksum of a running sum; 0 if the bytes held their own right checksum. */
uint16_t checksum_finish(uint64_t sum);

/**
 * Begin the sum of a transport protocol with its pseudo-header (RFC 9293 3.1, RFC 8200 8.1).
 *
 * @param walk     its innermost addresses
 * @param protocol IP protocol number
 * @param length   of the segment, in bytes
 */
uint64_t checksum_pseudo_header(const HeaderWalk *walk, uint8_t protocol, uint32_t length);

/** What the checksum field should have held, if the bytes with it gave `computed`. */
static inline uint16_t checksum_expected(uint16_t held, uint16_t computed)
{
    uint32_t sum = (uint32_t)held + computed;
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

#endif
