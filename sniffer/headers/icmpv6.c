/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ICMPv6 messages: RFC 4443, 2710, 3971, 4286, 4861, 5568, 6275, 6743, 6775, 8335.
 */
#include "sniffer/headers/icmpv6.h"
#include "sniffer/headers/checksum.h"
#include "sniffer/headers/icmp.h"

enum { PROTOCOL_ICMPV6 = 58 };

enum {
    UNREACHABLE = 1,
    PACKET_TOO_BIG = 2,
    TIME_EXCEEDED = 3,
    PARAMETER_PROBLEM = 4,
    LISTENER_QUERY = 130,
    ROUTER_RENUMBERING = 138,
    NODE_INFORMATION_QUERY = 139,
    NODE_INFORMATION_REPLY = 140,
    LISTENER_REPORT_2 = 143,
    HOME_AGENT_REPLY = 145,
    EXPERIMENTAL_MOBILITY = 150,
    FAST_HANDOVER = 154,
    RPL_CONTROL = 155,
    LOCATOR_UPDATE = 156,
    MPL_CONTROL = 159,
    EXTENDED_ECHO_REQUEST = 160
};

static void checksum(HeaderReader *r)
{
    const HeaderWalk *walk = r->walk;
    (void)reader_put(r, ICMPV6_CHECKSUM, 2);
    if (r->stopped) {
        return;
    }
    ChecksumStatus status = CHECKSUM_UNVERIFIED;
    if (!walk->fragment && !walk->inside_error && r->span.captured >= r->span.reported) {
        uint64_t sum = checksum_pseudo_header(walk, PROTOCOL_ICMPV6, r->span.reported);
        uint16_t computed = checksum_finish(checksum_add(sum, r->span.data, r->span.reported));
        status = computed == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD;
    }
    (void)reader_conclude(r, ICMPV6_CHECKSUM_STATUS, 2, status);
    if (status == CHECKSUM_BAD) {
        reader_remark(r, ICMPV6_BAD_CHECKSUM, 2);
    }
    r->at += 2;
}

/* --- messages that are a row of fields --- */

static const HeaderPart echo_parts[] = {
    NEXT(ICMPV6_ECHO_IDENTIFIER, 2),
    NEXT(ICMPV6_ECHO_SEQUENCE_NUMBER, 2),
};

static const HeaderPart listener_parts[] = {
    NEXT(ICMPV6_MLD_MAXIMUM_RESPONSE_DELAY, 2),
    NEXT(ICMPV6_RESERVED, 2),
    NEXT(ICMPV6_MLD_MULTICAST_ADDRESS, 16),
};

static const HeaderPart solicitation_parts[] = {
    NEXT(ICMPV6_RESERVED, 4),
};

static const HeaderPart router_advertisement_parts[] = {
    NEXT(ICMPV6_ND_RA_CUR_HOP_LIMIT, 1),
    WORD(ICMPV6_ND_RA_FLAG, 1),
    FLAG(ICMPV6_ND_RA_FLAG_M),
    FLAG(ICMPV6_ND_RA_FLAG_O),
    FLAG(ICMPV6_ND_RA_FLAG_H),
    FLAG(ICMPV6_ND_RA_FLAG_PRF),
    FLAG(ICMPV6_ND_RA_FLAG_P),
    FLAG(ICMPV6_ND_RA_FLAG_RSV),
    NEXT(ICMPV6_ND_RA_ROUTER_LIFETIME, 2),
    NEXT(ICMPV6_ND_RA_REACHABLE_TIME, 4),
    NEXT(ICMPV6_ND_RA_RETRANS_TIMER, 4),
};

static const HeaderPart neighbor_solicitation_parts[] = {
    NEXT(ICMPV6_RESERVED, 4),
    NEXT(ICMPV6_ND_NS_TARGET_ADDRESS, 16),
};

