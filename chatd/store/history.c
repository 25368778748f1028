/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The search index splits text into runs of three characters (FTS5's trigram), which serves
 * Chinese as well as English; words of one or two characters are looked for by LIKE, and so are all
 * words in messages that are not in the index yet.
 *
 * Whose a message is stands in a table of names that is filled together with the index. Messages
 * behind its end are looked at one by one.
 */
#include "chatd/store/private.h"

#include <string.h>

enum {
    INDEX_BEFORE_SEARCH = 2000, /* messages */
    MOST_WORDS = 20             /* of a search */
};

/* A search holds up everything else; with a file, what takes longer goes on in a thread. */
static const gint64 search_time = 200 * 1000;
static const gint64 time_at_once = 20 * 1000;

/* A pattern of LIKE for texts that hold a word. */
static char *make_pattern(const char *word)
{
    GString *pattern = g_string_new(word);
    g_string_replace(pattern, "\\", "\\\\", 0);
    g_string_replace(pattern, "%", "\\%", 0);
    g_string_replace(pattern, "_", "\\_", 0);
    g_string_prepend_c(pattern, '%');
    g_string_append_c(pattern, '%');
    return g_string_free(pattern, FALSE);
}

/* What stands between blanks, the wide ones of Chinese, too. */
static char **split_words(const char *words)
{
    GString *text = g_string_new(NULL);
    for (const char *at = words; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(text, g_unichar_isspace(c) ? ' ' : c);
    }
    char **list = g_strsplit(text->str, " ", -1);
    g_string_free(text, TRUE);
    return list;
}

/* A condition for the words: "a" "b" for the index, patterns for LIKE, which are to be bound from
 * parameter 5 on. */
static char *make_condition(const char *words, GString *match, GPtrArray *patterns)
{
    g_autoptr(GString) indexed = g_string_new(NULL);
    g_autoptr(GString) short_words = g_string_new(NULL);
    g_auto(GStrv) list = split_words(words);
    for (size_t i = 0; list[i] != NULL; i++) {
        if (*list[i] == '\0') {
            continue;
        }
        gboolean is_short = g_utf8_strlen(list[i], -1) < 3;
        g_string_append_printf(is_short ? short_words : indexed, " AND text LIKE ?%u ESCAPE '\\'",
                               5 + patterns->len);
        g_ptr_array_add(patterns, make_pattern(list[i]));
        if (!is_short) {
            g_autoptr(GString) quoted = g_string_new(list[i]);
            g_string_replace(quoted, "\"", "\"\"", 0);
            g_string_append_printf(match, "%s\"%s\"", match->len == 0 ? "" : " ", quoted->str);
        }
    }
    if (match->len == 0) {
        return g_strdup(short_words->str);
    }
    return g_strdup_printf(
        " AND (id IN (SELECT rowid FROM message_text WHERE message_text MATCH ?4)"
        " OR (id > " STORE_LAST_INDEXED "%s))%s",
        indexed->str, short_words->str);
}

/* "'*', 'a group', …": whom messages are for that everybody may see. */
static char *list_everybody(const char *const *groups)
{
    GString *list = g_string_new("'*'");
    for (gsize i = 0; groups != NULL && groups[i] != NULL; i++) {
        char *quoted = sqlite3_mprintf("%Q", groups[i]);
        g_string_append_printf(list, ", %s", quoted == NULL ? "'*'" : quoted);
        sqlite3_free(quoted);
    }
    return g_string_free(list, FALSE);
}

/* The newest (?3) of those messages under a name in the table of names that fulfil a condition. */
static void add_named(GString *ids, const char *name, const char *condition)
{
    g_string_append_printf(ids,
                           " UNION ALL SELECT * FROM (SELECT message.id FROM message_name"
                           " CROSS JOIN message ON message.id = message_name.id"
                           " WHERE message_name.name = %s AND %s"
                           " ORDER BY message_name.id DESC LIMIT ?3)",
                           name, condition);
}

/* The ids of at least the newest messages that are asked for: of those behind the end of the index,
 * and of those that stand under one of the names. */
static char *select_ids(const StoreQuery *wanted, const char *condition)
{
    GString *ids = g_string_new(NULL);
    g_string_append_printf(ids,
                           "SELECT * FROM (SELECT id FROM message WHERE id > " STORE_LAST_INDEXED
                           " AND %s ORDER BY id DESC LIMIT ?3)",
                           condition);
    if (wanted->peer != NULL) {
        add_named(ids, "?2", condition);
        return g_string_free(ids, FALSE);
    }
    add_named(ids, "?1", condition);
    add_named(ids, "'*'", condition);
    for (gsize i = 0; wanted->groups != NULL && wanted->groups[i] != NULL; i++) {
        char *quoted = sqlite3_mprintf("%Q", wanted->groups[i]);
        if (quoted != NULL) {
            add_named(ids, quoted, condition);
        }
        sqlite3_free(quoted);
    }
    return g_string_free(ids, FALSE);
}

/* The whole query. Parameters: 1 the viewer, 2 the peer, 3 the limit, those of `words` from 4 on.
 */
static char *make_query(const Store *store, const StoreQuery *wanted, const char *words,
                        gboolean has_match)
{
    gboolean by_name = wanted->viewer != NULL || wanted->peer != NULL;
    g_autofree char *everybody = list_everybody(wanted->groups);
    g_autofree char *condition =
        g_strdup_printf("(?1 IS NULL OR sender = ?1 OR receiver = ?1 OR receiver IN (%s))"
                        " AND (?2 IS NULL OR sender = ?2 OR receiver = ?2)%s",
                        everybody, words == NULL ? "" : words);
    g_autofree char *ids =
        store_is_in_memory(store) || has_match || !by_name ? NULL : select_ids(wanted, condition);
    return g_strdup_printf("SELECT * FROM (SELECT " STORE_COLUMNS " FROM message WHERE %s%s%s"
                           " ORDER BY id DESC LIMIT ?3) ORDER BY id",
                           ids == NULL ? condition : "id IN (", ids == NULL ? "" : ids,
                           ids == NULL ? "" : ")");
}

/* The statement that finds what a query asks for; NULL with an error. */
static sqlite3_stmt *prepare_query(Store *store, const StoreQuery *wanted, GError **error)
{
    g_autoptr(GString) match = g_string_new(NULL);
    g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *condition = NULL;
    if (wanted->words != NULL) {
        if (!g_utf8_validate(wanted->words, -1, NULL)) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_QUERY, "the words are not valid UTF-8");
            return NULL;
        }
        (void)store_index(store, INDEX_BEFORE_SEARCH);
        condition = make_condition(wanted->words, match, patterns);
        if (patterns->len > MOST_WORDS) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_QUERY, "more than %d words", MOST_WORDS);
            return NULL;
        }
    }
    g_autofree char *query = make_query(store, wanted, condition, match->len > 0);
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store_database(store), query, -1, &statement, NULL) != SQLITE_OK) {
        store_fail(store, error, STORE_ERROR_QUERY, "searching");
        return NULL;
    }
    if (wanted->viewer != NULL) {
        (void)sqlite3_bind_text(statement, 1, wanted->viewer, -1, SQLITE_STATIC);
    }
    if (wanted->peer != NULL) {
        (void)sqlite3_bind_text(statement, 2, wanted->peer, -1, SQLITE_STATIC);
    }
    sqlite3_bind_int64(statement, 3, wanted->limit);
    if (match->len > 0) {
        (void)sqlite3_bind_text(statement, 4, match->str, -1, SQLITE_TRANSIENT);
    }
    for (guint i = 0; i < patterns->len; i++) {
        (void)sqlite3_bind_text(statement, 5 + (int)i, g_ptr_array_index(patterns, i), -1,
                                SQLITE_TRANSIENT);
    }
    return statement;
}

