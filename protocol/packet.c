/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/packet.h"

void fs_close(FsPacket *packet, uint32_t index, const uint8_t *end)
{
    packet->depth--;
    if (end != NULL && index < packet->count) {
        FsEntry *entry = &packet->entries[index];
        entry->bit_length = (uint32_t)(end - packet->base) * 8 - entry->bit_offset;
    }
}
