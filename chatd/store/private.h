/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the store share: the database and how a change to it begins and ends.
 */
#ifndef FEISCOPE_CHATD_STORE_PRIVATE_H
#define FEISCOPE_CHATD_STORE_PRIVATE_H

#include "chatd/store/store.h"

#include <sqlite3.h>

sqlite3 *store_database(const Store *store);

/** Before a change: open what store_commit will commit. */
void store_begin(Store *store);

/**
 * After a change: note whether it succeeded.
 *
 * @param result of sqlite3_step
 * @param doing  what was tried, for the message of an error
 * @return FALSE with STORE_ERROR_ACCESS unless the result is SQLITE_DONE
 */
gboolean store_changed(Store *store, int result, const char *doing, GError **error);

/** Set the error to what SQLite says. @return FALSE */
gboolean store_fail(Store *store, GError **error, StoreError code, const char *doing);

#endif
