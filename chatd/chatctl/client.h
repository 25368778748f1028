/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatctl's side of a connection to chatd: requests and replies in turn, and events that come in
 * between. It waits; what it is sent is in the length framing, so a text may have line ends.
 */
#ifndef FEISCOPE_CHATD_CHATCTL_CLIENT_H
#define FEISCOPE_CHATD_CHATCTL_CLIENT_H

#include "protocol/onehash/onehash.h"

#include <glib.h>

typedef struct Client Client;

typedef enum {
    CLIENT_ERROR_UNREACHABLE, /**< nobody listens there, or the connection was lost */
    CLIENT_ERROR_PROTOCOL,    /**< what came is not 1#n */
    CLIENT_ERROR_UNSAYABLE    /**< what was to be sent cannot be said in 1#n; nothing was sent */
} ClientError;

#define CLIENT_ERROR client_error_quark()
GQuark client_error_quark(void);

/** Where chatd is. */
typedef struct {
    const char *directory; /**< of the Unix sockets; NULL: TCP */
    const char *host;      /**< for TCP */
    guint16 port;          /**< 0: the service's own */
    gboolean tls;          /**< TCP: through TLS; the server's certificate has to be for host */
    const char *tls_ca;    /**< PEM file: authorities to trust; NULL: the system's */
    const char *tls_certificate; /**< PEM file: one's own certificate; NULL: none */
    const char *tls_key;         /**< PEM file: its key; NULL: in the same file */
} ClientPlace;

/** What came: a reply or an event. */
typedef struct {
    OnehashKind kind;
    guint32 code;
    OnehashStatus status; /**< of a reply */
    char *from;           /**< of an event */
    char *text;           /**< a reply's body, lines separated by LF; an event's text; or NULL */
} ClientMessage;

/** Connect to a service. Free with client_free. */
Client *client_new(const ClientPlace *place, OnehashService service, GError **error);
void client_free(Client *client);

/**
 * Send a request without waiting for its reply.
 *
 * @param arguments ends with NULL
 */
gboolean client_send(Client *client, guint32 code, const char *const *arguments, GError **error);

/**
 * Send a request and wait for its reply; events that come before it are kept for client_receive.
 * Replies to requests of another code that were sent before by client_send are dropped.
 *
 * @return free with client_message_free
 */
ClientMessage *client_ask(Client *client, guint32 code, const char *const *arguments,
                          GError **error);

/** Wait for what comes next. */
ClientMessage *client_receive(Client *client, GError **error);

/** Take what has come already; NULL without an error if it is no whole message yet. */
ClientMessage *client_poll(Client *client, GError **error);

/** The socket, to be waited on. */
int client_descriptor(const Client *client);

void client_message_free(ClientMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClientMessage, client_message_free)

#endif
