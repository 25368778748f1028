/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP, RFC 9293: what its decoder's files share.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_TCP_H
#define FEISCOPE_SNIFFER_HEADERS_TCP_H

#include "sniffer/headers/reader.h"

/** Field numbers in tcp_table. */
enum {
#define TCP_FIELD(id, ...) TCP_##id,
#include "sniffer/headers/tcp_fields.def"
#undef TCP_FIELD
    TCP_FIELD_COUNT
};

extern const FsTable tcp_table;

/** Names of the nine flags that have one, all combinations: "SYN, ACK". */
extern const FsName tcp_flags_names[];

/**
 * Decode the options.
 *
 * @param reader at the first option
 * @param left   bytes of all options, by the header
 */
void tcp_options(HeaderReader *reader, uint32_t left);

/** Decode a Multipath TCP option (RFC 8684): the reader stands behind kind and length. */
void tcp_multipath_option(HeaderReader *option);

/** Decode a Riverbed probe or transparency option: the reader stands behind kind and length. */
void tcp_riverbed_probe(HeaderReader *option);
void tcp_riverbed_transparency(HeaderReader *option);

#endif
