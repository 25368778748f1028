/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -T fields: chosen fields as columns, as tshark -T fields -e NAME -E OPTION prints them.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_FIELDS_H
#define FEISCOPE_SNIFFER_VIEWS_FIELDS_H

#include "sniffer/views/view.h"

/** Which of a field's values in one packet are printed. */
typedef enum { FIELDS_ALL, FIELDS_FIRST, FIELDS_LAST } FieldsOccurrence;

/** Fields of one name that tables may have, and columns that may be asked for. */
enum { FIELDS_SAME_NAME = 4, FIELDS_MOST_COLUMNS = 256 };

/** What to print of each packet. */
typedef struct FieldColumns {
    struct {
        const char *name;
        const FsField *fields[FIELDS_SAME_NAME]; /**< those of that name; unused ones are NULL */
    } columns[FIELDS_MOST_COLUMNS];
    unsigned count;
    char separator;  /**< between columns */
    char aggregator; /**< between the values of one column */
    char quote;      /**< around a column that is not empty; 0: none. One within is doubled */
    bool header;     /**< the names are the first line */
    bool bom;        /**< a byte order mark goes before it all */
    FieldsOccurrence occurrence;
} FieldColumns;

/** tshark's defaults: columns separated by tabs, values by commas. */
void fields_begin(FieldColumns *columns);

/**
 * Add a column.
 *
 * @param tables list that ends with NULL
 * @param name   display-filter name; must outlive the columns
 * @return false if no table has the field, or there are too many columns
 */
bool fields_add(FieldColumns *columns, const FsTable *const *tables, const char *name);

/**
 * Take an option of tshark's -E: header=y|n, bom=y|n, separator=C, aggregator=C, occurrence=f|l|a,
 * quote=d|s|n. C is a character, /t for a tab or /s for a space.
 *
 * @return false if it is none of these
 */
bool fields_option(FieldColumns *columns, const char *option);

/** What goes before the first packet: the byte order mark and the header, if they are wanted. */
void fields_header(Output *output, const FieldColumns *columns);

#endif
