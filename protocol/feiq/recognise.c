/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Telling the family's datagrams from everything else.
 */
#include "protocol/feiq/decode.h"

enum { LONGEST_VERSION = 255, LONGEST_NAME = 255 };

/* Byte by byte, since a NUL ends the header before its fifth colon. */
static void split_broken_header(FeiqHeader *header, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *start = at;
    header->found = 0;
    for (; at < end && *at != '\0'; at++) {
        if (*at == ':' && header->found < 4) {
            header->part[header->found++] = (FeiqSlice){start, (size_t)(at - start), true};
            start = at + 1;
        }
    }
    if (start < at || header->found > 0) {
        header->part[header->found++] = (FeiqSlice){start, (size_t)(at - start), false};
    }
    header->rest = at;
}

/* Returns whether that was the fifth. */
static bool add_part(FeiqHeader *header, const uint8_t *colon)
{
    FeiqSlice *part = &header->part[header->found++];
    *part = (FeiqSlice){header->rest, (size_t)(colon - header->rest), true};
    header->rest = colon + 1;
    return header->found == 5;
}

void feiq_split_header(FeiqHeader *header, const uint8_t *first, const uint8_t *end)
{
    const uint8_t *at = first;
    header->found = 0;
    header->rest = first;
    for (; end - at >= 8; at += 8) {
        uint64_t word = fs_octets(at);
        uint64_t nuls = fs_octets_equal(word, '\0');
        for (uint64_t colons = fs_octets_equal(word, ':'); colons != 0; colons &= colons - 1) {
            if ((nuls & (colons ^ (colons - 1))) != 0) { /* one before the colon */
                split_broken_header(header, first, end);
                return;
            }
            if (add_part(header, at + fs_octets_first(colons))) {
                return;
            }
        }
        if (nuls != 0) {
            split_broken_header(header, first, end);
            return;
        }
    }
    for (; at < end && *at != '\0'; at++) {
        if (*at == ':' && add_part(header, at)) {
            return;
        }
    }
    split_broken_header(header, first, end);
}

static bool is_printable(const uint8_t *at, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = fs_octets(at + i);
        if (fs_octets_below(word, 0x20) || fs_octets_have(word, 0x7f)) {
            return false;
        }
    }
    for (; i < length; i++) {
        if (at[i] < 0x20 || at[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Major, minor and a date of five to eight digits. */
static bool is_feige(FeiqSlice version)
{
    const uint8_t *at = version.at;
    const uint8_t *end = at + version.length;
    uint64_t number;
    FeiqSlice major = feiq_take(&at, end, '.');
    FeiqSlice minor = feiq_take(&at, end, '.');
    size_t date = (size_t)(end - at);
    return major.length <= 2 && feiq_decimal(major.at, major.length, 99, &number) &&
           minor.length <= 2 && feiq_decimal(minor.at, minor.length, 99, &number) && date >= 5 &&
           date <= 8 && feiq_decimal(at, date, UINT32_MAX, &number);
}

FeiqForm feiq_version_form(FeiqSlice version)
{
    const uint8_t *end = version.at + version.length;
    if (version.length == 0 || version.length > LONGEST_VERSION ||
        !is_printable(version.at, version.length)) {
        return FEIQ_FORM_NONE;
    }
    if (version.at[0] == '1' && version.length > 1 &&
        (version.at[1] == '_' || version.at[1] == '@')) {
        return FEIQ_FORM_KNOWN;
    }
    if (FEIQ_BEGINS(version.at, end, "feiq_plus_plus") || is_feige(version)) {
        return FEIQ_FORM_KNOWN;
    }
    if (version.at[0] != '1') {
        return FEIQ_FORM_NONE;
    }
    if (version.length == 1) {
        return FEIQ_FORM_PLAIN;
    }
    uint8_t second = version.at[1];
    /* 1#n requests begin 1#, numbers and addresses with more digits or a full stop */
    return is_digit(second) || second == '#' || second == '.' ? FEIQ_FORM_NONE : FEIQ_FORM_WEAK;
}

bool feiq_plausible(const FeiqHeader *header)
{
    FeiqSlice version = header->part[0];
    FeiqForm form = header->found > 0 ? feiq_version_form(version) : FEIQ_FORM_NONE;
    if (form == FEIQ_FORM_NONE) {
        return false;
    }
    if (!version.closed) { /* broken off: only what no other protocol begins with */
        return form == FEIQ_FORM_KNOWN && version.length >= 3;
    }
    FeiqSlice number = header->part[1];
    return form == FEIQ_FORM_KNOWN || number.length == 0 || is_digit(number.at[0]);
}

/* At most four hexadecimal digits, as between the colons of MAC and IPv6 addresses. */
static bool is_address_group(FeiqSlice slice)
{
    uint64_t number;
    return slice.length <= 4 && feiq_hexadecimal(slice.at, slice.length, 0xffff, &number);
}

static bool is_name(FeiqSlice slice)
{
    return slice.length > 0 && slice.length <= LONGEST_NAME && is_printable(slice.at, slice.length);
}

/*
 * A datagram is the family's if
 *
 *  1. it is an IPDict: "IP2:", a hexadecimal length, and a first pair of a key without control
 *     characters, a hexadecimal length, and a value that fits; or
 *  2. five colons cut a header off, before any NUL;
 *  3. the version is "1", or begins "1_" or "1@", or is FeiGe's (5.1.180210) or feiq++'s, and has
 *     no control characters and at most 255 bytes;
 *  4. the packet number is decimal and fits 64 bits;
 *  5. user and host have 1 to 255 bytes each and no control characters;
 *  6. the command word is decimal and fits 32 bits, and its low 8 bits are a command that some
 *     program is known to use;
 *  7. after a version "1" user and host are not both at most four hexadecimal digits, which sorts
 *     out MAC and IPv6 addresses, times of day and the like in text.
 */
bool feiq_recognise(FsSpan span)
{
    const uint8_t *end = span.data + span.captured;
    if (!feiq_may_begin(span)) {
        return false;
    }
    if (feiq_is_dict(span.data, end)) {
        return feiq_dict_has_pair(span.data, end);
    }
    FeiqHeader header;
    feiq_split_header(&header, span.data, end);
    uint64_t number;
    if (header.found < 5 || !header.part[4].closed) {
        return false;
    }
    FeiqForm form = feiq_version_form(header.part[0]);
    if (form != FEIQ_FORM_PLAIN && form != FEIQ_FORM_KNOWN) {
        return false;
    }
    if (!feiq_decimal(header.part[1].at, header.part[1].length, UINT64_MAX, &number) ||
        !is_name(header.part[2]) || !is_name(header.part[3]) ||
        !feiq_decimal(header.part[4].at, header.part[4].length, UINT32_MAX, &number) ||
        !feiq_command_known((uint8_t)number)) {
        return false;
    }
    return form == FEIQ_FORM_KNOWN || !is_address_group(header.part[2]) ||
           !is_address_group(header.part[3]);
}
