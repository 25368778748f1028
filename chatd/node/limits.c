/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/limits.h"

#include <string.h>

enum { ADDRESSES = 8192, DATAGRAMS = 16384 };

static const gint64 repeat_window = 5 * G_USEC_PER_SEC;

typedef struct {
    guint64 hash;
    gint64 time;
} Seen;

struct NodeLimits {
    guint64 seed;                    /* so that nobody can choose who shares a place */
    gint64 paid_until[2][ADDRESSES]; /* monotonic µs: datagrams so far are paid for then */
    Seen seen[DATAGRAMS];
};

NodeLimits *node_limits_new(void)
{
    NodeLimits *limits = g_new0(NodeLimits, 1);
    limits->seed = (guint64)g_random_int() << 32 | g_random_int();
    return limits;
}

void node_limits_free(NodeLimits *limits)
{
    g_free(limits);
}

/* The finalizer of MurmurHash3, a public-domain mixing function. */
static guint64 mix(guint64 hash, guint64 value)
{
    hash ^= value;
    hash ^= hash >> 33;
    hash *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= G_GUINT64_CONSTANT(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

static guint64 hash_host(const NodeLimits *limits, const NodeAddress *address)
{
    guint64 half[2];
    memcpy(half, address->ip, sizeof half);
    return mix(mix(mix(limits->seed, half[0]), half[1]), address->scope);
}

gboolean node_limits_allow(NodeLimits *limits, NodeAllowance what, const NodeAddress *from,
                           int rate, gint64 now)
{
    gint64 *paid_until = &limits->paid_until[what][hash_host(limits, from) % ADDRESSES];
    *paid_until = MAX(*paid_until, now);
    if (*paid_until - now > G_USEC_PER_SEC) {
        return FALSE;
    }
    *paid_until += MAX(G_USEC_PER_SEC / MAX(rate, 1), 1);
    return TRUE;
}

gboolean node_limits_is_repeated(NodeLimits *limits, const NodeAddress *from, guint64 number,
                                 guint32 word, gint64 now)
{
    guint64 hash = mix(mix(hash_host(limits, from), number), (guint64)from->port << 32 | word) | 1;
    Seen *seen = &limits->seen[(hash >> 1) % DATAGRAMS];
    gboolean repeated = seen->hash == hash && now - seen->time < repeat_window;
    if (!repeated) {
        *seen = (Seen){hash, now};
    }
    return repeated;
}
