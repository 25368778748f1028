/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hop-by-hop and destination options: RFC 2473, 2711, 2675, 4782, 5570, 6275, 6553, 6621, 6744,
 * 6788, 6971, 7731, 8250, 9268.
 */
#include "sniffer/headers/ipv6.h"

/* An option decoder reads on from the option's data; like Wireshark's, most do not ask whether the
 * option is as long as they read. */
typedef void (*OptionDecoder)(HeaderReader *reader, const Ipv6Chain *chain, uint8_t length);

typedef struct {
    uint8_t type;
    OptionDecoder decode;
    uint8_t length; /* that it should have; 0: any */
} Option;

static void tunnel_limit(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)length;
    (void)reader_take(r, IPV6_OPT_TEL, 1);
}

static void router_alert(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)length;
    (void)reader_take(r, IPV6_OPT_ROUTER_ALERT, 2);
}

static void jumbo(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)length;
    (void)reader_take(r, IPV6_OPT_JUMBO, 4);
}

static void path_mtu(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)length;
    (void)reader_take(r, IPV6_OPT_PMTU_MIN, 2);
    uint16_t word = (uint16_t)reader_peek(r, 0, 2);
    if (!r->stopped) {
        (void)fs_add_number(r->packet, &r->fields[IPV6_OPT_PMTU_RTN], reader_here(r), 2,
                            word & 0xfffeU);
        (void)fs_add_bit_number(r->packet, &r->fields[IPV6_OPT_PMTU_R_FLAG], reader_here(r), 15, 1,
                                word & 1U);
    }
    r->at += 2;
}

static void quick_start(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    enum { REQUEST = 0, REPORT = 8 };
    static const HeaderPart nonce[] = {
        BITS(IPV6_OPT_QS_NONCE, 4),
        BITS(IPV6_OPT_QS_RESERVED, 4),
    };
    (void)length;
    uint8_t function = (uint8_t)reader_put(r, IPV6_OPT_QS_FUNC, 1);
    if (r->stopped || (function != REQUEST && function != REPORT)) {
        return;
    }
    (void)reader_take(r, IPV6_OPT_QS_RATE, 1);
    if (function == REQUEST) {
        uint8_t ttl = (uint8_t)reader_put(r, IPV6_OPT_QS_TTL, 1);
        if (!r->stopped && chain->over_ipv6) {
            (void)reader_conclude(r, IPV6_OPT_QS_TTL_DIFF, 1, (uint8_t)(chain->hop_limit - ttl));
        }
        r->at += 1;
    } else {
        (void)reader_take(r, IPV6_OPT_QS_UNUSED, 1);
    }
    READ_PARTS(r, nonce);
}

static void tunnel_payload(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)length;
    (void)reader_take(r, IPV6_OPT_TPF_INFORMATION, 4);
}

static void calipso(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)length;
    (void)reader_take(r, IPV6_OPT_CALIPSO_DOI, 4);
    uint32_t words = (uint32_t)reader_take(r, IPV6_OPT_CALIPSO_CMPT_LENGTH, 1);
    (void)reader_take(r, IPV6_OPT_CALIPSO_SENS_LEVEL, 1);
    (void)reader_take(r, IPV6_OPT_CALIPSO_CHECKSUM, 2);
    (void)reader_take(r, IPV6_OPT_CALIPSO_CMPT_BITMAP, words * 4);
}

static void duplicate_detection(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    static const HeaderPart identified[] = {
        BITS(IPV6_OPT_SMF_DPD_TID_TYPE, 1),
        BITS(IPV6_OPT_SMF_DPD_TID_LEN, 1),
    };
    (void)chain;
    uint8_t head = (uint8_t)reader_peek(r, 0, 1);
    (void)reader_put(r, IPV6_OPT_SMF_DPD_HASH_BIT, 1);
    if ((head & 0x80) != 0) {
        (void)reader_take(r, IPV6_OPT_SMF_DPD_HAV, length);
        return;
    }
    READ_PARTS(r, identified);
    int32_t left = length - 1;
    if ((head & 0x70) != 0) {
        uint32_t tagger = (head & 15U) + 1;
        (void)reader_take(r, IPV6_OPT_SMF_DPD_TAGGER_ID, tagger);
        left -= (int32_t)tagger;
    }
    if (left > 0) {
        (void)reader_take(r, IPV6_OPT_SMF_DPD_IDENT, (uint32_t)left);
    }
}

static void metrics(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    static const HeaderPart parts[] = {
        NEXT(IPV6_OPT_PDM_SCALE_DTLR, 1),      NEXT(IPV6_OPT_PDM_SCALE_DTLS, 1),
        NEXT(IPV6_OPT_PDM_PSN_THIS_PKT, 2),    NEXT(IPV6_OPT_PDM_PSN_LAST_RECV, 2),
        NEXT(IPV6_OPT_PDM_DELTA_LAST_RECV, 2), NEXT(IPV6_OPT_PDM_DELTA_LAST_SENT, 2),
    };
    (void)chain;
    (void)length;
    READ_PARTS(r, parts);
}

