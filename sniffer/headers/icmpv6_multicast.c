/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who listens to which multicast group: RFC 2710, 3810; and MPL's control message: RFC 7731.
 */
#include "protocol/format.h"
#include "sniffer/headers/icmpv6.h"

#include <string.h>

enum { ADDRESS_LENGTH = 16 };

/* A code of exponent and mantissa, RFC 3810 5.1.3 and 5.1.9. */
static uint32_t long_code(uint32_t code, unsigned mantissa_bits)
{
    uint32_t hidden = UINT32_C(1) << mantissa_bits;
    if (code < hidden << 3) {
        return code;
    }
    uint32_t exponent = code >> mantissa_bits & 7;
    return (code % hidden + hidden) << (exponent + 3);
}

/* Wireshark shows what a code means in place of the code. */
static void take_code(HeaderReader *r, unsigned field, uint32_t length, unsigned mantissa_bits)
{
    uint32_t code = (uint32_t)reader_peek(r, 0, length);
    if (!r->stopped) {
        (void)fs_add_number(r->packet, &r->fields[field], reader_here(r), length,
                            long_code(code, mantissa_bits));
        reader_skip(r, length);
    }
}

static void addresses(HeaderReader *r, unsigned field, uint32_t count)
{
    for (uint32_t i = 0; i < count && !r->stopped; i++) {
        (void)reader_take(r, field, ADDRESS_LENGTH);
    }
}

void icmpv6_listener_query(HeaderReader *reader)
{
    enum { SHORTEST_QUERY_2 = 28 };
    static const HeaderPart flags[] = {
        WORD(ICMPV6_MLD_FLAG, 1),
        FLAG(ICMPV6_MLD_FLAG_S),
        FLAG(ICMPV6_MLD_FLAG_QRV),
        FLAG(ICMPV6_MLD_FLAG_RESERVED),
    };
    bool version_2 = reader->span.captured >= SHORTEST_QUERY_2;
    if (version_2) {
        take_code(reader, ICMPV6_MLD_MAXIMUM_RESPONSE_CODE, 2, 12);
    } else {
        (void)reader_take(reader, ICMPV6_MLD_MAXIMUM_RESPONSE_DELAY, 2);
    }
    (void)reader_take(reader, ICMPV6_RESERVED, 2);
    (void)reader_take(reader, ICMPV6_MLD_MULTICAST_ADDRESS, ADDRESS_LENGTH);
    if (version_2) {
        READ_PARTS(reader, flags);
        take_code(reader, ICMPV6_MLD_QQI, 1, 4);
        uint32_t count = (uint32_t)reader_take(reader, ICMPV6_MLD_NB_SOURCES, 2);
        addresses(reader, ICMPV6_MLD_SOURCE_ADDRESS, count);
    }
}

static void record(HeaderReader *r)
{
    (void)reader_take(r, ICMPV6_MLDR_MAR_RECORD_TYPE, 1);
    uint32_t words = (uint32_t)reader_take(r, ICMPV6_MLDR_MAR_AUX_DATA_LEN, 1);
    uint32_t sources = (uint32_t)reader_take(r, ICMPV6_MLDR_MAR_NB_SOURCES, 2);
    (void)reader_take(r, ICMPV6_MLDR_MAR_MULTICAST_ADDRESS, ADDRESS_LENGTH);
    addresses(r, ICMPV6_MLDR_MAR_SOURCE_ADDRESS, sources);
    if (words > 0) {
        (void)reader_take(r, ICMPV6_MLDR_MAR_AUXILIARY_DATA, words * 4);
    }
}

void icmpv6_listener_report(HeaderReader *reader)
{
    (void)reader_take(reader, ICMPV6_RESERVED, 2);
    (void)reader_take(reader, ICMPV6_MLDR_NB_MCAST_RECORDS, 2);
    while (!reader->stopped && reader_left(reader) > 0) {
        if (!reader_want(reader, 1)) {
            return;
        }
        FsPacket *packet = reader->packet;
        uint32_t group = fs_open(packet, &reader->fields[ICMPV6_MLDR_MAR], reader_here(reader), 0);
        record(reader);
        fs_close(packet, group, reader_here(reader));
    }
}

