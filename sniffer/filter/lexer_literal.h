/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which words and values begin at a place of a filter's text: the shapes of Wireshark's scanner.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_LEXER_LITERAL_H
#define FEISCOPE_SNIFFER_FILTER_LEXER_LITERAL_H

#include <stdint.h>

/** The bytes of the longest MAC, IPv4 or IPv6 address (the latter two with prefix length), octets
 * joined by colons, or octets after a colon that says "a value, not a name", at the start of a
 * NUL-terminated text. 0 if there is none. */
uint32_t lexer_value_length(const char *text);

/** The bytes of the word at the start of a text: letters, digits, _ and -, parts joined by single
 * dots, no part beginning with -. 0 if there is none. */
uint32_t lexer_word_length(const char *text);

#endif
