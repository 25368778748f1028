/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Extension headers of IPv6: RFC 8200 4, and the authentication header, RFC 4302.
 */
#include "sniffer/headers/datagram.h"
#include "sniffer/headers/ip_names.h"
#include "sniffer/headers/ipv6.h"

enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60 };
enum { NO_NEXT_HEADER = 59 };

/* An extension header behind which the next one begins, if it could be read to its end. */
typedef struct {
    uint8_t next;
    uint32_t length;
    bool decoded_on; /* what follows is to be decoded */
    FsSpan whole;    /* what follows, put together from fragments; empty: it follows */
} Extension;

/* --- hop-by-hop and destination options --- */

static void one_option(HeaderReader *r, const Ipv6Chain *chain)
{
    enum { PAD1 = 0, PADN = 1 };
    static const HeaderPart type_parts[] = {
        WORD(IPV6_OPT_TYPE, 1),
        FLAG(IPV6_OPT_TYPE_ACTION),
        FLAG(IPV6_OPT_TYPE_CHANGE),
        FLAG(IPV6_OPT_TYPE_REST),
    };
    uint8_t type = (uint8_t)reader_peek(r, 0, 1);
    uint8_t length = (uint8_t)reader_peek(r, 1, 1); /* asked for even of Pad1: Wireshark's way */
    if (r->stopped) {
        return;
    }
    reader_open(r, IPV6_OPT, type == PAD1 ? 1 : 2U + length);
    if (type == PAD1) {
        (void)reader_put(r, IPV6_OPT_TYPE, 1);
        (void)reader_put(r, IPV6_OPT_PAD1, 1);
        r->at += 1;
    } else {
        READ_PARTS(r, type_parts);
        (void)reader_take(r, IPV6_OPT_LENGTH, 1);
        if (type == PADN) {
            (void)reader_take(r, IPV6_OPT_PADN, length);
        } else {
            ipv6_option(r, chain, type, length);
        }
    }
    reader_close(r);
}

static Extension options(HeaderReader *r, const Ipv6Chain *chain, bool hop_by_hop)
{
    Extension e = {.decoded_on = true};
    e.next = (uint8_t)reader_peek(r, 0, 1);
    e.length = ((uint32_t)reader_peek(r, 1, 1) + 1) * 8;
    if (r->stopped) {
        return e;
    }
    reader_open(r, hop_by_hop ? IPV6_HOPOPTS : IPV6_DSTOPTS, e.length);
    (void)reader_take(r, hop_by_hop ? IPV6_HOPOPTS_NXT : IPV6_DSTOPTS_NXT, 1);
    (void)reader_put(r, hop_by_hop ? IPV6_HOPOPTS_LEN : IPV6_DSTOPTS_LEN, 1);
    (void)reader_conclude(r, hop_by_hop ? IPV6_HOPOPTS_LEN_OCT : IPV6_DSTOPTS_LEN_OCT, 1, e.length);
    r->at += 1;
    while (!r->stopped && r->at < e.length) {
        one_option(r, chain);
    }
    reader_close(r);
    return e;
}

static Extension hop_by_hop(HeaderReader *r, Ipv6Chain *chain)
{
    return options(r, chain, true);
}

static Extension destination(HeaderReader *r, Ipv6Chain *chain)
{
    return options(r, chain, false);
}

/* --- routing --- */

static Extension routing(HeaderReader *r, Ipv6Chain *chain)
{
    (void)chain;
    Extension e = {.decoded_on = true};
    reader_open(r, IPV6_ROUTING, ((uint32_t)(r->span.captured > 1 ? r->span.data[1] : 0) + 1) * 8);
    e.next = (uint8_t)reader_take(r, IPV6_ROUTING_NXT, 1);
    uint8_t length = (uint8_t)reader_put(r, IPV6_ROUTING_LEN, 1);
    e.length = (length + 1U) * 8;
    if (!r->stopped) {
        (void)reader_conclude(r, IPV6_ROUTING_LEN_OCT, 1, e.length);
        r->at += 1;
    }
    uint8_t type = (uint8_t)reader_take(r, IPV6_ROUTING_TYPE, 1);
    uint8_t segments_left = (uint8_t)reader_take(r, IPV6_ROUTING_SEGLEFT, 1);
    if (reader_want(r, 0)) {
        HeaderReader data = *r;
        data.span = reader_span(r, e.length - 4);
        data.at = 0;
        ipv6_routing_data(&data, type, length, segments_left);
        r->stopped = reader_part_stops(&data);
    }
    reader_close(r);
    return e;
}

/* --- fragment --- */

