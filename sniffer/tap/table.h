/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables of statistics: columns as wide as their widest cell, whatever script it is in.
 */
#ifndef FEISCOPE_SNIFFER_TAP_TABLE_H
#define FEISCOPE_SNIFFER_TAP_TABLE_H

#include "sniffer/output.h"

/** A table that is being written. */
typedef struct Table Table;

/**
 * Begin a table.
 *
 * @param heads titles of the columns, each with a first letter that says how it lies: "<" to the
 *              left, ">" to the right; they must outlive the table
 */
Table *table_new(const char *const *heads, unsigned columns);

/** Add a cell: UTF-8 text. Control characters are shown as "?". */
void table_text(Table *table, const char *text);

/** Add a cell: a number. */
void table_number(Table *table, unsigned long long number);

/** Add a cell: seconds with six places. */
void table_seconds(Table *table, long long nanoseconds);

/** Write all, under a title, and free the table. */
void table_write(Table *table, const char *title, Output *output);

#endif
