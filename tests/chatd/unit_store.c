/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The store: duplicates, waiting messages, searching, and what a commit is worth when the process
 * is killed.
 */
#include "chatd/store/private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *folder;
    char *path;
    Store *store;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("storeXXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->folder, "chatd.db", NULL);
    fixture->store = store_open(fixture->path, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    store_close(fixture->store);
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *file = g_strconcat(fixture->path, suffixes[i], NULL);
        (void)g_unlink(file);
    }
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
    g_free(fixture->path);
    g_free(fixture->folder);
}

static gint64 add(Store *store, const char *from, const char *to, const char *text,
                  StoreState state)
{
    g_autoptr(GError) error = NULL;
    StoreMessage message = {
        .time = g_get_real_time(), .from = from, .to = to, .text = text, .state = state};
    g_assert_true(store_add(store, &message, NULL, &error));
    g_assert_no_error(error);
    return message.id;
}

static gboolean collect(const StoreMessage *message, gpointer data)
{
    GString *texts = data;
    g_string_append_printf(texts, "%s|", message->text);
    return TRUE;
}

static char *find(Store *store, const char *viewer, const char *peer, const char *words)
{
    GString *texts = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    StoreQuery query = {.viewer = viewer, .peer = peer, .words = words, .limit = 100};
    g_assert_true(store_history(store, &query, collect, texts, &error));
    g_assert_no_error(error);
    return g_string_free(texts, FALSE);
}

#define assert_finds(store, viewer, peer, words, expected)                                         \
    do {                                                                                           \
        g_autofree char *found = find(store, viewer, peer, words);                                 \
        g_assert_cmpstr(found, ==, expected);                                                      \
    } while (0)

static void test_search(Fixture *fixture, gconstpointer data)
{
    (void)data;
    Store *store = fixture->store;
    add(store, "alice", "bob", "飞秋是局域网聊天工具", STORE_DELIVERED);
    add(store, "bob", "alice", "Hello World, 100% \"quoted\"", STORE_DELIVERED);
    add(store, "carol", "*", "大家好 hello", STORE_DELIVERED);
    add(store, "carol", "dave", "secret_word", STORE_DELIVERED);
    add(store, "carol", "dave", "「引号」，句号。😀 a#b", STORE_DELIVERED);
    g_autofree char *all = find(store, NULL, NULL, NULL);
    for (int round = 0; round < 2; round++) {
        assert_finds(store, NULL, NULL, "局域网", "飞秋是局域网聊天工具|");
        assert_finds(store, NULL, NULL, "聊天", "飞秋是局域网聊天工具|");
        assert_finds(store, NULL, NULL, "飞", "飞秋是局域网聊天工具|");
        assert_finds(store, NULL, NULL, "HELLO", "Hello World, 100% \"quoted\"|大家好 hello|");
        assert_finds(store, NULL, NULL, "hello 大家", "大家好 hello|");
        assert_finds(store, NULL, NULL, "0%", "Hello World, 100% \"quoted\"|");
        assert_finds(store, NULL, NULL, "\"quoted\"", "Hello World, 100% \"quoted\"|");
        assert_finds(store, NULL, NULL, "t_w", "secret_word|");
        assert_finds(store, NULL, NULL, "txw", "");
        assert_finds(store, NULL, NULL, "OR AND (", "");
        assert_finds(store, NULL, NULL, "局域网\u3000聊天", "飞秋是局域网聊天工具|");
        assert_finds(store, NULL, NULL, "\u3000飞秋\u3000工\u3000", "飞秋是局域网聊天工具|");
        assert_finds(store, NULL, NULL, "工具飞秋", "");
        assert_finds(store, NULL, NULL, "好 h", "大家好 hello|");
        assert_finds(store, NULL, NULL, "d\"", "Hello World, 100% \"quoted\"|");
        assert_finds(store, NULL, NULL, "d, 100% \"q", "Hello World, 100% \"quoted\"|");
        assert_finds(store, NULL, NULL, "\"\"\"", "");
        assert_finds(store, NULL, NULL, "'; DROP TABLE message; --", "");
        assert_finds(store, NULL, NULL, "text:hel*", "");
        assert_finds(store, NULL, NULL, "😀", "「引号」，句号。😀 a#b|");
        assert_finds(store, NULL, NULL, "」，", "「引号」，句号。😀 a#b|");
        assert_finds(store, NULL, NULL, "，句号。", "「引号」，句号。😀 a#b|");
        assert_finds(store, NULL, NULL, "a#b", "「引号」，句号。😀 a#b|");
        assert_finds(store, NULL, NULL, " \t\u3000", all);
        assert_finds(store, "alice", NULL, NULL,
                     "飞秋是局域网聊天工具|Hello World, 100% \"quoted\"|大家好 hello|");
        assert_finds(store, "alice", "carol", NULL, "大家好 hello|");
        assert_finds(store, "alice", NULL, "secret", "");
        while (store_index(store, 1)) {
        }
    }
    /* added after the index was made: found all the same */
    add(store, "eve", "alice", "局域网又来了", STORE_DELIVERED);
    assert_finds(store, NULL, NULL, "局域网", "飞秋是局域网聊天工具|局域网又来了|");
}

