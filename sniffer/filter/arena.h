/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Memory that is freed all at once: the syntax tree's and the compiled filter's.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_ARENA_H
#define FEISCOPE_SNIFFER_FILTER_ARENA_H

#include <stddef.h>

/** Allocated blocks, newest first. A zeroed one is empty. */
typedef struct {
    struct ArenaBlock *blocks;
} Arena;

/** Zeroed memory, aligned for any type; aborts when there is none, as GLib does. */
void *arena_new(Arena *arena, size_t size);

/** A copy of bytes with a NUL after them. */
char *arena_copy(Arena *arena, const void *data, size_t length);

/** Free everything. */
void arena_clear(Arena *arena);

#endif
