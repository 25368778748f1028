/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/source/live.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>

/* False: an address of another family, of which libpcap knows nothing to print. */
static bool print_address(const struct sockaddr *address, const struct sockaddr *mask)
{
    char text[INET6_ADDRSTRLEN];
    const void *bytes;
    const void *mask_bytes = NULL;
    size_t length;
    if (address->sa_family == AF_INET) {
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
        mask_bytes =
            mask != NULL ? &((const struct sockaddr_in *)(const void *)mask)->sin_addr : NULL;
        length = 4;
    } else if (address->sa_family == AF_INET6) {
        bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        mask_bytes =
            mask != NULL ? &((const struct sockaddr_in6 *)(const void *)mask)->sin6_addr : NULL;
        length = 16;
    } else {
        return false;
    }
    (void)inet_ntop(address->sa_family, bytes, text, sizeof text);
    (void)printf(" %s", text);
    if (mask_bytes != NULL) {
        unsigned prefix = 0;
        for (size_t i = 0; i < length; i++) {
            for (unsigned byte = ((const uint8_t *)mask_bytes)[i]; byte != 0; byte &= byte - 1) {
                prefix++;
            }
        }
        (void)printf("/%u", prefix);
    }
    return true;
}

static void print_state(bpf_u_int32 flags)
{
    (void)printf(" %s", (flags & PCAP_IF_UP) == 0        ? "down"
                        : (flags & PCAP_IF_RUNNING) == 0 ? "up, not running"
                                                         : "up");
    switch (flags & PCAP_IF_CONNECTION_STATUS) {
    case PCAP_IF_CONNECTION_STATUS_CONNECTED:
        (void)fputs(", connected", stdout);
        break;
    case PCAP_IF_CONNECTION_STATUS_DISCONNECTED:
        (void)fputs(", disconnected", stdout);
        break;
    default:
        break;
    }
    if ((flags & PCAP_IF_LOOPBACK) != 0) {
        (void)fputs(", loopback", stdout);
    }
    if ((flags & PCAP_IF_WIRELESS) != 0) {
        (void)fputs(", wireless", stdout);
    }
}

bool live_list(char message[CAPTURE_MESSAGE])
{
    char error[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *devices = NULL;
    if (pcap_findalldevs(&devices, error) != 0) {
        (void)snprintf(message, CAPTURE_MESSAGE, "the interfaces cannot be listed: %s", error);
        return false;
    }
    for (const pcap_if_t *device = devices; device != NULL; device = device->next) {
        (void)printf("%-15s", device->name);
        print_state(device->flags);
        const char *separator = ":";
        for (const pcap_addr_t *a = device->addresses; a != NULL; a = a->next) {
            if (a->addr != NULL &&
                (a->addr->sa_family == AF_INET || a->addr->sa_family == AF_INET6)) {
                (void)fputs(separator, stdout);
                separator = ",";
                (void)print_address(a->addr, a->netmask);
            }
        }
        if (device->description != NULL) {
            (void)printf(" (%s)", device->description);
        }
        (void)putchar('\n');
    }
    bool any = devices != NULL;
    pcap_freealldevs(devices);
    if (!any) {
        (void)snprintf(message, CAPTURE_MESSAGE,
                       "there is no interface to capture from (as root there may be)");
    }
    return any;
}
