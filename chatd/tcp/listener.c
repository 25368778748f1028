/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * It stands between its clients and the service: requests go straight through, an end is counted.
 */
#include "chatd/tcp/listener.h"
#include "chatd/store/accounts.h"
#include "chatd/tcp/handshake.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ACCEPTS_A_TURN = 64,
    BACKLOG = 4096,
    AGE_CHECK_SECONDS = 1,
    PAUSE_MS = 100 /* when there are no descriptors left */
};

struct Listener {
    PollerWatch watch; /* first: ready() gets its address */
    Poller *poller;
    GSocket *socket;
    char *path; /* of the Unix socket, to be removed; else NULL */
    TlsServer *tls;
    Handshakes *handshakes; /* NULL without TLS */
    OnehashStream stream;
    ListenerLimits limits;
    const ConnectionHandler *handler;
    gpointer service;
    GHashTable *connections; /* a set */
    Origins *origins;
    guint age_check;
    guint pause;
    guint64 refused;
    gint64 complained; /* monotonic µs: when a failed handshake was logged last */
};

/* --- clients --- */

static void forward_request(gpointer data, Connection *connection, const ConnectionRequest *request)
{
    Listener *listener = data;
    listener->handler->request(listener->service, connection, request);
}

static void forward_refused(gpointer data, Connection *connection, guint32 code,
                            const char *problem)
{
    Listener *listener = data;
    if (listener->handler->refused != NULL) {
        listener->handler->refused(listener->service, connection, code, problem);
    }
}

static void forward_drained(gpointer data, Connection *connection)
{
    Listener *listener = data;
    if (listener->handler->drained != NULL) {
        listener->handler->drained(listener->service, connection);
    }
}

static void forward_closed(gpointer data, Connection *connection, const char *reason)
{
    Listener *listener = data;
    listener->handler->closed(listener->service, connection, reason);
    g_hash_table_remove(listener->connections, connection);
    connection_peer(connection)->origin->clients--;
}

static const ConnectionHandler forward = {forward_request, forward_refused, forward_drained,
                                          forward_closed};

/* --- accepting --- */

static gboolean describe_local(int fd, ConnectionPeer *peer)
{
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
        return FALSE;
    }
    g_autofree char *account = account_name(credentials.uid);
    peer->local = TRUE;
    peer->uid = credentials.uid;
    peer->pid = credentials.pid;
    peer->text = g_strdup_printf("%s pid %d", account, (int)credentials.pid);
    return TRUE;
}

static gboolean describe(int fd, const struct sockaddr_storage *storage, socklen_t length,
                         ConnectionPeer *peer)
{
    if (storage->ss_family == AF_UNIX) {
        return describe_local(fd, peer);
    }
    struct sockaddr_storage copy = *storage;
    g_autoptr(GSocketAddress) native = g_socket_address_new_from_native(&copy, length);
    if (native == NULL || !G_IS_INET_SOCKET_ADDRESS(native)) {
        return FALSE;
    }
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(native);
    g_autofree char *address = g_inet_address_to_string(g_inet_socket_address_get_address(inet));
    peer->text = g_strdup_printf("%s %u", address, g_inet_socket_address_get_port(inet));
    return TRUE;
}

/* Is there room for one more, and does its origin not come too often? */
static gboolean may_enter(const Listener *listener, Origin *origin)
{
    const ListenerLimits *limits = &listener->limits;
    return listener_clients(listener) < limits->clients &&
           origin->clients < limits->clients_per_address &&
           origin_take(origin, ORIGIN_CONNECTIONS, limits->connections_per_second, 1,
                       g_get_monotonic_time()) == 0;
}

/* One that is counted already. */
static void serve(Listener *listener, int fd, GTlsConnection *tls, const ConnectionPeer *peer)
{
    g_autoptr(GError) error = NULL;
    Origin *origin = peer->origin;
    Connection *connection = connection_new(listener->poller, fd, tls, &listener->stream, peer,
                                            &listener->limits.each, &forward, listener, &error);
    if (connection == NULL) {
        g_warning("listener: %s", error->message);
        origin->clients--;
        return;
    }
    g_hash_table_add(listener->connections, connection);
}

static void handshake_done(gpointer data, GTlsConnection *tls, ConnectionPeer *peer,
                           const char *problem)
{
    Listener *listener = data;
    if (tls == NULL) {
        gint64 now = g_get_monotonic_time();
        listener->refused++;
        if (now - listener->complained > G_USEC_PER_SEC) {
            listener->complained = now;
            g_message("listener: no TLS with %s: %s", peer->text, problem);
        }
        peer->origin->clients--;
        g_free(peer->text);
        g_free(peer->certificate);
        return;
    }
    g_autoptr(GSocketConnection) base = NULL;
    g_object_get(tls, "base-io-stream", &base, NULL);
    serve(listener, g_socket_get_fd(g_socket_connection_get_socket(base)), tls, peer);
}

