/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Router renumbering (RFC 2894) and node information (RFC 4620).
 */
#include "sniffer/headers/icmpv6.h"

/* --- router renumbering --- */

static const HeaderPart renumbering_head[] = {
    NEXT(ICMPV6_RR_SEQUENCE_NUMBER, 4),
    NEXT(ICMPV6_RR_SEGMENT_NUMBER, 1),
    WORD(ICMPV6_RR_FLAG, 1),
    FLAG(ICMPV6_RR_FLAG_T),
    FLAG(ICMPV6_RR_FLAG_R),
    FLAG(ICMPV6_RR_FLAG_A),
    FLAG(ICMPV6_RR_FLAG_S),
    FLAG(ICMPV6_RR_FLAG_P),
    FLAG(ICMPV6_RR_FLAG_RSV),
    NEXT(ICMPV6_RR_MAXDELAY, 2),
    NEXT(ICMPV6_RESERVED, 4),
};

static const HeaderPart match_prefix[] = {
    NEXT(ICMPV6_RR_PCO_MP_OPCODE, 1),  NEXT(ICMPV6_RR_PCO_MP_OPLENGTH, 1),
    NEXT(ICMPV6_RR_PCO_MP_ORDINAL, 1), NEXT(ICMPV6_RR_PCO_MP_MATCHLEN, 1),
    NEXT(ICMPV6_RR_PCO_MP_MINLEN, 1),  NEXT(ICMPV6_RR_PCO_MP_MAXLEN, 1),
    NEXT(ICMPV6_RESERVED, 2),          NEXT(ICMPV6_RR_PCO_MP_MATCHPREFIX, 16),
};

/* Wireshark gives the flags of both bytes the same names. */
static const HeaderPart use_prefix[] = {
    NEXT(ICMPV6_RR_PCO_UP_USELEN, 1),        NEXT(ICMPV6_RR_PCO_UP_KEEPLEN, 1),
    WORD(ICMPV6_RR_PCO_UP_FLAGMASK, 1),      FLAG(ICMPV6_RR_PCO_UP_FLAGMASK_L),
    FLAG(ICMPV6_RR_PCO_UP_FLAGMASK_A),       FLAG(ICMPV6_RR_PCO_UP_FLAGMASK_RESERVED),
    WORD(ICMPV6_RR_PCO_UP_RAFLAGS, 1),       FLAG(ICMPV6_RR_PCO_UP_FLAGMASK_L),
    FLAG(ICMPV6_RR_PCO_UP_FLAGMASK_A),       FLAG(ICMPV6_RR_PCO_UP_FLAGMASK_RESERVED),
    NEXT(ICMPV6_RR_PCO_UP_VALIDLIFETIME, 4), NEXT(ICMPV6_RR_PCO_UP_PREFERREDLIFETIME, 4),
    WORD(ICMPV6_RR_PCO_UP_FLAG, 4),          FLAG(ICMPV6_RR_PCO_UP_FLAG_V),
    FLAG(ICMPV6_RR_PCO_UP_FLAG_P),           FLAG(ICMPV6_RR_PCO_UP_FLAG_RESERVED),
    NEXT(ICMPV6_RR_PCO_UP_USEPREFIX, 16),
};

static const HeaderPart result[] = {
    WORD(ICMPV6_RR_RM_FLAG, 2),
    FLAG(ICMPV6_RR_RM_FLAG_RESERVED),
    FLAG(ICMPV6_RR_RM_FLAG_B),
    FLAG(ICMPV6_RR_RM_FLAG_F),
    NEXT(ICMPV6_RR_RM_ORDINAL, 1),
    NEXT(ICMPV6_RR_RM_MATCHEDLEN, 1),
    NEXT(ICMPV6_RR_RM_INTERFACEINDEX, 4),
    NEXT(ICMPV6_RR_RM_MATCHEDPREFIX, 16),
};

typedef struct {
    uint16_t group;
    uint8_t length;
    uint8_t count;
    const HeaderPart *parts;
} Section;

