/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libFuzzer driver of chatd's TCP front: three clients of the chat service, on socket pairs. The
 * first byte chooses the framing that is configured; then come pieces: a byte that says whose it is
 * and what becomes of its connection, a length, and the bytes. Beyond what the sanitizers see it
 * checks that what each client is sent is messages of its framing, from the first byte to the last,
 * that there is one reply at most for each message, and that nothing stays buffered at the end.
 */
#include "chatd/config.h"
#include "chatd/store/private.h"
#include "chatd/store/roster.h"
#include "chatd/system/poller.h"
#include "chatd/tcp/chat_service.h"
#include "chatd/tcp/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLIENTS = 3, MOST_TURNS = 1000, PLENTY = 1000000000, PIECES = 256 };

typedef struct {
    int fd; /* the client's end; -1: closed */
    Connection *connection;
    GByteArray *sent;     /* by the client */
    GByteArray *received; /* by the client */
    OnehashStream stream; /* as the service learnt it */
    bool gone;
    bool was_bare; /* a line that came in pieces may be taken for bare requests at first */
} Client;

static Client clients[CLIENTS];
static Config *config;
static Store *store;

#define check(condition) check_at((condition), #condition)

static void check_at(bool condition, const char *what)
{
    if (!condition) {
        (void)fprintf(stderr, "not so: %s\n", what);
        abort();
    }
}

/* --- the service, and a handler that sees who ended --- */

static void note_framing(const Connection *connection)
{
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i].connection == connection &&
            connection_stream(connection)->framing == ONEHASH_FRAMING_BARE) {
            clients[i].was_bare = true;
        }
    }
}

static void request(gpointer service, Connection *connection, const ConnectionRequest *what)
{
    note_framing(connection);
    chat_service_handler.request(service, connection, what);
}

static void refused(gpointer service, Connection *connection, guint32 code, const char *problem)
{
    (void)service;
    (void)code;
    check(problem != NULL);
    note_framing(connection);
}

static void drained(gpointer service, Connection *connection)
{
    chat_service_handler.drained(service, connection);
}

static void closed(gpointer service, Connection *connection, const char *reason)
{
    check(reason != NULL);
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i].connection == connection) {
            clients[i].stream = *connection_stream(connection);
            clients[i].connection = NULL;
        }
    }
    chat_service_handler.closed(service, connection, reason);
}

static const ConnectionHandler handler = {
    .request = request, .refused = refused, .drained = drained, .closed = closed};

static GLogWriterOutput be_silent(GLogLevelFlags level, const GLogField *fields, gsize count,
                                  gpointer data)
{
    (void)fields;
    (void)count;
    (void)data;
    check((level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) == 0);
    return G_LOG_WRITER_HANDLED;
}

/* Made once; each input begins with an empty store all the same. */
static void prepare(void)
{
    if (config == NULL) {
        g_log_set_writer_func(be_silent, NULL, NULL);
        config = config_new();
        config->limits.shouts_per_second = config->limits.shouts_per_address = PLENTY;
        config->limits.copies_per_second = PLENTY;
        store = store_open(NULL, NULL);
        check(store != NULL);
    }
    check(sqlite3_exec(store_database(store),
                       "INSERT INTO message_text (message_text) VALUES ('delete-all');"
                       "DELETE FROM message; DELETE FROM user;",
                       NULL, NULL, NULL) == SQLITE_OK);
}

/* --- the clients --- */

