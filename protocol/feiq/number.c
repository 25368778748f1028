/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/decode.h"

/* So many digits of either base fit 64 bits, and need no division to see it. */
enum { SAFE_DIGITS = 16 };

static unsigned digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10U : 16;
}

static bool read_number(const uint8_t *at, size_t length, unsigned base, uint64_t most,
                        uint64_t *value)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned d = digit(at[i]);
        if (d >= base || (i >= SAFE_DIGITS && number > (UINT64_MAX - d) / base)) {
            return false;
        }
        number = number * base + d;
    }
    *value = number;
    return length > 0 && number <= most;
}

bool feiq_decimal(const uint8_t *at, size_t length, uint64_t most, uint64_t *value)
{
    return read_number(at, length, 10, most, value);
}

bool feiq_hexadecimal(const uint8_t *at, size_t length, uint64_t most, uint64_t *value)
{
    return read_number(at, length, 16, most, value);
}

bool feiq_signed(const uint8_t *at, size_t length, int64_t *value)
{
    bool negative = length > 0 && at[0] == '-';
    uint64_t number;
    if (!read_number(at + negative, length - negative, 10, INT32_MAX + (uint64_t)negative,
                     &number)) {
        return false;
    }
    *value = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static bool add_number(FeiqDatagram *d, const FsField *field, FeiqSlice slice, unsigned base,
                       const FsField *invalid, uint64_t *value)
{
    if (!slice.closed && d->cut) {
        return false; /* more digits may have followed */
    }
    uint64_t number;
    if (!read_number(slice.at, slice.length, base, feiq_most(field), &number)) {
        (void)fs_add_remark(d->packet, invalid, slice.at, slice.length, true);
        return false;
    }
    (void)fs_add_number(d->packet, field, slice.at, slice.length, number);
    if (value != NULL) {
        *value = number;
    }
    return true;
}

bool feiq_add_decimal(FeiqDatagram *d, const FsField *field, FeiqSlice slice,
                      const FsField *invalid, uint64_t *value)
{
    return add_number(d, field, slice, 10, invalid, value);
}

bool feiq_add_hexadecimal(FeiqDatagram *d, const FsField *field, FeiqSlice slice,
                          const FsField *invalid, uint64_t *value)
{
    return add_number(d, field, slice, 16, invalid, value);
}
