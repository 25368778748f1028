/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/chat_service.h"
#include "chatd/store/accounts.h"
#include "chatd/tcp/announcements.h"
#include "chatd/tcp/chat_history.h"
#include "chatd/tcp/chat_list.h"
#include "chatd/tcp/codes.h"
#include "chatd/transfer/file_service.h"

#include <string.h>

enum {
    WAITING_BATCH = 16,    /* messages taken from the store at once */
    SHOUT_BURST = 2,       /* seconds' worth of shouts at once */
    TEXT_IN_A_SHOUT = 1024 /* bytes; a longer text counts as several shouts */
};

/* A client that has asked for anything. It has a name when it logged in (then it is in the list
 * and in `clients`) or identified itself. */
typedef struct {
    GList link;
    Connection *connection;
    RosterUser *user;     /* NULL: not in the list */
    char *name;           /* of one that identified itself only */
    gint64 shouts_until;  /* monotonic µs: shouts so far are paid for then */
    guint64 told;         /* of the announcements, those before this one */
    gboolean catching_up; /* messages that waited are still on their way */
} Client;

struct ChatService {
    const Config *config;
    Roster *roster;
    Store *store;
    Transfers *transfers; /* NULL: there are no files */
    GQueue clients;       /* those that are logged in */
    gboolean ending;      /* everybody was told to be logged out, so nobody is told of the others */
    Announcements *announcements;
    guint64 messages;
    guint64 messages_to_all;
    guint64 left_waiting;
    guint64 log_ins;
};

static const char *name_of(const Client *client)
{
    if (client == NULL) {
        return NULL;
    }
    return client->user != NULL ? roster_user_name(client->user) : client->name;
}

static Client *client_of(Connection *connection)
{
    Client *client = connection_record(connection);
    if (client == NULL) {
        client = g_new0(Client, 1);
        client->link.data = client;
        client->connection = connection;
        connection_set_record(connection, client);
    }
    return client;
}

/* Do this client, or all at its address, shout more than they may? What is told to everybody costs
 * everybody, and so do answers that take long to find. */
static gboolean is_too_loud(const ChatService *service, Client *client, gsize length)
{
    gint64 now = g_get_monotonic_time();
    gint64 until = MAX(client->shouts_until, now);
    guint count = 1 + (guint)(length / TEXT_IN_A_SHOUT);
    if (until - now > SHOUT_BURST * G_USEC_PER_SEC ||
        origin_take(connection_peer(client->connection)->origin, ORIGIN_SHOUTS,
                    service->config->limits.shouts_per_address, count, now) > 0) {
        return TRUE;
    }
    client->shouts_until =
        until + (gint64)count * G_USEC_PER_SEC / service->config->limits.shouts_per_second;
    return FALSE;
}

/* --- who came and who went --- */

static guint tell_all(gpointer data)
{
    ChatService *service = data;
    for (const GList *link = service->clients.head; link != NULL; link = link->next) {
        Client *client = link->data;
        announcements_tell(service->announcements, client->connection, &client->told);
    }
    return service->clients.length;
}

static void announce(const ChatService *service, guint32 code, const RosterUser *user)
{
    if (!service->ending) {
        announcements_add(service->announcements, code, roster_user_name(user));
    }
}

static void arrived(gpointer side, const RosterUser *user)
{
    announce(side, EVENT_CAME, user);
}

static void left(gpointer side, const RosterUser *user)
{
    announce(side, EVENT_WENT, user);
}

/* --- messages to clients --- */

/* What could not be handed over waits for the next log-in. */
static void leave_waiting(ChatService *service, const char *to, const RosterMessage *message)
{
    g_autoptr(GError) error = NULL;
    if (message->kind != ROSTER_TEXT) {
        return;
    }
    StoreMessage stored = {.time = g_get_real_time(),
                           .from = message->from,
                           .to = to,
                           .text = message->text,
                           .state = STORE_WAITING};
    service->left_waiting++;
    if (message->id != 0 ? !store_set_state(service->store, message->id, STORE_WAITING, &error)
                         : !store_add(service->store, &stored, NULL, &error)) {
        g_critical("chat: a message for “%s” is lost: %s", to, error->message);
    }
}

static ConnectionEvent event_of(const RosterMessage *message)
{
    static const guint32 codes[] = {[ROSTER_TEXT] = EVENT_MESSAGE,  [ROSTER_TYPING] = EVENT_TYPING,
                                    [ROSTER_SHAKE] = EVENT_SHAKE,   [ROSTER_FILE] = EVENT_FILE,
                                    [ROSTER_OPENED] = EVENT_OPENED, [ROSTER_ENDED] = EVENT_ENDED};
    return (ConnectionEvent){
        .code = codes[message->kind], .from = message->from, .text = message->text};
}

