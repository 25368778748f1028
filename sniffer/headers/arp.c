/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/names.h"
#include "sniffer/tables.h"

#include <string.h>

enum {
#define ARP_FIELD(id, ...) ARP_##id,
#include "sniffer/headers/arp_fields.def"
#undef ARP_FIELD
    ARP_FIELD_COUNT
};

/* IANA, "ARP Parameters". */
static const FsName opcode_names[] = {{1, "request"},
                                      {2, "reply"},
                                      {3, "reverse request"},
                                      {4, "reverse reply"},
                                      {5, "DRARP request"},
                                      {6, "DRARP reply"},
                                      {7, "DRARP error"},
                                      {8, "inverse request"},
                                      {9, "inverse reply"},
                                      {10, "NAK"},
                                      {0, NULL}};

static const FsField fields[] = {
#define ARP_FIELD(id, ...) [ARP_##id] = {__VA_ARGS__},
#include "sniffer/headers/arp_fields.def"
#undef ARP_FIELD
};

const FsTable arp_table = {"arp", "ARP", "Address resolution", fields, ARP_FIELD_COUNT};

enum {
    HEADER_LENGTH = 8,
    HARDWARE_ETHERNET = 1,
    HARDWARE_AX25 = 3,
    HARDWARE_IEEE_802 = 6,
    HARDWARE_ATM = 19,
    TYPE_IPV4 = 0x0800,
    TYPE_ARP = 0x0806,
    REQUEST = 1,
    REPLY = 2
};

/* What the addresses are, and where. */
typedef struct {
    bool ethernet;
    bool ipv4;
    bool ax25;
    uint8_t hardware_size;
    uint8_t protocol_size;
} Kind;

static void add_conclusion(FsPacket *packet, int field, const uint8_t *at)
{
    fs_add_number(packet, &fields[field], at, 0, 1)->generated = true;
}

/* RFC 5227: who asks for its own address announces it; who asks without having one probes. */
static void add_conclusions(FsPacket *packet, uint16_t opcode, const uint8_t *source,
                            const uint8_t *target)
{
    static const uint8_t none[4];
    bool same = memcmp(source, target, 4) == 0;
    if ((opcode == REQUEST || opcode == REPLY) && same) {
        add_conclusion(packet, ARP_GRATUITOUS, source);
    }
    if (opcode == REQUEST && memcmp(source, none, 4) == 0) {
        add_conclusion(packet, ARP_PROBE, source);
    }
    if (opcode == REQUEST && same) {
        add_conclusion(packet, ARP_ANNOUNCEMENT, source);
    }
}

/* One address of the four. Returns false if it is not all there. */
static bool add_address(HeaderWalk *walk, FsSpan span, uint32_t *offset, uint32_t size, bool known,
                        int known_field, int other_field)
{
    if (size == 0) {
        return true;
    }
    if (*offset + size > span.captured) {
        header_cut(walk, span, *offset + size);
        return false;
    }
    const uint8_t *at = span.data + *offset;
    *offset += size;
    const FsField *field = &fields[known ? known_field : other_field];
    if (field->type == FS_IPV4) {
        (void)fs_add_number(walk->packet, field, at, size, header_u32(at));
    } else {
        (void)fs_add_bytes(walk->packet, field, at, size);
    }
    return true;
}

static void add_addresses(HeaderWalk *walk, FsSpan span, const Kind *kind)
{
    uint32_t at = HEADER_LENGTH;
    bool whole =
        add_address(walk, span, &at, kind->hardware_size, kind->ethernet, ARP_SRC_MAC,
                    ARP_SRC_HW) &&
        add_address(walk, span, &at, kind->protocol_size, kind->ipv4, ARP_SRC_IPV4,
                    ARP_SRC_PROTO) &&
        add_address(walk, span, &at, kind->hardware_size, kind->ethernet, ARP_DST_MAC, ARP_DST_HW);
    if (whole) {
        (void)add_address(walk, span, &at, kind->protocol_size, kind->ipv4, ARP_DST_IPV4,
                          ARP_DST_PROTO);
    }
}

void header_arp(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < HEADER_LENGTH) {
        header_cut(walk, span, HEADER_LENGTH);
        return;
    }
    uint16_t hardware = header_u16(at);
    uint16_t protocol = header_u16(at + 2);
    if (hardware == HARDWARE_ATM) { /* RFC 2225: another layout */
        header_undecoded(walk, HEADER_BY_ETHERTYPE, TYPE_ARP, span);
        return;
    }
    Kind kind = {.hardware_size = at[4], .protocol_size = at[5]};
    kind.ethernet = (hardware == HARDWARE_ETHERNET || hardware == HARDWARE_IEEE_802) && at[4] == 6;
    kind.ipv4 = protocol == TYPE_IPV4 && at[5] == 4;
    uint16_t opcode = header_u16(at + 6);
    uint32_t length = HEADER_LENGTH + 2U * at[4] + 2U * at[5];
    if (length <= span.reported) {
        walk->claimed = length;
        span.reported = length;
        span.captured = span.captured < length ? span.captured : length;
    }
    uint32_t layer =
        fs_open(packet, &fields[ARP_LAYER], at, length < span.captured ? length : span.captured);
    (void)fs_add_number(packet, &fields[ARP_HW_TYPE], at, 2, hardware);
    (void)fs_add_number(packet, &fields[ARP_PROTO_TYPE], at + 2, 2, protocol);
    (void)fs_add_number(packet, &fields[ARP_HW_SIZE], at + 4, 1, at[4]);
    (void)fs_add_number(packet, &fields[ARP_PROTO_SIZE], at + 5, 1, at[5]);
    (void)fs_add_number(packet, &fields[ARP_OPCODE], at + 6, 2, opcode);
    if (kind.ethernet && kind.ipv4 && length <= span.captured) {
        add_conclusions(packet, opcode, at + 14, at + 24);
    }
    add_addresses(walk, span, &kind);
    fs_close(packet, layer, NULL);
}
