/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/reassembly/fragments.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* Bytes kept of one datagram: room for as much again in retransmissions and overlap. */
    MOST_KEPT = 2 * (FRAGMENTS_MOST_BYTES + 1),
    MOST_PIECES = 8192, /* as many as 64 KiB have in pieces of 8 bytes */
    /* A frame has no more derived sources, so no more datagrams are shown in it. */
    MOST_WHOLE = FS_MAX_SOURCES - 1
};

/* Where the bytes of one fragment belong, and where they are kept. */
typedef struct {
    uint32_t offset;
    uint32_t length;
    uint32_t kept_at;
} Piece;

/* A datagram that has gaps. Its pieces are sorted by offset, those of one offset by arrival. */
typedef struct {
    FragmentKey key;
    uint64_t used_at; /* when a fragment came last; 0: this place is free */
    uint8_t *bytes;
    uint32_t bytes_used;
    uint32_t bytes_room;
    Piece *pieces;
    uint32_t piece_count;
    uint32_t piece_room;
    uint32_t length; /* of the payload */
    bool length_known;
} Incomplete;

struct FragmentTable {
    Incomplete *datagrams;
    uint32_t capacity;
    uint64_t clock;
    FragmentCounts counts;
    uint8_t *whole[MOST_WHOLE]; /* FRAGMENTS_MOST_BYTES each, made when first needed */
    uint32_t whole_used;
};

