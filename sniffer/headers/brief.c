/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Nearly all frames of a LAN have the same headers at the same places, so their entries differ in
 * values only. Those entries are made once; of each frame they are copied, and the values set.
 */
#include "sniffer/headers/brief.h"
#include "sniffer/headers/outline.h"
#include "sniffer/headers/tcp_findings.h"
#include "sniffer/tables.h"

#include <string.h>

enum {
    NETWORK = 14, /* where IPv4 begins */
    PROTOCOL = 23,
    SOURCE = 26,
    DESTINATION = 30,
    TRANSPORT = 34, /* where UDP or TCP begins */
    UDP_HEADER = 8,
    TCP_HEADER = 20,
    TCP_FLAGS_AT = TRANSPORT + 12,
    SYN = 0x02,
    RST = 0x04
};

/* How a value is read. */
typedef enum {
    TO_END, /* of a layer: all that follows */
    BYTES,
    WORD_16,
    WORD_32,
    FLAGS,          /* the low twelve bits of sixteen */
    SEGMENT_LENGTH, /* concluded: the bytes that follow the headers */
    SEQUENCE,       /* these three are found out from the segments before */
    ACKNOWLEDGMENT,
    WINDOW
} Kind;

/* A field of which the line wants an entry. */
typedef struct {
    const char *name;
    uint8_t at; /* in the frame, in bytes */
    uint8_t length;
    uint8_t depth;
    uint8_t kind;
} Place;

/* In the order in which the decoders append them. */
static const Place udp_places[] = {
    {"eth", 0, NETWORK, 0, TO_END},
    {"eth.dst", 0, 6, 1, BYTES},
    {"eth.src", 6, 6, 1, BYTES},
    {"ip", NETWORK, 20, 0, TO_END},
    {"ip.src", 26, 4, 1, WORD_32},
    {"ip.dst", 30, 4, 1, WORD_32},
    {"udp", TRANSPORT, UDP_HEADER, 0, TO_END},
    {"udp.srcport", 34, 2, 1, WORD_16},
    {"udp.dstport", 36, 2, 1, WORD_16},
    {"udp.length", 38, 2, 1, WORD_16},
};
static const Place tcp_places[] = {
    {"eth", 0, NETWORK, 0, TO_END},
    {"eth.dst", 0, 6, 1, BYTES},
    {"eth.src", 6, 6, 1, BYTES},
    {"ip", NETWORK, 20, 0, TO_END},
    {"ip.src", 26, 4, 1, WORD_32},
    {"ip.dst", 30, 4, 1, WORD_32},
    {"tcp", TRANSPORT, TCP_HEADER, 0, TO_END},
    {"tcp.srcport", 34, 2, 1, WORD_16},
    {"tcp.dstport", 36, 2, 1, WORD_16},
    {"tcp.len", TCP_FLAGS_AT, 1, 1, SEGMENT_LENGTH},
    {"tcp.seq", 38, 4, 1, SEQUENCE},
    {"tcp.ack", 42, 4, 1, ACKNOWLEDGMENT},
    {"tcp.flags", TCP_FLAGS_AT, 2, 1, FLAGS},
    {"tcp.window_size", 48, 2, 1, WINDOW},
};
enum {
    UDP_PLACES = sizeof udp_places / sizeof udp_places[0],
    TCP_PLACES = sizeof tcp_places / sizeof tcp_places[0]
};

/* The entries of one kind of frame, and what is wanting: their values. */
typedef struct {
    const Place *places;
    uint32_t count;
    FsEntry entries[TCP_PLACES];
} Template;

static Template templates[OUTLINE_KINDS];

static void prepare(Template *template, const Place *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const Place *place = &places[i];
        unsigned skip = place->kind == FLAGS ? 4 : 0;
        template->entries[i] =
            (FsEntry){.field = sniffer_field(place->name),
                      .bit_offset = place->at * 8U + skip,
                      .bit_length = place->length * 8U - skip,
                      .depth = place->depth,
                      .encoding = FS_ASCII,
                      .generated = place->kind == SEGMENT_LENGTH || place->kind == WINDOW};
        template->entries[i].value.bytes.length = place->length;
    }
    template->places = places;
    template->count = count;
}

static const Template *template_of(OutlineKind kind)
{
    Template *template = &templates[kind];
    if (template->count == 0 && kind == OUTLINE_UDP) {
        prepare(template, udp_places, UDP_PLACES);
    } else if (template->count == 0) {
        prepare(template, tcp_places, TCP_PLACES);
    }
    return template;
}

static uint32_t u16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t u32(const uint8_t *at)
{
    return u16(at) << 16 | u16(at + 2);
}

