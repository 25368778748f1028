/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z onehash,tree. Whatever is counted beneath a heading is a number of messages.
 */
#include "dissector/compat.h"

#include "dissector/statistics/counts.h"
#include "dissector/statistics/statistics.h"

#include "protocol/onehash/onehash.h"

static Heading kinds = {"Kinds", -1};
static Heading operations = {"Operations", -1};
static Heading statuses = {"Replies by status", -1};
static Heading services = {"Services", -1};
static Heading framings = {"Framings", -1};
static Heading encodings = {"Encodings", -1};
static Heading over_segments = {"Messages by segments they lie over (拆包)", -1};
static Heading in_segment = {"Messages by messages in their segment (粘包)", -1};
static Heading remarks = {"Messages with remarks", -1};

static void init(stats_tree *tree)
{
    heading_create(tree, &kinds);
    heading_create(tree, &operations);
    heading_create(tree, &statuses);
    heading_create(tree, &services);
    heading_create(tree, &framings);
    heading_create(tree, &encodings);
    heading_create(tree, &over_segments);
    heading_create(tree, &in_segment);
    heading_create(tree, &remarks);
}

/* Long messages would make a line of each length. */
static void count_pieces(stats_tree *tree, const Heading *heading, uint32_t pieces)
{
    enum { MOST_LINES = 10 };
    char label[32];
    if (pieces > 0) {
        (void)snprintf(label, sizeof label, pieces < MOST_LINES ? "%u" : "%u or more",
                       MIN(pieces, MOST_LINES));
        heading_count(tree, heading, label);
    }
}

/* Requests and replies with the same code mean the same operation. */
static void count_operation(stats_tree *tree, const Tapped *tapped)
{
    const FsEntry *kind = tapped_find(tapped, &onehash_table.fields[ONEHASH_KIND]);
    const FsEntry *operation = tapped_find(tapped, &onehash_table.fields[ONEHASH_OPERATION]);
    char label[64];
    if (kind != NULL && operation != NULL) {
        const char *what = fs_name(kind->field->names, kind->value.number);
        (void)snprintf(label, sizeof label, "%s: %s",
                       fs_name(operation->field->names, operation->value.number),
                       what == NULL ? "unknown kind" : what);
        heading_count(tree, &operations, label);
    }
}

static tap_packet_status packet(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    const Tapped *tapped = data;
    const FsField *fields = onehash_table.fields;
    heading_count_number(tree, &kinds, tapped_find(tapped, &fields[ONEHASH_KIND]), false);
    count_operation(tree, tapped);
    heading_count_number(tree, &statuses, tapped_find(tapped, &fields[ONEHASH_STATUS]), true);
    heading_count_number(tree, &services, tapped_find(tapped, &fields[ONEHASH_SERVICE]), false);
    heading_count_number(tree, &framings, tapped_find(tapped, &fields[ONEHASH_FRAMING]), false);
    heading_count_number(tree, &encodings, tapped_find(tapped, &fields[ONEHASH_ENCODING]), false);
    count_pieces(tree, &over_segments, tapped->segments);
    count_pieces(tree, &in_segment, tapped->in_segment);
    heading_count_remarks(tree, &remarks, tapped);
    return TAP_PACKET_REDRAW;
}

void onehash_tree_register(void)
{
    stats_tree_register_plugin("onehash", "onehash", "1#n messages", 0, packet, init, NULL);
}