/* --- MPL --- */

enum { FIXED_LENGTH = 2, LONGEST_ADDRESS = 46 };

/* The text that Wireshark gives for a seed's identifier: an address, an EUI-64 or four digits. */
static void seed_identifier(HeaderReader *r, uint32_t length)
{
    char text[LONGEST_ADDRESS];
    size_t n = 0;
    const uint8_t *from = length == 0 ? r->walk->source : reader_here(r);
    if (length == 0 || length == ADDRESS_LENGTH) {
        bool ipv4 = length == 0 && r->walk->address_length != ADDRESS_LENGTH;
        FsEntry address = {
            .field = &r->fields[ipv4 ? ICMPV6_NI_QUERY_SUBJECT_IPV4 : ICMPV6_MLD_SOURCE_ADDRESS]};
        if (from == NULL) {
            return;
        }
        if (ipv4) {
            address.value.number = (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 |
                                   (uint32_t)from[2] << 8 | from[3];
        } else {
            address.value.bytes.data = from;
            address.value.bytes.length = ADDRESS_LENGTH;
        }
        n = fs_format_value(text, sizeof text, &address);
    } else {
        for (uint32_t i = 0; i < length; i++) {
            static const char digits[] = "0123456789abcdef";
            if (i > 0 && length > 2) {
                text[n++] = ':';
            }
            text[n++] = digits[from[i] >> 4];
            text[n++] = digits[from[i] & 15];
        }
    }
    uint8_t *copy = fs_derive(r->packet, n);
    if (copy != NULL) {
        memcpy(copy, text, n);
        reader_derived(r, ICMPV6_MPL_SEED_INFO_SEED_ID, length, copy, n);
    }
}

/* One bit a message that the sender holds, counted from the lowest number. */
static void buffered_messages(HeaderReader *r, uint32_t length, uint32_t lowest)
{
    for (uint32_t i = 0; i < length * 8; i++) {
        const uint8_t *at = reader_here(r) + i / 8;
        if ((*at & 0x80 >> i % 8) != 0) {
            (void)fs_add_bit_number(r->packet, &r->fields[ICMPV6_MPL_SEED_INFO_SEQUENCE], at, i % 8,
                                    1, (lowest + i) % 256);
        }
    }
    reader_skip(r, length);
}

/* Returns false if it is too short. */
static bool seed_information(HeaderReader *r)
{
    static const uint8_t identifier_lengths[] = {0, 2, 8, 16};
    uint32_t there = reader_captured(r) - FIXED_LENGTH;
    uint32_t lowest = (uint32_t)reader_take(r, ICMPV6_MPL_SEED_INFO_MIN_SEQUENCE, 1);
    uint32_t messages = (uint32_t)reader_put(r, ICMPV6_MPL_SEED_INFO_BM_LEN, 1);
    uint32_t identifier = identifier_lengths[reader_take(r, ICMPV6_MPL_SEED_INFO_S, 1) & 3];
    if (there < identifier) {
        (void)reader_put(r, ICMPV6_UNKNOWN_DATA, there);
        return false;
    }
    seed_identifier(r, identifier);
    reader_skip(r, identifier);
    if (there - identifier < messages) {
        (void)reader_put(r, ICMPV6_UNKNOWN_DATA, there - identifier);
        return false;
    }
    buffered_messages(r, messages, lowest);
    return true;
}

void icmpv6_mpl_control(HeaderReader *reader, uint8_t code)
{
    uint32_t start = reader->at;
    if (code != 0) {
        (void)reader_put(reader, ICMPV6_UNKNOWN_DATA, 1);
        return;
    }
    while (reader_captured(reader) >= FIXED_LENGTH) {
        if (!seed_information(reader)) {
            return;
        }
    }
    if (reader_captured(reader) > 0) {
        (void)reader_put(reader, ICMPV6_UNKNOWN_DATA, reader->at - start);
    }
}
