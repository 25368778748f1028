/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options of neighbour discovery whose fields depend on their length or on each other: RFC 3971,
 * 4191, 4861, 5269, 5568, 6775, 8106, 8781, 8910.
 */
#include "sniffer/headers/icmpv6.h"

#include <string.h>

enum { HEADER_LENGTH = 2, ADDRESS_LENGTH = 16, MAC_LENGTH = 6, EUI64_LENGTH = 8 };

typedef void (*OptionDecoder)(HeaderReader *r, uint32_t length);

void icmpv6_prefix(HeaderReader *reader, unsigned field, uint32_t length)
{
    if (!reader_want(reader, length)) {
        return;
    }
    uint8_t *address = fs_derive(reader->packet, ADDRESS_LENGTH);
    if (address != NULL) {
        memset(address, 0, ADDRESS_LENGTH);
        memcpy(address, reader_here(reader), length);
        reader_derived(reader, field, length, address, ADDRESS_LENGTH);
    }
    reader_skip(reader, length);
}

/* --- link-layer addresses --- */

typedef struct {
    uint16_t address;
    uint16_t eui64;
    bool as_bytes; /* an EUI-64 is shown as an address of unknown kind too */
} Side;

static const Side source_side = {ICMPV6_OPT_SRC_LINKADDR, ICMPV6_OPT_SRC_LINKADDR_EUI64, true};
static const Side target_side = {ICMPV6_OPT_TARGET_LINKADDR, ICMPV6_OPT_TARGET_LINKADDR_EUI64,
                                 false};

static bool is_eui64(HeaderReader *r, uint32_t length)
{
    return length == 16 && reader_peek(r, EUI64_LENGTH, 4) == 0 && !r->stopped &&
           reader_peek(r, EUI64_LENGTH + 4, 2) == 0 && !r->stopped;
}

static void link_layer_address(HeaderReader *r, uint32_t length, const Side *side)
{
    uint32_t end = r->at + length; /* two bytes beyond the option's end, so that none is left */
    if (is_eui64(r, length)) {
        (void)reader_put(r, ICMPV6_OPT_LINKADDR_EUI64, EUI64_LENGTH);
        (void)reader_put(r, side->eui64, EUI64_LENGTH);
        if (side->as_bytes) {
            (void)reader_put(r, ICMPV6_OPT_LINKADDR, EUI64_LENGTH);
            (void)reader_put(r, side->address, EUI64_LENGTH);
        }
        reader_skip(r, EUI64_LENGTH);
        (void)reader_put(r, ICMPV6_OPT_PADDING, 6);
    } else {
        (void)reader_put(r, ICMPV6_OPT_LINKADDR, length - HEADER_LENGTH);
        (void)reader_put(r, side->address, length - HEADER_LENGTH);
    }
    r->at = end;
}

static void source_address(HeaderReader *r, uint32_t length)
{
    link_layer_address(r, length, &source_side);
}

static void target_address(HeaderReader *r, uint32_t length)
{
    link_layer_address(r, length, &target_side);
}

/* --- the others, by type --- */

/* How much of a span the packet in it takes: by its length if it is IPv6. */
static uint32_t quoted_length(FsSpan span)
{
    enum { IPV6_HEADER = 40, LENGTH = 4 };
    if (span.captured < IPV6_HEADER || span.data[0] >> 4 != 6) {
        return span.captured;
    }
    uint32_t length = IPV6_HEADER + ((uint32_t)span.data[LENGTH] << 8 | span.data[LENGTH + 1]);
    return length < span.captured ? length : span.captured;
}

static void redirected(HeaderReader *r, uint32_t length)
{
    enum { BEFORE_PACKET = 8 };
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 6);
    if (length <= BEFORE_PACKET || r->stopped) {
        return;
    }
    uint32_t quoted = length - BEFORE_PACKET;
    (void)reader_put(r, ICMPV6_OPT_REDIRECTED_PACKET, quoted);
    if (!reader_want(r, 0)) {
        return;
    }
    FsSpan span = reader_span(r, quoted);
    span.reported = quoted; /* even if the packet is shorter: Wireshark's way */
    fs_enter(r->packet);
    icmpv6_quoted_packet(r, span);
    fs_leave(r->packet);
    reader_skip(r, quoted_length(span));
}