static const HeaderPart neighbor_advertisement_parts[] = {
    WORD(ICMPV6_ND_NA_FLAG, 4), FLAG(ICMPV6_ND_NA_FLAG_R),   FLAG(ICMPV6_ND_NA_FLAG_S),
    FLAG(ICMPV6_ND_NA_FLAG_O),  FLAG(ICMPV6_ND_NA_FLAG_RSV), NEXT(ICMPV6_ND_NA_TARGET_ADDRESS, 16),
};

static const HeaderPart redirect_parts[] = {
    NEXT(ICMPV6_RESERVED, 4),
    NEXT(ICMPV6_ND_RD_TARGET_ADDRESS, 16),
    NEXT(ICMPV6_RD_NA_DESTINATION_ADDRESS, 16),
};

static const HeaderPart home_agent_parts[] = {
    NEXT(ICMPV6_MIP6_IDENTIFIER, 2),
    NEXT(ICMPV6_RESERVED, 2),
};

static const HeaderPart mobile_prefix_parts[] = {
    NEXT(ICMPV6_MIP6_IDENTIFIER, 2), WORD(ICMPV6_MIP6_FLAG, 2),  FLAG(ICMPV6_MIP6_FLAG_M),
    FLAG(ICMPV6_MIP6_FLAG_O),        FLAG(ICMPV6_MIP6_FLAG_RSV),
};

static const HeaderPart path_solicitation_parts[] = {
    NEXT(ICMPV6_SEND_IDENTIFIER, 2),
    NEXT(ICMPV6_SEND_COMPONENT, 2),
};

static const HeaderPart path_advertisement_parts[] = {
    NEXT(ICMPV6_SEND_IDENTIFIER, 2),
    NEXT(ICMPV6_SEND_ALL_COMPONENTS, 2),
    NEXT(ICMPV6_SEND_COMPONENT, 2),
    NEXT(ICMPV6_RESERVED, 2),
};

static const HeaderPart multicast_router_parts[] = {
    NEXT(ICMPV6_MCAST_RA_QUERY_INTERVAL, 2),
    NEXT(ICMPV6_MCAST_RA_ROBUSTNESS_VARIABLE, 2),
};

static const HeaderPart duplicate_address_parts[] = {
    NEXT(ICMPV6_6LOWPANND_DA_STATUS, 1),    NEXT(ICMPV6_6LOWPANND_DA_RSV, 1),
    NEXT(ICMPV6_6LOWPANND_DA_LIFETIME, 2),  NEXT(ICMPV6_6LOWPANND_DA_EUI64, 8),
    NEXT(ICMPV6_6LOWPANND_DA_REG_ADDR, 16),
};

static const HeaderPart extended_request_parts[] = {
    NEXT(ICMPV6_ECHO_IDENTIFIER, 2),
    NEXT(ICMPV6_EXT_ECHO_SEQ, 1),
    BITS(ICMPV6_EXT_ECHO_REQ_RES, 1),
    BITS(ICMPV6_EXT_ECHO_REQ_LOCAL, 1),
};

static const HeaderPart extended_reply_parts[] = {
    NEXT(ICMPV6_ECHO_IDENTIFIER, 2),     NEXT(ICMPV6_EXT_ECHO_SEQ, 1),
    BITS(ICMPV6_EXT_ECHO_RSP_STATE, 1),  BITS(ICMPV6_EXT_ECHO_RSP_RES, 1),
    BITS(ICMPV6_EXT_ECHO_RSP_ACTIVE, 1), BITS(ICMPV6_EXT_ECHO_RSP_IPV4, 1),
    BITS(ICMPV6_EXT_ECHO_RSP_IPV6, 1),
};

typedef enum { NOTHING, OPTIONS } Rest; /* what follows the row */

typedef struct {
    uint8_t type;
    uint8_t rest; /* Rest */
    uint8_t count;
    const HeaderPart *parts;
} Layout;

#define LAYOUT(type, rest, parts)                                                                  \
    {                                                                                              \
        (type), (rest), sizeof(parts) / sizeof(parts)[0], (parts)                                  \
    }

