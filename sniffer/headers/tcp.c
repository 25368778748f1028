/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * TCP segments: what one segment tells, and, if connections are remembered (HeaderWalk.tcp), what
 * those before it tell about it.
 */
#include "sniffer/headers/tcp.h"
#include "protocol/memo.h"
#include "sniffer/headers/checksum.h"
#include "sniffer/headers/tcp_findings.h"

enum { HEADER_LENGTH = TCP_HEADER_LENGTH, PROTOCOL_TCP = 6, FLAGS_AT = TCP_AT_FLAGS };
enum { FIN = TCP_FLAG_FIN, SYN = TCP_FLAG_SYN, RST = TCP_FLAG_RST, ACK = TCP_FLAG_ACK, URG = 0x20 };

/* What the decoder knows of the segment beside its reader. */
typedef struct {
    uint32_t header_length;
    uint16_t flags;
    uint16_t ports[2];           /* source, destination */
    bool accurate;               /* ECN flags are a number */
    bool sized;                  /* its length is known */
    bool quoted;                 /* by an ICMP error */
    const TcpFindings *findings; /* NULL: nothing is known */
} Segment;

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

/* A remark about the next bytes, in the tree below what was added last. */
static void note(HeaderReader *r, unsigned field, uint32_t length)
{
    fs_enter(r->packet);
    reader_remark(r, field, length);
    fs_leave(r->packet);
}

static void find_out(HeaderReader *r, Segment *s)
{
    const HeaderWalk *walk = r->walk;
    if (walk->tcp == NULL || walk->address_length == 0) {
        return;
    }
    TcpSegment segment = tcp_segment_of(walk, r->span.data);
    segment.cut = s->header_length < HEADER_LENGTH;
    segment.sized = s->sized;
    segment.length = s->sized ? r->span.reported - s->header_length : 0;
    s->findings = tcp_connections_segment(walk->tcp, &segment);
    tcp_findings_stream(r->packet, s->findings, r->span.data);
}

static void numbers(HeaderReader *r, const Segment *s)
{
    const TcpFindings *f = s->findings;
    r->at = TCP_AT_SEQUENCE;
    if (!s->quoted && f != NULL) {
        (void)fs_add_number(r->packet, &r->fields[TCP_SEQ], reader_here(r), 4, f->sequence);
    }
    if (!s->quoted) {
        (void)reader_put(r, TCP_SEQ_RAW, 4);
    }
    r->at = TCP_AT_ACKNOWLEDGMENT;
    if (s->header_length < HEADER_LENGTH) {
        return;
    }
    if (f != NULL) {
        if (s->sized) {
            r->at = 0;
            (void)reader_conclude(r, TCP_NXTSEQ, 0, f->next);
            r->at = TCP_AT_ACKNOWLEDGMENT;
        }
        (void)fs_add_number(r->packet, &r->fields[TCP_ACK], reader_here(r), 4, f->acknowledgment);
        if ((s->flags & ACK) == 0 && reader_peek(r, 0, 4) != 0) {
            note(r, TCP_ACK_NONZERO, 4);
        }
        bool accepts = (s->flags & (SYN | ACK)) == (SYN | ACK);
        if (accepts && f->acknowledgment + f->other_origin - f->other_base > 1) {
            note(r, TCP_ANALYSIS_TFO_ACK, 4);
        } else if (accepts && f->fast_open) {
            note(r, TCP_ANALYSIS_TFO_IGNORED, 4);
        }
    }
    (void)reader_take(r, TCP_ACK_RAW, 4);
}

/* What opens or ends a connection. */
static void events(HeaderReader *r, const Segment *s)
{
    const TcpFindings *f = s->findings;
    if (f == NULL || r->packet->brief) {
        return;
    }
    if ((s->flags & SYN) != 0) {
        note(r, (s->flags & ACK) != 0 ? TCP_CONNECTION_SYNACK : TCP_CONNECTION_SYN, 2);
    }
    if ((s->flags & FIN) != 0) {
        note(r, TCP_CONNECTION_FIN, 2);
        note(r, f->closes_first ? TCP_CONNECTION_FIN_ACTIVE : TCP_CONNECTION_FIN_PASSIVE, 2);
    }
    if ((s->flags & RST) != 0) {
        note(r, TCP_CONNECTION_RST, 2);
    }
}

static void window(HeaderReader *r, const Segment *s)
{
    const TcpFindings *f = s->findings;
    (void)reader_put(r, TCP_WINDOW_SIZE_VALUE, 2);
    if (f != NULL) {
        (void)reader_conclude(r, TCP_WINDOW_SIZE, 2, f->window);
        if (f->scalable && !r->packet->brief) {
            reader_conclude(r, TCP_WINDOW_SIZE_SCALEFACTOR, 2, 0)->value.integer = f->scale;
        }
    }
    r->at += 2;
}

