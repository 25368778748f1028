/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Transfers are few and far between, so each query is prepared when it is needed.
 */
#include "chatd/store/transfers.h"
#include "chatd/store/private.h"

#define COLUMNS                                                                                    \
    "id, time, changed, sender, receiver, kind, state, name, size, mtime, message, number, file, " \
    "address, reason"

/* What a query's parameter is. */
typedef struct {
    const char *text; /* NULL: the number */
    gint64 number;
} Value;

void store_transfer_clear(StoreTransfer *transfer)
{
    g_clear_pointer(&transfer->from, g_free);
    g_clear_pointer(&transfer->to, g_free);
    g_clear_pointer(&transfer->name, g_free);
    g_clear_pointer(&transfer->address, g_free);
    g_clear_pointer(&transfer->reason, g_free);
}

StoreTransfer *store_transfer_copy(const StoreTransfer *transfer)
{
    StoreTransfer *copy = g_new(StoreTransfer, 1);
    *copy = *transfer;
    copy->from = g_strdup(transfer->from);
    copy->to = g_strdup(transfer->to);
    copy->name = g_strdup(transfer->name);
    copy->address = g_strdup(transfer->address);
    copy->reason = g_strdup(transfer->reason);
    return copy;
}

void store_transfer_free(StoreTransfer *transfer)
{
    if (transfer != NULL) {
        store_transfer_clear(transfer);
        g_free(transfer);
    }
}

static void free_transfer(gpointer data)
{
    store_transfer_free(data);
}

static sqlite3_stmt *prepare(Store *store, const char *query, const Value *values, int count,
                             GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store_database(store), query, -1, &statement, NULL) != SQLITE_OK) {
        store_fail(store, error, STORE_ERROR_ACCESS, "transfers");
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (values[i].text != NULL) {
            sqlite3_bind_text(statement, i + 1, values[i].text, -1, SQLITE_STATIC);
        } else {
            sqlite3_bind_int64(statement, i + 1, values[i].number);
        }
    }
    return statement;
}

/* --- changes --- */

static gboolean change(Store *store, const char *query, const Value *values, int count,
                       const char *doing, GError **error)
{
    store_begin(store);
    sqlite3_stmt *statement = prepare(store, query, values, count, error);
    if (statement == NULL) {
        return FALSE;
    }
    gboolean done = store_changed(store, sqlite3_step(statement), doing, error);
    sqlite3_finalize(statement);
    return done;
}

gboolean store_add_transfer(Store *store, StoreTransfer *transfer, GError **error)
{
    transfer->changed = g_get_real_time();
    const Value values[] = {{NULL, transfer->time},
                            {NULL, transfer->changed},
                            {transfer->from, 0},
                            {transfer->to, 0},
                            {NULL, (gint64)transfer->kind},
                            {NULL, (gint64)transfer->state},
                            {transfer->name, 0},
                            {NULL, (gint64)transfer->size},
                            {NULL, transfer->mtime},
                            {NULL, transfer->message},
                            {NULL, (gint64)transfer->number},
                            {NULL, transfer->file},
                            {transfer->address == NULL ? "" : transfer->address, 0},
                            {transfer->reason == NULL ? "" : transfer->reason, 0}};
    if (!change(store,
                "INSERT INTO transfer (time, changed, sender, receiver, kind, state, name, size,"
                " mtime, message, number, file, address, reason)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, nullif(?13, ''),"
                " nullif(?14, ''))",
                values, G_N_ELEMENTS(values), "storing a transfer", error)) {
        return FALSE;
    }
    transfer->id = sqlite3_last_insert_rowid(store_database(store));
    return TRUE;
}

gboolean store_update_transfer(Store *store, StoreTransfer *transfer, GError **error)
{
    transfer->changed = g_get_real_time();
    const Value values[] = {{NULL, transfer->id},
                            {NULL, transfer->changed},
                            {NULL, (gint64)transfer->state},
                            {NULL, (gint64)transfer->size},
                            {NULL, transfer->message},
                            {transfer->address == NULL ? "" : transfer->address, 0},
                            {transfer->reason == NULL ? "" : transfer->reason, 0},
                            {NULL, (gint64)transfer->number},
                            {transfer->to, 0},
                            {transfer->name, 0}};
    return change(store,
                  "UPDATE transfer SET changed = ?2, state = ?3, size = ?4, message = ?5,"
                  " address = nullif(?6, ''), reason = nullif(?7, ''), number = ?8,"
                  " receiver = ?9, name = ?10 WHERE id = ?1",
                  values, G_N_ELEMENTS(values), "noting a transfer's state", error);
}

gboolean store_remove_transfer(Store *store, gint64 id, GError **error)
{
    const Value values[] = {{NULL, id}};
    return change(store, "DELETE FROM transfer WHERE id = ?1", values, 1, "forgetting a transfer",
                  error);
}

/* --- queries --- */

