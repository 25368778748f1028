/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/server.h"
#include "chatd/transfer/serve.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64, ACCEPTED_A_TURN = 16, TICK_SECONDS = 1 };

struct FileServer {
    PollerWatch watch; /* first: the poller hands it back */
    Transfers *transfers;
    Poller *poller;
    int fd;
    GQueue connections; /* of Serve */
    guint ticking;
    guint64 accepted;
    guint64 refused; /* beyond the limits */
};

static void ended(gpointer owner, Serve *serve)
{
    FileServer *server = owner;
    g_queue_remove(&server->connections, serve);
    serve_free(serve);
}

static gboolean has_slot(const FileServer *server, const NodeAddress *from)
{
    const Config *config = transfers_config(server->transfers);
    int same = 0;
    for (const GList *link = server->connections.head; link != NULL; link = link->next) {
        same += node_address_same_host(serve_address(link->data), from) ? 1 : 0;
    }
    return server->connections.length < (guint)config->files.connections &&
           same < config->files.connections_per_address;
}

static void accept_some(PollerWatch *watch, uint32_t events)
{
    (void)events;
    FileServer *server = (FileServer *)watch;
    for (int i = 0; i < ACCEPTED_A_TURN; i++) {
        struct sockaddr_storage place;
        socklen_t length = sizeof place;
        NodeAddress from;
        int fd =
            accept4(server->fd, (struct sockaddr *)&place, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            return;
        }
        node_address_from_socket(&from, (struct sockaddr *)&place);
        if (!has_slot(server, &from)) {
            server->refused++;
            close(fd);
            continue;
        }
        server->accepted++;
        Serve *serve = serve_new(server->transfers, server->poller, fd, &from, ended, server);
        if (serve != NULL) {
            g_queue_push_tail(&server->connections, serve);
        }
    }
}

static gboolean tick(gpointer data)
{
    FileServer *server = data;
    gint64 oldest =
        g_get_monotonic_time() -
        (gint64)transfers_config(server->transfers)->files.stall_seconds * G_USEC_PER_SEC;
    for (const GList *link = server->connections.head; link != NULL; link = link->next) {
        serve_check_age(link->data, oldest);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean start(FileServer *server, const NodeAddress *address, GError **error)
{
    struct sockaddr_storage place;
    char text[NODE_ADDRESS_TEXT];
    int on = 1;
    int off = 0;
    int family = node_address_is_ipv4(address, NULL) ? AF_INET : AF_INET6;
    server->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->fd >= 0) {
        (void)setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (family == AF_INET6) {
            (void)setsockopt(server->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        }
        socklen_t length = node_address_to_socket(address, family, &place);
        if (bind(server->fd, (struct sockaddr *)&place, length) == 0 &&
            listen(server->fd, BACKLOG) == 0) {
            return poller_add(server->poller, &server->watch, server->fd, EPOLLIN, error);
        }
    }
    int saved = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved), "files: %s (TCP): %s",
                node_address_text(address, text), g_strerror(saved));
    return FALSE;
}

FileServer *file_server_new(Transfers *transfers, Poller *poller, const NodeAddress *address,
                            GError **error)
{
    FileServer *server = g_new0(FileServer, 1);
    server->watch = (PollerWatch){.ready = accept_some, .fd = -1};
    server->transfers = transfers;
    server->poller = poller;
    g_queue_init(&server->connections);
    if (!start(server, address, error)) {
        file_server_free(server);
        return NULL;
    }
    server->ticking = g_timeout_add_seconds(TICK_SECONDS, tick, server);
    return server;
}

void file_server_free(FileServer *server)
{
    if (server == NULL) {
        return;
    }
    g_clear_handle_id(&server->ticking, g_source_remove);
    for (Serve *serve; (serve = g_queue_pop_head(&server->connections)) != NULL;) {
        serve_free(serve);
    }
    poller_remove(server->poller, &server->watch);
    if (server->fd >= 0) {
        close(server->fd);
    }
    g_free(server);
}

void file_server_figures(const FileServer *server, GString *text)
{
    g_string_append_printf(text,
                           "files-connections %u\n"
                           "files-connections-accepted %" G_GUINT64_FORMAT "\n"
                           "files-connections-refused %" G_GUINT64_FORMAT "\n",
                           server->connections.length, server->accepted, server->refused);
}