static void append(FsPacket *packet, const Template *template, FsSpan span, uint32_t headers,
                   const TcpFindings *findings)
{
    FsEntry *entry = packet->entries + packet->count;
    memcpy(entry, template->entries, template->count * sizeof *entry);
    packet->count += template->count;
    const Place *end = template->places + template->count;
    for (const Place *place = template->places; place < end; place++, entry++) {
        const uint8_t *at = span.data + place->at;
        switch (place->kind) {
        case TO_END:
            entry->bit_length =
                place->at == TRANSPORT ? (headers - TRANSPORT) * 8 : entry->bit_length;
            entry->value.bytes.length = span.captured - place->at;
            entry->value.bytes.data = at;
            break;
        case WORD_16:
            entry->value.number = u16(at);
            break;
        case WORD_32:
            entry->value.number = u32(at);
            break;
        case FLAGS:
            entry->value.number = u16(at) & 0xfff;
            break;
        case SEGMENT_LENGTH:
            entry->value.number = span.captured - headers;
            break;
        case SEQUENCE:
            entry->value.number = findings->sequence;
            break;
        case ACKNOWLEDGMENT:
            entry->value.number = findings->acknowledgment;
            break;
        case WINDOW:
            entry->value.number = findings->window;
            break;
        case BYTES:
        default:
            entry->value.bytes.data = at;
            break;
        }
    }
}

/* How long a TCP header is: without options, or with those that most systems send with every
 * segment but the first, timestamps behind two NOPs (RFC 7323, appendix A). 0: it has others. */
static uint32_t tcp_header_length(FsSpan span)
{
    static const uint8_t timestamps[] = {1, 1, 8, 10};
    enum { WITH_TIMESTAMPS = TCP_HEADER + 12 };
    uint32_t length = (span.data[TCP_FLAGS_AT] >> 4) * 4U;
    if (length == TCP_HEADER) {
        return length;
    }
    bool known = length == WITH_TIMESTAMPS && span.captured >= TRANSPORT + WITH_TIMESTAMPS &&
                 (span.data[TCP_FLAGS_AT + 1] & SYN) == 0 &&
                 memcmp(span.data + TRANSPORT + TCP_HEADER, timestamps, sizeof timestamps) == 0;
    return known ? length : 0;
}

uint32_t header_brief_length(OutlineKind kind, FsSpan span)
{
    return TRANSPORT + (kind == OUTLINE_TCP ? tcp_header_length(span) : UDP_HEADER);
}

/* Nothing behind the datagram, no options that say anything, and every length what it should be. */
static bool nothing_odd(OutlineKind kind, FsSpan span)
{
    const uint8_t *data = span.data;
    uint32_t length = u16(data + 16);
    bool whole = span.captured == span.reported && span.captured == NETWORK + length;
    if (!whole || (data[6] & 1) != 0) { /* a group address as source */
        return false;
    }
    return kind == OUTLINE_UDP
               ? u16(data + 38) == length - 20
               : tcp_header_length(span) != 0 && (data[TCP_FLAGS_AT + 1] & RST) == 0;
}

Outline header_brief_outline(const HeaderWalk *walk, int linktype, FsSpan span)
{
    Outline outline = outline_look(linktype, span);
    if (outline.kind != OUTLINE_NONE && (walk->verify || !nothing_odd(outline.kind, span) ||
                                         (outline.kind == OUTLINE_TCP && walk->tcp == NULL))) {
        outline.kind = OUTLINE_NONE;
    }
    return outline;
}

static void set_network(HeaderWalk *walk, FsSpan span)
{
    walk->address_length = 4;
    walk->source = span.data + SOURCE;
    walk->destination = span.data + DESTINATION;
    walk->protocol = span.data[PROTOCOL];
}

const TcpFindings *header_brief_segment(HeaderWalk *walk, FsSpan span)
{
    set_network(walk, span);
    TcpSegment segment = tcp_segment_of(walk, span.data + TRANSPORT);
    segment.sized = true;
    segment.length = span.captured - header_brief_length(OUTLINE_TCP, span);
    const TcpFindings *findings = tcp_connections_segment(walk->tcp, &segment);
    tcp_connections_options_end(walk->tcp);
    return findings;
}

bool header_brief(HeaderWalk *walk, int linktype, FsSpan span)
{
    FsPacket *packet = walk->packet;
    Outline outline = header_brief_outline(walk, linktype, span);
    bool tcp = outline.kind == OUTLINE_TCP;
    if (outline.kind == OUTLINE_NONE || packet->capacity - packet->count < TCP_PLACES) {
        return false;
    }
    set_network(walk, span);
    static const TcpFindings none;
    const TcpFindings *findings = tcp ? header_brief_segment(walk, span) : &none;
    uint32_t headers = header_brief_length(outline.kind, span);
    append(packet, template_of(outline.kind), span, headers, findings);
    if (tcp) {
        packet->depth = 1;
        tcp_findings_analysis(packet, findings, span.data + TRANSPORT);
        packet->depth = 0;
        walk->tcp_flags = span.data[TCP_FLAGS_AT + 1];
        walk->findings = findings;
        walk->tcp_acknowledgment = u32(span.data + 42);
        walk->tcp_sequence = u32(span.data + 38) + ((walk->tcp_flags & SYN) != 0);
    }
    if (span.captured > headers || (tcp && walk->streams != NULL)) {
        header_application(
            walk, tcp, outline.source, outline.destination,
            (FsSpan){span.data + headers, span.captured - headers, span.captured - headers});
    }
    return true;
}
