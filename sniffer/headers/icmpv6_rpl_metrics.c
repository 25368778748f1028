/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Metrics and constraints of RPL's DAG metric container: RFC 6551.
 */
#include "sniffer/headers/icmpv6.h"

enum { COUNTED = 0x0200, RECORDED = 0x0080 }; /* of the flags: C, R */

static const HeaderPart flag_parts[] = {
    WORD(ICMPV6_RPL_OPT_METRIC_FLAGS, 2),  FLAG(ICMPV6_RPL_OPT_METRIC_RESERVED),
    FLAG(ICMPV6_RPL_OPT_METRIC_FLAG_P),    FLAG(ICMPV6_RPL_OPT_METRIC_FLAG_C),
    FLAG(ICMPV6_RPL_OPT_METRIC_FLAG_O),    FLAG(ICMPV6_RPL_OPT_METRIC_FLAG_R),
    FLAG(ICMPV6_RPL_OPT_METRIC_FLAG_A),    FLAG(ICMPV6_RPL_OPT_METRIC_PREC),
    NEXT(ICMPV6_RPL_OPT_METRIC_LENGTH, 1),
};

static const HeaderPart node_state[] = {
    WORD(ICMPV6_RPL_OPT_METRIC_NSA_OBJECT, 2),     FLAG(ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_RESERVED),
    FLAG(ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_FLAGS),  FLAG(ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_FLAG_A),
    FLAG(ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_FLAG_O),
};

static const HeaderPart node_energy[] = {
    WORD(ICMPV6_RPL_OPT_METRIC_NE_OBJECT, 2),     FLAG(ICMPV6_RPL_OPT_METRIC_NE_OBJECT_FLAGS),
    FLAG(ICMPV6_RPL_OPT_METRIC_NE_OBJECT_FLAG_I), FLAG(ICMPV6_RPL_OPT_METRIC_NE_OBJECT_TYPE),
    FLAG(ICMPV6_RPL_OPT_METRIC_NE_OBJECT_FLAG_E), FLAG(ICMPV6_RPL_OPT_METRIC_NE_OBJECT_ENERGY),
};

static const HeaderPart hop_count[] = {
    WORD(ICMPV6_RPL_OPT_METRIC_HP_OBJECT, 2),
    FLAG(ICMPV6_RPL_OPT_METRIC_HP_OBJECT_RESERVED),
    FLAG(ICMPV6_RPL_OPT_METRIC_HP_OBJECT_FLAGS),
    FLAG(ICMPV6_RPL_OPT_METRIC_HP_OBJECT_HP),
};

static const HeaderPart throughput[] = {
    NEXT(ICMPV6_RPL_OPT_METRIC_LT_OBJECT_LT, 4),
};

static const HeaderPart latency[] = {
    NEXT(ICMPV6_RPL_OPT_METRIC_LL_OBJECT_LL, 4),
};

static const HeaderPart link_quality[] = {
    WORD(ICMPV6_RPL_OPT_METRIC_LQL_OBJECT, 1),
    FLAG(ICMPV6_RPL_OPT_METRIC_LQL_OBJECT_VAL),
    FLAG(ICMPV6_RPL_OPT_METRIC_LQL_OBJECT_COUNTER),
};

static const HeaderPart transmissions[] = {
    NEXT(ICMPV6_RPL_OPT_METRIC_ETX_OBJECT_ETX, 2),
};

/* Objects of the same kind, until a metric's length is used up. */
typedef struct {
    uint8_t type;
    uint8_t length; /* of one object */
    uint8_t count;
    uint16_t reserved; /* a byte before the first; 0: none */
    const HeaderPart *parts;
} Objects;

#define OBJECTS(type, length, reserved, parts)                                                     \
    {                                                                                              \
        (type), (length), sizeof(parts) / sizeof(parts)[0], (reserved), (parts)                    \
    }