static void deliver(gpointer side, RosterUser *to, const RosterMessage *message)
{
    ChatService *service = side;
    Client *client = roster_user_record(to);
    ConnectionEvent event = event_of(message);
    announcements_tell(service->announcements, client->connection, &client->told);
    if (client->catching_up || !connection_send(client->connection, &event)) {
        leave_waiting(service, roster_user_name(to), message);
    }
}

static guint deliver_all(gpointer side, const RosterUser *sender, const RosterMessage *message)
{
    const ChatService *service = side;
    ConnectionEvent event = event_of(message);
    gsize length = message->text == NULL ? 0 : strlen(message->text);
    guint told = 0;
    event.for_many = TRUE;
    for (const GList *link = service->clients.head; link != NULL; link = link->next) {
        Client *client = link->data;
        if (client->user == sender) {
            continue;
        }
        announcements_tell(service->announcements, client->connection, &client->told);
        told += connection_send(client->connection, &event) ? 1 : 0;
        if (connection_is_short_of_room(client->connection, service->clients.length, length)) {
            connection_push(client->connection);
        }
    }
    connection_event_clear(&event);
    return told;
}

static const RosterSide side_functions = {arrived, left, deliver, deliver_all, NULL};

typedef struct {
    ChatService *service;
    Client *client;
    guint handed;
    gboolean no_room;
} CatchUp;

static gboolean hand_over(const StoreMessage *message, gpointer data)
{
    CatchUp *catch_up = data;
    Connection *connection = catch_up->client->connection;
    guint limit = (guint)catch_up->service->config->limits.output_bytes;
    if (connection_unsent(connection) > limit / 4) {
        catch_up->no_room = TRUE;
        return FALSE;
    }
    ConnectionEvent event = {.code = EVENT_MESSAGE, .from = message->from, .text = message->text};
    g_autoptr(GError) error = NULL;
    if (!connection_send(connection, &event)) {
        catch_up->no_room = TRUE;
        return FALSE;
    }
    if (!store_set_state(catch_up->service->store, message->id, STORE_DELIVERED, &error)) {
        g_critical("chat: %s", error->message);
        return FALSE;
    }
    catch_up->handed++;
    return TRUE;
}

/* Hand over what waits for a client, as fast as it reads. */
static void catch_up(ChatService *service, Client *client)
{
    CatchUp state = {.service = service, .client = client};
    do {
        g_autoptr(GError) error = NULL;
        state.handed = 0;
        if (!store_waiting(service->store, name_of(client), WAITING_BATCH, hand_over, &state,
                           &error)) {
            g_critical("chat: %s", error->message);
            break;
        }
    } while (state.handed == WAITING_BATCH && !state.no_room);
    client->catching_up = state.no_room;
    if (state.no_room) {
        connection_want_drained(client->connection);
    }
}

static void drained(gpointer data, Connection *connection)
{
    ChatService *service = data;
    Client *client = connection_record(connection);
    if (client != NULL && client->catching_up) {
        catch_up(service, client);
    }
}

/* --- requests --- */

static void reply_error(Connection *connection, guint32 code, OnehashStatus status,
                        const GError *error)
{
    g_autofree char *words = g_strdup(error->message);
    connection_reply(connection, code, status, g_strdelimit(words, "\n", ' '));
}

/* The name of who gives none: the account's on the Unix socket, else where they come from. */
static char *default_name(const ChatService *service, const ConnectionPeer *peer)
{
    if (!peer->local) {
        return g_strdelimit(g_strdup(peer->text), " ", ':');
    }
    g_autofree char *account = account_name(peer->uid);
    return roster_find(service->roster, account) == NULL
               ? g_steal_pointer(&account)
               : g_strdup_printf("%s~%d", account, peer->pid);
}

