/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The fixed header of IPv6. What lengths that lie and cut captures lead to is Wireshark's way
 * (packet-ipv6.c), so that both programs decode the same payloads.
 */
#include "sniffer/headers/ipv6.h"
#include "sniffer/headers/ipv4.h"

enum { HEADER_LENGTH = 40, SOURCE = 8, DESTINATION = 24, NEXT_HEADER = 6, ADDRESS_LENGTH = 16 };
enum { HOP_BY_HOP = 0, NO_NEXT_HEADER = 59 };

static const HeaderPart class_parts[] = {
    WORD(IPV6_TCLASS, 4),
    FLAG(IPV6_TCLASS_DSCP),
    FLAG(IPV6_TCLASS_ECN),
};

/* The payload length of a jumbogram (RFC 2675), which stands in an option of the hop-by-hop header
 * that follows; 0 if there is none. */
static uint32_t jumbo_length(const HeaderReader *header)
{
    enum { PAD1 = 0, JUMBO = 0xc2, JUMBO_LENGTH = 4, SHORTEST = 65536 };
    HeaderReader r = *header;
    r.at = HEADER_LENGTH;
    if (reader_captured(&r) < 2) {
        return 0;
    }
    uint32_t end = r.at + (r.span.data[r.at + 1] + 1U) * 8;
    r.at += 2;
    while (r.at < end && reader_captured(&r) >= 6) {
        const uint8_t *option = reader_here(&r);
        if (option[0] == PAD1) {
            r.at += 1;
        } else if (option[0] == JUMBO && option[1] == JUMBO_LENGTH) {
            uint32_t length = (uint32_t)reader_peek(&r, 2, 4);
            return length >= SHORTEST ? length : 0;
        } else {
            r.at += 2U + option[1];
        }
    }
    return 0;
}

static void address(HeaderReader *r, unsigned field, unsigned host_field)
{
    (void)reader_put(r, field, ADDRESS_LENGTH);
    (void)reader_put(r, IPV6_ADDR, ADDRESS_LENGTH);
    (void)reader_put(r, host_field, ADDRESS_LENGTH);
    (void)reader_take(r, IPV6_HOST, ADDRESS_LENGTH);
}

static void addresses(HeaderReader *r)
{
    HeaderWalk *walk = r->walk;
    address(r, IPV6_SRC, IPV6_SRC_HOST);
    address(r, IPV6_DST, IPV6_DST_HOST);
    if (r->stopped) {
        return;
    }
    walk->address_length = ADDRESS_LENGTH;
    walk->source = r->span.data + SOURCE;
    walk->destination = r->span.data + DESTINATION;
    r->at = SOURCE;
    ipv6_address_meanings(r);
    r->at = HEADER_LENGTH;
}

/* End the packet where its payload does. */
static void shorten(HeaderReader *r, uint32_t payload_length)
{
    uint64_t length = (uint64_t)HEADER_LENGTH + payload_length;
    if (length > r->span.reported) {
        if (!r->walk->inside_error) {
            reader_remark(r, IPV6_LONG, 0);
        }
        return;
    }
    r->span.reported = (uint32_t)length;
    if (r->span.captured > length) {
        r->span.captured = (uint32_t)length;
    }
    r->walk->claimed = (uint32_t)length;
}

static void packet(HeaderReader *r, uint8_t depth)
{
    HeaderWalk *walk = r->walk;
    READ_PARTS(r, class_parts);
    r->at = 1;
    (void)reader_take(r, IPV6_FLOW, 3);
    if (!reader_want(r, 3)) { /* Wireshark looks at the next header before it shows the length */
        return;
    }
    uint8_t next = (uint8_t)reader_peek(r, 2, 1);
    uint32_t length = (uint32_t)reader_take(r, IPV6_PLEN, 2);
    uint32_t field = length;
    if (length == 0 && next != HOP_BY_HOP && next != NO_NEXT_HEADER) {
        reader_remark(r, IPV6_NO_LENGTH, 0);
    }
    (void)reader_take(r, IPV6_NXT, 1);
    uint8_t hop_limit = (uint8_t)reader_take(r, IPV6_HLIM, 1);
    addresses(r);
    if (r->stopped) {
        return;
    }
    if (length == 0 && next == HOP_BY_HOP) {
        length = jumbo_length(r);
        if (length == 0) {
            reader_remark(r, IPV6_NO_LENGTH, 0);
        }
    }
    shorten(r, length);
    Ipv6Chain chain = {.over_ipv6 = true, .hop_limit = hop_limit, .left = field};
    bool outer_fragment = walk->fragment;
    uint32_t claimed = walk->claimed;
    ipv6_next(walk, &chain, next, reader_span(r, UINT32_MAX), depth);
    walk->fragment = outer_fragment;
    walk->claimed = claimed;
}

void header_ipv6(HeaderWalk *walk, FsSpan span)
{
    walk->quoting = false;
    HeaderReader r = reader_start(walk, &ipv6_table, span);
    uint8_t depth = walk->packet->depth;
    uint32_t layer = walk->packet->count;
    reader_open(&r, IPV6_LAYER, HEADER_LENGTH);
    if (reader_want(&r, 1)) {
        uint8_t version = span.data[0] >> 4;
        (void)fs_add_bit_number(walk->packet, &r.fields[IPV6_VERSION], span.data, 0, 4, version);
        (void)fs_add_bit_number(walk->packet, &ipv4_table.fields[IPV4_VERSION], span.data, 0, 4,
                                version);
        if (version == 6) {
            packet(&r, depth);
        } else {
            reader_remark(&r, IPV6_BAD_VERSION, 1);
        }
    }
    walk->packet->depth = depth;
    if (walk->packet->count > layer && walk->packet->entries[layer].field->type == FS_LAYER) {
        fs_carry(walk->packet, layer, r.span); /* as long as the packet says, by now */
    }
}
