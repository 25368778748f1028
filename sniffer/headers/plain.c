/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Nearly all frames of a LAN have the same headers at the same places, so their entries differ in
 * values only. What those entries are is learned from the decoders, which read one made-up frame;
 * of each frame they are copied, and the values set that stand in its bytes.
 */
#include "sniffer/headers/plain.h"
#include "protocol/memo.h"
#include "sniffer/headers/ethernet.h"
#include "sniffer/headers/outline.h"
#include "sniffer/headers/udp.h"

#include <string.h>

enum {
    NETWORK = 14,   /* where IPv4 begins */
    TRANSPORT = 34, /* where UDP or TCP begins */
    UDP_HEADER = 8,
    PAYLOAD = TRANSPORT + UDP_HEADER,
    MADE_UP = PAYLOAD + 1, /* bytes of the made-up frame */
    MOST = 64,             /* entries */
    WORD = 4,              /* numbers are cut from words of so many bytes */
    LAYERS = 2             /* outside the transport */
};

/* A number that stands in the frame. */
typedef struct {
    uint8_t entry;
    uint8_t at; /* of the word, in bytes */
    uint8_t shift;
    uint32_t mask;
} Number;

/* An entry whose value is bytes of the frame. */
typedef struct {
    uint8_t entry;
    uint8_t at;
    bool rest;   /* all that follows in the frame */
    bool covers; /* the entry stands in those bytes, too: it is not only a layer's header */
} Bytes;

/* Bits that are nearly always the same: views may repeat what they wrote of entries that have no
 * other (FsRepeat). */
typedef struct {
    uint8_t at;
    uint8_t length;
} Constant;

static const Constant constants[] = {
    {0, 3},  /* who made the destination's interface */
    {6, 3},  /* the source's */
    {12, 4}, /* type, version, header length, services */
    {20, 4}, /* flags, fragment offset, time to live, protocol */
};

typedef struct {
    uint64_t high;
    uint64_t low;
} ConstantBits;

/* Entries of a frame, and where their values stand. */
typedef struct {
    FsEntry entries[MOST];
    uint64_t varying;       /* entries of which the constant bits do not tell the value */
    uint32_t repeated;      /* entries of which they tell all else */
    Number numbers[MOST];   /* that the constant bits do not tell */
    Number constants[MOST]; /* that they tell */
    Bytes bytes[MOST];
    uint32_t count;
    uint32_t number_count;
    uint32_t constant_count;
    uint32_t bytes_count;
} Template;

static Template udp_template; /* to the payload */
static Template ip_template;  /* what of it stands before the transport */

static uint32_t word_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t u16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static bool is_constant(uint32_t bit, uint32_t bits)
{
    for (unsigned i = 0; i < sizeof constants / sizeof *constants; i++) {
        uint32_t first = constants[i].at * UINT32_C(8);
        if (bit >= first && bit + bits <= first + constants[i].length * UINT32_C(8)) {
            return true;
        }
    }
    return false;
}

/* Numbers that are not what their bits say (a length in words, a verdict) are so in every plain
 * frame: the made-up frame has no bits that are such a number by chance. */
static void learn_number(Template *template, uint32_t index, const uint8_t *frame)
{
    const FsEntry *entry = &template->entries[index];
    uint32_t at = entry->bit_offset / 8;
    if (at + WORD > PAYLOAD) {
        at = PAYLOAD - WORD;
    }
    uint32_t end = entry->bit_offset + entry->bit_length - at * 8; /* in the word */
    if (entry->bit_length == 0 || end > WORD * 8) {
        return;
    }
    Number number = {.entry = (uint8_t)index,
                     .at = (uint8_t)at,
                     .shift = (uint8_t)(WORD * 8 - end),
                     .mask = UINT32_MAX >> (WORD * 8 - entry->bit_length)};
    if ((word_at(frame + at) >> number.shift & number.mask) == entry->value.number) {
        if (is_constant(entry->bit_offset, entry->bit_length)) {
            template->constants[template->constant_count++] = number;
        } else {
            template->numbers[template->number_count++] = number;
        }
    }
}

