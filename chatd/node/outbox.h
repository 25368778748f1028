/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reliable sending as the IP Messenger does it: a datagram is sent again until it is acknowledged,
 * so often and no more. To each user one message is on its way at a time, in the order in which
 * they were written, since some programs drop a packet whose number is not higher than the last.
 * The others wait in the store, from where they go out after a restart, too.
 */
#ifndef FEISCOPE_CHATD_NODE_OUTBOX_H
#define FEISCOPE_CHATD_NODE_OUTBOX_H

#include "chatd/node/peers.h"

typedef struct NodeOutbox NodeOutbox;
typedef struct Node Node;

/** @return free with node_outbox_free */
NodeOutbox *node_outbox_new(Node *node);
void node_outbox_free(NodeOutbox *outbox);

/** Send a user the first message that waits for it, unless one is on its way already. */
void node_outbox_wake(NodeOutbox *outbox, NodePeer *peer);

/**
 * Send a notice that the receiver confirms, such as READMSG, until it does.
 *
 * @param number packet number of the notice
 */
void node_outbox_notify(NodeOutbox *outbox, const NodeAddress *to, guint64 number,
                        const guint8 *bytes, gsize length);

/** A user told its key, or that it has none that can be used: its message can go out. */
void node_outbox_key_came(NodeOutbox *outbox, NodePeer *peer);

/** A packet was acknowledged. @param from by whom, which has to be who it was sent to */
void node_outbox_acknowledged(NodeOutbox *outbox, const NodeAddress *from, guint64 number);

/** A chunk of the image was acknowledged that is on its way to a user. */
void node_outbox_chunk_acknowledged(NodeOutbox *outbox, NodePeer *peer, guint32 id, guint32 number);

/** A user is gone: what was on its way to it waits in the store. */
void node_outbox_forget(NodeOutbox *outbox, NodePeer *peer);

/** Append figures, "name value" a line with LF. */
void node_outbox_figures(const NodeOutbox *outbox, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeOutbox, node_outbox_free)

#endif
