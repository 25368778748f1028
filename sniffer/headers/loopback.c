/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/ip_version.h"
#include "sniffer/headers/names.h"
#include "sniffer/tables.h"

enum {
#define LOOPBACK_FIELD(id, ...) LOOPBACK_##id,
#include "sniffer/headers/loopback_fields.def"
#undef LOOPBACK_FIELD
    LOOPBACK_FIELD_COUNT
};

/* Each system chose a number of its own for IPv6. */
static const FsName family_names[] = {{2, "IPv4"},
                                      {7, "ISO (OpenBSD, NetBSD, FreeBSD)"},
                                      {16, "AppleTalk"},
                                      {23, "IPX"},
                                      {24, "IPv6 (NetBSD, OpenBSD)"},
                                      {28, "IPv6 (FreeBSD)"},
                                      {30, "IPv6 (macOS)"},
                                      {0, NULL}};

static const FsField fields[] = {
#define LOOPBACK_FIELD(id, ...) [LOOPBACK_##id] = {__VA_ARGS__},
#include "sniffer/headers/loopback_fields.def"
#undef LOOPBACK_FIELD
};

const FsTable loopback_table = {"null", "Loopback", "BSD loopback", fields, LOOPBACK_FIELD_COUNT};

enum { HEADER_LENGTH = 4, TYPE_IPV6 = 0x86dd };

static void decode_family(HeaderWalk *walk, uint32_t family, FsSpan span)
{
    FsPacket *packet = walk->packet;
    uint32_t layer = fs_open(packet, &fields[LOOPBACK_LAYER], span.data, HEADER_LENGTH);
    fs_carry(packet, layer, span);
    (void)fs_add_number(packet, &fields[LOOPBACK_FAMILY], span.data, HEADER_LENGTH, family);
    fs_close(packet, layer, NULL);
    FsSpan payload = header_behind(span, HEADER_LENGTH);
    if (family == 2) {
        header_ethertype(walk, header_type_by_version(payload), payload);
    } else if (family == 24 || family == 28 || family == 30) {
        header_ethertype(walk, TYPE_IPV6, payload);
    } else {
        header_undecoded(walk, HEADER_BY_ADDRESS_FAMILY, family, payload);
    }
}

/* The number in the byte order of a machine that is not known: a family is small, so the order
 * that makes it small is right. Some systems write it in 16 bits, at the front or at the end. */
static uint32_t family_in_any_order(uint32_t number)
{
    if ((number & 0xffff) == 0) {
        number = number >> 24 | (number >> 8 & 0xff00);
    }
    if ((number & 0xff) == 0 && (number & 0xff00) < 0x0600) {
        return number >> 8 & 0xff;
    }
    return number;
}

void header_loopback(HeaderWalk *walk, FsSpan span)
{
    if (span.captured < HEADER_LENGTH) {
        header_cut(walk, span, HEADER_LENGTH);
        return;
    }
    uint32_t family = family_in_any_order(header_u32(span.data));
    if (family <= ETHERNET_MAX_LENGTH) {
        decode_family(walk, family, span);
        return;
    }
    FsPacket *packet = walk->packet;
    uint16_t type = (uint16_t)family;
    uint32_t layer = fs_open(packet, &fields[LOOPBACK_LAYER], span.data, HEADER_LENGTH);
    fs_carry(packet, layer, span);
    (void)fs_add_number(packet, &fields[LOOPBACK_TYPE], span.data, HEADER_LENGTH, type);
    fs_close(packet, layer, NULL);
    FsSpan payload = header_behind(span, HEADER_LENGTH);
    header_ethertype(walk, type, payload);
}

void header_loopback_network_order(HeaderWalk *walk, FsSpan span)
{
    if (span.captured < HEADER_LENGTH) {
        header_cut(walk, span, HEADER_LENGTH);
        return;
    }
    decode_family(walk, header_u32(span.data), span);
}
