/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};

static void set_ipv4(NodeAddress *address, const struct in_addr *from)
{
    memcpy(address->ip, mapped, sizeof mapped);
    memcpy(address->ip + sizeof mapped, from, sizeof *from);
}

gboolean node_address_parse(NodeAddress *address, const char *text, guint16 port)
{
    struct in_addr ipv4;
    struct in6_addr ipv6;
    *address = (NodeAddress){.port = port};
    if (inet_pton(AF_INET, text, &ipv4) == 1) {
        set_ipv4(address, &ipv4);
        return TRUE;
    }
    const char *percent = strchr(text, '%');
    g_autofree char *number =
        percent == NULL ? g_strdup(text) : g_strndup(text, (gsize)(percent - text));
    if (inet_pton(AF_INET6, number, &ipv6) != 1) {
        return FALSE;
    }
    memcpy(address->ip, &ipv6, sizeof address->ip);
    address->scope = percent == NULL ? 0 : if_nametoindex(percent + 1);
    return percent == NULL || address->scope != 0;
}

void node_address_from_socket(NodeAddress *address, const struct sockaddr *from)
{
    *address = (NodeAddress){.port = 0};
    if (from->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, from, sizeof ipv4);
        set_ipv4(address, &ipv4.sin_addr);
        address->port = ntohs(ipv4.sin_port);
    } else if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, from, sizeof ipv6);
        memcpy(address->ip, &ipv6.sin6_addr, sizeof address->ip);
        address->scope = ipv6.sin6_scope_id;
        address->port = ntohs(ipv6.sin6_port);
    }
}

socklen_t node_address_to_socket(const NodeAddress *address, int family,
                                 struct sockaddr_storage *to)
{
    if (family == AF_INET6) {
        struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6,
                                    .sin6_port = htons((guint16)address->port),
                                    .sin6_scope_id = address->scope};
        memcpy(&ipv6.sin6_addr, address->ip, sizeof address->ip);
        memcpy(to, &ipv6, sizeof ipv6);
        return sizeof ipv6;
    }
    if (!node_address_is_ipv4(address, NULL)) {
        return 0;
    }
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons((guint16)address->port)};
    memcpy(&ipv4.sin_addr, address->ip + sizeof mapped, sizeof ipv4.sin_addr);
    memcpy(to, &ipv4, sizeof ipv4);
    return sizeof ipv4;
}

gboolean node_address_is_any(const NodeAddress *address)
{
    NodeAddress any;
    return (node_address_parse(&any, "0.0.0.0", 0) && node_address_same_host(&any, address)) ||
           (node_address_parse(&any, "::", 0) && node_address_same_host(&any, address));
}

gboolean node_address_equal(const NodeAddress *a, const NodeAddress *b)
{
    return a->port == b->port && node_address_same_host(a, b);
}

gboolean node_address_same_host(const NodeAddress *a, const NodeAddress *b)
{
    return memcmp(a->ip, b->ip, sizeof a->ip) == 0 && a->scope == b->scope;
}

gboolean node_address_is_ipv4(const NodeAddress *address, guint32 *host_order)
{
    if (memcmp(address->ip, mapped, sizeof mapped) != 0) {
        return FALSE;
    }
    if (host_order != NULL) {
        guint32 number;
        memcpy(&number, address->ip + sizeof mapped, sizeof number);
        *host_order = ntohl(number);
    }
    return TRUE;
}

const char *node_address_text(const NodeAddress *address, char out[NODE_ADDRESS_TEXT])
{
    char ip[INET6_ADDRSTRLEN];
    if (node_address_is_ipv4(address, NULL)) {
        (void)inet_ntop(AF_INET, address->ip + sizeof mapped, ip, sizeof ip);
        g_snprintf(out, NODE_ADDRESS_TEXT, "%s:%u", ip, address->port);
    } else {
        (void)inet_ntop(AF_INET6, address->ip, ip, sizeof ip);
        char scope[16] = "";
        if (address->scope != 0) {
            g_snprintf(scope, sizeof scope, "%%%u", address->scope);
        }
        g_snprintf(out, NODE_ADDRESS_TEXT, "[%s%s]:%u", ip, scope, address->port);
    }
    return out;
}

gboolean node_address_read(NodeAddress *address, const char *text)
{
    gboolean is_ipv6 = *text == '[';
    const char *colon = strrchr(text, ':');
    guint64 port;
    guint64 scope = 0;
    if (colon == NULL || colon <= text + 1 || (is_ipv6 && colon[-1] != ']') ||
        !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &port, NULL)) {
        return FALSE;
    }
    g_autofree char *ip =
        g_strndup(is_ipv6 ? text + 1 : text, (gsize)(colon - text) - (is_ipv6 ? 2U : 0U));
    char *percent = strchr(ip, '%');
    if (percent != NULL) {
        *percent = '\0';
        if (!g_ascii_string_to_unsigned(percent + 1, 10, 0, G_MAXUINT32, &scope, NULL)) {
            return FALSE;
        }
    }
    if (!node_address_parse(address, ip, (guint16)port)) {
        return FALSE;
    }
    address->scope = (guint32)scope;
    return TRUE;
}
