/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/glance.h"
#include "sniffer/tables.h"

enum { MOST_TABLES = 64 };

/* Of the places of a kind, only those of fields that the filter asks for need to be looked at. */
static void keep_asked_for(OutlinePlan *plan, const Filter *filter)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        if (filter_asks_for(filter, plan->places[i].field)) {
            plan->places[kept++] = plan->places[i];
        }
    }
    plan->count = kept;
}

static bool prepare_kind(Glance *glance, OutlineKind kind)
{
    OutlinePlan *plan = &glance->plans[kind];
    const FsField *known[OUTLINE_MOST_PLACES];
    const FsTable *absent[MOST_TABLES];
    uint32_t absent_count = 0;
    outline_places(kind, plan);
    for (uint32_t i = 0; i < plan->count; i++) {
        known[i] = plan->places[i].field;
    }
    for (unsigned i = 0; sniffer_tables[i] != NULL && absent_count < MOST_TABLES; i++) {
        if (outline_excludes(kind, sniffer_tables[i])) {
            absent[absent_count++] = sniffer_tables[i];
        }
    }
    FilterKnowledge knowledge = {known, plan->count, absent, absent_count};
    keep_asked_for(plan, glance->filter);
    return filter_expect(glance->filter, kind, &knowledge);
}

void glance_prepare(Glance *glance, Filter *filter)
{
    glance->filter = filter;
    for (unsigned kind = 0; kind < OUTLINE_KINDS; kind++) {
        glance->useful[kind] = prepare_kind(glance, (OutlineKind)kind);
    }
}

/* No frame has both transports, or one of them and ARP. */
bool glance_excludes(Filter *filter, const FsTable *transport)
{
    enum { ANY_TCP = OUTLINE_KINDS, ANY_UDP };
    _Static_assert(ANY_UDP < (int)FILTER_MOST_KINDS, "the filter knows as many kinds");
    bool tcp = transport == &tcp_table;
    const FsTable *const absent[] = {tcp ? &udp_table : &tcp_table, &arp_table};
    const FilterKnowledge knowledge = {NULL, 0, absent, 2};
    const FsPacket nothing = {.count = 0};
    unsigned kind = tcp ? ANY_TCP : ANY_UDP;
    return filter_expect(filter, kind, &knowledge) &&
           filter_judge(filter, kind, &nothing) == FILTER_NO;
}

FilterVerdict glance_judge(const Glance *glance, const Outline *outline, FsSpan span)
{
    if (outline->kind == OUTLINE_NONE || !glance->useful[outline->kind]) {
        return FILTER_UNSURE;
    }
    FsEntry entries[OUTLINE_MOST_PLACES];
    FsPacket part = {.entries = entries, .capacity = OUTLINE_MOST_PLACES};
    fs_packet_reset(&part, span.data);
    outline_add(&part, &glance->plans[outline->kind], span);
    return filter_judge(glance->filter, outline->kind, &part);
}
