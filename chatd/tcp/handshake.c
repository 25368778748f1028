/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/handshake.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MOST_AT_ONCE = 128, MOST_OF_AN_ADDRESS = 2 };

typedef struct {
    PollerWatch watch; /* first: ready() gets its address; until the client speaks */
    GList link;        /* in all, */
    GList place;       /* … and in waiting */
    Handshakes *owner; /* NULL: it was given up, and only the thread keeps it */
    TlsServer *server;
    GTlsConnection *tls; /* NULL: it has not begun */
    GCancellable *cancellable;
    ConnectionPeer peer;
    Origin *origin;
    gint64 since;
} Handshake;

struct Handshakes {
    Poller *poller;
    HandshakeDone *done;
    gpointer owner;
    GQueue all;
    GQueue waiting; /* they have begun to speak, and wait for a thread */
    guint running;
};

static void count_running(Handshakes *handshakes, Origin *origin, int change)
{
    origin->handshakes = (guint)((int)origin->handshakes + change);
    handshakes->running = (guint)((int)handshakes->running + change);
}

static void free_handshake(gpointer data)
{
    Handshake *handshake = data;
    g_clear_object(&handshake->tls);
    g_object_unref(handshake->cancellable);
    tls_server_unref(handshake->server);
    g_free(handshake->peer.text);
    g_free(handshake->peer.certificate);
    g_free(handshake);
}

static void forget(Handshake *handshake)
{
    Handshakes *handshakes = handshake->owner;
    g_queue_unlink(&handshakes->all, &handshake->link);
    if (handshake->place.data != NULL) {
        g_queue_unlink(&handshakes->waiting, &handshake->place);
        handshake->place.data = NULL;
    }
}

static void tell(Handshake *handshake, GTlsConnection *tls, const char *problem)
{
    Handshakes *handshakes = handshake->owner;
    ConnectionPeer peer = handshake->peer;
    handshake->peer = (ConnectionPeer){0};
    forget(handshake);
    handshakes->done(handshakes->owner, tls, &peer, problem);
}

/* One that no thread has begun with. */
static void give_up_early(Handshake *handshake, const char *problem)
{
    int fd = handshake->watch.fd;
    poller_remove(handshake->owner->poller, &handshake->watch);
    close(fd);
    Poller *poller = handshake->owner->poller;
    tell(handshake, NULL, problem);
    poller_defer(poller, POLLER_CLOSE, free_handshake, handshake);
}

static void start_waiting(Handshakes *handshakes);

static void thread_ended(GObject *source, GAsyncResult *result, gpointer data)
{
    Handshake *handshake = data;
    Handshakes *handshakes = handshake->owner;
    g_autoptr(GError) error = NULL;
    gboolean made = g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &error);
    if (handshakes != NULL) {
        count_running(handshakes, handshake->origin, -1);
        handshake->peer.certificate =
            made ? tls_server_identify(handshake->server, handshake->tls, &error) : NULL;
        if (handshake->peer.certificate != NULL) {
            tell(handshake, g_steal_pointer(&handshake->tls), NULL);
        } else {
            g_autofree char *words = tls_server_explain(handshake->tls, error);
            tell(handshake, NULL,
                 g_cancellable_is_cancelled(handshake->cancellable) ? "TLS took too long" : words);
        }
        start_waiting(handshakes);
    }
    free_handshake(handshake);
}

static void start(Handshake *handshake)
{
    Handshakes *handshakes = handshake->owner;
    g_autoptr(GError) error = NULL;
    int fd = handshake->watch.fd;
    poller_remove(handshakes->poller, &handshake->watch);
    g_queue_unlink(&handshakes->waiting, &handshake->place);
    handshake->place.data = NULL;
    handshake->tls = tls_server_wrap(handshake->server, fd, &error);
    if (handshake->tls == NULL) {
        tell(handshake, NULL, error->message);
        poller_defer(handshakes->poller, POLLER_CLOSE, free_handshake, handshake);
        return;
    }
    count_running(handshakes, handshake->origin, 1);
    g_tls_connection_handshake_async(handshake->tls, G_PRIORITY_DEFAULT, handshake->cancellable,
                                     thread_ended, handshake);
}

static void start_waiting(Handshakes *handshakes)
{
    GList *next = NULL;
    for (GList *place = handshakes->waiting.head;
         place != NULL && handshakes->running < MOST_AT_ONCE; place = next) {
        Handshake *handshake = place->data;
        next = place->next;
        if (handshake->origin->handshakes < MOST_OF_AN_ADDRESS) {
            start(handshake);
        }
    }
}

/* The client has begun to speak, or is gone. */
static void ready(PollerWatch *watch, uint32_t events)
{
    Handshake *handshake = (Handshake *)watch;
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        give_up_early(handshake, "lost before TLS");
        return;
    }
    poller_change(handshake->owner->poller, watch, 0);
    if (handshake->place.data == NULL) {
        handshake->place.data = handshake;
        g_queue_push_tail_link(&handshake->owner->waiting, &handshake->place);
        start_waiting(handshake->owner);
    }
}

Handshakes *handshakes_new(Poller *poller, HandshakeDone *done, gpointer owner)
{
    Handshakes *handshakes = g_new0(Handshakes, 1);
    handshakes->poller = poller;
    handshakes->done = done;
    handshakes->owner = owner;
    return handshakes;
}

void handshakes_free(Handshakes *handshakes)
{
    while (handshakes->all.head != NULL) {
        Handshake *handshake = handshakes->all.head->data;
        forget(handshake);
        if (handshake->tls != NULL) {
            handshake->owner = NULL;
            g_cancellable_cancel(handshake->cancellable);
            continue;
        }
        int fd = handshake->watch.fd;
        poller_remove(handshakes->poller, &handshake->watch);
        close(fd);
        poller_defer(handshakes->poller, POLLER_CLOSE, free_handshake, handshake);
    }
    g_free(handshakes);
}

void handshakes_add(Handshakes *handshakes, TlsServer *server, int fd, const ConnectionPeer *peer)
{
    g_autoptr(GError) error = NULL;
    Handshake *handshake = g_new0(Handshake, 1);
    handshake->watch = (PollerWatch){.ready = ready, .fd = -1};
    handshake->link.data = handshake;
    handshake->owner = handshakes;
    handshake->server = tls_server_ref(server);
    handshake->cancellable = g_cancellable_new();
    handshake->peer = *peer;
    handshake->origin = peer->origin;
    handshake->since = g_get_monotonic_time();
    g_queue_push_tail_link(&handshakes->all, &handshake->link);
    if (!poller_add(handshakes->poller, &handshake->watch, fd, EPOLLIN, &error)) {
        close(fd);
        tell(handshake, NULL, error->message);
        free_handshake(handshake);
    }
}

void handshakes_check_age(Handshakes *handshakes, gint64 oldest)
{
    GList *next = NULL;
    for (GList *link = handshakes->all.head; link != NULL; link = next) {
        Handshake *handshake = link->data;
        next = link->next;
        if (handshake->since >= oldest) {
            break;
        }
        if (handshake->tls != NULL) {
            g_cancellable_cancel(handshake->cancellable);
        } else {
            give_up_early(handshake, "TLS took too long");
        }
    }
}

guint handshakes_count(const Handshakes *handshakes)
{
    return handshakes->all.length;
}
