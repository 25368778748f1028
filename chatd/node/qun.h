/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's chat groups (群): each that is configured stands in the online list as a user. What is
 * written to it goes to the multicast group 226.81.9.8, encrypted as FeiQ does it; what others
 * write there is told to all chat users as a message from it. Nobody acknowledges either. Source:
 * protocol/feiq.md 7.5.
 */
#ifndef FEISCOPE_CHATD_NODE_QUN_H
#define FEISCOPE_CHATD_NODE_QUN_H

#include "chatd/node/private.h"

/** An empty set. Free with node_quns_free. */
NodeQuns *node_quns_new(void);
void node_quns_free(Node *node);

/**
 * Take over what the configuration says, join the multicast group on interfaces that are new, and
 * tell it of groups that are new.
 */
void node_quns_update(Node *node);

/** Tell the multicast group of all groups, as at a log-in: there may be others on it now. */
void node_quns_announce(Node *node);

/** Write to a group. @param peer one whose is_qun is set */
void node_qun_deliver(Node *node, const NodePeer *peer, const RosterMessage *message);

#endif
