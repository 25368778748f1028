/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Counting messages in a tree of Wireshark's statistics.
 */
#ifndef FEISCOPE_DISSECTOR_STATISTICS_COUNTS_H
#define FEISCOPE_DISSECTOR_STATISTICS_COUNTS_H

#include "dissector/statistics/tapped.h"

#include <epan/stats_tree.h>

/** A heading of the tree, and what stands beneath it. */
typedef struct {
    const char *title;
    int id; /**< Wireshark's number of it */
} Heading;

/** Make a heading, empty. */
void heading_create(stats_tree *tree, Heading *heading);

/** Count a message, beneath a heading. */
void heading_count(stats_tree *tree, const Heading *heading, const char *what);

/** A heading beneath which messages are counted by the number that a field has. */
typedef struct {
    Heading heading;
    unsigned field; /**< its place in the protocol's table */
    bool numbered;  /**< the number stands behind its name */
} NumberHeading;

/** Make such headings, empty. */
void headings_create(stats_tree *tree, NumberHeading *headings, size_t count);

/** Count a message beneath each of such headings, but for fields that it does not have. */
void headings_count(stats_tree *tree, const NumberHeading *headings, size_t count,
                    const FsTable *table, const Tapped *tapped);

/**
 * Count a message once beneath a heading, and once for each of several things that it has.
 *
 * @param wanted says whether an entry is such a thing
 */
void heading_count_each(stats_tree *tree, const Heading *heading, const Tapped *tapped,
                        bool (*wanted)(const FsEntry *entry));

/** Count a message once beneath a heading, and once for each kind of remark that it has. */
void heading_count_remarks(stats_tree *tree, const Heading *heading, const Tapped *tapped);

#endif
