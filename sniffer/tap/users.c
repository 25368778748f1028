/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -z users: the online list of FeiQ's family as the packets build it.
 */
#include "protocol/feiq/presence.h"
#include "protocol/format.h"
#include "sniffer/tap/endpoint.h"
#include "sniffer/tap/table.h"
#include "sniffer/tap/tap.h"

#include <glib.h>
#include <string.h>

typedef struct {
    char *key; /* address and user name */
    Endpoint address;
    char *nick;
    char *user;
    char *host;
    char *group;
    char *mac;
    const char *vendor;
    int64_t first;
    int64_t last;
    uint64_t messages;
    FeiqPresence presence;
} User;

typedef struct {
    Tap tap;
    GHashTable *table; /* by key */
    GPtrArray *rows;
} UsersTap;

/* Take over what a message says; what it does not say stays. */
static void take_text(char **text, const FsEntry *entry)
{
    char value[512];
    if (entry != NULL && fs_format_value(value, sizeof value, entry) > 0 &&
        g_strcmp0(*text, value) != 0) {
        g_free(*text);
        *text = g_strdup(value);
    }
}

static void take_name(const char **name, const FsEntry *entry)
{
    *name = entry != NULL ? fs_name(entry->field->names, entry->value.number) : *name;
}

static User *user_of(UsersTap *t, const Endpoint *address, const FeiqSaid *said,
                     const FrameRecord *record)
{
    char text[96];
    char name[512] = "";
    (void)endpoint_format(text, sizeof text, address);
    if (said->user != NULL) {
        (void)fs_format_value(name, sizeof name, said->user);
    }
    g_autofree char *key = g_strdup_printf("%s %s", text, name);
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
    FeiqSaid said;
    if (!feiq_said(packet->entries, packet->count, &said)) {
        return;
    }
    Speakers speakers = speakers_of(packet);
    Endpoint address = endpoint_without_port(&speakers.ends[0]);
    User *user = user_of((UsersTap *)tap, &address, &said, record);
    if (user != NULL) {
        take_text(&user->nick, said.nick);
        take_text(&user->user, said.user);
        take_text(&user->host, said.host);
        take_text(&user->group, said.group);
        take_text(&user->mac, said.mac);
        take_name(&user->vendor, said.vendor);
        user->presence = feiq_presence_after(user->presence, &said);
        user->last = record->since_first;
        user->messages++;
    }
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
        table_text(table, feiq_presence_name(user->presence));
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
