/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Regular expressions of matches: PCRE2 over bytes, without regard to ASCII case, as in Wireshark.
 * GLib's wrapper allocates at every match and ends a pattern at a NUL, so the library itself.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_REGEX_H
#define FEISCOPE_SNIFFER_FILTER_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A compiled regular expression. */
typedef struct Regex Regex;

/**
 * Compile.
 *
 * @param pattern  bytes, may hold NUL
 * @param length   of pattern
 * @param offset   on error set to where in the pattern
 * @param message  on error filled with what is wrong
 * @param capacity of message, in bytes
 * @return the expression, to be freed with regex_free; NULL on error
 */
Regex *regex_new(const char *pattern, size_t length, size_t *offset, char *message,
                 size_t capacity);

/** Is the expression somewhere in the bytes? One that exceeds PCRE2's limits is not. */
bool regex_matches(Regex *regex, const uint8_t *data, size_t length);

/** Free an expression; NULL is allowed. */
void regex_free(Regex *regex);

#endif
