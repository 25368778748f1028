/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A table of fields (protocol/field.h) as Wireshark's header fields, expert fields and subtrees.
 */
#ifndef FEISCOPE_DISSECTOR_FIELDS_H
#define FEISCOPE_DISSECTOR_FIELDS_H

#include "dissector/compat.h"

#include "protocol/field.h"

/** A table that Wireshark knows. The arrays have an element for each field of the table. */
typedef struct {
    const FsTable *table;
    int proto;             /**< the protocol, whose item is the table's first field */
    int *header_fields;    /**< identifiers; -1 for the protocol and for remarks */
    int *subtrees;         /**< identifiers of what may hold other fields; -1 for remarks */
    expert_field *experts; /**< of remarks */
    expert_module_t *expert_module;
    int tap; /**< of the same name as the protocol: see statistics/tapped.h */
} RegisteredTable;

/**
 * Register the protocol of a table and all of its fields. What is registered lives as long as the
 * program, as Wireshark demands.
 *
 * @param table the fields; the first is the FS_LAYER
 */
RegisteredTable register_table(const FsTable *table);

/** Where in its table is this field? The table's count, if it is of another one. */
unsigned registered_index(const RegisteredTable *registered, const FsField *field);

#endif
