/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/ip_version.h"
#include "sniffer/headers/names.h"
#include "sniffer/tables.h"

enum {
#define LLC_FIELD(id, ...) LLC_##id,
#include "sniffer/headers/llc_fields.def"
#undef LLC_FIELD
    LLC_FIELD_COUNT
};

static const FsName sap_names[] = {{0x00, "Null"},    {0x02, "LLC sublayer management"},
                                   {0x06, "IP"},      {0x42, "Spanning tree"},
                                   {0xaa, "SNAP"},    {0xe0, "NetWare"},
                                   {0xf0, "NetBIOS"}, {0xfe, "ISO network layer"},
                                   {0xff, "Global"},  {0, NULL}};
static const FsName ig_names[] = {{0, "Individual"}, {1, "Group"}, {0, NULL}};
static const FsName cr_names[] = {{0, "Command"}, {1, "Response"}, {0, NULL}};
/* The modifier's bits of the control byte, shifted down by 2. */
static const FsName modifier_names[] = {{0x00, "Unnumbered information"},
                                        {0x03, "Disconnect mode"},
                                        {0x10, "Disconnect"},
                                        {0x18, "Unnumbered acknowledgement"},
                                        {0x1b, "Set asynchronous balanced mode extended"},
                                        {0x21, "Frame reject"},
                                        {0x2b, "Exchange identification"},
                                        {0x38, "Test"},
                                        {0, NULL}};
static const FsName supervisory_names[] = {
    {0, "Receiver ready"}, {1, "Receiver not ready"}, {2, "Reject"}, {0, NULL}};
static const FsName frame_type_names[] = {
    {0, "Information frame"}, {1, "Supervisory frame"}, {3, "Unnumbered frame"}, {0, NULL}};

static const FsField fields[] = {
#define LLC_FIELD(id, ...) [LLC_##id] = {__VA_ARGS__},
#include "sniffer/headers/llc_fields.def"
#undef LLC_FIELD
};

const FsTable llc_table = {"llc", "LLC", "Logical link control", fields, LLC_FIELD_COUNT};

enum { SAP_IP = 0x06, SAP_SNAP = 0xaa, UNNUMBERED = 0x03, MODIFIER = 0xec, POLL_FINAL = 0x10 };

/* The lowest bits of the control field. */
enum { SUPERVISORY = 0x01, NUMBERED_LENGTH = 2 };

static void add_destination(FsPacket *packet, const uint8_t *at)
{
    (void)fs_add_number(packet, &fields[LLC_DSAP], at, 1, at[0]);
    fs_enter(packet);
    (void)fs_add_bit_number(packet, &fields[LLC_DSAP_SAP], at, 0, 7, at[0] >> 1);
    (void)fs_add_bit_number(packet, &fields[LLC_DSAP_IG], at, 7, 1, at[0] & 1);
    fs_leave(packet);
}

static void add_source(FsPacket *packet, const uint8_t *at)
{
    (void)fs_add_number(packet, &fields[LLC_SSAP], at, 1, at[0]);
    fs_enter(packet);
    (void)fs_add_bit_number(packet, &fields[LLC_SSAP_SAP], at, 0, 7, at[0] >> 1);
    (void)fs_add_bit_number(packet, &fields[LLC_SSAP_CR], at, 7, 1, at[0] & 1);
    fs_leave(packet);
}

/* The control byte of an unnumbered frame. */
static void add_control(FsPacket *packet, const uint8_t *at, bool response)
{
    (void)fs_add_number(packet, &fields[LLC_CONTROL], at, 1, at[0]);
    fs_enter(packet);
    if (at[0] & POLL_FINAL) { /* Wireshark shows it only where it is set */
        (void)fs_add_bit_number(packet, &fields[response ? LLC_FINAL : LLC_POLL], at, 3, 1, 1);
    }
    (void)fs_add_number(packet, &fields[response ? LLC_RESPONSE : LLC_COMMAND], at, 1,
                        (at[0] & MODIFIER) >> 2);
    (void)fs_add_bit_number(packet, &fields[LLC_FRAME_TYPE], at, 6, 2, UNNUMBERED);
    fs_leave(packet);
}

