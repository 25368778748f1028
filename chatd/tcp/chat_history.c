/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/chat_history.h"

#include <string.h>

enum { DEFAULT_LINES = 20, MOST_LINES = 1000, ROOM = 60000 };

/* Text in one field of a line: no tab, no line end. */
static char *escape(const char *text)
{
    GString *escaped = g_string_new(text);
    g_string_replace(escaped, "\\", "\\\\", 0);
    g_string_replace(escaped, "\n", "\\n", 0);
    g_string_replace(escaped, "\r", "\\r", 0);
    g_string_replace(escaped, "\t", "\\t", 0);
    return g_string_free(escaped, FALSE);
}

/* Who asked, and what was found so far. */
typedef struct {
    Connection *connection;
    guint32 code;
    GPtrArray *lines;
    gboolean held; /* the answer comes later */
} Asking;

static gboolean add_line(const StoreMessage *message, gpointer data)
{
    const Asking *asking = data;
    static const char *const states[] = {"waiting", "delivered", "rejected"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(message->time / G_USEC_PER_SEC);
    g_autofree char *date = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *text = escape(message->text);
    g_ptr_array_add(asking->lines,
                    g_strdup_printf("%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s\t%s", message->id, date,
                                    states[message->state], message->from, message->to, text));
    return TRUE;
}

/* The names in NUMBER:NAME. */
static GPtrArray *names_of(char *const *groups)
{
    GPtrArray *names = g_ptr_array_new();
    for (gsize i = 0; groups != NULL && groups[i] != NULL; i++) {
        char *colon = strchr(groups[i], ':');
        if (colon != NULL) {
            g_ptr_array_add(names, colon + 1);
        }
    }
    g_ptr_array_add(names, NULL);
    return names;
}

/* Of more than a message can carry, the newest. */
static char *join(const GPtrArray *lines)
{
    guint first = lines->len;
    gsize room = ROOM;
    while (first > 0) {
        gsize length = strlen(g_ptr_array_index(lines, first - 1)) + 1;
        if (length > room) {
            break;
        }
        room -= length;
        first--;
    }
    GString *text = g_string_new(NULL);
    for (guint i = first; i < lines->len; i++) {
        g_string_append_printf(text, "%s%s", i == first ? "" : "\n",
                               (const char *)g_ptr_array_index(lines, i));
    }
    return g_string_free(text, FALSE);
}

static void answer(const GError *error, gpointer data)
{
    Asking *asking = data;
    OnehashStatus status = error == NULL ? ONEHASH_OK
                           : g_error_matches(error, STORE_ERROR, STORE_ERROR_QUERY)
                               ? ONEHASH_BAD_ARGUMENT
                           : g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY) ? ONEHASH_BUSY
                                                                                   : ONEHASH_FAILED;
    g_autofree char *text =
        error == NULL ? join(asking->lines) : g_strdelimit(g_strdup(error->message), "\n", ' ');
    connection_reply(asking->connection, asking->code, status, text);
    if (asking->held) {
        connection_release(asking->connection);
    }
    g_ptr_array_unref(asking->lines);
    g_free(asking);
}

void chat_history_reply(Store *store, const char *viewer, char *const *groups,
                        Connection *connection, const ConnectionRequest *request)
{
    guint64 count = DEFAULT_LINES;
    const char *peer = request->argument[1];
    const char *words = request->argument[2];
    if (request->argument[0] != NULL &&
        !g_ascii_string_to_unsigned(request->argument[0], 10, 1, MOST_LINES, &count, NULL)) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT,
                         "1#13[#count up to 1000[#peer or *[#words]]]");
        return;
    }
    g_autoptr(GPtrArray) names = names_of(groups);
    StoreQuery query = {.viewer = viewer,
                        .groups = (const char *const *)names->pdata,
                        .peer = peer == NULL || g_str_equal(peer, "*") ? NULL : peer,
                        .words = words,
                        .limit = (guint)count};
    Asking *asking = g_new(Asking, 1);
    *asking = (Asking){connection, request->code, g_ptr_array_new_with_free_func(g_free), FALSE};
    if (!store_search(store, &query, add_line, answer, asking)) {
        asking->held = TRUE;
        connection_hold(connection);
    }
}
