/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A packet as a list of decoded fields: what every decoder writes and every view reads.
 *
 * The caller owns the array and reuses it for the next packet. Decoders append and never fail:
 * what is wrong with the bytes is itself an entry, of a field of type FS_REMARK. Entries stand in
 * the order of a tree walked from the top: an entry's parent is the nearest entry before it whose
 * depth is one less.
 */
#ifndef FEISCOPE_PROTOCOL_PACKET_H
#define FEISCOPE_PROTOCOL_PACKET_H

#include "protocol/field.h"

#include <stdbool.h>

/**
 * Bytes to decode. A capture may hold fewer bytes than were sent (its snapshot length), so a
 * span has two lengths; a decoder reads no byte at or beyond `captured`.
 */
typedef struct {
    const uint8_t *data; /**< first byte; may be NULL only if captured is 0 */
    uint32_t captured;   /**< bytes that can be read */
    uint32_t reported;   /**< bytes that were on the wire; at least captured */
} FsSpan;

/** How the bytes of a text become characters. The values are those of feiq.encoding. */
typedef enum {
    FS_ASCII,    /**< all bytes below 0x80 */
    FS_UTF8,     /**< UTF-8 */
    FS_GB18030,  /**< GB18030, which holds GBK (code page 936) and GB 2312 */
    FS_ESCAPED,  /**< no known encoding: bytes from 0x80 on are written \xNN */
    FS_LATIN1,   /**< ISO 8859-1; never guessed, for headers that are defined so */
    FS_SHIFT_JIS /**< code page 932, Shift-JIS as Windows has it; never guessed */
} FsEncoding;

/** One decoded field. */
typedef struct {
    const FsField *field;
    uint32_t bit_offset; /**< from the start of the source, most significant bit first */
    uint32_t bit_length; /**< 0 for what stands in no byte (a conclusion) */
    uint8_t depth;       /**< 0 for a layer of the packet */
    uint8_t source;      /**< which bytes bit_offset counts in: 0 the frame, 1… derived bytes */
    uint8_t encoding;    /**< FsEncoding of an FS_TEXT */
    bool generated;      /**< concluded from other fields, shown in brackets */
    union {
        uint64_t number; /**< FS_UINT, FS_BOOL (0 or 1), FS_IPV4 (host order), FS_TIME (s) */
        int64_t integer; /**< FS_INT, FS_TIME_SPAN (ns), FS_TIME of 64 bits (ns) */
        struct {
            const uint8_t *data; /**< FS_TEXT, FS_BYTES, FS_ETHER, FS_IPV6; FS_LAYER: the layer
                                  *   and all that it carries, see fs_carry; FS_REMARK: the
                                  *   offending bytes, shown after the title, if length > 0 */
            uint32_t length;     /**< in bytes */
        } bytes;
    } value;
} FsEntry;

/** Sources that one packet may have: the frame, and bytes derived from it. */
enum { FS_MAX_SOURCES = 8 };

/** Entries that are the same, but for the place of their bytes, for what layers carry, and for the
 * values said to vary, as in every other packet that has a repeat with this serial; see memo.h. */
typedef struct {
    uint32_t first;   /**< index of the first */
    uint32_t count;   /**< how many */
    uint32_t at;      /**< of their bytes, in the frame */
    uint64_t serial;  /**< never 0 */
    uint64_t varying; /**< those whose values differ, the first in the lowest bit; none beyond */
} FsRepeat;

/** Most repeats that one packet says. */
enum { FS_MAX_REPEATS = 12 };

/** A packet's entries, and where the decoder that fills them is. */
typedef struct {
    FsEntry *entries;
    uint32_t count;
    uint32_t capacity;
    const uint8_t *base;     /**< first byte of the current source; offsets count from it */
    uint8_t source;          /**< number of the current source */
    uint8_t depth;           /**< of the entries that are added next */
    bool full;               /**< entries were left out since the array was full */
    bool brief;              /**< only what the one-line form shows is decoded, see fs_wants; set by
                              *   the caller, it stays from packet to packet */
    struct FsOpener *opener; /**< who decrypts, see opener.h; NULL: nobody; set by the caller, it
                              *   stays from packet to packet */
    FsEncoding prefer; /**< how text is read that is not ASCII and that nothing tells of; FS_ASCII:
                        *   as fs_text_guess says. Set by the caller, it stays */
    FsEntry scratch;   /**< where entries go that are left out; written, never read */
    uint16_t derived_used; /**< of derived */
    uint8_t derived[2048]; /**< bytes that stand in no source, for entries to point to: a text that
                            *   a decoder composed, an address that it completed */
    uint8_t repeat_count;  /**< of repeats */
    FsRepeat repeats[FS_MAX_REPEATS]; /**< in the order of their entries */
    uint8_t last_source;              /**< number of the last derived source; 0: there is none */
    FsSpan sources[FS_MAX_SOURCES];   /**< those, by number; [0] is left to who owns the frame */
} FsPacket;

