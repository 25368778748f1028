/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/walk.h"

/* What a bridge carries: a whole frame, with its own trailer. */
static void bridged(HeaderWalk *walk, FsSpan span)
{
    header_ethernet(walk, span);
    walk->claimed = span.reported;
}

static const struct {
    uint16_t type;
    void (*decode)(HeaderWalk *walk, FsSpan span);
} decoders[] = {
    {0x0800, header_ipv4},         {0x86dd, header_ipv6}, {0x0806, header_arp},
    {0x8035, header_arp},          {0x8100, header_vlan}, {0x9100, header_vlan},
    {0x88a8, header_service_vlan}, {0x6558, bridged},     {0x8870, header_llc},
};

void header_ethertype(HeaderWalk *walk, uint16_t type, FsSpan span)
{
    walk->claimed = span.reported;
    if (walk->nesting >= HEADER_MAX_NESTING) {
        return;
    }
    walk->nesting++;
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        if (decoders[i].type == type) {
            decoders[i].decode(walk, span);
            return;
        }
    }
    header_undecoded(walk, HEADER_BY_ETHERTYPE, type, span);
}
