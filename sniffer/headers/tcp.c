/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP segments: what one segment tells. Sequence numbers are raw, since relative ones need the
 * connection's first segment.
 */
#include "sniffer/headers/tcp.h"
#include "sniffer/headers/checksum.h"

enum { HEADER_LENGTH = 20, PROTOCOL_TCP = 6, FLAGS_AT = 12 };
enum { SYN = 0x002, RST = 0x004 };

static const HeaderPart flag_parts[] = {
    WORD(TCP_FLAGS, 2),    FLAG(TCP_FLAGS_RES), FLAG(TCP_FLAGS_AE),  FLAG(TCP_FLAGS_CWR),
    FLAG(TCP_FLAGS_ECE),   FLAG(TCP_FLAGS_URG), FLAG(TCP_FLAGS_ACK), FLAG(TCP_FLAGS_PUSH),
    FLAG(TCP_FLAGS_RESET), FLAG(TCP_FLAGS_SYN), FLAG(TCP_FLAGS_FIN),
};

/* The same where accurate ECN was agreed on: three of the flags are a number. */
static const HeaderPart ace_parts[] = {
    WORD(TCP_FLAGS, 2),   FLAG(TCP_FLAGS_RES),   FLAG(TCP_FLAGS_URG), FLAG(TCP_FLAGS_ACK),
    FLAG(TCP_FLAGS_PUSH), FLAG(TCP_FLAGS_RESET), FLAG(TCP_FLAGS_SYN), FLAG(TCP_FLAGS_FIN),
};
enum { ACE_SHIFT = 6, ACE_MASK = 7, ACE_SKIP = 7, ACE_BITS = 3 };

static void ace_number(HeaderReader *r, uint16_t flags)
{
    fs_enter(r->packet);
    (void)fs_add_bit_number(r->packet, &r->fields[TCP_FLAGS_ACE], reader_here(r), ACE_SKIP,
                            ACE_BITS, flags >> ACE_SHIFT & ACE_MASK);
    fs_leave(r->packet);
}

/* A letter for each flag that is set, a middle dot for each that is not; the number of accurate ECN
 * stands between hyphens. */
static void flag_letters(HeaderReader *r, uint16_t flags, bool accurate)
{
    static const char letters[] = "RRRACEUAPRSF";
    enum { FLAGS = 12, MOST = FLAGS * 2 };
    uint8_t *text =
        fs_wants(r->packet, &r->fields[TCP_FLAGS_STR]) ? fs_derive(r->packet, MOST) : NULL;
    if (text == NULL) {
        return;
    }
    size_t used = 0;
    for (unsigned i = 0; i < FLAGS; i++) {
        if (accurate && i == 3) {
            text[used++] = '-';
            text[used++] = (uint8_t)('0' + (flags >> ACE_SHIFT & ACE_MASK));
            text[used++] = '-';
            i += 2;
        } else if ((flags >> (FLAGS - 1 - i) & 1) != 0) {
            text[used++] = (uint8_t)letters[i];
        } else {
            text[used++] = 0xc2; /* U+00B7 */
            text[used++] = 0xb7;
        }
    }
    fs_enter(r->packet);
    reader_derived(r, TCP_FLAGS_STR, 2, text, used);
    fs_leave(r->packet);
}

static void ports(HeaderReader *r, uint16_t *source, uint16_t *destination)
{
    *source = (uint16_t)reader_put(r, TCP_SRCPORT, 2);
    (void)reader_take(r, TCP_PORT, 2);
    *destination = (uint16_t)reader_put(r, TCP_DSTPORT, 2);
    (void)reader_take(r, TCP_PORT, 2);
}

static void header_length_field(HeaderReader *r, uint32_t length)
{
    (void)fs_add_bit_number(r->packet, &r->fields[TCP_HDR_LEN], reader_here(r), 0, 4, length);
}

static void checksum(HeaderReader *r)
{
    const HeaderWalk *walk = r->walk;
    uint16_t held = (uint16_t)reader_put(r, TCP_CHECKSUM, 2);
    if (r->stopped) {
        return;
    }
    bool complete = !walk->fragment && r->span.captured == r->span.reported;
    if (!walk->verify || !complete || walk->address_length == 0) {
        (void)reader_conclude(r, TCP_CHECKSUM_STATUS, 2, CHECKSUM_UNVERIFIED);
        r->at += 2;
        return;
    }
    uint64_t sum = checksum_pseudo_header(walk, PROTOCOL_TCP, r->span.reported);
    uint16_t computed = checksum_finish(checksum_add(sum, r->span.data, r->span.reported));
    /* the other zero of one's complement, which no sender should write (RFC 1624) */
    bool negative_zero = computed == 0 && held == 0xffff;
    ChecksumStatus status = computed == 0 && !negative_zero ? CHECKSUM_GOOD : CHECKSUM_BAD;
    (void)reader_conclude(r, TCP_CHECKSUM_STATUS, 2, status);
    (void)reader_conclude(r, TCP_CHECKSUM_CALCULATED, 2,
                          negative_zero ? 0 : checksum_expected(held, computed));
    if (status == CHECKSUM_BAD) {
        reader_remark(r, TCP_BAD_CHECKSUM, 2);
    }
    r->at += 2;
}