/**
 * Empty the array for the next packet.
 *
 * @param packet its entries and capacity are set
 * @param base   first byte of source 0; entries are added by pointers into it
 */
static inline void fs_packet_reset(FsPacket *packet, const uint8_t *base)
{
    packet->count = 0;
    packet->base = base;
    packet->source = 0;
    packet->depth = 0;
    packet->full = false;
    packet->derived_used = 0;
    packet->repeat_count = 0;
    packet->last_source = 0;
}

/**
 * From here on entries stand in bytes that were derived from the frame, or from bytes so derived:
 * decrypted, unpacked, put together. The bytes must live until the packet is reset.
 *
 * @return the base to give to fs_end_source; NULL if the packet has FS_MAX_SOURCES sources: nothing
 *         was changed, and the bytes cannot be decoded
 */
static inline const uint8_t *fs_begin_source(FsPacket *packet, FsSpan span)
{
    const uint8_t *outer = packet->base;
    if (packet->last_source + 1 >= FS_MAX_SOURCES) {
        return NULL;
    }
    packet->last_source++;
    packet->sources[packet->last_source] = span;
    packet->source = packet->last_source;
    packet->base = span.data;
    return outer;
}

/** End what fs_begin_source began: entries stand again where they stood before. */
static inline void fs_end_source(FsPacket *packet, const uint8_t *outer)
{
    uint8_t source = packet->last_source;
    while (source > 0 && packet->sources[source].data != outer) {
        source--;
    }
    packet->source = source;
    packet->base = outer;
}

/**
 * Are entries of this field added? In a brief packet only layers, what has a place in the one-line
 * form, and who speaks to whom. What is added is the same entry as in a packet that is not brief;
 * fs_add asks by itself, a decoder where there is work to spare.
 */
static inline bool fs_wants(const FsPacket *packet, const FsField *field)
{
    return !packet->brief || field->line != 0 || field->role >= FS_FIRST_SPEAKER ||
           field->type == FS_LAYER || (field->type == FS_REMARK && field->severity >= FS_WARN);
}

/** fs_add_bits, for a field that is wanted. */
static inline FsEntry *fs_append(FsPacket *packet, const FsField *field, const uint8_t *at,
                                 unsigned skip, unsigned bits)
{
    FsEntry *entry = &packet->scratch;
    if (packet->count < packet->capacity) {
        entry = &packet->entries[packet->count++];
    } else {
        packet->full = true;
    }
    *entry = (FsEntry){.field = field,
                       .bit_offset = (uint32_t)(at - packet->base) * 8 + skip,
                       .bit_length = bits,
                       .depth = packet->depth,
                       .source = packet->source,
                       .encoding = FS_ASCII};
    return entry;
}

/**
 * Append an entry without a value at the current depth.
 *
 * @param packet where to
 * @param field  what it is
 * @param at     its first byte, in the current source
 * @param length its bytes
 * @return the entry, valid until the packet is reset; when the field is not wanted, or the array
 *         is full (packet->full is set then), a scratch entry that is not part of the packet
 */
static inline FsEntry *fs_add(FsPacket *packet, const FsField *field, const uint8_t *at,
                              size_t length)
{
    return fs_wants(packet, field) ? fs_append(packet, field, at, 0, (unsigned)length * 8)
                                   : &packet->scratch;
}

/** The same, for an entry of `bits` bits that begins `skip` bits after the first bit of `at`. */
static inline FsEntry *fs_add_bits(FsPacket *packet, const FsField *field, const uint8_t *at,
                                   unsigned skip, unsigned bits)
{
    return fs_wants(packet, field) ? fs_append(packet, field, at, skip, bits) : &packet->scratch;
}

