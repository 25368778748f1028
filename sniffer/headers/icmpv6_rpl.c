/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Control messages of RPL, the routing protocol of low-power networks: RFC 6550, 6997.
 */
#include "sniffer/headers/icmpv6.h"

enum { SECURE = 0x80 }; /* in the code */

/* --- the secure variants' header --- */

static const HeaderPart secure_head[] = {
    WORD(ICMPV6_RPL_SECURE_FLAG, 1),  FLAG(ICMPV6_RPL_SECURE_FLAG_T),
    FLAG(ICMPV6_RPL_SECURE_FLAG_RSV), NEXT(ICMPV6_RPL_SECURE_ALGORITHM, 1),
    WORD(ICMPV6_RPL_SECURE_FLAG, 1),  FLAG(ICMPV6_RPL_SECURE_KIM),
    FLAG(ICMPV6_RPL_SECURE_LVL),      FLAG(ICMPV6_RPL_SECURE_RSV),
    NEXT(ICMPV6_RPL_SECURE_FLAG, 1),  NEXT(ICMPV6_RPL_SECURE_COUNTER, 4),
};

static void secure(HeaderReader *r)
{
    const uint8_t *head = reader_here(r);
    READ_PARTS(r, secure_head);
    if (r->stopped) {
        return;
    }
    /* Wireshark takes the mode of the key identifier from the low bits, not the high. */
    unsigned mode = head[2] & 3U;
    unsigned level = head[2] & 7U;
    bool source = mode == 2 || (mode == 3 && (level == 1 || level == 3));
    if (source) {
        (void)reader_take(r, ICMPV6_RPL_SECURE_KEY_SOURCE, 8);
    }
    if (source || mode == 0) {
        (void)reader_take(r, ICMPV6_RPL_SECURE_KEY_INDEX, 1);
    }
}

/* --- what each code has before the options --- */

static const HeaderPart solicitation[] = {
    NEXT(ICMPV6_RPL_DIS_FLAGS, 1),
    NEXT(ICMPV6_RESERVED, 1),
};

static const HeaderPart information[] = {
    NEXT(ICMPV6_RPL_DIO_INSTANCE, 1), NEXT(ICMPV6_RPL_DIO_VERSION, 1),
    NEXT(ICMPV6_RPL_DIO_RANK, 2),     WORD(ICMPV6_RPL_DIO_FLAG, 1),
    FLAG(ICMPV6_RPL_DIO_FLAG_G),      FLAG(ICMPV6_RPL_DIO_FLAG_0),
    FLAG(ICMPV6_RPL_DIO_FLAG_MOP),    FLAG(ICMPV6_RPL_DIO_FLAG_PREFERENCE),
    NEXT(ICMPV6_RPL_DIO_DTSN, 1),     NEXT(ICMPV6_RPL_DIO_FLAG, 1),
    NEXT(ICMPV6_RESERVED, 1),         NEXT(ICMPV6_RPL_DIO_DAGID, 16),
};

static const HeaderPart advertisement[] = {
    NEXT(ICMPV6_RPL_DAO_INSTANCE, 1), WORD(ICMPV6_RPL_DAO_FLAG, 1),  FLAG(ICMPV6_RPL_DAO_FLAG_K),
    FLAG(ICMPV6_RPL_DAO_FLAG_D),      FLAG(ICMPV6_RPL_DAO_FLAG_RSV), NEXT(ICMPV6_RESERVED, 1),
    NEXT(ICMPV6_RPL_DAO_SEQUENCE, 1),
};

static const HeaderPart acknowledgment[] = {
    NEXT(ICMPV6_RPL_DAOACK_INSTANCE, 1), WORD(ICMPV6_RPL_DAOACK_FLAG, 1),
    FLAG(ICMPV6_RPL_DAOACK_FLAG_D),      FLAG(ICMPV6_RPL_DAOACK_FLAG_RSV),
    NEXT(ICMPV6_RPL_DAOACK_SEQUENCE, 1), NEXT(ICMPV6_RPL_DAOACK_STATUS, 1),
};

