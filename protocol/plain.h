/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Values of few bytes as text, written without asking for room: functions that take where to write,
 * and return where they ended. Up to three bytes behind the end may be written, too.
 */
#ifndef FEISCOPE_PROTOCOL_PLAIN_H
#define FEISCOPE_PROTOCOL_PLAIN_H

#include "protocol/digits.h"
#include "protocol/packet.h"

/** "00:" to "ff:", in four bytes each, which is one move. */
extern const char fs_octet_pairs[256][4];

/** 0x and two digits for each eight bits. */
static inline char *fs_put_hex(char *to, uint64_t number, unsigned bits)
{
    *to++ = '0';
    *to++ = 'x';
    for (unsigned shift = bits; shift > 0;) {
        shift -= 8;
        memcpy(to, fs_octet_pairs[number >> shift & 255], 2);
        to += 2;
    }
    return to;
}

/** Four numbers with full stops between them. @param address in host order */
static inline char *fs_put_ipv4(char *to, uint32_t address)
{
    to = fs_put_few(to, address >> 24) + 1; /* behind the full stop */
    to = fs_put_few(to, address >> 16 & 255) + 1;
    to = fs_put_few(to, address >> 8 & 255) + 1;
    return fs_put_few(to, address & 255);
}

/** Seconds with nine places. */
static inline char *fs_put_time_span(char *to, int64_t nanoseconds)
{
    uint64_t magnitude =
        nanoseconds < 0 ? (uint64_t)(-(nanoseconds + 1)) + 1 : (uint64_t)nanoseconds;
    if (nanoseconds < 0) {
        *to++ = '-';
    }
    uint64_t seconds = magnitude / 1000000000;
    to = fs_put_number(to, seconds);
    *to++ = '.';
    return fs_put_billionths(to, (uint32_t)(magnitude - seconds * 1000000000));
}

/** A MAC address of six bytes. */
static inline char *fs_put_ether(char *to, const uint8_t *address)
{
    enum { OCTETS = 6 };
    for (unsigned i = 0; i < OCTETS; i++) {
        memcpy(to + 3 * (size_t)i, fs_octet_pairs[address[i]], sizeof *fs_octet_pairs);
    }
    return to + 3 * (size_t)OCTETS - 1;
}

/** How the values of a field are written, for who asks once and writes often. */
typedef enum {
    FS_FORM_DECIMAL,
    FS_FORM_HEX,
    FS_FORM_BOOL,
    FS_FORM_IPV4,
    FS_FORM_TIME_SPAN,
    FS_FORM_OTHER /**< none of these */
} FsForm;

/** The form in which fs_put_plain writes values of a field. */
FsForm fs_form(const FsField *field);

/** Write a value in a form that is not FS_FORM_OTHER. @param bits of its field */
static inline char *fs_put_form(char *to, const FsEntry *entry, FsForm form, unsigned bits)
{
    switch (form) {
    case FS_FORM_DECIMAL:
        return fs_put_number(to, entry->value.number);
    case FS_FORM_HEX:
        return fs_put_hex(to, entry->value.number, bits);
    case FS_FORM_IPV4:
        return fs_put_ipv4(to, (uint32_t)entry->value.number);
    case FS_FORM_TIME_SPAN:
        return fs_put_time_span(to, entry->value.integer);
    case FS_FORM_BOOL:
        *to = entry->value.number != 0 ? '1' : '0';
        return to + 1;
    case FS_FORM_OTHER:
        break;
    }
    return to;
}

#endif
