/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z onehash,users: who is in the online list of a chat service. A client's log-in makes a user, a
 * log-out takes it away; of users on other connections, FeiQ's among them, the server tells in
 * events and in the list that it replies to a log-in. Source: docs/onehash.md.
 */
#include "dissector/compat.h"

#include "dissector/statistics/rows.h"
#include "dissector/statistics/statistics.h"
#include "dissector/statistics/tapped.h"

#include "protocol/format.h"
#include "protocol/onehash/onehash.h"

#include <epan/to_str.h>

#include <string.h>

enum { NICK, CLIENT, SERVER, FIRST, LAST, REQUESTS, STATE, COLUMNS };

/* tshark pads cells as the formats say, but no heads. */
static stat_tap_table_item columns[COLUMNS] = {
    [NICK] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Nickname    ", "%-12s"},
    [CLIENT] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client               ", "%-21s"},
    [SERVER] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server               ", "%-21s"},
    [FIRST] = {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "  First seen", "%12.6f"},
    [LAST] = {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "   Last seen", "%12.6f"},
    [REQUESTS] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Requests", "%8u"},
    [STATE] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%s"},
};

/* From LOGGED_OUT on a user is gone. */
typedef enum {
    LISTED,
    TALKED,
    CAME,
    ASKS_IN,
    LOGGED_IN,
    REFUSED,
    ASKS_OUT,
    LOGGED_OUT,
    WENT
} State;

/* One message of the chat service, and who exchanges it. */
typedef struct {
    void *rows;
    packet_info *pinfo;
    const Tapped *tapped;
    const char *client;
    const char *server;
} Message;

static const char *endpoint(wmem_allocator_t *pool, const address *host, uint32_t port)
{
    return wmem_strdup_printf(pool, host->type == AT_IPv6 ? "[%s]:%u" : "%s:%u",
                              address_to_str(pool, host), port);
}

static uint64_t number_of(const Tapped *tapped, OnehashField field, uint64_t otherwise)
{
    const FsEntry *entry = tapped_find(tapped, &onehash_table.fields[field]);
    return entry == NULL ? otherwise : entry->value.number;
}

/* A user of a server. What is said of one shows that he was there, or just left. */
static bool user_of(const Message *m, const char *nick, Row *row)
{
    const char *key = wmem_strdup_printf(m->pinfo->pool, "%s %s", m->server, nick);
    if (!rows_find(m->rows, key, row)) {
        return false;
    }
    if (row->is_new) {
        row_set_text(row, NICK, nick);
        row_set_text(row, SERVER, m->server);
        row_set_time(row, FIRST, &m->pinfo->rel_ts);
    }
    row_set_time(row, LAST, &m->pinfo->rel_ts);
    return true;
}

/* The user that is, or wants to be, logged in on the connection of a message. */
static const char *connection_key(const Message *m)
{
    return wmem_strdup_printf(m->pinfo->pool, "%s > %s", m->client, m->server);
}

static void set_state(const Row *row, State state)
{
    static const char *const names[] = {
        [LISTED] = "there (listed)",
        [TALKED] = "there (seen talking)",
        [CAME] = "there (came online, by an event)",
        [ASKS_IN] = "asks to log in",
        [LOGGED_IN] = "logged in",
        [REFUSED] = "log-in refused",
        [ASKS_OUT] = "asks to log out",
        [LOGGED_OUT] = "logged out",
        [WENT] = "went offline (by an event)",
    };
    *(State *)row->note = state;
    row_set_text(row, STATE, names[state]);
}

static State state_of(const Row *row)
{
    return *(const State *)row->note;
}

static bool is_gone(const Row *row)
{
    return row->is_new || state_of(row) == REFUSED || state_of(row) >= LOGGED_OUT;
}

static void read_request(const Message *m)
{
    OnehashOperation operation =
        (OnehashOperation)number_of(m->tapped, ONEHASH_OPERATION, ONEHASH_NO_OPERATION);
    const char *key = connection_key(m);
    Row row;
    if (operation == ONEHASH_LOG_IN) {
        char nick[256] = "";
        const FsEntry *entry = tapped_find(m->tapped, &onehash_table.fields[ONEHASH_NICK]);
        if (entry != NULL) {
            (void)fs_format_value(nick, sizeof nick, entry);
        }
        /* Of one whose name is taken, the reply will say so; the other keeps his row. */
        if (!user_of(m, nick[0] != '\0' ? nick : m->client, &row) || state_of(&row) == LOGGED_IN ||
            state_of(&row) == ASKS_OUT) {
            return;
        }
        row_set_text(&row, CLIENT, m->client);
        rows_bind(m->rows, key, &row);
        set_state(&row, ASKS_IN);
    } else if (!rows_look_up(m->rows, key, &row)) {
        return;
    }
    if (operation == ONEHASH_LOG_OUT && state_of(&row) == LOGGED_IN) {
        set_state(&row, ASKS_OUT);
    }
    row_set_time(&row, LAST, &m->pinfo->rel_ts);
    row.cells[REQUESTS].value.uint_value++;
}

