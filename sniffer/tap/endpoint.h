/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who speaks to whom in a packet, for statistics.
 */
#ifndef FEISCOPE_SNIFFER_TAP_ENDPOINT_H
#define FEISCOPE_SNIFFER_TAP_ENDPOINT_H

#include "protocol/packet.h"

/** One side. All bytes are set, so that endpoints compare as bytes. */
typedef struct {
    uint8_t address[16]; /**< in network order; bytes that are not used are 0 */
    uint32_t type;       /**< FsType of the address: FS_ETHER, FS_IPV4 or FS_IPV6 */
    uint16_t port;       /**< host order; 0 if there is none */
    uint16_t ported;     /**< 1: it has a port */
} Endpoint;

/** Two sides, as a key of GLib's hash tables; of one side alone, the second is all 0. */
typedef struct {
    Endpoint ends[2];
} EndpointPair;

/** GHashFunc of an EndpointPair. */
unsigned endpoint_pair_hash(const void *pair);

/** GEqualFunc of an EndpointPair. */
int endpoint_pair_equal(const void *a, const void *b);

/** Both sides, by layer. */
typedef struct {
    const FsField *transport; /**< layer of UDP or TCP; NULL: there is none */
    const FsField *network;   /**< layer of IPv4 or IPv6; NULL: there is none */
    uint32_t transport_at;    /**< index of that layer's entry, if there is one */
    bool linked;              /**< link is set */
    Endpoint link[2];         /**< MAC addresses: source, destination */
    Endpoint ends[2];         /**< innermost IP addresses, with ports if transport is set */
} Speakers;

/** Find both sides. What an ICMP error quotes is not looked at. */
Speakers speakers_of(const FsPacket *packet);

/** Called with what the layers tell up to the end of this one. */
typedef void SpeakersVisit(void *context, const Speakers *speakers, const FsField *layer);

/** The same, and visit every layer of the packet, outermost first. */
Speakers speakers_each(const FsPacket *packet, SpeakersVisit *visit, void *context);

/** The side that an address field says (FS_ETHER, FS_IPV4, FS_IPV6), without a port. */
Endpoint endpoint_of(const FsEntry *entry);

/** Set the port that a field says. */
void endpoint_set_port(Endpoint *end, const FsEntry *entry);

/** The side of the network layer: without its port. */
Endpoint endpoint_without_port(const Endpoint *end);

/** "10.0.0.1:2425", "[fe80::1]:2425", "10.0.0.1". Returns bytes written, without the NUL. */
size_t endpoint_format(char *out, size_t capacity, const Endpoint *end);

#endif
