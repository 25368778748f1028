/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A display filter's verdict at a glance: most packets that a filter turns down can be told by a
 * few bytes of their headers, without decoding them.
 */
#ifndef FEISCOPE_SNIFFER_GLANCE_H
#define FEISCOPE_SNIFFER_GLANCE_H

#include "sniffer/filter/filter.h"
#include "sniffer/headers/outline.h"

/** What a filter asks of each kind of plain frames. */
typedef struct {
    Filter *filter;
    bool useful[OUTLINE_KINDS];
    OutlinePlan plans[OUTLINE_KINDS];
} Glance;

/** Prepare for a filter, which must outlive the glance. */
void glance_prepare(Glance *glance, Filter *filter);

/**
 * Can the filter match no frame that has a layer of a protocol, plain or not?
 *
 * @param transport tcp_table or udp_table
 */
bool glance_excludes(Filter *filter, const FsTable *transport);

/**
 * Judge a frame.
 *
 * @param outline what outline_look said of it
 * @return FILTER_UNSURE if it must be decoded
 */
FilterVerdict glance_judge(const Glance *glance, const Outline *outline, FsSpan span);

#endif
