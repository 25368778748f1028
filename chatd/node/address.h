/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Addresses of FeiQ nodes: IPv6, and IPv4 as IPv4-mapped IPv6, so that one form serves both.
 */
#ifndef FEISCOPE_CHATD_NODE_ADDRESS_H
#define FEISCOPE_CHATD_NODE_ADDRESS_H

#include <glib.h>
#include <sys/socket.h>

/** An address and a UDP port. All bytes count in comparisons, so there is no padding. */
typedef struct {
    guint8 ip[16];
    guint32 scope; /**< interface of a link-local IPv6 address, or by which a multicast group or
                    *   255.255.255.255 is to be reached; else 0 */
    guint32 port;  /**< host order */
} NodeAddress;

/**
 * Read an address in numbers: 10.1.2.3, ::1, fe80::1%eth0.
 *
 * @return FALSE if it is none
 */
gboolean node_address_parse(NodeAddress *address, const char *text, guint16 port);

/** Take an address from the kernel; other families than IPv4 and IPv6 become "::". */
void node_address_from_socket(NodeAddress *address, const struct sockaddr *from);

/**
 * Write an address for the kernel.
 *
 * @param family AF_INET or AF_INET6: the socket's
 * @return bytes written; 0 if the socket cannot reach it
 */
socklen_t node_address_to_socket(const NodeAddress *address, int family,
                                 struct sockaddr_storage *to);

/** Is it 0.0.0.0 or "::"? */
gboolean node_address_is_any(const NodeAddress *address);

gboolean node_address_equal(const NodeAddress *a, const NodeAddress *b);
gboolean node_address_same_host(const NodeAddress *a, const NodeAddress *b);

/** Is it an IPv4 address? Then *host_order is set to it. */
gboolean node_address_is_ipv4(const NodeAddress *address, guint32 *host_order);

/** Bytes that node_address_text needs. */
enum { NODE_ADDRESS_TEXT = 64 };

/** "10.1.2.3:2425" or "[fe80::1%2]:2425", with the interface's number if it has one. @return out */
const char *node_address_text(const NodeAddress *address, char out[NODE_ADDRESS_TEXT]);

/** Read what node_address_text wrote. */
gboolean node_address_read(NodeAddress *address, const char *text);

#endif
