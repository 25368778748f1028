/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4, RFC 791: what its decoder's files share.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_IPV4_H
#define FEISCOPE_SNIFFER_HEADERS_IPV4_H

#include "sniffer/headers/reader.h"

/** Field numbers in ipv4_table. */
enum {
#define IPV4_FIELD(id, ...) IPV4_##id,
#include "sniffer/headers/ipv4_fields.def"
#undef IPV4_FIELD
    IPV4_FIELD_COUNT
};

extern const FsTable ipv4_table;

/**
 * Decode the options.
 *
 * @param reader at the first option; left after the last that was read
 * @param left   bytes of all options
 * @param ttl    of the header that holds them (for Quick-Start)
 */
void ipv4_options(HeaderReader *reader, uint32_t left, uint8_t ttl);

/**
 * Find where a source route keeps the datagram's last destination.
 *
 * @param reader at the header's first byte
 * @param left   bytes of all options
 * @return its offset from the first byte; 16, that of the destination address, if there is no
 * source route or it is used up
 */
uint32_t ipv4_final_destination(HeaderReader *reader, uint32_t left);

#endif
