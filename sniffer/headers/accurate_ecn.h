/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Connections that agreed on accurate ECN (RFC 9768): behind such a handshake the flags AE, CWR and
 * ECE are one number, and Wireshark shows them so.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_ACCURATE_ECN_H
#define FEISCOPE_SNIFFER_HEADERS_ACCURATE_ECN_H

#include <stdbool.h>
#include <stdint.h>

/** Most connections that are remembered; the oldest makes room. Few ask for it at a time. */
enum { ACCURATE_ECN_MOST = 64, ACCURATE_ECN_KEY = 36 };

/** A connection whose client asked for accurate ECN, or of which a segment carried its option. */
typedef struct {
    uint8_t key[ACCURATE_ECN_KEY]; /**< client's address and port, then the server's; those of the
                                    *   option's sender, if that is all that was seen */
    bool agreed;                   /**< the server accepted */
    bool option;                   /**< a segment carried the option */
} AccurateEcnConnection;

/** The connections of a capture; all zero is none. */
typedef struct {
    AccurateEcnConnection connections[ACCURATE_ECN_MOST];
    uint32_t count;  /**< how many were ever remembered */
    uint16_t source; /**< ports of the segment that was looked at last */
    uint16_t destination;
} AccurateEcn;

struct HeaderWalk;

/**
 * Learn from a segment's flags, and say whether its AE, CWR and ECE flags are a number.
 *
 * @param walk        its innermost addresses, and what it remembers
 * @param source      port, host order
 * @param destination port, host order
 * @param flags       the twelve flags, as tcp.flags has them
 */
bool accurate_ecn_agreed(struct HeaderWalk *walk, uint16_t source, uint16_t destination,
                         uint16_t flags);

/** Learn that the segment of which accurate_ecn_agreed was asked last carries the option (RFC 9768
 *  3.2.3), which nobody sends who has not agreed: of a capture that misses the handshake, too. */
void accurate_ecn_option(struct HeaderWalk *walk);

#endif
