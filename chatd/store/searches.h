/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Searches that take long, in a thread and through a connection to the database of its own, so that
 * they hold up nobody. One runs at a time, a few wait for their turn.
 */
#ifndef FEISCOPE_CHATD_STORE_SEARCHES_H
#define FEISCOPE_CHATD_STORE_SEARCHES_H

#include "chatd/store/store.h"

#include <sqlite3.h>

typedef struct Searches Searches;

/** Rows that were read: StoreMessage, and the strings that they point to. */
typedef struct {
    GArray *messages;
    GPtrArray *strings;
} SearchRows;

/** Read all rows of a statement, whose columns are those of a message: id, time, sender, receiver,
 *  text, origin, state, number. @return what sqlite3_step said last */
int search_rows_read(SearchRows *rows, sqlite3_stmt *statement);

/** Hand each row to a visitor, until it has enough. */
void search_rows_visit(const SearchRows *rows, StoreVisitor *visitor, gpointer data);

void search_rows_clear(SearchRows *rows);

/** @param path of the database */
Searches *searches_new(const char *path);

/** Give up what runs and what waits; each is told. NULL does nothing. */
void searches_free(Searches *searches);

/**
 * Search. It begins when this turn of the main loop is over, so that it sees what the turn commits.
 *
 * @param sql     one SELECT without parameters, columns as above
 * @param visitor called from the main loop with each row
 * @param ended   called from the main loop after that
 * @return FALSE, with STORE_ERROR_BUSY, if too many wait
 */
gboolean searches_add(Searches *searches, const char *sql, StoreVisitor *visitor,
                      StoreSearched *ended, gpointer data, GError **error);

#endif
