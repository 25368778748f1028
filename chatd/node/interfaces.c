/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the messages say is not looked at: whoever is told looks at the interfaces anew. So none may
 * be lost that matters, and a queue that overflowed is as good as a message.
 */
#include "chatd/node/interfaces.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUIET_MS = 500 }; /* after the first message: an interface that comes up has many */

struct NodeInterfaces {
    PollerWatch watch; /* first: the poller hands it back */
    Poller *poller;
    int fd;
    guint timer;
    void (*changed)(gpointer data);
    gpointer data;
};

static gboolean tell(gpointer data)
{
    NodeInterfaces *interfaces = data;
    interfaces->timer = 0;
    interfaces->changed(interfaces->data);
    return G_SOURCE_REMOVE;
}

static void ready(PollerWatch *watch, uint32_t events)
{
    (void)events;
    NodeInterfaces *interfaces = (NodeInterfaces *)watch;
    static char message[8192];
    while (recv(interfaces->fd, message, sizeof message, MSG_TRUNC) > 0 || errno == ENOBUFS) {
        if (interfaces->timer == 0) {
            interfaces->timer = g_timeout_add(QUIET_MS, tell, interfaces);
        }
    }
}

static gboolean listen_to_kernel(NodeInterfaces *interfaces, GError **error)
{
    const struct sockaddr_nl groups = {.nl_family = AF_NETLINK,
                                       .nl_groups =
                                           RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
    interfaces->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (interfaces->fd < 0 ||
        bind(interfaces->fd, (const struct sockaddr *)&groups, sizeof groups) != 0) {
        int saved = errno;
        g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved),
                            g_strerror(saved));
        return FALSE;
    }
    return poller_add(interfaces->poller, &interfaces->watch, interfaces->fd, EPOLLIN, error);
}

NodeInterfaces *node_interfaces_new(Poller *poller, void (*changed)(gpointer data), gpointer data)
{
    g_autoptr(GError) error = NULL;
    NodeInterfaces *interfaces = g_new0(NodeInterfaces, 1);
    interfaces->watch = (PollerWatch){.ready = ready, .fd = -1};
    interfaces->poller = poller;
    interfaces->changed = changed;
    interfaces->data = data;
    if (!listen_to_kernel(interfaces, &error)) {
        g_message("feiq: interfaces that come up later are found at the next refresh only: %s",
                  error->message);
        node_interfaces_free(interfaces);
        return NULL;
    }
    return interfaces;
}

void node_interfaces_free(NodeInterfaces *interfaces)
{
    if (interfaces != NULL) {
        g_clear_handle_id(&interfaces->timer, g_source_remove);
        poller_remove(interfaces->poller, &interfaces->watch);
        if (interfaces->fd >= 0) {
            close(interfaces->fd);
        }
        g_free(interfaces);
    }
}
