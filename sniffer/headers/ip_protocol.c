/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an IP datagram carries, by its protocol number.
 */
#include "sniffer/headers/ip_version.h"
#include "sniffer/headers/ipv6.h"
#include "sniffer/headers/udp.h"

#include <stddef.h>

/* IPv4 inside IP may turn out to be IPv6: Wireshark looks at the version. */
void header_ip_by_version(HeaderWalk *walk, FsSpan span)
{
    if (span.captured > 0 && span.data[0] >> 4 == 6) {
        header_ipv6(walk, span);
    } else {
        header_ipv4(walk, span);
    }
}

typedef void (*HeaderDecoder)(HeaderWalk *walk, FsSpan span);

static const struct {
    uint8_t protocol;
    HeaderDecoder decode;
} decoders[] = {
    {1, header_icmp},  {4, header_ip_by_version}, {6, header_tcp},        {17, header_udp},
    {41, header_ipv6}, {58, header_icmpv6},       {136, header_udp_lite}, {143, header_ethernet},
};

void header_ip_protocol(HeaderWalk *walk, uint8_t protocol, FsSpan span)
{
    walk->protocol = protocol;
    if (walk->nesting >= HEADER_MAX_NESTING) {
        header_undecoded(walk, HEADER_BY_IP_PROTOCOL, protocol, span);
        return;
    }
    if (ipv6_is_extension(protocol)) {
        header_ipv6_extension(walk, protocol, span);
        return;
    }
    walk->nesting++;
    for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
        if (decoders[i].protocol == protocol) {
            decoders[i].decode(walk, span);
            return;
        }
    }
    header_undecoded(walk, HEADER_BY_IP_PROTOCOL, protocol, span);
}
