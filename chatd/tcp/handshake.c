/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/handshake.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST_AT_ONCE = 128,
    MOST_OF_AN_ADDRESS = 2,
    GREETING_SECONDS = 10, /* from the connection to the thread */
    THREAD_SECONDS = 4,
    RECORD_HEAD = 5,        /* bytes: type, version, length. RFC 8446, 5.1 */
    RECORD_LIMIT = 1 << 14, /* bytes of a record that is not encrypted */
    HANDSHAKE_RECORD = 22,
    MAJOR_VERSION = 3
};

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
    int needed;   /* bytes that have to be there before it goes on */
    gint64 since; /* monotonic µs: of the connection, or of the thread */
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
    handshake->since = g_get_monotonic_time();
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

/* Be woken when so many bytes are there. */
static void wait_for(Handshake *handshake, int bytes)
{
    handshake->needed = bytes;
    (void)setsockopt(handshake->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

static void join_queue(Handshake *handshake)
{
    wait_for(handshake, 1);
    poller_change(handshake->owner->poller, &handshake->watch, 0);
    handshake->place.data = handshake;
    g_queue_push_tail_link(&handshake->owner->waiting, &handshake->place);
    start_waiting(handshake->owner);
}

/* The client has spoken, or is gone. It gets a thread when its first record is there as a whole. */
static void ready(PollerWatch *watch, uint32_t events)
{
    Handshake *handshake = (Handshake *)watch;
    guint8 head[RECORD_HEAD];
    int arrived = 0;
    if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0 ||
        ioctl(watch->fd, FIONREAD, &arrived) != 0) {
        give_up_early(handshake, "lost before TLS");
    } else if (arrived < handshake->needed) {
        return;
    } else if (handshake->needed > RECORD_HEAD) {
        join_queue(handshake);
    } else if (recv(watch->fd, head, sizeof head, MSG_PEEK) != RECORD_HEAD ||
               head[0] != HANDSHAKE_RECORD || head[1] != MAJOR_VERSION) {
        give_up_early(handshake, "it does not speak TLS");
    } else {
        int length = head[RECORD_HEAD - 2] << 8 | head[RECORD_HEAD - 1];
        if (length == 0 || length > RECORD_LIMIT) {
            give_up_early(handshake, "it does not speak TLS");
        } else if (arrived >= RECORD_HEAD + length) {
            join_queue(handshake);
        } else {
            wait_for(handshake, RECORD_HEAD + length);
        }
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
    if (!poller_add(handshakes->poller, &handshake->watch, fd, EPOLLIN | EPOLLRDHUP, &error)) {
        close(fd);
        tell(handshake, NULL, error->message);
        free_handshake(handshake);
        return;
    }
    wait_for(handshake, RECORD_HEAD);
}

void handshakes_check_age(Handshakes *handshakes, gint64 now)
{
    GList *next = NULL;
    for (GList *link = handshakes->all.head; link != NULL; link = next) {
        Handshake *handshake = link->data;
        gint64 age = (now - handshake->since) / G_USEC_PER_SEC;
        next = link->next;
        if (handshake->tls != NULL && age >= THREAD_SECONDS) {
            g_cancellable_cancel(handshake->cancellable);
        } else if (handshake->tls == NULL && age >= GREETING_SECONDS) {
            give_up_early(handshake, "TLS took too long");
        }
    }
}

guint handshakes_count(const Handshakes *handshakes)
{
    return handshakes->all.length;
}
