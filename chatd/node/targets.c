/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/targets.h"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>

/* The official program's multicast groups: global, and all nodes of the link. */
static const char *const ipv6_groups[] = {"ff15::979", "ff02::1"};
static const char qun_group[] = "226.81.9.8";
static const char everybody[] = "255.255.255.255";

/* What is looked for on the interfaces. */
typedef struct {
    NodeTargets *targets;
    const NodeAddress *bound;
    int family;
    gboolean everywhere; /* announcements go where the interfaces say */
    guint32 only;        /* interface of the address that is bound to; 0: all of them count */
} Search;

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

static void look_at_ipv4(const Search *search, const struct ifaddrs *interface, guint32 index)
{
    NodeTargets *targets = search->targets;
    guint16 port = (guint16)search->bound->port;
    if ((interface->ifa_flags & IFF_MULTICAST) != 0) {
        add_text(targets->quns, qun_group, port, index);
    }
    if (search->everywhere && (interface->ifa_flags & IFF_BROADCAST) != 0) {
        add_text(targets->announce, everybody, port, index);
        if (interface->ifa_broadaddr != NULL) {
            add_socket(targets->announce, interface->ifa_broadaddr, port);
        }
    }
}

static void look_at_ipv6(const Search *search, const struct ifaddrs *interface, guint32 index)
{
    if ((interface->ifa_flags & IFF_MULTICAST) == 0 || search->family != AF_INET6) {
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ipv6_groups); i++) {
        add_text(search->targets->groups, ipv6_groups[i], (guint16)search->bound->port, index);
    }
}

static void look_at_interface(const Search *search, const struct ifaddrs *interface)
{
    guint32 index = if_nametoindex(interface->ifa_name);
    int kind = interface->ifa_addr->sa_family;
    if (search->only != 0 && search->only != index) {
        return;
    }
    if (kind == AF_PACKET) {
        note_mac(search->targets, interface->ifa_addr);
    } else if (kind == AF_INET) {
        add_socket(search->targets->own, interface->ifa_addr, search->bound->port);
        look_at_ipv4(search, interface, index);
    } else if (kind == AF_INET6) {
        add_socket(search->targets->own, interface->ifa_addr, search->bound->port);
        look_at_ipv6(search, interface, index);
    }
}

static gboolean is_of_use(const struct ifaddrs *interface)
{
    return interface->ifa_addr != NULL && (interface->ifa_flags & IFF_UP) != 0;
}

static gboolean is_loopback(const NodeAddress *address)
{
    guint32 ipv4;
    return node_address_is_ipv4(address, &ipv4) && ipv4 >> 24 == 127;
}

/* The interface that has an address; 0: none, or that is the address of all. */
static guint32 find_interface(const struct ifaddrs *interfaces, const NodeAddress *address)
{
    for (const struct ifaddrs *each = interfaces; each != NULL; each = each->ifa_next) {
        int kind = each->ifa_addr == NULL ? AF_UNSPEC : each->ifa_addr->sa_family;
        NodeAddress own;
        if (kind != AF_INET && kind != AF_INET6) {
            continue;
        }
        node_address_from_socket(&own, each->ifa_addr);
        if (node_address_same_host(&own, address) ||
            (is_loopback(&own) && is_loopback(address))) { /* it has all of 127.0.0.0/8 */
            return if_nametoindex(each->ifa_name);
        }
    }
    return 0;
}

static void look_at_interfaces(Search *search)
{
    struct ifaddrs *interfaces = NULL;
    if (getifaddrs(&interfaces) != 0) {
        return;
    }
    search->only = find_interface(interfaces, search->bound);
    for (const struct ifaddrs *each = interfaces; each != NULL; each = each->ifa_next) {
        if (is_of_use(each)) {
            look_at_interface(search, each);
        }
    }
    freeifaddrs(interfaces);
}

static GArray *new_list(void)
{
    return g_array_new(FALSE, FALSE, sizeof(NodeAddress));
}

NodeTargets *node_targets_new(const NodeAddress *bound, int family, char *const *wanted)
{
    NodeTargets *targets = g_new0(NodeTargets, 1);
    guint16 port = (guint16)bound->port;
    Search search = {.targets = targets,
                     .bound = bound,
                     .family = family,
                     .everywhere = wanted == NULL || wanted[0] == NULL};
    targets->announce = new_list();
    targets->own = new_list();
    targets->quns = new_list();
    targets->groups = new_list();
    for (gsize i = 0; !search.everywhere && wanted[i] != NULL; i++) {
        add_text(targets->announce, wanted[i], port, 0);
    }
    look_at_interfaces(&search);
    if (search.everywhere && targets->announce->len == 0) {
        add_text(targets->announce, everybody, port, 0);
    }
    if (search.everywhere && targets->groups->len > 0) {
        g_array_append_vals(targets->announce, targets->groups->data, targets->groups->len);
    }
    if (targets->quns->len == 0) {
        add_text(targets->quns, qun_group, port, search.only);
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
        g_array_unref(targets->quns);
        g_array_unref(targets->groups);
        g_free(targets);
    }
}

static gboolean holds(const GArray *addresses, const NodeAddress *address)
{
    for (guint i = 0; i < addresses->len; i++) {
        if (node_address_equal(&g_array_index(addresses, NodeAddress, i), address)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean node_targets_is_own(const NodeTargets *targets, const NodeAddress *from)
{
    return holds(targets->own, from);
}

static gboolean is_same_list(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < a->len; i++) {
        if (!holds(b, &g_array_index(a, NodeAddress, i))) {
            return FALSE;
        }
    }
    return a->len == b->len;
}

gboolean node_targets_equal(const NodeTargets *a, const NodeTargets *b)
{
    return is_same_list(a->announce, b->announce) && is_same_list(a->own, b->own) &&
           is_same_list(a->quns, b->quns) && is_same_list(a->groups, b->groups);
}