static const Layout layouts[] = {
    LAYOUT(128, NOTHING, echo_parts),
    LAYOUT(129, NOTHING, echo_parts),
    LAYOUT(131, NOTHING, listener_parts),
    LAYOUT(132, NOTHING, listener_parts),
    LAYOUT(133, OPTIONS, solicitation_parts),
    LAYOUT(134, OPTIONS, router_advertisement_parts),
    LAYOUT(135, OPTIONS, neighbor_solicitation_parts),
    LAYOUT(136, OPTIONS, neighbor_advertisement_parts),
    LAYOUT(137, OPTIONS, redirect_parts),
    LAYOUT(141, OPTIONS, solicitation_parts),
    LAYOUT(142, OPTIONS, solicitation_parts),
    LAYOUT(144, NOTHING, home_agent_parts),
    LAYOUT(146, NOTHING, home_agent_parts),
    LAYOUT(147, OPTIONS, mobile_prefix_parts),
    LAYOUT(148, OPTIONS, path_solicitation_parts),
    LAYOUT(149, OPTIONS, path_advertisement_parts),
    LAYOUT(151, NOTHING, multicast_router_parts),
    {152, NOTHING, 0, NULL},
    {153, NOTHING, 0, NULL},
    LAYOUT(157, NOTHING, duplicate_address_parts),
    LAYOUT(158, NOTHING, duplicate_address_parts),
    LAYOUT(EXTENDED_ECHO_REQUEST, NOTHING, extended_request_parts),
    LAYOUT(161, NOTHING, extended_reply_parts),
};

static const Layout *layout_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].type == type) {
            return &layouts[i];
        }
    }
    return NULL;
}

/* All that is left. */
static void data(HeaderReader *r)
{
    if (reader_captured(r) > 0) {
        (void)reader_take(r, ICMPV6_DATA, reader_captured(r));
    }
}

static void laid_out(HeaderReader *r, const Layout *layout)
{
    reader_parts(r, layout->parts, layout->count);
    if (r->stopped) {
        return;
    }
    if (layout->rest == OPTIONS) {
        icmpv6_options(r);
    }
}

/* --- errors --- */

void icmpv6_quoted_packet(HeaderReader *reader, FsSpan span)
{
    HeaderWalk *walk = reader->walk;
    if (span.captured == 0) {
        reader_stop(reader, 1);
        return;
    }
    if (span.data[0] >> 4 != 6) {
        return;
    }
    bool outer = walk->inside_error;
    walk->inside_error = true;
    header_ipv6(walk, span);
    walk->inside_error = outer;
    reader->stopped = walk->truncated;
}

static void error(HeaderReader *r, uint8_t type)
{
    uint32_t quoted_words = 0; /* RFC 4884 4, of 8 bytes here */
    if (type == PACKET_TOO_BIG || type == PARAMETER_PROBLEM) {
        (void)reader_take(r, type == PACKET_TOO_BIG ? ICMPV6_MTU : ICMPV6_POINTER, 4);
    } else {
        quoted_words = (uint32_t)reader_peek(r, 0, 1);
        if (quoted_words != 0) {
            (void)reader_take(r, ICMPV6_LENGTH, 1);
        }
        (void)reader_take(r, ICMPV6_RESERVED, quoted_words != 0 ? 3 : 4);
    }
    if (!reader_want(r, 0)) {
        return;
    }
    icmpv6_quoted_packet(r, reader_span(r, UINT32_MAX));
    if (quoted_words == 0 || r->stopped) {
        return;
    }
    reader_skip(r, quoted_words * 8);
    if (reader_want(r, 0)) {
        icmp_extensions(r->walk, reader_span(r, UINT32_MAX));
    }
}

/* --- the others --- */

static void home_agents(HeaderReader *r)
{
    READ_PARTS(r, home_agent_parts);
    while (!r->stopped && reader_captured(r) > 0) {
        (void)reader_take(r, ICMPV6_MIP6_HOME_AGENT_ADDRESS, 16);
    }
}

