/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ (飞秋) and the rest of the IP Messenger family: UDP and TCP port 2425.
 *
 * Facts and how sure each is: shared/protocol/feiq.md. What is a guess there is an unknown here.
 */
#ifndef FEISCOPE_PROTOCOL_FEIQ_FEIQ_H
#define FEISCOPE_PROTOCOL_FEIQ_FEIQ_H

#include "protocol/packet.h"

/** Port of the family, UDP and TCP. Source: official specification. */
enum { FEIQ_PORT = 2425 };

/** Identifiers of the fields: index into feiq_table.fields. */
typedef enum {
#define FEIQ_FIELD(id, ...) FEIQ_##id,
#include "protocol/feiq/feiq_fields.def"
#undef FEIQ_FIELD
    FEIQ_FIELD_COUNT
} FeiqField;

/** The table of feiq.* fields. */
extern const FsTable feiq_table;

/** May a datagram of the family begin so? Told by two bytes, for nearly all that are not. */
static inline bool feiq_may_begin(FsSpan span)
{
    if (span.captured < 2) {
        return false;
    }
    uint8_t first = span.data[0];
    uint8_t second = span.data[1];
    if (first >= '0' && first <= '9') { /* 1: 1_ 1@, or 5.1.180210 */
        return second == ':' || second == '_' || second == '@' || second == '.' ||
               (second >= '0' && second <= '9');
    }
    return (first == 'f' && second == 'e') || (first == 'I' && second == 'P');
}

/**
 * Is this plausibly one datagram or request of the family? The test is strict enough to run on
 * any UDP payload: the conditions are listed at its definition.
 *
 * @param span a UDP payload, or a TCP payload from its first byte
 */
bool feiq_recognise(FsSpan span);

/**
 * Decode a UDP datagram's payload: the classic header with everything behind it, or an IPDict.
 *
 * @param packet where entries are appended; packet->base must be the start of the memory that span
 *               lies in; depth 0 is the layer
 * @param span   the payload
 * @return false if it is not of the family: then nothing was appended. Bytes that begin like the
 *         family's but break off or break rules are decoded as far as they go, with remarks.
 */
bool feiq_decode_datagram(FsPacket *packet, FsSpan span);

/**
 * Decode a TCP payload on the family's port: a request (GETFILEDATA, GETDIRFILES, or any other
 * datagram-like header), or the start of a directory stream with its headers and the data between
 * them. Bytes of a file have no header and are not decoded.
 *
 * @param packet as above
 * @param span   the payload of one segment, or a reassembled request
 * @return false if it is neither: then nothing was appended
 */
bool feiq_decode_segment(FsPacket *packet, FsSpan span);

/**
 * Decode the headers of a directory stream with the data between them, from the stream's start or a
 * header on.
 *
 * @return false if no header is there: then nothing was appended
 */
bool feiq_decode_directory(FsPacket *packet, FsSpan span);

#endif