static const Objects objects[] = {
    OBJECTS(2, 2, 0, node_energy),
    OBJECTS(4, 4, 0, throughput),
    OBJECTS(5, 4, 0, latency),
    OBJECTS(6, 1, ICMPV6_RPL_OPT_METRIC_LQL_OBJECT_RES, link_quality),
    OBJECTS(7, 2, 0, transmissions),
};

static bool same_objects(HeaderReader *r, uint8_t type, int32_t length)
{
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (objects[i].type == type) {
            if (objects[i].reserved != 0) {
                (void)reader_take(r, objects[i].reserved, 1);
                length--;
            }
            for (; length > 0 && !r->stopped; length -= objects[i].length) {
                reader_parts(r, objects[i].parts, objects[i].count);
            }
            return true;
        }
    }
    return false;
}

static void node_attributes(HeaderReader *r, int32_t length)
{
    READ_PARTS(r, node_state);
    for (length -= 2; length > 0 && !r->stopped;) {
        uint32_t bytes = 0;
        if (!reader_want(r, 1)) {
            return;
        }
        if (reader_captured(r) > 1) {
            bytes = reader_here(r)[1];
        }
        (void)reader_put(r, ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_OPTTLV_OBJECT, 1);
        fs_enter(r->packet);
        (void)reader_take(r, ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_OPTTLV_OBJECT_TYPE, 1);
        (void)reader_take(r, ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_OPTTLV_OBJECT_LENGTH, 1);
        (void)reader_take(r, ICMPV6_RPL_OPT_METRIC_NSA_OBJECT_OPTTLV_OBJECT_DATA, bytes);
        fs_leave(r->packet);
        length -= 2 + (int32_t)bytes;
    }
}

static void link_colors(HeaderReader *r, int32_t length, uint16_t flags)
{
    (void)reader_take(r, ICMPV6_RPL_OPT_METRIC_LC_OBJECT_RES, 1);
    for (length -= 1; length > 0 && !r->stopped; length -= 2) {
        reader_open(r, ICMPV6_RPL_OPT_METRIC_LC_OBJECT, 2);
        (void)reader_put(r, ICMPV6_RPL_OPT_METRIC_LC_OBJECT_LC, 2);
        if ((flags & COUNTED) != 0) {
            (void)reader_put(r, ICMPV6_RPL_OPT_METRIC_LC_OBJECT_RESERVED, 2);
            (void)reader_put(r, ICMPV6_RPL_OPT_METRIC_LC_OBJECT_FLAG_I, 2);
        } else if ((flags & RECORDED) != 0) {
            (void)reader_put(r, ICMPV6_RPL_OPT_METRIC_LC_OBJECT_COUNTER, 2);
        }
        reader_close(r);
        reader_skip(r, 2);
    }
}

static void metric(HeaderReader *r)
{
    enum { NODE_STATE = 1, HOP_COUNT = 3, LINK_COLOR = 8 };
    const uint8_t *head = reader_here(r);
    uint8_t type = (uint8_t)reader_take(r, ICMPV6_RPL_OPT_METRIC_TYPE, 1);
    fs_enter(r->packet);
    READ_PARTS(r, flag_parts);
    if (!r->stopped) {
        uint16_t flags = (uint16_t)(head[1] << 8 | head[2]);
        int32_t length = head[3];
        if (type == NODE_STATE) {
            node_attributes(r, length);
        } else if (type == HOP_COUNT) {
            READ_PARTS(r, hop_count);
        } else if (type == LINK_COLOR) {
            link_colors(r, length, flags);
        } else if (!same_objects(r, type, length)) {
            reader_remark(r, ICMPV6_UNKNOWN_OPTION, 0);
        }
    }
    fs_leave(r->packet);
}

void icmpv6_rpl_metrics(HeaderReader *reader, uint32_t length)
{
    uint32_t end = reader->at - 2 + length; /* Wireshark counts from the option's start */
    while (!reader->stopped && reader->at < end) {
        metric(reader);
    }
}
