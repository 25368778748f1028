/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts that the layout view is put together from, and what they ask of a packet.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_LAYOUT_PARTS_H
#define FEISCOPE_SNIFFER_VIEWS_LAYOUT_PARTS_H

#include "sniffer/views/fields_cells.h"
#include "sniffer/views/layout_box.h"
#include "sniffer/views/layout_width.h"

/** What every part needs. */
typedef struct {
    GString *out;
    const DecodedPacket *packet;
    const ViewStyle *style;
    FieldCells cells;    /**< scratch */
    GStringChunk *texts; /**< strings of the drawing at hand */
} Layout;

/** The names of the levels, by FsLevel. */
extern const char *const level_names[];

/** Text of an entry by one of the functions of format.h, kept until the drawing is done. */
const char *layout_text(Layout *layout, size_t (*format)(char *, size_t, const FsEntry *),
                        const FsEntry *entry);

/** The name by which people know a layer: "IPv4". */
const char *layer_name(const FsEntry *layer);

/**
 * The entry of a layer that plays a role, in the layer itself and not in layers beneath it.
 *
 * @param index of the layer
 * @return NULL if there is none
 */
const FsEntry *layer_role(const DecodedPacket *packet, uint32_t index, FsRole role);

/** The last entry before `index` that plays a role, in any layer; NULL if there is none. */
const FsEntry *role_before(const DecodedPacket *packet, uint32_t index, FsRole role);

/**
 * Where the protocol data unit of a layer (its header and all that it carries) ends by what the
 * length fields of it and of the layers around it say.
 *
 * @param[out] told false: no length field says so, and the end is that of the source
 * @return in bytes from the start of the layer's source; may lie beyond what was captured
 */
uint32_t layer_reach(const DecodedPacket *packet, uint32_t index, bool *told);

/** Draw what encapsulates what. */
void layout_overview(Layout *layout);

/** Draw a layer whose fields are bits of words. */
void layout_boxes(Layout *layout, uint32_t index);

/**
 * Draw a layer whose fields are characters of a text.
 *
 * @param source which of the packet's sources to draw: the layer's own, or derived bytes that its
 *               fields stand in
 */
void layout_ruler(Layout *layout, uint32_t index, uint8_t source);

/** Draw the pseudo-header and the checksum's arithmetic of a layer that has a checksum. */
void layout_checksum(Layout *layout, uint32_t index);

#endif
