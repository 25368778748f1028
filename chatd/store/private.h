/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the store share: the database and how a change to it begins and ends.
 */
#ifndef FEISCOPE_CHATD_STORE_PRIVATE_H
#define FEISCOPE_CHATD_STORE_PRIVATE_H

#include "chatd/store/searches.h"
#include "chatd/store/store.h"

#include <sqlite3.h>

/** The columns of a message in the order in which store_visit reads them. */
#define STORE_COLUMNS "id, time, sender, receiver, text, origin, state, number"

/** The last message that store_index prepared. */
#define STORE_LAST_INDEXED "coalesce((SELECT max(id) FROM message_text_docsize), 0)"

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

/** Hand each row of a statement with STORE_COLUMNS to the visitor, which may change the database:
 * the rows are read before. The statement is reset. */
gboolean store_visit(Store *store, sqlite3_stmt *statement, StoreVisitor *visitor, gpointer data,
                     GError **error);

/** Is there no file? */
gboolean store_is_in_memory(const Store *store);

/** Have statements from now on broken off after some microseconds, or, if 0, not. */
void store_limit_search(Store *store, gint64 time);

/** Those that run in a thread; NULL if there is no file. */
Searches *store_searches(const Store *store);

#endif
