/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an IPv6 address tells by its form. Each finding is added twice, once for its side and once
 * for either side, as Wireshark does, so that a filter may ask for both.
 */
#include "sniffer/headers/ipv6.h"

#include <string.h>

enum { LENGTH = 16 };

/* The fields of a finding, by side: source, destination, either. */
typedef struct {
    uint16_t gateway[3];
    uint16_t site[3];
    uint16_t server[3];
    uint16_t port[3];
    uint16_t client[3];
    uint16_t mac[3];
    uint16_t isatap[3];
    uint16_t embedded[3];
} Fields;

static const Fields fields = {
    {IPV6_SRC_6TO4_GW_IPV4, IPV6_DST_6TO4_GW_IPV4, IPV6_6TO4_GW_IPV4},
    {IPV6_SRC_6TO4_SLA_ID, IPV6_DST_6TO4_SLA_ID, IPV6_6TO4_SLA_ID},
    {IPV6_SRC_TS_IPV4, IPV6_DST_TS_IPV4, IPV6_TS_IPV4},
    {IPV6_SRC_TC_PORT, IPV6_DST_TC_PORT, IPV6_TC_PORT},
    {IPV6_SRC_TC_IPV4, IPV6_DST_TC_IPV4, IPV6_TC_IPV4},
    {IPV6_SRC_SLAAC_MAC, IPV6_DST_SLAAC_MAC, IPV6_SLAAC_MAC},
    {IPV6_SRC_ISATAP_IPV4, IPV6_DST_ISATAP_IPV4, IPV6_ISATAP_IPV4},
    {IPV6_SRC_EMBED_IPV4, IPV6_DST_EMBED_IPV4, IPV6_EMBED_IPV4},
};

static uint64_t number(const uint8_t *at, unsigned length)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < length; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static void both(HeaderReader *r, const uint16_t *field, unsigned side, const uint8_t *at,
                 unsigned length, uint64_t value)
{
    fs_add_number(r->packet, &r->fields[field[side]], at, length, value)->generated = true;
    fs_add_number(r->packet, &r->fields[field[2]], at, length, value)->generated = true;
}

/* 2002:GGGG:GGGG:SSSS::, RFC 3056 2 */
static void six_to_four(HeaderReader *r, const uint8_t *address, unsigned side)
{
    if (number(address, 2) == 0x2002) {
        both(r, fields.gateway, side, address + 2, 4, number(address + 2, 4));
        both(r, fields.site, side, address + 6, 2, number(address + 6, 2));
    }
}

/* 2001:0:SSSS:SSSS:FFFF:PPPP:CCCC:CCCC, port and client inverted, RFC 4380 4 */
static void teredo(HeaderReader *r, const uint8_t *address, unsigned side)
{
    if (number(address, 4) == 0x20010000) {
        both(r, fields.server, side, address + 4, 4, number(address + 4, 4));
        both(r, fields.port, side, address + 10, 2, number(address + 10, 2) ^ 0xffff);
        both(r, fields.client, side, address + 12, 4, number(address + 12, 4) ^ 0xffffffff);
    }
}

/* A MAC address around ff:fe with its universal bit inverted, RFC 4291 appendix A */
static void autoconfigured(HeaderReader *r, const uint8_t *address, unsigned side)
{
    enum { UNIVERSAL = 0x02, INTERFACE = 8, MAC_LENGTH = 6 };
    if ((address[INTERFACE] & UNIVERSAL) == 0 || number(address + 11, 2) != 0xfffe) {
        return;
    }
    uint8_t *mac = fs_derive(r->packet, MAC_LENGTH);
    if (mac == NULL) {
        return;
    }
    memcpy(mac, address + INTERFACE, 3);
    memcpy(mac + 3, address + 13, 3);
    mac[0] ^= UNIVERSAL;
    uint32_t at = r->at;
    r->at += INTERFACE;
    reader_derived(r, fields.mac[side], 8, mac, MAC_LENGTH);
    reader_derived(r, fields.mac[2], 8, mac, MAC_LENGTH);
    r->at = at;
}

/* ::[0-3]00:5efe:IPv4, RFC 5214 6.1 */
static void isatap(HeaderReader *r, const uint8_t *address, unsigned side)
{
    if ((number(address + 8, 4) & 0xfcffffff) == 0x00005efe) {
        both(r, fields.isatap, side, address + 12, 4, number(address + 12, 4));
    }
}

/* 64:ff9b::/96, RFC 6052 2.1 */
static void embedded(HeaderReader *r, const uint8_t *address, unsigned side)
{
    static const uint8_t prefix[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(address, prefix, sizeof prefix) == 0) {
        (void)fs_add_bytes(r->packet, &r->fields[IPV6_EMBED_IPV4_PREFIX], address, sizeof prefix);
        both(r, fields.embedded, side, address + 12, 4, number(address + 12, 4));
    }
}

void ipv6_address_meanings(HeaderReader *reader)
{
    static void (*const meanings[])(HeaderReader *, const uint8_t *, unsigned) = {
        six_to_four, teredo, autoconfigured, isatap, embedded,
    };
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        for (unsigned side = 0; side < 2; side++) {
            meanings[i](reader, reader_here(reader), side);
            reader->at += LENGTH;
        }
        reader->at -= 2 * LENGTH;
    }
}
