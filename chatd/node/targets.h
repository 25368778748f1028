/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the FeiQ node announces itself, which addresses are its own, the multicast groups, and the
 * MAC address that FeiQ writes into its version.
 */
#ifndef FEISCOPE_CHATD_NODE_TARGETS_H
#define FEISCOPE_CHATD_NODE_TARGETS_H

#include "chatd/node/address.h"

/** Interfaces may change while the daemon runs, so this is looked up anew when they do. */
typedef struct {
    GArray *announce; /**< of NodeAddress: where announcements go */
    GArray *own;      /**< of NodeAddress: from where datagrams are the node's own */
    GArray *quns;     /**< of NodeAddress: FeiQ's multicast group 226.81.9.8, on each interface */
    GArray *groups;   /**< of NodeAddress: IPv6 multicast groups that are announced to, and heard */
    char mac[13];     /**< twelve upper-case hexadecimal digits of the first interface that has a
                       *   MAC address; zeros if there is none */
} NodeTargets;

/**
 * Look them up. A socket that is bound to one address has to do with the interface of that address
 * only.
 *
 * @param bound   what the socket is bound to
 * @param wanted  configured list; empty: 255.255.255.255 on each interface, its broadcast
 *                addresses, and on an IPv6 socket ff15::979 and ff02::1 on each. What is no address
 *                is logged and left out
 * @return free with node_targets_free
 */
NodeTargets *node_targets_new(const NodeAddress *bound, int family, char *const *wanted);
void node_targets_free(NodeTargets *targets);

/** Is a datagram from this address the node's own? */
gboolean node_targets_is_own(const NodeTargets *targets, const NodeAddress *from);

/** Are they for the same interfaces with the same addresses? */
gboolean node_targets_equal(const NodeTargets *a, const NodeTargets *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeTargets, node_targets_free)

#endif
