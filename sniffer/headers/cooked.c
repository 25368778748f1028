/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Layout: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 in the list of link-layer types of tcpdump.
 */
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/names.h"
#include "sniffer/tables.h"

enum {
#define COOKED_FIELD(id, ...) COOKED_##id,
#include "sniffer/headers/cooked_fields.def"
#undef COOKED_FIELD
    COOKED_FIELD_COUNT
};

static const FsName packet_type_names[] = {{0, "Unicast to us"}, {1, "Broadcast"},
                                           {2, "Multicast"},     {3, "Unicast to another host"},
                                           {4, "Sent by us"},    {0, NULL}};
/* linux/if_ether.h, the numbers below 1536. */
static const FsName linux_type_names[] = {{0x0001, "Novell 802.3 without LLC"},
                                          {0x0003, "Any"},
                                          {0x0004, "LLC"},
                                          {0x0007, "PPP"},
                                          {0x000c, "CAN"},
                                          {0x000d, "CAN FD"},
                                          {0x0017, "IrDA"},
                                          {0x00f6, "IEEE 802.15.4"},
                                          {0, NULL}};

static const FsField fields[] = {
#define COOKED_FIELD(id, ...) [COOKED_##id] = {__VA_ARGS__},
#include "sniffer/headers/cooked_fields.def"
#undef COOKED_FIELD
};

const FsTable cooked_table = {"sll", "SLL", "Linux cooked capture", fields, COOKED_FIELD_COUNT};

static const LinkFields link_fields = {NULL, NULL, &fields[COOKED_TRAILER], false};

enum {
    HEADER_LENGTH = 16,
    HEADER_LENGTH_2 = 20,
    ADDRESS_ROOM = 8,
    MOST_LINUX_TYPE = 1536, /* inclusive, unlike Ethernet's */
    LINUX_TYPE_LLC = 4,
    HARDWARE_GRE = 778,
    HARDWARE_NETLINK = 824
};

static void add_u16(FsPacket *packet, int field, const uint8_t *at)
{
    (void)fs_add_number(packet, &fields[field], at, 2, header_u16(at));
}

/* The address and the room behind it, as far as each is all there. */
static void add_address(FsPacket *packet, FsSpan span, uint32_t offset, uint32_t length)
{
    const uint8_t *at = span.data + offset;
    uint32_t used = length < ADDRESS_ROOM ? length : ADDRESS_ROOM;
    if (offset + used > span.captured) {
        return;
    }
    if (length == 4) {
        (void)fs_add_number(packet, &fields[COOKED_SRC_IPV4], at, 4, header_u32(at));
    } else if (length == 6) {
        (void)fs_add_bytes(packet, &fields[COOKED_SRC_ETHER], at, 6);
    } else if (length > 0) {
        (void)fs_add_bytes(packet, &fields[COOKED_SRC_OTHER], at, used);
    }
    if (used < ADDRESS_ROOM && offset + ADDRESS_ROOM <= span.captured) {
        (void)fs_add_bytes(packet, &fields[COOKED_UNUSED], at + used, ADDRESS_ROOM - used);
    }
}

static void add_protocol(FsPacket *packet, uint16_t hardware, const uint8_t *at)
{
    uint16_t type = header_u16(at);
    add_u16(packet,
            type <= MOST_LINUX_TYPE    ? COOKED_LTYPE
            : hardware == HARDWARE_GRE ? COOKED_GRETYPE
                                       : COOKED_ETYPE,
            at);
}

static void decode_payload(HeaderWalk *walk, uint32_t layer, uint32_t header, uint16_t type,
                           FsSpan span)
{
    FsSpan payload = header_behind(span, header);
    if (type == LINUX_TYPE_LLC) {
        header_llc(walk, payload);
        return;
    }
    if (type <= MOST_LINUX_TYPE) {
        header_undecoded(walk, HEADER_BY_ETHERTYPE, type, payload);
        return;
    }
    walk->claimed = payload.reported;
    header_ethertype(walk, type, payload);
    header_trailer(walk, &link_fields, layer, span, header + walk->claimed);
}

static void close_layer(HeaderWalk *walk, uint32_t layer, uint32_t header, uint16_t type,
                        FsSpan span)
{
    if (span.captured < header) {
        header_cut(walk, span, header);
        fs_close(walk->packet, layer, span.data + span.captured);
        return;
    }
    fs_close(walk->packet, layer, NULL);
    decode_payload(walk, layer, header, type, span);
}

void header_cooked(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < 4) {
        header_cut(walk, span, HEADER_LENGTH);
        return;
    }
    uint16_t hardware = header_u16(at + 2);
    uint16_t type = 0;
    if (hardware == HARDWARE_NETLINK) {
        header_undecoded(walk, HEADER_BY_HARDWARE, hardware, span);
        return;
    }
    uint32_t layer = fs_open(packet, &fields[COOKED_LAYER], at, HEADER_LENGTH);
    fs_carry(packet, layer, span);
    add_u16(packet, COOKED_PKTTYPE, at);
    add_u16(packet, COOKED_HATYPE, at + 2);
    if (span.captured >= 6) {
        add_u16(packet, COOKED_HALEN, at + 4);
        add_address(packet, span, 6, header_u16(at + 4));
    }
    if (span.captured >= HEADER_LENGTH) {
        type = header_u16(at + 14);
        add_protocol(packet, hardware, at + 14);
    }
    close_layer(walk, layer, HEADER_LENGTH, type, span);
}

void header_cooked_2(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < 12) {
        header_cut(walk, span, HEADER_LENGTH_2);
        return;
    }
    uint16_t hardware = header_u16(at + 8);
    if (hardware == HARDWARE_NETLINK) {
        header_undecoded(walk, HEADER_BY_HARDWARE, hardware, span);
        return;
    }
    uint32_t layer = fs_open(packet, &fields[COOKED_LAYER], at, HEADER_LENGTH_2);
    fs_carry(packet, layer, span);
    add_protocol(packet, hardware, at);
    (void)fs_add_number(packet, &fields[COOKED_IFINDEX], at + 4, 4, header_u32(at + 4));
    add_u16(packet, COOKED_HATYPE, at + 8);
    (void)fs_add_number(packet, &fields[COOKED_PKTTYPE], at + 10, 1, at[10]);
    (void)fs_add_number(packet, &fields[COOKED_HALEN], at + 11, 1, at[11]);
    add_address(packet, span, 12, at[11]);
    close_layer(walk, layer, HEADER_LENGTH_2, header_u16(at), span);
}
