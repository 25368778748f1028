/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two Bloom filters, one of this window and one of the last; when a window is over, the older one
 * is emptied and becomes the newer. So what was noted is known for one window at least.
 */
#include "chatd/store/recent.h"

#include <string.h>

enum { BITS = 1 << 20, WORDS = BITS / 64 };

struct Recent {
    gint64 window;
    gint64 since; /* when the newer one began */
    guint newer;
    guint64 words[2][WORDS];
};

Recent *recent_new(gint64 window)
{
    Recent *recent = g_new0(Recent, 1);
    recent->window = window;
    return recent;
}

void recent_free(Recent *recent)
{
    g_free(recent);
}

/* Two places for an origin. Source: FNV-1a, a public-domain hash. */
static void find_places(const char *origin, guint places[2])
{
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
    for (const char *at = origin; *at != '\0'; at++) {
        hash = (hash ^ (guint8)*at) * G_GUINT64_CONSTANT(0x100000001b3);
    }
    hash ^= hash >> 29;
    places[0] = (guint)(hash % BITS);
    places[1] = (guint)((hash >> 32) % BITS);
}

static void turn_over(Recent *recent, gint64 time)
{
    if (time - recent->since < recent->window) {
        return;
    }
    if (time - recent->since >= 2 * recent->window) {
        memset(recent->words[recent->newer], 0, sizeof recent->words[0]);
    }
    recent->newer = 1 - recent->newer;
    memset(recent->words[recent->newer], 0, sizeof recent->words[0]);
    recent->since = time;
}

static gboolean has(const guint64 *words, const guint places[2])
{
    return (words[places[0] / 64] >> places[0] % 64 & 1) != 0 &&
           (words[places[1] / 64] >> places[1] % 64 & 1) != 0;
}

void recent_add(Recent *recent, const char *origin, gint64 time)
{
    guint places[2];
    find_places(origin, places);
    turn_over(recent, time);
    for (int i = 0; i < 2; i++) {
        recent->words[recent->newer][places[i] / 64] |= G_GUINT64_CONSTANT(1) << places[i] % 64;
    }
}

gboolean recent_may_have(Recent *recent, const char *origin, gint64 time)
{
    guint places[2];
    find_places(origin, places);
    turn_over(recent, time);
    return has(recent->words[0], places) || has(recent->words[1], places);
}
