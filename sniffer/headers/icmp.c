/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ICMP messages: RFC 792, 950, 1191, 1256, 4884, 8335.
 */
#include "sniffer/headers/icmp.h"
#include "sniffer/headers/checksum.h"
#include "sniffer/headers/ip_version.h"

enum { HEADER_LENGTH = 8, QUOTED_LENGTH_AT = 5 };

enum {
    ECHO_REPLY = 0,
    UNREACHABLE = 3,
    SOURCE_QUENCH = 4,
    REDIRECT = 5,
    ECHO_REQUEST = 8,
    ROUTER_ADVERTISEMENT = 9,
    TIME_EXCEEDED = 11,
    PARAMETER_PROBLEM = 12,
    TIMESTAMP_REQUEST = 13,
    TIMESTAMP_REPLY = 14,
    INFORMATION_REQUEST = 15,
    INFORMATION_REPLY = 16,
    MASK_REQUEST = 17,
    MASK_REPLY = 18,
    EXTENDED_ECHO_REQUEST = 42,
    EXTENDED_ECHO_REPLY = 43,
    FRAGMENTATION_NEEDED = 4
};

typedef struct {
    uint8_t type;
    uint8_t code;
    uint8_t quoted_words; /* length of the quoted datagram in words, RFC 4884 4; 0: not told */
} Message;

static void checksum(HeaderReader *r)
{
    const HeaderWalk *walk = r->walk;
    (void)reader_put(r, ICMP_CHECKSUM, 2);
    if (r->stopped) {
        return;
    }
    ChecksumStatus status = CHECKSUM_UNVERIFIED;
    if (!walk->fragment && !walk->inside_error && r->span.captured >= r->span.reported) {
        uint16_t computed = checksum_finish(checksum_add(0, r->span.data, r->span.reported));
        status = computed == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD;
    }
    (void)reader_conclude(r, ICMP_CHECKSUM_STATUS, 2, status);
    if (status == CHECKSUM_BAD) {
        reader_remark(r, ICMP_BAD_CHECKSUM, 2);
    }
    r->at += 2;
}

static void little_endian(HeaderReader *r, unsigned field)
{
    uint16_t value = (uint16_t)reader_peek(r, 0, 2);
    if (!r->stopped) {
        (void)fs_add_number(r->packet, &r->fields[field], reader_here(r), 2,
                            (uint16_t)(value >> 8 | value << 8));
    }
}

static void identifier(HeaderReader *r)
{
    (void)reader_put(r, ICMP_IDENT, 2);
    little_endian(r, ICMP_IDENT_LE);
    r->at += 2;
}

static void sequence(HeaderReader *r)
{
    (void)reader_put(r, ICMP_SEQ, 2);
    little_endian(r, ICMP_SEQ_LE);
    r->at += 2;
}

static void quoted_length(HeaderReader *r, const Message *m)
{
    (void)reader_put(r, ICMP_LENGTH, 1);
    if (!r->stopped) {
        (void)reader_conclude(r, ICMP_LENGTH_ORIGINAL_DATAGRAM, 1, m->quoted_words * 4U);
    }
    r->at += 1;
}

static void unreachable_word(HeaderReader *r, const Message *m)
{
    bool mtu = m->type == UNREACHABLE && m->code == FRAGMENTATION_NEEDED;
    if (m->quoted_words > 0) {
        (void)reader_take(r, ICMP_UNUSED, 1);
        quoted_length(r, m);
        (void)reader_take(r, mtu ? ICMP_MTU : ICMP_UNUSED, 2);
    } else if (mtu) {
        (void)reader_take(r, ICMP_UNUSED, 2);
        (void)reader_take(r, ICMP_MTU, 2);
    } else {
        (void)reader_take(r, ICMP_UNUSED, 4);
    }
}

static void problem_word(HeaderReader *r, const Message *m)
{
    (void)reader_take(r, ICMP_POINTER, 1);
    if (m->quoted_words > 0) {
        quoted_length(r, m);
        (void)reader_take(r, ICMP_UNUSED, 2);
    } else {
        (void)reader_take(r, ICMP_UNUSED, 3);
    }
}

/* The second four bytes, which each type has its own use for. */
static void second_word(HeaderReader *r, const Message *m)
{
    static const HeaderPart advertisement[] = {
        NEXT(ICMP_NUM_ADDRS, 1),
        NEXT(ICMP_ADDR_ENTRY_SIZE, 1),
        NEXT(ICMP_LIFETIME, 2),
    };
    static const HeaderPart extended_request[] = {
        NEXT(ICMP_EXT_ECHO_SEQ, 1),
        BITS(ICMP_EXT_ECHO_REQ_RES, 1),
        BITS(ICMP_EXT_ECHO_REQ_LOCAL, 1),
    };
    static const HeaderPart extended_reply[] = {
        NEXT(ICMP_EXT_ECHO_SEQ, 1),      BITS(ICMP_EXT_ECHO_RSP_STATE, 1),
        BITS(ICMP_EXT_ECHO_RSP_RES, 1),  BITS(ICMP_EXT_ECHO_RSP_ACTIVE, 1),
        BITS(ICMP_EXT_ECHO_RSP_IPV4, 1), BITS(ICMP_EXT_ECHO_RSP_IPV6, 1),
    };
    switch (m->type) {
    case ECHO_REPLY:
    case ECHO_REQUEST:
    case TIMESTAMP_REQUEST:
    case TIMESTAMP_REPLY:
    case INFORMATION_REQUEST:
    case INFORMATION_REPLY:
    case MASK_REQUEST:
    case MASK_REPLY:
        identifier(r);
        sequence(r);
        break;
    case UNREACHABLE:
    case TIME_EXCEEDED:
        unreachable_word(r, m);
        break;
    case ROUTER_ADVERTISEMENT:
        READ_PARTS(r, advertisement);
        break;
    case PARAMETER_PROBLEM:
        problem_word(r, m);
        break;
    case REDIRECT:
        (void)reader_take(r, ICMP_REDIR_GW, 4);
        break;
    case EXTENDED_ECHO_REQUEST:
        identifier(r);
        READ_PARTS(r, extended_request);
        break;
    case EXTENDED_ECHO_REPLY:
        identifier(r);
        READ_PARTS(r, extended_reply);
        break;
    default:
        break;
    }
    r->at = HEADER_LENGTH;
}