/* Length to window, and whether there is more to decode. */
static bool fixed_header(HeaderReader *r, Segment *s)
{
    if (!s->sized && !r->walk->fragment && !r->walk->inside_error) {
        reader_remark(r, TCP_SHORT, 0);
    }
    find_out(r, s);
    if (s->sized) {
        r->at = FLAGS_AT;
        (void)reader_conclude(r, TCP_LEN, 1, r->span.reported - s->header_length);
    }
    numbers(r, s);
    r->at = FLAGS_AT;
    header_length_field(r, s->header_length);
    if (s->header_length < HEADER_LENGTH) {
        reader_remark(r, TCP_BAD_HEADER_LENGTH, 1);
        return false;
    }
    if (r->packet->brief) {
        (void)reader_put(r, TCP_FLAGS, 2);
    } else if (s->accurate) {
        READ_PARTS(r, ace_parts);
        r->at = FLAGS_AT;
        ace_number(r, s->flags);
    } else {
        READ_PARTS(r, flag_parts);
    }
    r->at = FLAGS_AT;
    flag_letters(r, s->flags, s->accurate);
    events(r, s);
    r->at += 2;
    window(r, s);
    return true;
}

static void urgent_pointer(HeaderReader *r, const Segment *s)
{
    uint64_t pointer = reader_put(r, TCP_URGENT_POINTER, 2);
    if (!r->stopped && pointer != 0 && (s->flags & URG) == 0 && s->findings != NULL) {
        note(r, TCP_URGENT_POINTER_NON_ZERO, 2);
    }
    r->at += 2;
}

/* Urgent pointer and options, and what is known of the segment by then. */
static void rest_of_header(HeaderReader *r, const Segment *s)
{
    const TcpFindings *f = s->findings;
    urgent_pointer(r, s);
    if (r->stopped) {
        return;
    }
    if (f != NULL && !r->packet->brief) {
        tcp_findings_times(r->packet, f, r->span.data);
    }
    r->walk->findings = f;
    if (s->header_length > HEADER_LENGTH) {
        options(r, s->header_length - HEADER_LENGTH);
    }
    if (f == NULL || r->stopped) {
        return;
    }
    tcp_findings_analysis(r->packet, f, r->span.data);
    if (r->span.captured >= s->header_length) { /* a bad option may hide that it is not */
        tcp_connections_options_end(r->walk->tcp);
    }
}

/* Headers without options differ in numbers. */
static void say_repeat(const HeaderReader *r, const Segment *s, uint32_t first)
{
    enum { SHAPES = 32, ACCURATE = 0x1000 };
    static FsShape shapes[SHAPES];
    if (!r->packet->brief && s->header_length == HEADER_LENGTH) {
        fs_repeat_shape(shapes, SHAPES, r->packet, first, r->span.data,
                        s->flags | (s->accurate ? ACCURATE : 0U)); /* the flags as letters */
    }
}

static void segment(HeaderReader *r, uint8_t depth)
{
    const HeaderWalk *walk = r->walk;
    Segment s = {.quoted = walk->quoted};
    uint32_t first = r->packet->count;
    r->walk->quoted = false;
    r->walk->findings = NULL;
    ports(r, &s.ports[0], &s.ports[1]);
    if (s.quoted) {
        (void)reader_put(r, TCP_SEQ, 4);
    }
    if (!reader_want(r, 12)) {
        return;
    }
    uint32_t sequence = (uint32_t)reader_peek(r, 0, 4);
    uint32_t acknowledgment = (uint32_t)reader_peek(r, 4, 4);
    uint16_t word = (uint16_t)reader_peek(r, FLAGS_AT - 4, 2);
    s.header_length = (word >> 12) * 4U;
    s.flags = word & 0xfff;
    s.sized = !walk->fragment && !walk->inside_error && r->span.reported >= s.header_length;
    s.accurate = accurate_ecn_agreed(r->walk, s.ports[0], s.ports[1], s.flags);
    if (!fixed_header(r, &s)) {
        return;
    }
    checksum(r);
    if (!r->stopped) {
        rest_of_header(r, &s);
    }
    if (r->stopped) {
        return;
    }
    say_repeat(r, &s, first);
    r->at = s.header_length;
    bool carries = reader_captured(r) > 0 && (s.flags & RST) == 0;
    if (carries) {
        (void)reader_put(r, TCP_PAYLOAD, reader_captured(r));
    } else if (reader_captured(r) > 0) {
        (void)reader_put(r, TCP_RESET_CAUSE, reader_captured(r));
    }
    r->packet->depth = depth;
    if (carries || r->walk->streams != NULL) {
        r->walk->tcp_sequence = sequence + ((s.flags & SYN) != 0);
        r->walk->tcp_acknowledgment = acknowledgment;
        r->walk->tcp_flags = (uint8_t)s.flags;
        header_application(r->walk, true, s.ports[0], s.ports[1],
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
