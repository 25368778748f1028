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

static gboolean add_line(const StoreMessage *message, gpointer data)
{
    static const char *const states[] = {"waiting", "delivered", "rejected"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(message->time / G_USEC_PER_SEC);
    g_autofree char *date = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *text = escape(message->text);
    g_ptr_array_add(data,
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
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    if (!store_history(store, &query, add_line, lines, &error)) {
        OnehashStatus status = g_error_matches(error, STORE_ERROR, STORE_ERROR_QUERY)
                                   ? ONEHASH_BAD_ARGUMENT
                                   : ONEHASH_FAILED;
        g_autofree char *reason = g_strdelimit(g_strdup(error->message), "\n", ' ');
        connection_reply(connection, request->code, status, reason);
        return;
    }
    /* of more than a message can carry, the newest */
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
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = first; i < lines->len; i++) {
        g_string_append_printf(text, "%s%s", i == first ? "" : "\n",
                               (const char *)g_ptr_array_index(lines, i));
    }
    connection_reply(connection, request->code, ONEHASH_OK, text->str);
}
