/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The time column of lines.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_TIME_COLUMN_H
#define FEISCOPE_SNIFFER_VIEWS_TIME_COLUMN_H

#include "sniffer/views/view.h"

/** Most bytes that time_column_put writes. */
enum { TIME_COLUMN_ROOM = 64 };

/**
 * Write a frame's time, so that points stand below each other; of a frame without a time, a dash.
 *
 * @param to at least TIME_COLUMN_ROOM bytes
 * @return behind the last byte; to, if there is no column
 */
char *time_column_put(char *to, const FrameRecord *record, const ViewStyle *style);

/**
 * Read what --time takes: a form, "us" or "ns", "utc" or "local", joined by commas.
 *
 * @return NULL; else what is wrong with it, and nothing was changed
 */
const char *time_column_read(ViewStyle *style, const char *text);

#endif