static void log_in(ChatService *service, Connection *connection, const ConnectionRequest *request)
{
    Client *client = client_of(connection);
    const char *wished = request->argument[0];
    if (is_too_loud(service, client, 0)) {
        connection_reply(connection, request->code, ONEHASH_BUSY, "Not so often");
        return;
    }
    if (client->user != NULL) {
        if (wished == NULL || strcmp(wished, roster_user_name(client->user)) == 0) {
            chat_list_reply(service->roster, connection, request->code);
        } else {
            connection_reply(connection, request->code, ONEHASH_NOT_ALLOWED,
                             "Logged in under another name: log out first");
        }
        return;
    }
    g_autofree char *name =
        wished != NULL ? g_strdup(wished) : default_name(service, connection_peer(connection));
    g_autoptr(GError) error = NULL;
    RosterUser *user = roster_add(service->roster, ROSTER_CHAT, name, client, &error);
    if (user == NULL) {
        OnehashStatus status =
            g_error_matches(error, ROSTER_ERROR, ROSTER_ERROR_NAME_TAKEN) ? ONEHASH_NAME_TAKEN
            : g_error_matches(error, ROSTER_ERROR, ROSTER_ERROR_FULL)     ? ONEHASH_BUSY
                                                                          : ONEHASH_BAD_ARGUMENT;
        reply_error(connection, request->code, status, error);
        return;
    }
    client->user = user;
    client->told = announcements_end(service->announcements);
    g_clear_pointer(&client->name, g_free);
    g_queue_push_tail_link(&service->clients, &client->link);
    service->log_ins++;
    chat_list_reply(service->roster, connection, request->code);
    if (!store_note_user(service->store, name, &error)) {
        g_critical("chat: %s", error->message);
    }
    catch_up(service, client);
}

static void leave(ChatService *service, Client *client)
{
    if (client->user != NULL) {
        RosterUser *user = g_steal_pointer(&client->user);
        g_queue_unlink(&service->clients, &client->link);
        client->catching_up = FALSE;
        roster_remove(service->roster, user);
    }
}

static void log_out(ChatService *service, Connection *connection, const ConnectionRequest *request)
{
    Client *client = connection_record(connection);
    if (client == NULL || client->user == NULL) {
        connection_reply(connection, request->code, ONEHASH_NOT_LOGGED_IN, "You are not logged in");
        return;
    }
    leave(service, client);
    connection_reply(connection, request->code, ONEHASH_OK, NULL);
}

static void send_to_all(ChatService *service, Connection *connection, Client *client,
                        StoreMessage *message)
{
    g_autoptr(GError) error = NULL;
    message->state = STORE_DELIVERED;
    gsize length = strlen(message->text);
    if (is_too_loud(service, client, length) ||
        !roster_may_tell_all(service->roster, length, g_get_monotonic_time())) {
        connection_reply(connection, CHAT_MESSAGE, ONEHASH_BUSY, "Not so often");
    } else if (!store_add(service->store, message, NULL, &error)) {
        reply_error(connection, CHAT_MESSAGE, ONEHASH_FAILED, error);
    } else {
        RosterMessage sent = {ROSTER_TEXT, message->id, message->from, message->text};
        service->messages_to_all++;
        roster_deliver_all(service->roster, client->user, &sent);
        connection_reply(connection, CHAT_MESSAGE, ONEHASH_OK, NULL);
    }
}

/* A message to somebody who is not there. */
static void send_later(ChatService *service, Connection *connection, guint32 code,
                       StoreMessage *message)
{
    guint limit = (guint)service->config->limits.waiting;
    g_autoptr(GError) error = NULL;
    message->state = STORE_WAITING;
    if (!store_knows_user(service->store, message->to)) {
        g_autofree char *words = g_strdup_printf("Nobody is called “%s”", message->to);
        connection_reply(connection, code, ONEHASH_NOT_FOUND, words);
    } else if (store_count_waiting(service->store, message->to, limit) >= limit) {
        g_autofree char *words =
            g_strdup_printf("“%s” is away, and %u messages wait already", message->to, limit);
        connection_reply(connection, code, ONEHASH_BUSY, words);
    } else if (!store_add(service->store, message, NULL, &error)) {
        reply_error(connection, code, ONEHASH_FAILED, error);
    } else {
        g_autofree char *words = g_strdup_printf("“%s” is away; the message waits", message->to);
        service->left_waiting++;
        connection_reply(connection, code, ONEHASH_OK, words);
    }
}

