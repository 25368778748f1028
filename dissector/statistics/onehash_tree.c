/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z onehash,tree. Whatever is counted beneath a heading is a number of messages.
 */
#include "dissector/compat.h"

#include "dissector/statistics/counts.h"
#include "dissector/statistics/statistics.h"

#include "protocol/onehash/onehash.h"

static NumberHeading numbers[] = {
    {{"Kinds", -1}, ONEHASH_KIND, false},         {{"Replies by status", -1}, ONEHASH_STATUS, true},
    {{"Services", -1}, ONEHASH_SERVICE, false},   {{"Framings", -1}, ONEHASH_FRAMING, false},
    {{"Encodings", -1}, ONEHASH_ENCODING, false},
};
static Heading operations = {"Operations", -1};
static Heading over_segments = {"Messages by segments they lie over (拆包)", -1};
static Heading in_segment = {"Messages by messages in their segment (粘包)", -1};
static Heading remarks = {"Messages with remarks", -1};

static void init(stats_tree *tree)
{
    headings_create(tree, numbers, G_N_ELEMENTS(numbers));
    heading_create(tree, &operations);
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
    headings_count(tree, numbers, G_N_ELEMENTS(numbers), &onehash_table, tapped);
    count_operation(tree, tapped);
    count_pieces(tree, &over_segments, tapped->segments);
    count_pieces(tree, &in_segment, tapped->in_segment);
    heading_count_remarks(tree, &remarks, tapped);
    return TAP_PACKET_REDRAW;
}

void onehash_tree_register(void)
{
    stats_tree_register_plugin("onehash", "onehash", "1#n messages", 0, packet, init, NULL);
}
