/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z tcp: how each direction of each TCP stream went: what was sent again, late or in vain, and how
 * the receiver answered.
 */
#include "sniffer/headers/tcp.h"
#include "sniffer/tables.h"
#include "sniffer/tap/endpoint.h"
#include "sniffer/tap/table.h"
#include "sniffer/tap/tap.h"

#include <glib.h>
#include <string.h>

/* What is counted: entries of a field. */
static const struct {
    uint16_t field;
    const char *head;
} counted[] = {
    {TCP_TIMEOUT, ">sent again"},
    {TCP_ANALYSIS_FAST_RETRANSMISSION, ">fast"},
    {TCP_ANALYSIS_SPURIOUS_RETRANSMISSION, ">spurious"},
    {TCP_ANALYSIS_OUT_OF_ORDER, ">out of order"},
    {TCP_ANALYSIS_LOST_SEGMENT, ">gaps"},
    {TCP_ANALYSIS_WINDOW_FULL, ">window full"},
    {TCP_ANALYSIS_DUPLICATE_ACK, ">duplicate ACKs"},
    {TCP_DELAYED_ACK_REMARK, ">delayed ACKs"},
    {TCP_ANALYSIS_ZERO_WINDOW, ">zero windows"},
    {TCP_ANALYSIS_WINDOW_UPDATE, ">window updates"},
};
enum { COUNTED = G_N_ELEMENTS(counted) };

/* A direction. The key has no padding: it compares as bytes. */
typedef struct {
    EndpointPair ends; /* sender, receiver */
    uint64_t stream;
} Key;

typedef struct {
    Key key;
    uint64_t segments;
    uint64_t bytes;
    uint64_t counts[COUNTED];
} Direction;

typedef struct {
    Tap tap;
    GHashTable *table;
    GPtrArray *rows; /* of Direction, in the order in which they began */
} SummaryTap;

static guint key_hash(gconstpointer key)
{
    const Key *k = key;
    return endpoint_pair_hash(&k->ends) * 31 + (guint)k->stream;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(Key)) == 0;
}

static Direction *direction_of(SummaryTap *t, const Key *key)
{
    Direction *row = g_hash_table_lookup(t->table, key);
    if (row == NULL && t->rows->len < TAP_MOST_ROWS) {
        row = g_new0(Direction, 1);
        row->key = *key;
        g_ptr_array_add(t->rows, row);
        g_hash_table_insert(t->table, &row->key, row);
    }
    return row;
}

static void packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    (void)record;
    SummaryTap *t = (SummaryTap *)tap;
    Speakers speakers = speakers_of(packet);
    if (speakers.transport != &tcp_table.fields[TCP_LAYER] || speakers.ends[0].ported == 0) {
        return;
    }
    Direction now = {0};
    bool known = false;
    memcpy(now.key.ends.ends, speakers.ends, sizeof speakers.ends);
    for (uint32_t i = speakers.transport_at + 1; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field->type == FS_LAYER) {
            break;
        }
        if (entry->field == &tcp_table.fields[TCP_STREAM]) {
            now.key.stream = entry->value.number;
            known = true;
        } else if (entry->field == &tcp_table.fields[TCP_LEN]) {
            now.bytes = entry->value.number;
        }
        for (unsigned j = 0; j < COUNTED; j++) {
            now.counts[j] += entry->field == &tcp_table.fields[counted[j].field];
        }
    }
    if (!known) {
        return;
    }
    Direction *row = direction_of(t, &now.key);
    if (row == NULL) {
        t->tap.left_out_count++;
        return;
    }
    row->segments++;
    row->bytes += now.bytes;
    for (unsigned j = 0; j < COUNTED; j++) {
        row->counts[j] += now.counts[j];
    }
}

static gint by_stream(gconstpointer a, gconstpointer b)
{
    const Direction *x = *(Direction *const *)a;
    const Direction *y = *(Direction *const *)b;
    return x->key.stream < y->key.stream ? -1 : x->key.stream > y->key.stream;
}

static void report(Tap *tap, Output *output)
{
    enum { BEFORE = 5 };
    SummaryTap *t = (SummaryTap *)tap;
    const char *heads[BEFORE + COUNTED] = {">stream", "<from", "<to", ">segments", ">bytes"};
    for (unsigned i = 0; i < COUNTED; i++) {
        heads[BEFORE + i] = counted[i].head;
    }
    Table *table = table_new(heads, G_N_ELEMENTS(heads));
    g_ptr_array_sort(t->rows, by_stream);
    for (guint i = 0; i < t->rows->len; i++) {
        const Direction *row = g_ptr_array_index(t->rows, i);
        table_number(table, row->key.stream);
        for (unsigned j = 0; j < 2; j++) {
            char text[96];
            (void)endpoint_format(text, sizeof text, &row->key.ends.ends[j]);
            table_text(table, text);
        }
        table_number(table, row->segments);
        table_number(table, row->bytes);
        for (unsigned j = 0; j < COUNTED; j++) {
            table_number(table, row->counts[j]);
        }
    }
    table_write(table, "TCP streams, each direction by itself", output);
}

static void destroy(Tap *tap)
{
    SummaryTap *t = (SummaryTap *)tap;
    g_hash_table_destroy(t->table);
    g_ptr_array_free(t->rows, TRUE);
    g_free(t);
}

Tap *tap_tcp(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    if (arguments != NULL) {
        return NULL;
    }
    SummaryTap *t = g_new0(SummaryTap, 1);
    t->tap = (Tap){packet, report, destroy, "segments of TCP streams", 0};
    t->table = g_hash_table_new(key_hash, key_equal);
    t->rows = g_ptr_array_new_with_free_func(g_free);
    return &t->tap;
}