static void send_message(ChatService *service, Connection *connection,
                         const ConnectionRequest *request)
{
    Client *client = connection_record(connection);
    guint32 code = request->code;
    const char *from = name_of(client);
    if (from == NULL) {
        connection_reply(connection, code, ONEHASH_NOT_LOGGED_IN, "Log in first: 1#1#nick");
        return;
    }
    g_autofree char *origin =
        code == CHAT_MESSAGE ? NULL
                             : g_strdup_printf("%s%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
                                               code == CHAT_SEALED ? STORE_SEALED : STORE_LOCKED,
                                               g_get_real_time(), service->messages);
    StoreMessage message = {.time = g_get_real_time(),
                            .from = from,
                            .to = request->argument[0],
                            .text = request->argument[1],
                            .origin = origin};
    if (strcmp(message.to, "*") == 0 && origin != NULL) {
        connection_reply(connection, code, ONEHASH_BAD_ARGUMENT,
                         "A sealed message is for one user");
        return;
    }
    if (strcmp(message.to, "*") == 0) {
        send_to_all(service, connection, client, &message);
        return;
    }
    RosterUser *to = roster_find(service->roster, message.to);
    if (to == NULL) {
        send_later(service, connection, code, &message);
        return;
    }
    g_autoptr(GError) error = NULL;
    message.state = roster_user_kind(to) == ROSTER_CHAT ? STORE_DELIVERED : STORE_WAITING;
    if (!store_add(service->store, &message, NULL, &error)) {
        reply_error(connection, code, ONEHASH_FAILED, error);
        return;
    }
    RosterMessage sent = {ROSTER_TEXT, message.id, from, message.text};
    service->messages++;
    roster_deliver(service->roster, to, &sent);
    g_autofree char *id = origin == NULL ? NULL : g_strdup_printf("%" G_GINT64_FORMAT, message.id);
    connection_reply(connection, code, ONEHASH_OK, id);
}

static void send_signal(ChatService *service, Connection *connection,
                        const ConnectionRequest *request)
{
    const char *from = name_of(connection_record(connection));
    RosterUser *to = roster_find(service->roster, request->argument[0]);
    if (from == NULL) {
        connection_reply(connection, request->code, ONEHASH_NOT_LOGGED_IN,
                         "Log in first: 1#1#nick");
    } else if (to == NULL) {
        connection_reply(connection, request->code, ONEHASH_NOT_FOUND, "Nobody of that name is on");
    } else {
        RosterMessage sent = {request->code == CHAT_SHAKE ? ROSTER_SHAKE : ROSTER_TYPING, 0, from,
                              NULL};
        roster_deliver(service->roster, to, &sent);
        connection_reply(connection, request->code, ONEHASH_OK, NULL);
    }
}

/* May this client act under the name of somebody who is logged in? Only locally, and only if both
 * are the same account's, or the client is the daemon's owner. */
static gboolean may_act_for(const RosterUser *user, const ConnectionPeer *peer)
{
    if (user == NULL) {
        return TRUE;
    }
    if (!peer->local || roster_user_kind(user) != ROSTER_CHAT) {
        return FALSE;
    }
    const Client *other = roster_user_record(user);
    const ConnectionPeer *other_peer = connection_peer(other->connection);
    return account_owns_daemon(peer->uid) || (other_peer->local && other_peer->uid == peer->uid);
}

static void identify(ChatService *service, Connection *connection, const ConnectionRequest *request)
{
    Client *client = client_of(connection);
    const ConnectionPeer *peer = connection_peer(connection);
    g_autofree char *name = request->argument[0] != NULL ? g_strdup(request->argument[0])
                            : peer->local                ? account_name(peer->uid)
                                                         : default_name(service, peer);
    if (client->user != NULL) {
        connection_reply(connection, request->code, ONEHASH_NOT_ALLOWED, "You are logged in");
    } else if (!roster_is_good_name(name)) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT, "That cannot be a name");
    } else if (!may_act_for(roster_find(service->roster, name), peer)) {
        connection_reply(connection, request->code, ONEHASH_NAME_TAKEN,
                         "Somebody else is logged in under that name");
    } else {
        g_free(client->name);
        client->name = g_steal_pointer(&name);
        connection_reply(connection, request->code, ONEHASH_OK, client->name);
    }
}

static void reply_users(const ChatService *service, Connection *connection,
                        const ConnectionRequest *request)
{
    if (is_too_loud(service, client_of(connection), 0)) {
        connection_reply(connection, request->code, ONEHASH_BUSY, "Not so often");
    } else {
        chat_list_reply_part(service->roster, connection, request);
    }
}

static void reply_history(ChatService *service, Connection *connection,
                          const ConnectionRequest *request)
{
    Client *client = client_of(connection);
    const ConnectionPeer *peer = connection_peer(connection);
    const char *viewer = name_of(client);
    if (is_too_loud(service, client, 0)) {
        connection_reply(connection, request->code, ONEHASH_BUSY, "Not so often");
    } else if (viewer == NULL && !(peer->local && account_owns_daemon(peer->uid))) {
        connection_reply(connection, request->code, ONEHASH_NOT_LOGGED_IN,
                         "Log in first: 1#1#nick");
    } else {
        chat_history_reply(service->store, viewer, service->config->feiq.groups, connection,
                           request);
    }
}