static void learn_bytes(Template *template, uint32_t index, const uint8_t *frame)
{
    const FsEntry *entry = &template->entries[index];
    uint32_t at = (uint32_t)(entry->value.bytes.data - frame);
    bool rest = at + entry->value.bytes.length == MADE_UP;
    template->bytes[template->bytes_count++] =
        (Bytes){.entry = (uint8_t)index,
                .at = (uint8_t)at,
                .rest = rest,
                .covers = rest && entry->bit_length == entry->value.bytes.length * 8 &&
                          entry->field->type != FS_LAYER};
}

/* Behind what is repeated stands at most what the datagram carries. */
static void learn_varying(Template *template)
{
    _Static_assert(MOST <= 64, "each entry has a bit");
    template->repeated = template->count;
    for (uint32_t i = 0; i < template->number_count; i++) {
        template->varying |= UINT64_C(1) << template->numbers[i].entry;
    }
    for (uint32_t i = 0; i < template->bytes_count; i++) {
        uint32_t index = template->bytes[i].entry;
        const FsEntry *entry = &template->entries[index];
        if (template->bytes[i].covers) {
            template->repeated = index;
        } else if (entry->field->type != FS_LAYER &&
                   !is_constant(entry->bit_offset, entry->bit_length)) {
            template->varying |= UINT64_C(1) << index;
        }
    }
}

static void learn_entries(Template *template, const FsPacket *packet, uint32_t count,
                          const uint8_t *frame)
{
    memcpy(template->entries, packet->entries, count * sizeof *template->entries);
    for (uint32_t i = 0; i < count; i++) {
        switch ((int)template->entries[i].field->type) {
        case FS_UINT:
        case FS_BOOL:
        case FS_IPV4:
            learn_number(template, i, frame);
            break;
        case FS_LAYER:
        case FS_BYTES:
        case FS_ETHER:
            learn_bytes(template, i, frame);
            break;
        default:
            break;
        }
    }
    template->count = count;
    learn_varying(template);
}

static void learn(void)
{
    static const uint8_t frame[MADE_UP] = {
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55, 0x02, 0x66, 0x77, 0x88, 0x99, 0xaa, 0x08, 0x00, 0x45,
        0x00, 0x00, 0x1d, 0x12, 0x34, 0x00, 0x00, 0x40, 0x11, 0xab, 0xcd, 0xc0, 0x00, 0x02, 0x01,
        0xc0, 0x00, 0x02, 0x02, 0x00, 0x09, 0x00, 0x09, 0x00, 0x09, 0xef, 0x01, 0xff};
    static const PortSet no_ports = {.count = 0};
    static FsEntry entries[MOST];
    FsPacket packet = {.entries = entries, .capacity = MOST};
    HeaderWalk walk = {.packet = &packet, .feiq_udp = &no_ports, .feiq_tcp = &no_ports};
    fs_packet_reset(&packet, frame);
    header_ethernet(&walk, (FsSpan){frame, MADE_UP, MADE_UP});
    uint32_t outer = 0;
    for (unsigned layers = 0; outer < packet.count; outer++) {
        if (packet.entries[outer].field->type == FS_LAYER && layers++ == LAYERS) {
            break;
        }
    }
    learn_entries(&ip_template, &packet, outer, frame);
    learn_entries(&udp_template, &packet, packet.count, frame);
}

static void set_numbers(FsEntry *entries, const Number *number, uint32_t count,
                        const uint8_t *frame)
{
    for (const Number *end = number + count; number < end; number++) {
        entries[number->entry].value.number =
            word_at(frame + number->at) >> number->shift & number->mask;
    }
}

/* Entries of a template whose constant bits are set, of which a few are remembered. */
typedef struct {
    uint64_t serial; /* of their repeat */
    const Template *template;
    ConstantBits bits;
    FsEntry entries[MOST];
} Filled;