#define SECTION(group, length, parts)                                                              \
    {                                                                                              \
        (group), (length), sizeof(parts) / sizeof(parts)[0], (parts)                               \
    }

static void read_section(HeaderReader *r, const Section *section)
{
    reader_open(r, section->group, section->length);
    reader_parts(r, section->parts, section->count);
    reader_close(r);
}

void icmpv6_renumbering(HeaderReader *reader, uint8_t code)
{
    enum { COMMAND = 0, RESULT = 1 };
    static const Section matched = SECTION(ICMPV6_RR_PCO_MP, 24, match_prefix);
    static const Section used = SECTION(ICMPV6_RR_PCO_UP, 32, use_prefix);
    static const Section told = SECTION(ICMPV6_RR_RM, 24, result);
    READ_PARTS(reader, renumbering_head);
    if (reader->stopped || reader_left(reader) == 0 || code > RESULT) {
        return;
    }
    if (code == COMMAND) {
        read_section(reader, &matched);
    }
    while (!reader->stopped && reader_left(reader) > 0) {
        read_section(reader, code == COMMAND ? &used : &told);
    }
}

/* --- node information --- */

static const HeaderPart information_head[] = {
    NEXT(ICMPV6_NI_QTYPE, 2), WORD(ICMPV6_NI_FLAG, 2), FLAG(ICMPV6_NI_FLAG_G),
    FLAG(ICMPV6_NI_FLAG_S),   FLAG(ICMPV6_NI_FLAG_L),  FLAG(ICMPV6_NI_FLAG_C),
    FLAG(ICMPV6_NI_FLAG_A),   FLAG(ICMPV6_NI_FLAG_T),  FLAG(ICMPV6_NI_FLAG_RSV),
    NEXT(ICMPV6_NI_NONCE, 8),
};

/* Whom the query is about: the code says how it is named. */
static void subject(HeaderReader *r, uint8_t code)
{
    enum { BY_IPV6 = 0, BY_NAME = 1, BY_IPV4 = 2 };
    if (code == BY_IPV6) {
        (void)reader_take(r, ICMPV6_NI_QUERY_SUBJECT_IPV6, 16);
    } else if (code == BY_NAME) {
        icmpv6_domain_name(r, ICMPV6_NI_QUERY_SUBJECT_FQDN);
    } else if (code == BY_IPV4) {
        (void)reader_take(r, ICMPV6_NI_QUERY_SUBJECT_IPV4, 4);
    }
}

static void names(HeaderReader *r)
{
    (void)reader_take(r, ICMPV6_NI_REPLY_NODE_TTL, 4);
    while (!r->stopped && reader_left(r) > 0 && reader_peek(r, 0, 1) != 0) {
        icmpv6_domain_name(r, ICMPV6_NI_REPLY_NODE_NAME);
    }
}

static void addresses(HeaderReader *r, unsigned field, uint32_t length)
{
    while (!r->stopped && reader_left(r) > 0) {
        (void)reader_take(r, ICMPV6_NI_REPLY_NODE_TTL, 4);
        (void)reader_take(r, field, length);
    }
}

void icmpv6_node_information(HeaderReader *reader, uint8_t type, uint8_t code)
{
    enum { QUERY = 139, NODE_NAME = 2, IPV6_ADDRESSES = 3, IPV4_ADDRESSES = 4 };
    uint16_t asked = (uint16_t)reader_peek(reader, 0, 2);
    READ_PARTS(reader, information_head);
    if (reader->stopped || reader_left(reader) == 0) {
        return;
    }
    if (type == QUERY) {
        subject(reader, code);
    } else if (asked == NODE_NAME) {
        names(reader);
    } else if (asked == IPV6_ADDRESSES) {
        addresses(reader, ICMPV6_NI_REPLY_NODE_ADDRESS, 16);
    } else if (asked == IPV4_ADDRESSES) {
        addresses(reader, ICMPV6_NI_REPLY_IPV4_ADDRESS, 4);
    }
}
