/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names and types: a syntax tree as tests over operands. The rules are those of Wireshark 4.0:
 * the left side of an operator decides the type, constants are converted to it, octets are
 * compared with octets, and what makes no sense for a type is refused.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_CHECK_H
#define FEISCOPE_SNIFFER_FILTER_CHECK_H

#include "sniffer/filter/program.h"

/** What the checker works with and leaves behind. */
typedef struct {
    Arena *arena;
    Fault *fault;
    const FsTable *const *tables; /**< NULL after the last */
    Operand *operands; /**< all that were made, chained by registered: their rooms are freed */
    Test *expressions; /**< all with a regular expression, chained by right: these are freed */
} Checker;

/** Check a condition. NULL: the fault is noted. */
Test *check_condition(Checker *checker, const Syntax *syntax);

/* What the parts of the checker share. Each returns NULL or false when a fault is noted. */

/** An operand of a kind; its type is set. */
Operand *check_new_operand(Checker *checker, OperandKind kind, Type type);

/** The field that a word or name stands for; NULL without a fault if there is none of that name. */
const FsField *check_find_field(const Checker *checker, const char *name);

/** A field with its layers, if any. */
Operand *check_field(Checker *checker, const Syntax *syntax, const FsField *field);

/** Is this what the syntax tree has for a constant? A word is one if no field has that name. */
bool check_is_constant(const Checker *checker, const Syntax *syntax);

/** A constant of a type; field: whose value names are known, or NULL. */
Operand *check_constant(Checker *checker, const Syntax *syntax, Type type, const FsField *field,
                        bool partial);

/**
 * Anything that gives values.
 *
 * @param wanted the type for constants; TYPE_NONE where there may be none
 */
Operand *check_value(Checker *checker, const Syntax *syntax, Type wanted);

/** A call; wanted is the type for a constant as its first argument, TYPE_NONE if there may be none.
 */
Operand *check_call(Checker *checker, const Syntax *syntax, Type wanted);

/** An operand as octets: the operand itself if it has octets, else all of it as a slice. NULL if
 * its type cannot be sliced; the fault is noted at the place. */
Operand *check_as_octets(Checker *checker, Operand *operand, Place place);

#endif
