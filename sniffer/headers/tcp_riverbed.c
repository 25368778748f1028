/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options by which Riverbed's accelerators find each other. Source: packet-tcp.c of Wireshark.
 */
#include "sniffer/headers/tcp.h"

enum {
    QUERY = 0,
    RESPONSE = 1,
    INTERNAL = 2,
    TRACE = 3,
    QUERY_SH = 4,
    RESPONSE_SH = 5,
    QUERY_INFO = 6,
    RESPONSE_INFO = 7,
    QUERY_INFO_SH = 8,
    QUERY_INFO_SID = 9,
    RESET = 10
};

static void version_1(HeaderReader *o, uint8_t type)
{
    static const HeaderPart head[] = {
        BITS(TCP_OPTIONS_RVBD_PROBE_TYPE1, 1),
        BITS(TCP_OPTIONS_RVBD_PROBE_VERSION, 1),
    };
    READ_PARTS(o, head);
    if (type == INTERNAL) {
        return;
    }
    (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_RESERVED, 1);
    (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_PROBER, 4);
    if (type == QUERY || type == QUERY_SH || type == TRACE) {
        (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_APPLI_VER, 2);
        return;
    }
    if (type == RESPONSE_SH) {
        (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_CLIENT_IP, 4);
    }
    if (type == RESPONSE || type == RESPONSE_SH) {
        (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_PROXY_IP, 4);
        (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_PROXY_PORT, 2);
    }
}

static void version_2(HeaderReader *o, uint8_t type)
{
    static const HeaderPart query[] = {
        WORD(TCP_OPTIONS_RVBD_PROBE_FLAGS, 1),
        FLAG(TCP_OPTIONS_RVBD_PROBE_FLAGS_NOTCFE),
        FLAG(TCP_OPTIONS_RVBD_PROBE_FLAGS_LAST),
    };
    static const HeaderPart response[] = {
        WORD(TCP_OPTIONS_RVBD_PROBE_FLAGS, 1),
        FLAG(TCP_OPTIONS_RVBD_PROBE_FLAGS_PROBE),
        FLAG(TCP_OPTIONS_RVBD_PROBE_FLAGS_SSL),
        FLAG(TCP_OPTIONS_RVBD_PROBE_FLAGS_SERVER),
    };
    (void)reader_put(o, TCP_OPTIONS_RVBD_PROBE_TYPE2, 1);
    /* on the wire the version is the lowest bit, 0 */
    (void)reader_conclude(o, TCP_OPTIONS_RVBD_PROBE_VERSION_RAW, 1, 0);
    (void)reader_conclude(o, TCP_OPTIONS_RVBD_PROBE_VERSION, 1, 2);
    reader_skip(o, 1);
    switch (type) {
    case QUERY_INFO:
    case QUERY_INFO_SH:
    case QUERY_INFO_SID:
        READ_PARTS(o, query);
        if (type == QUERY_INFO_SH) {
            (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_CLIENT_IP, 4);
        } else if (type == QUERY_INFO_SID) {
            (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_STOREID, 4);
        }
        break;
    case RESPONSE_INFO:
        READ_PARTS(o, response);
        break;
    case RESET:
        (void)reader_take(o, TCP_OPTIONS_RVBD_PROBE_FLAGS, 1);
        break;
    default:
        break;
    }
}

void tcp_riverbed_probe(HeaderReader *option)
{
    uint8_t head = (uint8_t)reader_peek(option, 0, 1);
    bool first = (head & 1) != 0;
    uint8_t type = first ? head >> 4 : head >> 1;
    if (option->stopped || type > RESET) {
        return;
    }
    if (first) {
        version_1(option, type);
    } else {
        version_2(option, type);
    }
}

void tcp_riverbed_transparency(HeaderReader *option)
{
    static const HeaderPart parts[] = {
        WORD(TCP_OPTIONS_RVBD_TRPY_FLAGS, 2),
        FLAG(TCP_OPTIONS_RVBD_TRPY_FLAGS_FW_RST_PROBE),
        FLAG(TCP_OPTIONS_RVBD_TRPY_FLAGS_FW_RST_INNER),
        FLAG(TCP_OPTIONS_RVBD_TRPY_FLAGS_FW_RST),
        FLAG(TCP_OPTIONS_RVBD_TRPY_FLAGS_CHKSUM),
        FLAG(TCP_OPTIONS_RVBD_TRPY_FLAGS_OOB),
        FLAG(TCP_OPTIONS_RVBD_TRPY_FLAGS_MODE),
        NEXT(TCP_OPTIONS_RVBD_TRPY_SRC_IP, 4),
        NEXT(TCP_OPTIONS_RVBD_TRPY_DST_IP, 4),
        NEXT(TCP_OPTIONS_RVBD_TRPY_SRC_PORT, 2),
        NEXT(TCP_OPTIONS_RVBD_TRPY_DST_PORT, 2),
    };
    READ_PARTS(option, parts);
}
