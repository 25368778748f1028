/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/feiq/decode.h"

/* So many digits of either base fit 64 bits, and need no division to see it. */
enum { SAFE_DIGITS = 16 };

/* The longest decimal number that fits 64 bits whatever its digits. */
enum { SAFE_DECIMAL = 19 };

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
    if (length > SAFE_DECIMAL) {
        return read_number(at, length, 10, most, value);
    }
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned d = at[i] - (unsigned)'0';
        if (d > 9) {
            return false;
        }
        number = number * 10 + d;
    }
    *value = number;
    return length > 0 && number <= most;
}

bool feiq_hexadecimal(const uint8_t *at, size_t length, uint64_t most, uint64_t *value)
{
    return read_number(at, length, 16, most, value);
}

bool feiq_signed(const uint8_t *at, size_t length, int64_t *value)
{
    bool negative = length > 0 && at[0] == '-';
    uint64_t number;
    if (!feiq_decimal(at + negative, length - negative, INT32_MAX + (uint64_t)negative, &number)) {
        return false;
    }
    *value = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

typedef bool ReadNumber(const uint8_t *at, size_t length, uint64_t most, uint64_t *value);

static bool add_number(FeiqDatagram *d, const FsField *field, FeiqSlice slice, ReadNumber *read,
                       const FsField *invalid, uint64_t *value)
{
    if (!slice.closed && d->cut) {
        return false; /* more digits may have followed */
    }
    uint64_t number;
    if (!read(slice.at, slice.length, feiq_most(field), &number)) {
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
    return add_number(d, field, slice, feiq_decimal, invalid, value);
}

bool feiq_add_hexadecimal(FeiqDatagram *d, const FsField *field, FeiqSlice slice,
                          const FsField *invalid, uint64_t *value)
{
    return add_number(d, field, slice, feiq_hexadecimal, invalid, value);
}