static void read_all(Client *client)
{
    uint8_t buffer[4096];
    ssize_t length;
    while (client->fd >= 0 &&
           (length = recv(client->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
        g_byte_array_append(client->received, buffer, (guint)length);
    }
}

static void run(void)
{
    for (int turn = 0; g_main_context_iteration(NULL, FALSE); turn++) {
        check(turn < MOST_TURNS);
    }
    for (int i = 0; i < CLIENTS; i++) {
        read_all(&clients[i]);
        if (clients[i].connection != NULL) {
            clients[i].stream = *connection_stream(clients[i].connection);
        }
    }
}

/* How many messages there are in what a client sent, at most: as many as lines, lengths, or blocks;
 * stuck bare requests each have a "1#". */
static guint count_requests(const Client *client)
{
    guint count = 1; /* what is refused is answered, too */
    for (guint i = 0; i < client->sent->len; i++) {
        count += client->sent->data[i] == '\n' || client->sent->data[i] == '#' ||
                 client->stream.framing >= ONEHASH_FRAMING_LENGTH;
    }
    return count;
}

static void check_received(const Client *client)
{
    OnehashStream stream = client->stream;
    const uint8_t *data = client->received->data;
    size_t length = client->received->len;
    guint replies = 0;
    stream.from_server = true;
    if (stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        check(length == 0);
    } else if (client->was_bare || stream.framing == ONEHASH_FRAMING_BARE) {
        return; /* bodies without heads */
    }
    while (length > 0) {
        OnehashFrame frame = onehash_next(&stream, data, length);
        size_t head = stream.framing == ONEHASH_FRAMING_LENGTH ? 4 : 0;
        check(frame.verdict == ONEHASH_COMPLETE && frame.length > head + 1);
        check(data[head] == '2' || data[head] == '3');
        replies += data[head] == '2';
        data += frame.length;
        length -= frame.length;
    }
    check(replies <= count_requests(client));
}

static void send_piece(Client *client, const uint8_t *data, size_t length)
{
    while (client->fd >= 0 && length > 0) {
        ssize_t sent = send(client->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            run();
            continue;
        }
        if (sent <= 0) {
            return;
        }
        g_byte_array_append(client->sent, data, (guint)sent);
        data += sent;
        length -= (size_t)sent;
    }
}

static void play(const uint8_t *data, size_t size)
{
    for (int piece = 0; piece < PIECES && size >= 2; piece++) {
        Client *client = &clients[data[0] % CLIENTS];
        guint what = data[0] / CLIENTS;
        size_t length = MIN(data[1], size - 2);
        data += 2;
        size -= 2;
        send_piece(client, data, length);
        data += length;
        size -= length;
        if (what % 8 == 1 && client->fd >= 0) {
            (void)shutdown(client->fd, SHUT_WR);
        } else if (what % 8 == 2 && client->fd >= 0) {
            read_all(client);
            close(client->fd);
            client->fd = -1;
            client->gone = true;
        }
        if (what % 8 != 3) { /* else two pieces arrive at once */
            run();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || (data[0] & 7) > ONEHASH_FRAMING_BARE) {
        return 0;
    }
    prepare();
    OnehashStream stream = {.framing = (OnehashFraming)(data[0] & 7),
                            .service = ONEHASH_SERVICE_CHAT,
                            .block = (data[0] & 8) != 0 ? 16 : 0};
    g_autoptr(Poller) poller = poller_new(NULL);
    Roster *roster = roster_new(CLIENTS);
    Origins *origins = origins_new();
    ConnectionBudget budget = {.limit = PLENTY};
    ConnectionLimits limits = {1 << 20, PLENTY, &budget};
    roster_set_copies(roster, PLENTY);
    ChatService *service = chat_service_new(config, poller, roster, store, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        int ends[2];
        check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
        ConnectionPeer peer = {.text = g_strdup("127.0.0.1 1"),
                               .origin = origins_get(origins, "127.0.0.1"),
                               .local = i == 0,
                               .uid = geteuid(),
                               .pid = getpid()};
        clients[i] = (Client){.fd = ends[0],
                              .sent = g_byte_array_new(),
                              .received = g_byte_array_new(),
                              .stream = stream};
        clients[i].connection =
            connection_new(poller, ends[1], NULL, &stream, &peer, &limits, &handler, service, NULL);
        check(clients[i].connection != NULL);
    }
    play(data + 1, size - 1);
    run();
    chat_service_say_goodbye(service);
    poller_settle(poller);
    run();
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i].connection != NULL) {
            connection_close(clients[i].connection, "the end of the input");
        }
    }
    poller_settle(poller);
    for (int i = 0; i < CLIENTS; i++) {
        check(clients[i].connection == NULL);
        read_all(&clients[i]);
        if (!clients[i].gone) {
            check_received(&clients[i]);
            close(clients[i].fd);
        }
        g_byte_array_unref(clients[i].sent);
        g_byte_array_unref(clients[i].received);
    }
    check(budget.used == 0 && roster_count(roster) == 0);
    chat_service_free(service);
    roster_free(roster);
    origins_free(origins);
    return 0;
}
