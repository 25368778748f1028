/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which field owns which bits: the tree of a packet's entries cut into cells that lie side by side
 * and never overlap. What draws bytes (hex dump, layout, byte order) loops over cells.
 *
 * An entry is a cell unless its children say it better: a layer or group is cut into its children
 * (what they leave is a cell of the layer or group itself), and so is a value whose children cover
 * it to the last bit, as flags do their word. Hidden and generated entries, remarks, and what
 * repeats bits that an earlier entry owns are no cells.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_FIELDS_CELLS_H
#define FEISCOPE_SNIFFER_VIEWS_FIELDS_CELLS_H

#include "sniffer/views/view.h"

/** A decoded packet as a view sees it. */
typedef struct {
    const FsEntry *entries;
    uint32_t count;
    const FsSpan *sources; /**< by FsEntry.source: [0] the frame, then derived bytes */
    unsigned source_count; /**< at least 1; entries of other sources are not drawn */
} DecodedPacket;

/** The spans of a packet's sources, for as long as the packet lives; spans has FS_MAX_SOURCES. */
DecodedPacket decoded_packet(const FrameRecord *record, const FsPacket *packet, FsSpan *spans);

/** Bits of one source that belong to one entry. */
typedef struct {
    uint32_t start;  /**< in bits from the start of the source */
    uint32_t length; /**< in bits, at least 1 */
    uint32_t entry;  /**< index of the entry */
    bool rest;       /**< what the children of a layer, group or text leave of it */
} FieldCell;

/** Cells in ascending order of start. The caller owns the array and reuses it. */
typedef struct {
    FieldCell *cells;
    uint32_t count;
    uint32_t capacity;
} FieldCells;

/**
 * The bits that an entry stands in. A masked field that was added with its whole word is narrowed
 * to the bits of its mask.
 *
 * @param[out] start  from the start of the source
 * @param[out] length 0 if the entry stands in no byte
 */
void field_bits(const FsEntry *entry, uint32_t *start, uint32_t *length);

/** Can the entry own bits: neither generated, hidden nor a remark, and not empty? */
bool field_has_bits(const FsEntry *entry);

/** Index of the first entry after `index` that is not beneath it; `count` if there is none. */
uint32_t field_after(const FsEntry *entries, uint32_t count, uint32_t index);

/**
 * Cut one entry and all beneath it into cells.
 *
 * @param cells   emptied first; what does not fit its capacity is left out
 * @param entries the whole packet
 * @param count   entries of the packet
 * @param index   the entry to cut, usually a layer
 * @param source  only bits of this source become cells
 * @param limit   bits of the source that were captured; nothing at or beyond is a cell
 * @param nested  true: layers beneath are cut too; false: each is one cell
 */
void field_cells_of(FieldCells *cells, const FsEntry *entries, uint32_t count, uint32_t index,
                    uint8_t source, uint32_t limit, bool nested);

/** Cut a whole source of a packet into cells, all layers at once. Where layers claim the same bits,
 * the cells of the later, inner one stand. */
void field_cells_all(FieldCells *cells, const FsEntry *entries, uint32_t count, uint8_t source,
                     uint32_t limit);

/**
 * The bits of a layer that no layer after it claims.
 *
 * @param[out] start, end in bits from the start of the source; equal: the layer has no bytes of its
 *                        own, as the layer of a capture's own facts
 */
void field_layer_extent(const FsEntry *entries, uint32_t count, uint32_t index, uint32_t limit,
                        uint32_t *start, uint32_t *end);

/** Byte order of a number on the wire. */
typedef enum {
    FIELD_NO_ORDER,     /**< text digits, bits within a byte, octets, or a value that is not simply
                         *   its bytes */
    FIELD_BIG_ENDIAN,   /**< network order */
    FIELD_LITTLE_ENDIAN /**< least significant byte first */
} FieldOrder;

/**
 * In which order do the bytes of a number lie? Found by reading them both ways and comparing with
 * the decoded value; bytes that read the same both ways are taken as network order.
 *
 * @param data     start of the entry's source
 * @param captured bytes of it
 */
FieldOrder field_order(const FsEntry *entry, const uint8_t *data, uint32_t captured);

/** Read up to 8 bytes as a number, the first byte most significant (network order). */
static inline uint64_t field_read_big(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

/** Read up to 8 bytes as a number, the first byte least significant. */
static inline uint64_t field_read_little(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = bytes; i > 0; i--) {
        value = value << 8 | at[i - 1];
    }
    return value;
}

#endif
