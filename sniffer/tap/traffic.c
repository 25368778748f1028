/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z conv and -z endpoints: who spoke to whom, how much and when.
 */
#include "sniffer/headers/tcp.h"
#include "sniffer/headers/walk.h"
#include "sniffer/tables.h"
#include "sniffer/tap/endpoint.h"
#include "sniffer/tap/table.h"
#include "sniffer/tap/tap.h"

#include <glib.h>
#include <string.h>

typedef enum { LEVEL_ETH, LEVEL_IP, LEVEL_IPV6, LEVEL_TCP, LEVEL_UDP, LEVELS } Level;

static const char *const level_names[LEVELS] = {"eth", "ip", "ipv6", "tcp", "udp"};

/* Who is counted together: TCP's connections between the same ports one by one, as in Wireshark. */
typedef struct {
    EndpointPair pair;
    uint32_t stream; /* 0: of none */
} TrafficKey;

/* Packets and bytes: [0] from the first end to the second, [1] back. */
typedef struct {
    TrafficKey key;
    uint64_t packets[2];
    uint64_t bytes[2];
    int64_t first; /* since the capture's first frame, in nanoseconds */
    int64_t last;
} Traffic;

typedef struct {
    Tap tap;
    Level level;
    GHashTable *table;
    GPtrArray *rows; /* in the order in which they began */
} TrafficTap;

/* The ends of the packet's next layer of the level. False: there is no such layer. */
static bool ends_of(const Speakers *s, const FsField *layer, Level level, EndpointPair *ends)
{
    static const FsTable *const tables[LEVELS] = {[LEVEL_IP] = &ipv4_table,
                                                  [LEVEL_IPV6] = &ipv6_table,
                                                  [LEVEL_TCP] = &tcp_table,
                                                  [LEVEL_UDP] = &udp_table};
    if (layer != tables[level]->fields) {
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        ends->ends[i] = level < LEVEL_TCP ? endpoint_without_port(&s->ends[i]) : s->ends[i];
    }
    if (level >= LEVEL_TCP) {
        return s->ends[0].ported != 0 && s->ends[1].ported != 0;
    }
    uint32_t type = level == LEVEL_IP ? FS_IPV4 : FS_IPV6;
    return s->ends[0].type == type && s->ends[1].type == type;
}

static guint hash_of(gconstpointer key)
{
    const TrafficKey *k = key;
    return endpoint_pair_hash(&k->pair) ^ k->stream * 2654435761U;
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
    const TrafficKey *x = a;
    const TrafficKey *y = b;
    return x->stream == y->stream && endpoint_pair_equal(&x->pair, &y->pair);
}

static Traffic *row_of(TrafficTap *t, const EndpointPair *pair, uint32_t stream,
                       const FrameRecord *record)
{
    const TrafficKey key = {*pair, stream};
    Traffic *row = g_hash_table_lookup(t->table, &key);
    if (row != NULL) {
        return row;
    }
    if (t->rows->len >= TAP_MOST_ROWS) {
        t->tap.left_out_count++;
        return NULL;
    }
    row = g_new0(Traffic, 1);
    row->key = key;
    row->first = record->since_first;
    g_ptr_array_add(t->rows, row);
    g_hash_table_insert(t->table, &row->key, row);
    return row;
}

static void count(Traffic *row, unsigned direction, const FrameRecord *record)
{
    if (row != NULL) {
        row->packets[direction]++;
        row->bytes[direction] += record->reported;
        row->last = record->since_first;
    }
}

/* A packet whose layers are visited. */
typedef struct Visit {
    TrafficTap *tap;
    const FrameRecord *record;
    uint32_t stream; /* of TCP: tcp.stream + 1; 0: there is none */
    void (*take)(const struct Visit *visit, const EndpointPair *pair);
} Visit;

static void take_conversation(const Visit *v, const EndpointPair *pair)
{
    unsigned back = memcmp(&pair->ends[0], &pair->ends[1], sizeof pair->ends[0]) > 0;
    EndpointPair sorted = {{pair->ends[back], pair->ends[1 - back]}};
    count(row_of(v->tap, &sorted, v->stream, v->record), back, v->record);
}

static void take_endpoints(const Visit *v, const EndpointPair *pair)
{
    for (unsigned i = 0; i < 2; i++) {
        EndpointPair one = {0};
        one.ends[0] = pair->ends[i];
        count(row_of(v->tap, &one, 0, v->record), i, v->record);
    }
}

static void visit_layer(void *context, const Speakers *speakers, const FsField *layer)
{
    const Visit *v = context;
    EndpointPair pair = {0};
    if (v->tap->level != LEVEL_ETH && ends_of(speakers, layer, v->tap->level, &pair)) {
        v->take(v, &pair);
    }
}

