/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z feiq,users: the online list as the packets build it. feiqdump's is the same: both go by
 * protocol/feiq/presence.h.
 */
#include "dissector/compat.h"

#include "dissector/statistics/rows.h"
#include "dissector/statistics/statistics.h"
#include "dissector/statistics/tapped.h"

#include "protocol/feiq/presence.h"
#include "protocol/format.h"

#include <epan/to_str.h>

enum { NICK, USER, HOST, GROUP, ADDRESS, MAC, PROGRAM, FIRST, LAST, MESSAGES, STATE, COLUMNS };

/* tshark pads cells as the formats say, but no heads. */
static stat_tap_table_item columns[COLUMNS] = {
    [NICK] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Nickname    ", "%-12s"},
    [USER] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "User        ", "%-12s"},
    [HOST] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Host            ", "%-16s"},
    [GROUP] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Group       ", "%-12s"},
    [ADDRESS] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Address        ", "%-15s"},
    [MAC] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "MAC address      ", "%-17s"},
    [PROGRAM] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Program                   ", "%-26s"},
    [FIRST] = {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "  First seen", "%12.6f"},
    [LAST] = {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "   Last seen", "%12.6f"},
    [MESSAGES] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Messages", "%8u"},
    [STATE] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%s"},
};

static void take_text(const Row *row, unsigned column, const FsEntry *entry)
{
    char text[512];
    if (entry != NULL && fs_format_value(text, sizeof text, entry) > 0) {
        row_set_text(row, column, text);
    }
}

static tap_packet_status packet(void *rows, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    const Tapped *tapped = data;
    FeiqSaid said;
    if (!feiq_said(tapped->entries, tapped->count, &said)) {
        return TAP_PACKET_DONT_REDRAW;
    }
    char user[512] = "";
    if (said.user != NULL) {
        (void)fs_format_value(user, sizeof user, said.user);
    }
    const char *address = address_to_str(pinfo->pool, &pinfo->src);
    Row row;
    if (!rows_find(rows, wmem_strdup_printf(pinfo->pool, "%s %s", address, user), &row)) {
        return TAP_PACKET_REDRAW;
    }
    FeiqPresence *presence = row.note;
    if (row.is_new) {
        row_set_text(&row, USER, user);
        row_set_text(&row, ADDRESS, address);
        row_set_time(&row, FIRST, &pinfo->rel_ts);
    }
    take_text(&row, NICK, said.nick);
    take_text(&row, HOST, said.host);
    take_text(&row, GROUP, said.group);
    take_text(&row, MAC, said.mac);
    if (said.vendor != NULL) {
        row_set_text(&row, PROGRAM, fs_name(said.vendor->field->names, said.vendor->value.number));
    }
    *presence = feiq_presence_after(*presence, &said);
    row_set_text(&row, STATE, feiq_presence_name(*presence));
    row_set_time(&row, LAST, &pinfo->rel_ts);
    row.cells[MESSAGES].value.uint_value++;
    return TAP_PACKET_REDRAW;
}

void feiq_users_register(void)
{
    static const RowsKind kind = {.title = "FeiQ users",
                                  .tap = "feiq",
                                  .argument = "feiq,users",
                                  .columns = columns,
                                  .column_count = COLUMNS,
                                  .packet = packet,
                                  .note_size = sizeof(FeiqPresence),
                                  .count_column = MESSAGES,
                                  .left_out = "(more users)"};
    rows_register(&kind);
}
