/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where clients come from: an address, or an account of this machine. How many of its clients there
 * are, and how much all of them together have asked for lately. An address that left is remembered
 * for as long as it has used up what it may, so that coming back does not help.
 */
#ifndef FEISCOPE_CHATD_ORIGIN_H
#define FEISCOPE_CHATD_ORIGIN_H

#include <glib.h>

/** What is limited for each second. */
typedef enum {
    ORIGIN_CONNECTIONS,
    ORIGIN_REQUESTS, /**< of all kinds */
    ORIGIN_SHOUTS,   /**< those that concern everybody, or take long to answer */
    ORIGIN_ALLOWANCES
} OriginAllowance;

/** One of them. */
typedef struct {
    char *name;
    guint clients;                        /**< connected; the listener counts them */
    guint handshakes;                     /**< of these those that use a thread */
    gint64 paid_until[ORIGIN_ALLOWANCES]; /* monotonic µs: what was taken is paid for then */
} Origin;

typedef struct Origins Origins;

Origins *origins_new(void);
void origins_free(Origins *origins);

/** The one of a name, which is made if there is none. It stays while it has clients, or owes. */
Origin *origins_get(Origins *origins, const char *name);

/** Forget those that nobody needs. @param now monotonic µs */
void origins_forget(Origins *origins, gint64 now);

/**
 * Take one or several of what it may have. Two seconds' worth may be taken at once.
 *
 * @param rate how many per second
 * @param now  monotonic µs
 * @return microseconds to wait before it may; 0: it was taken
 */
gint64 origin_take(Origin *origin, OriginAllowance what, int rate, guint count, gint64 now);

#endif
