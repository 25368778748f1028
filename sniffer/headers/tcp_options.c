/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options of TCP segments: RFC 9293, 7323, 2018, 1072, 1644, 2385, 5925, 4782, 5482, 7413, 6994,
 * accurate ECN (draft-ietf-tcpm-accurate-ecn) and SCPS (CCSDS 714.0-B).
 */
#include "sniffer/conversation/sequence.h"
#include "sniffer/conversation/tcp_connections.h"
#include "sniffer/headers/tcp.h"

enum { END = 0, NO_OPERATION = 1, SEGMENT_SIZE = 2 };

/* Each option is decoded in a reader of its own that ends with the option and stands behind kind
 * and length. */
typedef void (*OptionDecoder)(HeaderReader *option);

typedef struct {
    uint8_t kind;
    uint16_t field;
    uint8_t length; /* of the option if it is fixed; another is remarked, and not decoded */
    uint8_t least;  /* of the option if it is not */
    OptionDecoder decode;
} Option;

static bool is_syn(const HeaderReader *o)
{
    const TcpFindings *findings = o->walk->findings;
    return findings != NULL && (findings->flags & TCP_FLAG_SYN) != 0;
}

static void segment_size(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_MSS_VAL, 2);
}

static void window_scale(HeaderReader *o)
{
    enum { MOST = 14 }; /* RFC 7323 2.3: more counts as that */
    uint64_t shift = reader_put(o, TCP_OPTIONS_WSCALE_SHIFT, 1);
    if (!o->stopped) {
        if (shift > MOST) {
            reader_remark(o, TCP_OPTIONS_WSCALE_SHIFT_INVALID, 1);
        }
        (void)reader_conclude(o, TCP_OPTIONS_WSCALE_MULTIPLIER, 1,
                              UINT64_C(1) << (shift > MOST ? MOST : shift));
        if (o->walk->findings != NULL) {
            tcp_connections_scale(o->walk->tcp, (uint8_t)shift);
        }
    }
}

/* One end of a block. Returns it relative, if connections are remembered. */
static uint32_t edge(HeaderReader *o, unsigned raw, unsigned relative)
{
    const TcpFindings *findings = o->walk->findings;
    const uint8_t *at = reader_here(o);
    uint32_t number = (uint32_t)reader_take(o, raw, 4);
    if (findings == NULL || o->stopped) {
        return number;
    }
    (void)fs_add_number(o->packet, &o->fields[relative], at, 4, number - findings->other_origin);
    return number - findings->other_origin;
}

/* Returns how many blocks the option has. */
static uint32_t read_blocks(HeaderReader *o)
{
    uint32_t count = 0;
    while (!o->stopped && reader_left(o) >= 4) {
        uint32_t left = edge(o, TCP_SACK_LEFT, TCP_OPTIONS_SACK_LE);
        if (reader_left(o) < 4) {
            break;
        }
        uint32_t right = edge(o, TCP_SACK_RIGHT, TCP_OPTIONS_SACK_RE);
        if (o->stopped) {
            break;
        }
        count++;
        if (o->walk->findings != NULL) {
            tcp_connections_sack(o->walk->tcp, left, right);
        }
    }
    return count;
}

/* Is the segment's first block one that came again? It is if it is acknowledged, or part of the
 * second (RFC 2883 4). Of two options, which none should have, Wireshark takes the blocks together.
 */
static bool repeats(const TcpConnections *connections, uint32_t acknowledged)
{
    const TcpSackBlock *blocks;
    unsigned count = tcp_connections_sack_first(connections, &blocks);
    bool inside = count > 1 && sequence_before(blocks[1].left, blocks[0].right) &&
                  !sequence_before(blocks[1].right, blocks[0].right);
    return inside || !sequence_after(blocks[0].right, acknowledged);
}