static gboolean run_query(Store *store, sqlite3_stmt *statement, gint64 time, StoreVisitor *visitor,
                          gpointer data, GError **error)
{
    store_limit_search(store, time);
    gboolean done = store_visit(store, statement, visitor, data, error);
    store_limit_search(store, 0);
    return done;
}

gboolean store_history(Store *store, const StoreQuery *wanted, StoreVisitor *visitor, gpointer data,
                       GError **error)
{
    sqlite3_stmt *statement = prepare_query(store, wanted, error);
    gboolean done =
        statement != NULL && run_query(store, statement, search_time, visitor, data, error);
    sqlite3_finalize(statement);
    return done;
}

gboolean store_search(Store *store, const StoreQuery *wanted, StoreVisitor *visitor,
                      StoreSearched *ended, gpointer data)
{
    g_autoptr(GError) error = NULL;
    Searches *searches = store_searches(store);
    gint64 time = searches == NULL ? search_time : time_at_once;
    sqlite3_stmt *statement = prepare_query(store, wanted, &error);
    gboolean done = statement != NULL && run_query(store, statement, time, visitor, data, &error);
    gboolean later = FALSE;
    if (statement != NULL && !done && searches != NULL &&
        g_error_matches(error, STORE_ERROR, STORE_ERROR_QUERY)) {
        char *text = sqlite3_expanded_sql(statement);
        g_clear_error(&error);
        later = searches_add(searches, text, visitor, ended, data, &error);
        sqlite3_free(text);
    }
    sqlite3_finalize(statement);
    if (!later) {
        ended(error, data);
    }
    return !later;
}
