/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 datagrams. How lengths that lie, cut captures and fragments are taken is Wireshark's way
 * (packet-ip.c), so that both programs decode the same payloads.
 */
#include "sniffer/headers/ipv4.h"
#include "sniffer/headers/checksum.h"
#include "sniffer/headers/datagram.h"

enum { HEADER_LENGTH = 20, SOURCE = 12, DESTINATION = 16 };

static const HeaderPart service_parts[] = {
    WORD(IPV4_DSFIELD, 1),
    FLAG(IPV4_DSFIELD_DSCP),
    FLAG(IPV4_DSFIELD_ECN),
};

static const HeaderPart flag_parts[] = {
    WORD(IPV4_FLAGS, 1),
    FLAG(IPV4_FLAGS_RB),
    FLAG(IPV4_FLAGS_DF),
    FLAG(IPV4_FLAGS_MF),
};

/* The total length, and the datagram's end by it. Returns the length; 0 if it cannot be right. */
static uint32_t total_length(HeaderReader *r, uint32_t header_length)
{
    uint32_t length = (uint32_t)reader_peek(r, 0, 2);
    if (r->stopped) {
        return 0;
    }
    if (length == 0) {
        length = r->span.reported;
        (void)reader_conclude(r, IPV4_LEN, 2, length);
        reader_remark(r, IPV4_NO_LENGTH, 2);
        r->at += 2;
        return length;
    }
    (void)reader_take(r, IPV4_LEN, 2);
    if (length < header_length) {
        reader_remark(r, IPV4_BAD_LENGTH, 0);
        return 0;
    }
    if (length > r->span.reported) {
        if (!r->walk->inside_error) {
            reader_remark(r, IPV4_LONG, 0);
        }
        return length;
    }
    r->span.reported = length;
    if (r->span.captured > length) {
        r->span.captured = length;
    }
    r->walk->claimed = length;
    return length;
}

/* Returns whether the checksum is known to be wrong. */
static bool header_checksum(HeaderReader *r, uint32_t header_length)
{
    uint16_t held = (uint16_t)reader_put(r, IPV4_CHECKSUM, 2);
    if (r->stopped) {
        return false;
    }
    uint16_t computed = 0;
    ChecksumStatus status = CHECKSUM_UNVERIFIED;
    if (r->walk->verify && r->span.captured >= header_length) {
        computed = checksum_finish(checksum_add(0, r->span.data, header_length));
        status = computed == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD;
    }
    (void)reader_conclude(r, IPV4_CHECKSUM_STATUS, 2, status);
    if (status != CHECKSUM_UNVERIFIED) {
        (void)reader_conclude(r, IPV4_CHECKSUM_CALCULATED, 2, checksum_expected(held, computed));
    }
    if (status == CHECKSUM_BAD) {
        reader_remark(r, IPV4_BAD_CHECKSUM, 2);
    }
    r->at += 2;
    return status == CHECKSUM_BAD;
}

static void address(HeaderReader *r, unsigned field, unsigned host_field)
{
    (void)reader_put(r, field, 4);
    (void)reader_put(r, IPV4_ADDR, 4);
    (void)reader_put(r, host_field, 4);
    (void)reader_take(r, IPV4_HOST, 4);
}

static void addresses(HeaderReader *r, uint32_t header_length)
{
    HeaderWalk *walk = r->walk;
    address(r, IPV4_SRC, IPV4_SRC_HOST);
    if (r->stopped) {
        return;
    }
    uint32_t final = DESTINATION;
    if (header_length > HEADER_LENGTH) {
        final = ipv4_final_destination(r, header_length - HEADER_LENGTH);
    }
    r->at = DESTINATION;
    if (!reader_want(r, final - DESTINATION + 4)) {
        return;
    }
    walk->address_length = 4;
    walk->source = r->span.data + SOURCE;
    walk->destination = r->span.data + final;
    if (final == DESTINATION) {
        address(r, IPV4_DST, IPV4_DST_HOST);
    } else {
        (void)reader_put(r, IPV4_CUR_RT, 4);
        (void)reader_take(r, IPV4_CUR_RT_HOST, 4);
    }
}

/* What a datagram's payload is worth: a fragment is decoded only where it cannot be reassembled,
 * since the whole datagram is then shown with its last fragment. */
typedef enum { WHOLE, FIRST_PART, LATER_PART, FRAGMENT } Payload;

static Payload payload_of(const HeaderReader *r, uint16_t flags_and_offset, uint32_t length,
                          uint32_t header_length, bool damaged)
{
    bool more = (flags_and_offset & 0x2000) != 0;
    bool later = (flags_and_offset & 0x1fff) != 0;
    if (!more && !later) {
        return WHOLE;
    }
    if (length > header_length && r->span.captured >= length && !damaged) {
        return FRAGMENT;
    }
    return later ? LATER_PART : FIRST_PART;
}

