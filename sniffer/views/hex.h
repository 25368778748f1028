/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -x: the bytes, sixteen a row, as tshark -x writes them, so that text2pcap reads them back. With
 * colour, or with letters where there is none, each byte says which line of the tree it belongs to.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_HEX_H
#define FEISCOPE_SNIFFER_VIEWS_HEX_H

#include "sniffer/views/fields_cells.h"

/** How bytes show whose they are. */
typedef enum {
    HEX_PLAIN,   /**< not at all */
    HEX_COLOURS, /**< each field in a colour of the palette */
    HEX_LETTERS  /**< a line of letters under each row, one a hexadecimal digit */
} HexMarks;

/** A packet's bytes, as many as were captured; derived bytes after a line that says so. */
void hex_dump(Output *output, const DecodedPacket *packet, HexMarks marks);

/** The tree, each line in the colour of its field's bytes, or with their letter before it; then the
 *  bytes. */
void hex_tree(Output *output, const DecodedPacket *packet, HexMarks marks,
              const struct Names *names);

#endif