static const Filled *fill(const Template *template, const uint8_t *frame)
{
    enum { SLOTS = 64, SHIFT = 58 };
    static Filled known[SLOTS];
    static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    ConstantBits bits = {(uint64_t)(word_at(frame) >> 8) << 32 | word_at(frame + 6) >> 8,
                         (uint64_t)word_at(frame + 12) << 32 | word_at(frame + 20)};
    size_t slot = (((bits.high * odd) ^ bits.low) * odd + template->count) >> SHIFT;
    Filled *filled = &known[slot];
    if (filled->template != template || filled->bits.high != bits.high ||
        filled->bits.low != bits.low) {
        filled->template = template;
        filled->bits = bits;
        memcpy(filled->entries, template->entries, template->count * sizeof *filled->entries);
        set_numbers(filled->entries, template->constants, template->constant_count, frame);
        filled->serial = fs_memo_serial();
    }
    return filled;
}

static void append(FsPacket *packet, const Template *template, FsSpan span)
{
    FsEntry *entries = packet->entries + packet->count;
    const Filled *filled = fill(template, span.data);
    memcpy(entries, filled->entries, template->count * sizeof *entries);
    fs_add_repeat(packet, packet->count, template->repeated, 0, filled->serial, template->varying);
    packet->count += template->count;
    set_numbers(entries, template->numbers, template->number_count, span.data);
    const Bytes *bytes_end = template->bytes + template->bytes_count;
    for (const Bytes *bytes = template->bytes; bytes < bytes_end; bytes++) {
        FsEntry *entry = &entries[bytes->entry];
        entry->value.bytes.data = span.data + bytes->at;
        if (bytes->rest) {
            entry->value.bytes.length = span.captured - bytes->at;
            if (bytes->covers) {
                entry->bit_length = (span.captured - bytes->at) * 8;
            }
        }
    }
}

/* Nothing behind the datagram, every length what it should be, and no remark due. */
static bool nothing_odd(OutlineKind kind, FsSpan span)
{
    const uint8_t *data = span.data;
    uint32_t length = u16(data + 16);
    bool group = (data[6] & 1) != 0; /* as source */
    if (span.captured != span.reported || span.captured != NETWORK + length || group) {
        return false;
    }
    return kind != OUTLINE_UDP || (span.captured > PAYLOAD && u16(data + 38) == length - 20 &&
                                   u16(data + 40) != 0); /* no checksum is a verdict of its own */
}

/* Its stream is not learned; it stands before the payload, which is last. */
static void insert_stream(HeaderWalk *walk, const Outline *outline, FsSpan span)
{
    FsPacket *packet = walk->packet;
    FsEntry payload = packet->entries[--packet->count];
    packet->depth = payload.depth;
    header_udp_stream(walk, span.data + TRANSPORT, outline->source, outline->destination, true);
    packet->depth = 0;
    packet->entries[packet->count++] = payload;
}

bool header_plain(HeaderWalk *walk, int linktype, FsSpan span)
{
    FsPacket *packet = walk->packet;
    Outline outline = outline_look(linktype, span);
    if (outline.kind == OUTLINE_NONE || walk->verify || !nothing_odd(outline.kind, span) ||
        packet->capacity - packet->count < MOST) {
        return false;
    }
    if (udp_template.count == 0) {
        learn();
    }
    walk->address_length = 4;
    walk->source = span.data + 26;
    walk->destination = span.data + 30;
    if (outline.kind == OUTLINE_TCP) {
        append(packet, &ip_template, span);
        walk->nesting = 1;
        header_ip_protocol(walk, span.data[23], header_behind(span, TRANSPORT));
        return true;
    }
    append(packet, &udp_template, span);
    insert_stream(walk, &outline, span);
    walk->protocol = span.data[23];
    header_application(walk, false, outline.source, outline.destination,
                       header_behind(span, PAYLOAD));
    return true;
}