static void rpl(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    static const HeaderPart parts[] = {
        WORD(IPV6_OPT_RPL_FLAG, 1),        FLAG(IPV6_OPT_RPL_FLAG_O),
        FLAG(IPV6_OPT_RPL_FLAG_R),         FLAG(IPV6_OPT_RPL_FLAG_F),
        FLAG(IPV6_OPT_RPL_FLAG_RSV),       NEXT(IPV6_OPT_RPL_INSTANCE_ID, 1),
        NEXT(IPV6_OPT_RPL_SENDER_RANK, 2),
    };
    (void)chain;
    (void)length;
    READ_PARTS(r, parts);
}

static void mpl(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    static const uint8_t seed_lengths[] = {0, 2, 8, 16};
    static const HeaderPart parts[] = {
        WORD(IPV6_OPT_MPL_FLAG, 1), FLAG(IPV6_OPT_MPL_FLAG_S),   FLAG(IPV6_OPT_MPL_FLAG_M),
        FLAG(IPV6_OPT_MPL_FLAG_V),  FLAG(IPV6_OPT_MPL_FLAG_RSV), NEXT(IPV6_OPT_MPL_SEQUENCE, 1),
    };
    (void)chain;
    (void)length;
    uint32_t seed = seed_lengths[(uint8_t)reader_peek(r, 0, 1) >> 6];
    READ_PARTS(r, parts);
    if (seed > 0) {
        (void)reader_take(r, IPV6_OPT_MPL_SEED_ID, seed);
    }
}

static void depth_first(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    static const HeaderPart parts[] = {
        WORD(IPV6_OPT_DFF_FLAGS, 1), FLAG(IPV6_OPT_DFF_FLAG_VER),
        FLAG(IPV6_OPT_DFF_FLAG_DUP), FLAG(IPV6_OPT_DFF_FLAG_RET),
        FLAG(IPV6_OPT_DFF_FLAG_RSV), NEXT(IPV6_OPT_DFF_SEQUENCE_NUMBER, 2),
    };
    (void)chain;
    (void)length;
    READ_PARTS(r, parts);
}

/* The address that the sender has at home is its source to what lies further in. */
static void home_address(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    enum { ADDRESS_LENGTH = 16 };
    (void)chain;
    (void)length;
    const uint8_t *home = reader_here(r);
    (void)reader_take(r, IPV6_OPT_MIPV6_HOME_ADDRESS, ADDRESS_LENGTH);
    if (!r->stopped) {
        r->walk->source = home;
    }
}

static void nonce(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)reader_take(r, IPV6_OPT_ILNP_NONCE, length);
}

static void line_identification(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    int64_t line = (int64_t)reader_take(r, IPV6_OPT_LIO_LENGTH, 1);
    reader_take_difference(r, IPV6_OPT_LIO_LINE_ID, line + 1 > length ? length - 1 : line);
}

static void in_situ_oam(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    ipv6_ioam_option(r, length);
}

static void experiment(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)reader_take(r, IPV6_OPT_EXPERIMENTAL, length);
}

static void unknown(HeaderReader *r, const Ipv6Chain *chain, uint8_t length)
{
    (void)chain;
    (void)reader_take(r, IPV6_OPT_UNKNOWN, length);
}

static const Option options[] = {
    {0x04, tunnel_limit, 1},
    {0x05, router_alert, 2},
    {0x07, calipso, 0},
    {0x08, duplicate_detection, 0},
    {0x0f, metrics, 10},
    {0x1e, experiment, 0},
    {0x26, quick_start, 6},
    {0x30, path_mtu, 4},
    {0x31, in_situ_oam, 0},
    {0x3e, experiment, 0},
    {0x41, tunnel_payload, 4},
    {0x5e, experiment, 0},
    {0x63, rpl, 0},
    {0x6d, mpl, 0},
    {0x7e, experiment, 0},
    {0x8b, nonce, 0},
    {0x8c, line_identification, 0},
    {0x9e, experiment, 0},
    {0xbe, experiment, 0},
    {0xc2, jumbo, 4},
    {0xc9, home_address, 16},
    {0xde, experiment, 0},
    {0xee, depth_first, 3},
    {0xfe, experiment, 0},
};

void ipv6_option(HeaderReader *reader, const Ipv6Chain *chain, uint8_t type, uint8_t length)
{
    Option option = {type, unknown, 0};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].type == type) {
            option = options[i];
        }
    }
    if (option.length != 0 && option.length != length) {
        reader_remark(reader, IPV6_BAD_OPTION, 0);
    }
    uint32_t end = reader->at + length;
    option.decode(reader, chain, length);
    if (!reader->stopped && reader->at < end) {
        (void)reader_take(reader, IPV6_OPT_UNKNOWN_DATA, end - reader->at);
    }
}
