/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which datagram answers, acknowledges, repeats or speaks of which.
 *
 * Everything is decided when a frame is visited first, and found again later, so the order of later
 * visits does not matter. There is one record for each datagram, and none for what a datagram only
 * names: a forged packet number finds nothing and costs nothing.
 */
#ifndef FEISCOPE_DISSECTOR_CONVERSATION_H
#define FEISCOPE_DISSECTOR_CONVERSATION_H

#include "dissector/compat.h"
#include "dissector/datagram.h"

typedef struct Exchange Exchange;

/** A later frame that refers to a datagram, or the next of such. */
typedef struct ExchangeLink {
    struct ExchangeLink *next;
    uint32_t frame;
    uint8_t kind; /**< the Linked field under which the earlier frame shows it */
} ExchangeLink;

/** Forget all datagrams with the capture file. Called once, when the plugin registers. */
void conversation_init(void);

/**
 * Find a frame's datagram among those that were seen, and at the frame's first visit add it.
 *
 * @param proto    FeiQ
 * @param datagram what it says
 * @param payload  all of the datagram's payload
 * @return its record, which lives as long as the capture file; NULL if it is not one to link: a
 *         quotation in an ICMP error, or without packet number or command
 */
Exchange *conversation_track(int proto, packet_info *pinfo, const Datagram *datagram,
                             FsSpan payload);

/**
 * Add the links of a datagram to its tree.
 *
 * @param layer the tree of the datagram's layer; NULL if nobody wants it
 * @param tree  the tree of the frame, where remarks go if there is no layer
 */
void conversation_show(const Exchange *exchange, packet_info *pinfo, proto_tree *layer,
                       proto_tree *tree, tvbuff_t *tvb);

/**
 * Find a message.
 *
 * @param sender   who sent it
 * @param number   its packet number
 * @param receiver who got it
 * @return the first frame with it; 0 if there is none
 */
uint32_t conversation_find_message(const address *sender, uint64_t number, const address *receiver);

/** Is the frame for more than one host: broadcast or multicast, as far as its addresses tell? */
bool conversation_is_group(const packet_info *pinfo);

/** A number for an address, from 1 on; the same for the same address. */
uint32_t conversation_host(const address *from);

/** Is the datagram a copy of one that came before? */
bool conversation_is_copy(const Exchange *exchange);

#endif
