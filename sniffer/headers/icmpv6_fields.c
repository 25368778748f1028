/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/icmp.h"
#include "sniffer/headers/icmpv6.h"
#include "sniffer/headers/ip_names.h"

/* Source: IANA, "Internet Control Message Protocol version 6 (ICMPv6) Parameters", for all names
 * here but those of RPL. */
static const FsName icmpv6_type_names[] = {
    {1, "Destination unreachable"},
    {2, "Packet too big"},
    {3, "Time exceeded"},
    {4, "Parameter problem"},
    {100, "Private experiment"},
    {101, "Private experiment"},
    {127, "Reserved for more errors"},
    {128, "Echo request"},
    {129, "Echo reply"},
    {130, "Multicast listener query"},
    {131, "Multicast listener report"},
    {132, "Multicast listener done"},
    {133, "Router solicitation"},
    {134, "Router advertisement"},
    {135, "Neighbor solicitation"},
    {136, "Neighbor advertisement"},
    {137, "Redirect"},
    {138, "Router renumbering"},
    {139, "Node information query"},
    {140, "Node information reply"},
    {141, "Inverse neighbor discovery solicitation"},
    {142, "Inverse neighbor discovery advertisement"},
    {143, "Multicast listener report, version 2"},
    {144, "Home agent address discovery request"},
    {145, "Home agent address discovery reply"},
    {146, "Mobile prefix solicitation"},
    {147, "Mobile prefix advertisement"},
    {148, "Certification path solicitation"},
    {149, "Certification path advertisement"},
    {150, "Experimental mobility"},
    {151, "Multicast router advertisement"},
    {152, "Multicast router solicitation"},
    {153, "Multicast router termination"},
    {154, "Fast handover"},
    {155, "RPL control"},
    {156, "Locator update"},
    {157, "Duplicate address request"},
    {158, "Duplicate address confirmation"},
    {159, "MPL control"},
    {160, "Extended echo request"},
    {161, "Extended echo reply"},
    {200, "Private experiment"},
    {201, "Private experiment"},
    {255, "Reserved for more messages"},
    {0, NULL},
};

/* Type and code: what a person calls the message. RPL: RFC 6550 6, 6997 8. */
static const FsName icmpv6_message_names[] = {
    {0x0100, "No route to destination"},
    {0x0101, "Administratively prohibited"},
    {0x0102, "Beyond scope of source address"},
    {0x0103, "Address unreachable"},
    {0x0104, "Port unreachable"},
    {0x0105, "Source address failed ingress or egress policy"},
    {0x0106, "Reject route to destination"},
    {0x0107, "Error in source routing header"},
    {0x0108, "Headers too long"},
    {0x0200, "Packet too big"},
    {0x0300, "Hop limit exceeded"},
    {0x0301, "Fragment reassembly time exceeded"},
    {0x0400, "Erroneous header field"},
    {0x0401, "Unrecognized next header"},
    {0x0402, "Unrecognized IPv6 option"},
    {0x0403, "First fragment has incomplete header chain"},
    {0x0404, "Segment routing upper-layer header error"},
    {0x0405, "Unrecognized next header at an intermediate node"},
    {0x0406, "Extension header too big"},
    {0x0407, "Extension header chain too long"},
    {0x0408, "Too many extension headers"},
    {0x0409, "Too many options in extension header"},
    {0x040a, "Option too big"},
    {0x8000, "Echo request"},
    {0x8100, "Echo reply"},
    {0x8200, "Multicast listener query"},
    {0x8300, "Multicast listener report"},
    {0x8400, "Multicast listener done"},
    {0x8500, "Router solicitation"},
    {0x8600, "Router advertisement"},
    {0x8700, "Neighbor solicitation"},
    {0x8800, "Neighbor advertisement"},
    {0x8900, "Redirect"},
    {0x8a00, "Router renumbering command"},
    {0x8a01, "Router renumbering result"},
    {0x8aff, "Router renumbering sequence number reset"},
    {0x8b00, "Node information query by IPv6 address"},
    {0x8b01, "Node information query by name"},
    {0x8b02, "Node information query by IPv4 address"},
    {0x8c00, "Node information reply"},
    {0x8c01, "Node information refused"},
    {0x8c02, "Node information query unknown"},
    {0x8d00, "Inverse neighbor discovery solicitation"},
    {0x8e00, "Inverse neighbor discovery advertisement"},
    {0x8f00, "Multicast listener report, version 2"},
    {0x9000, "Home agent address discovery request"},
    {0x9100, "Home agent address discovery reply"},
    {0x9200, "Mobile prefix solicitation"},
    {0x9300, "Mobile prefix advertisement"},
    {0x9400, "Certification path solicitation"},
    {0x9500, "Certification path advertisement"},
    {0x9700, "Multicast router advertisement"},
    {0x9800, "Multicast router solicitation"},
    {0x9900, "Multicast router termination"},
    {0x9b00, "DODAG information solicitation"},
    {0x9b01, "DODAG information object"},
    {0x9b02, "Destination advertisement object"},
    {0x9b03, "Destination advertisement acknowledgment"},
    {0x9b04, "P2P discovery reply"},
    {0x9b05, "P2P discovery reply acknowledgment"},
    {0x9b80, "Secure DODAG information solicitation"},
    {0x9b81, "Secure DODAG information object"},
    {0x9b82, "Secure destination advertisement object"},
    {0x9b83, "Secure destination advertisement acknowledgment"},
    {0x9b84, "Secure P2P discovery reply"},
    {0x9b85, "Secure P2P discovery reply acknowledgment"},
    {0x9b8a, "Consistency check"},
    {0x9c00, "Locator update"},
    {0x9d00, "Duplicate address request"},
    {0x9e00, "Duplicate address confirmation"},
    {0x9f00, "MPL control"},
    {0xa000, "Extended echo request"},
    {0xa100, "Extended echo reply"},
    {0xa101, "Extended echo reply: malformed query"},
    {0xa102, "Extended echo reply: no such interface"},
    {0xa103, "Extended echo reply: no such table entry"},
    {0xa104, "Extended echo reply: multiple interfaces satisfy query"},
    {0, NULL},
};

