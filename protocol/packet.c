/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/packet.h"

/* Where entries go that no longer fit; written, never read, so threads may share it. */
static _Thread_local FsEntry scratch;

static FsEntry *next_entry(FsPacket *packet)
{
    if (packet->count >= packet->capacity) {
        packet->full = true;
        return &scratch;
    }
    return &packet->entries[packet->count++];
}

FsEntry *fs_add_bits(FsPacket *packet, const FsField *field, const uint8_t *at, unsigned skip,
                     unsigned bits)
{
    FsEntry *entry = next_entry(packet);
    entry->field = field;
    entry->bit_offset = (uint32_t)(at - packet->base) * 8 + skip;
    entry->bit_length = bits;
    entry->depth = packet->depth;
    entry->source = packet->source;
    entry->encoding = FS_ASCII;
    entry->generated = false;
    entry->value.bytes.data = NULL;
    entry->value.bytes.length = 0;
    return entry;
}

FsEntry *fs_add(FsPacket *packet, const FsField *field, const uint8_t *at, size_t length)
{
    return fs_add_bits(packet, field, at, 0, (unsigned)length * 8);
}

void fs_close(FsPacket *packet, uint32_t index, const uint8_t *end)
{
    packet->depth--;
    if (end != NULL && index < packet->count) {
        FsEntry *entry = &packet->entries[index];
        entry->bit_length = (uint32_t)(end - packet->base) * 8 - entry->bit_offset;
    }
}