/* The datagram that this fragment makes whole; an empty span: none. */
static FsSpan reassembled(HeaderReader *r, uint8_t protocol, uint32_t length)
{
    static const DatagramFields marks = {IPV4_FRAGMENT_COUNT,   IPV4_REASSEMBLED_LENGTH,
                                         IPV4_FRAGMENT_OVERLAP, IPV4_FRAGMENT_CONFLICT,
                                         IPV4_FRAGMENT_BEYOND,  IPV4_FRAGMENT_REFUSED};
    uint16_t word = (uint16_t)reader_number(r->span.data + 6, 2);
    Fragment fragment = {.data = reader_here(r),
                         .length = length - r->at,
                         .offset = (word & 0x1fffU) * 8,
                         .more = (word & 0x2000) != 0};
    uint32_t identification = (uint32_t)reader_number(r->span.data + 4, 2);
    return datagram_reassemble(r, &marks, protocol, identification, &fragment);
}

static void payload(HeaderReader *r, uint8_t protocol, Payload kind, uint32_t length, bool quoted)
{
    HeaderWalk *walk = r->walk;
    FsSpan span = reader_span(r, UINT32_MAX);
    const uint8_t *outer = NULL;
    if (kind == FRAGMENT) {
        span = reassembled(r, protocol, length);
        outer = span.captured > 0 ? fs_begin_source(r->packet, span) : NULL;
    }
    fs_leave(r->packet); /* the layer ends; header_ipv4 restores the depth */
    if (kind != WHOLE && outer == NULL) {
        reader_remark(r, IPV4_FRAGMENT, 0);
    }
    if (kind == LATER_PART || (kind == FRAGMENT && outer == NULL) || span.reported == 0) {
        return;
    }
    bool outer_fragment = walk->fragment;
    uint32_t claimed = walk->claimed;
    walk->fragment = kind == FIRST_PART;
    walk->quoted = quoted;
    header_ip_protocol(walk, protocol, span);
    if (outer != NULL) {
        fs_end_source(r->packet, outer);
    }
    walk->quoted = false;
    walk->fragment = outer_fragment;
    walk->claimed = claimed;
}

static void datagram(HeaderReader *r, bool quoted)
{
    uint32_t header_length = (r->span.data[0] & 15U) * 4;
    (void)fs_add_bit_number(r->packet, &r->fields[IPV4_HDR_LEN], r->span.data, 4, 4, header_length);
    if (header_length < HEADER_LENGTH) {
        reader_remark(r, IPV4_BAD_HEADER_LENGTH, 1);
        return;
    }
    reader_skip(r, 1);
    if (!reader_pass(r, 1)) {
        READ_PARTS(r, service_parts);
    }
    uint32_t length = total_length(r, header_length);
    if (length == 0) {
        return;
    }
    (void)reader_take(r, IPV4_ID, 2);
    uint16_t flags_and_offset = (uint16_t)reader_peek(r, 0, 2);
    if (r->stopped) {
        return;
    }
    if (!reader_pass(r, 2)) {
        READ_PARTS(r, flag_parts);
        r->at -= 1;
        (void)reader_take(r, IPV4_FRAG_OFFSET, 2);
    }
    uint8_t ttl = (uint8_t)reader_take(r, IPV4_TTL, 1);
    uint8_t protocol = (uint8_t)reader_take(r, IPV4_PROTO, 1);
    bool damaged = header_checksum(r, header_length);
    addresses(r, header_length);
    if (header_length > HEADER_LENGTH && !r->stopped) {
        ipv4_options(r, header_length - HEADER_LENGTH, ttl);
    }
    r->at = header_length;
    if (!reader_want(r, 0)) {
        return;
    }
    payload(r, protocol, payload_of(r, flags_and_offset, length, header_length, damaged), length,
            quoted);
}

void header_ipv4(HeaderWalk *walk, FsSpan span)
{
    bool quoted = walk->quoting;
    walk->quoting = false;
    HeaderReader r = reader_start(walk, &ipv4_table, span);
    if (!reader_want(&r, 1)) {
        return;
    }
    uint8_t version = span.data[0] >> 4;
    uint32_t header_length = (span.data[0] & 15U) * 4;
    if (header_length > span.captured) {
        header_length = span.captured;
    }
    uint8_t depth = walk->packet->depth;
    uint32_t layer = walk->packet->count;
    (void)fs_add(walk->packet, &r.fields[IPV4_LAYER], span.data, version == 4 ? header_length : 1);
    fs_enter(walk->packet);
    (void)fs_add_bit_number(walk->packet, &r.fields[IPV4_VERSION], span.data, 0, 4, version);
    if (version == 4) {
        datagram(&r, quoted);
    } else {
        reader_remark(&r, IPV4_BAD_VERSION, 1);
    }
    walk->packet->depth = depth;
    fs_carry(walk->packet, layer, r.span); /* as long as the datagram says, by now */
    if (version == 6) {
        header_ipv6(walk, span);
    }
}
