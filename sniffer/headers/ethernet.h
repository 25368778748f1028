/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the link layers share: Ethernet's fields, the IEEE 802.3 length, padding and trailer.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_ETHERNET_H
#define FEISCOPE_SNIFFER_HEADERS_ETHERNET_H

#include "sniffer/headers/walk.h"

/** Identifiers of the fields: index into ethernet_table.fields. */
typedef enum {
#define ETHERNET_FIELD(id, ...) ETHERNET_##id,
#include "sniffer/headers/ethernet_fields.def"
#undef ETHERNET_FIELD
    ETHERNET_FIELD_COUNT
} EthernetField;

/** Longest payload that a length field of IEEE 802.3 can announce. */
enum { ETHERNET_MAX_LENGTH = 1500, ETHERNET_MIN_TYPE = 1536 };

/** Fields of a layer that holds an IEEE 802.3 length or has a trailer. */
typedef struct {
    const FsField *length;   /**< NULL if the layer has no length field */
    const FsField *past_end; /**< remark: the length goes past the end */
    const FsField *trailer;
    bool guess_fcs; /**< the last four bytes may be a frame check sequence */
} LinkFields;

/**
 * The payload of an IEEE 802.3 frame (LLC, or nothing that is known) with its trailer.
 *
 * @param layer  index of the layer's entry, which is closed
 * @param span   the layer from its first byte
 * @param header bytes of the layer up to its payload; the length field is the two before that
 * @param length value of the length field
 */
void header_802_3(HeaderWalk *walk, const LinkFields *fields, uint32_t layer, FsSpan span,
                  uint32_t header, uint16_t length);

/**
 * Append what lies behind the payload to the link layer's entries: padding, trailer, FCS.
 *
 * @param layer index of the layer's entry, which is closed
 * @param span  the layer from its first byte
 * @param used  bytes of the layer with its payload, without padding and trailer
 */
void header_trailer(HeaderWalk *walk, const LinkFields *fields, uint32_t layer, FsSpan span,
                    uint32_t used);

/** The part of span behind its first `skip` bytes. */
static inline FsSpan header_behind(FsSpan span, uint32_t skip)
{
    FsSpan rest = {NULL, 0, 0};
    if (skip <= span.reported) {
        rest.reported = span.reported - skip;
    }
    if (skip <= span.captured) {
        rest.data = span.data + skip;
        rest.captured = span.captured - skip;
    } else {
        rest.data = span.data + span.captured;
    }
    return rest;
}

/** Two bytes in network byte order. */
static inline uint16_t header_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/** Four bytes in network byte order. */
static inline uint32_t header_u32(const uint8_t *at)
{
    return (uint32_t)header_u16(at) << 16 | header_u16(at + 2);
}

#endif
