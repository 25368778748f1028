/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How many packets came, matched and were lost, and what helps against losing them.
 */
#ifndef FEISCOPE_SNIFFER_COUNTS_H
#define FEISCOPE_SNIFFER_COUNTS_H

#include "sniffer/source/live.h"

/**
 * Say it on standard error.
 *
 * @param live    NULL: files are read, where nothing is lost
 * @param buffer  MiB of kernel buffer for each interface
 * @param read    packets that came
 * @param matched packets that were printed or written
 */
void counts_show(Live *live, uint32_t buffer, uint64_t read, uint64_t matched);

#endif
