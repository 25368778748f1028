/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Quoted text in a filter: strings with escapes, raw strings, character constants.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_LEXER_STRING_H
#define FEISCOPE_SNIFFER_FILTER_LEXER_STRING_H

#include "sniffer/filter/lexer.h"

/** The bytes of the character at the start of a NUL-terminated text; 1 if it is not valid UTF-8. */
uint32_t lexer_character_length(const char *text);

/** The string at the lexer's place, which is at its opening quote or the r before it. In a raw
 * string a backslash stands for itself, but keeps a quote after it from ending the string. */
Token lexer_string(Lexer *lexer);

/** The character constant at the lexer's place, which is at its opening quote. */
Token lexer_character(Lexer *lexer);

#endif
