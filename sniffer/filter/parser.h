/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tokens as a syntax tree. From loose to tight: or; and; not; the comparisons, contains, matches
 * and in; &; + and -; *, / and %; a sign; slices, layers and calls. Parentheses hold conditions,
 * braces values: the grammar of Wireshark 4.0.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_PARSER_H
#define FEISCOPE_SNIFFER_FILTER_PARSER_H

#include "sniffer/filter/syntax.h"

/**
 * Parse a filter.
 *
 * @param lexer at the start of the text
 * @param blank set to whether there is nothing but white space
 * @return the tree, in the lexer's arena; NULL if it is blank or a fault is noted
 */
Syntax *parser_parse(Lexer *lexer, bool *blank);

/**
 * Read an item between brackets, such as "0", "2:4", "-3-", ":4".
 *
 * @param token a TOKEN_RANGE or TOKEN_INDEX
 * @return false: the fault is noted
 */
bool parser_range(Fault *fault, const Token *token, Range *range);

#endif
