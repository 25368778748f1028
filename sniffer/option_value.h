/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Values of options. What is wrong with one is said with the option, the value and what is wanted.
 */
#ifndef FEISCOPE_SNIFFER_OPTION_VALUE_H
#define FEISCOPE_SNIFFER_OPTION_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/** Say on standard error what is wrong with an option's value. Returns false. */
bool option_refuse(const char *option, const char *value, const char *wrong);

/**
 * Read a decimal number.
 *
 * @param option as the user writes it, for messages: "-c"
 * @param what   what it is a number of, for messages: "packets"
 * @param number changed only if true is returned
 * @return false if it is none from least to most; said on standard error
 */
bool option_number(const char *option, const char *value, const char *what, uint64_t least,
                   uint64_t most, uint64_t *number);

/** A condition, NAME:NUMBER, as of -a and -b. */
typedef struct {
    const char *name;
    const char *what; /**< what it is a number of */
    uint64_t least;
    uint64_t most;
    uint64_t factor;  /**< what the number is multiplied by */
    uint64_t *number; /**< where it goes */
} OptionCondition;

/**
 * Read a condition.
 *
 * @param conditions `count` of them
 * @return false if it is none of them, or its number is wrong; said on standard error
 */
bool option_condition(const char *option, const char *value, const OptionCondition *conditions,
                      unsigned count);

#endif