static const FsName option_names[] = {
    {1, "Source link-layer address"},
    {2, "Target link-layer address"},
    {3, "Prefix information"},
    {4, "Redirected header"},
    {5, "MTU"},
    {6, "NBMA shortcut limit"},
    {7, "Advertisement interval"},
    {8, "Home agent information"},
    {9, "Source address list"},
    {10, "Target address list"},
    {11, "Cryptographically generated address"},
    {12, "RSA signature"},
    {13, "Timestamp"},
    {14, "Nonce"},
    {15, "Trust anchor"},
    {16, "Certificate"},
    {17, "IP address or prefix"},
    {18, "New router prefix information"},
    {19, "Link-layer address"},
    {20, "Neighbor advertisement acknowledgment"},
    {23, "Mobility anchor point"},
    {24, "Route information"},
    {25, "Recursive DNS servers"},
    {26, "Router advertisement flags extension"},
    {27, "Handover key request"},
    {28, "Handover key reply"},
    {29, "Handover assist information"},
    {30, "Mobile node identifier"},
    {31, "DNS search list"},
    {32, "Proxy signature"},
    {33, "Address registration"},
    {34, "6LoWPAN context"},
    {35, "Authoritative border router"},
    {36, "6LoWPAN capability indication"},
    {37, "Captive portal"},
    {38, "NAT64 prefix"},
    {138, "CARD request"},
    {139, "CARD reply"},
    {253, "Experiment 1 (RFC 4727)"},
    {254, "Experiment 2 (RFC 4727)"},
    {0, NULL},
};

/* RFC 4191 2.1 */
static const FsName preference_names[] = {
    {0, "medium"}, {1, "high"}, {2, "reserved"}, {3, "low"}, {0, NULL},
};

/* RFC 5568 6.4.1 */
static const FsName address_option_names[] = {
    {1, "old care-of address"},
    {2, "new care-of address"},
    {3, "address of the new router"},
    {4, "prefix of the new router"},
    {0, NULL},
};

/* RFC 5568 6.4.3 */
static const FsName link_layer_option_names[] = {
    {0, "any"},
    {1, "new access point"},
    {2, "mobile node"},
    {3, "new router"},
    {4, "source"},
    {5, "access point belongs to the router's interface"},
    {6, "no prefix information"},
    {7, "no support for fast handover"},
    {0, NULL},
};

