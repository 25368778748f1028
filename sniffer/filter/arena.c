/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/arena.h"

#include <glib.h>
#include <stdalign.h>
#include <string.h>

struct ArenaBlock {
    struct ArenaBlock *next;
    alignas(max_align_t) unsigned char data[];
};

void *arena_new(Arena *arena, size_t size)
{
    struct ArenaBlock *block = g_malloc0(sizeof *block + size);
    block->next = arena->blocks;
    arena->blocks = block;
    return block->data;
}

char *arena_copy(Arena *arena, const void *data, size_t length)
{
    char *copy = arena_new(arena, length + 1);
    if (length > 0) {
        memcpy(copy, data, length);
    }
    return copy;
}

void arena_clear(Arena *arena)
{
    while (arena->blocks != NULL) {
        struct ArenaBlock *block = arena->blocks;
        arena->blocks = block->next;
        g_free(block);
    }
}
