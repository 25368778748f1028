/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Multipath TCP options, RFC 6824 (version 0) and RFC 8684 (version 1). Which form a subtype has is
 * told by the option's length.
 */
#include "sniffer/headers/tcp.h"

static const HeaderPart join_flag_parts[] = {
    WORD(TCP_OPTIONS_MPTCP_FLAGS, 1),
    FLAG(TCP_OPTIONS_MPTCP_BACKUP_FLAG),
};

static void capable(HeaderReader *o)
{
    static const HeaderPart version_0_parts[] = {
        WORD(TCP_OPTIONS_MPTCP_FLAGS, 1),
        FLAG(TCP_OPTIONS_MPTCP_CHECKSUMREQ_FLAGS),
        FLAG(TCP_OPTIONS_MPTCP_EXTENSIBILITY_FLAG),
        FLAG(TCP_OPTIONS_MPTCP_SHA1_FLAG),
    };
    static const HeaderPart version_1_parts[] = {
        WORD(TCP_OPTIONS_MPTCP_FLAGS, 1),           FLAG(TCP_OPTIONS_MPTCP_CHECKSUMREQ_FLAGS),
        FLAG(TCP_OPTIONS_MPTCP_EXTENSIBILITY_FLAG), FLAG(TCP_OPTIONS_MPTCP_NOMORESUBFLOWS_FLAG),
        FLAG(TCP_OPTIONS_MPTCP_SHA256_FLAG),
    };
    enum { SYN = 12, ACK = 20, ACK_WITH_DATA = 22, ACK_WITH_CHECKSUM = 24 };
    uint32_t length = o->span.reported;
    uint64_t version = reader_take(o, TCP_OPTIONS_MPTCP_VERSION, 1);
    uint64_t flags = reader_peek(o, 0, 1);
    if (version == 1) {
        READ_PARTS(o, version_1_parts);
    } else {
        READ_PARTS(o, version_0_parts);
    }
    if (!o->stopped) { /* the bits between the defined ones; version 1 has one more of these */
        unsigned reserved = version == 1 ? 4 : 5;
        fs_enter(o->packet);
        (void)fs_add_bit_number(o->packet, &o->fields[TCP_OPTIONS_MPTCP_RESERVED_FLAG],
                                reader_here(o) - 1, 7 - reserved, reserved,
                                flags >> 1 & ((1U << reserved) - 1));
        fs_leave(o->packet);
    }
    if (length != SYN && length != ACK && length != ACK_WITH_DATA && length != ACK_WITH_CHECKSUM) {
        return;
    }
    (void)reader_take(o, TCP_OPTIONS_MPTCP_SENDKEY, 8);
    if (length >= ACK) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_RECVKEY, 8);
    }
    if (length >= ACK_WITH_DATA) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_DATALVLLEN, 2);
    }
    if (length == ACK_WITH_CHECKSUM) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_CHECKSUM, 2);
    }
}

static void join(HeaderReader *o)
{
    enum { SYN = 12, SYN_ACK = 16, ACK = 24 };
    switch (o->span.reported) {
    case SYN:
        READ_PARTS(o, join_flag_parts);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_ADDRID, 1);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_RECVTOK, 4);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_SENDRAND, 4);
        break;
    case SYN_ACK:
        READ_PARTS(o, join_flag_parts);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_ADDRID, 1);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_SENDTRUNCHMAC, 8);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_SENDRAND, 4);
        break;
    case ACK:
        (void)reader_take(o, TCP_OPTIONS_MPTCP_RESERVED, 2);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_SENDHMAC, 20);
        break;
    default:
        break;
    }
}

