/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ip_names.h"
#include "sniffer/headers/ipv4.h"

static const FsName option_class_names[] = {
    {0, "Control"}, {1, "Reserved"}, {2, "Debugging and measurement"}, {3, "Reserved"}, {0, NULL},
};

static const FsName option_number_names[] = {
    {0, "End of options list"},
    {1, "No-operation"},
    {2, "Security"},
    {3, "Loose source route"},
    {4, "Time stamp"},
    {5, "Extended security"},
    {6, "Commercial security (CIPSO)"},
    {7, "Record route"},
    {8, "Stream identifier"},
    {9, "Strict source route"},
    {10, "Experimental measurement"},
    {11, "MTU probe"},
    {12, "MTU reply"},
    {13, "Experimental flow control"},
    {14, "Experimental access control"},
    {16, "IMI traffic descriptor"},
    {17, "Extended Internet protocol"},
    {18, "Traceroute"},
    {19, "Address extension"},
    {20, "Router alert"},
    {21, "Selective directed broadcast"},
    {23, "Dynamic packet state"},
    {24, "Upstream multicast packet"},
    {25, "Quick-Start"},
    {30, "Experiment (RFC 3692)"},
    {0, NULL},
};

static const FsName timestamp_flag_names[] = {
    {0, "Time stamps only"},
    {1, "Each with the address of its router"},
    {3, "Of routers whose addresses are given"},
    {0, NULL},
};

static const FsName security_level_names[] = {
    {0x0000, "Unclassified"}, {0x5e26, "PROG"},         {0x6bc5, "Top secret"},
    {0x789a, "EFTO"},         {0xaf13, "Restricted"},   {0xbc4d, "MMMM"},
    {0xd788, "Secret"},       {0xf135, "Confidential"}, {0, NULL},
};

static const FsName classification_names[] = {
    {0x3d, "Top secret"},   {0x5a, "Secret"}, {0x96, "Confidential"},
    {0xab, "Unclassified"}, {0, NULL},
};

static const FsName cipso_tag_names[] = {
    {0, "Padding"},
    {1, "Restrictive category bitmap"},
    {2, "Enumerated categories"},
    {5, "Ranged categories"},
    {6, "Permissive categories"},
    {7, "Free form"},
    {0, NULL},
};

static const FsField fields[] = {
#define IPV4_FIELD(id, ...) [IPV4_##id] = {__VA_ARGS__},
#include "sniffer/headers/ipv4_fields.def"
#undef IPV4_FIELD
};

const FsTable ipv4_table = {"ip", "IPv4", "Internet Protocol Version 4", fields, IPV4_FIELD_COUNT};