static const HeaderPart consistency_check[] = {
    NEXT(ICMPV6_RPL_CC_INSTANCE, 1),
    WORD(ICMPV6_RPL_CC_FLAG, 1),
    FLAG(ICMPV6_RPL_CC_FLAG_R),
    FLAG(ICMPV6_RPL_CC_FLAG_RSV),
    NEXT(ICMPV6_RPL_CC_NONCE, 2),
    NEXT(ICMPV6_RPL_CC_DODAGID, 16),
    NEXT(ICMPV6_RPL_CC_DESTINATION_COUNTER, 4),
};

static const HeaderPart discovery_reply[] = {
    NEXT(ICMPV6_RPL_P2P_DRO_INSTANCE, 1),   NEXT(ICMPV6_RPL_P2P_DRO_VERSION, 1),
    WORD(ICMPV6_RPL_P2P_DRO_FLAG, 2),       FLAG(ICMPV6_RPL_P2P_DRO_FLAG_STOP),
    FLAG(ICMPV6_RPL_P2P_DRO_FLAG_ACK),      FLAG(ICMPV6_RPL_P2P_DRO_FLAG_SEQ),
    FLAG(ICMPV6_RPL_P2P_DRO_FLAG_RESERVED), NEXT(ICMPV6_RPL_P2P_DRO_DAGID, 16),
};

static const HeaderPart discovery_acknowledgment[] = {
    NEXT(ICMPV6_RPL_P2P_DRO_INSTANCE, 1),      NEXT(ICMPV6_RPL_P2P_DRO_VERSION, 1),
    WORD(ICMPV6_RPL_P2P_DROACK_FLAG, 2),       FLAG(ICMPV6_RPL_P2P_DROACK_FLAG_SEQ),
    FLAG(ICMPV6_RPL_P2P_DROACK_FLAG_RESERVED), NEXT(ICMPV6_RPL_P2P_DRO_DAGID, 16),
};

typedef struct {
    uint8_t code;
    uint8_t count;
    bool options;
    uint8_t dodag_bit; /* in the second byte: the DODAG's identifier follows; 0: never */
    uint16_t dodag;    /* that field */
    const HeaderPart *parts;
} Message;

#define MESSAGE(code, options, bit, dodag, parts)                                                  \
    {                                                                                              \
        (code), sizeof(parts) / sizeof(parts)[0], (options), (bit), (dodag), (parts)               \
    }

static const Message messages[] = {
    MESSAGE(0x00, true, 0, 0, solicitation),
    MESSAGE(0x01, true, 0, 0, information),
    MESSAGE(0x02, true, 0x40, ICMPV6_RPL_DAO_DODAGID, advertisement),
    MESSAGE(0x03, true, 0x80, ICMPV6_RPL_DAOACK_DODAGID, acknowledgment),
    MESSAGE(0x04, true, 0, 0, discovery_reply),
    MESSAGE(0x05, false, 0, 0, discovery_acknowledgment),
    MESSAGE(0x80, true, 0, 0, solicitation),
    MESSAGE(0x81, true, 0, 0, information),
    MESSAGE(0x82, true, 0x40, ICMPV6_RPL_DAO_DODAGID, advertisement),
    MESSAGE(0x83, true, 0x80, ICMPV6_RPL_DAOACK_DODAGID, acknowledgment),
    MESSAGE(0x84, true, 0, 0, discovery_reply),
    MESSAGE(0x85, false, 0, 0, discovery_acknowledgment),
    MESSAGE(0x8a, true, 0, 0, consistency_check),
};

static void read_message(HeaderReader *r, const Message *message)
{
    const uint8_t *head = reader_here(r);
    reader_parts(r, message->parts, message->count);
    if (!r->stopped && (head[1] & message->dodag_bit) != 0) {
        (void)reader_take(r, message->dodag, 16);
    }
}

void icmpv6_rpl_control(HeaderReader *reader, uint8_t code)
{
    if ((code & SECURE) != 0) {
        secure(reader);
    }
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        if (messages[i].code == code && !reader->stopped) {
            read_message(reader, &messages[i]);
            if (messages[i].options && !reader->stopped) {
                icmpv6_rpl_options(reader, code);
            }
            return;
        }
    }
}