static void fast_handover(HeaderReader *r)
{
    enum { HANDOVER_INITIATE = 4 };
    static const HeaderPart initiate_flags[] = {
        WORD(ICMPV6_FMIP6_HI_FLAG, 1),
        FLAG(ICMPV6_FMIP6_HI_FLAG_S),
        FLAG(ICMPV6_FMIP6_HI_FLAG_A),
        FLAG(ICMPV6_FMIP6_HI_FLAG_RESERVED),
    };
    uint8_t subtype = (uint8_t)reader_take(r, ICMPV6_FMIP6_SUBTYPE, 1);
    if (r->stopped) {
        return;
    }
    if (subtype == 2 || subtype == 3 || subtype == 5) {
        (void)reader_take(r, ICMPV6_RESERVED, 1);
    } else if (subtype == HANDOVER_INITIATE) {
        READ_PARTS(r, initiate_flags);
    } else {
        reader_skip(r, 1);
    }
    (void)reader_take(r, ICMPV6_FMIP6_IDENTIFIER, 2);
    if (!r->stopped) {
        icmpv6_options(r);
    }
}

static void locator_update(HeaderReader *r)
{
    static const HeaderPart locator[] = {
        NEXT(ICMPV6_ILNP_NB_LOCATOR, 8),
        NEXT(ICMPV6_ILNP_NB_PREFERENCE, 2),
        NEXT(ICMPV6_ILNP_NB_LIFETIME, 2),
    };
    uint32_t count = (uint32_t)reader_take(r, ICMPV6_ILNP_NB_LOCS, 1);
    (void)reader_take(r, ICMPV6_RESERVED, 1);
    (void)reader_take(r, ICMPV6_RESERVED, 2);
    for (uint32_t i = 0; i < count && !r->stopped; i++) {
        READ_PARTS(r, locator);
    }
}

static void message(HeaderReader *r, uint8_t type, uint8_t code)
{
    switch (type) {
    case UNREACHABLE:
    case PACKET_TOO_BIG:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM:
        error(r, type);
        break;
    case LISTENER_QUERY:
        icmpv6_listener_query(r);
        break;
    case ROUTER_RENUMBERING:
        icmpv6_renumbering(r, code);
        break;
    case NODE_INFORMATION_QUERY:
    case NODE_INFORMATION_REPLY:
        icmpv6_node_information(r, type, code);
        break;
    case LISTENER_REPORT_2:
        icmpv6_listener_report(r);
        break;
    case HOME_AGENT_REPLY:
        home_agents(r);
        break;
    case EXPERIMENTAL_MOBILITY:
    case FAST_HANDOVER:
        fast_handover(r);
        break;
    case RPL_CONTROL:
        icmpv6_rpl_control(r, code);
        break;
    case LOCATOR_UPDATE:
        locator_update(r);
        break;
    case MPL_CONTROL:
        icmpv6_mpl_control(r, code);
        break;
    default:
        data(r);
        break;
    }
}

void header_icmpv6(HeaderWalk *walk, FsSpan span)
{
    HeaderReader r = reader_start(walk, &icmpv6_table, span);
    uint8_t depth = walk->packet->depth;
    reader_open(&r, ICMPV6_LAYER, span.captured);
    uint8_t type = (uint8_t)reader_take(&r, ICMPV6_TYPE, 1);
    uint8_t code = (uint8_t)reader_take(&r, ICMPV6_CODE, 1);
    if (!r.stopped) {
        r.at = 0;
        (void)reader_conclude(&r, ICMPV6_MESSAGE, 2, (uint64_t)type << 8 | code);
        r.at = 2;
        checksum(&r);
    }
    if (!r.stopped) {
        const Layout *layout = layout_of(type);
        if (layout != NULL) {
            laid_out(&r, layout);
            if (type == EXTENDED_ECHO_REQUEST && !r.stopped) {
                icmp_extensions(walk, reader_span(&r, UINT32_MAX));
            }
        } else {
            message(&r, type, code);
        }
    }
    walk->packet->depth = depth;
}