/* Whose messages are found, and in which order, does not depend on how far the index is. */
static void test_history_by_name(Fixture *fixture, gconstpointer data)
{
    (void)data;
    enum { MESSAGES = 300, NAMES = 5 };
    static const char *const names[NAMES] = {"alice", "bob", "*", "carol", "a group"};
    static const char *const groups[] = {"a group", NULL};
    Store *store = fixture->store;
    for (int i = 0; i < MESSAGES; i++) {
        g_autofree char *text = g_strdup_printf("%d %s", i, i % 7 == 0 ? "七" : "x");
        const char *from = names[i * 31 % 11 % 2 == 0 ? i % 2 : 3];
        (void)add(store, from, names[i * 17 % 13 % NAMES], text, STORE_DELIVERED);
    }
    for (int round = 0; round < 3; round++) {
        for (int each = 0; each < 2 * 2 * 4 * 2; each++) {
            StoreQuery query = {.viewer = each % 2 == 0 ? NULL : "alice",
                                .groups = each / 2 % 2 == 0 ? NULL : groups,
                                .peer = each / 4 % 4 == 3 ? NULL : names[each / 4 % 4],
                                .words = each / 16 == 0 ? NULL : "七",
                                .limit = 20};
            if (query.words != NULL && round < 2) {
                continue; /* a search makes the index longer */
            }
            g_autoptr(GString) found = g_string_new(NULL);
            g_autoptr(GString) expected = g_string_new(NULL);
            g_autoptr(GError) error = NULL;
            g_assert_true(store_history(store, &query, collect, found, &error));
            guint count = 0;
            for (int i = MESSAGES - 1; i >= 0 && count < query.limit; i--) {
                const char *from = names[i * 31 % 11 % 2 == 0 ? i % 2 : 3];
                const char *to = names[i * 17 % 13 % NAMES];
                gboolean is_seen = query.viewer == NULL || strcmp(from, "alice") == 0 ||
                                   strcmp(to, "alice") == 0 || strcmp(to, "*") == 0 ||
                                   (query.groups != NULL && strcmp(to, "a group") == 0);
                gboolean is_peers = query.peer == NULL || strcmp(from, query.peer) == 0 ||
                                    strcmp(to, query.peer) == 0;
                if (is_seen && is_peers && (query.words == NULL || i % 7 == 0)) {
                    g_autofree char *text = g_strdup_printf("%d %s|", i, i % 7 == 0 ? "七" : "x");
                    g_string_prepend(expected, text);
                    count++;
                }
            }
            g_assert_cmpstr(found->str, ==, expected->str);
        }
        (void)store_index(store, round == 0 ? MESSAGES / 2 : MESSAGES);
    }
}

