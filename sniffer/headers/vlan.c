/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/names.h"
#include "sniffer/tables.h"

enum {
#define VLAN_FIELD(id, ...) VLAN_##id,
#include "sniffer/headers/vlan_fields.def"
#undef VLAN_FIELD
    VLAN_FIELD_COUNT
};

enum {
#define SERVICE_VLAN_FIELD(id, ...) SERVICE_##id,
#include "sniffer/headers/service_vlan_fields.def"
#undef SERVICE_VLAN_FIELD
    SERVICE_FIELD_COUNT
};

/* IEEE 802.1Q-2018, table I-2. */
static const FsName priority_names[] = {
    {0, "Best effort"},           {1, "Background"},      {2, "Excellent effort"},
    {3, "Critical applications"}, {4, "Video"},           {5, "Voice"},
    {6, "Internetwork control"},  {7, "Network control"}, {0, NULL}};
static const FsName dei_names[] = {{0, "Ineligible"}, {1, "Eligible"}, {0, NULL}};

static const FsField fields[] = {
#define VLAN_FIELD(id, ...) [VLAN_##id] = {__VA_ARGS__},
#include "sniffer/headers/vlan_fields.def"
#undef VLAN_FIELD
};

static const FsField service_fields[] = {
#define SERVICE_VLAN_FIELD(id, ...) [SERVICE_##id] = {__VA_ARGS__},
#include "sniffer/headers/service_vlan_fields.def"
#undef SERVICE_VLAN_FIELD
};

const FsTable vlan_table = {"vlan", "VLAN", "802.1Q virtual LAN", fields, VLAN_FIELD_COUNT};
const FsTable service_vlan_table = {"ieee8021ad", "802.1ad", "802.1ad service tag", service_fields,
                                    SERVICE_FIELD_COUNT};

static const LinkFields link_fields = {&fields[VLAN_LEN], &fields[VLAN_LEN_PAST_END],
                                       &fields[VLAN_TRAILER], false};
static const LinkFields service_link_fields = {NULL, NULL, &service_fields[SERVICE_TRAILER], false};

enum { TAG_LENGTH = 4, TYPE_SERVICE_TAG = 0x88a8 };

/* The three fields of a tag's two bytes; the fields of both tables stand in this order. */
static void add_tag(FsPacket *packet, const FsField *priority, const FsField *dei,
                    const FsField *id, const uint8_t *at)
{
    uint16_t tag = header_u16(at);
    (void)fs_add_bit_number(packet, priority, at, 0, 3, tag >> 13);
    (void)fs_add_bit_number(packet, dei, at, 3, 1, tag >> 12 & 1);
    (void)fs_add_bit_number(packet, id, at, 4, 12, tag & 0xfff);
}

void header_vlan(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < 2) {
        header_cut(walk, span, TAG_LENGTH);
        return;
    }
    uint32_t layer = fs_open(packet, &fields[VLAN_LAYER], at, TAG_LENGTH);
    fs_carry(packet, layer, span);
    add_tag(packet, &fields[VLAN_PRIORITY], &fields[VLAN_DEI], &fields[VLAN_ID], at);
    if (span.captured < TAG_LENGTH) {
        header_cut(walk, span, TAG_LENGTH);
        fs_close(packet, layer, at + 2);
        return;
    }
    uint16_t type = header_u16(at + 2);
    uint32_t all = span.reported;
    if (type <= ETHERNET_MAX_LENGTH) {
        header_802_3(walk, &link_fields, layer, span, TAG_LENGTH, type);
    } else {
        FsSpan payload = header_behind(span, TAG_LENGTH);
        (void)fs_add_number(packet, &fields[VLAN_ETYPE], at + 2, 2, type);
        fs_close(packet, layer, NULL);
        walk->claimed = payload.reported;
        header_ethertype(walk, type, payload);
        header_trailer(walk, &link_fields, layer, span, TAG_LENGTH + walk->claimed);
    }
    walk->claimed = all;
}

void header_service_vlan(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    uint32_t all = span.reported;
    if (span.captured < 2) {
        header_cut(walk, span, TAG_LENGTH);
        return;
    }
    uint32_t layer = fs_open(packet, &service_fields[SERVICE_LAYER], at, TAG_LENGTH);
    fs_carry(packet, layer, span);
    bool two = span.captured >= TAG_LENGTH && header_u16(at + 2) == TYPE_SERVICE_TAG;
    uint32_t header = two ? 2 * TAG_LENGTH : TAG_LENGTH;
    if (span.captured >= header - (two ? 2 : 0)) {
        add_tag(packet, &service_fields[SERVICE_PRIORITY], &service_fields[SERVICE_DEI],
                &service_fields[two ? SERVICE_SVID : SERVICE_ID], at);
        if (two) {
            add_tag(packet, &service_fields[SERVICE_PRIORITY], &service_fields[SERVICE_DEI],
                    &service_fields[SERVICE_CVID], at + TAG_LENGTH);
        }
    }
    if (span.captured < header) {
        header_cut(walk, span, header);
        fs_close(packet, layer, at + span.captured);
        return;
    }
    uint16_t type = header_u16(at + header - 2);
    FsSpan payload = header_behind(span, header);
    (void)fs_add_number(packet, &service_fields[SERVICE_ETYPE], at + header - 2, 2, type);
    fs_close(packet, layer, at + header);
    walk->claimed = payload.reported;
    header_ethertype(walk, type, payload);
    header_trailer(walk, &service_link_fields, layer, span, header + walk->claimed);
    walk->claimed = all;
}