static void address_list(HeaderReader *r, uint32_t length)
{
    uint32_t end = r->at + length - HEADER_LENGTH;
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 6);
    while (!r->stopped && r->at < end) {
        (void)reader_take(r, ICMPV6_OPT_IPV6_ADDRESS, ADDRESS_LENGTH);
    }
}

static void dns_servers(HeaderReader *r, uint32_t length)
{
    uint32_t end = r->at + length - HEADER_LENGTH;
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 2);
    (void)reader_take(r, ICMPV6_OPT_RDNSS_LIFETIME, 4);
    while (!r->stopped && r->at < end) {
        (void)reader_take(r, ICMPV6_OPT_RDNSS, ADDRESS_LENGTH);
    }
}

static void dns_search_list(HeaderReader *r, uint32_t length)
{
    uint32_t end = r->at + length - HEADER_LENGTH;
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 2);
    (void)reader_take(r, ICMPV6_OPT_DNSSL_LIFETIME, 4);
    while (!r->stopped && r->at < end) {
        uint8_t first = (uint8_t)reader_peek(r, 0, 1);
        if (r->stopped) {
            return;
        }
        if (first == 0) {
            (void)reader_take(r, ICMPV6_OPT_PADDING, end - r->at);
        } else {
            icmpv6_domain_name(r, ICMPV6_OPT_DNSSL);
        }
    }
}

/* RFC 3971 5.1, RFC 4581 2; the public key is skipped. */
static void generated_address(HeaderReader *r, uint32_t length)
{
    static const HeaderPart parameters[] = {
        NEXT(ICMPV6_OPT_CGA_MODIFIER, 16),
        NEXT(ICMPV6_OPT_CGA_SUBNET_PREFIX, 8),
        NEXT(ICMPV6_OPT_CGA_COUNT, 1),
    };
    uint32_t padding = (uint32_t)reader_take(r, ICMPV6_OPT_CGA_PAD_LENGTH, 1);
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 1);
    uint32_t start = r->at;
    reader_take_difference(r, ICMPV6_OPT_CGA, (int64_t)length - 4 - padding);
    uint32_t end = r->at;
    if (r->stopped) {
        return;
    }
    r->at = start;
    fs_enter(r->packet);
    READ_PARTS(r, parameters);
    icmpv6_skip_ber(r);
    while (!r->stopped && r->at < end) {
        uint32_t bytes = 0;
        (void)reader_take(r, ICMPV6_OPT_CGA_EXT_TYPE, 2);
        bytes = (uint32_t)reader_take(r, ICMPV6_OPT_CGA_EXT_LENGTH, 2);
        (void)reader_take(r, ICMPV6_OPT_CGA_EXT_DATA, bytes);
    }
    fs_leave(r->packet);
    (void)reader_take(r, ICMPV6_OPT_PADDING, padding);
}

static void signature(HeaderReader *r, uint32_t length, unsigned key_hash)
{
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 2);
    (void)reader_take(r, key_hash, 16);
    reader_take_difference(r, ICMPV6_OPT_DIGITAL_SIGNATURE_PADDING, (int64_t)length - 20);
}

static void rsa_signature(HeaderReader *r, uint32_t length)
{
    signature(r, length, ICMPV6_OPT_RSA_KEY_HASH);
}

static void proxy_signature(HeaderReader *r, uint32_t length)
{
    signature(r, length, ICMPV6_OPT_PS_KEY_HASH);
}

/* 48 bits of seconds, 16 of their fraction, which is not shown. */
static void timestamp(HeaderReader *r, uint32_t length)
{
    (void)length;
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 6);
    (void)reader_take(r, ICMPV6_OPT_TIMESTAMP, 6);
    (void)reader_want(r, 2);
    reader_skip(r, 2);
}

static void nonce(HeaderReader *r, uint32_t length)
{
    (void)reader_take(r, ICMPV6_OPT_NONCE, length - HEADER_LENGTH);
}

