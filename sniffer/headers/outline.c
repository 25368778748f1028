/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/outline.h"
#include "protocol/feiq/feiq.h"
#include "protocol/onehash/onehash.h"
#include "sniffer/tables.h"

enum {
    NETWORK = 14,   /* where IPv4 begins */
    TRANSPORT = 34, /* where UDP or TCP begins */
    UDP_HEADER = 8,
    TCP_HEADER = 20,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17
};

/* Where no byte is meant, the place says which length of the frame is. */
enum { REPORTED, CAPTURED };

enum { IN_UDP = 1 << OUTLINE_UDP, IN_TCP = 1 << OUTLINE_TCP, IN_BOTH = IN_UDP | IN_TCP };

/* A field's name, where it stands, and in which kinds of frames. */
typedef struct {
    const char *name;
    uint8_t at;
    uint8_t length;
    uint8_t kinds;
} NamedPlace;

static const NamedPlace places[] = {
    {"frame.len", REPORTED, 0, IN_BOTH},
    {"frame.cap_len", CAPTURED, 0, IN_BOTH},
    {"eth", 0, NETWORK, IN_BOTH},
    {"eth.dst", 0, 6, IN_BOTH},
    {"eth.src", 6, 6, IN_BOTH},
    {"eth.addr", 0, 6, IN_BOTH},
    {"eth.addr", 6, 6, IN_BOTH},
    {"eth.type", 12, 2, IN_BOTH},
    {"ip", NETWORK, TRANSPORT - NETWORK, IN_BOTH},
    {"ip.len", 16, 2, IN_BOTH},
    {"ip.id", 18, 2, IN_BOTH},
    {"ip.ttl", 22, 1, IN_BOTH},
    {"ip.proto", 23, 1, IN_BOTH},
    {"ip.src", 26, 4, IN_BOTH},
    {"ip.dst", 30, 4, IN_BOTH},
    {"ip.addr", 26, 4, IN_BOTH},
    {"ip.addr", 30, 4, IN_BOTH},
    {"udp", TRANSPORT, UDP_HEADER, IN_UDP},
    {"udp.srcport", 34, 2, IN_UDP},
    {"udp.dstport", 36, 2, IN_UDP},
    {"udp.port", 34, 2, IN_UDP},
    {"udp.port", 36, 2, IN_UDP},
    {"udp.length", 38, 2, IN_UDP},
    {"tcp", TRANSPORT, TCP_HEADER, IN_TCP},
    {"tcp.srcport", 34, 2, IN_TCP},
    {"tcp.dstport", 36, 2, IN_TCP},
    {"tcp.port", 34, 2, IN_TCP},
    {"tcp.port", 36, 2, IN_TCP},
};

static uint16_t read_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

Outline outline_look(int linktype, FsSpan span)
{
    Outline outline = {.kind = OUTLINE_NONE};
    const uint8_t *data = span.data;
    if (linktype != LINKTYPE_ETHERNET || span.captured < TRANSPORT + UDP_HEADER ||
        read_u16(data + 12) != 0x0800 || data[NETWORK] != 0x45 ||
        (read_u16(data + 20) & 0x3fff) != 0) { /* more fragments, or not the first */
        return outline;
    }
    uint32_t length = read_u16(data + 16);
    uint8_t protocol = data[23];
    bool udp = protocol == PROTOCOL_UDP && length >= 20 + UDP_HEADER;
    bool tcp = protocol == PROTOCOL_TCP && length >= 20 + TCP_HEADER &&
               span.captured >= TRANSPORT + TCP_HEADER;
    if (length > span.reported - NETWORK || (!udp && !tcp)) {
        return outline;
    }
    outline.kind = udp ? OUTLINE_UDP : OUTLINE_TCP;
    outline.source = read_u16(data + 34);
    outline.destination = read_u16(data + 36);
    return outline;
}

FsSpan outline_transport(FsSpan span)
{
    uint32_t length = (uint32_t)read_u16(span.data + 16) - (TRANSPORT - NETWORK);
    uint32_t there = span.captured - TRANSPORT;
    return (FsSpan){span.data + TRANSPORT, there < length ? there : length, length};
}

void outline_places(OutlineKind kind, OutlinePlan *plan)
{
    plan->count = 0;
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        if ((places[i].kinds >> kind & 1) != 0) {
            plan->places[plan->count++] =
                (OutlinePlace){sniffer_field(places[i].name), places[i].at, places[i].length};
        }
    }
}

bool outline_excludes(OutlineKind kind, const FsTable *table)
{
    const FsTable *transport = kind == OUTLINE_UDP ? &udp_table : &tcp_table;
    return table != &frame_table && table != &ethernet_table && table != &ipv4_table &&
           table != transport && table != &feiq_table && table != &onehash_table &&
           table != &undecoded_table;
}

/* A layer's header begins at `at`; what it carries ends with the datagram, but for the link's. */
static FsSpan carried(const OutlinePlace *place, FsSpan span)
{
    uint32_t end = span.captured;
    if (place->at >= NETWORK) {
        uint32_t datagram = NETWORK + (uint32_t)read_u16(span.data + 16);
        end = datagram < end ? datagram : end;
    }
    return (FsSpan){span.data + place->at, end - place->at, end - place->at};
}

static uint64_t number_at(const OutlinePlace *place, FsSpan span)
{
    if (place->length == 0) { /* of the frame: not in its bytes */
        return place->at == CAPTURED ? span.captured : span.reported;
    }
    uint64_t number = 0;
    for (uint32_t i = 0; i < place->length; i++) {
        number = number << 8 | span.data[place->at + i];
    }
    return number;
}

void outline_add(FsPacket *packet, const OutlinePlan *plan, FsSpan span)
{
    for (const OutlinePlace *place = plan->places; place < plan->places + plan->count; place++) {
        const uint8_t *at = span.data + place->at;
        uint32_t index = packet->count;
        switch ((int)place->field->type) {
        case FS_LAYER:
            (void)fs_add(packet, place->field, at, place->length);
            fs_carry(packet, index, carried(place, span));
            break;
        case FS_ETHER:
            (void)fs_add_bytes(packet, place->field, at, place->length);
            break;
        default:
            (void)fs_add_number(packet, place->field, at, place->length, number_at(place, span));
            break;
        }
    }
}
