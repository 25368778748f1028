/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's word that an interface came up or went, or got or lost an address (rtnetlink(7)).
 */
#ifndef FEISCOPE_CHATD_NODE_INTERFACES_H
#define FEISCOPE_CHATD_NODE_INTERFACES_H

#include "chatd/system/poller.h"

typedef struct NodeInterfaces NodeInterfaces;

/**
 * Listen.
 *
 * @param changed called some time after a change, once for all that come together
 * @return free with node_interfaces_free; NULL if the kernel says nothing, which is logged
 */
NodeInterfaces *node_interfaces_new(Poller *poller, void (*changed)(gpointer data), gpointer data);
void node_interfaces_free(NodeInterfaces *interfaces);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeInterfaces, node_interfaces_free)

#endif
