/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What lies behind a frame's payload. The rules are Wireshark's defaults, so that both say the
 * same: padding is what brings a frame to 60 bytes and is all zero; of a frame that was at least
 * 64 bytes long, the last four bytes of what remains are taken for a frame check sequence.
 */
#include "sniffer/headers/ethernet.h"
#include "sniffer/tables.h"

enum { LEAST_FRAME = 60, LEAST_FRAME_WITH_FCS = 64, FCS_LENGTH = 4, FCS_UNVERIFIED = 2 };

static void swap_entries(FsEntry *entries, uint32_t from, uint32_t to)
{
    for (; from + 1 < to; from++, to--) {
        FsEntry kept = entries[from];
        entries[from] = entries[to - 1];
        entries[to - 1] = kept;
    }
}

/* Move the entries from `added` on to the end of a layer's own entries: an entry's place says
 * whose child it is. */
static void move_into_layer(FsPacket *packet, uint32_t layer, uint32_t added)
{
    uint32_t place = layer + 1;
    while (place < added && packet->entries[place].depth > packet->entries[layer].depth) {
        place++;
    }
    for (unsigned i = 0; i < packet->repeat_count; i++) {
        packet->repeats[i].first +=
            packet->repeats[i].first >= place ? packet->count - added : UINT32_C(0);
    }
    swap_entries(packet->entries, place, added);
    swap_entries(packet->entries, added, packet->count);
    swap_entries(packet->entries, place, packet->count);
}

static bool all_zero(const uint8_t *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (data[i] != 0) {
            return false;
        }
    }
    return true;
}

static const FsField *ethernet(EthernetField field)
{
    return &ethernet_table.fields[field];
}

/* Returns the bytes of padding at the start of what lies behind the payload. */
static uint32_t add_padding(HeaderWalk *walk, FsSpan behind, bool *bad)
{
    uint32_t without = walk->frame_length - behind.reported;
    if (walk->frame_length < LEAST_FRAME || without >= LEAST_FRAME) {
        return 0;
    }
    uint32_t length = LEAST_FRAME - without;
    if (behind.captured < length) {
        return UINT32_MAX;
    }
    if (!all_zero(behind.data, length)) {
        *bad = true;
        return 0;
    }
    (void)fs_add_bytes(walk->packet, ethernet(ETHERNET_PADDING), behind.data, length);
    return length;
}

static void add_trailer(HeaderWalk *walk, const LinkFields *fields, FsSpan span, FsSpan behind)
{
    FsPacket *packet = walk->packet;
    bool padding_bad = false;
    uint32_t padding = add_padding(walk, behind, &padding_bad);
    if (padding == UINT32_MAX) {
        header_cut(walk, behind, behind.reported);
        return;
    }
    behind = header_behind(behind, padding);
    bool fcs =
        fields->guess_fcs && span.reported >= LEAST_FRAME_WITH_FCS && behind.reported >= FCS_LENGTH;
    uint32_t length = behind.reported - (fcs ? FCS_LENGTH : 0);
    if (length > behind.captured) {
        length = behind.captured;
    }
    if (length > 0) {
        (void)fs_add_bytes(packet, fields->trailer, behind.data, length);
        if (padding_bad) {
            fs_enter(packet);
            (void)fs_add_remark(packet, ethernet(ETHERNET_PADDING_BAD), behind.data, length, false);
            fs_leave(packet);
        }
    }
    if (fcs && behind.captured < behind.reported) {
        header_cut(walk, behind, behind.reported);
    } else if (fcs) {
        const uint8_t *at = behind.data + length;
        (void)fs_add_number(packet, ethernet(ETHERNET_FCS), at, FCS_LENGTH, header_u32(at));
        fs_add_number(packet, ethernet(ETHERNET_FCS_STATUS), at, 0, FCS_UNVERIFIED)->generated =
            true;
    }
}

void header_trailer(HeaderWalk *walk, const LinkFields *fields, uint32_t layer, FsSpan span,
                    uint32_t used)
{
    FsPacket *packet = walk->packet;
    if (used >= span.captured) {
        return;
    }
    uint32_t added = packet->count;
    packet->depth++;
    add_trailer(walk, fields, span, header_behind(span, used));
    packet->depth--;
    if (added < packet->count) {
        move_into_layer(packet, layer, added);
    }
}

void header_802_3(HeaderWalk *walk, const LinkFields *fields, uint32_t layer, FsSpan span,
                  uint32_t header, uint16_t length)
{
    FsPacket *packet = walk->packet;
    FsSpan payload = header_behind(span, header);
    const uint8_t *at = span.data + header - 2;
    /* 0xffff where LLC would begin: IPX as Novell sent it before there was LLC. */
    bool novell = payload.captured >= 2 && header_u16(payload.data) == 0xffff;
    (void)fs_add_number(packet, fields->length, at, 2, length);
    if (length > payload.reported) {
        fs_enter(packet);
        (void)fs_add_remark(packet, fields->past_end, at, 2, false);
        fs_leave(packet);
    } else {
        payload.reported = length;
        payload.captured = payload.captured < length ? payload.captured : length;
    }
    fs_close(packet, layer, NULL);
    if (novell) {
        header_undecoded(walk, HEADER_BY_SAP, 0xffff, payload);
    } else {
        header_llc(walk, payload);
    }
    header_trailer(walk, fields, layer, span, header + payload.reported);
}