static void add_listed(const Message *m, const char *nick)
{
    Row row;
    if (nick[0] != '\0' && user_of(m, nick, &row) && is_gone(&row)) {
        set_state(&row, LISTED);
    }
}

/* The list that comes with a log-in has a name a line, the other one a kind first. */
static void read_list(const Message *m, bool with_kinds)
{
    for (uint32_t i = 0; i < m->tapped->count; i++) {
        const FsEntry *entry = &m->tapped->entries[i];
        char line[256];
        if (entry->field != &onehash_table.fields[ONEHASH_BODY] ||
            fs_format_value(line, sizeof line, entry) == 0) {
            continue;
        }
        if (!with_kinds) {
            add_listed(m, line);
        } else if (g_str_has_prefix(line, "chat ") || g_str_has_prefix(line, "feiq ")) {
            add_listed(m, line + strlen("chat "));
        }
    }
}

/* In the bare framing replies have no status: they are taken for what was hoped for, except that a
 * list may be the reason of a refusal. */
static void read_reply(const Message *m)
{
    uint64_t status = number_of(m->tapped, ONEHASH_STATUS, ONEHASH_OK);
    bool says_ok = number_of(m->tapped, ONEHASH_STATUS, ONEHASH_FAILED) == ONEHASH_OK;
    uint32_t asked = m->tapped->answers ? m->tapped->asked : ONEHASH_NO_OPERATION;
    Row row;
    if (rows_look_up(m->rows, connection_key(m), &row)) {
        if (asked == ONEHASH_LOG_IN && state_of(&row) == ASKS_IN) {
            set_state(&row, status == ONEHASH_OK ? LOGGED_IN : REFUSED);
        } else if (asked == ONEHASH_LOG_OUT && state_of(&row) == ASKS_OUT) {
            set_state(&row, status == ONEHASH_OK ? LOGGED_OUT : LOGGED_IN);
        }
    }
    if (says_ok && (asked == ONEHASH_LOG_IN || asked == ONEHASH_LIST_USERS)) {
        read_list(m, asked == ONEHASH_LIST_USERS);
    }
}

static void read_event(const Message *m)
{
    const FsEntry *from = tapped_find(m->tapped, &onehash_table.fields[ONEHASH_FROM]);
    uint64_t operation = number_of(m->tapped, ONEHASH_OPERATION, ONEHASH_NO_OPERATION);
    char nick[256];
    Row row;
    if (from == NULL || fs_format_value(nick, sizeof nick, from) == 0 || !user_of(m, nick, &row)) {
        return;
    }
    if (operation == ONEHASH_WENT_OFFLINE) {
        set_state(&row, state_of(&row) == LOGGED_OUT && !row.is_new ? LOGGED_OUT : WENT);
    } else if (operation == ONEHASH_CAME_ONLINE && state_of(&row) != LOGGED_IN &&
               state_of(&row) != ASKS_IN) {
        set_state(&row, CAME);
    } else if (is_gone(&row)) {
        set_state(&row, TALKED);
    }
}

static tap_packet_status packet(void *rows, packet_info *pinfo, epan_dissect_t *edt _U_,
                                const void *data, tap_flags_t flags _U_)
{
    Message m = {.rows = rows, .pinfo = pinfo, .tapped = data};
    uint64_t kind = number_of(m.tapped, ONEHASH_KIND, 0);
    if (number_of(m.tapped, ONEHASH_SERVICE, 0) != ONEHASH_SERVICE_CHAT) {
        return TAP_PACKET_DONT_REDRAW;
    }
    const char *from = endpoint(pinfo->pool, &pinfo->src, pinfo->srcport);
    const char *to = endpoint(pinfo->pool, &pinfo->dst, pinfo->destport);
    m.client = kind == ONEHASH_REQUEST ? from : to;
    m.server = kind == ONEHASH_REQUEST ? to : from;
    if (kind == ONEHASH_REQUEST) {
        read_request(&m);
    } else if (kind == ONEHASH_REPLY) {
        read_reply(&m);
    } else if (kind == ONEHASH_EVENT) {
        read_event(&m);
    }
    return TAP_PACKET_REDRAW;
}

void onehash_users_register(void)
{
    static const RowsKind kind = {.title = "1#n users",
                                  .tap = "onehash",
                                  .argument = "onehash,users",
                                  .columns = columns,
                                  .column_count = COLUMNS,
                                  .packet = packet,
                                  .note_size = sizeof(State),
                                  .count_column = REQUESTS,
                                  .left_out = "(more users)"};
    rows_register(&kind);
}
