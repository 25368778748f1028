/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/packet.h"

FsEntry *fs_append(FsPacket *packet, const FsField *field, const uint8_t *at, unsigned skip,
                   unsigned bits)
{
    if (packet->count >= packet->capacity) {
        packet->full = true;
        return &packet->scratch;
    }
    FsEntry *entry = &packet->entries[packet->count++];
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

void fs_close(FsPacket *packet, uint32_t index, const uint8_t *end)
{
    packet->depth--;
    if (end != NULL && index < packet->count) {
        FsEntry *entry = &packet->entries[index];
        entry->bit_length = (uint32_t)(end - packet->base) * 8 - entry->bit_offset;
    }
}
