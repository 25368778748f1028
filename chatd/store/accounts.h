/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of local accounts.
 */
#ifndef FEISCOPE_CHATD_ACCOUNTS_H
#define FEISCOPE_CHATD_ACCOUNTS_H

#include <glib.h>

/** An account's name, or "uid-N" if it has none; free with g_free. */
char *account_name(guint uid);

/** Is it root, or the account that the daemon runs as? */
gboolean account_owns_daemon(guint uid);

#endif
