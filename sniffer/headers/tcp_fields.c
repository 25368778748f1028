/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/ip_names.h"
#include "sniffer/headers/tcp.h"

/* All combinations of nine flags, the lowest named first: "FIN, ACK". Each flag's name is put
 * before those of the flags above it, with ", " before every name: the text begins behind the
 * first, and only 0 has none. */
#define COMBINATION(value, names)                                                                  \
    {                                                                                              \
        (value), "none" names + ((value) != 0) * 6                                                 \
    }
#define WITH_FIN(value, names)                                                                     \
    COMBINATION(value, names), COMBINATION((value) | 0x001, ", FIN" names)
#define WITH_SYN(value, names) WITH_FIN(value, names), WITH_FIN((value) | 0x002, ", SYN" names)
#define WITH_RST(value, names) WITH_SYN(value, names), WITH_SYN((value) | 0x004, ", RST" names)
#define WITH_PSH(value, names) WITH_RST(value, names), WITH_RST((value) | 0x008, ", PSH" names)
#define WITH_ACK(value, names) WITH_PSH(value, names), WITH_PSH((value) | 0x010, ", ACK" names)
#define WITH_URG(value, names) WITH_ACK(value, names), WITH_ACK((value) | 0x020, ", URG" names)
#define WITH_ECE(value, names) WITH_URG(value, names), WITH_URG((value) | 0x040, ", ECE" names)
#define WITH_CWR(value, names) WITH_ECE(value, names), WITH_ECE((value) | 0x080, ", CWR" names)

const FsName tcp_flags_names[] = {
    WITH_CWR(0, ""),
    WITH_CWR(0x100, ", AE"),
    {0, NULL},
};

/* The combinations that Wireshark has a word for. */
static const FsName tcp_completeness_names[] = {
    {1, "Incomplete, SYN_SENT"},
    {3, "Incomplete, CLIENT_ESTABLISHED"},
    {7, "Incomplete, ESTABLISHED"},
    {15, "Incomplete, DATA"},
    {23, "Complete, NO_DATA"},
    {31, "Complete, WITH_DATA"},
    {39, "Complete, NO_DATA"},
    {47, "Complete, WITH_DATA"},
    {55, "Complete, NO_DATA"},
    {63, "Complete, WITH_DATA"},
    {0, NULL},
};

/* Source: IANA, "TCP Option Kind Numbers". */
static const FsName option_kind_names[] = {
    {0, "End of options list"},
    {1, "No-operation"},
    {2, "Maximum segment size"},
    {3, "Window scale"},
    {4, "SACK permitted"},
    {5, "SACK"},
    {6, "Echo"},
    {7, "Echo reply"},
    {8, "Timestamps"},
    {9, "Partial order connection permitted"},
    {10, "Partial order service profile"},
    {11, "CC"},
    {12, "CC.NEW"},
    {13, "CC.ECHO"},
    {14, "Alternate checksum request"},
    {15, "Alternate checksum data"},
    {16, "Skeeter"},
    {17, "Bubba"},
    {18, "Trailer checksum"},
    {19, "MD5 signature"},
    {20, "SCPS capabilities"},
    {21, "Selective negative acknowledgement"},
    {22, "SCPS record boundary"},
    {23, "SCPS corruption experienced"},
    {27, "Quick-Start response"},
    {28, "User timeout"},
    {29, "Authentication (TCP-AO)"},
    {30, "Multipath TCP"},
    {34, "Fast Open cookie"},
    {69, "Encryption negotiation"},
    {76, "Riverbed probe"},
    {78, "Riverbed transparency"},
    {172, "Accurate ECN order 0"},
    {174, "Accurate ECN order 1"},
    {253, "Experiment 1 (RFC 4727)"},
    {254, "Experiment 2 (RFC 4727)"},
    {0, NULL},
};

/* Source: IANA, "TCP/UDP Experimental Option Experiment Identifiers". */
static const FsName experiment_names[] = {
    {0x00ac, "ACK rate request (TARR)"},
    {0x0348, "Host ID"},
    {0x0a0d, "Autonomous system compensation"},
    {0x0ca0, "Capability"},
    {0x0ed0, "Extended data offset"},
    {0x454e, "Encryption negotiation (tcpcrypt)"},
    {0x5323, "Service number"},
    {0x75ec, "Timestamp interval"},
    {0xacc0, "Accurate ECN order 0"},
    {0xacc1, "Accurate ECN order 1"},
    {0xacce, "Accurate ECN"},
    {0xe2d4, "Shared memory over RDMA (SMC-R)"},
    {0xf989, "Fast Open"},
    {0xf990, "Low latency"},
    {0, NULL},
};

static const FsName mptcp_subtype_names[] = {
    {0, "Multipath capable"},
    {1, "Join connection"},
    {2, "Data sequence signal"},
    {3, "Add address"},
    {4, "Remove address"},
    {5, "Subflow priority"},
    {6, "Fallback"},
    {7, "Fast close"},
    {8, "Subflow reset"},
    {0, NULL},
};

static const FsName mptcp_reset_names[] = {
    {0, "Unspecified error"},         {1, "Multipath TCP error"},
    {2, "Lack of resources"},         {3, "Prohibited by policy"},
    {4, "Too much outstanding data"}, {5, "Unacceptable performance"},
    {6, "Middlebox interference"},    {0, NULL},
};

static const FsName granularity_names[] = {{0, "Seconds"}, {1, "Minutes"}, {0, NULL}};

static const FsName riverbed_probe_names[] = {
    {0, "Query"},         {1, "Response"},
    {2, "Internal"},      {3, "Trace"},
    {4, "Query SH"},      {5, "Response SH"},
    {6, "Query info"},    {7, "Response info"},
    {8, "Query info SH"}, {9, "Query info store ID"},
    {10, "Reset"},        {0, NULL},
};

static const FsField fields[] = {
#define TCP_FIELD(id, ...) [TCP_##id] = {__VA_ARGS__},
#include "sniffer/headers/tcp_fields.def"
#undef TCP_FIELD
};

const FsTable tcp_table = {"tcp", "TCP", "Transmission Control Protocol", fields, TCP_FIELD_COUNT};
