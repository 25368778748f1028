/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What IPv4 and IPv6 share in putting fragments together.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_DATAGRAM_H
#define FEISCOPE_SNIFFER_HEADERS_DATAGRAM_H

#include "sniffer/headers/reader.h"
#include "sniffer/reassembly/fragments.h"

/** Which fields of the reader's table say what came of it. */
typedef struct {
    uint16_t count;
    uint16_t length;
    uint16_t overlap;
    uint16_t conflict;
    uint16_t beyond;
    uint16_t refused;
} DatagramFields;

/**
 * Give a fragment to walk->fragments, between the walk's two addresses, and say what came of it.
 *
 * @param reader at the fragment's bytes
 * @return the datagram's payload if it is whole now; else an empty span. It lives as long as the
 *         packet; the caller begins and ends the source
 */
FsSpan datagram_reassemble(HeaderReader *reader, const DatagramFields *fields, uint8_t protocol,
                           uint32_t identification, const Fragment *fragment);

#endif
