/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/reassembly/early.h"
#include "sniffer/conversation/sequence.h"

#include <stdlib.h>
#include <string.h>

static bool has_room(const EarlyStore *store, const EarlyList *list, uint32_t bytes)
{
    return list->count < EARLY_LIST_SEGMENTS && bytes <= EARLY_LIST_BYTES - list->bytes &&
           bytes <= EARLY_STORE_BYTES - store->bytes;
}

bool early_keep(EarlyStore *store, EarlyList *list, uint32_t sequence, FsSpan span)
{
    uint32_t captured = span.captured < span.reported ? 0 : span.reported;
    EarlySegment *segment =
        has_room(store, list, captured) ? malloc(sizeof *segment + captured) : NULL;
    if (segment == NULL) {
        return false;
    }
    *segment = (EarlySegment){.sequence = sequence, .captured = captured, .length = span.reported};
    if (captured > 0) {
        memcpy(segment->bytes, span.data, captured);
    }
    EarlySegment **at = &list->first;
    while (*at != NULL && !sequence_after((*at)->sequence, sequence)) {
        at = &(*at)->next;
    }
    segment->next = *at;
    *at = segment;
    list->count++;
    list->bytes += captured;
    store->bytes += captured;
    return true;
}

EarlySegment *early_take(EarlyStore *store, EarlyList *list)
{
    EarlySegment *segment = list->first;
    list->first = segment->next;
    list->count--;
    list->bytes -= segment->captured;
    store->bytes -= segment->captured;
    return segment;
}

uint32_t early_forget(EarlyStore *store, EarlyList *list)
{
    uint32_t bytes = list->bytes;
    while (list->first != NULL) {
        free(early_take(store, list));
    }
    return bytes;
}