static void selective_acknowledgement(HeaderReader *o)
{
    enum { FIRST_BLOCK = 2, BLOCK_LENGTH = 8 };
    const TcpFindings *findings = o->walk->findings;
    uint32_t count = read_blocks(o);
    if (reader_left(o) > 0) {
        reader_remark(o, TCP_BAD_OPTION, 0);
    }
    if (o->stopped) {
        return;
    }
    (void)reader_conclude(o, TCP_OPTIONS_SACK_COUNT, 0, count);
    if (count == 0 || findings == NULL || !repeats(o->walk->tcp, findings->acknowledgment)) {
        return;
    }
    o->at = FIRST_BLOCK;
    (void)reader_conclude(o, TCP_OPTIONS_SACK_DSACK_LE, 4,
                          (uint32_t)reader_peek(o, 0, 4) - findings->other_base);
    o->at += 4;
    (void)reader_conclude(o, TCP_OPTIONS_SACK_DSACK_RE, 4,
                          (uint32_t)reader_peek(o, 0, 4) - findings->other_base);
    o->at = FIRST_BLOCK;
    reader_remark(o, TCP_OPTIONS_SACK_DSACK, BLOCK_LENGTH);
}

static void echo(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_ECHO_VALUE, 4);
}

static void timestamps(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_TIMESTAMP_TSVAL, 4);
    (void)reader_take(o, TCP_OPTIONS_TIMESTAMP_TSECR, 4);
}

static void connection_count(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_CC_VALUE, 4);
}

static void md5_signature(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_MD5_DIGEST, 16);
}

static void authentication(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_AO_KEYID, 1);
    (void)reader_take(o, TCP_OPTIONS_AO_RNEXTKEYID, 1);
    if (reader_left(o) > 0) {
        (void)reader_take(o, TCP_OPTIONS_AO_MAC, reader_left(o));
    }
}

static void scps_capabilities(HeaderReader *o)
{
    static const HeaderPart parts[] = {
        WORD(TCP_OPTIONS_SCPS_VECTOR, 1),     FLAG(TCP_OPTIONS_SCPSFLAGS_BETS),
        FLAG(TCP_OPTIONS_SCPSFLAGS_SNACK1),   FLAG(TCP_OPTIONS_SCPSFLAGS_SNACK2),
        FLAG(TCP_OPTIONS_SCPSFLAGS_COMPRESS), FLAG(TCP_OPTIONS_SCPSFLAGS_NLTS),
        FLAG(TCP_OPTIONS_SCPSFLAGS_RESERVED), NEXT(TCP_OPTIONS_SCPS_BINDING, 1),
    };
    /* Of any other length it extends the capabilities that an earlier segment announced. */
    if (o->span.reported == 4) {
        READ_PARTS(o, parts);
    }
}

static void negative_acknowledgement(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_SNACK_OFFSET, 2);
    (void)reader_take(o, TCP_OPTIONS_SNACK_SIZE, 2);
}

static void quick_start(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_QS_RATE, 1);
    (void)reader_take(o, TCP_OPTIONS_QS_TTL_DIFF, 1);
}

static void user_timeout(HeaderReader *o)
{
    static const HeaderPart parts[] = {
        BITS(TCP_OPTIONS_USER_TO_GRANULARITY, 2),
        BITS(TCP_OPTIONS_USER_TO_VAL, 2),
    };
    READ_PARTS(o, parts);
}

static void fast_open(HeaderReader *o)
{
    if (reader_left(o) > 0) {
        uint32_t length = reader_left(o);
        (void)reader_take(o, TCP_OPTIONS_TFO_COOKIE, length);
        if (!o->stopped && is_syn(o) && (o->walk->findings->flags & TCP_FLAG_ACK) == 0) {
            tcp_connections_fast_open(o->walk->tcp);
            o->at -= length;
            reader_remark(o, TCP_ANALYSIS_TFO_SYN, length);
            o->at += length;
        }
    } else {
        o->at -= 2;
        (void)reader_put(o, TCP_OPTIONS_TFO_REQUEST, 2);
        o->at += 2;
    }
}

