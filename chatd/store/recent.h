/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Under which id was a message of this origin stored lately? In memory, since nearly every message
 * is new, and to keep an index of origins in the database makes each of them dearer. It takes 16 to
 * 32 bytes a message, and at most 64 MiB: beyond a million messages in one window the oldest are
 * forgotten earlier.
 */
#ifndef FEISCOPE_CHATD_RECENT_H
#define FEISCOPE_CHATD_RECENT_H

#include <glib.h>

typedef struct Recent Recent;

/** @param window microseconds for which an origin counts; free with recent_free */
Recent *recent_new(gint64 window);
void recent_free(Recent *recent);

/**
 * Note an origin.
 *
 * @param time of the message, µs; may go back, but not by more than the window
 * @param id   not 0
 */
void recent_add(Recent *recent, const char *origin, gint64 time, gint64 id);

/** The id noted last for an origin; 0: none was noted within the window before a time. An id may be
 * that of a message that is older, was rolled back, or, once in 2^64, of another origin: look. */
gint64 recent_find(Recent *recent, const char *origin, gint64 time);

#endif
