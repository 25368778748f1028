/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two memories of fixed size that keep the FeiQ node from being flooded: how much each address
 * sent lately, and which datagrams were seen within the last seconds.
 */
#ifndef FEISCOPE_CHATD_NODE_LIMITS_H
#define FEISCOPE_CHATD_NODE_LIMITS_H

#include "chatd/node/address.h"

typedef struct NodeLimits NodeLimits;

/** @return free with node_limits_free */
NodeLimits *node_limits_new(void);
void node_limits_free(NodeLimits *limits);

/** What is counted for each address. */
typedef enum {
    NODE_DATAGRAMS, /**< datagrams of all kinds */
    NODE_SHOUTS     /**< those of which everybody is told: log-ins, messages to all */
} NodeAllowance;

/**
 * May an address have one more handled? A second's worth may come at once. Addresses that fall into
 * the same place of the table share an allowance.
 *
 * @param rate how many per second
 * @param now  monotonic µs
 */
gboolean node_limits_allow(NodeLimits *limits, NodeAllowance what, const NodeAddress *from,
                           int rate, gint64 now);

/**
 * Was a datagram seen within the last seconds? If not, it is noted. A log-in is broadcast twice
 * under one packet number; but iptux begins its numbers at 1 at each start, so one is forgotten
 * soon. Two that fall into the same place displace each other.
 *
 * @param number packet number
 * @param word   command word
 */
gboolean node_limits_is_repeated(NodeLimits *limits, const NodeAddress *from, guint64 number,
                                 guint32 word, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeLimits, node_limits_free)

#endif
