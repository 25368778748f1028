/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a field stands, as members of a JSON object.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_FIELDS_OFFSETS_H
#define FEISCOPE_SNIFFER_VIEWS_FIELDS_OFFSETS_H

#include "sniffer/views/fields_cells.h"

/**
 * Write members, each with a comma before it:
 *
 *   "offset":N     first byte, counted from the start of its source
 *   "bit":N        first bit within that byte, 0 the most significant; left out if 0
 *   "bits":N       width
 *   "raw":"HEX"    the bytes that it stands in, whole, as far as captured
 *   "order":"big"  or "little": byte order of a number of more than one byte; left out where there
 *                  is none (text digits, octets, bits within a byte)
 *   "source":N     number of the derived bytes; left out if 0: the frame
 *   "generated":true  concluded from other fields; left out if not
 *
 * A field that stands in no byte has none of them but generated.
 */
void fields_put_offsets(Output *output, const DecodedPacket *packet, const FsEntry *entry);

#endif
