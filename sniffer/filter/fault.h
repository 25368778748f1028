/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the stages of the compiler refuse a filter: the first fault is kept, and every stage stops.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_FAULT_H
#define FEISCOPE_SNIFFER_FILTER_FAULT_H

#include "sniffer/filter/filter.h"

#include <glib.h>

/** A stretch of the filter's text. */
typedef struct {
    uint32_t position; /**< in bytes */
    uint32_t length;   /**< in bytes */
} Place;

/** From the start of one to the end of another that is not before it. */
static inline Place place_join(Place first, Place last)
{
    return (Place){first.position, last.position + last.length - first.position};
}

/** Whether, and where, compilation failed. */
typedef struct {
    bool failed;
    FilterError error;
} Fault;

/**
 * Note a fault, unless one is noted already.
 *
 * @param format of the message, as printf's; control characters in what it inserts become spaces
 * @return false, so that a stage can return it
 */
bool fault_at(Fault *fault, Place place, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Note what may have been meant, where there is a fault but no suggestion yet. */
void fault_suggest(Fault *fault, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
