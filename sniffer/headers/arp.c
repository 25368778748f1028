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
    uint8_t hardware_size;
    uint8_t protocol_size;
} Kind;

static void add_conclusion(FsPacket *packet, int field, const uint8_t *at)
{
    fs_add_number(packet, &fields[field], at, 0, 1)->generated = true;
}

static bool all_zero(const uint8_t *at, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (at[i] != 0) {
            return false;
        }
    }
    return true;
}

/* RFC 5227: who asks for its own address announces it; who asks without having one probes. In both
 * the target's hardware address is zero. Wireshark holds addresses of any kind against this, but
 * looks at as many bytes of that as a MAC address has. */
static void add_conclusions(FsPacket *packet, uint16_t opcode, const uint8_t *source,
                            const Kind *kind)
{
    enum { MAC_LENGTH = 6 };
    uint32_t size = kind->protocol_size;
    const uint8_t *target_mac = source + size;
    const uint8_t *target = target_mac + kind->hardware_size;
    bool same = size > 0 && memcmp(source, target, size) == 0;
    bool asks = opcode == REQUEST && kind->hardware_size + size >= MAC_LENGTH &&
                all_zero(target_mac, MAC_LENGTH);
    if ((opcode == REQUEST || opcode == REPLY) && same) {
        add_conclusion(packet, ARP_GRATUITOUS, source);
    }
    if (asks && all_zero(source, size) && !same) {
        add_conclusion(packet, ARP_PROBE, source);
    }
    if (asks && same) {
        add_conclusion(packet, ARP_ANNOUNCEMENT, source);
    }
}

/* One address of the four; returns the byte behind it. */
static const uint8_t *add_address(FsPacket *packet, const FsField *field, const uint8_t *at,
                                  uint32_t size)
{
    if (size > 0 && field->type == FS_IPV4) {
        (void)fs_add_number(packet, field, at, size, header_u32(at));
    } else if (size > 0) {
        (void)fs_add_bytes(packet, field, at, size);
    }
    return at + size;
}

static void add_addresses(FsPacket *packet, const uint8_t *at, const Kind *kind)
{
    const FsField *ends[2][2] = {
        {&fields[kind->ethernet ? ARP_SRC_MAC : ARP_SRC_HW],
         &fields[kind->ipv4 ? ARP_SRC_IPV4 : ARP_SRC_PROTO]},
        {&fields[kind->ethernet ? ARP_DST_MAC : ARP_DST_HW],
         &fields[kind->ipv4 ? ARP_DST_IPV4 : ARP_DST_PROTO]},
    };
    for (int end = 0; end < 2; end++) {
        at = add_address(packet, ends[end][0], at, kind->hardware_size);
        at = add_address(packet, ends[end][1], at, kind->protocol_size);
    }
}

/* The fixed part, as far as it is there. */
static void add_fixed(FsPacket *packet, const uint8_t *at, uint32_t there)
{
    static const struct {
        uint8_t field;
        uint8_t at;
        uint8_t size;
    } parts[] = {{ARP_HW_TYPE, 0, 2},
                 {ARP_PROTO_TYPE, 2, 2},
                 {ARP_HW_SIZE, 4, 1},
                 {ARP_PROTO_SIZE, 5, 1},
                 {ARP_OPCODE, 6, 2}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts && parts[i].at + parts[i].size <= there;
         i++) {
        const uint8_t *here = at + parts[i].at;
        uint64_t value = parts[i].size == 1 ? *here : header_u16(here);
        (void)fs_add_number(packet, &fields[parts[i].field], here, parts[i].size, value);
    }
}

void header_arp(HeaderWalk *walk, FsSpan span)
{
    FsPacket *packet = walk->packet;
    const uint8_t *at = span.data;
    if (span.captured < HEADER_LENGTH) {
        if (span.captured >= 2 && header_u16(at) != HARDWARE_ATM) {
            /* Wireshark shows the layer once it has the hardware type */
            uint32_t layer = fs_open(packet, &fields[ARP_LAYER], at, span.captured);
            fs_carry(packet, layer, span);
            add_fixed(packet, at, span.captured);
            fs_close(packet, layer, NULL);
        }
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
    FsSpan padded = span;
    if (length <= span.reported) {
        walk->claimed = length;
        span.reported = length;
        span.captured = span.captured < length ? span.captured : length;
    }
    uint32_t layer =
        fs_open(packet, &fields[ARP_LAYER], at, length < span.captured ? length : span.captured);
    fs_carry(packet, layer, padded);
    add_fixed(packet, at, HEADER_LENGTH);
    /* Addresses that are not all there are left out, as Wireshark mostly does: where one begins
     * depends on sizes that may lie. */
    if (length > span.captured) {
        header_cut(walk, span, length);
    } else {
        add_conclusions(packet, opcode, at + HEADER_LENGTH + at[4], &kind);
        add_addresses(packet, at + HEADER_LENGTH, &kind);
    }
    fs_close(packet, layer, NULL);
}
