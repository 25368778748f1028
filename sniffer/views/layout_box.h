/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The box diagram of the RFCs: 32 bits a row, a ruler on top, cells to the bit.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_LAYOUT_BOX_H
#define FEISCOPE_SNIFFER_VIEWS_LAYOUT_BOX_H

#include "sniffer/views/fields_cells.h"

#include <glib.h>

/** A cell of a diagram. Strings are UTF-8 and outlive the drawing. */
typedef struct {
    uint32_t start;       /**< in bits from the first bit of the first row */
    uint32_t length;      /**< in bits */
    const char *title;    /**< what it is */
    const char *brief;    /**< the same for a narrow cell, or NULL */
    const char *readable; /**< its value as a person reads it; "" for none */
    const char *plain;    /**< its value in few characters */
    const uint8_t *bytes; /**< its bytes, shown where it takes more than one row; NULL: none, or
                           *   it does not begin at a byte */
    bool characters;      /**< show the bytes as characters too */
} BoxCell;

/**
 * Draw cells.
 *
 * @param out    appended to; lines end with LF
 * @param cells  in ascending order of start, none overlapping, no gaps
 * @param count  of cells
 * @param offset what to write at the left of bit 0, in bytes
 * @param style  width: 16 or 32 bits a row and 2 to 4 columns a bit are chosen to fit
 */
void box_draw(GString *out, const BoxCell *cells, unsigned count, uint32_t offset,
              const ViewStyle *style);

#endif
