/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers as digits, two at a time: what most of the time of a text view goes into.
 */
#ifndef FEISCOPE_PROTOCOL_DIGITS_H
#define FEISCOPE_PROTOCOL_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Most digits of a number of 64 bits. */
enum { FS_MOST_DIGITS = 20 };

/** "00" to "99". */
extern const char fs_digit_pairs[200];

/** How many digits a number has. */
static inline unsigned fs_count_digits(uint64_t number)
{
    unsigned digits = 1;
    for (; number >= 10000; number /= 10000) {
        digits += 4;
    }
    return digits + (number >= 10) + (number >= 100) + (number >= 1000);
}

/**
 * Write exactly `digits` digits, with zeros in front or the highest left out.
 *
 * @return the end of what was written
 */
static inline char *fs_put_digits(char *to, uint64_t number, unsigned digits)
{
    char *end = to + digits;
    char *at = end;
    for (; at - to >= 2; number /= 100) {
        at -= 2;
        memcpy(at, fs_digit_pairs + number % 100 * 2, 2);
    }
    if (at > to) {
        *to = (char)('0' + number % 10);
    }
    return end;
}

/** Write a number in decimal; at most FS_MOST_DIGITS bytes. Returns the end of what was written. */
static inline char *fs_put_decimal(char *to, uint64_t number)
{
    if (number < 10) {
        *to = (char)('0' + number);
        return to + 1;
    }
    return fs_put_digits(to, number, fs_count_digits(number));
}

#endif
