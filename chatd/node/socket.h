/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The FeiQ node's UDP socket. Datagrams are read many at a time, and gathered to be sent many at a
 * time. No error of one receiver concerns another: what cannot be sent is counted and forgotten,
 * since whoever waits for it asks again.
 */
#ifndef FEISCOPE_CHATD_NODE_SOCKET_H
#define FEISCOPE_CHATD_NODE_SOCKET_H

#include "chatd/node/address.h"

typedef struct NodeSocket NodeSocket;

/** Longest datagram that is read or sent: what UDP over IPv4 carries. */
enum { NODE_DATAGRAM_SIZE = 65507 };

/**
 * Open and bind. An IPv6 address that is "::" serves IPv4 too.
 *
 * @param error names address and port
 * @return free with node_socket_free
 */
NodeSocket *node_socket_new(const char *address, guint16 port, GError **error);

/**
 * Take a UDP socket that is bound already, from a service manager.
 *
 * @param fd taken over, and closed on error too
 */
NodeSocket *node_socket_new_given(int fd, GError **error);
void node_socket_free(NodeSocket *self);

int node_socket_fd(const NodeSocket *self);
int node_socket_family(const NodeSocket *self);

/** What it is bound to; the port is the one that the system chose if it was asked to. */
const NodeAddress *node_socket_address(const NodeSocket *self);

/**
 * Join a multicast group. What is joined already stays so.
 *
 * @param group its scope is the interface to join on; 0: that of the address which the socket is
 *              bound to, or the one that the routing table names
 */
void node_socket_join(NodeSocket *self, const NodeAddress *group);

/** Called with each datagram; the bytes live until it returns. */
typedef void NodeSocketReceiver(const NodeAddress *from, const guint8 *bytes, gsize length,
                                gpointer data);

/**
 * Read at most one batch. Errors that the network reports (ICMP) are not the socket's.
 *
 * @return whether the batch was full, so that there may be more
 */
gboolean node_socket_receive(NodeSocket *self, NodeSocketReceiver *receiver, gpointer data);

/**
 * Keep a datagram to be sent by node_socket_flush; the bytes are copied. One to a group or to
 * 255.255.255.255 goes out by the interface that is the address's scope.
 */
void node_socket_queue(NodeSocket *self, const NodeAddress *to, const guint8 *bytes, gsize length);

/** Is anything kept? */
gboolean node_socket_has_queue(const NodeSocket *self);

/** Send what was kept. */
void node_socket_flush(NodeSocket *self);

/** Forget what was kept. */
void node_socket_discard(NodeSocket *self);

/** Datagrams that were sent, and those that could not be. */
guint64 node_socket_sent(const NodeSocket *self);
guint64 node_socket_unsent(const NodeSocket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeSocket, node_socket_free)

#endif
