/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Views: each a loop over a packet's entries. None knows a protocol; what they need to know about
 * a field stands in the table of fields.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_VIEW_H
#define FEISCOPE_SNIFFER_VIEWS_VIEW_H

#include "sniffer/headers/walk.h"
#include "sniffer/output.h"

/** Entries that one packet may have. */
enum { VIEW_MAX_ENTRIES = 8192 };

/** What the time column of lines shows. */
typedef enum {
    TIME_RELATIVE,       /**< seconds since the first frame */
    TIME_DELTA,          /**< seconds since the frame before */
    TIME_DELTA_SHOWN,    /**< seconds since the frame before that the display filter took */
    TIME_EPOCH,          /**< seconds since 1970-01-01 00:00 UTC */
    TIME_CLOCK,          /**< time of day */
    TIME_DATE_AND_CLOCK, /**< date and time of day */
    TIME_NONE            /**< nothing: there is no column */
} TimeForm;

/** How views may write. */
typedef struct {
    TimeForm time;
    bool nanoseconds;                   /**< times have nine places, else six */
    bool utc;                           /**< times are in UTC, else local */
    const struct Names *names;          /**< of addresses and ports; NULL: none are shown */
    unsigned width;                     /**< columns of the terminal */
    bool colour;                        /**< ECMA-48 colours */
    const struct FieldColumns *columns; /**< of view_fields */
} ViewStyle;

/** Write one packet. */
typedef void View(Output *output, const FrameRecord *record, const FsPacket *packet,
                  const ViewStyle *style);

/** One line: number, time, source → destination, protocol, what matters of the innermost layer;
 *  several messages of one protocol are joined by " | ". */
View view_line;

/** A tree as Wireshark's, with the bytes of each field at the left. */
View view_tree;

/** One line of that tree, with its LF. @param names of addresses and ports; NULL: none */
void view_tree_line(Output *output, const FsEntry *entry, const struct Names *names);

/** The line, then the bytes in hexadecimal. */
View view_line_hex;

/** The tree, then the bytes; colours or letters say which byte is of which line. */
View view_tree_hex;

/** One JSON object in one line: keys are display-filter names, values strings as tshark writes
 *  them; a name that occurs more than once has an array of them. */
View view_json;

/** The same, each value in an object that also says where the field stands, see fields_offsets.h.
 */
View view_json_offsets;

/** The values of chosen fields in one line, see fields.h. */
View view_fields;

/** Every header as the box diagram of its RFC, text protocols as a ruler, pseudo-headers, and
 *  checksums step by step. */
View view_layout;

/** What byte order does to each number, and what the socket calls make of each address. */
View view_order;

#endif
