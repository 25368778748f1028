/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv6, RFC 8200: what its decoder's files share.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_IPV6_H
#define FEISCOPE_SNIFFER_HEADERS_IPV6_H

#include "sniffer/headers/reader.h"

/** Field numbers in ipv6_table. */
enum {
#define IPV6_FIELD(id, ...) IPV6_##id,
#include "sniffer/headers/ipv6_fields.def"
#undef IPV6_FIELD
    IPV6_FIELD_COUNT
};

extern const FsTable ipv6_table;

/** What extension headers need from the header that they belong to. */
typedef struct {
    bool over_ipv6;    /**< else the extension headers follow an IPv4 header, which is odd */
    uint8_t hop_limit; /**< of the IPv6 header */
    int64_t left;      /**< payload length of the IPv6 header less the extension headers so far */
} Ipv6Chain;

/**
 * Decode what follows an IPv6 or extension header: more extension headers, or the upper layer.
 *
 * @param next  the next-header value
 * @param depth that the upper layer's entries have; extension headers are one deeper
 */
void ipv6_next(HeaderWalk *walk, Ipv6Chain *chain, uint8_t next, FsSpan span, uint8_t depth);

/** Is this the number of an extension header that ipv6_next decodes? */
bool ipv6_is_extension(uint8_t protocol);

/** Decode an extension header that an IPv4 header announces. */
void header_ipv6_extension(HeaderWalk *walk, uint8_t protocol, FsSpan span);

/**
 * Add what the two addresses of a header tell: 6to4, Teredo, SLAAC, ISATAP, IPv4 inside.
 *
 * @param reader at the source address, which the destination address follows; both are there
 */
void ipv6_address_meanings(HeaderReader *reader);

/** Decode one option that is neither Pad1 nor PadN: the reader stands at its data, and the option's
 *  length need not fit; what is left of it is added as unknown data. */
void ipv6_option(HeaderReader *reader, const Ipv6Chain *chain, uint8_t type, uint8_t length);

/** Decode in-situ OAM data, RFC 9486 and 9197: the reader stands at the option's data. */
void ipv6_ioam_option(HeaderReader *reader, uint8_t length);

/**
 * Decode what is special to a type of routing header (RFC 8200 4.4).
 *
 * @param reader        at the data behind the first four bytes, and it ends with the header
 * @param length        of the header by its own field, in units of 8 bytes less one
 * @param segments_left so many addresses are still to be visited
 */
void ipv6_routing_data(HeaderReader *reader, uint8_t type, uint8_t length, uint8_t segments_left);

#endif
