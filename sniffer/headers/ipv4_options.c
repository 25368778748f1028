/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options of IPv4 datagrams: RFC 791, 1063, 1108, 1393, 1770, 2113, 4782, and CIPSO
 * (draft-ietf-cipso-ipsecurity-01, FIPS 188). Security options are in ipv4_security.c.
 */
#include "sniffer/headers/ipv4.h"
#include "sniffer/headers/ipv4_security.h"

enum { END = 0, NO_OPERATION = 1, LOOSE_ROUTE = 131, STRICT_ROUTE = 137 };

static const HeaderPart type_parts[] = {
    WORD(IPV4_OPT_TYPE, 1),
    FLAG(IPV4_OPT_TYPE_COPY),
    FLAG(IPV4_OPT_TYPE_CLASS),
    FLAG(IPV4_OPT_TYPE_NUMBER),
};

/* Each option is decoded in a reader of its own that ends with the option. */
typedef void (*OptionDecoder)(HeaderReader *option, uint8_t ttl);

typedef struct {
    uint8_t type;
    uint16_t field;
    uint8_t length; /* of the option, if it is fixed */
    OptionDecoder decode;
} Option;

static void option_head(HeaderReader *o, unsigned field)
{
    reader_open(o, field, o->span.reported);
    READ_PARTS(o, type_parts);
    (void)reader_take(o, IPV4_OPT_LEN, 1);
}

/* One address of a route, with its host name as Wireshark keeps it beside. */
static void hop(HeaderReader *o, unsigned field, unsigned host_field)
{
    (void)reader_put(o, field, 4);
    (void)reader_take(o, host_field, 4);
}

/* The pointer counts from 1; the first address stands behind type, length and pointer. */
static bool pointer_is_sound(HeaderReader *o, uint8_t pointer)
{
    if (pointer >= 4 && (pointer & 3) == 0) {
        return true;
    }
    reader_remark(o, IPV4_BAD_OPTION, 0);
    return false;
}

static void source_route(HeaderReader *o, uint8_t ttl)
{
    (void)ttl;
    uint8_t pointer = (uint8_t)reader_take(o, IPV4_OPT_PTR, 1);
    if (o->stopped || !pointer_is_sound(o, pointer)) {
        return;
    }
    uint32_t length = o->span.reported;
    while (!o->stopped && reader_left(o) >= 4) {
        if (pointer <= length && o->at == length - 4) {
            (void)reader_put(o, IPV4_DST, 4);
            (void)reader_put(o, IPV4_ADDR, 4);
            (void)reader_put(o, IPV4_DST_HOST, 4);
            (void)reader_take(o, IPV4_HOST, 4);
        } else if (o->at + 1 < pointer) { /* also if the pointer stands behind the option */
            hop(o, IPV4_REC_RT, IPV4_REC_RT_HOST);
        } else {
            hop(o, IPV4_SRC_RT, IPV4_SRC_RT_HOST);
        }
    }
}

static void record_route(HeaderReader *o, uint8_t ttl)
{
    (void)ttl;
    uint8_t pointer = (uint8_t)reader_take(o, IPV4_OPT_PTR, 1);
    if (o->stopped || !pointer_is_sound(o, pointer)) {
        return;
    }
    while (!o->stopped && reader_left(o) >= 4) {
        if (o->at + 1 < pointer) {
            hop(o, IPV4_REC_RT, IPV4_REC_RT_HOST);
        } else {
            hop(o, IPV4_EMPTY_RT, IPV4_EMPTY_RT_HOST);
        }
    }
}

static void timestamp(HeaderReader *o, uint8_t ttl)
{
    enum { WITH_ADDRESS = 1, PRESPECIFIED = 3 };
    (void)ttl;
    static const HeaderPart parts[] = {
        NEXT(IPV4_OPT_PTR, 1),
        BITS(IPV4_OPT_OVERFLOW, 1),
        BITS(IPV4_OPT_FLAG, 1),
    };
    READ_PARTS(o, parts);
    if (o->stopped) {
        return;
    }
    uint8_t flag = o->span.data[3] & 15;
    bool with_address = flag == WITH_ADDRESS || flag == PRESPECIFIED;
    uint32_t each = with_address ? 8 : 4;
    while (!o->stopped && reader_left(o) >= each) {
        if (with_address) {
            (void)reader_take(o, IPV4_OPT_TIME_STAMP_ADDR, 4);
        }
        (void)reader_take(o, IPV4_OPT_TIME_STAMP, 4);
    }
}

static void stream_identifier(HeaderReader *o, uint8_t ttl)
{
    (void)ttl;
    (void)reader_take(o, IPV4_OPT_SID, 2);
}

static void mtu(HeaderReader *o, uint8_t ttl)
{
    (void)ttl;
    (void)reader_take(o, IPV4_OPT_MTU, 2);
}

static void traceroute(HeaderReader *o, uint8_t ttl)
{
    static const HeaderPart parts[] = {
        NEXT(IPV4_OPT_ID_NUMBER, 2),
        NEXT(IPV4_OPT_OHC, 2),
        NEXT(IPV4_OPT_RHC, 2),
        NEXT(IPV4_OPT_ORIGINATOR, 4),
    };
    (void)ttl;
    READ_PARTS(o, parts);
}

static void router_alert(HeaderReader *o, uint8_t ttl)
{
    (void)ttl;
    (void)reader_take(o, IPV4_OPT_RA, 2);
}

static void directed_broadcast(HeaderReader *o, uint8_t ttl)
{
    (void)ttl;
    while (!o->stopped && reader_left(o) >= 4) {
        (void)reader_take(o, IPV4_OPT_ADDR, 4);
    }
    if (reader_left(o) > 0) {
        (void)reader_take(o, IPV4_OPT_PADDING, reader_left(o));
    }
}

