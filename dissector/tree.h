/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decoded entries (protocol/packet.h) as items of Wireshark's tree.
 */
#ifndef FEISCOPE_DISSECTOR_TREE_H
#define FEISCOPE_DISSECTOR_TREE_H

#include "dissector/fields.h"

#include "protocol/packet.h"

/**
 * The array that a dissector decodes into. It is one for all, used by one dissector at a time, and
 * made when the first asks.
 *
 * @param base first byte of what will be decoded
 */
FsPacket *tree_packet(const uint8_t *base);

/**
 * Show entries: an item for each, at the entry's offset, with the entry's length, beneath the item
 * of the entry that holds it. Remarks become expert items even where nobody wants a tree.
 *
 * @param registered the table that the entries' fields are of
 * @param tvb        the bytes that the entries' offsets count in
 * @param tree       where the layer's item goes; NULL if nobody wants one
 * @param packet     the entries
 * @param first      index of the first entry to show, a layer
 * @return the tree of the layer; NULL if nobody wants its fields
 */
proto_tree *tree_show(const RegisteredTable *registered, tvbuff_t *tvb, packet_info *pinfo,
                      proto_tree *tree, const FsPacket *packet, uint32_t first);

/**
 * Set the Protocol column, and append a line for the layer to the Info column, behind " | " if
 * another message of the frame is there already.
 *
 * @param first index of the layer's entry
 * @param more  another message of the same frame came before
 */
void tree_columns(const RegisteredTable *registered, packet_info *pinfo, const FsPacket *packet,
                  uint32_t first, bool more);

/** The same for text that no table describes. */
void tree_column_text(const RegisteredTable *registered, packet_info *pinfo, const char *text,
                      bool more);

/** How often was this asked for the protocol and the frame, in this visit? */
unsigned tree_shown_before(const RegisteredTable *registered, packet_info *pinfo);

#endif