/* Up to three counters, in one of two orders. */
static void ecn_counters(HeaderReader *o, bool order_0)
{
    const unsigned counters[] = {
        order_0 ? TCP_OPTIONS_ACC_ECN_EE0B : TCP_OPTIONS_ACC_ECN_EE1B,
        TCP_OPTIONS_ACC_ECN_ECEB,
        order_0 ? TCP_OPTIONS_ACC_ECN_EE1B : TCP_OPTIONS_ACC_ECN_EE0B,
    };
    if (reader_left(o) % 3 != 0 || reader_left(o) > 9) {
        reader_remark(o, TCP_BAD_OPTION, 0);
        return;
    }
    for (unsigned i = 0; i < 3 && reader_left(o) > 0 && !o->stopped; i++) {
        (void)reader_take(o, counters[i], 3);
    }
    if (!o->stopped) {
        accurate_ecn_option(o->walk);
    }
}

static void accurate_ecn(HeaderReader *o)
{
    ecn_counters(o, o->span.data[0] == 172);
}

static void rate_request(HeaderReader *o)
{
    static const HeaderPart parts[] = {
        BITS(TCP_OPTIONS_TARR_RATE, 1),
        BITS(TCP_OPTIONS_TAR_RESERVED, 1),
    };
    if (reader_left(o) > 1) {
        reader_remark(o, TCP_BAD_OPTION, 0);
    } else if (reader_left(o) == 1) {
        READ_PARTS(o, parts);
    }
}

static void experimental(HeaderReader *o)
{
    enum { TARR = 0x00ac, ACCURATE_ECN_0 = 0xacc0, ACCURATE_ECN_1 = 0xacc1, FAST_OPEN = 0xf989 };
    unsigned experiment = (unsigned)reader_take(o, TCP_OPTIONS_EXPERIMENTAL_EXID, 2);
    if (o->stopped) {
        return;
    }
    switch (experiment) {
    case TARR:
        rate_request(o);
        break;
    case ACCURATE_ECN_0:
    case ACCURATE_ECN_1:
        ecn_counters(o, experiment == ACCURATE_ECN_0);
        break;
    case FAST_OPEN:
        fast_open(o);
        break;
    default:
        if (reader_left(o) > 0) {
            (void)reader_take(o, TCP_OPTIONS_EXPERIMENTAL_DATA, reader_left(o));
        }
        break;
    }
}

static void unknown(HeaderReader *o)
{
    if (reader_left(o) > 0) {
        (void)reader_take(o, TCP_OPTIONS_UNKNOWN_PAYLOAD, reader_left(o));
    }
}

static void nothing(HeaderReader *o)
{
    (void)o;
}

