/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/conversation/unacknowledged.h"
#include "sniffer/conversation/sequence.h"

#include <stdlib.h>

struct UnacknowledgedStore {
    Unacknowledged *segments;
    uint32_t capacity;
    uint32_t used;  /* of which some may be free again */
    uint32_t *free; /* those; apart, since a segment that is given up need not be touched */
    uint32_t free_count;
};

UnacknowledgedStore *unacknowledged_new(uint32_t capacity)
{
    UnacknowledgedStore *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    store->capacity = capacity;
    store->segments = malloc(capacity * sizeof *store->segments);
    store->free = malloc(capacity * sizeof *store->free);
    if (store->segments == NULL || store->free == NULL) {
        unacknowledged_free(store);
        return NULL;
    }
    return store;
}

void unacknowledged_free(UnacknowledgedStore *store)
{
    if (store != NULL) {
        free(store->segments);
        free(store->free);
        free(store);
    }
}

static Unacknowledged *at(UnacknowledgedStore *store, uint32_t place)
{
    return place == 0 ? NULL : &store->segments[place - 1];
}

Unacknowledged *unacknowledged_first(UnacknowledgedStore *store, const UnacknowledgedList *list)
{
    return at(store, list->newest);
}

Unacknowledged *unacknowledged_older(UnacknowledgedStore *store, const Unacknowledged *segment)
{
    return at(store, segment->older);
}

static void widen(UnacknowledgedList *list, const Unacknowledged *segment, uint32_t base,
                  bool first)
{
    uint32_t low = segment->sequence - base;
    uint32_t high = segment->next - base;
    list->low = first || low < list->low ? low : list->low;
    list->high = first || high > list->high ? high : list->high;
}

bool unacknowledged_add(UnacknowledgedStore *store, UnacknowledgedList *list,
                        const Unacknowledged *segment, uint32_t base)
{
    uint32_t place;
    if (store->free_count > 0) {
        place = store->free[--store->free_count];
    } else if (store->used < store->capacity) {
        place = ++store->used;
    } else {
        return false;
    }
    *at(store, place) = *segment;
    at(store, place)->older = list->newest;
    list->newest = place;
    widen(list, segment, base, list->count == 0);
    list->count++;
    return true;
}

static void release(UnacknowledgedStore *store, uint32_t place)
{
    store->free[store->free_count++] = place;
}

bool unacknowledged_acknowledge(UnacknowledgedStore *store, UnacknowledgedList *list, uint32_t ack,
                                Unacknowledged *match, int64_t *last)
{
    bool found = false;
    uint32_t *link = &list->newest;
    while (*link != 0) {
        uint32_t place = *link;
        Unacknowledged *segment = at(store, place);
        bool exact = ack == segment->next;
        if (exact) {
            *last = found ? *last : segment->time;
            *match = *segment;
            found = true;
        } else if (sequence_after(segment->next, ack)) {
            if (sequence_after(ack, segment->sequence)) { /* part of it */
                segment->sequence = ack;
                list->stale = true;
            }
            link = &segment->older;
            continue;
        }
        *link = segment->older;
        release(store, place);
        list->count--;
        list->stale = true;
    }
    return found;
}

uint32_t unacknowledged_span(UnacknowledgedStore *store, UnacknowledgedList *list, uint32_t base)
{
    if (list->stale) {
        bool first = true;
        for (const Unacknowledged *segment = at(store, list->newest); segment != NULL;
             segment = at(store, segment->older)) {
            widen(list, segment, base, first);
            first = false;
        }
        list->stale = false;
    }
    return list->count > 0 ? list->high - list->low : 0;
}

uint32_t unacknowledged_clear(UnacknowledgedStore *store, UnacknowledgedList *list)
{
    uint32_t count = list->count;
    for (uint32_t place = list->newest, left = count; left > 0; left--) {
        release(store, place);
        place = left > 1 ? at(store, place)->older : 0;
    }
    *list = (UnacknowledgedList){0};
    return count;
}
