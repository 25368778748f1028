/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options of RPL's control messages: RFC 6550 6.7, 6997 7.
 */
#include "sniffer/headers/icmpv6.h"

#include <string.h>

enum { PAD1 = 0, HEADER_LENGTH = 2, ADDRESS_LENGTH = 16 };

/* --- options that are a row of fields, maybe with a prefix or address behind --- */

static const HeaderPart route[] = {
    NEXT(ICMPV6_RPL_OPT_ROUTE_PREFIX_LENGTH, 1),
    WORD(ICMPV6_RPL_OPT_ROUTE_FLAG, 1),
    FLAG(ICMPV6_RPL_OPT_ROUTE_PREF),
    FLAG(ICMPV6_RPL_OPT_ROUTE_RESERVED),
    NEXT(ICMPV6_RPL_OPT_ROUTE_LIFETIME, 4),
};

static const HeaderPart configuration[] = {
    WORD(ICMPV6_RPL_OPT_CONFIG_FLAG, 1),
    FLAG(ICMPV6_RPL_OPT_CONFIG_RESERVED),
    FLAG(ICMPV6_RPL_OPT_CONFIG_AUTH),
    FLAG(ICMPV6_RPL_OPT_CONFIG_PCS),
    NEXT(ICMPV6_RPL_OPT_CONFIG_INTERVAL_DOUBLE, 1),
    NEXT(ICMPV6_RPL_OPT_CONFIG_INTERVAL_MIN, 1),
    NEXT(ICMPV6_RPL_OPT_CONFIG_REDUNDANCY, 1),
    NEXT(ICMPV6_RPL_OPT_CONFIG_MAX_RANK_INC, 2),
    NEXT(ICMPV6_RPL_OPT_CONFIG_MIN_HOP_RANK_INC, 2),
    NEXT(ICMPV6_RPL_OPT_CONFIG_OCP, 2),
    NEXT(ICMPV6_RPL_OPT_CONFIG_RSV, 1),
    NEXT(ICMPV6_RPL_OPT_CONFIG_DEF_LIFETIME, 1),
    NEXT(ICMPV6_RPL_OPT_CONFIG_LIFETIME_UNIT, 2),
};

static const HeaderPart target[] = {
    NEXT(ICMPV6_RPL_OPT_TARGET_FLAG, 1),
    NEXT(ICMPV6_RPL_OPT_TARGET_PREFIX_LENGTH, 1),
};

static const HeaderPart transit[] = {
    WORD(ICMPV6_RPL_OPT_TRANSIT_FLAG, 1),    FLAG(ICMPV6_RPL_OPT_TRANSIT_FLAG_E),
    FLAG(ICMPV6_RPL_OPT_TRANSIT_FLAG_RSV),   NEXT(ICMPV6_RPL_OPT_TRANSIT_PATHCTL, 1),
    NEXT(ICMPV6_RPL_OPT_TRANSIT_PATHSEQ, 1), NEXT(ICMPV6_RPL_OPT_TRANSIT_PATHLIFETIME, 1),
};

static const HeaderPart solicited[] = {
    NEXT(ICMPV6_RPL_OPT_SOLICITED_INSTANCE, 1), WORD(ICMPV6_RPL_OPT_SOLICITED_FLAG, 1),
    FLAG(ICMPV6_RPL_OPT_SOLICITED_FLAG_V),      FLAG(ICMPV6_RPL_OPT_SOLICITED_FLAG_I),
    FLAG(ICMPV6_RPL_OPT_SOLICITED_FLAG_D),      FLAG(ICMPV6_RPL_OPT_SOLICITED_FLAG_RSV),
    NEXT(ICMPV6_RPL_OPT_SOLICITED_DODAGID, 16), NEXT(ICMPV6_RPL_OPT_SOLICITED_VERSION, 1),
};

static const HeaderPart prefix[] = {
    NEXT(ICMPV6_RPL_OPT_PREFIX_LENGTH, 1),
    WORD(ICMPV6_RPL_OPT_PREFIX_FLAG, 1),
    FLAG(ICMPV6_RPL_OPT_PREFIX_FLAG_L),
    FLAG(ICMPV6_RPL_OPT_CONFIG_FLAG_A),
    FLAG(ICMPV6_RPL_OPT_CONFIG_FLAG_R),
    FLAG(ICMPV6_RPL_OPT_CONFIG_FLAG_RSV),
    NEXT(ICMPV6_RPL_OPT_PREFIX_VALID_LIFETIME, 4),
    NEXT(ICMPV6_RPL_OPT_PREFIX_PREFERRED_LIFETIME, 4),
    NEXT(ICMPV6_RPL_OPT_RESERVED, 4),
    NEXT(ICMPV6_RPL_OPT_PREFIX, 16),
};

static const HeaderPart description[] = {
    NEXT(ICMPV6_RPL_OPT_TARGETDESC_DESCRIPTOR, 4),
};

typedef enum { NOTHING, PREFIX, PARENT } Rest; /* what follows the row */

typedef struct {
    uint8_t type;
    uint8_t count;
    uint8_t rest;   /* Rest */
    uint8_t length; /* of the row */
    uint16_t field; /* of what follows it */
    const HeaderPart *parts;
} Layout;

#define LAYOUT(type, parts, rest, length, field)                                                   \
    {                                                                                              \
        (type), sizeof(parts) / sizeof(parts)[0], (rest), (length), (field), (parts)               \
    }

