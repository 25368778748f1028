/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What senders repeat. A program sends the same version, command words and font with every message;
 * a decoder remembers the entries that it made of such bytes, and copies them when the bytes come
 * again. The packet says so (FsRepeat), so that a view may do the same with its text.
 */
#ifndef FEISCOPE_PROTOCOL_MEMO_H
#define FEISCOPE_PROTOCOL_MEMO_H

#include "protocol/packet.h"

/** Most bytes and entries that are remembered together. */
enum { FS_MEMO_BYTES = 96, FS_MEMO_ENTRIES = 24 };

/** Bytes, and the entries that a decoder made of them. */
typedef struct {
    uint64_t serial;  /**< 0: nothing is remembered */
    uint64_t hash;    /**< of the bytes */
    uint64_t context; /**< what else the entries depend on */
    uint64_t result;  /**< what the decoder concluded, for itself */
    uint32_t count;   /**< of entries */
    uint32_t moving;  /**< those whose value is bytes of the frame, the first in the lowest bit */
    uint8_t depth;
    bool brief;
    uint8_t length; /**< of bytes */
    uint8_t bytes[FS_MEMO_BYTES];
    FsEntry entries[FS_MEMO_ENTRIES]; /**< offsets count from the first of the bytes */
} FsMemo;

/**
 * Where bytes are, or would be, remembered.
 *
 * @param memos a table, of which this decoder alone makes use
 * @param count of the table; a power of 2, at least 8
 * @return NULL if they cannot be: too many, or of a derived source
 */
FsMemo *fs_memo_place(FsMemo *memos, size_t count, const FsPacket *packet, const uint8_t *at,
                      size_t length);

/** Is this what is remembered, whatever the depth? */
bool fs_memo_holds(const FsMemo *memo, const FsPacket *packet, const uint8_t *at, size_t length,
                   uint64_t context);

/**
 * Append what is remembered of the bytes.
 *
 * @param memo what fs_memo_place returned; NULL is no memory
 * @return false if nothing is: the decoder has to read them, and may call fs_memo_keep then
 */
bool fs_memo_append(const FsMemo *memo, FsPacket *packet, const uint8_t *at, size_t length,
                    uint64_t context);

/**
 * Remember the entries that were appended from `first` on, of the bytes and of nothing else but the
 * context. They must not be changed later.
 *
 * @param memo what fs_memo_place returned; NULL: nothing is done
 */
void fs_memo_keep(FsMemo *memo, FsPacket *packet, uint32_t first, const uint8_t *at, size_t length,
                  uint64_t context, uint64_t result);

/** A serial that no repeat has had. */
uint64_t fs_memo_serial(void);

/**
 * Say that `count` entries from `first` on are the same wherever the serial is.
 *
 * @param at      of their bytes, in the frame
 * @param varying those of which that is not true of the value, the first in the lowest bit
 */
static inline void fs_add_repeat(FsPacket *packet, uint32_t first, uint32_t count, uint32_t at,
                                 uint64_t serial, uint64_t varying)
{
    if (packet->repeat_count < FS_MAX_REPEATS) {
        packet->repeats[packet->repeat_count++] = (FsRepeat){first, count, at, serial, varying};
    }
}

/** Most entries of a shape. */
enum { FS_SHAPE_ENTRIES = 48 };

/** Entries that differ from packet to packet in numbers only: those that are neither named nor part
 *  of a word. */
typedef struct {
    uint64_t serial; /**< 0: nothing is remembered */
    uint64_t key;
    uint64_t varying; /**< entries whose numbers differ, the first in the lowest bit */
    uint64_t bytes;   /**< those whose values are bytes, or that have none */
    uint32_t count;
    FsEntry entries[FS_SHAPE_ENTRIES]; /**< offsets count from the first of the bytes */
} FsShape;

/**
 * Say that the packet's last entries repeat (FsRepeat) what is remembered of their shape; remember
 * it, if it is not that.
 *
 * @param shapes a table, of which this decoder alone makes use
 * @param count  of the table; a power of 2
 * @param first  index of the first of the entries
 * @param at     their first byte
 * @param key    tells all of their values that are bytes: texts, octets, what a remark shows
 */
void fs_repeat_shape(FsShape *shapes, size_t count, FsPacket *packet, uint32_t first,
                     const uint8_t *at, uint64_t key);

#endif
