/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/icmp.h"
#include "sniffer/headers/ip_names.h"

/* Source: IANA, "ICMP Type Numbers". */
static const FsName icmp_type_names[] = {
    {0, "Echo reply"},
    {3, "Destination unreachable"},
    {4, "Source quench"},
    {5, "Redirect"},
    {6, "Alternate host address"},
    {8, "Echo request"},
    {9, "Router advertisement"},
    {10, "Router solicitation"},
    {11, "Time exceeded"},
    {12, "Parameter problem"},
    {13, "Timestamp request"},
    {14, "Timestamp reply"},
    {15, "Information request"},
    {16, "Information reply"},
    {17, "Address mask request"},
    {18, "Address mask reply"},
    {30, "Traceroute"},
    {31, "Datagram conversion error"},
    {32, "Mobile host redirect"},
    {33, "IPv6 where-are-you"},
    {34, "IPv6 I-am-here"},
    {35, "Mobile registration request"},
    {36, "Mobile registration reply"},
    {37, "Domain name request"},
    {38, "Domain name reply"},
    {39, "SKIP"},
    {40, "Photuris"},
    {41, "Experimental mobility"},
    {42, "Extended echo request"},
    {43, "Extended echo reply"},
    {253, "Experiment 1 (RFC 4727)"},
    {254, "Experiment 2 (RFC 4727)"},
    {0, NULL},
};

/* Type and code: what a person calls the message. Source: IANA, as above. */
static const FsName icmp_message_names[] = {
    {0x0000, "Echo reply"},
    {0x0300, "Network unreachable"},
    {0x0301, "Host unreachable"},
    {0x0302, "Protocol unreachable"},
    {0x0303, "Port unreachable"},
    {0x0304, "Fragmentation needed"},
    {0x0305, "Source route failed"},
    {0x0306, "Network unknown"},
    {0x0307, "Host unknown"},
    {0x0308, "Source host isolated"},
    {0x0309, "Network administratively prohibited"},
    {0x030a, "Host administratively prohibited"},
    {0x030b, "Network unreachable for this type of service"},
    {0x030c, "Host unreachable for this type of service"},
    {0x030d, "Communication administratively filtered"},
    {0x030e, "Host precedence violation"},
    {0x030f, "Precedence cutoff in effect"},
    {0x0400, "Source quench"},
    {0x0500, "Redirect for network"},
    {0x0501, "Redirect for host"},
    {0x0502, "Redirect for type of service and network"},
    {0x0503, "Redirect for type of service and host"},
    {0x0600, "Alternate address for host"},
    {0x0800, "Echo request"},
    {0x0900, "Router advertisement"},
    {0x0910, "Router advertisement, no common traffic"},
    {0x0a00, "Router solicitation"},
    {0x0b00, "Time to live exceeded in transit"},
    {0x0b01, "Fragment reassembly time exceeded"},
    {0x0c00, "Parameter problem, pointer indicates the error"},
    {0x0c01, "Parameter problem, required option missing"},
    {0x0c02, "Parameter problem, bad length"},
    {0x0d00, "Timestamp request"},
    {0x0e00, "Timestamp reply"},
    {0x0f00, "Information request"},
    {0x1000, "Information reply"},
    {0x1100, "Address mask request"},
    {0x1200, "Address mask reply"},
    {0x2800, "Photuris, bad SPI"},
    {0x2801, "Photuris, authentication failed"},
    {0x2802, "Photuris, decompression failed"},
    {0x2803, "Photuris, decryption failed"},
    {0x2804, "Photuris, need authentication"},
    {0x2805, "Photuris, need authorization"},
    {0x2a00, "Extended echo request"},
    {0x2b00, "Extended echo reply, no error"},
    {0x2b01, "Extended echo reply, malformed query"},
    {0x2b02, "Extended echo reply, no such interface"},
    {0x2b03, "Extended echo reply, no such table entry"},
    {0x2b04, "Extended echo reply, multiple interfaces satisfy query"},
    {0, NULL},
};

static const FsName extension_class_names[] = {
    {1, "MPLS label stack"},
    {2, "Interface information"},
    {3, "Interface identification"},
    {0, NULL},
};

const FsName neighbor_state_names[] = {
    {0, "Reserved"}, {1, "Incomplete"}, {2, "Reachable"}, {3, "Stale"},
    {4, "Delay"},    {5, "Probe"},      {6, "Failed"},    {0, NULL},
};

static const FsName interface_role_names[] = {
    {0, "Where the datagram arrived"},
    {1, "Sub-IP component where the datagram arrived"},
    {2, "Where the datagram would have left"},
    {3, "Next hop to which it would have been sent"},
    {0, NULL},
};

static const FsName mobile_ip_names[] = {
    {0, "Padding"}, {16, "Mobility agent advertisement"}, {19, "Prefix lengths"}, {24, "Challenge"},
    {0, NULL},
};

/* Source: IANA, "Address Family Numbers". */
static const FsName address_family_names[] = {
    {1, "IPv4"}, {2, "IPv6"}, {6, "802"}, {0x4005, "48-bit MAC"}, {0x4006, "64-bit MAC"}, {0, NULL},
};

static const FsField fields[] = {
#define ICMP_FIELD(id, ...) [ICMP_##id] = {__VA_ARGS__},
#include "sniffer/headers/icmp_fields.def"
#undef ICMP_FIELD
};

const FsTable icmp_table = {"icmp", "ICMP", "Internet Control Message Protocol", fields,
                            ICMP_FIELD_COUNT};
