/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z feiq,tree. Whatever is counted beneath a heading is a number of messages, so each count is
 * that of the packets which a display filter by the field finds.
 */
#include "dissector/compat.h"

#include "dissector/statistics/counts.h"
#include "dissector/statistics/statistics.h"

#include "protocol/feiq/feiq.h"

static NumberHeading numbers[] = {
    {{"Commands", -1}, FEIQ_COMMAND, true},
    {{"Programs", -1}, FEIQ_VENDOR, false},
    {{"Encodings of bodies", -1}, FEIQ_ENCODING, false},
    {{"Encodings of headers", -1}, FEIQ_HEADER_ENCODING, false},
};
static Heading options = {"Messages with options", -1};
static Heading remarks = {"Packets with remarks", -1};

static void init(stats_tree *tree)
{
    headings_create(tree, numbers, G_N_ELEMENTS(numbers));
    heading_create(tree, &options);
    heading_create(tree, &remarks);
}

static bool is_option(const FsEntry *entry)
{
    const FsField *first = &feiq_table.fields[FEIQ_OPTION_ABSENCE];
    const FsField *last = &feiq_table.fields[FEIQ_OPTION_UNKNOWN];
    return entry->field >= first && entry->field <= last && entry->value.number != 0;
}

static tap_packet_status packet(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    const Tapped *tapped = data;
    headings_count(tree, numbers, G_N_ELEMENTS(numbers), &feiq_table, tapped);
    heading_count_each(tree, &options, tapped, is_option);
    heading_count_remarks(tree, &remarks, tapped);
    return TAP_PACKET_REDRAW;
}

void feiq_tree_register(void)
{
    stats_tree_register_plugin("feiq", "feiq", "FeiQ messages", 0, packet, init, NULL);
}
