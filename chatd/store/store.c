/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/store/private.h"
#include "chatd/store/recent.h"
#include "chatd/store/searches.h"

#include <string.h>

G_DEFINE_QUARK(feiscope - store - error - quark, store_error)

enum {
    SCHEMA_VERSION = 4,
    BUSY_MS = 250, /* that another program's lock is waited for, and holds up everything */
    BUSY_STEP_MS = 5,
    BUSY_AT_START_MS = 2000,
    MOST_USERS = 100000,
    FORGET_USERS = 1000,        /* at once, when there are too many */
    KEPT_IN_MEMORY = 20000,     /* messages, when there is no file */
    FORGET_EVERY = 1000,        /* messages, when there is no file */
    STEPS_BETWEEN_LOOKS = 10000 /* of SQLite's machine, between two looks at the clock */
};

/* A duplicate is one only for so long: iptux begins its packet numbers at 1 at each start. */
static const gint64 duplicate_window = 60 * G_USEC_PER_SEC;

typedef enum {
    BEGIN,
    COMMIT,
    ADD,
    SEEN,
    SET_STATE,
    SET_NUMBER,
    LAST_NUMBER,
    REMOVE,
    WAITING,
    COUNT_WAITING,
    INDEX_NAMES,
    INDEX,
    INDEXED,
    NEWEST,
    NOTE_USER,
    KNOWS_USER,
    STATEMENTS
} Statement;

struct Store {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
    void (*schedule)(gpointer data);
    gpointer schedule_data;
    gboolean in_memory;
    gboolean open;         /* changes wait for a commit */
    gboolean index_failed; /* and that was said */
    gboolean cautious;     /* a commit failed: no more of several changes at once */
    gboolean locked_out;   /* waited in vain; until a change succeeds, it is not waited again */
    gint64 lock_met;       /* monotonic, µs */
    guint users;
    guint added;
    gint64 deadline;    /* of the search that runs */
    Searches *searches; /* NULL without a file */
    Recent *recent;     /* origins */
};

static const char schema[] =
    "CREATE TABLE message ("
    " id INTEGER PRIMARY KEY,"
    " time INTEGER NOT NULL,"
    " sender TEXT NOT NULL,"
    " receiver TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " origin TEXT,"
    " state INTEGER NOT NULL,"
    " number INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX message_waiting ON message (receiver, id) WHERE state = 0;"
    "CREATE INDEX message_number ON message (number) WHERE number <> 0;"
    "CREATE VIRTUAL TABLE message_text USING fts5"
    " (text, content='message', content_rowid='id', tokenize='trigram');"
    "CREATE TABLE user (name TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;"
    "PRAGMA application_id = 0x66656971;";

/* What version 1 did not have. */
static const char schema_of_transfers[] =
    "CREATE TABLE transfer ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " time INTEGER NOT NULL,"
    " changed INTEGER NOT NULL,"
    " sender TEXT NOT NULL,"
    " receiver TEXT NOT NULL,"
    " kind INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " size INTEGER NOT NULL,"
    " mtime INTEGER NOT NULL,"
    " message INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " file INTEGER NOT NULL,"
    " address TEXT,"
    " reason TEXT);"
    "CREATE INDEX transfer_message ON transfer (message) WHERE message <> 0;"
    "CREATE INDEX transfer_number ON transfer (number) WHERE number <> 0;"
    "CREATE INDEX transfer_state ON transfer (state);";

/* What is new in version 4, with the indexes that versions 1 and 2 had and that made each message
 * dearer. Whose a message is stands in a table that is filled when there is nothing else to do. */
