/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A listening socket of a 1#n service, TCP, TCP with TLS, or Unix, with limits on how many clients
 * there are.
 */
#ifndef FEISCOPE_CHATD_LISTENER_H
#define FEISCOPE_CHATD_LISTENER_H

#include "chatd/tcp/connection.h"
#include "chatd/tcp/tls.h"

typedef struct Listener Listener;

/** How much the clients of a listener may take. */
typedef struct {
    guint clients;              /**< in all */
    guint clients_per_address;  /**< TCP: from one address; Unix: of one account */
    int connections_per_second; /**< the same; beyond it they are closed at once */
    guint idle_seconds;         /**< silence after which a client is dropped; 0: never */
    guint stall_seconds;        /**< the same for one within a message, or one that does not read */
    ConnectionLimits each;
} ListenerLimits;

/** Where and how to listen. */
typedef struct {
    const char *address; /**< IPv4 or IPv6 address; NULL: Unix */
    int port;            /**< 0: the system chooses; listener_port tells */
    const char *path;    /**< of the Unix socket; one that nobody listens on is replaced */
    int fd;              /**< a socket that listens already, which the listener closes; -1: none */
    TlsServer *tls;      /**< NULL: plain; the listener keeps a reference */
    OnehashStream stream;
    ListenerLimits limits;
} ListenerSettings;

/**
 * Bind, listen and accept. Beyond loopback it refuses to without TLS.
 *
 * @param settings copied
 * @param handler  gets every client's requests; its closed() is called when one ends
 * @param error    G_IO_ERROR_…; the message names where
 * @return free with listener_free
 */
Listener *listener_new(Poller *poller, const ListenerSettings *settings,
                       const ConnectionHandler *handler, gpointer service, GError **error);

/** Change the limits, for clients to come; those that are there stay. */
void listener_set_limits(Listener *listener, const ListenerLimits *limits);

/** Change the certificates, for clients to come. Nothing changes for a listener without TLS. */
void listener_set_tls(Listener *listener, TlsServer *tls);

/**
 * May a service listen there?
 *
 * @param address IPv4 or IPv6 address
 * @return FALSE with an error if it is none, or beyond loopback without TLS
 */
gboolean listener_check_address(const char *address, gboolean has_tls, GError **error);

/** Stop accepting and drop every client; freed at the end of the turn. NULL does nothing. */
void listener_free(Listener *listener);

/** The TCP port; 0 for a Unix socket. */
guint16 listener_port(const Listener *listener);

/** Clients now, and those refused so far. */
guint listener_clients(const Listener *listener);
guint64 listener_refused(const Listener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listener, listener_free)

#endif