static char *text_at(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

static StoreTransfer *read_row(sqlite3_stmt *statement)
{
    StoreTransfer *transfer = g_new0(StoreTransfer, 1);
    int column = 0;
    transfer->id = sqlite3_column_int64(statement, column++);
    transfer->time = sqlite3_column_int64(statement, column++);
    transfer->changed = sqlite3_column_int64(statement, column++);
    transfer->from = text_at(statement, column++);
    transfer->to = text_at(statement, column++);
    transfer->kind = (StoreTransferKind)sqlite3_column_int(statement, column++);
    transfer->state = (StoreTransferState)sqlite3_column_int(statement, column++);
    transfer->name = text_at(statement, column++);
    transfer->size = (guint64)sqlite3_column_int64(statement, column++);
    transfer->mtime = sqlite3_column_int64(statement, column++);
    transfer->message = sqlite3_column_int64(statement, column++);
    transfer->number = (guint64)sqlite3_column_int64(statement, column++);
    transfer->file = (guint32)sqlite3_column_int64(statement, column++);
    transfer->address = text_at(statement, column++);
    transfer->reason = text_at(statement, column);
    return transfer;
}

/* All rows; NULL with an error. */
static GPtrArray *select_all(Store *store, const char *query, const Value *values, int count,
                             GError **error)
{
    sqlite3_stmt *statement = prepare(store, query, values, count, error);
    if (statement == NULL) {
        return NULL;
    }
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_transfer);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        g_ptr_array_add(found, read_row(statement));
    }
    if (result != SQLITE_DONE) {
        store_fail(store, error, STORE_ERROR_ACCESS, "reading transfers");
        g_clear_pointer(&found, g_ptr_array_unref);
    }
    sqlite3_finalize(statement);
    return g_steal_pointer(&found);
}

static StoreTransfer *select_one(Store *store, const char *query, const Value *values, int count,
                                 GError **error)
{
    g_autoptr(GPtrArray) found = select_all(store, query, values, count, error);
    return found == NULL || found->len == 0 ? NULL : g_ptr_array_steal_index(found, 0);
}

StoreTransfer *store_find_transfer(Store *store, gint64 id, GError **error)
{
    const Value values[] = {{NULL, id}};
    return select_one(store, "SELECT " COLUMNS " FROM transfer WHERE id = ?1", values, 1, error);
}

GPtrArray *store_transfers_of_message(Store *store, gint64 message, GError **error)
{
    const Value values[] = {{NULL, message}};
    return select_all(store,
                      "SELECT " COLUMNS " FROM transfer WHERE message <> 0 AND message = ?1"
                      " ORDER BY id",
                      values, 1, error);
}

GPtrArray *store_transfers_offered(Store *store, guint64 number, GError **error)
{
    const Value values[] = {{NULL, (gint64)number}};
    return select_all(store,
                      "SELECT " COLUMNS " FROM transfer WHERE number <> 0 AND number = ?1"
                      " AND message <> 0 ORDER BY id",
                      values, 1, error);
}

GPtrArray *store_transfers_from(Store *store, const char *address, guint64 number, GError **error)
{
    const Value values[] = {{address, 0}, {NULL, (gint64)number}};
    return select_all(store,
                      "SELECT " COLUMNS " FROM transfer WHERE number <> 0 AND number = ?2"
                      " AND address = ?1 AND message = 0 ORDER BY id",
                      values, 2, error);
}

GPtrArray *store_transfers_in(Store *store, StoreTransferState state, guint limit, GError **error)
{
    const Value values[] = {{NULL, (gint64)state}, {NULL, limit}};
    return select_all(store,
                      "SELECT " COLUMNS " FROM transfer WHERE state = ?1"
                      " ORDER BY changed, id LIMIT ?2",
                      values, 2, error);
}

GPtrArray *store_transfers_of(Store *store, const char *viewer, guint skip, guint limit,
                              GError **error)
{
    const Value values[] = {{NULL, limit}, {NULL, skip}, {viewer, 0}};
    return viewer == NULL
               ? select_all(store,
                            "SELECT " COLUMNS " FROM transfer ORDER BY id DESC LIMIT ?1 OFFSET ?2",
                            values, 2, error)
               : select_all(store,
                            "SELECT " COLUMNS " FROM transfer WHERE sender = ?3 OR receiver = ?3"
                            " OR receiver = '*' ORDER BY id DESC LIMIT ?1 OFFSET ?2",
                            values, 3, error);
}

StoreTransfer *store_find_upload(Store *store, const StoreTransfer *wanted, GError **error)
{
    const Value values[] = {{NULL, (gint64)STORE_UPLOADING},
                            {wanted->from, 0},
                            {wanted->to, 0},
                            {NULL, (gint64)wanted->kind},
                            {wanted->name, 0},
                            {NULL, (gint64)wanted->size},
                            {NULL, wanted->mtime}};
    return select_one(store,
                      "SELECT " COLUMNS " FROM transfer WHERE state = ?1 AND sender = ?2"
                      " AND receiver = ?3 AND kind = ?4 AND name = ?5 AND size = ?6 AND mtime = ?7"
                      " ORDER BY id DESC LIMIT 1",
                      values, G_N_ELEMENTS(values), error);
}

guint store_count_transfers_from(Store *store, const char *from)
{
    const Value values[] = {{from, 0}, {NULL, STORE_HERE}};
    sqlite3_stmt *statement = prepare(
        store, "SELECT count(*) FROM transfer WHERE sender = ?1 AND state <= ?2", values, 2, NULL);
    guint count = statement != NULL && sqlite3_step(statement) == SQLITE_ROW
                      ? (guint)sqlite3_column_int64(statement, 0)
                      : 0;
    sqlite3_finalize(statement);
    return count;
}