static void options(HeaderReader *r, uint32_t length)
{
    uint32_t there = reader_captured(r);
    reader_open(r, TCP_OPTIONS, length < there ? length : there);
    tcp_options(r, length);
    reader_close(r);
}

/* Ports to window, and whether there is more to decode. */
static bool fixed_header(HeaderReader *r, uint32_t header_length, uint16_t flags, bool quoted,
                         bool accurate)
{
    bool sized = !r->walk->fragment && !r->walk->inside_error;
    if (sized && r->span.reported < header_length) {
        reader_remark(r, TCP_SHORT, 0);
        sized = false;
    }
    if (sized) {
        uint32_t length = r->span.reported - header_length;
        reader_skip(r, FLAGS_AT - 4);
        (void)reader_conclude(r, TCP_LEN, 1, length);
        r->at = 4;
    }
    if (!quoted) {
        (void)reader_put(r, TCP_SEQ_RAW, 4);
    }
    r->at = 8;
    if (header_length < HEADER_LENGTH) {
        r->at = FLAGS_AT;
        header_length_field(r, header_length);
        reader_remark(r, TCP_BAD_HEADER_LENGTH, 1);
        return false;
    }
    (void)reader_take(r, TCP_ACK_RAW, 4);
    header_length_field(r, header_length);
    if (r->packet->brief) {
        (void)reader_put(r, TCP_FLAGS, 2);
    } else if (accurate) {
        READ_PARTS(r, ace_parts);
        r->at = FLAGS_AT;
        ace_number(r, flags);
    } else {
        READ_PARTS(r, flag_parts);
    }
    r->at = FLAGS_AT;
    flag_letters(r, flags, accurate);
    r->at += 2;
    (void)reader_take(r, TCP_WINDOW_SIZE_VALUE, 2);
    return true;
}

static void segment(HeaderReader *r, uint8_t depth)
{
    bool quoted = r->walk->quoted;
    r->walk->quoted = false;
    uint16_t source;
    uint16_t destination;
    ports(r, &source, &destination);
    if (quoted) {
        (void)reader_put(r, TCP_SEQ, 4);
    }
    if (!reader_want(r, 12)) {
        return;
    }
    uint32_t sequence = (uint32_t)reader_peek(r, 0, 4);
    uint16_t word = (uint16_t)reader_peek(r, FLAGS_AT - 4, 2);
    uint32_t header_length = (word >> 12) * 4U;
    uint16_t flags = word & 0xfff;
    bool accurate = accurate_ecn_agreed(r->walk, source, destination, flags);
    if (!fixed_header(r, header_length, flags, quoted, accurate)) {
        return;
    }
    checksum(r);
    (void)reader_take(r, TCP_URGENT_POINTER, 2);
    if (!r->stopped && header_length > HEADER_LENGTH) {
        options(r, header_length - HEADER_LENGTH);
    }
    if (r->stopped) {
        return;
    }
    r->at = header_length;
    bool carries = reader_captured(r) > 0 && (flags & RST) == 0;
    if (carries) {
        (void)reader_put(r, TCP_PAYLOAD, reader_captured(r));
    } else if (reader_captured(r) > 0) {
        (void)reader_put(r, TCP_RESET_CAUSE, reader_captured(r));
    }
    r->packet->depth = depth;
    if (carries || r->walk->streams != NULL) {
        r->walk->tcp_sequence = sequence + ((flags & SYN) != 0);
        r->walk->tcp_flags = (uint8_t)flags;
        header_application(r->walk, true, source, destination,
                           reader_span(r, carries ? UINT32_MAX : 0));
    }
}

void header_tcp(HeaderWalk *walk, FsSpan span)
{
    HeaderReader r = reader_start(walk, &tcp_table, span);
    if (!reader_want(&r, 4)) {
        return;
    }
    uint8_t depth = walk->packet->depth;
    uint32_t length = span.captured > FLAGS_AT ? (span.data[FLAGS_AT] >> 4) * 4U : HEADER_LENGTH;
    reader_open(&r, TCP_LAYER, length > HEADER_LENGTH ? length : HEADER_LENGTH);
    segment(&r, depth);
    walk->packet->depth = depth;
}