static void welcome(Listener *listener, int fd, const struct sockaddr_storage *storage,
                    socklen_t length)
{
    ConnectionPeer peer = {0};
    if (describe(fd, storage, length, &peer)) {
        g_autofree char *name = g_strndup(peer.text, strcspn(peer.text, " "));
        peer.origin = origins_get(listener->origins, name);
    }
    if (peer.origin == NULL || !may_enter(listener, peer.origin)) {
        listener->refused++;
        g_free(peer.text);
        close(fd);
        return;
    }
    peer.origin->clients++;
    if (listener->tls != NULL) {
        handshakes_add(listener->handshakes, listener->tls, fd, &peer);
    } else {
        serve(listener, fd, NULL, &peer);
    }
}

static gboolean end_pause(gpointer data)
{
    Listener *listener = data;
    listener->pause = 0;
    poller_change(listener->poller, &listener->watch, EPOLLIN);
    return G_SOURCE_REMOVE;
}

static void ready(PollerWatch *watch, uint32_t events)
{
    (void)events;
    Listener *listener = (Listener *)watch;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage storage = {0};
        socklen_t length = sizeof storage;
        int fd =
            accept4(watch->fd, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(listener, fd, &storage, length);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            /* the client that waits would wake us again and again */
            g_warning("listener: clients have to wait: %s", g_strerror(errno));
            poller_change(listener->poller, &listener->watch, 0);
            listener->pause = g_timeout_add(PAUSE_MS, end_pause, listener);
            return;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
    }
}

static gboolean check_age(gpointer data)
{
    Listener *listener = data;
    gint64 now = g_get_monotonic_time();
    guint idle = listener->limits.idle_seconds;
    gint64 oldest_word = idle == 0 ? 0 : now - (gint64)idle * G_USEC_PER_SEC;
    gint64 oldest_stall = now - (gint64)listener->limits.stall_seconds * G_USEC_PER_SEC;
    GHashTableIter iterator;
    gpointer connection;
    g_hash_table_iter_init(&iterator, listener->connections);
    while (g_hash_table_iter_next(&iterator, &connection, NULL)) {
        connection_check_age(connection, oldest_word, oldest_stall);
    }
    origins_forget(listener->origins, now);
    if (listener->handshakes != NULL) {
        handshakes_check_age(listener->handshakes, now);
    }
    return G_SOURCE_CONTINUE;
}

/* --- the socket --- */

/* A path that a daemon which was killed has left behind may be used again. */
static gboolean remove_stale(const char *path, GSocketAddress *address, GError **error)
{
    GStatBuf status;
    if (g_lstat(path, &status) != 0) {
        return TRUE;
    }
    g_autoptr(GSocket) probe =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
    g_autoptr(GError) refusal = NULL;
    if (probe == NULL) {
        return FALSE;
    }
    if (!S_ISSOCK(status.st_mode) || g_socket_connect(probe, address, NULL, &refusal)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "%s",
                    S_ISSOCK(status.st_mode) ? "somebody listens there already"
                                             : "that is no socket");
        return FALSE;
    }
    (void)g_unlink(path);
    return TRUE;
}

static GSocketAddress *find_address(const ListenerSettings *settings, GError **error)
{
    if (settings->path != NULL) {
        return g_unix_socket_address_new(settings->path);
    }
    GSocketAddress *address =
        g_inet_socket_address_new_from_string(settings->address, (guint)settings->port);
    if (address == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "“%s” is no IPv4 or IPv6 address", settings->address);
    }
    return address;
}

static gboolean check_loopback(GSocketAddress *address, gboolean has_tls, GError **error)
{
    if (has_tls || !G_IS_INET_SOCKET_ADDRESS(address) ||
        g_inet_address_get_is_loopback(
            g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))) {
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                "not a loopback address: others could read and forge everything there; that needs "
                "TLS with client certificates (tls=true, and the files of group [tls])");
    return FALSE;
}

gboolean listener_check_address(const char *address, gboolean has_tls, GError **error)
{
    const ListenerSettings settings = {.address = address};
    g_autoptr(GSocketAddress) found = find_address(&settings, error);
    if (found != NULL && !check_loopback(found, has_tls, error)) {
        g_prefix_error(error, "%s: ", address);
        return FALSE;
    }
    return found != NULL;
}

