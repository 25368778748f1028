/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FEISCOPE_SNIFFER_HEADERS_UDP_H
#define FEISCOPE_SNIFFER_HEADERS_UDP_H

#include "sniffer/headers/walk.h"

/** Decode a UDP-Lite datagram (RFC 3828). */
void header_udp_lite(HeaderWalk *walk, FsSpan span);

/**
 * Append which stream a datagram belongs to, if streams are remembered (walk->udp) and the packet
 * is not brief: the one-line form has no place for it.
 *
 * @param header      the datagram's first byte
 * @param source      port, host order
 * @param destination port, host order
 * @param carries     the datagram has a payload, by its length field
 */
void header_udp_stream(HeaderWalk *walk, const uint8_t *header, uint16_t source,
                       uint16_t destination, bool carries);

/** Learn from a datagram of at least eight bytes that is not decoded; walk's addresses are set. */
void header_udp_learn(const HeaderWalk *walk, FsSpan span);

#endif
