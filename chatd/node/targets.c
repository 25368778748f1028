/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/targets.h"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>

/* The official program's multicast groups: global, and all nodes of the link. */
static const char *const ipv6_groups[] = {"ff15::979", "ff02::1"};

static void add(GArray *addresses, const NodeAddress *address)
{
    for (guint i = 0; i < addresses->len; i++) {
        if (node_address_equal(&g_array_index(addresses, NodeAddress, i), address)) {
            return;
        }
    }
    g_array_append_vals(addresses, address, 1);
}

static void add_text(GArray *addresses, const char *text, guint16 port, guint32 scope)
{
    NodeAddress address;
    if (node_address_parse(&address, text, port)) {
        address.scope = scope != 0 ? scope : address.scope;
        add(addresses, &address);
    } else {
        g_warning("feiq: “%s” in feiq.broadcast is not an IP address", text);
    }
}

static void note_mac(NodeTargets *targets, const struct sockaddr *from)
{
    struct sockaddr_ll link;
    memcpy(&link, from, sizeof link);
    const unsigned char *octet = link.sll_addr;
    static const unsigned char none[6] = {0};
    if (link.sll_halen == 6 && memcmp(octet, none, 6) != 0 && targets->mac[0] == '\0') {
        g_snprintf(targets->mac, sizeof targets->mac, "%02X%02X%02X%02X%02X%02X", octet[0],
                   octet[1], octet[2], octet[3], octet[4], octet[5]);
    }
}

/* The port is the node's in both lists. */
static void add_socket(GArray *addresses, const struct sockaddr *from, guint32 port)
{
    NodeAddress address;
    node_address_from_socket(&address, from);
    address.port = port;
    add(addresses, &address);
}

static void look_at_interface(NodeTargets *targets, const struct ifaddrs *interface,
                              const NodeAddress *bound, int family, gboolean everywhere)
{
    int kind = interface->ifa_addr->sa_family;
    if (kind == AF_PACKET) {
        note_mac(targets, interface->ifa_addr);
        if (everywhere && family == AF_INET6 && (interface->ifa_flags & IFF_MULTICAST) != 0) {
            for (gsize i = 0; i < G_N_ELEMENTS(ipv6_groups); i++) {
                add_text(targets->announce, ipv6_groups[i], (guint16)bound->port,
                         if_nametoindex(interface->ifa_name));
            }
        }
    } else if (kind == AF_INET || kind == AF_INET6) {
        add_socket(targets->own, interface->ifa_addr, bound->port);
        if (everywhere && kind == AF_INET && (interface->ifa_flags & IFF_BROADCAST) != 0 &&
            interface->ifa_broadaddr != NULL) {
            add_socket(targets->announce, interface->ifa_broadaddr, bound->port);
        }
    }
}

NodeTargets *node_targets_new(const NodeAddress *bound, int family, char *const *wanted)
{
    NodeTargets *targets = g_new0(NodeTargets, 1);
    struct ifaddrs *interfaces = NULL;
    gboolean everywhere = wanted == NULL || wanted[0] == NULL;
    targets->announce = g_array_new(FALSE, FALSE, sizeof(NodeAddress));
    targets->own = g_array_new(FALSE, FALSE, sizeof(NodeAddress));
    if (everywhere) {
        add_text(targets->announce, "255.255.255.255", (guint16)bound->port, 0);
    }
    for (gsize i = 0; !everywhere && wanted[i] != NULL; i++) {
        add_text(targets->announce, wanted[i], (guint16)bound->port, 0);
    }
    if (getifaddrs(&interfaces) == 0) {
        for (const struct ifaddrs *each = interfaces; each != NULL; each = each->ifa_next) {
            if (each->ifa_addr != NULL && (each->ifa_flags & IFF_UP) != 0) {
                look_at_interface(targets, each, bound, family, everywhere);
            }
        }
        freeifaddrs(interfaces);
    }
    if (!node_address_is_any(bound)) {
        g_array_set_size(targets->own, 0);
        add(targets->own, bound);
    }
    if (targets->mac[0] == '\0') {
        g_strlcpy(targets->mac, "000000000000", sizeof targets->mac);
    }
    return targets;
}

void node_targets_free(NodeTargets *targets)
{
    if (targets != NULL) {
        g_array_unref(targets->announce);
        g_array_unref(targets->own);
        g_free(targets);
    }
}

gboolean node_targets_is_own(const NodeTargets *targets, const NodeAddress *from)
{
    for (guint i = 0; i < targets->own->len; i++) {
        if (node_address_equal(&g_array_index(targets->own, NodeAddress, i), from)) {
            return TRUE;
        }
    }
    return FALSE;
}