static void trust_anchor(HeaderReader *r, uint32_t length)
{
    enum { X501_NAME = 1, DOMAIN_NAME = 2 };
    uint8_t type = (uint8_t)reader_take(r, ICMPV6_OPT_NAME_TYPE, 1);
    uint32_t padding = (uint32_t)reader_take(r, ICMPV6_OPT_CGA_PAD_LENGTH, 1);
    int64_t name = (int64_t)length - 4 - padding;
    if (type == X501_NAME || type == DOMAIN_NAME) {
        reader_take_difference(
            r, type == X501_NAME ? ICMPV6_OPT_NAME_X501 : ICMPV6_OPT_NAME_TYPE_FQDN, name);
    } else {
        int64_t at = (int64_t)r->at + name; /* Wireshark counts what is below 0 from the end */
        r->at = (uint32_t)(at >= 0 || -at > r->span.captured ? at : at + r->span.captured);
    }
    (void)reader_take(r, ICMPV6_OPT_PADDING, padding);
}

/* An X.509 certificate is skipped, as a key is. */
static void certificate(HeaderReader *r, uint32_t length)
{
    enum { X509 = 1 };
    uint8_t type = (uint8_t)reader_take(r, ICMPV6_OPT_NAME_TYPE, 1);
    (void)reader_take(r, ICMPV6_OPT_RESERVED, 1);
    uint32_t start = r->at;
    if (type == X509) {
        icmpv6_skip_ber(r);
    } else if (!r->stopped) {
        (void)reader_put(r, ICMPV6_OPT_CERTIFICATE_PADDING, length - 4);
    }
    r->at = start + length - 4;
}

static void other_link_layer_address(HeaderReader *r, uint32_t length)
{
    (void)reader_take(r, ICMPV6_OPT_LLA_OPTION_CODE, 1);
    (void)reader_take(r, ICMPV6_OPT_LLA_BYTES, length - 3);
}

static void advertisement_acknowledgment(HeaderReader *r, uint32_t length)
{
    enum { NEW_ADDRESS_SUPPLIED = 2 };
    (void)reader_take(r, ICMPV6_OPT_NAACK_OPTION_CODE, 1);
    uint8_t status = (uint8_t)reader_take(r, ICMPV6_OPT_NAACK_STATUS, 1);
    if (status == NEW_ADDRESS_SUPPLIED) {
        (void)reader_take(r, ICMPV6_OPT_NAACK_SUPPLIED_NCOA, ADDRESS_LENGTH);
    } else {
        (void)reader_take(r, ICMPV6_OPT_RESERVED, length - 4);
    }
}

static void route_information(HeaderReader *r, uint32_t length)
{
    static const HeaderPart head[] = {
        NEXT(ICMPV6_OPT_PREFIX_LENGTH, 1),
        WORD(ICMPV6_OPT_ROUTE_INFO_FLAG, 1),
        FLAG(ICMPV6_OPT_ROUTE_INFO_FLAG_ROUTE_PREFERENCE),
        FLAG(ICMPV6_OPT_ROUTE_INFO_FLAG_RESERVED),
        NEXT(ICMPV6_OPT_ROUTE_LIFETIME, 4),
    };
    READ_PARTS(r, head);
    if (length == 16 || length == 24) {
        icmpv6_prefix(r, ICMPV6_OPT_PREFIX, length - 8);
    } else if (length != 8) {
        reader_remark(r, ICMPV6_BAD_OPTION, 0);
    }
}

/* Request (27) and reply (28) of a handover key: Wireshark counts one byte for the padding. */
static void handover_key(HeaderReader *r, uint32_t length, bool reply)
{
    static const HeaderPart head[] = {
        BITS(ICMPV6_OPT_HKR_AT, 1),
        BITS(ICMPV6_OPT_HKR_RESERVED, 1),
    };
    uint32_t padding = (uint32_t)reader_take(r, ICMPV6_OPT_HKR_PAD_LENGTH, 1);
    READ_PARTS(r, head);
    uint32_t before = reply ? 6 : 4;
    if (reply) {
        (void)reader_take(r, ICMPV6_OPT_HKR_LIFETIME, 2);
    }
    reader_take_difference(
        r, reply ? ICMPV6_OPT_HKR_ENCRYPTED_HANDOVER_KEY : ICMPV6_OPT_HKR_ENCRYPTION_PUBLIC_KEY,
        (int64_t)length - before - padding);
    (void)reader_put(r, ICMPV6_OPT_HKR_PADDING, padding);
    reader_skip(r, 1);
}

static void handover_key_request(HeaderReader *r, uint32_t length)
{
    handover_key(r, length, false);
}

static void handover_key_reply(HeaderReader *r, uint32_t length)
{
    handover_key(r, length, true);
}

