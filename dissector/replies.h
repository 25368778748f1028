/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which reply of 1#n belongs to which request: every request gets exactly one reply, in order.
 */
#ifndef FEISCOPE_DISSECTOR_REPLIES_H
#define FEISCOPE_DISSECTOR_REPLIES_H

#include "dissector/compat.h"

#include "protocol/packet.h"

typedef struct Request Request;

/** The requests of a connection that wait for their replies; all zero to begin with. */
typedef struct {
    Request *first;
    Request *last;
} Waiting;

/**
 * Link a message to its request or reply, at the frame's first visit, and show the link.
 *
 * @param proto   1#n
 * @param waiting of the message's connection
 * @param layer   the tree of the message; NULL if nobody wants it
 * @param packet  the decoded message
 * @param number  how many messages of the frame came before
 */
void replies_show(int proto, Waiting *waiting, packet_info *pinfo, proto_tree *layer, tvbuff_t *tvb,
                  const FsPacket *packet, unsigned number);

#endif