static const char schema_of_names[] =
    "CREATE TABLE message_name (name TEXT, id INTEGER, PRIMARY KEY (name, id)) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO message_name SELECT sender, id FROM message WHERE id "
    "<= " STORE_LAST_INDEXED
    " UNION ALL SELECT receiver, id FROM message WHERE id <= " STORE_LAST_INDEXED ";"
    "DROP INDEX IF EXISTS message_origin;"
    "DROP INDEX IF EXISTS message_sender;"
    "DROP INDEX IF EXISTS message_receiver;"
    "PRAGMA user_version = 4;";

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ADD] = "INSERT INTO message (time, sender, receiver, text, origin, state)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SEEN] = "SELECT state FROM message WHERE id = ?1 AND origin = ?2 AND time > ?3",
    [SET_STATE] = "UPDATE message SET state = ?2 WHERE id = ?1",
    [SET_NUMBER] = "UPDATE message SET number = ?2 WHERE id = ?1",
    [LAST_NUMBER] = "SELECT coalesce(max(number), 0) FROM message WHERE number <> 0",
    [REMOVE] = "DELETE FROM message WHERE id = ?1",
    [WAITING] = "SELECT " STORE_COLUMNS " FROM message"
                " WHERE state = 0 AND receiver = ?1 ORDER BY id LIMIT ?2",
    [COUNT_WAITING] = "SELECT count(*) FROM"
                      " (SELECT 1 FROM message WHERE state = 0 AND receiver = ?1 LIMIT ?2)",
    [INDEX_NAMES] =
        "INSERT OR IGNORE INTO message_name WITH fresh AS (SELECT id, sender, receiver FROM message"
        " WHERE id > " STORE_LAST_INDEXED " ORDER BY id LIMIT ?1)"
        " SELECT sender, id FROM fresh UNION ALL SELECT receiver, id FROM fresh",
    [INDEX] = "INSERT INTO message_text (rowid, text) SELECT id, text FROM message"
              " WHERE id > " STORE_LAST_INDEXED " ORDER BY id LIMIT ?1",
    [INDEXED] = "SELECT " STORE_LAST_INDEXED,
    [NEWEST] = "SELECT coalesce(max(id), 0) FROM message",
    [NOTE_USER] = "INSERT OR REPLACE INTO user (name, seen) VALUES (?1, ?2)",
    [KNOWS_USER] = "SELECT 1 FROM user WHERE name = ?1"};

static const char all_waiting[] =
    "SELECT " STORE_COLUMNS " FROM message WHERE state = 0 ORDER BY id LIMIT ?1";

gboolean store_fail(Store *store, GError **error, StoreError code, const char *doing)
{
    g_set_error(error, STORE_ERROR, code, "%s: %s", doing, sqlite3_errmsg(store->database));
    return FALSE;
}

