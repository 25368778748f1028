/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * UDP-Lite, RFC 3828.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_UDP_LITE_H
#define FEISCOPE_SNIFFER_HEADERS_UDP_LITE_H

#include "sniffer/headers/reader.h"

extern const FsTable udp_table;

/** Decode a UDP-Lite datagram: UDP's fields, and a checksum coverage in place of the length. */
void header_udp_lite(HeaderWalk *walk, FsSpan span);

#endif