static const Option options[] = {
    {SEGMENT_SIZE, TCP_OPTIONS_MSS, 4, 0, segment_size},
    {3, TCP_OPTIONS_WSCALE, 3, 0, window_scale},
    {4, TCP_OPTIONS_SACK_PERM, 2, 0, nothing},
    {5, TCP_OPTIONS_SACK, 0, 2, selective_acknowledgement},
    {6, TCP_OPTIONS_ECHO, 6, 0, echo},
    {7, TCP_OPTIONS_ECHO, 6, 0, echo},
    {8, TCP_OPTIONS_TIMESTAMP, 10, 0, timestamps},
    {11, TCP_OPTIONS_CC, 6, 0, connection_count},
    {12, TCP_OPTIONS_CC, 6, 0, connection_count},
    {13, TCP_OPTIONS_CC, 6, 0, connection_count},
    {19, TCP_OPTIONS_MD5, 18, 0, md5_signature},
    {20, TCP_OPTIONS_SCPS, 0, 2, scps_capabilities},
    {21, TCP_OPTIONS_SNACK, 6, 0, negative_acknowledgement},
    {22, TCP_OPTIONS_SCPSREC, 2, 0, nothing},
    {23, TCP_OPTIONS_SCPSCOR, 2, 0, nothing},
    {27, TCP_OPTIONS_QS, 8, 0, quick_start},
    {28, TCP_OPTIONS_USER_TO, 4, 0, user_timeout},
    {29, TCP_OPTIONS_AO, 0, 4, authentication},
    {30, TCP_MPTCP, 0, 2, tcp_multipath_option},
    {34, TCP_OPTIONS_TFO, 0, 2, fast_open},
    {76, TCP_OPTIONS_RVBD_PROBE, 0, 3, tcp_riverbed_probe},
    {78, TCP_OPTIONS_RVBD_TRPY, 16, 0, tcp_riverbed_transparency},
    {172, TCP_OPTIONS_ACC_ECN, 0, 2, accurate_ecn},
    {174, TCP_OPTIONS_ACC_ECN, 0, 2, accurate_ecn},
    {253, TCP_OPTIONS_EXPERIMENTAL, 0, 4, experimental},
    {254, TCP_OPTIONS_EXPERIMENTAL, 0, 4, experimental},
};

static const Option other = {0, TCP_OPTIONS_UNKNOWN, 0, 2, unknown};

static const Option *find_option(uint8_t kind)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].kind == kind) {
            return &options[i];
        }
    }
    return &other;
}

static void one_byte_option(HeaderReader *r, uint8_t kind)
{
    reader_open(r, kind == END ? TCP_OPTIONS_EOL : TCP_OPTIONS_NOP, 1);
    (void)reader_take(r, TCP_OPTION_KIND, 1);
    reader_close(r);
}

static void long_option(HeaderReader *r, uint8_t kind, uint32_t length)
{
    const Option *option = find_option(kind);
    HeaderReader o = *r;
    o.span = reader_span(r, length);
    o.complete = r->span.captured == r->span.reported;
    o.span.reported = length; /* even if the packet is shorter: Wireshark's way */
    o.at = 0;
    reader_open(&o, option->field, o.span.captured);
    (void)reader_take(&o, TCP_OPTION_KIND, 1);
    (void)reader_take(&o, TCP_OPTION_LEN, 1);
    if (!o.stopped) {
        if (kind == SEGMENT_SIZE && o.walk->findings != NULL && !is_syn(&o)) {
            reader_remark(&o, TCP_OPTIONS_MSS_PRESENT, 2);
        }
        if ((option->length != 0 && option->length != length) || length < option->least) {
            reader_remark(&o, TCP_BAD_OPTION, 0);
        } else {
            option->decode(&o);
        }
    }
    reader_close(&o);
    r->stopped = reader_part_stops(&o);
}

void tcp_options(HeaderReader *reader, uint32_t left)
{
    bool ended = false;
    bool sized = false;
    while (left > 0) {
        uint8_t kind = (uint8_t)reader_peek(reader, 0, 1);
        if (reader->stopped) {
            return;
        }
        if (ended && kind != END) {
            reader_remark(reader, TCP_AFTER_END, left);
            return;
        }
        if (kind == END || kind == NO_OPERATION) {
            one_byte_option(reader, kind);
            ended = kind == END;
            left--;
            continue;
        }
        uint32_t length = left > 1 ? (uint32_t)reader_peek(reader, 1, 1) : 0;
        if (reader->stopped) {
            return;
        }
        if (length < 2 || length > left) {
            reader_remark(reader, TCP_BAD_OPTION, left < 2 ? left : 2);
            return;
        }
        long_option(reader, kind, length);
        if (reader->stopped) {
            return;
        }
        sized = sized || kind == SEGMENT_SIZE;
        reader->at += length;
        left -= length;
    }
    if (is_syn(reader) && !sized) {
        reader_remark(reader, TCP_OPTIONS_MSS_ABSENT, 0);
    }
}