static void quick_start(HeaderReader *o, uint8_t ttl)
{
    enum { REQUEST = 0, REPORT = 8 };
    static const HeaderPart nonce[] = {
        BITS(IPV4_OPT_QS_NONCE, 4),
        BITS(IPV4_OPT_QS_RESERVED, 4),
    };
    uint8_t function = (uint8_t)reader_put(o, IPV4_OPT_QS_FUNC, 1);
    if (o->stopped || (function != REQUEST && function != REPORT)) {
        return;
    }
    (void)reader_take(o, IPV4_OPT_QS_RATE, 1);
    if (function == REQUEST) {
        uint8_t qs_ttl = (uint8_t)reader_put(o, IPV4_OPT_QS_TTL, 1);
        if (!o->stopped) {
            (void)reader_conclude(o, IPV4_OPT_QS_TTL_DIFF, 1, (uint8_t)(ttl - qs_ttl));
        }
        reader_skip(o, 1);
    } else {
        (void)reader_take(o, IPV4_OPT_QS_UNUSED, 1);
    }
    READ_PARTS(o, nonce);
}

static const Option options[] = {
    {7, IPV4_OPTIONS_RECORD_ROUTE, 0, record_route},
    {11, IPV4_OPTIONS_MTU_PROBE, 4, mtu},
    {12, IPV4_OPTIONS_MTU_REPLY, 4, mtu},
    {25, IPV4_OPTIONS_QS, 8, quick_start},
    {68, IPV4_OPTIONS_TIMESTAMP, 0, timestamp},
    {82, IPV4_OPTIONS_TRACEROUTE, 12, traceroute},
    {130, IPV4_OPTIONS_SECURITY, 0, ipv4_basic_security},
    {LOOSE_ROUTE, IPV4_OPTIONS_ROUTE, 0, source_route},
    {133, IPV4_OPTIONS_EXT_SECURITY, 0, ipv4_extended_security},
    {134, IPV4_OPTIONS_CIPSO, 0, ipv4_commercial_security},
    {136, IPV4_OPTIONS_SID, 4, stream_identifier},
    {STRICT_ROUTE, IPV4_OPTIONS_SOURCE_ROUTE, 0, source_route},
    {148, IPV4_OPTIONS_ROUTERALERT, 4, router_alert},
    {149, IPV4_OPTIONS_SDB, 0, directed_broadcast},
};

static const Option *find_option(uint8_t type)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].type == type) {
            return &options[i];
        }
    }
    return NULL;
}

static void one_byte_option(HeaderReader *r, uint8_t type)
{
    reader_open(r, type == END ? IPV4_OPTIONS_EOL : IPV4_OPTIONS_NOP, 1);
    READ_PARTS(r, type_parts);
    reader_close(r);
}

static void long_option(HeaderReader *r, uint8_t type, uint32_t length, uint8_t ttl)
{
    const Option *option = find_option(type);
    if (option == NULL) {
        reader_remark(r, IPV4_UNKNOWN_OPTION, length);
        return;
    }
    if (!reader_want(r, length)) {
        return;
    }
    HeaderReader o = *r;
    o.span = reader_span(r, length);
    o.at = 0;
    if (type == 25 && !reader_want(&o, 3)) { /* Wireshark asks for the function first */
        r->stopped = reader_part_stops(&o);
        return;
    }
    option_head(&o, option->field);
    if (option->length != 0 && option->length != length) {
        reader_remark(&o, IPV4_BAD_OPTION, 0);
    }
    if (!o.stopped) {
        option->decode(&o, ttl);
    }
    reader_close(&o);
    r->stopped = reader_part_stops(&o);
}

/* An option's length byte, if the option that begins here fits into what is left. */
static bool fitting_length(HeaderReader *r, uint32_t left, uint32_t *length)
{
    if (left < 2) {
        return false;
    }
    *length = (uint32_t)reader_peek(r, 1, 1);
    return !r->stopped && *length >= 2 && *length <= left;
}

void ipv4_options(HeaderReader *reader, uint32_t left, uint8_t ttl)
{
    if (!reader_want(reader, left)) { /* all or none: Wireshark's way */
        return;
    }
    while (left > 0) {
        uint8_t type = (uint8_t)reader_peek(reader, 0, 1);
        if (reader->stopped) {
            return;
        }
        if (type == END || type == NO_OPERATION) {
            one_byte_option(reader, type);
            left--;
            if (type == END) {
                return;
            }
            continue;
        }
        uint32_t length = 0;
        if (!fitting_length(reader, left, &length)) {
            if (!reader->stopped) {
                reader_remark(reader, IPV4_BAD_OPTION, left < 2 ? left : 2);
            }
            return;
        }
        long_option(reader, type, length, ttl);
        if (reader->stopped) {
            return;
        }
        reader->at += length;
        left -= length;
    }
}

uint32_t ipv4_final_destination(HeaderReader *reader, uint32_t left)
{
    enum { FIRST_OPTION = 20, DESTINATION = 16 };
    reader->at = FIRST_OPTION;
    while (left > 0) {
        uint8_t type = (uint8_t)reader_peek(reader, 0, 1);
        if (reader->stopped || type == END) {
            break;
        }
        uint32_t length = 1;
        if (type != NO_OPERATION && !fitting_length(reader, left, &length)) {
            break;
        }
        if (type == LOOSE_ROUTE || type == STRICT_ROUTE) {
            uint8_t pointer = (uint8_t)reader_peek(reader, 2, 1);
            if (reader->stopped || pointer < 4 || (pointer & 3) != 0 || pointer > length) {
                break;
            }
            return reader->at + length - 4;
        }
        reader->at += length;
        left -= length;
    }
    return DESTINATION;
}
