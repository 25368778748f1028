/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The capabilities that chatd does without.
 */
#ifndef FEISCOPE_CHATD_PRIVILEGES_H
#define FEISCOPE_CHATD_PRIVILEGES_H

#include <glib.h>

/**
 * Give up all capabilities for good but CAP_KILL, in this thread and those that it starts from now
 * on. CAP_KILL, if the process has it, is in effect only as long as it is asked for.
 *
 * @param kill whether processes of other accounts are to be ended
 * @return FALSE with an error if the kernel refuses
 */
gboolean privileges_restrict(gboolean kill, GError **error);

#endif
