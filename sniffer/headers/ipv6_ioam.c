/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * In-situ OAM: what nodes on the way note into a packet, RFC 9197 4.4 and RFC 9486.
 */
#include "sniffer/headers/ipv6.h"

enum { BITS_OF_TYPE = 24, HEAD_LENGTH = 10, OPAQUE_BIT = 22 };

static bool has_bit(uint32_t type, unsigned bit)
{
    return (type >> (BITS_OF_TYPE - 1 - bit) & 1) != 0;
}

/* What each bit of the trace type stands for: one or two fields, 4 or 8 bytes. */
static const struct {
    HeaderPart parts[2];
    uint8_t count;
} items[] = {
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_HLIM, 1), NEXT(IPV6_OPT_IOAM_TRACE_NODE_ID, 3)}, 2},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_IIF, 2), NEXT(IPV6_OPT_IOAM_TRACE_NODE_EIF, 2)}, 2},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_TSS, 4)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_TSF, 4)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_TRDELAY, 4)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_NSDATA, 4)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_QDEPTH, 4)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_CSUM, 4)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_HLIM, 1), NEXT(IPV6_OPT_IOAM_TRACE_NODE_ID_WIDE, 7)}, 2},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_IIF_WIDE, 4), NEXT(IPV6_OPT_IOAM_TRACE_NODE_EIF_WIDE, 4)}, 2},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_NSDATA_WIDE, 8)}, 1},
    {{NEXT(IPV6_OPT_IOAM_TRACE_NODE_BUFOCCUP, 4)}, 1},
};

enum { ITEMS = sizeof items / sizeof items[0] };

static void node(HeaderReader *r, uint32_t type)
{
    for (unsigned bit = 0; bit < OPAQUE_BIT; bit++) {
        if (!has_bit(type, bit)) {
            continue;
        }
        if (bit < ITEMS) {
            reader_parts(r, items[bit].parts, items[bit].count);
        } else {
            (void)reader_take(r, IPV6_OPT_IOAM_TRACE_NODE_UNDEFINED, 4);
        }
    }
}

/* Returns whether the snapshot fits into what is left, which it is taken from. */
static bool opaque_snapshot(HeaderReader *r, uint32_t *left)
{
    static const HeaderPart parts[] = {
        NEXT(IPV6_OPT_IOAM_TRACE_NODE_OSS_LEN, 1),
        NEXT(IPV6_OPT_IOAM_TRACE_NODE_OSS_SCID, 3),
    };
    if (*left < 4) {
        return false;
    }
    uint32_t length = (uint32_t)reader_peek(r, 0, 1) * 4;
    if (!reader_want(r, 4 + length)) {
        return false;
    }
    READ_PARTS(r, parts);
    *left -= 4;
    if (*left < length) {
        return false;
    }
    if (length > 0) {
        (void)reader_take(r, IPV6_OPT_IOAM_TRACE_NODE_OSS_DATA, length);
        *left -= length;
    }
    return true;
}

static void trace(HeaderReader *r, uint8_t length)
{
    static const HeaderPart flags[] = {
        WORD(IPV6_OPT_IOAM_TRACE_FLAGS, 2), FLAG(IPV6_OPT_IOAM_TRACE_FLAG_O),
        FLAG(IPV6_OPT_IOAM_TRACE_FLAG_L),   FLAG(IPV6_OPT_IOAM_TRACE_FLAG_A),
        FLAG(IPV6_OPT_IOAM_TRACE_FLAG_RSV),
    };
    static const HeaderPart types[] = {
        WORD(IPV6_OPT_IOAM_TRACE_TYPE, 3),    FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT0),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT1),  FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT2),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT3),  FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT4),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT5),  FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT6),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT7),  FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT8),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT9),  FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT10),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT11), FLAG(IPV6_OPT_IOAM_TRACE_TYPE_UNDEF),
        FLAG(IPV6_OPT_IOAM_TRACE_TYPE_BIT22), FLAG(IPV6_OPT_IOAM_TRACE_TYPE_RSV),
        NEXT(IPV6_OPT_IOAM_TRACE_RSV, 1),
    };
    (void)reader_take(r, IPV6_OPT_IOAM_TRACE_NS, 2);
    if (!reader_want(r, 1)) {
        return;
    }
    uint32_t node_length = (uint32_t)(*reader_here(r) >> 3) * 4;
    (void)fs_add_bit_number(r->packet, &r->fields[IPV6_OPT_IOAM_TRACE_NODELEN], reader_here(r), 0,
                            5, node_length / 4);
    uint16_t word = (uint16_t)reader_peek(r, 0, 2);
    if (r->stopped) {
        return;
    }
    uint32_t free_space = (word & 0x7fU) * 4;
    READ_PARTS(r, flags);
    r->at -= 2;
    (void)fs_add_bit_number(r->packet, &r->fields[IPV6_OPT_IOAM_TRACE_REMLEN], reader_here(r), 9, 7,
                            free_space / 4);
    r->at += 2;
    uint32_t type = (uint32_t)reader_peek(r, 0, 3);
    READ_PARTS(r, types);
    if (r->stopped || node_length == 0 || free_space + HEAD_LENGTH > length ||
        !reader_want(r, (uint32_t)length - HEAD_LENGTH)) {
        return;
    }
    if (free_space > 0) {
        (void)reader_take(r, IPV6_OPT_IOAM_TRACE_FREE_SPACE, free_space);
    }
    uint32_t left = length - HEAD_LENGTH - free_space;
    while (left > 0 && left >= node_length && !r->stopped) {
        uint32_t begin = r->at;
        node(r, type);
        if (r->stopped || r->at - begin != node_length) {
            r->at = begin;
            return;
        }
        left -= node_length;
        if (has_bit(type, OPAQUE_BIT) && !opaque_snapshot(r, &left)) {
            return;
        }
    }
}

void ipv6_ioam_option(HeaderReader *reader, uint8_t length)
{
    enum { PRE_ALLOCATED = 0, INCREMENTAL = 1 };
    (void)reader_take(reader, IPV6_OPT_IOAM_RSV, 1);
    uint64_t type = reader_take(reader, IPV6_OPT_IOAM_OPT_TYPE, 1);
    if (length == 0) {
        reader_stop(reader, reader_left(reader) + 1);
    }
    if (!reader_want(reader, length > 2 ? length - 2U : 0)) { /* all or none: Wireshark's way */
        return;
    }
    if (!reader->stopped && (type == PRE_ALLOCATED || type == INCREMENTAL)) {
        trace(reader, length);
    }
}
