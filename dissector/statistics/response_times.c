/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z feiq,srt and -z onehash,srt: from a request to its answer, by what was asked. In FeiQ the
 * first copies count of both, and for files and folders their first bytes are the answer. In 1#n
 * times are between the segments that end the messages.
 */
#include "dissector/compat.h"

#include "dissector/statistics/statistics.h"
#include "dissector/statistics/tapped.h"

#include "protocol/feiq/feiq.h"
#include "protocol/onehash/onehash.h"

#include <epan/srt_table.h>

/* A row for each number up to the last that has a name, at least. */
static void make_table(GArray *tables, const char *title, const char *column, const FsField *field,
                       int count)
{
    for (const FsName *name = field->names; name->name != NULL; name++) {
        count = MAX(count, (int)name->value + 1);
    }
    srt_stat_table *table = init_srt_table(title, NULL, tables, count, column, field->name, NULL);
    for (int i = 0; i < count; i++) {
        const char *name = fs_name(field->names, (uint64_t)i);
        init_srt_table_row(table, i, name == NULL ? "unknown" : name);
    }
}

static void init_feiq(struct register_srt *srt _U_, GArray *tables)
{
    make_table(tables, "FeiQ requests", "Command", &feiq_table.fields[FEIQ_COMMAND], 256);
}

static void init_onehash(struct register_srt *srt _U_, GArray *tables)
{
    make_table(tables, "1#n requests", "Operation", &onehash_table.fields[ONEHASH_OPERATION], 1);
}

static tap_packet_status packet(void *context, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    const srt_data_t *srt = context;
    const Tapped *tapped = data;
    srt_stat_table *table = g_array_index(srt->srt_array, srt_stat_table *, 0);
    if (!tapped->answers || tapped->asked >= (uint32_t)table->num_procs) {
        return TAP_PACKET_DONT_REDRAW;
    }
    add_srt_table_data(table, (int)tapped->asked, &tapped->asked_at, pinfo);
    return TAP_PACKET_REDRAW;
}

void feiq_srt_register(const RegisteredTable *feiq)
{
    register_srt_table(feiq->proto, NULL, 1, packet, init_feiq, NULL);
}

void onehash_srt_register(const RegisteredTable *onehash)
{
    register_srt_table(onehash->proto, NULL, 1, packet, init_onehash, NULL);
}
