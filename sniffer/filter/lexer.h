/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A filter's text as tokens. At each place the longest token wins, as in Wireshark's scanner, so
 * "udp.port-1" is one word, "udp.port -1" is three tokens, and "1.2.3.4/24" is one.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_LEXER_H
#define FEISCOPE_SNIFFER_FILTER_LEXER_H

#include "sniffer/filter/arena.h"
#include "sniffer/filter/fault.h"

/** What a token is. */
typedef enum {
    TOKEN_END,      /**< no more text */
    TOKEN_FAULT,    /**< the fault is noted */
    TOKEN_UNKNOWN,  /**< a character that begins no token */
    TOKEN_WORD,     /**< a name, or a value that could be one: udp.port, 80, 1.5 */
    TOKEN_NAME,     /**< a name after a dot, which is never a value: .udp */
    TOKEN_VALUE,    /**< what can only be a value: addresses, octets, anything after a colon */
    TOKEN_STRING,   /**< "…" or r"…" */
    TOKEN_CHAR,     /**< '…' */
    TOKEN_RANGE,    /**< between [ , ] of a slice */
    TOKEN_INDEX,    /**< the number after # */
    TOKEN_COMPARE,  /**< == != === !== > >= < <= and their words; which: Token.compare */
    TOKEN_CONTAINS, /**< contains */
    TOKEN_MATCHES,  /**< matches ~ */
    TOKEN_IN,       /**< in */
    TOKEN_AND,      /**< and && */
    TOKEN_OR,       /**< or || */
    TOKEN_NOT,      /**< not ! */
    TOKEN_ANY,      /**< any */
    TOKEN_ALL,      /**< all */
    TOKEN_BITS,     /**< bitwise_and & */
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_OPEN,    /**< ( */
    TOKEN_CLOSE,   /**< ) */
    TOKEN_BRACE,   /**< { */
    TOKEN_UNBRACE, /**< } */
    TOKEN_BRACKET, /**< [ */
    TOKEN_UNBRACKET,
    TOKEN_COMMA,
    TOKEN_DOTS, /**< .. */
    TOKEN_HASH, /**< # */
    TOKEN_DOLLAR
} TokenKind;

/** The comparisons. Of a field that occurs more than once, ANY and ALL say of how many values. */
typedef enum { COMPARE_EQ, COMPARE_NE, COMPARE_GT, COMPARE_GE, COMPARE_LT, COMPARE_LE } Compare;

/** Of how many values a comparison must hold. */
typedef enum { QUANTIFIER_ANY, QUANTIFIER_ALL } Quantifier;

/** A token. */
typedef struct {
    TokenKind kind;
    Compare compare;       /**< of TOKEN_COMPARE */
    Quantifier quantifier; /**< of TOKEN_COMPARE */
    Place place;
    const char *text;   /**< of words, names, values, strings, ranges and indices: what it stands
                         *   for, escapes resolved, with a NUL after it */
    uint32_t length;    /**< of text, in bytes */
    uint32_t character; /**< of TOKEN_CHAR */
} Token;

/** Where the lexer is. */
typedef struct {
    const char *text;
    uint32_t length;
    uint32_t position;
    enum { LEXER_PLAIN, LEXER_RANGE, LEXER_LAYER } mode;
    Arena *arena;
    Fault *fault;
} Lexer;

/** The next token; after the end, or a fault, again the same. */
Token lexer_next(Lexer *lexer);

#endif