FragmentTable *fragments_new(uint32_t datagrams)
{
    FragmentTable *table = calloc(1, sizeof *table);
    if (table == NULL) {
        return NULL;
    }
    table->capacity = datagrams;
    table->datagrams = calloc(datagrams, sizeof *table->datagrams);
    if (table->datagrams == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void fragments_free(FragmentTable *table)
{
    if (table == NULL) {
        return;
    }
    for (uint32_t i = 0; i < table->capacity; i++) {
        free(table->datagrams[i].bytes);
        free(table->datagrams[i].pieces);
    }
    for (uint32_t i = 0; i < MOST_WHOLE; i++) {
        free(table->whole[i]);
    }
    free(table->datagrams);
    free(table);
}

FragmentCounts fragments_counts(const FragmentTable *table)
{
    return table->counts;
}

void fragments_release(FragmentTable *table)
{
    table->whole_used = 0;
}

/* The memory stays for the next datagram in this place. */
static void forget(FragmentTable *table, Incomplete *datagram)
{
    datagram->used_at = 0;
    datagram->bytes_used = 0;
    datagram->piece_count = 0;
    datagram->length_known = false;
    table->counts.waiting--;
}

static bool same(const FragmentKey *a, const FragmentKey *b)
{
    return a->identification == b->identification && a->protocol == b->protocol &&
           a->address_length == b->address_length &&
           memcmp(a->source, b->source, sizeof a->source) == 0 &&
           memcmp(a->destination, b->destination, sizeof a->destination) == 0;
}

/* The datagram of a key, or a place for it: a free one, else that of the least recently used. */
static Incomplete *find(FragmentTable *table, const FragmentKey *key)
{
    Incomplete *oldest = table->datagrams;
    for (Incomplete *d = table->datagrams; d < table->datagrams + table->capacity; d++) {
        if (d->used_at != 0 && same(&d->key, key)) {
            return d;
        }
        if (d->used_at < oldest->used_at) {
            oldest = d;
        }
    }
    if (oldest->used_at != 0) {
        forget(table, oldest);
        table->counts.forgotten++;
    }
    oldest->key = *key;
    table->counts.waiting++;
    return oldest;
}

/* Room for one piece more and `length` bytes more. */
static bool make_room(Incomplete *d, uint32_t length)
{
    if (d->piece_count >= MOST_PIECES || length > MOST_KEPT - d->bytes_used) {
        return false;
    }
    if (d->piece_count == d->piece_room) {
        uint32_t room = d->piece_room > 0 ? d->piece_room * 2 : 8;
        Piece *pieces = realloc(d->pieces, room * sizeof *pieces);
        if (pieces == NULL) {
            return false;
        }
        d->pieces = pieces;
        d->piece_room = room;
    }
    if (length > d->bytes_room - d->bytes_used) {
        uint32_t room = d->bytes_room > 0 ? d->bytes_room : 4096;
        while (length > room - d->bytes_used) {
            room *= 2;
        }
        uint8_t *bytes = realloc(d->bytes, room);
        if (bytes == NULL) {
            return false;
        }
        d->bytes = bytes;
        d->bytes_room = room;
    }
    return true;
}

static void keep(Incomplete *d, const Fragment *fragment)
{
    uint32_t at = d->piece_count++;
    while (at > 0 && d->pieces[at - 1].offset > fragment->offset) {
        d->pieces[at] = d->pieces[at - 1];
        at--;
    }
    d->pieces[at] = (Piece){fragment->offset, fragment->length, d->bytes_used};
    if (fragment->length > 0) {
        memcpy(d->bytes + d->bytes_used, fragment->data, fragment->length);
    }
    d->bytes_used += fragment->length;
}

static bool has_gaps(const Incomplete *d)
{
    uint32_t end = 0;
    for (uint32_t i = 0; i < d->piece_count && d->pieces[i].offset <= end; i++) {
        uint32_t piece_end = d->pieces[i].offset + d->pieces[i].length;
        end = piece_end > end ? piece_end : end;
    }
    return end < d->length;
}

static void join(const Incomplete *d, uint8_t *to, Datagram *datagram)
{
    uint32_t end = 0;
    *datagram = (Datagram){.span = {to, d->length, d->length}, .count = d->piece_count};
    for (uint32_t i = 0; i < d->piece_count; i++) {
        const Piece *piece = &d->pieces[i];
        const uint8_t *bytes = d->bytes + piece->kept_at;
        uint32_t length = piece->length;
        if (piece->offset + length > d->length) {
            datagram->beyond = true;
            length = piece->offset < d->length ? d->length - piece->offset : 0;
        }
        if (length == 0) {
            continue;
        }
        uint32_t shared = end - piece->offset < length ? end - piece->offset : length;
        if (shared > 0) {
            datagram->overlap = true;
            datagram->conflict |= memcmp(to + piece->offset, bytes, shared) != 0;
        }
        if (length > shared) {
            memcpy(to + end, bytes + shared, length - shared);
            end += length - shared;
        }
    }
}

/* Room for a datagram that is shown in this frame. */
static uint8_t *whole_room(FragmentTable *table)
{
    if (table->whole_used == MOST_WHOLE) {
        return NULL;
    }
    uint8_t **room = &table->whole[table->whole_used];
    if (*room == NULL) {
        *room = malloc(FRAGMENTS_MOST_BYTES);
    }
    table->whole_used += *room != NULL;
    return *room;
}

FragmentVerdict fragments_add(FragmentTable *table, const FragmentKey *key,
                              const Fragment *fragment, Datagram *datagram)
{
    Incomplete *d = find(table, key);
    d->used_at = ++table->clock;
    if (fragment->offset > FRAGMENTS_MOST_BYTES ||
        fragment->length > FRAGMENTS_MOST_BYTES - fragment->offset ||
        !make_room(d, fragment->length)) {
        forget(table, d);
        table->counts.refused++;
        return FRAGMENT_REFUSED;
    }
    keep(d, fragment);
    if (!fragment->more && !d->length_known) {
        d->length_known = true;
        d->length = fragment->offset + fragment->length;
    }
    if (!d->length_known || has_gaps(d)) {
        return FRAGMENT_WAITING;
    }
    uint8_t *to = whole_room(table);
    if (to != NULL) {
        join(d, to, datagram);
        table->counts.whole++;
    } else {
        table->counts.refused++;
    }
    forget(table, d);
    return to != NULL ? FRAGMENT_WHOLE : FRAGMENT_REFUSED;
}
