/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A bar on the terminal that shows how far a file is.
 */
#ifndef FEISCOPE_CHATD_CHATCTL_PROGRESS_H
#define FEISCOPE_CHATD_CHATCTL_PROGRESS_H

#include <glib.h>

/** A bar; on standard error, and only where that is a terminal. */
typedef struct {
    const char *name;
    gboolean shown;
    gint64 begun; /**< monotonic µs */
    gint64 drawn;
    guint64 first; /**< bytes that were there at the beginning */
} Progress;

/**
 * Begin.
 *
 * @param name  kept by the caller
 * @param quiet show nothing
 */
Progress progress_begin(const char *name, guint64 done, gboolean quiet);

/**
 * Draw it anew, not too often.
 *
 * @param all 0: not known
 */
void progress_show(Progress *progress, guint64 done, guint64 all);

/** Remove it from the line. */
void progress_end(const Progress *progress);

#endif
