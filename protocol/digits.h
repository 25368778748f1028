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

/** "000." to "999.", and room behind them, since they are read from any of their digits on. */
enum { FS_TRIPLES = 1000 };
extern const char fs_digit_triples[FS_TRIPLES + 1][4];

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

/** Three digits of a number below 1000; four bytes are written, the last a full stop. */
static inline char *fs_put_triple(char *to, uint32_t number)
{
    memcpy(to, fs_digit_triples[number], sizeof *fs_digit_triples);
    return to + 3;
}

/** A number below 1000 without zeros in front, and a full stop behind it; four bytes are written.
 */
static inline char *fs_put_few(char *to, uint32_t number)
{
    unsigned digits = 1U + (number >= 10) + (number >= 100);
    memcpy(to, &fs_digit_triples[0][0] + (size_t)number * 4 + 3 - digits, 4);
    return to + digits;
}

/** Nine digits of a number below 10^9; ten bytes are written. */
static inline char *fs_put_billionths(char *to, uint32_t number)
{
    to = fs_put_triple(to, number / 1000000);
    to = fs_put_triple(to, number / 1000 % 1000);
    return fs_put_triple(to, number % 1000);
}

/** A number in decimal, where up to three bytes behind it may be written, too: three digits at a
 *  time, without asking how many there are. */
static inline char *fs_put_number(char *to, uint64_t number)
{
    enum { THOUSAND = 1000, MILLION = 1000000, BILLION = 1000000000 };
    if (number < THOUSAND) {
        return fs_put_few(to, (uint32_t)number);
    }
    if (number < MILLION) {
        uint32_t few = (uint32_t)number;
        to = fs_put_few(to, few / THOUSAND);
        return fs_put_triple(to, few % THOUSAND);
    }
    if (number < BILLION) {
        uint32_t few = (uint32_t)number;
        to = fs_put_few(to, few / MILLION);
        to = fs_put_triple(to, few / THOUSAND % THOUSAND);
        return fs_put_triple(to, few % THOUSAND);
    }
    if (number < (uint64_t)BILLION * THOUSAND) {
        uint64_t billions = number / BILLION;
        to = fs_put_few(to, (uint32_t)billions);
        return fs_put_billionths(to, (uint32_t)(number - billions * BILLION));
    }
    return fs_put_decimal(to, number);
}

#endif
