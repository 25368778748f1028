/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ip_names.h"
#include "sniffer/headers/ipv6.h"

/* Source: IANA, "Destination Options and Hop-by-Hop Options". */
static const FsName option_names[] = {
    {0x00, "Pad1"},
    {0x01, "PadN"},
    {0x04, "Tunnel encapsulation limit"},
    {0x05, "Router alert"},
    {0x07, "CALIPSO"},
    {0x08, "SMF duplicate packet detection"},
    {0x0f, "Performance and diagnostic metrics"},
    {0x1e, "Experiment (RFC 4727)"},
    {0x26, "Quick-Start"},
    {0x30, "Minimum path MTU"},
    {0x31, "In-situ OAM"},
    {0x3e, "Experiment (RFC 4727)"},
    {0x41, "Tunnel payload forwarding"},
    {0x5e, "Experiment (RFC 4727)"},
    {0x63, "RPL"},
    {0x6d, "MPL"},
    {0x7e, "Experiment (RFC 4727)"},
    {0x8a, "Endpoint identification (deprecated)"},
    {0x8b, "ILNP nonce"},
    {0x8c, "Line identification"},
    {0x9e, "Experiment (RFC 4727)"},
    {0xbe, "Experiment (RFC 4727)"},
    {0xc2, "Jumbo payload"},
    {0xc9, "Home address"},
    {0xde, "Experiment (RFC 4727)"},
    {0xee, "Depth-first forwarding"},
    {0xfe, "Experiment (RFC 4727)"},
    {0, NULL},
};

static const FsName option_action_names[] = {
    {0, "Skip the option"},
    {1, "Discard the packet"},
    {2, "Discard, and send an ICMP error"},
    {3, "Discard, and send an ICMP error if not multicast"},
    {0, NULL},
};

static const FsName router_alert_names[] = {
    {0, "Multicast listener discovery"},
    {1, "RSVP"},
    {2, "Active network"},
    {0, NULL},
};

/* Source: IANA, "Routing Types". */
static const FsName routing_type_names[] = {
    {0, "Source route (deprecated)"}, {1, "Nimrod (deprecated)"},
    {2, "Type 2, mobile IPv6"},       {3, "RPL source route"},
    {4, "Segment routing"},           {5, "Compact routing, 16 bits"},
    {6, "Compact routing, 32 bits"},  {253, "Experiment 1 (RFC 3692)"},
    {254, "Experiment 2 (RFC 3692)"}, {0, NULL},
};

static const FsName ioam_type_names[] = {
    {0, "Pre-allocated trace"},
    {1, "Incremental trace"},
    {2, "Proof of transit"},
    {3, "Edge to edge"},
    {0, NULL},
};

static const FsName seed_length_names[] = {
    {0, "None: the source address"}, {1, "16 bits"}, {2, "64 bits"}, {3, "128 bits"}, {0, NULL},
};

static const FsName tagger_names[] = {
    {0, "None"}, {1, "Default"}, {2, "IPv4 address"}, {3, "IPv6 address"}, {0, NULL},
};

static const FsField fields[] = {
#define IPV6_FIELD(id, ...) [IPV6_##id] = {__VA_ARGS__},
#include "sniffer/headers/ipv6_fields.def"
#undef IPV6_FIELD
};

const FsTable ipv6_table = {"ipv6", "IPv6", "Internet Protocol Version 6", fields,
                            IPV6_FIELD_COUNT};