static const Layout layouts[] = {
    LAYOUT(3, route, PREFIX, 6, ICMPV6_RPL_OPT_ROUTE_PREFIX),
    LAYOUT(4, configuration, NOTHING, 14, 0),
    LAYOUT(5, target, PREFIX, 2, ICMPV6_RPL_OPT_TARGET_PREFIX),
    LAYOUT(6, transit, PARENT, 4, ICMPV6_RPL_OPT_TRANSIT_PARENT),
    LAYOUT(7, solicited, NOTHING, 19, 0),
    LAYOUT(8, prefix, NOTHING, 30, 0),
    LAYOUT(9, description, NOTHING, 4, 0),
};

static void laid_out(HeaderReader *r, const Layout *layout, uint32_t length)
{
    reader_parts(r, layout->parts, layout->count);
    if (layout->rest == PREFIX) {
        if (length == layout->length + 8U || length == layout->length + 16U) {
            icmpv6_prefix(r, layout->field, length - layout->length);
        } else if (length != layout->length && !r->stopped) {
            reader_remark(r, ICMPV6_BAD_OPTION, 0);
        }
    } else if (layout->rest == PARENT && length > layout->length) {
        (void)reader_take(r, layout->field, ADDRESS_LENGTH);
    }
}

/* --- route discovery, RFC 6997 7.1 --- */

/* An option too short for what stands before the addresses. Wireshark takes fewer bytes than none
 * for all that is left, of which -1 wants one to be there; it stops if they make an address, so
 * that it reads fewer addresses than none. */
static void lacking_vector(HeaderReader *r, uint32_t lacking, uint32_t each)
{
    if (lacking == 1 && reader_captured(r) == 0) {
        r->stopped = true;
    } else if (lacking < each || lacking == 1) {
        (void)reader_put(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_ADDR_VEC, reader_captured(r));
    }
    if (r->stopped || lacking >= each) {
        reader_remark(r, ICMPV6_BAD_OPTION, 0);
        r->stopped = true;
    }
}

/* Addresses whose first `elided` bytes are left out. */
static void address_vector(HeaderReader *r, uint32_t length, uint32_t elided)
{
    enum { BEFORE = 18 };
    uint32_t each = ADDRESS_LENGTH - elided;
    if (r->stopped) {
        return;
    }
    if (length < BEFORE) {
        lacking_vector(r, BEFORE - length, each);
        return;
    }
    reader_open(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_ADDR_VEC, length - BEFORE);
    for (uint32_t n = (length - BEFORE) / each; n > 0 && reader_want(r, each); n--) {
        uint8_t *address = fs_derive(r->packet, ADDRESS_LENGTH);
        if (address != NULL) {
            memset(address, 0, elided);
            memcpy(address + elided, reader_here(r), each);
            reader_derived(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_ADDRVEC_ADDR, each, address,
                           ADDRESS_LENGTH);
        }
        reader_skip(r, each);
    }
    reader_close(r);
}

static void route_discovery(HeaderReader *r, uint32_t length, uint8_t code)
{
    enum { REPLY = 0x04, SECURE_REPLY = 0x84 };
    bool reply = code == REPLY || code == SECURE_REPLY;
    reader_open(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_FLAG, 1);
    uint32_t elided = (uint32_t)reader_peek(r, 0, 1) & 15;
    (void)reader_put(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_FLAG_REPLY, 1);
    (void)reader_put(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_FLAG_HOPBYHOP, 1);
    (void)reader_put(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_FLAG_NUMOFROUTES, 1);
    (void)reader_take(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_FLAG_COMPR, 1);
    reader_close(r);
    (void)reader_put(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_LIFETIME, 1);
    (void)reader_take(
        r, reply ? ICMPV6_RPL_OPT_ROUTEDISCOVERY_NH : ICMPV6_RPL_OPT_ROUTEDISCOVERY_MAXRANK, 1);
    (void)reader_take(r, ICMPV6_RPL_OPT_ROUTEDISCOVERY_TARGETADDR, ADDRESS_LENGTH);
    address_vector(r, length, elided);
}

static void option(HeaderReader *r, uint8_t type, uint32_t length, uint8_t code)
{
    enum { PADN = 1, METRIC = 2, ROUTE_DISCOVERY = 10 };
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].type == type) {
            laid_out(r, &layouts[i], length);
            return;
        }
    }
    switch (type) {
    case PADN:
        (void)reader_take(r, ICMPV6_RPL_OPT_PADN, length);
        break;
    case METRIC:
        icmpv6_rpl_metrics(r, length);
        break;
    case ROUTE_DISCOVERY:
        route_discovery(r, length, code);
        break;
    default:
        reader_remark(r, ICMPV6_UNKNOWN_OPTION, 0);
        (void)reader_take(r, ICMPV6_DATA, length);
        break;
    }
}

void icmpv6_rpl_options(HeaderReader *reader, uint8_t code)
{
    while (!reader->stopped && reader_left(reader) > 0) {
        uint32_t start = reader->at;
        uint32_t length = 0;
        bool lone = reader_captured(reader) > 0 && *reader_here(reader) == PAD1;
        if (!lone && reader_captured(reader) > 1) {
            length = reader_here(reader)[1];
        }
        reader_open(reader, ICMPV6_OPT, lone ? 1 : HEADER_LENGTH + length);
        uint8_t type = (uint8_t)reader_take(reader, ICMPV6_RPL_OPT_TYPE, 1);
        if (!lone) {
            (void)reader_take(reader, ICMPV6_RPL_OPT_LENGTH, 1);
            if (!reader->stopped) {
                option(reader, type, length, code);
            }
            uint32_t end = start + HEADER_LENGTH + length;
            if (!reader->stopped && reader->at < end) {
                (void)reader_put(reader, ICMPV6_UNKNOWN_DATA, end - reader->at);
            }
            reader->at = end;
        }
        reader_close(reader);
    }
}
