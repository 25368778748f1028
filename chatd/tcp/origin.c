/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/origin.h"

enum { BURST_SECONDS = 2 };

struct Origins {
    GHashTable *by_name;
};

static void free_origin(gpointer data)
{
    Origin *origin = data;
    g_free(origin->name);
    g_free(origin);
}

Origins *origins_new(void)
{
    Origins *origins = g_new0(Origins, 1);
    origins->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_origin);
    return origins;
}

void origins_free(Origins *origins)
{
    g_hash_table_unref(origins->by_name);
    g_free(origins);
}

Origin *origins_get(Origins *origins, const char *name)
{
    Origin *origin = g_hash_table_lookup(origins->by_name, name);
    if (origin == NULL) {
        origin = g_new0(Origin, 1);
        origin->name = g_strdup(name);
        g_hash_table_insert(origins->by_name, origin->name, origin);
    }
    return origin;
}

void origins_forget(Origins *origins, gint64 now)
{
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, origins->by_name);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const Origin *origin = value;
        gint64 owes = 0;
        for (int i = 0; i < ORIGIN_ALLOWANCES; i++) {
            owes = MAX(owes, origin->paid_until[i]);
        }
        if (origin->clients == 0 && owes <= now) {
            g_hash_table_iter_remove(&iterator);
        }
    }
}

gint64 origin_take(Origin *origin, OriginAllowance what, int rate, guint count, gint64 now)
{
    gint64 until = MAX(origin->paid_until[what], now);
    gint64 over = until - now - (gint64)BURST_SECONDS * G_USEC_PER_SEC;
    if (over > 0) {
        return over;
    }
    origin->paid_until[what] = until + (gint64)count * G_USEC_PER_SEC / rate;
    return 0;
}
