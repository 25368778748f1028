/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the FeiQ node (node.c) provides to the daemon.
 *
 * What the node has to keep to:
 *   - It registers with roster_set_side(ROSTER_FEIQ), and adds, renames and removes its users
 *     there. It is told of chat users by arrived() and left(), and of messages for its users by
 *     deliver(); a message with an id is noted with store_set_state when it was acknowledged
 *     (STORE_DELIVERED) or given up (STORE_REJECTED). After a restart, store_waiting(NULL) lists
 *     what has still to go out.
 *   - A message that arrives is stored with store_add (origin set; a duplicate is acknowledged
 *     again and handed to nobody), handed over by roster_deliver or roster_deliver_all, and
 *     acknowledged in POLLER_SEND, when it is committed, unless poller_turn_failed.
 *   - Its sockets are watched by the poller; ready() handles a bounded number of datagrams.
 *   - The configuration may change between any two turns (its strings are freed then): it is looked
 *     at anew each time.
 */
#ifndef FEISCOPE_CHATD_NODE_H
#define FEISCOPE_CHATD_NODE_H

#include "chatd/config.h"
#include "chatd/store/roster.h"
#include "chatd/store/store.h"
#include "chatd/system/poller.h"
#include "chatd/transfer/transfers.h"

typedef struct Node Node;

/**
 * Bind, log in, and take part. All arguments are kept longer than the node.
 *
 * @param transfers NULL: files are neither taken nor served
 * @param error     names address and port
 * @return free with node_free
 */
Node *node_new(const Config *config, Roster *roster, Store *store, Transfers *transfers,
               Poller *poller, GError **error);

/** The configuration was read anew: announce what has changed. */
void node_reconfigure(Node *node);

/** Log out from all; nothing is sent after that. At once, without waiting. */
void node_say_goodbye(Node *node);

/** Remove its users from the list, close, free. NULL does nothing. */
void node_free(Node *node);

/** The UDP port it is bound to. */
guint16 node_port(const Node *node);

/** Append figures, "name value" a line with LF. */
void node_figures(const Node *node, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Node, node_free)

#endif
