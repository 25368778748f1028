/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z feiq,tree. Whatever is counted beneath a heading is a number of messages, so each count is
 * that of the packets which a display filter by the field finds.
 */
#include "dissector/compat.h"

#include "dissector/statistics/counts.h"
#include "dissector/statistics/statistics.h"

#include "protocol/feiq/feiq.h"

static Heading commands = {"Commands", -1};
static Heading options = {"Messages with options", -1};
static Heading programs = {"Programs", -1};
static Heading encodings = {"Encodings of bodies", -1};
static Heading header_encodings = {"Encodings of headers", -1};
static Heading remarks = {"Packets with remarks", -1};

static void init(stats_tree *tree)
{
    heading_create(tree, &commands);
    heading_create(tree, &options);
    heading_create(tree, &programs);
    heading_create(tree, &encodings);
    heading_create(tree, &header_encodings);
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
    const FsField *fields = feiq_table.fields;
    heading_count_number(tree, &commands, tapped_find(tapped, &fields[FEIQ_COMMAND]), true);
    heading_count_each(tree, &options, tapped, is_option);
    heading_count_number(tree, &programs, tapped_find(tapped, &fields[FEIQ_VENDOR]), false);
    heading_count_number(tree, &encodings, tapped_find(tapped, &fields[FEIQ_ENCODING]), false);
    heading_count_number(tree, &header_encodings,
                         tapped_find(tapped, &fields[FEIQ_HEADER_ENCODING]), false);
    heading_count_remarks(tree, &remarks, tapped);
    return TAP_PACKET_REDRAW;
}

void feiq_tree_register(void)
{
    stats_tree_register_plugin("feiq", "feiq", "FeiQ messages", 0, packet, init, NULL);
}