static void test_bad_words(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    StoreQuery query = {.words = "\xff\xfe", .limit = 1};
    g_assert_false(store_history(fixture->store, &query, collect, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_QUERY);
    g_clear_error(&error);
    query.words = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
    g_assert_false(store_history(fixture->store, &query, collect, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_QUERY);
}

static void test_duplicates(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    gboolean duplicate = FALSE;
    StoreMessage first = {
        .time = 1000, .from = "a", .to = "b", .text = "x", .origin = "10.0.0.1/7"};
    StoreMessage second = first;
    StoreMessage later = first;
    later.time += 61 * G_USEC_PER_SEC;
    g_assert_true(store_add(fixture->store, &first, &duplicate, &error));
    g_assert_false(duplicate);
    g_assert_true(store_add(fixture->store, &second, &duplicate, &error));
    g_assert_true(duplicate);
    g_assert_cmpint(second.id, ==, first.id);
    g_assert_true(store_add(fixture->store, &later, &duplicate, &error));
    g_assert_false(duplicate);
    assert_finds(fixture->store, NULL, NULL, NULL, "x|x|");
}

static void test_duplicates_after_a_restart(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    gboolean duplicate = FALSE;
    gint64 id = 0;
    for (int i = 0; i < 3; i++) {
        StoreMessage message = {.time = g_get_real_time(),
                                .from = "a",
                                .to = "b",
                                .text = "x",
                                .origin = "192.0.2.1/7",
                                .state = STORE_DELIVERED};
        g_assert_true(store_add(fixture->store, &message, &duplicate, &error));
        g_assert_cmpint(duplicate, ==, i > 0);
        g_assert_true(i == 0 || message.id == id);
        id = message.id;
        store_close(fixture->store);
        fixture->store = store_open(fixture->path, &error);
        g_assert_no_error(error);
    }
}

static void ignore(gpointer data)
{
    (void)data;
}

/* What was not committed is not a duplicate when it comes again, else it would be lost. */
static void test_no_duplicate_of_what_was_lost(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    gboolean duplicate = TRUE;
    StoreMessage message = {
        .time = 1000, .from = "a", .to = "b", .text = "x", .origin = "192.0.2.1/7"};
    store_set_schedule(fixture->store, ignore, NULL);
    g_assert_true(store_add(fixture->store, &message, &duplicate, &error));
    g_assert_cmpint(sqlite3_exec(store_database(fixture->store), "ROLLBACK", NULL, NULL, NULL), ==,
                    SQLITE_OK);
    g_assert_false(store_commit(fixture->store, &error));
    g_clear_error(&error);
    assert_finds(fixture->store, NULL, NULL, NULL, "");
    g_assert_true(store_add(fixture->store, &message, &duplicate, &error));
    g_assert_false(duplicate);
    g_assert_true(store_commit(fixture->store, &error));
    assert_finds(fixture->store, NULL, NULL, NULL, "x|");
}

static void count_rows(Store *store, const char *query, int expected)
{
    sqlite3_stmt *statement = NULL;
    g_assert_cmpint(sqlite3_prepare_v2(store_database(store), query, -1, &statement, NULL), ==,
                    SQLITE_OK);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    g_assert_cmpint(sqlite3_column_int(statement, 0), ==, expected);
    sqlite3_finalize(statement);
}

/* A database of version 2 is taken over with what is in it. */
static void test_upgrade(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    (void)add(fixture->store, "a", "b", "old", STORE_DELIVERED);
    while (store_index(fixture->store, 1)) {
    }
    g_assert_cmpint(sqlite3_exec(store_database(fixture->store),
                                 "DROP TABLE message_name;"
                                 "CREATE INDEX message_sender ON message (sender, id);"
                                 "CREATE INDEX message_receiver ON message (receiver, id);"
                                 "PRAGMA user_version = 2",
                                 NULL, NULL, NULL),
                    ==, SQLITE_OK);
    store_close(fixture->store);
    fixture->store = store_open(fixture->path, &error);
    g_assert_no_error(error);
    assert_finds(fixture->store, NULL, NULL, NULL, "old|");
    count_rows(fixture->store, "PRAGMA user_version", 4);
    count_rows(fixture->store, "SELECT count(*) FROM message_name", 2);
    count_rows(fixture->store,
               "SELECT count(*) FROM sqlite_master WHERE name IN ('message_sender',"
               " 'message_receiver', 'message_origin')",
               0);
}

static void test_waiting(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GString) texts = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Store *store = fixture->store;
    gint64 first = add(store, "a", "b", "1", STORE_WAITING);
    add(store, "a", "b", "2", STORE_WAITING);
    add(store, "a", "c", "3", STORE_WAITING);
    add(store, "a", "b", "4", STORE_DELIVERED);
    g_assert_cmpuint(store_count_waiting(store, "b", 10), ==, 2);
    g_assert_cmpuint(store_count_waiting(store, "b", 1), ==, 1);
    g_assert_true(store_set_state(store, first, STORE_DELIVERED, &error));
    g_assert_true(store_waiting(store, "b", 10, collect, texts, &error));
    g_assert_cmpstr(texts->str, ==, "2|");
    g_assert_true(store_waiting(store, NULL, 10, collect, texts, &error));
    g_assert_cmpstr(texts->str, ==, "2|2|3|");
}

static void test_users(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_assert_false(store_knows_user(fixture->store, "张三"));
    g_assert_true(store_note_user(fixture->store, "张三", NULL));
    g_assert_true(store_knows_user(fixture->store, "张三"));
}

static void schedule(gpointer data)
{
    guint *times = data;
    ++*times;
}

static void test_one_commit_for_many(Fixture *fixture, gconstpointer data)
{
    (void)data;
    guint scheduled = 0;
    g_autoptr(GError) error = NULL;
    store_set_schedule(fixture->store, schedule, &scheduled);
    add(fixture->store, "a", "b", "1", STORE_WAITING);
    add(fixture->store, "a", "b", "2", STORE_WAITING);
    g_assert_cmpuint(scheduled, ==, 1);
    g_autoptr(Store) other = store_open(fixture->path, &error);
    g_assert_no_error(error);
    assert_finds(other, NULL, NULL, NULL, "");
    g_assert_true(store_commit(fixture->store, &error));
    assert_finds(other, NULL, NULL, NULL, "1|2|");
    add(fixture->store, "a", "b", "3", STORE_WAITING);
    g_assert_cmpuint(scheduled, ==, 2);
}

/* A child commits messages and says after each commit how many there are; it is killed in the
 * middle. All that it said is there, once. */
static void test_kill(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_clear_pointer(&fixture->store, store_close);
    guint promised = 0;
    for (int round = 0; round < 5; round++) {
        int ends[2];
        g_assert_cmpint(pipe(ends), ==, 0);
        pid_t child = fork();
        if (child == 0) {
            Store *store = store_open(fixture->path, NULL);
            guint scheduled = 0;
            store_set_schedule(store, schedule, &scheduled);
            for (guint number = promised;;) {
                for (int i = 0; i < 7; i++) {
                    g_autofree char *text = g_strdup_printf("%u", number++);
                    add(store, "a", "b", text, STORE_DELIVERED);
                }
                if (!store_commit(store, NULL) ||
                    write(ends[1], &number, sizeof number) != sizeof number) {
                    _exit(1);
                }
            }
        }
        close(ends[1]);
        guint stop_at = promised + 70 + (guint)round * 35;
        while (promised < stop_at) {
            g_assert_cmpint(read(ends[0], &promised, sizeof promised), ==, sizeof promised);
        }
        kill(child, SIGKILL);
        guint last;
        while (read(ends[0], &last, sizeof last) == sizeof last) {
            promised = last;
        }
        close(ends[0]);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        g_autoptr(GError) error = NULL;
        Store *store = store_open(fixture->path, &error);
        g_assert_no_error(error);
        g_autoptr(GString) texts = g_string_new(NULL);
        StoreQuery query = {.limit = 1000000};
        g_assert_true(store_history(store, &query, collect, texts, &error));
        g_auto(GStrv) list = g_strsplit(texts->str, "|", -1);
        guint count = g_strv_length(list) - 1;
        g_assert_cmpuint(count, >=, promised);
        for (guint i = 0; i < count; i++) {
            g_assert_cmpuint((guint)g_ascii_strtoull(list[i], NULL, 10), ==, i);
        }
        promised = count; /* a commit that could not be told any more counts, too */
        store_close(store);
    }
}

static void test_foreign(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&fixture->store, store_close);
    g_assert_true(g_file_set_contents(fixture->path, "this is no database, not at all.", -1, NULL));
    g_assert_null(store_open(fixture->path, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_OPEN);
    g_assert_nonnull(strstr(error->message, fixture->path));
}

static void test_memory(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(add(store, "a", "b", "gone", STORE_DELIVERED), ==, 0);
    gint64 id = add(store, "a", "b", "kept", STORE_WAITING);
    assert_finds(store, NULL, NULL, NULL, "kept|");
    g_assert_true(store_set_state(store, id, STORE_DELIVERED, &error));
    assert_finds(store, NULL, NULL, NULL, "");
}

#define ADD(name) g_test_add("/store/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(search);
    ADD(history_by_name);
    ADD(bad_words);
    ADD(duplicates);
    ADD(duplicates_after_a_restart);
    ADD(no_duplicate_of_what_was_lost);
    ADD(upgrade);
    ADD(waiting);
    ADD(users);
    ADD(one_commit_for_many);
    ADD(kill);
    ADD(foreign);
    g_test_add_func("/store/memory", test_memory);
    return g_test_run();
}