static void handle_files(ChatService *service, Connection *connection,
                         const ConnectionRequest *request)
{
    Client *client = client_of(connection);
    const ConnectionPeer *peer = connection_peer(connection);
    TransferViewer viewer = {.name = name_of(client),
                             .is_owner = peer->local && account_owns_daemon(peer->uid)};
    if (service->transfers == NULL) {
        connection_reply(connection, request->code, ONEHASH_NOT_ALLOWED,
                         "There are no files here (files.enabled)");
    } else if (viewer.name == NULL && !viewer.is_owner) {
        connection_reply(connection, request->code, ONEHASH_NOT_LOGGED_IN,
                         "Log in first: 1#1#nick");
    } else if (request->code == CHAT_FILES && is_too_loud(service, client, 0)) {
        connection_reply(connection, request->code, ONEHASH_BUSY, "Not so often");
    } else {
        file_service_handle(service->transfers, connection, request, &viewer);
    }
}

static void handle_request(gpointer data, Connection *connection, const ConnectionRequest *request)
{
    ChatService *service = data;
    gboolean is_message = request->code == CHAT_MESSAGE || request->code == CHAT_SEALED ||
                          request->code == CHAT_LOCKED;
    guint needed = is_message                                                    ? 2
                   : request->code == CHAT_TYPING || request->code == CHAT_SHAKE ? 1
                                                                                 : 0;
    if (needed > 0 && request->argument[needed - 1] == NULL) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT, "An argument is missing");
        return;
    }
    switch (request->code) {
    case CHAT_LOG_IN:
        log_in(service, connection, request);
        break;
    case CHAT_LOG_OUT:
        log_out(service, connection, request);
        break;
    case CHAT_MESSAGE:
    case CHAT_SEALED:
    case CHAT_LOCKED:
        send_message(service, connection, request);
        break;
    case CHAT_USERS:
    case CHAT_WHO:
        reply_users(service, connection, request);
        break;
    case CHAT_IDENTIFY:
        identify(service, connection, request);
        break;
    case CHAT_HISTORY:
        reply_history(service, connection, request);
        break;
    case CHAT_TYPING:
    case CHAT_SHAKE:
        send_signal(service, connection, request);
        break;
    case CHAT_FILES:
    case CHAT_OFFER:
    case CHAT_WRITE:
    case CHAT_GET:
    case CHAT_READ:
    case CHAT_DROP:
        handle_files(service, connection, request);
        break;
    default:
        connection_reply(connection, request->code, ONEHASH_NO_SUCH_CODE,
                         "The chat service has no such code");
    }
}

static void closed(gpointer data, Connection *connection, const char *reason)
{
    ChatService *service = data;
    Client *client = connection_record(connection);
    g_debug("chat: %s: %s", connection_peer(connection)->text, reason);
    if (client != NULL) {
        leave(service, client);
        g_free(client->name);
        g_free(client);
    }
}

const ConnectionHandler chat_service_handler = {
    .request = handle_request, .drained = drained, .closed = closed};

ChatService *chat_service_new(const Config *config, Poller *poller, Roster *roster, Store *store,
                              Transfers *transfers)
{
    ChatService *service = g_new0(ChatService, 1);
    service->config = config;
    service->announcements = announcements_new(poller, tell_all, service);
    service->roster = roster;
    service->store = store;
    service->transfers = transfers;
    g_queue_init(&service->clients);
    roster_set_side(roster, ROSTER_CHAT, &side_functions, service);
    return service;
}

void chat_service_free(ChatService *service)
{
    if (service != NULL) {
        roster_set_side(service->roster, ROSTER_CHAT, NULL, NULL);
        announcements_free(service->announcements);
        g_free(service);
    }
}

void chat_service_say_goodbye(ChatService *service)
{
    service->ending = TRUE;
    for (const GList *link = service->clients.head; link != NULL; link = link->next) {
        Client *client = link->data;
        ConnectionEvent event = {.code = EVENT_WENT, .from = roster_user_name(client->user)};
        announcements_tell(service->announcements, client->connection, &client->told);
        (void)connection_send(client->connection, &event);
    }
}

void chat_service_figures(const ChatService *service, GString *text)
{
    g_string_append_printf(text,
                           "chat-users %u\n"
                           "log-ins %" G_GUINT64_FORMAT "\n"
                           "messages %" G_GUINT64_FORMAT "\n"
                           "messages-to-all %" G_GUINT64_FORMAT "\n"
                           "messages-left-waiting %" G_GUINT64_FORMAT "\n",
                           service->clients.length, service->log_ins, service->messages,
                           service->messages_to_all, service->left_waiting);
}