static Extension fragment(HeaderReader *r, Ipv6Chain *chain)
{
    enum { LENGTH = 8 };
    static const HeaderPart parts[] = {
        NEXT(IPV6_FRAGHDR_NXT, 1),    NEXT(IPV6_FRAGHDR_RESERVED_OCTET, 1),
        BITS(IPV6_FRAGHDR_OFFSET, 2), BITS(IPV6_FRAGHDR_RESERVED_BITS, 2),
        BITS(IPV6_FRAGHDR_MORE, 2),   NEXT(IPV6_FRAGHDR_IDENT, 4),
    };
    static const DatagramFields marks = {IPV6_FRAGMENT_COUNT,   IPV6_REASSEMBLED_LENGTH,
                                         IPV6_FRAGMENT_OVERLAP, IPV6_FRAGMENT_CONFLICT,
                                         IPV6_FRAGMENT_BEYOND,  IPV6_FRAGMENT_REFUSED};
    Extension e = {.length = LENGTH, .decoded_on = true};
    if (!reader_want(r, LENGTH)) {
        return e;
    }
    e.next = r->span.data[0];
    uint16_t word = (uint16_t)reader_peek(r, 2, 2);
    reader_open(r, IPV6_FRAGHDR, LENGTH);
    READ_PARTS(r, parts);
    reader_close(r);
    bool whole = (word & 0xfff8) == 0 && (word & 1) == 0; /* an atomic fragment, RFC 6946 */
    if (chain->left - LENGTH > 0 && !whole) {
        int64_t length = chain->left - LENGTH;
        r->at = LENGTH;
        if (length <= reader_captured(r)) {
            Fragment piece = {reader_here(r), (uint32_t)length, word & 0xfff8U, (word & 1) != 0};
            e.whole = datagram_reassemble(r, &marks, 0,
                                          (uint32_t)reader_number(r->span.data + 4, 4), &piece);
        }
        e.decoded_on = e.whole.captured > 0;
        if (!e.decoded_on) {
            r->at = 0;
            reader_remark(r, IPV6_FRAGMENT, 0);
        }
    }
    return e;
}

/* --- authentication --- */

static Extension authentication(HeaderReader *r, Ipv6Chain *chain)
{
    static const HeaderPart parts[] = {
        NEXT(IPV6_AH_NEXT_HEADER, 1), NEXT(IPV6_AH_LENGTH, 1),   NEXT(IPV6_AH_RESERVED, 2),
        NEXT(IPV6_AH_SPI, 4),         NEXT(IPV6_AH_SEQUENCE, 4),
    };
    (void)chain;
    Extension e = {.decoded_on = true};
    r->walk->quoted = false;
    e.next = (uint8_t)reader_peek(r, 0, 1);
    uint32_t words = (uint32_t)reader_peek(r, 1, 1);
    e.length = (words + 2) * 4;
    if (r->stopped) {
        return e;
    }
    reader_open(r, IPV6_AH, e.length);
    READ_PARTS(r, parts);
    (void)reader_take(r, IPV6_AH_ICV, words > 0 ? (words - 1) * 4 : 0);
    reader_close(r);
    return e;
}

/* --- the chain --- */

static const struct {
    uint8_t protocol;
    Extension (*decode)(HeaderReader *reader, Ipv6Chain *chain);
} extensions[] = {
    {HOP_BY_HOP, hop_by_hop},         {ROUTING, routing},         {FRAGMENT, fragment},
    {AUTHENTICATION, authentication}, {DESTINATION, destination},
};

enum { EXTENSIONS = sizeof extensions / sizeof extensions[0] };

static size_t find_extension(uint8_t protocol)
{
    size_t i = 0;
    while (i < EXTENSIONS && extensions[i].protocol != protocol) {
        i++;
    }
    return i;
}

bool ipv6_is_extension(uint8_t protocol)
{
    return find_extension(protocol) < EXTENSIONS;
}

/* Go on in a packet that was put together from fragments. */
static void decode_whole(HeaderWalk *walk, Ipv6Chain *chain, const Extension *e, uint8_t depth)
{
    const uint8_t *outer = fs_begin_source(walk->packet, e->whole);
    if (outer != NULL) {
        chain->left = e->whole.reported;
        ipv6_next(walk, chain, e->next, e->whole, depth);
        fs_end_source(walk->packet, outer);
    }
}

void ipv6_next(HeaderWalk *walk, Ipv6Chain *chain, uint8_t next, FsSpan span, uint8_t depth)
{
    for (size_t i; (i = find_extension(next)) < EXTENSIONS;) {
        if (walk->nesting >= HEADER_MAX_NESTING) {
            break;
        }
        walk->nesting++;
        walk->packet->depth = (uint8_t)(chain->over_ipv6 ? depth + 1 : depth);
        HeaderReader r = reader_start(walk, &ipv6_table, span);
        Extension e = extensions[i].decode(&r, chain);
        if (r.stopped || !e.decoded_on) {
            return;
        }
        if (e.whole.captured > 0) {
            decode_whole(walk, chain, &e, depth);
            return;
        }
        r.at = e.length;
        if (!reader_want(&r, 0)) {
            return;
        }
        chain->left -= e.length;
        span = reader_span(&r, UINT32_MAX);
        next = e.next;
    }
    walk->packet->depth = depth;
    if (next == NO_NEXT_HEADER && chain->over_ipv6) {
        return;
    }
    header_ip_protocol(walk, next, span);
}

void header_ipv6_extension(HeaderWalk *walk, uint8_t protocol, FsSpan span)
{
    Ipv6Chain chain = {.over_ipv6 = false};
    ipv6_next(walk, &chain, protocol, span, walk->packet->depth);
}
