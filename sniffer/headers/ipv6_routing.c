/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Types of IPv6 routing headers: RFC 5095 (type 0), 6275, 6554, 8754, and compact routing headers
 * (RFC 9631). Where addresses are left to visit, the last of them is the destination that checksums
 * of the upper layer use (RFC 8200 8.1).
 */
#include "sniffer/headers/ipv6.h"

#include <string.h>

enum { ADDRESS_LENGTH = 16 };

typedef struct {
    uint8_t length; /* of the header, in units of 8 bytes less one */
    uint8_t segments_left;
} Routing;

static void visit(HeaderReader *r, const Routing *routing, const uint8_t *address)
{
    if (routing->segments_left > 0 && !r->walk->inside_error &&
        r->walk->address_length == ADDRESS_LENGTH) {
        r->walk->destination = address;
    }
}

static void source_route(HeaderReader *r, const Routing *routing)
{
    const uint8_t *last = NULL;
    (void)reader_take(r, IPV6_ROUTING_SRC_RESERVED, 4);
    for (unsigned i = 0; i < routing->length / 2U && !r->stopped; i++) {
        last = reader_here(r);
        (void)reader_take(r, IPV6_ROUTING_SRC_ADDR, ADDRESS_LENGTH);
    }
    if (last != NULL && !r->stopped) {
        visit(r, routing, last);
    }
}

static void mobile(HeaderReader *r, const Routing *routing)
{
    (void)reader_take(r, IPV6_ROUTING_MIPV6_RESERVED, 4);
    const uint8_t *home = reader_here(r);
    (void)reader_take(r, IPV6_ROUTING_MIPV6_HOME_ADDRESS, ADDRESS_LENGTH);
    if (!r->stopped) {
        visit(r, routing, home);
    }
}

/* Addresses without the bytes that they share with the destination, RFC 6554 3 */
static void rpl(HeaderReader *r, const Routing *routing)
{
    static const HeaderPart parts[] = {
        BITS(IPV6_ROUTING_RPL_CMPRI, 4),
        BITS(IPV6_ROUTING_RPL_CMPRE, 4),
        BITS(IPV6_ROUTING_RPL_PAD, 4),
        BITS(IPV6_ROUTING_RPL_RESERVED, 4),
    };
    const uint8_t *destination = r->walk->destination;
    if (r->walk->address_length != ADDRESS_LENGTH) {
        return;
    }
    uint32_t word = (uint32_t)reader_peek(r, 0, 4);
    READ_PARTS(r, parts);
    if (r->stopped) {
        return;
    }
    int inner = (int)(ADDRESS_LENGTH - (word >> 28));
    int last = (int)(ADDRESS_LENGTH - (word >> 24 & 15));
    int pad = (int)(word >> 20 & 15);
    int count = routing->length > 0 ? (routing->length * 8 - pad - last) / inner + 1 : 0;
    FsEntry *entry = reader_conclude(r, IPV6_ROUTING_RPL_ADDR_COUNT, 0, 0);
    entry->value.integer = count;
    for (int i = 1; i <= count && !r->stopped; i++) {
        uint32_t length = (uint32_t)(i == count ? last : inner);
        (void)reader_put(r, IPV6_ROUTING_RPL_ADDRESS, length);
        if (r->stopped) {
            return;
        }
        uint8_t *full = fs_derive(r->packet, ADDRESS_LENGTH);
        if (full != NULL) {
            memcpy(full, destination, ADDRESS_LENGTH - length);
            memcpy(full + ADDRESS_LENGTH - length, reader_here(r), length);
            reader_derived(r, IPV6_ROUTING_RPL_FULL_ADDRESS, length, full, ADDRESS_LENGTH);
            visit(r, routing, full);
        }
        r->at += length;
    }
}

static void segments(HeaderReader *r, const Routing *routing)
{
    static const HeaderPart parts[] = {
        NEXT(IPV6_ROUTING_SRH_LAST_ENTRY, 1),
        NEXT(IPV6_ROUTING_SRH_FLAGS, 1),
        NEXT(IPV6_ROUTING_SRH_TAG, 2),
    };
    uint32_t count = (uint32_t)reader_peek(r, 0, 1) + 1;
    READ_PARTS(r, parts);
    if (routing->segments_left > 0 && !reader_want(r, ADDRESS_LENGTH)) {
        return;
    }
    visit(r, routing, reader_here(r));
    for (uint32_t i = 0; i < count && !r->stopped; i++) {
        (void)reader_take(r, IPV6_ROUTING_SRH_ADDR, ADDRESS_LENGTH);
    }
}

/* A list of identifiers that ends with a zero. */
static void compact(HeaderReader *r, const Routing *routing, uint32_t each)
{
    bool wide = each == 4;
    uint32_t count = wide ? routing->length * 2U + 1 : routing->length * 4U + 2;
    HeaderReader current = *r;
    current.at += each * routing->segments_left;
    (void)reader_put(&current,
                     wide ? IPV6_ROUTING_CRH32_CURRENT_SID : IPV6_ROUTING_CRH16_CURRENT_SID, each);
    r->stopped = current.stopped;
    for (uint32_t i = 0; !r->stopped; i++) {
        uint64_t identifier = reader_peek(r, 0, each);
        if (r->stopped || i >= count || identifier == 0) {
            break;
        }
        (void)reader_take(r, wide ? IPV6_ROUTING_CRH32_SID : IPV6_ROUTING_CRH16_SID, each);
    }
}

void ipv6_routing_data(HeaderReader *reader, uint8_t type, uint8_t length, uint8_t segments_left)
{
    enum { SOURCE = 0, MOBILE = 2, RPL = 3, SEGMENTS = 4, COMPACT_16 = 5, COMPACT_32 = 6 };
    Routing routing = {length, segments_left};
    switch (type) {
    case SOURCE:
        source_route(reader, &routing);
        break;
    case MOBILE:
        mobile(reader, &routing);
        break;
    case RPL:
        rpl(reader, &routing);
        break;
    case SEGMENTS:
        segments(reader, &routing);
        break;
    case COMPACT_16:
        compact(reader, &routing, 2);
        break;
    case COMPACT_32:
        compact(reader, &routing, 4);
        break;
    default:
        (void)reader_take(reader, IPV6_ROUTING_UNKNOWN_DATA, length * 8U + 4);
        break;
    }
}
