/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/chat_list.h"
#include "chatd/tcp/codes.h"

enum { MOST_BYTES = 60000 }; /* of a list: what one message carries, with a margin */

typedef struct {
    GString *text;
    guint64 skip;
    guint taken;
    gboolean with_side;
    const Roster *described; /* with what is known of each; NULL: without */
} List;

static gboolean append(const RosterUser *user, gpointer data)
{
    List *list = data;
    if (list->skip > 0) {
        list->skip--;
        return TRUE;
    }
    if (list->text->len > MOST_BYTES) {
        return FALSE;
    }
    if (list->text->len > 0) {
        g_string_append_c(list->text, '\n');
    }
    if (list->with_side) {
        g_string_append(list->text, roster_user_kind(user) == ROSTER_CHAT ? "chat" : "feiq");
        g_string_append_c(list->text, list->described != NULL ? '\t' : ' ');
    }
    g_string_append(list->text, roster_user_name(user));
    if (list->described != NULL) {
        roster_describe(list->described, user, list->text);
    }
    list->taken++;
    return TRUE;
}

void chat_list_reply(const Roster *roster, Connection *connection, guint32 code)
{
    List list = {.text = g_string_sized_new(MOST_BYTES / 8)};
    roster_foreach(roster, append, &list);
    if (list.taken < roster_count(roster)) {
        g_string_append_printf(list.text, "\n… and %u more", roster_count(roster) - list.taken);
    }
    connection_reply(connection, code, ONEHASH_OK, list.text->str);
    g_string_free(list.text, TRUE);
}

void chat_list_reply_part(const Roster *roster, Connection *connection,
                          const ConnectionRequest *request)
{
    List list = {.with_side = TRUE, .described = request->code == CHAT_WHO ? roster : NULL};
    const char *first = request->argument[0];
    if (first != NULL && !g_ascii_string_to_unsigned(first, 10, 0, G_MAXUINT32, &list.skip, NULL)) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT,
                         "The number of users to leave out is no number");
        return;
    }
    list.text = g_string_new(NULL);
    roster_foreach(roster, append, &list);
    connection_reply(connection, request->code, ONEHASH_OK, list.text->str);
    g_string_free(list.text, TRUE);
}
