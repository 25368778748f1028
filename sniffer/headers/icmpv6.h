/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ICMPv6, RFC 4443: what its decoder's files share. The functions read on from where the reader
 * stands.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_ICMPV6_H
#define FEISCOPE_SNIFFER_HEADERS_ICMPV6_H

#include "sniffer/headers/reader.h"

/** Field numbers in icmpv6_table. */
enum {
#define ICMPV6_FIELD(id, ...) ICMPV6_##id,
#include "sniffer/headers/icmpv6_fields.def"
#include "sniffer/headers/icmpv6_rpl_fields.def"
#undef ICMPV6_FIELD
    ICMPV6_FIELD_COUNT
};

extern const FsTable icmpv6_table;

/** Decode the packet that an error or a redirect quotes: the span is all of it. */
void icmpv6_quoted_packet(HeaderReader *reader, FsSpan span);

/** Decode options of neighbour discovery up to the message's end. */
void icmpv6_options(HeaderReader *reader);

/** Decode one such option's data: the reader stands behind its length, and may end anywhere.
 *  @param length of the whole option in bytes, a multiple of 8, at least 8 */
void icmpv6_option(HeaderReader *reader, uint8_t type, uint32_t length);

/** Add an IPv6 prefix of which `length` bytes are there, the rest being 0, and move on. */
void icmpv6_prefix(HeaderReader *reader, unsigned field, uint32_t length);

/** Add a domain name in labels (RFC 1035 3.1) and move on. A pointer counts from the name itself,
 *  as Wireshark has it. */
void icmpv6_domain_name(HeaderReader *reader, unsigned field);

/** Decode a query for multicast listeners: RFC 2710 or, if it is long enough, RFC 3810. */
void icmpv6_listener_query(HeaderReader *reader);

/** Decode a version 2 report of multicast listeners, RFC 3810 5.2. */
void icmpv6_listener_report(HeaderReader *reader);

/** Decode a control message of MPL, RFC 7731 6.3. */
void icmpv6_mpl_control(HeaderReader *reader, uint8_t code);

/** Decode a control message of RPL, RFC 6550 6. */
void icmpv6_rpl_control(HeaderReader *reader, uint8_t code);

/** Decode the options of one up to the message's end. */
void icmpv6_rpl_options(HeaderReader *reader, uint8_t code);

/** Decode the metrics of a DAG metric container (RFC 6551).
 *  @param length of the option's data */
void icmpv6_rpl_metrics(HeaderReader *reader, uint32_t length);

/** Decode router renumbering, RFC 2894. */
void icmpv6_renumbering(HeaderReader *reader, uint8_t code);

/** Decode a node information query (type 139) or reply, RFC 4620. */
void icmpv6_node_information(HeaderReader *reader, uint8_t type, uint8_t code);

/** Skip a sequence in BER: a public key, a certificate. The reader stops where Wireshark cannot
 * read it. */
void icmpv6_skip_ber(HeaderReader *reader);

#endif
