/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The syntax tree: what was written, before names and types are looked at.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_SYNTAX_H
#define FEISCOPE_SNIFFER_FILTER_SYNTAX_H

#include "sniffer/filter/lexer.h"

/** What a node is. */
typedef enum {
    SYNTAX_WORD,   /**< a name, or a value that could be one */
    SYNTAX_NAME,   /**< a name for sure */
    SYNTAX_VALUE,  /**< a value for sure */
    SYNTAX_STRING, /**< quoted text */
    SYNTAX_CHAR,   /**< a character constant */
    SYNTAX_CALL,   /**< a function; arguments from `first` on */
    SYNTAX_SLICE,  /**< octets of `first` */
    SYNTAX_NEGATE, /**< -first */
    SYNTAX_ARITHMETIC,
    SYNTAX_AND,
    SYNTAX_OR,
    SYNTAX_NOT, /**< not first */
    SYNTAX_COMPARE,
    SYNTAX_CONTAINS,
    SYNTAX_MATCHES,
    SYNTAX_IN /**< first in a set, whose elements are chained from `second` on */
} SyntaxKind;

/** The operators that make a value of two. */
typedef enum {
    OPERATOR_BITS,
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_MODULO
} Operator;

/** What one item between the brackets of a slice, or of a range of layers, says. */
typedef struct {
    enum { RANGE_LENGTH, RANGE_LAST, RANGE_TO_END } kind;
    int32_t start; /**< negative: counted from the end */
    int32_t end;   /**< a length, or the last that belongs to it; negative as start */
} Range;

/** The items between brackets. */
typedef struct {
    const Range *items;
    uint32_t count;
} Ranges;

/** A node. Those of a call's arguments and of a set's elements are chained by `next`. */
typedef struct Syntax Syntax;
struct Syntax {
    SyntaxKind kind;
    Place place;
    const char *text;   /**< of words, names, values, strings, characters and calls */
    uint32_t length;    /**< of text, in bytes */
    uint32_t character; /**< of SYNTAX_CHAR */
    Compare compare;
    Operator operation;
    Quantifier quantifier; /**< of COMPARE, CONTAINS, MATCHES, IN */
    Ranges ranges;         /**< of a slice; of a word or name its layers */
    bool layered;          /**< a word or name with layers */
    Syntax *first;
    Syntax *second;
    Syntax *high; /**< of an element of a set that is a range: its upper end */
    Syntax *next;
};

#endif
