/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/layout_parts.h"

const char *layout_text(Layout *layout, size_t (*format)(char *, size_t, const FsEntry *),
                        const FsEntry *entry)
{
    /* long texts are cut where they are drawn */
    char text[512];
    (void)format(text, sizeof text, entry);
    return g_string_chunk_insert(layout->texts, text);
}

const char *layer_name(const FsEntry *layer)
{
    return layer->field->brief != NULL ? layer->field->brief : layer->field->title;
}

const FsEntry *layer_role(const DecodedPacket *packet, uint32_t index, FsRole role)
{
    uint32_t after = field_after(packet->entries, packet->count, index);
    for (uint32_t i = index + 1; i < after; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field->type == FS_LAYER) {
            i = field_after(packet->entries, packet->count, i) - 1;
        } else if (entry->field->role == role && entry->bit_length > 0 && !entry->generated) {
            return entry;
        }
    }
    return NULL;
}

const FsEntry *role_before(const DecodedPacket *packet, uint32_t index, FsRole role)
{
    for (uint32_t i = index; i > 0; i--) {
        const FsEntry *entry = &packet->entries[i - 1];
        if (entry->field->role == role && entry->bit_length > 0 && !entry->generated) {
            return entry;
        }
    }
    return NULL;
}

/* Where a layer's own length field says that it ends; 0: it has none, or it cannot be right. */
static uint32_t own_reach(const DecodedPacket *packet, uint32_t index)
{
    const FsEntry *layer = &packet->entries[index];
    uint32_t start = layer->bit_offset / 8;
    uint64_t end = 0;
    const FsEntry *length = layer_role(packet, index, FS_ROLE_TOTAL_LENGTH);
    if (length != NULL) {
        end = start + length->value.number;
    } else {
        length = layer_role(packet, index, FS_ROLE_PAYLOAD_LENGTH);
        const FsEntry *last = layer_role(packet, index, FS_ROLE_DESTINATION);
        if (length == NULL || last == NULL) {
            return 0;
        }
        start = (last->bit_offset + last->bit_length) / 8;
        end = start + length->value.number;
    }
    /* 0 stands for "longer than fits", or was left to the network card */
    return length->value.number == 0 || end <= start || end > UINT32_MAX ? 0 : (uint32_t)end;
}

uint32_t layer_reach(const DecodedPacket *packet, uint32_t index, bool *told)
{
    *told = true;
    const FsEntry *inner = &packet->entries[index];
    for (uint32_t i = index + 1; i > 0; i--) {
        const FsEntry *entry = &packet->entries[i - 1];
        if (entry->field->type == FS_LAYER && entry->depth <= inner->depth &&
            entry->source == inner->source) {
            uint32_t reach = own_reach(packet, i - 1);
            if (reach > 0) {
                return reach;
            }
        }
    }
    *told = false;
    return packet->sources[inner->source].reported;
}
