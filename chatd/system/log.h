/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where GLib's log goes: to the journal with its fields if standard error is the journal, else to
 * standard error, one line a message: time, level, text.
 */
#ifndef FEISCOPE_CHATD_LOG_H
#define FEISCOPE_CHATD_LOG_H

#include <glib.h>

/** Begin. Before this, or any other, thread logs. @param debug also debug messages */
void log_start(gboolean debug);

#endif