static int pragma(Store *store, const char *query)
{
    sqlite3_stmt *statement = NULL;
    int value = -1;
    if (sqlite3_prepare_v2(store->database, query, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        value = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return value;
}

static int look_at_clock(void *data)
{
    const Store *store = data;
    return store->deadline != 0 && g_get_monotonic_time() > store->deadline;
}

static int wait_for_lock(void *data, int tries)
{
    Store *store = data;
    gint64 now = g_get_monotonic_time();
    store->lock_met = tries == 0 ? now : store->lock_met;
    if (store->locked_out || now - store->lock_met > (gint64)BUSY_MS * 1000) {
        store->locked_out = TRUE;
        return 0;
    }
    g_usleep((gulong)BUSY_STEP_MS * 1000);
    return 1;
}

static gboolean prepare_schema(Store *store, const char *path, GError **error)
{
    int version = pragma(store, "PRAGMA user_version");
    if (version == SCHEMA_VERSION) {
        return TRUE;
    }
    if (version >= 1 && version < SCHEMA_VERSION) {
        g_autofree char *upgrade = g_strconcat("BEGIN;", version == 1 ? schema_of_transfers : "",
                                               schema_of_names, "COMMIT;", NULL);
        return sqlite3_exec(store->database, upgrade, NULL, NULL, NULL) == SQLITE_OK ||
               store_fail(store, error, STORE_ERROR_OPEN, path);
    }
    if (version != 0 || pragma(store, "SELECT count(*) FROM sqlite_master") != 0) {
        if (version == -1) {
            return store_fail(store, error, STORE_ERROR_OPEN, path);
        }
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN,
                    "%s: a database, but not one of this chatd (version %d)", path, version);
        return FALSE;
    }
    g_autofree char *script =
        g_strconcat("BEGIN;", schema, schema_of_transfers, schema_of_names, "COMMIT;", NULL);
    if (sqlite3_exec(store->database, script, NULL, NULL, NULL) != SQLITE_OK) {
        return store_fail(store, error, STORE_ERROR_OPEN, path);
    }
    return TRUE;
}

/* After a restart a duplicate may be of what was stored before it. */
static void note_recent(Store *store)
{
    enum { MOST_NOTED = 500000 };
    sqlite3_stmt *statement = NULL;
    gint64 oldest = g_get_real_time() - 2 * duplicate_window;
    gint64 time = G_MAXINT64;
    store->recent = recent_new(duplicate_window);
    if (sqlite3_prepare_v2(store->database, "SELECT origin, time, id FROM message ORDER BY id DESC",
                           -1, &statement, NULL) == SQLITE_OK) {
        for (int i = 0; i < MOST_NOTED && time > oldest && sqlite3_step(statement) == SQLITE_ROW;
             i++) {
            const char *origin = (const char *)sqlite3_column_text(statement, 0);
            time = sqlite3_column_int64(statement, 1);
            if (origin != NULL && recent_find(store->recent, origin, time) == 0) {
                recent_add(store->recent, origin, time, sqlite3_column_int64(statement, 2));
            }
        }
    }
    sqlite3_finalize(statement);
}

/* SQLite counts the bytes it allocates, under a lock, for nobody here: a tenth of what it takes to
 * store a message. It can be told so before its first use only. */
static void count_no_bytes(void)
{
    static gsize told = 0;
    if (g_once_init_enter(&told)) {
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        g_once_init_leave(&told, 1);
    }
}

Store *store_open(const char *path, GError **error)
{
    count_no_bytes();
    g_autoptr(Store) store = g_new0(Store, 1);
    store->in_memory = path == NULL || *path == '\0';
    const char *name = store->in_memory ? ":memory:" : path;
    if (sqlite3_open_v2(name, &store->database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        store_fail(store, error, STORE_ERROR_OPEN, name);
        return NULL;
    }
    sqlite3_busy_timeout(store->database, BUSY_AT_START_MS);
    if (sqlite3_exec(store->database,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                     " PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-8192;",
                     NULL, NULL, NULL) != SQLITE_OK) {
        store_fail(store, error, STORE_ERROR_OPEN, name);
        return NULL;
    }
    if (!prepare_schema(store, name, error)) {
        return NULL;
    }
    for (int i = 0; i < STATEMENTS; i++) {
        if (sqlite3_prepare_v3(store->database, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK) {
            store_fail(store, error, STORE_ERROR_OPEN, name);
            return NULL;
        }
    }
    store->users = (guint)pragma(store, "SELECT count(*) FROM user");
    note_recent(store);
    store->searches = store->in_memory ? NULL : searches_new(path);
    sqlite3_busy_handler(store->database, wait_for_lock, store);
    sqlite3_progress_handler(store->database, STEPS_BETWEEN_LOOKS, look_at_clock, store);
    return g_steal_pointer(&store);
}

void store_close(Store *store)
{
    if (store == NULL) {
        return;
    }
    g_autoptr(GError) error = NULL;
    searches_free(store->searches);
    if (!store_commit(store, &error)) {
        g_critical("store: %s", error->message);
    }
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(store->statements[i]);
    }
    sqlite3_close(store->database);
    recent_free(store->recent);
    g_free(store);
}

void store_set_schedule(Store *store, void (*schedule)(gpointer data), gpointer data)
{
    store->schedule = schedule;
    store->schedule_data = data;
}

static gboolean execute(Store *store, const char *text)
{
    return sqlite3_exec(store->database, text, NULL, NULL, NULL) == SQLITE_OK;
}

/* BEGIN and COMMIT are as frequent as turns of the main loop, so they are not parsed each time. */
static gboolean execute_prepared(Store *store, Statement which)
{
    sqlite3_stmt *statement = store->statements[which];
    int result = sqlite3_step(statement);
    return sqlite3_reset(statement) == SQLITE_OK && result == SQLITE_DONE;
}

gboolean store_commit(Store *store, GError **error)
{
    if (!store->open) {
        return TRUE;
    }
    store->open = FALSE;
    /* a full disk may have rolled back already */
    gboolean lost = sqlite3_get_autocommit(store->database) != 0;
    if (!lost && execute_prepared(store, COMMIT)) {
        return TRUE;
    }
    store->cautious = TRUE;
    store_fail(store, error, STORE_ERROR_ACCESS, "committing");
    if (!lost) {
        (void)execute(store, "ROLLBACK");
    }
    return FALSE;
}

/* Before a change: open what store_commit will commit. */
void store_begin(Store *store)
{
    if (store->schedule != NULL && !store->open && !store->cautious &&
        execute_prepared(store, BEGIN)) {
        store->open = TRUE;
        store->schedule(store->schedule_data);
    }
}

sqlite3 *store_database(const Store *store)
{
    return store->database;
}

gboolean store_is_in_memory(const Store *store)
{
    return store->in_memory;
}

void store_limit_search(Store *store, gint64 time)
{
    store->deadline = time > 0 ? g_get_monotonic_time() + time : 0;
}

Searches *store_searches(const Store *store)
{
    return store->searches;
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

gboolean store_changed(Store *store, int result, const char *doing, GError **error)
{
    if (result == SQLITE_DONE) {
        store->cautious = store->cautious && store->open;
        store->locked_out = FALSE;
    }
    return result == SQLITE_DONE || store_fail(store, error, STORE_ERROR_ACCESS, doing);
}

/* Run a statement that returns no rows, and make it ready for its next use. */
static gboolean run(Store *store, Statement which, const char *doing, GError **error)
{
    store_begin(store);
    sqlite3_stmt *statement = store->statements[which];
    int result = sqlite3_step(statement);
    gboolean done = store_changed(store, result, doing, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return done;
}

/* Is the message there already, under an id? -1: it cannot be told. */
static int is_seen(Store *store, StoreMessage *message, gint64 id, GError **error)
{
    sqlite3_stmt *statement = store->statements[SEEN];
    sqlite3_bind_int64(statement, 1, id);
    bind_text(statement, 2, message->origin);
    sqlite3_bind_int64(statement, 3, message->time - duplicate_window);
    int result = sqlite3_step(statement);
    int seen = 0;
    if (result == SQLITE_ROW) {
        message->id = id;
        message->state = (StoreState)sqlite3_column_int(statement, 0);
        seen = 1;
    } else if (result != SQLITE_DONE) {
        store_fail(store, error, STORE_ERROR_ACCESS, "looking for a duplicate");
        seen = -1;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return seen;
}

/* Without a file, what is done with is forgotten. */
static gboolean forget_old(Store *store, GError **error)
{
    if (!store->in_memory || ++store->added < FORGET_EVERY) {
        return TRUE;
    }
    store->added = 0;
    g_autofree char *query = g_strdup_printf(
        "DELETE FROM message WHERE state <> 0 AND id <= (SELECT max(id) FROM message) - %d",
        KEPT_IN_MEMORY);
    return execute(store, query) ||
           store_fail(store, error, STORE_ERROR_ACCESS, "forgetting messages");
}

gboolean store_add(Store *store, StoreMessage *message, gboolean *duplicate, GError **error)
{
    gint64 former =
        message->origin == NULL ? 0 : recent_find(store->recent, message->origin, message->time);
    int seen = former == 0 ? 0 : is_seen(store, message, former, error);
    if (duplicate != NULL) {
        *duplicate = seen == 1;
    }
    if (seen != 0) {
        return seen == 1;
    }
    if (store->in_memory && message->origin == NULL && message->state != STORE_WAITING) {
        return TRUE;
    }
    sqlite3_stmt *statement = store->statements[ADD];
    sqlite3_bind_int64(statement, 1, message->time);
    bind_text(statement, 2, message->from);
    bind_text(statement, 3, message->to);
    bind_text(statement, 4, message->text);
    if (message->origin != NULL) {
        bind_text(statement, 5, message->origin);
    }
    sqlite3_bind_int(statement, 6, (int)message->state);
    if (!run(store, ADD, "storing a message", error)) {
        return FALSE;
    }
    message->id = sqlite3_last_insert_rowid(store->database);
    if (message->origin != NULL) {
        recent_add(store->recent, message->origin, message->time, message->id);
    }
    return forget_old(store, error);
}

static sqlite3_stmt *prepare_sealed(Store *store, const char *condition)
{
    sqlite3_stmt *statement = NULL;
    g_autofree char *query = g_strconcat(
        "SELECT id, sender, receiver FROM message WHERE ", condition,
        " AND (origin GLOB '" STORE_SEALED "*' OR origin GLOB '" STORE_LOCKED "*')", NULL);
    return sqlite3_prepare_v2(store->database, query, -1, &statement, NULL) == SQLITE_OK ? statement
                                                                                         : NULL;
}

/* Such a message is kept, since it is still to be said that it was opened. */
static gboolean is_sealed(Store *store, gint64 id)
{
    sqlite3_stmt *statement = prepare_sealed(store, "id = ?1");
    sqlite3_bind_int64(statement, 1, id);
    gboolean sealed = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return sealed;
}

gint64 store_find_sealed(Store *store, guint64 number, char **from, char **to)
{
    sqlite3_stmt *statement = prepare_sealed(store, "number <> 0 AND number = ?1");
    gint64 id = 0;
    sqlite3_bind_int64(statement, 1, (gint64)number);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        id = sqlite3_column_int64(statement, 0);
        *from = g_strdup((const char *)sqlite3_column_text(statement, 1));
        *to = g_strdup((const char *)sqlite3_column_text(statement, 2));
    }
    sqlite3_finalize(statement);
    return id;
}

gboolean store_set_state(Store *store, gint64 id, StoreState state, GError **error)
{
    gboolean removes = store->in_memory && state != STORE_WAITING && !is_sealed(store, id);
    Statement which = removes ? REMOVE : SET_STATE;
    sqlite3_bind_int64(store->statements[which], 1, id);
    if (which == SET_STATE) {
        sqlite3_bind_int(store->statements[which], 2, (int)state);
    }
    return run(store, which, "noting a message's state", error);
}

/* The number that a statement without changes returns. */
static gint64 ask_number(Store *store, Statement which)
{
    sqlite3_stmt *statement = store->statements[which];
    gint64 number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return number;
}

gboolean store_set_number(Store *store, gint64 id, guint64 number, GError **error)
{
    sqlite3_bind_int64(store->statements[SET_NUMBER], 1, id);
    sqlite3_bind_int64(store->statements[SET_NUMBER], 2, (gint64)number);
    return run(store, SET_NUMBER, "noting a message's packet number", error);
}

guint64 store_last_number(Store *store)
{
    return (guint64)ask_number(store, LAST_NUMBER);
}

guint store_count_waiting(Store *store, const char *to, guint limit)
{
    bind_text(store->statements[COUNT_WAITING], 1, to);
    sqlite3_bind_int64(store->statements[COUNT_WAITING], 2, limit);
    return (guint)ask_number(store, COUNT_WAITING);
}

gboolean store_index(Store *store, guint most)
{
    if (ask_number(store, NEWEST) <= ask_number(store, INDEXED)) {
        return FALSE;
    }
    if (store->open) {
        return TRUE; /* if this fails, the messages of the turn are not to fail with it */
    }
    gboolean done = execute(store, "BEGIN");
    for (Statement which = INDEX_NAMES; done && which <= INDEX; which++) {
        sqlite3_bind_int64(store->statements[which], 1, most);
        done = sqlite3_step(store->statements[which]) == SQLITE_DONE;
        sqlite3_reset(store->statements[which]);
    }
    done = done && execute(store, "COMMIT");
    if (!done && !store->index_failed) {
        g_warning("store: preparing messages for searching: %s", sqlite3_errmsg(store->database));
    }
    store->index_failed = !done;
    store->locked_out = store->locked_out && !done;
    if (!done && sqlite3_get_autocommit(store->database) == 0) {
        (void)execute(store, "ROLLBACK");
    }
    return done;
}

gboolean store_note_user(Store *store, const char *name, GError **error)
{
    if (!store_knows_user(store, name) && ++store->users > MOST_USERS) {
        g_autofree char *query = g_strdup_printf("DELETE FROM user WHERE name IN"
                                                 " (SELECT name FROM user ORDER BY seen LIMIT %d)",
                                                 FORGET_USERS);
        if (!execute(store, query)) {
            return store_fail(store, error, STORE_ERROR_ACCESS, "forgetting users");
        }
        store->users -= (guint)sqlite3_changes(store->database);
    }
    bind_text(store->statements[NOTE_USER], 1, name);
    sqlite3_bind_int64(store->statements[NOTE_USER], 2, g_get_real_time());
    return run(store, NOTE_USER, "noting a user", error);
}

gboolean store_knows_user(Store *store, const char *name)
{
    bind_text(store->statements[KNOWS_USER], 1, name);
    return ask_number(store, KNOWS_USER) == 1;
}

/* The visitor may change the database, so the rows are read before the first is handed over. */
gboolean store_visit(Store *store, sqlite3_stmt *statement, StoreVisitor *visitor, gpointer data,
                     GError **error)
{
    SearchRows rows = {0};
    int result = search_rows_read(&rows, statement);
    gboolean done = result == SQLITE_DONE;
    if (result == SQLITE_INTERRUPT) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_QUERY,
                    "the search takes too long; more or longer words make it faster");
    } else if (!done) {
        store_fail(store, error, STORE_ERROR_ACCESS, "reading messages");
    }
    sqlite3_reset(statement);
    if (done) {
        search_rows_visit(&rows, visitor, data);
    }
    search_rows_clear(&rows);
    return done;
}

gboolean store_waiting(Store *store, const char *to, guint limit, StoreVisitor *visitor,
                       gpointer data, GError **error)
{
    if (to != NULL) {
        sqlite3_stmt *statement = store->statements[WAITING];
        bind_text(statement, 1, to);
        sqlite3_bind_int64(statement, 2, limit);
        gboolean done = store_visit(store, statement, visitor, data, error);
        sqlite3_clear_bindings(statement);
        return done;
    }
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->database, all_waiting, -1, &statement, NULL) != SQLITE_OK) {
        return store_fail(store, error, STORE_ERROR_ACCESS, "reading messages");
    }
    sqlite3_bind_int64(statement, 1, limit);
    gboolean done = store_visit(store, statement, visitor, data, error);
    sqlite3_finalize(statement);
    return done;
}
