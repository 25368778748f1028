/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ICMP, RFC 792: what its decoder's files, and those of ICMPv6, share.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_ICMP_H
#define FEISCOPE_SNIFFER_HEADERS_ICMP_H

#include "sniffer/headers/reader.h"

/** Field numbers in icmp_table. */
enum {
#define ICMP_FIELD(id, ...) ICMP_##id,
#include "sniffer/headers/icmp_fields.def"
#undef ICMP_FIELD
    ICMP_FIELD_COUNT
};

extern const FsTable icmp_table;

/** States of a neighbour in an answer to an extended echo request (RFC 8335 3). */
extern const FsName neighbor_state_names[];

/** Decode multi-part extensions (RFC 4884), of ICMP and ICMPv6 alike: the span is all of them. */
void icmp_extensions(HeaderWalk *walk, FsSpan span);

/** Decode what follows the addresses of a router advertisement (RFC 5944 2.1). */
void icmp_mobile_ip(HeaderReader *reader);

#endif