static uint32_t stream_of(const FsPacket *packet)
{
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        if (entry->field == &tcp_table.fields[TCP_STREAM] && entry->depth == 1) {
            return (uint32_t)entry->value.number + 1;
        }
    }
    return 0;
}

static void visit_packet(Visit *v, const FsPacket *packet)
{
    v->stream = v->tap->level == LEVEL_TCP ? stream_of(packet) : 0;
    Speakers speakers = speakers_each(packet, visit_layer, v);
    bool both = speakers.link[0].type == FS_ETHER && speakers.link[1].type == FS_ETHER;
    if (v->tap->level == LEVEL_ETH && both) { /* a cooked capture says who sent only */
        EndpointPair pair = {{speakers.link[0], speakers.link[1]}};
        v->take(v, &pair);
    }
}

static void conversation_packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    visit_packet(&(Visit){(TrafficTap *)tap, record, 0, take_conversation}, packet);
}

static void endpoint_packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    visit_packet(&(Visit){(TrafficTap *)tap, record, 0, take_endpoints}, packet);
}

static uint64_t all_bytes(const Traffic *row)
{
    return row->bytes[0] + row->bytes[1];
}

static gint most_bytes_first(gconstpointer a, gconstpointer b)
{
    const Traffic *x = *(Traffic *const *)a;
    const Traffic *y = *(Traffic *const *)b;
    if (all_bytes(x) != all_bytes(y)) {
        return all_bytes(x) < all_bytes(y) ? 1 : -1;
    }
    return memcmp(&x->key.pair, &y->key.pair, sizeof x->key.pair);
}

static void cell(Table *table, const Endpoint *end)
{
    char text[96];
    (void)endpoint_format(text, sizeof text, end);
    table_text(table, text);
}

static void conversation_report(Tap *tap, Output *output)
{
    static const char *const heads[] = {"<A",         "<B",       ">packets →", ">bytes →",
                                        ">packets ←", ">bytes ←", ">start",     ">duration"};
    TrafficTap *t = (TrafficTap *)tap;
    Table *table = table_new(heads, G_N_ELEMENTS(heads));
    g_ptr_array_sort(t->rows, most_bytes_first);
    for (guint i = 0; i < t->rows->len; i++) {
        const Traffic *row = g_ptr_array_index(t->rows, i);
        cell(table, &row->key.pair.ends[0]);
        cell(table, &row->key.pair.ends[1]);
        for (unsigned j = 0; j < 2; j++) {
            table_number(table, row->packets[j]);
            table_number(table, row->bytes[j]);
        }
        table_seconds(table, row->first);
        table_seconds(table, row->last - row->first);
    }
    g_autofree char *title = g_strdup_printf("Conversations: %s", level_names[t->level]);
    table_write(table, title, output);
}

static void endpoint_report(Tap *tap, Output *output)
{
    static const char *const heads[] = {"<endpoint", ">packets sent", ">bytes sent",
                                        ">packets received", ">bytes received"};
    TrafficTap *t = (TrafficTap *)tap;
    Table *table = table_new(heads, G_N_ELEMENTS(heads));
    g_ptr_array_sort(t->rows, most_bytes_first);
    for (guint i = 0; i < t->rows->len; i++) {
        const Traffic *row = g_ptr_array_index(t->rows, i);
        cell(table, &row->key.pair.ends[0]);
        for (unsigned j = 0; j < 2; j++) {
            table_number(table, row->packets[j]);
            table_number(table, row->bytes[j]);
        }
    }
    g_autofree char *title = g_strdup_printf("Endpoints: %s", level_names[t->level]);
    table_write(table, title, output);
}

static void destroy(Tap *tap)
{
    TrafficTap *t = (TrafficTap *)tap;
    g_hash_table_destroy(t->table);
    g_ptr_array_free(t->rows, TRUE);
    g_free(t);
}

static Tap *traffic_new(const char *level, const Tap *tap)
{
    for (unsigned i = 0; level != NULL && i < LEVELS; i++) {
        if (strcmp(level, level_names[i]) == 0) {
            TrafficTap *t = g_new(TrafficTap, 1);
            *t = (TrafficTap){*tap, (Level)i, g_hash_table_new(hash_of, equal_keys),
                              g_ptr_array_new_with_free_func(g_free)};
            return &t->tap;
        }
    }
    return NULL;
}

Tap *tap_conversations(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    const Tap tap = {conversation_packet, conversation_report, destroy, "packets of conversations",
                     0};
    return traffic_new(arguments, &tap);
}

Tap *tap_endpoints(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    const Tap tap = {endpoint_packet, endpoint_report, destroy, "packets of endpoints", 0};
    return traffic_new(arguments, &tap);
}