static void data_sequence_signal(HeaderReader *o)
{
    static const HeaderPart flag_parts[] = {
        WORD(TCP_OPTIONS_MPTCP_FLAGS, 1),      FLAG(TCP_OPTIONS_MPTCP_DATAFIN_FLAG),
        FLAG(TCP_OPTIONS_MPTCP_DSEQN8_FLAG),   FLAG(TCP_OPTIONS_MPTCP_DSEQNPRESENT_FLAG),
        FLAG(TCP_OPTIONS_MPTCP_DATAACK8_FLAG), FLAG(TCP_OPTIONS_MPTCP_DATAACKPRESENT_FLAG),
    };
    enum { ACK_PRESENT = 1, ACK_8 = 2, MAPPING_PRESENT = 4, SEQUENCE_8 = 8 };
    reader_skip(o, 1);
    uint8_t flags = (uint8_t)reader_peek(o, 0, 1);
    READ_PARTS(o, flag_parts);
    if ((flags & ACK_PRESENT) != 0) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_RAWDATAACK, (flags & ACK_8) != 0 ? 8 : 4);
    }
    if ((flags & MAPPING_PRESENT) != 0) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_RAWDATASEQNO, (flags & SEQUENCE_8) != 0 ? 8 : 4);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_SUBFLOWSEQNO, 4);
        (void)reader_take(o, TCP_OPTIONS_MPTCP_DATALVLLEN, 2);
        if (o->span.reported >= o->at + 4) { /* Wireshark's bound: two bytes more than it needs */
            (void)reader_take(o, TCP_OPTIONS_MPTCP_CHECKSUM, 2);
        }
    }
}

static void add_address(HeaderReader *o)
{
    uint32_t length = o->span.reported;
    uint8_t version = (uint8_t)reader_peek(o, 0, 1) & 15;
    bool version_0 = version == 4 || version == 6; /* the IP version stood where version 1 echoes */
    (void)reader_take(o, version_0 ? TCP_OPTIONS_MPTCP_IPVER : TCP_OPTIONS_MPTCP_ECHO, 1);
    (void)reader_take(o, TCP_OPTIONS_MPTCP_ADDRID, 1);
    bool ipv4 = length == 8 || length == 10 || length == 16 || length == 18;
    bool ipv6 = length == 20 || length == 22 || length == 28 || length == 30;
    if (ipv4) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_IPV4, 4);
    } else if (ipv6) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_IPV6, 16);
    }
    if (length == 10 || length == 18 || length == 22 || length == 30) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_PORT, 2);
    }
    if (length == 16 || length == 18 || length == 28 || length == 30) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_ADDADDRTRUNCHMAC, 8);
    }
}

static void remove_address(HeaderReader *o)
{
    (void)reader_conclude(o, TCP_MPTCP_RM_ADDR_COUNT, 1, (uint8_t)(o->span.reported - 3));
    reader_skip(o, 1);
    while (!o->stopped && reader_left(o) > 0) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_ADDRID, 1);
    }
}

static void priority(HeaderReader *o)
{
    READ_PARTS(o, join_flag_parts);
    if (o->span.reported == 4) {
        (void)reader_take(o, TCP_OPTIONS_MPTCP_ADDRID, 1);
    }
}

static void fallback(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_MPTCP_RESERVED, 2);
    (void)reader_take(o, TCP_OPTIONS_MPTCP_RAWDATASEQNO, 8);
}

static void fast_close(HeaderReader *o)
{
    (void)reader_take(o, TCP_OPTIONS_MPTCP_RESERVED, 2);
    (void)reader_take(o, TCP_OPTIONS_MPTCP_RECVKEY, 8);
}

static void subflow_reset(HeaderReader *o)
{
    static const HeaderPart parts[] = {
        WORD(TCP_OPTIONS_MPTCP_FLAGS, 1),    FLAG(TCP_OPTIONS_MPTCP_FLAG_U_FLAG),
        FLAG(TCP_OPTIONS_MPTCP_FLAG_V_FLAG), FLAG(TCP_OPTIONS_MPTCP_FLAG_W_FLAG),
        FLAG(TCP_OPTIONS_MPTCP_FLAG_T_FLAG), NEXT(TCP_OPTIONS_MPTCP_RST_REASON, 1),
    };
    READ_PARTS(o, parts);
}

void tcp_multipath_option(HeaderReader *option)
{
    static void (*const subtypes[])(HeaderReader *) = {
        capable,  join,     data_sequence_signal, add_address,   remove_address,
        priority, fallback, fast_close,           subflow_reset,
    };
    uint64_t subtype = reader_put(option, TCP_OPTIONS_MPTCP_SUBTYPE, 1);
    if (!option->stopped && subtype < sizeof subtypes / sizeof subtypes[0]) {
        subtypes[subtype](option);
    }
}
