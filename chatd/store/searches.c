/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/store/searches.h"

enum {
    MOST_WAITING = 8,
    STEPS_BETWEEN_LOOKS = 10000 /* of SQLite's machine, between two looks at the clock */
};

static const gint64 patience = 5 * G_USEC_PER_SEC;

typedef struct {
    Searches *searches;
    char *sql;
    StoreVisitor *visitor;
    StoreSearched *ended;
    gpointer data;
    SearchRows rows;
    GError *error;
    gint64 deadline; /* monotonic, µs */
} Search;

struct Searches {
    char *path;
    GQueue waiting; /* of Search; the first of them may run */
    GThread *thread;
    guint starting; /* source that starts the thread */
    gint cancelled; /* atomic */
};

/* --- rows --- */

int search_rows_read(SearchRows *rows, sqlite3_stmt *statement)
{
    int result;
    rows->messages = g_array_new(FALSE, FALSE, sizeof(StoreMessage));
    rows->strings = g_ptr_array_new_with_free_func(g_free);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        char *text[4];
        for (int i = 0; i < 4; i++) {
            text[i] = g_strdup((const char *)sqlite3_column_text(statement, 2 + i));
            g_ptr_array_add(rows->strings, text[i]);
        }
        StoreMessage message = {.id = sqlite3_column_int64(statement, 0),
                                .time = sqlite3_column_int64(statement, 1),
                                .from = text[0],
                                .to = text[1],
                                .text = text[2],
                                .origin = text[3],
                                .state = (StoreState)sqlite3_column_int(statement, 6),
                                .number = (guint64)sqlite3_column_int64(statement, 7)};
        g_array_append_val(rows->messages, message);
    }
    return result;
}

void search_rows_visit(const SearchRows *rows, StoreVisitor *visitor, gpointer data)
{
    for (guint i = 0; i < rows->messages->len; i++) {
        if (!visitor(&g_array_index(rows->messages, StoreMessage, i), data)) {
            break;
        }
    }
}

void search_rows_clear(SearchRows *rows)
{
    g_clear_pointer(&rows->messages, g_array_unref);
    g_clear_pointer(&rows->strings, g_ptr_array_unref);
}

/* --- the thread --- */

static int look_at_clock(void *data)
{
    const Search *search = data;
    return g_atomic_int_get(&search->searches->cancelled) != 0 ||
           g_get_monotonic_time() > search->deadline;
}

static void run(Search *search)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_open_v2(search->searches->path, &database,
                                 SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    search->deadline = g_get_monotonic_time() + patience;
    if (result == SQLITE_OK) {
        sqlite3_busy_timeout(database, 1000);
        sqlite3_progress_handler(database, STEPS_BETWEEN_LOOKS, look_at_clock, search);
        result = sqlite3_prepare_v2(database, search->sql, -1, &statement, NULL);
    }
    if (result == SQLITE_OK) {
        result = search_rows_read(&search->rows, statement);
    }
    if (result == SQLITE_INTERRUPT) {
        g_set_error(&search->error, STORE_ERROR, STORE_ERROR_QUERY,
                    "the search takes too long; more or longer words make it faster");
    } else if (result != SQLITE_DONE) {
        g_set_error(&search->error, STORE_ERROR, STORE_ERROR_ACCESS, "searching: %s",
                    sqlite3_errmsg(database));
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

static void start(Searches *searches);

static void end(Search *search)
{
    if (search->error == NULL) {
        search_rows_visit(&search->rows, search->visitor, search->data);
    }
    search->ended(search->error, search->data);
    g_clear_error(&search->error);
    search_rows_clear(&search->rows);
    g_free(search->sql);
    g_free(search);
}

static gboolean thread_ended(gpointer data)
{
    Searches *searches = data;
    g_thread_join(g_steal_pointer(&searches->thread));
    end(g_queue_pop_head(&searches->waiting));
    start(searches);
    return G_SOURCE_REMOVE;
}

static gpointer run_in_thread(gpointer data)
{
    Search *search = data;
    run(search);
    g_idle_add_full(G_PRIORITY_DEFAULT, thread_ended, search->searches, NULL);
    return NULL;
}

static gboolean start_thread(gpointer data)
{
    Searches *searches = data;
    searches->starting = 0;
    searches->thread = g_thread_new("search", run_in_thread, g_queue_peek_head(&searches->waiting));
    return G_SOURCE_REMOVE;
}

static void start(Searches *searches)
{
    if (searches->thread == NULL && searches->starting == 0 && searches->waiting.length > 0) {
        searches->starting = g_idle_add_full(G_PRIORITY_DEFAULT, start_thread, searches, NULL);
    }
}

/* --- for the store --- */

Searches *searches_new(const char *path)
{
    Searches *searches = g_new0(Searches, 1);
    searches->path = g_strdup(path);
    g_queue_init(&searches->waiting);
    return searches;
}

void searches_free(Searches *searches)
{
    if (searches == NULL) {
        return;
    }
    g_atomic_int_set(&searches->cancelled, 1);
    g_clear_handle_id(&searches->starting, g_source_remove);
    if (searches->thread != NULL) {
        g_thread_join(searches->thread);
        (void)g_idle_remove_by_data(searches);
    }
    for (Search *search; (search = g_queue_pop_head(&searches->waiting)) != NULL;) {
        if (search->error == NULL && search->rows.messages == NULL) {
            g_set_error(&search->error, STORE_ERROR, STORE_ERROR_ACCESS, "the daemon ends");
        }
        end(search);
    }
    g_free(searches->path);
    g_free(searches);
}

gboolean searches_add(Searches *searches, const char *sql, StoreVisitor *visitor,
                      StoreSearched *ended, gpointer data, GError **error)
{
    if (searches->waiting.length >= MOST_WAITING) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                    "too many long searches at once; try again");
        return FALSE;
    }
    Search *search = g_new0(Search, 1);
    *search = (Search){.searches = searches,
                       .sql = g_strdup(sql),
                       .visitor = visitor,
                       .ended = ended,
                       .data = data};
    g_queue_push_tail(&searches->waiting, search);
    start(searches);
    return TRUE;
}