static GSocket *open_socket(const ListenerSettings *settings, GError **error)
{
    if (settings->fd >= 0) {
        g_autoptr(GSocket) given = g_socket_new_from_fd(settings->fd, error);
        g_autoptr(GSocketAddress) local =
            given == NULL ? NULL : g_socket_get_local_address(given, error);
        return local != NULL && check_loopback(local, settings->tls != NULL, error)
                   ? g_steal_pointer(&given)
                   : NULL;
    }
    g_autoptr(GSocketAddress) address = find_address(settings, error);
    if (address == NULL || !check_loopback(address, settings->tls != NULL, error) ||
        (settings->path != NULL && !remove_stale(settings->path, address, error))) {
        return NULL;
    }
    g_autoptr(GSocket) socket =
        g_socket_new(g_socket_address_get_family(address), G_SOCKET_TYPE_STREAM,
                     G_SOCKET_PROTOCOL_DEFAULT, error);
    if (socket == NULL) {
        return NULL;
    }
    g_socket_set_listen_backlog(socket, BACKLOG);
    if (!g_socket_bind(socket, address, TRUE, error)) {
        return NULL;
    }
    /* who may do what is decided by SO_PEERCRED, not by the file's mode */
    if (settings->path != NULL && g_chmod(settings->path, 0666) != 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s", g_strerror(errno));
        return NULL;
    }
    return g_socket_listen(socket, error) ? g_steal_pointer(&socket) : NULL;
}

static char *describe_place(const ListenerSettings *settings)
{
    return settings->fd >= 0 ? g_strdup_printf("given socket %d", settings->fd)
           : settings->path != NULL
               ? g_strdup(settings->path)
               : g_strdup_printf("%s port %d", settings->address, settings->port);
}

Listener *listener_new(Poller *poller, const ListenerSettings *settings,
                       const ConnectionHandler *handler, gpointer service, GError **error)
{
    g_autofree char *place = describe_place(settings);
    g_autoptr(GSocket) socket = open_socket(settings, error);
    if (socket == NULL) {
        g_prefix_error(error, "%s: ", place);
        return NULL;
    }
    g_socket_set_blocking(socket, FALSE);
    Listener *listener = g_new0(Listener, 1);
    listener->watch.ready = ready;
    listener->watch.fd = -1;
    listener->poller = poller;
    listener->stream = settings->stream;
    listener->limits = settings->limits;
    listener->path = settings->fd < 0 ? g_strdup(settings->path) : NULL;
    listener->handler = handler;
    listener->service = service;
    listener->connections = g_hash_table_new(NULL, NULL);
    if (settings->tls != NULL) {
        listener->tls = tls_server_ref(settings->tls);
        listener->handshakes = handshakes_new(poller, handshake_done, listener);
    }
    listener->origins = origins_new();
    listener->socket = g_steal_pointer(&socket);
    if (!poller_add(poller, &listener->watch, g_socket_get_fd(listener->socket), EPOLLIN, error)) {
        g_prefix_error(error, "%s: ", place);
        listener_free(listener);
        return NULL;
    }
    listener->age_check = g_timeout_add_seconds(AGE_CHECK_SECONDS, check_age, listener);
    return listener;
}

void listener_set_limits(Listener *listener, const ListenerLimits *limits)
{
    listener->limits = *limits;
}

void listener_set_tls(Listener *listener, TlsServer *tls)
{
    if (listener->tls != NULL) {
        TlsServer *old = listener->tls;
        listener->tls = tls_server_ref(tls);
        tls_server_unref(old);
    }
}

static void free_when_empty(gpointer data)
{
    Listener *listener = data;
    tls_server_unref(listener->tls);
    g_hash_table_unref(listener->connections);
    origins_free(listener->origins);
    g_object_unref(listener->socket);
    if (listener->path != NULL) {
        (void)g_unlink(listener->path);
        g_free(listener->path);
    }
    g_free(listener);
}

void listener_free(Listener *listener)
{
    if (listener == NULL) {
        return;
    }
    g_clear_handle_id(&listener->age_check, g_source_remove);
    g_clear_handle_id(&listener->pause, g_source_remove);
    poller_remove(listener->poller, &listener->watch);
    g_clear_pointer(&listener->handshakes, handshakes_free);
    GHashTableIter iterator;
    gpointer connection;
    g_hash_table_iter_init(&iterator, listener->connections);
    while (g_hash_table_iter_next(&iterator, &connection, NULL)) {
        connection_close(connection, "the daemon stops");
    }
    /* after the connections' ends, which were deferred before */
    poller_defer(listener->poller, POLLER_CLOSE, free_when_empty, listener);
}

guint16 listener_port(const Listener *listener)
{
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(listener->socket, NULL);
    return G_IS_INET_SOCKET_ADDRESS(address)
               ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address))
               : 0;
}

guint listener_clients(const Listener *listener)
{
    return g_hash_table_size(listener->connections) +
           (listener->handshakes == NULL ? 0 : handshakes_count(listener->handshakes));
}

guint64 listener_refused(const Listener *listener)
{
    return listener->refused;
}
