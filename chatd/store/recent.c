/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two hash tables, one of this window and one of the last; when a window is over, or the newer
 * table has no room left, the older one is emptied and becomes the newer. Keys are 64 bits that a
 * secret of this process takes part in, so that no sender can choose another's.
 */
#include "chatd/store/recent.h"

enum { LEAST_SLOTS = 1 << 8, MOST_SLOTS = 1 << 21 }; /* powers of two; at most half are used */

typedef struct {
    guint64 key;
    gint64 id; /* 0: free */
} Slot;

typedef struct {
    Slot *slots; /* NULL: empty */
    gsize count; /* of slots */
    gsize used;
} Table;

struct Recent {
    gint64 window;
    gint64 since; /* when the newer one began */
    guint64 secret;
    guint newer;
    Table tables[2];
};

Recent *recent_new(gint64 window)
{
    Recent *recent = g_new0(Recent, 1);
    recent->window = window;
    recent->secret = (guint64)g_random_int() << 32 | g_random_int();
    return recent;
}

static void empty(Table *table)
{
    g_free(table->slots);
    *table = (Table){0};
}

void recent_free(Recent *recent)
{
    if (recent != NULL) {
        empty(&recent->tables[0]);
        empty(&recent->tables[1]);
        g_free(recent);
    }
}

/* Source: FNV-1a with another start, and the last steps of MurmurHash3; both public domain. */
static guint64 make_key(const Recent *recent, const char *origin)
{
    guint64 key = G_GUINT64_CONSTANT(0xcbf29ce484222325) ^ recent->secret;
    for (const char *at = origin; *at != '\0'; at++) {
        key = (key ^ (guint8)*at) * G_GUINT64_CONSTANT(0x100000001b3);
    }
    key = (key ^ key >> 33) * G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    key = (key ^ key >> 33) * G_GUINT64_CONSTANT(0xc4ceb9fe1a85ec53);
    return key ^ key >> 33;
}

/* The slot that a key has, or would have. */
static Slot *find_slot(const Table *table, guint64 key)
{
    gsize place = (gsize)key & (table->count - 1);
    while (table->slots[place].id != 0 && table->slots[place].key != key) {
        place = (place + 1) & (table->count - 1);
    }
    return &table->slots[place];
}

static void grow(Table *table)
{
    Table larger = {.count = table->count == 0 ? LEAST_SLOTS : 2 * table->count,
                    .used = table->used};
    larger.slots = g_new0(Slot, larger.count);
    for (gsize i = 0; i < table->count; i++) {
        if (table->slots[i].id != 0) {
            *find_slot(&larger, table->slots[i].key) = table->slots[i];
        }
    }
    g_free(table->slots);
    *table = larger;
}

static void turn_over(Recent *recent, gint64 time)
{
    const Table *newer = &recent->tables[recent->newer];
    gint64 age = time - recent->since;
    gboolean is_full = newer->used == MOST_SLOTS / 2;
    if (age < recent->window && !is_full) {
        return;
    }
    if (age >= 2 * recent->window) {
        empty(&recent->tables[recent->newer]);
    }
    recent->newer = 1 - recent->newer;
    empty(&recent->tables[recent->newer]);
    recent->since = MAX(recent->since, time);
}

void recent_add(Recent *recent, const char *origin, gint64 time, gint64 id)
{
    turn_over(recent, time);
    Table *table = &recent->tables[recent->newer];
    if (2 * table->used == table->count) {
        grow(table);
    }
    guint64 key = make_key(recent, origin);
    Slot *slot = find_slot(table, key);
    table->used += slot->id == 0 ? 1 : 0;
    *slot = (Slot){key, id};
}

gint64 recent_find(Recent *recent, const char *origin, gint64 time)
{
    turn_over(recent, time);
    guint64 key = make_key(recent, origin);
    for (guint i = 0; i < 2; i++) {
        const Table *table = &recent->tables[i == 0 ? recent->newer : 1 - recent->newer];
        gint64 id = table->slots == NULL ? 0 : find_slot(table, key)->id;
        if (id != 0) {
            return id;
        }
    }
    return 0;
}
