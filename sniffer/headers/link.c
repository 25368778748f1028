/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/brief.h"
#include "sniffer/headers/ip_version.h"
#include "sniffer/headers/plain.h"
#include "sniffer/reassembly/fragments.h"

static void decode_ipv4(HeaderWalk *walk, FsSpan span)
{
    header_ethertype(walk, header_type_by_version(span), span);
}

static void decode_ipv6(HeaderWalk *walk, FsSpan span)
{
    header_ethertype(walk, 0x86dd, span);
}

static const struct {
    int linktype;
    void (*decode)(HeaderWalk *walk, FsSpan span);
} decoders[] = {
    {LINKTYPE_ETHERNET, header_ethernet},
    {LINKTYPE_LINUX_SLL, header_cooked},
    {LINKTYPE_LINUX_SLL2, header_cooked_2},
    {LINKTYPE_NULL, header_loopback},
    {LINKTYPE_LOOP, header_loopback_network_order},
    {LINKTYPE_ATM_RFC1483, header_llc},
    {DLT_ATM_RFC1483_LINUX, header_llc},
    {LINKTYPE_RAW, header_raw},
    {DLT_RAW_ELSEWHERE, header_raw},
    {DLT_RAW_OPENBSD, header_raw},
    {LINKTYPE_IPV4, decode_ipv4},
    {LINKTYPE_IPV6, decode_ipv6},
};

bool header_link(HeaderWalk *walk, int linktype, FsSpan span)
{
    walk->frame_length = span.reported;
    walk->nesting = 0;
    walk->inside_error = false;
    walk->quoting = false;
    walk->quoted = false;
    walk->truncated = false;
    walk->fragment = false;
    walk->address_length = 0;
    if (walk->packet->brief && header_brief(walk, linktype, span)) {
        return true;
    }
    if (walk->fragments != NULL) {
        fragments_release(walk->fragments);
    }
    if (!walk->packet->brief && header_plain(walk, linktype, span)) {
        return true;
    }
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        if (decoders[i].linktype == linktype) {
            decoders[i].decode(walk, span);
            return true;
        }
    }
    return false;
}