/* Wireshark takes the padding's length from the message's start; where that gives less than
 * nothing, it stops. */
static void counted_value(HeaderReader *r, uint32_t length, unsigned code, unsigned count,
                          unsigned value)
{
    (void)reader_take(r, code, 1);
    uint32_t bytes = (uint32_t)reader_take(r, count, 1);
    (void)reader_take(r, value, bytes);
    reader_take_difference(r, ICMPV6_OPT_PADDING, (int64_t)length - r->at);
}

static void handover_assist(HeaderReader *r, uint32_t length)
{
    counted_value(r, length, ICMPV6_OPT_HAI_OPTION_CODE, ICMPV6_OPT_HAI_LENGTH,
                  ICMPV6_OPT_HAI_VALUE);
}

static void mobile_node(HeaderReader *r, uint32_t length)
{
    counted_value(r, length, ICMPV6_OPT_MN_OPTION_CODE, ICMPV6_OPT_MN_LENGTH, ICMPV6_OPT_MN_VALUE);
}

static void compression_context(HeaderReader *r, uint32_t length)
{
    static const HeaderPart head[] = {
        NEXT(ICMPV6_OPT_6CO_CONTEXT_LENGTH, 1),
        WORD(ICMPV6_OPT_6CO_FLAG, 1),
        FLAG(ICMPV6_OPT_6CO_FLAG_C),
        FLAG(ICMPV6_OPT_6CO_FLAG_CID),
        FLAG(ICMPV6_OPT_6CO_FLAG_RESERVED),
        NEXT(ICMPV6_OPT_RESERVED, 2),
        NEXT(ICMPV6_OPT_6CO_VALID_LIFETIME, 2),
    };
    READ_PARTS(r, head);
    if (length == 16 || length == 24) {
        icmpv6_prefix(r, ICMPV6_OPT_6CO_CONTEXT_PREFIX, length - 8);
    } else if (length != 8) {
        reader_remark(r, ICMPV6_BAD_OPTION, 0);
    }
}

static void captive_portal(HeaderReader *r, uint32_t length)
{
    (void)reader_take(r, ICMPV6_OPT_CAPTIVE_PORTAL, length - HEADER_LENGTH);
}

static void nat64_prefix(HeaderReader *r, uint32_t length)
{
    enum { ROOM = 12 };
    static const uint8_t lengths[] = {12, 8, 7, 6, 5, 4};
    static const HeaderPart head[] = {
        BITS(ICMPV6_OPT_PREF64_SCALED_LIFETIME, 2),
        BITS(ICMPV6_OPT_PREF64_PLC, 2),
    };
    (void)length;
    unsigned code = (unsigned)reader_peek(r, 0, 2) & 7;
    READ_PARTS(r, head);
    uint32_t end = r->at + ROOM;
    if (code < sizeof lengths) {
        icmpv6_prefix(r, ICMPV6_OPT_PREF64_PREFIX, lengths[code]);
    } else {
        reader_remark(r, ICMPV6_BAD_OPTION, 0);
    }
    r->at = end;
}

static void unknown(HeaderReader *r, uint32_t length)
{
    reader_remark(r, ICMPV6_UNKNOWN_OPTION, 0);
    (void)reader_take(r, ICMPV6_DATA, length - HEADER_LENGTH);
}

static const OptionDecoder decoders[] = {
    [1] = source_address,
    [2] = target_address,
    [4] = redirected,
    [9] = address_list,
    [10] = address_list,
    [11] = generated_address,
    [12] = rsa_signature,
    [13] = timestamp,
    [14] = nonce,
    [15] = trust_anchor,
    [16] = certificate,
    [19] = other_link_layer_address,
    [20] = advertisement_acknowledgment,
    [24] = route_information,
    [25] = dns_servers,
    [27] = handover_key_request,
    [28] = handover_key_reply,
    [29] = handover_assist,
    [30] = mobile_node,
    [31] = dns_search_list,
    [32] = proxy_signature,
    [34] = compression_context,
    [37] = captive_portal,
    [38] = nat64_prefix,
};

void icmpv6_option(HeaderReader *reader, uint8_t type, uint32_t length)
{
    bool known = type < sizeof decoders / sizeof decoders[0] && decoders[type] != NULL;
    (known ? decoders[type] : unknown)(reader, length);
}