/* The two control bytes of an information or supervisory frame, low byte first. */
static void add_numbered_control(FsPacket *packet, const uint8_t *at, bool response)
{
    uint16_t control = (uint16_t)(at[0] | at[1] << 8);
    bool supervisory = (control & SUPERVISORY) != 0;
    (void)fs_add_number(packet, &fields[LLC_CONTROL], at, 2, control);
    fs_enter(packet);
    (void)fs_add_bit_number(packet, &fields[LLC_RECEIVED], at, 8, 7, control >> 9);
    if (!supervisory) {
        (void)fs_add_bit_number(packet, &fields[LLC_SENT], at, 0, 7, at[0] >> 1);
    }
    if (at[1] & 1) {
        bool final = response && supervisory;
        (void)fs_add_bit_number(packet, &fields[final ? LLC_FINAL : LLC_POLL], at, 15, 1, 1);
    }
    if (supervisory) {
        (void)fs_add_bit_number(packet, &fields[LLC_SUPERVISORY], at, 4, 2, at[0] >> 2 & 3);
    }
    fs_leave(packet);
}

/* Only frames with information have a type of their own, as Wireshark sees it. */
static void decode_snap(HeaderWalk *walk, uint32_t layer, bool information, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < 5) {
        header_cut(walk, span, 5);
        fs_close(packet, layer, at);
        return;
    }
    uint32_t oui = (uint32_t)at[0] << 16 | header_u16(at + 1);
    (void)fs_add_number(packet, &fields[LLC_OUI], at, 3, oui);
    uint16_t type = header_u16(at + 3);
    FsSpan payload = header_behind(span, 5);
    /* RFC 1042; 802.1H's bridge-tunnel organisation means Ethernet types too. */
    bool typed = oui == 0 || oui == 0x0000f8;
    if (typed && information) {
        (void)fs_add_number(packet, &fields[LLC_TYPE], at + 3, 2, type);
        fs_close(packet, layer, at + 5);
        header_ethertype(walk, type, payload);
    } else {
        fs_close(packet, layer, at + 5);
        header_undecoded(walk, HEADER_BY_SNAP, (uint64_t)oui << 16 | type, payload);
    }
}

void header_llc(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < 1) {
        header_cut(walk, span, 3);
        return;
    }
    uint32_t layer = fs_open(packet, &fields[LLC_LAYER], at, 3);
    fs_carry(packet, layer, span);
    add_destination(packet, at);
    if (span.captured >= 2) {
        add_source(packet, at + 1);
    }
    if (span.captured < 3) {
        header_cut(walk, span, 3);
        fs_close(packet, layer, at + span.captured);
        return;
    }
    bool response = (at[1] & 1) != 0;
    bool numbered = (at[2] & UNNUMBERED) != UNNUMBERED;
    bool information = numbered ? (at[2] & SUPERVISORY) == 0 : at[2] == UNNUMBERED;
    if (!numbered) {
        add_control(packet, at + 2, response);
    } else if (span.captured < 2 + NUMBERED_LENGTH) {
        fs_close(packet, layer, at + 2);
        header_cut(walk, span, 2 + NUMBERED_LENGTH);
        return;
    } else {
        add_numbered_control(packet, at + 2, response);
    }
    uint32_t length = numbered ? 2 + NUMBERED_LENGTH : 3;
    FsSpan payload = header_behind(span, length);
    if (at[0] == SAP_SNAP && at[1] == SAP_SNAP) {
        decode_snap(walk, layer, information, payload);
        return;
    }
    fs_close(packet, layer, at + length);
    if (at[0] == SAP_IP && information) {
        header_ethertype(walk, header_type_by_version(payload), payload);
    } else {
        header_undecoded(walk, HEADER_BY_SAP, header_u16(at), payload);
    }
}
