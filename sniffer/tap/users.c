/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z users: the online list of FeiQ's family as the packets build it. An address and a user name
 * make a user; BR_ENTRY and ANSENTRY bring one, BR_EXIT takes one away, BR_ABSENCE says that one is
 * away or has another nickname; whatever else somebody sends shows that he is there.
 *
 * Source: shared/protocol/feiq.md, presence.
 */
#include "protocol/feiq/command.h"
#include "protocol/feiq/feiq.h"
#include "protocol/format.h"
#include "sniffer/tap/endpoint.h"
#include "sniffer/tap/table.h"
#include "sniffer/tap/tap.h"

#include <glib.h>
#include <string.h>

typedef enum { SEEN, ENTERED, ANSWERED, AWAY, LEFT, STATES } State;

static const char *const state_names[STATES] = {"there (only seen talking)", "there (entered)",
                                                "there (answered an entry)", "away",
                                                "left (BR_EXIT)"};

typedef struct {
    char *key; /* address and user name */
    Endpoint address;
    char *nick;
    char *user;
    char *host;
    char *group;
    char *mac;
    char *vendor;
    int64_t first;
    int64_t last;
    uint64_t messages;
    State state;
} User;

typedef struct {
    Tap tap;
    GHashTable *table; /* by key */
    GPtrArray *rows;
} UsersTap;

/* What one message says. Texts are to be freed, or NULL. */
typedef struct {
    char *nick;
    char *user;
    char *host;
    char *group;
    char *mac;
    char *vendor;
    uint64_t command;
    bool absent;
    bool found;
} Said;

static void set_text(char **text, const FsEntry *entry)
{
    char value[512];
    if (*text == NULL && fs_format_value(value, sizeof value, entry) > 0) {
        *text = g_strdup(value);
    }
}

static Said said_by(const FsPacket *packet)
{
    const FsField *fields = feiq_table.fields;
    Said said = {0};
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        const FsField *field = entry->field;
        if (field == &fields[FEIQ_NICK]) {
            set_text(&said.nick, entry);
        } else if (field == &fields[FEIQ_USER]) {
            set_text(&said.user, entry);
        } else if (field == &fields[FEIQ_HOST]) {
            set_text(&said.host, entry);
        } else if (field == &fields[FEIQ_GROUP]) {
            set_text(&said.group, entry);
        } else if (field == &fields[FEIQ_MAC]) {
            set_text(&said.mac, entry);
        } else if (field == &fields[FEIQ_VENDOR]) {
            const char *name = fs_name(field->names, entry->value.number);
            said.vendor = said.vendor == NULL && name != NULL ? g_strdup(name) : said.vendor;
        } else if (field == &fields[FEIQ_COMMAND]) {
            said.command = entry->value.number;
            said.found = true;
        } else if (field == &fields[FEIQ_OPTION_ABSENCE]) {
            said.absent = entry->value.number != 0;
        }
    }
    return said;
}

static void replace(char **old, char **new)
{
    if (*new != NULL) {
        g_free(*old);
        *old = *new;
        *new = NULL;
    }
}

static State state_after(State before, const Said *said)
{
    switch (said->command) {
    case FEIQ_CMD_BR_EXIT:
        return LEFT;
    case FEIQ_CMD_BR_ENTRY:
        return said->absent ? AWAY : ENTERED;
    case FEIQ_CMD_ANSENTRY:
        return said->absent ? AWAY : before == ENTERED ? ENTERED : ANSWERED;
    case FEIQ_CMD_BR_ABSENCE:
        return said->absent ? AWAY : before == AWAY || before == LEFT ? ANSWERED : before;
    default:
        return before == LEFT ? SEEN : before;
    }
}

static User *user_of(UsersTap *t, const Endpoint *address, const Said *said,
                     const FrameRecord *record)
{
    char text[96];
    (void)endpoint_format(text, sizeof text, address);
    g_autofree char *key = g_strdup_printf("%s %s", text, said->user != NULL ? said->user : "");
    User *user = g_hash_table_lookup(t->table, key);
    if (user != NULL) {
        return user;
    }
    if (t->rows->len >= TAP_MOST_ROWS) {
        t->tap.left_out_count++;
        return NULL;
    }
    user = g_new0(User, 1);
    user->key = g_steal_pointer(&key);
    user->address = *address;
    user->first = record->since_first;
    g_ptr_array_add(t->rows, user);
    g_hash_table_insert(t->table, user->key, user);
    return user;
}

static void packet(Tap *tap, const FrameRecord *record, const FsPacket *packet)
{
    Said said = said_by(packet);
    if (said.found) {
        Speakers speakers = speakers_of(packet);
        Endpoint address = endpoint_without_port(&speakers.ends[0]);
        User *user = user_of((UsersTap *)tap, &address, &said, record);
        if (user != NULL) {
            replace(&user->nick, &said.nick);
            replace(&user->user, &said.user);
            replace(&user->host, &said.host);
            replace(&user->group, &said.group);
            replace(&user->mac, &said.mac);
            replace(&user->vendor, &said.vendor);
            user->state = state_after(user->state, &said);
            user->last = record->since_first;
            user->messages++;
        }
    }
    g_free(said.nick);
    g_free(said.user);
    g_free(said.host);
    g_free(said.group);
    g_free(said.mac);
    g_free(said.vendor);
}

static void cell(Table *table, const char *text)
{
    table_text(table, text != NULL ? text : "");
}

static void report(Tap *tap, Output *output)
{
    static const char *const heads[] = {"<nick",      "<user",     "<host",    "<group",
                                        "<address",   "<MAC",      "<program", ">first seen",
                                        ">last seen", ">messages", "<state"};
    UsersTap *t = (UsersTap *)tap;
    Table *table = table_new(heads, G_N_ELEMENTS(heads));
    for (guint i = 0; i < t->rows->len; i++) {
        const User *user = g_ptr_array_index(t->rows, i);
        char address[96];
        (void)endpoint_format(address, sizeof address, &user->address);
        cell(table, user->nick);
        cell(table, user->user);
        cell(table, user->host);
        cell(table, user->group);
        table_text(table,
                   user->address.type == FS_IPV4 || user->address.type == FS_IPV6 ? address : "");
        cell(table, user->mac);
        cell(table, user->vendor);
        table_seconds(table, user->first);
        table_seconds(table, user->last);
        table_number(table, user->messages);
        table_text(table, state_names[user->state]);
    }
    table_write(table, "FeiQ users", output);
}

static void free_user(gpointer data)
{
    User *user = data;
    g_free(user->key);
    g_free(user->nick);
    g_free(user->user);
    g_free(user->host);
    g_free(user->group);
    g_free(user->mac);
    g_free(user->vendor);
    g_free(user);
}

static void destroy(Tap *tap)
{
    UsersTap *t = (UsersTap *)tap;
    g_hash_table_destroy(t->table);
    g_ptr_array_free(t->rows, TRUE);
    g_free(t);
}

Tap *tap_users(const char *arguments, const Preferences *preferences)
{
    (void)preferences;
    if (arguments != NULL) {
        return NULL;
    }
    UsersTap *t = g_new(UsersTap, 1);
    *t = (UsersTap){{packet, report, destroy, "messages of users", 0},
                    g_hash_table_new(g_str_hash, g_str_equal),
                    g_ptr_array_new_with_free_func(free_user)};
    return &t->tap;
}