/* --- what follows the second word --- */

/* The datagram that an error quotes. Returns false if nothing can follow it. */
static bool quoted_datagram(HeaderReader *r, const Message *m)
{
    HeaderWalk *walk = r->walk;
    if (!reader_want(r, 0)) {
        return false;
    }
    FsSpan span = reader_span(r, UINT32_MAX);
    uint32_t told = m->quoted_words * 4U;
    uint32_t header_length = span.captured > 0 ? (span.data[0] & 15U) * 4 : 0;
    if (m->type == REDIRECT) {
        if (!reader_want(r, 1)) {
            return false;
        }
        span = reader_span(r, header_length + 8); /* RFC 792: header and 64 bits of data */
    } else if (told > 0 && span.reported > told) {
        if (!reader_want(r, 4)) {
            return false;
        }
        if (reader_peek(r, 2, 2) > told) {
            span = reader_span(r, header_length + told);
        }
    }
    bool outer = walk->inside_error;
    walk->inside_error = true;
    walk->quoting = true;
    header_ip_by_version(walk, span);
    walk->quoting = false;
    walk->inside_error = outer;
    return !walk->truncated;
}

static void error(HeaderReader *r, const Message *m)
{
    enum { SHORTEST_QUOTE = 128 }; /* before extensions, RFC 4884 5.1 */
    if (!quoted_datagram(r, m)) {
        return;
    }
    if (reader_left(r) <= SHORTEST_QUOTE || reader_peek(r, 2, 2) > SHORTEST_QUOTE || r->stopped) {
        return;
    }
    reader_skip(r, m->quoted_words > 0 ? m->quoted_words * 4U : SHORTEST_QUOTE);
    if (reader_want(r, 0)) {
        icmp_extensions(r->walk, reader_span(r, UINT32_MAX));
    }
}

static void advertisement(HeaderReader *r, const Message *m)
{
    enum { ENTRY_WORDS = 2, MOBILE = 0, MOBILE_ONLY = 16 };
    unsigned count = r->span.data[4];
    if (r->span.data[5] != ENTRY_WORDS) {
        return;
    }
    for (unsigned i = 0; i < count && !r->stopped; i++) {
        (void)reader_take(r, ICMP_ROUTER_ADDRESS, 4);
        (void)reader_take(r, ICMP_PREF_LEVEL, 4);
    }
    if (!r->stopped && (m->code == MOBILE || m->code == MOBILE_ONLY)) {
        icmp_mobile_ip(r);
    }
}

static void timestamps(HeaderReader *r)
{
    /* Wireshark looks at each time before it shows it. */
    (void)reader_take(r, ICMP_ORIGINATE_TIMESTAMP, 4);
    (void)reader_take(r, ICMP_RECEIVE_TIMESTAMP, 4);
    (void)reader_take(r, ICMP_TRANSMIT_TIMESTAMP, 4);
}

static void body(HeaderReader *r, const Message *m)
{
    switch (m->type) {
    case UNREACHABLE:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM:
    case SOURCE_QUENCH:
    case REDIRECT:
        error(r, m);
        break;
    case ROUTER_ADVERTISEMENT:
        advertisement(r, m);
        break;
    case TIMESTAMP_REQUEST:
    case TIMESTAMP_REPLY:
        timestamps(r);
        break;
    case MASK_REQUEST:
    case MASK_REPLY:
        (void)reader_take(r, ICMP_ADDRESS_MASK, 4);
        break;
    case EXTENDED_ECHO_REQUEST:
        if (reader_left(r) > 0 && reader_want(r, 0)) {
            icmp_extensions(r->walk, reader_span(r, UINT32_MAX));
        }
        break;
    default:
        break;
    }
}

void header_icmp(HeaderWalk *walk, FsSpan span)
{
    HeaderReader r = reader_start(walk, &icmp_table, span);
    /* Wireshark looks at the length of the quoted datagram first, whatever the type. */
    if (!reader_want(&r, QUOTED_LENGTH_AT + 1)) {
        return;
    }
    Message m = {span.data[0], span.data[1], span.data[QUOTED_LENGTH_AT]};
    uint8_t depth = walk->packet->depth;
    reader_open(&r, ICMP_LAYER, span.captured);
    (void)reader_take(&r, ICMP_TYPE, 1);
    (void)reader_take(&r, ICMP_CODE, 1);
    r.at = 0;
    (void)reader_conclude(&r, ICMP_MESSAGE, 2, (uint64_t)m.type << 8 | m.code);
    r.at = 2;
    checksum(&r);
    second_word(&r, &m);
    if (!r.stopped) {
        body(&r, &m);
    }
    walk->packet->depth = depth;
}
