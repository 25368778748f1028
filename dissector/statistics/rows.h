/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rows of one of Wireshark's tables of statistics, each found by a key.
 *
 * Wireshark keeps pointers to the rows of a window, and has one table for all windows of a kind:
 * so a row's memory is kept for the next time that the table is filled.
 */
#ifndef FEISCOPE_DISSECTOR_STATISTICS_ROWS_H
#define FEISCOPE_DISSECTOR_STATISTICS_ROWS_H

#include "dissector/compat.h"

#include <epan/stat_tap_ui.h>

typedef struct Rows Rows;

/** What to make of a table. */
typedef struct {
    const char *title;
    const char *tap;      /**< "feiq" */
    const char *argument; /**< of tshark's -z, "feiq,users" */
    stat_tap_table_item *columns;
    size_t column_count;
    tap_packet_cb packet;  /**< its first argument is for rows_find */
    size_t note_size;      /**< bytes that are kept with each row, zero to begin with */
    unsigned count_column; /**< where the last row counts what there was no room for */
    const char *left_out;  /**< what its first column says */
} RowsKind;

/**
 * Register a table, for tshark and for Wireshark's menu Statistics.
 *
 * @param kind lives as long as the program
 */
void rows_register(const RowsKind *kind);

/** One row. */
typedef struct {
    stat_tap_table_item_type *cells;
    void *note;
    unsigned number; /**< from 1 on */
    bool is_new;
} Row;

/**
 * Find a row, or append one.
 *
 * @param context what a RowsKind's packet function gets as its first argument
 * @param key     any text
 * @return false if the table is full; what was left out is counted in a last row
 */
bool rows_find(void *context, const char *key, Row *row);

/** Find the row of a key, if there is one. */
bool rows_look_up(void *context, const char *key, Row *row);

/** Let another key lead to a row too, and no longer to the one that it led to. */
void rows_bind(void *context, const char *key, const Row *row);

/** Set the text of a cell: UTF-8; control characters are shown as "?". */
void row_set_text(const Row *row, unsigned column, const char *text);

/** Set the number of a cell. */
void row_set_number(const Row *row, unsigned column, unsigned number);

/** Set a cell to a time since the first frame. */
void row_set_time(const Row *row, unsigned column, const nstime_t *time);

#endif
