/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/names.h"
#include "sniffer/tables.h"

static const FsName lg_names[] = {{0, "Globally unique address (of the block's owner)"},
                                  {1, "Locally administered address (given by its user)"},
                                  {0, NULL}};
static const FsName ig_names[] = {
    {0, "Individual address (unicast)"}, {1, "Group address (multicast, broadcast)"}, {0, NULL}};
static const FsName status_names[] = {{0, "Bad"}, {1, "Good"}, {2, "Unverified"}, {0, NULL}};

static const FsField fields[] = {
#define ETHERNET_FIELD(id, ...) [ETHERNET_##id] = {__VA_ARGS__},
#include "sniffer/headers/ethernet_fields.def"
#undef ETHERNET_FIELD
};

const FsTable ethernet_table = {"eth", "Ethernet", "Ethernet", fields, ETHERNET_FIELD_COUNT};

enum { HEADER_LENGTH = 14, ADDRESS_LENGTH = 6 };

static void add_flag(FsPacket *packet, EthernetField field, const uint8_t *at, unsigned bit)
{
    (void)fs_add_bit_number(packet, &fields[field], at, bit, 1, at[0] >> (7 - bit) & 1);
}

static void add_address(FsPacket *packet, bool source, const uint8_t *at)
{
    uint32_t oui = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    (void)fs_add_bytes(packet, &fields[source ? ETHERNET_SRC : ETHERNET_DST], at, ADDRESS_LENGTH);
    if (packet->brief) {
        return;
    }
    fs_enter(packet);
    (void)fs_add_number(packet, &fields[source ? ETHERNET_SRC_OUI : ETHERNET_DST_OUI], at, 3, oui);
    (void)fs_add_bytes(packet, &fields[ETHERNET_ADDR], at, ADDRESS_LENGTH);
    (void)fs_add_number(packet, &fields[ETHERNET_ADDR_OUI], at, 3, oui);
    add_flag(packet, source ? ETHERNET_SRC_LG : ETHERNET_DST_LG, at, 6);
    add_flag(packet, ETHERNET_LG, at, 6);
    add_flag(packet, source ? ETHERNET_SRC_IG : ETHERNET_DST_IG, at, 7);
    add_flag(packet, ETHERNET_IG, at, 7);
    fs_leave(packet);
}

static const LinkFields link_fields = {&fields[ETHERNET_LEN], &fields[ETHERNET_LEN_PAST_END],
                                       &fields[ETHERNET_TRAILER], true};
/* A frame that is carried by another protocol has no frame check sequence of its own. */
static const LinkFields carried_link_fields = {
    &fields[ETHERNET_LEN], &fields[ETHERNET_LEN_PAST_END], &fields[ETHERNET_TRAILER], false};

void header_ethernet(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < HEADER_LENGTH) {
        header_cut(walk, span, HEADER_LENGTH);
        return;
    }
    const LinkFields *link = walk->nesting == 0 ? &link_fields : &carried_link_fields;
    uint16_t type = header_u16(at + 12);
    uint32_t layer = fs_open(packet, &fields[ETHERNET_LAYER], at, HEADER_LENGTH);
    fs_carry(packet, layer, span);
    add_address(packet, false, at);
    add_address(packet, true, at + ADDRESS_LENGTH);
    FsSpan payload = header_behind(span, HEADER_LENGTH);

    if (type > ETHERNET_MAX_LENGTH && type < ETHERNET_MIN_TYPE) {
        (void)fs_add_number(packet, &fields[ETHERNET_INVALID], at + 12, 2, type);
        fs_enter(packet);
        (void)fs_add_remark(packet, &fields[ETHERNET_INVALID_REMARK], at + 12, 2, false);
        fs_leave(packet);
        fs_close(packet, layer, NULL);
        header_undecoded(walk, HEADER_BY_ETHERTYPE, type, payload);
        return;
    }
    /* A length of 0 is no length: Wireshark takes it for an Ethernet type. */
    if (type <= ETHERNET_MAX_LENGTH && type != 0) {
        header_802_3(walk, link, layer, span, HEADER_LENGTH, type);
        return;
    }
    if (at[ADDRESS_LENGTH] & 1) {
        (void)fs_add_remark(packet, &fields[ETHERNET_SRC_GROUP], at + ADDRESS_LENGTH,
                            ADDRESS_LENGTH, false);
    }
    (void)fs_add_number(packet, &fields[ETHERNET_TYPE], at + 12, 2, type);
    fs_close(packet, layer, NULL);
    walk->claimed = payload.reported;
    header_ethertype(walk, type, payload);
    header_trailer(walk, link, layer, span, HEADER_LENGTH + walk->claimed);
}
