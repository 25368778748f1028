/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options of neighbour discovery. Those that are a row of fields: RFC 3775, 3963, 4191, 4861, 5568,
 * 6775, 7400, 8175. As in Wireshark, an option's length is not asked for fields that it always
 * has; what is left of it after them is shown as unknown.
 */
#include "sniffer/headers/icmpv6.h"

static const HeaderPart prefix_information[] = {
    NEXT(ICMPV6_OPT_PREFIX_LENGTH, 1),
    WORD(ICMPV6_OPT_PREFIX_FLAG, 1),
    FLAG(ICMPV6_OPT_PREFIX_FLAG_L),
    FLAG(ICMPV6_OPT_PREFIX_FLAG_A),
    FLAG(ICMPV6_OPT_PREFIX_FLAG_R),
    FLAG(ICMPV6_OPT_PREFIX_FLAG_RESERVED),
    NEXT(ICMPV6_OPT_PREFIX_VALID_LIFETIME, 4),
    NEXT(ICMPV6_OPT_PREFIX_PREFERRED_LIFETIME, 4),
    NEXT(ICMPV6_OPT_RESERVED, 4),
    NEXT(ICMPV6_OPT_PREFIX, 16),
};

static const HeaderPart mtu[] = {
    NEXT(ICMPV6_OPT_RESERVED, 2),
    NEXT(ICMPV6_OPT_MTU, 4),
};

static const HeaderPart advertisement_interval[] = {
    NEXT(ICMPV6_OPT_RESERVED, 2),
    NEXT(ICMPV6_OPT_ADVERTISEMENT_INTERVAL, 4),
};

static const HeaderPart home_agent[] = {
    NEXT(ICMPV6_OPT_RESERVED, 2),
    NEXT(ICMPV6_OPT_HOME_AGENT_PREFERENCE, 2),
    NEXT(ICMPV6_OPT_HOME_AGENT_LIFETIME, 2),
};

/* The limit stands where Wireshark sees a reserved byte as well, and its fifth byte too early. */
static const HeaderPart shortcut_limit[] = {
    BITS(ICMPV6_OPT_NBMA_SHORTCUT_LIMIT, 1),
    BITS(ICMPV6_OPT_RESERVED, 1),
    NEXT(ICMPV6_OPT_RESERVED, 4),
};

static const HeaderPart address_or_prefix[] = {
    NEXT(ICMPV6_OPT_IPA_OPTION_CODE, 1),
    NEXT(ICMPV6_OPT_IPA_PREFIX_LEN, 1),
    NEXT(ICMPV6_OPT_RESERVED, 4),
    NEXT(ICMPV6_OPT_IPA_IPV6_ADDRESS, 16),
};

static const HeaderPart new_router_prefix[] = {
    NEXT(ICMPV6_OPT_NRPI_OPTION_CODE, 1),
    NEXT(ICMPV6_OPT_NRPI_PREFIX_LEN, 1),
    NEXT(ICMPV6_OPT_RESERVED, 4),
    NEXT(ICMPV6_OPT_NRPI_PREFIX, 16),
};

static const HeaderPart anchor_point[] = {
    BITS(ICMPV6_OPT_MAP_DISTANCE, 1),
    BITS(ICMPV6_OPT_MAP_PREFERENCE, 1),
    WORD(ICMPV6_OPT_MAP_FLAG, 1),
    FLAG(ICMPV6_OPT_MAP_FLAG_R),
    FLAG(ICMPV6_OPT_MAP_FLAG_RESERVED),
    NEXT(ICMPV6_OPT_MAP_VALID_LIFETIME, 4),
    NEXT(ICMPV6_OPT_MAP_GLOBAL_ADDRESS, 16),
};

static const HeaderPart flags_extension[] = {
    WORD(ICMPV6_OPT_EFO, 2),  FLAG(ICMPV6_OPT_EFO_M),       FLAG(ICMPV6_OPT_EFO_O),
    FLAG(ICMPV6_OPT_EFO_H),   FLAG(ICMPV6_OPT_EFO_PRF),     FLAG(ICMPV6_OPT_EFO_P),
    FLAG(ICMPV6_OPT_EFO_RSV), NEXT(ICMPV6_OPT_RESERVED, 4),
};

static const HeaderPart address_registration[] = {
    NEXT(ICMPV6_OPT_ARO_STATUS, 1),
    NEXT(ICMPV6_OPT_RESERVED, 3),
    NEXT(ICMPV6_OPT_ARO_REGISTRATION_LIFETIME, 2),
    NEXT(ICMPV6_OPT_ARO_EUI64, 8),
};

static const HeaderPart border_router[] = {
    NEXT(ICMPV6_OPT_ABRO_VERSION_LOW, 2),
    NEXT(ICMPV6_OPT_ABRO_VERSION_HIGH, 2),
    NEXT(ICMPV6_OPT_ABRO_VALID_LIFETIME, 2),
    NEXT(ICMPV6_OPT_ABRO_6LBR_ADDRESS, 16),
};

static const HeaderPart capability[] = {
    BITS(ICMPV6_OPT_6CIO_UNASSIGNED1, 2),
    BITS(ICMPV6_OPT_6CIO_FLAG_G, 2),
    NEXT(ICMPV6_OPT_6CIO_UNASSIGNED2, 4),
};

typedef struct {
    uint8_t type;
    uint8_t count;
    const HeaderPart *parts;
} Layout;

#define LAYOUT(type, parts)                                                                        \
    {                                                                                              \
        (type), sizeof(parts) / sizeof(parts)[0], (parts)                                          \
    }

static const Layout layouts[] = {
    LAYOUT(3, prefix_information), LAYOUT(5, mtu),
    LAYOUT(6, shortcut_limit),     LAYOUT(7, advertisement_interval),
    LAYOUT(8, home_agent),         LAYOUT(17, address_or_prefix),
    LAYOUT(18, new_router_prefix), LAYOUT(23, anchor_point),
    LAYOUT(26, flags_extension),   LAYOUT(33, address_registration),
    LAYOUT(35, border_router),     LAYOUT(36, capability),
};

static bool laid_out(HeaderReader *r, uint8_t type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].type == type) {
            reader_parts(r, layouts[i].parts, layouts[i].count);
            return true;
        }
    }
    return false;
}

void icmpv6_options(HeaderReader *reader)
{
    while (!reader->stopped && reader_left(reader) > 0) {
        uint32_t start = reader->at;
        uint32_t length = (uint32_t)reader_peek(reader, 1, 1) * 8;
        if (reader->stopped) {
            return;
        }
        reader_open(reader, ICMPV6_OPT, length);
        uint8_t type = (uint8_t)reader_take(reader, ICMPV6_OPT_TYPE, 1);
        (void)reader_take(reader, ICMPV6_OPT_LENGTH, 1);
        if (length == 0) {
            reader_remark(reader, ICMPV6_BAD_OPTION, 0);
            reader_close(reader);
            return;
        }
        if (!laid_out(reader, type)) {
            icmpv6_option(reader, type, length);
        }
        if (!reader->stopped && reader->at < start + length) {
            (void)reader_put(reader, ICMPV6_UNKNOWN_DATA, start + length - reader->at);
        }
        reader_close(reader);
        reader->at = start + length;
    }
}
