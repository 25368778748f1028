/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Has a message of this origin been stored lately? Answers "surely not", or "perhaps": then the
 * database knows. Nearly every message is new, and need not be looked for. A fixed amount of
 * memory; the more there were lately, the more often it says "perhaps".
 */
#ifndef FEISCOPE_CHATD_RECENT_H
#define FEISCOPE_CHATD_RECENT_H

#include <glib.h>

typedef struct Recent Recent;

/** @param window microseconds for which an origin counts; free with recent_free */
Recent *recent_new(gint64 window);
void recent_free(Recent *recent);

/** Note an origin. @param time of the message, µs; may go back, but not by more than the window */
void recent_add(Recent *recent, const char *origin, gint64 time);

/** FALSE: none of this origin was noted within the window before a time. */
gboolean recent_may_have(Recent *recent, const char *origin, gint64 time);

#endif
