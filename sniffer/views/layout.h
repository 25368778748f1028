/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -T layout: how the bytes of a packet lie. An overview of what encapsulates what, then each layer
 * as a box diagram (or, for a text protocol, as a ruler under its characters), with the
 * pseudo-header and the arithmetic of its checksum.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_LAYOUT_H
#define FEISCOPE_SNIFFER_VIEWS_LAYOUT_H

#include "sniffer/views/fields_cells.h"

#include <glib.h>

/**
 * Draw a packet.
 *
 * @param out    appended to; lines end with LF
 * @param packet its entries, and the bytes they stand in
 */
void layout_draw(GString *out, const DecodedPacket *packet, const ViewStyle *style);

#endif
