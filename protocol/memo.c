/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/memo.h"
#include "protocol/octets.h"

uint64_t fs_memo_serial(void)
{
    static _Thread_local uint64_t last;
    return ++last;
}

FsMemo *fs_memo_place(FsMemo *memos, size_t count, const FsPacket *packet, const uint8_t *at,
                      size_t length)
{
    if (length == 0 || length > FS_MEMO_BYTES || packet->source != 0) {
        return NULL;
    }
    uint64_t hash = length;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        hash = (hash ^ fs_octets(at + i)) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (; i < length; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return &memos[hash >> 32 & (count - 1)];
}

bool fs_memo_holds(const FsMemo *memo, const FsPacket *packet, const uint8_t *at, size_t length,
                   uint64_t context)
{
    return memo != NULL && memo->serial != 0 && memo->length == length &&
           memo->context == context && memo->brief == packet->brief &&
           memcmp(memo->bytes, at, length) == 0;
}

static void add_repeat(FsPacket *packet, const FsMemo *memo, uint32_t first, const uint8_t *at)
{
    if (memo->count > 0) {
        fs_add_repeat(packet, first, memo->count, (uint32_t)(at - packet->base), memo->serial, 0);
    }
}

bool fs_memo_append(const FsMemo *memo, FsPacket *packet, const uint8_t *at, size_t length,
                    uint64_t context)
{
    if (!fs_memo_holds(memo, packet, at, length, context) || memo->depth != packet->depth ||
        memo->count > packet->capacity - packet->count) {
        return false;
    }
    FsEntry *entries = packet->entries + packet->count;
    uint32_t move = (uint32_t)(at - packet->base) * 8;
    for (uint32_t i = 0; i < memo->count; i++) {
        entries[i] = memo->entries[i];
        entries[i].bit_offset += move;
    }
    for (uint32_t moving = memo->moving, i = 0; moving != 0; moving >>= 1, i++) {
        if ((moving & 1) != 0) {
            entries[i].value.bytes.data = packet->base + entries[i].bit_offset / 8;
        }
    }
    add_repeat(packet, memo, packet->count, at);
    packet->count += memo->count;
    return true;
}

static bool has_bytes(FsType type)
{
    return type == FS_TEXT || type == FS_BYTES || type == FS_REMARK || type == FS_ETHER ||
           type == FS_IPV6 || type == FS_LAYER;
}

void fs_memo_keep(FsMemo *memo, FsPacket *packet, uint32_t first, const uint8_t *at, size_t length,
                  uint64_t context, uint64_t result)
{
    uint32_t count = packet->count - first;
    if (memo == NULL || packet->full || count > FS_MEMO_ENTRIES) {
        return;
    }
    memo->serial = 0;
    memo->moving = 0;
    uint32_t start = (uint32_t)(at - packet->base) * 8;
    for (uint32_t i = 0; i < count; i++) {
        FsEntry *entry = &memo->entries[i];
        *entry = packet->entries[first + i];
        if (has_bytes(entry->field->type)) {
            if (entry->value.bytes.data != packet->base + entry->bit_offset / 8) {
                return;
            }
            memo->moving |= UINT32_C(1) << i;
        }
        if (entry->bit_offset < start) {
            return;
        }
        entry->bit_offset -= start;
    }
    memcpy(memo->bytes, at, length);
    memo->length = (uint8_t)length;
    memo->context = context;
    memo->result = result;
    memo->count = count;
    memo->depth = packet->depth;
    memo->brief = packet->brief;
    memo->serial = fs_memo_serial();
    add_repeat(packet, memo, first, at);
}
