/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/memo.h"
#include "protocol/octets.h"

/* Places where the same bytes may be remembered. */
enum { WAYS = 8 };

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
    /* of a few places that which has bytes of this hash, or else was written first */
    FsMemo *group = &memos[hash >> 32 & (count - 1) & ~(size_t)(WAYS - 1)];
    FsMemo *oldest = group;
    for (FsMemo *memo = group; memo < group + WAYS; memo++) {
        if (memo->hash == hash) {
            return memo;
        }
        oldest = memo->serial < oldest->serial ? memo : oldest;
    }
    oldest->serial = 0;
    oldest->hash = hash;
    return oldest;
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

static bool is_number(FsType type)
{
    return type == FS_UINT || type == FS_INT || type == FS_BOOL || type == FS_IPV4 ||
           type == FS_TIME || type == FS_TIME_SPAN;
}

static bool has_shape(const FsShape *shape, const FsEntry *entries, uint32_t start)
{
    for (uint32_t i = 0; i < shape->count; i++) {
        const FsEntry *then = &shape->entries[i];
        const FsEntry *now = &entries[i];
        bool differs = now->field != then->field || now->bit_offset - start != then->bit_offset ||
                       now->bit_length != then->bit_length || now->depth != then->depth ||
                       now->encoding != then->encoding || now->generated != then->generated;
        bool told = ((shape->varying | shape->bytes) >> i & 1) != 0;
        if (differs || (!told && now->value.number != then->value.number)) {
            return false;
        }
    }
    return true;
}

static void learn_shape(FsShape *shape, const FsEntry *entries, uint32_t count, uint32_t start)
{
    shape->count = count;
    shape->varying = 0;
    shape->bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        FsEntry *entry = &shape->entries[i];
        const FsField *field = entries[i].field;
        *entry = entries[i];
        entry->bit_offset -= start;
        if (!is_number(field->type)) {
            shape->bytes |= UINT64_C(1) << i;
        } else if (field->mask == 0 && field->names == NULL && field->type != FS_BOOL) {
            shape->varying |= UINT64_C(1) << i;
        }
    }
    shape->serial = fs_memo_serial();
}

void fs_repeat_shape(FsShape *shapes, size_t count, FsPacket *packet, uint32_t first,
                     const uint8_t *at, uint64_t key)
{
    uint32_t entries = packet->count - first;
    if (entries == 0 || entries > FS_SHAPE_ENTRIES || packet->full || packet->source != 0) {
        return;
    }
    uint64_t hash = (key * FS_SHAPE_ENTRIES + entries) * UINT64_C(0x9e3779b97f4a7c15);
    FsShape *shape = &shapes[hash >> 32 & (count - 1)];
    uint32_t start = (uint32_t)(at - packet->base) * 8;
    bool known = shape->serial != 0 && shape->key == key && shape->count == entries &&
                 has_shape(shape, packet->entries + first, start);
    if (!known) {
        shape->key = key;
        learn_shape(shape, packet->entries + first, entries, start);
    }
    fs_add_repeat(packet, first, entries, start / 8, shape->serial, shape->varying);
}