/**
 * Append a number (FS_UINT, FS_BOOL, FS_IPV4, FS_TIME).
 *
 * @param value in host order; of a masked field the bits already shifted down
 */
static inline FsEntry *fs_add_number(FsPacket *packet, const FsField *field, const uint8_t *at,
                                     size_t length, uint64_t value)
{
    FsEntry *entry = fs_add(packet, field, at, length);
    entry->value.number = value;
    return entry;
}

/**
 * Room for bytes that stand in no source.
 *
 * @return `length` bytes that stay until the packet is reset; NULL if there is no room left, and
 *         then packet->full is set
 */
static inline uint8_t *fs_derive(FsPacket *packet, size_t length)
{
    if (length > sizeof packet->derived - packet->derived_used) {
        packet->full = true;
        return NULL;
    }
    uint8_t *room = packet->derived + packet->derived_used;
    packet->derived_used = (uint16_t)(packet->derived_used + length);
    return room;
}

/** Append a number of `bits` bits that begins `skip` bits after the first bit of `at`. */
static inline FsEntry *fs_add_bit_number(FsPacket *packet, const FsField *field, const uint8_t *at,
                                         unsigned skip, unsigned bits, uint64_t value)
{
    FsEntry *entry = fs_add_bits(packet, field, at, skip, bits);
    entry->value.number = value;
    return entry;
}

/** Append the bytes themselves as value (FS_BYTES, FS_ETHER, FS_IPV6). */
static inline FsEntry *fs_add_bytes(FsPacket *packet, const FsField *field, const uint8_t *at,
                                    size_t length)
{
    FsEntry *entry = fs_add(packet, field, at, length);
    entry->value.bytes.data = at;
    entry->value.bytes.length = (uint32_t)length;
    return entry;
}

/** Append text in the given encoding. */
static inline FsEntry *fs_add_text(FsPacket *packet, const FsField *field, const uint8_t *at,
                                   size_t length, FsEncoding encoding)
{
    FsEntry *entry = fs_add_bytes(packet, field, at, length);
    entry->encoding = (uint8_t)encoding;
    return entry;
}

/**
 * Append a remark about bytes. Its text is the field's title, followed by the bytes if there are
 * any and show is set.
 */
static inline FsEntry *fs_add_remark(FsPacket *packet, const FsField *field, const uint8_t *at,
                                     size_t length, bool show)
{
    FsEntry *entry = fs_add_bytes(packet, field, at, length);
    entry->encoding = FS_ESCAPED;
    if (!show) {
        entry->value.bytes.length = 0;
    }
    return entry;
}

/**
 * Append an entry that holds the entries that follow, until fs_close.
 *
 * @return its index, for fs_close
 */
static inline uint32_t fs_open(FsPacket *packet, const FsField *field, const uint8_t *at,
                               size_t length)
{
    uint32_t index = fs_wants(packet, field) ? packet->count : UINT32_MAX;
    (void)fs_add(packet, field, at, length);
    packet->depth++;
    return index; /* at least count if nothing was added, which fs_close leaves alone */
}

/**
 * Say which bytes a layer's decoder was given: the layer's own and all that it carries. Filters
 * slice and search them, and read no byte of a layer of which nothing is said.
 *
 * @param index what fs_open returned for the layer
 * @param span  begins where the layer begins; trailers of layers further out are not part of it
 */
static inline void fs_carry(FsPacket *packet, uint32_t index, FsSpan span)
{
    if (index < packet->count) {
        packet->entries[index].value.bytes.data = span.data;
        packet->entries[index].value.bytes.length = span.captured;
    }
}

/** Make the entry that was added last hold the entries that follow, until fs_leave. */
static inline void fs_enter(FsPacket *packet)
{
    packet->depth++;
}

/** End what fs_enter began. */
static inline void fs_leave(FsPacket *packet)
{
    packet->depth--;
}

/**
 * End what fs_open began.
 *
 * @param index what fs_open returned
 * @param end   the byte after the last byte of the entry, in the current source; NULL leaves the
 *              length that fs_open was given
 */
void fs_close(FsPacket *packet, uint32_t index, const uint8_t *end);

#endif
