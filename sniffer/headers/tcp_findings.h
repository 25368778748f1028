/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the segments before tell about a segment: from the header to sniffer/conversation/, and from
 * there to entries.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_TCP_FINDINGS_H
#define FEISCOPE_SNIFFER_HEADERS_TCP_FINDINGS_H

#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/headers/walk.h"

/** Where what stands in a TCP header, in bytes. */
enum {
    TCP_AT_SEQUENCE = 4,
    TCP_AT_ACKNOWLEDGMENT = 8,
    TCP_AT_FLAGS = 12,
    TCP_AT_WINDOW = 14,
    TCP_HEADER_LENGTH = 20
};

/** A segment's fixed header, of which the first 16 bytes are there; its length is not known yet. */
TcpSegment tcp_segment_of(const HeaderWalk *walk, const uint8_t *header);

/**
 * Learn from a segment that is not decoded, as its decoder would.
 *
 * @param span the segment, neither a fragment nor quoted; walk's addresses are set
 */
void tcp_findings_learn(const HeaderWalk *walk, FsSpan span);

/** Append what the findings say of the stream: behind the ports. */
void tcp_findings_stream(FsPacket *packet, const TcpFindings *findings, const uint8_t *header);

/** Append what they say of times. */
void tcp_findings_times(FsPacket *packet, const TcpFindings *findings, const uint8_t *header);

/** Append the analysis, if there is any: behind the options. */
void tcp_findings_analysis(FsPacket *packet, const TcpFindings *findings, const uint8_t *header);

#endif