/* RFC 5568 6.4.5 */
static const FsName acknowledgement_names[] = {
    {1, "new address invalid, configure one"},
    {2, "new address invalid, use the supplied one"},
    {3, "new address invalid, use the new router's"},
    {4, "previous address supplied, send no binding update"},
    {128, "link-layer address unrecognized"},
    {0, NULL},
};

/* RFC 3971 6.4.3, 6495 2; type 1 of a certificate option is X.509, too */
static const FsName trust_anchor_names[] = {
    {1, "X.501 name"},
    {2, "domain name"},
    {3, "SHA-1 of the subject's key"},
    {4, "SHA-224 of the subject's key"},
    {5, "SHA-256 of the subject's key"},
    {6, "SHA-384 of the subject's key"},
    {7, "SHA-512 of the subject's key"},
    {0, NULL},
};

/* RFC 6775 4.1 */
static const FsName registration_status_names[] = {
    {0, "success"},
    {1, "duplicate address"},
    {2, "neighbor cache full"},
    {0, NULL},
};

/* RFC 8781 4 */
static const FsName pref64_names[] = {
    {0, "96 bits"}, {1, "64 bits"}, {2, "56 bits"}, {3, "48 bits"},
    {4, "40 bits"}, {5, "32 bits"}, {0, NULL},
};

/* RFC 3810 5.2.12 */
static const FsName record_type_names[] = {
    {1, "is include"},
    {2, "is exclude"},
    {3, "change to include"},
    {4, "change to exclude"},
    {5, "allow new sources"},
    {6, "block old sources"},
    {0, NULL},
};

/* RFC 5568 6 */
static const FsName fast_handover_names[] = {
    {2, "router solicitation for proxy advertisement"},
    {3, "proxy router advertisement"},
    {4, "handover initiate"},
    {5, "handover acknowledge"},
    {0, NULL},
};

/* RFC 2894 3.2.1.1 */
static const FsName renumbering_names[] = {
    {1, "add"},
    {2, "change"},
    {3, "set global"},
    {0, NULL},
};

/* RFC 4620 6 */
static const FsName node_information_names[] = {
    {0, "nothing"},        {1, "supported query types"}, {2, "node name"},
    {3, "IPv6 addresses"}, {4, "IPv4 addresses"},        {0, NULL},
};

/* RFC 7731 6.3 */
static const FsName seed_length_names[] = {
    {0, "the packet's source address"}, {1, "16 bits"}, {2, "64 bits"}, {3, "128 bits"}, {0, NULL},
};

/* RFC 6550 6.3.1, 6997 6.1 */
static const FsName rpl_mode_names[] = {
    {0, "no downward routes"},     {1, "non-storing"},         {2, "storing without multicast"},
    {3, "storing with multicast"}, {4, "P2P route discovery"}, {0, NULL},
};

/* RFC 6550 6.7, 6997 7 */
static const FsName rpl_option_names[] = {
    {0, "Pad1"},
    {1, "PadN"},
    {2, "DAG metric container"},
    {3, "Route information"},
    {4, "DODAG configuration"},
    {5, "RPL target"},
    {6, "Transit information"},
    {7, "Solicited information"},
    {8, "Prefix information"},
    {9, "RPL target descriptor"},
    {10, "P2P route discovery"},
    {0, NULL},
};

/* RFC 6551 6.1 */
static const FsName rpl_metric_names[] = {
    {1, "node state and attributes"},
    {2, "node energy"},
    {3, "hop count"},
    {4, "link throughput"},
    {5, "link latency"},
    {6, "link quality level"},
    {7, "expected transmission count"},
    {8, "link color"},
    {0, NULL},
};

static const FsField fields[] = {
#define ICMPV6_FIELD(id, ...) [ICMPV6_##id] = {__VA_ARGS__},
#include "sniffer/headers/icmpv6_fields.def"
#include "sniffer/headers/icmpv6_rpl_fields.def"
#undef ICMPV6_FIELD
};

const FsTable icmpv6_table = {"icmpv6", "ICMPv6", "Internet Control Message Protocol v6", fields,
                              ICMPV6_FIELD_COUNT};
