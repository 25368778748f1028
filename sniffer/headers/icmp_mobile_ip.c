/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Extensions by which mobility agents advertise themselves: RFC 5944 2.1, RFC 4721.
 */
#include "sniffer/headers/icmp.h"

static void agent(HeaderReader *r, uint32_t length)
{
    static const HeaderPart parts[] = {
        NEXT(ICMP_MIP_SEQ, 2), NEXT(ICMP_MIP_LIFE, 2),  WORD(ICMP_MIP_FLAGS, 2), FLAG(ICMP_MIP_R),
        FLAG(ICMP_MIP_B),      FLAG(ICMP_MIP_H),        FLAG(ICMP_MIP_F),        FLAG(ICMP_MIP_M),
        FLAG(ICMP_MIP_G),      FLAG(ICMP_MIP_V),        FLAG(ICMP_MIP_RT),       FLAG(ICMP_MIP_U),
        FLAG(ICMP_MIP_X),      FLAG(ICMP_MIP_RESERVED),
    };
    enum { FIXED = 6 };
    READ_PARTS(r, parts);
    for (uint32_t at = FIXED; at + 4 <= length && !r->stopped; at += 4) {
        (void)reader_take(r, ICMP_MIP_COA, 4);
    }
}

void icmp_mobile_ip(HeaderReader *reader)
{
    enum { PADDING = 0, AGENT = 16, PREFIX_LENGTHS = 19, CHALLENGE = 24 };
    while (!reader->stopped && reader_left(reader) > 0) {
        uint64_t type = reader_peek(reader, 0, 1);
        uint32_t length = type == PADDING ? 0 : (uint32_t)reader_peek(reader, 1, 1);
        (void)reader_take(reader, ICMP_MIP_TYPE, 1);
        if (type == PADDING || reader->stopped) {
            continue;
        }
        (void)reader_take(reader, ICMP_MIP_LENGTH, 1);
        switch (type) {
        case AGENT:
            agent(reader, length);
            break;
        case PREFIX_LENGTHS:
            for (uint32_t i = 0; i < length && !reader->stopped; i++) {
                (void)reader_take(reader, ICMP_MIP_PREFIXLENGTH, 1);
            }
            break;
        case CHALLENGE:
            (void)reader_take(reader, ICMP_MIP_CHALLENGE, length);
            break;
        default:
            if (length > 0) { /* Wireshark shows four bytes less than there are */
                reader_take_difference(reader, ICMP_MIP_CONTENT, (int64_t)length - 4);
                reader_skip(reader, 4);
            }
            break;
        }
    }
}
