/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/check.h"
#include "sniffer/filter/suggest.h"

#include <glib.h>
#include <string.h>

/* What a function takes and gives. */
typedef struct {
    const char *name;
    OperandKind kind;
    unsigned most_arguments;
    TypeKind result; /* TYPE_NONE: the type of its argument */
} Function;

enum { ANY_NUMBER = 1000 };

static const Function functions[] = {
    {"len", OPERAND_LENGTH, 1, TYPE_UINT},       {"count", OPERAND_COUNT, 1, TYPE_UINT},
    {"upper", OPERAND_UPPER, 1, TYPE_TEXT},      {"lower", OPERAND_LOWER, 1, TYPE_TEXT},
    {"string", OPERAND_STRING, 1, TYPE_TEXT},    {"max", OPERAND_MAX, ANY_NUMBER, TYPE_NONE},
    {"min", OPERAND_MIN, ANY_NUMBER, TYPE_NONE}, {"abs", OPERAND_ABSOLUTE, 1, TYPE_NONE},
};

static const Function *find_function(Checker *checker, const Syntax *syntax)
{
    const char *names[G_N_ELEMENTS(functions)];
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (strcmp(functions[i].name, syntax->text) == 0) {
            return &functions[i];
        }
        names[i] = functions[i].name;
    }
    (void)fault_at(checker->fault, syntax->place, "there is no function \"%s\"", syntax->text);
    suggest_word(checker->fault, names, G_N_ELEMENTS(names), syntax->text);
    return NULL;
}

/* len, count, upper, lower and string take a field, not what is computed. */
static Operand *field_argument(Checker *checker, const Syntax *argument, const Function *function)
{
    bool name = argument->kind == SYNTAX_WORD || argument->kind == SYNTAX_NAME;
    if (!name) {
        (void)fault_at(checker->fault, argument->place, "%s() takes a field", function->name);
        return NULL;
    }
    Operand *operand = check_value(checker, argument, (Type){TYPE_NONE, 0});
    if (operand == NULL) {
        return NULL;
    }
    TypeKind kind = operand->type.kind;
    bool fits = true;
    if (function->kind == OPERAND_UPPER || function->kind == OPERAND_LOWER) {
        fits = kind == TYPE_TEXT;
    } else if (function->kind == OPERAND_STRING) {
        fits = kind == TYPE_UINT || kind == TYPE_INT || kind == TYPE_IPV4 || kind == TYPE_IPV6 ||
               kind == TYPE_ETHER;
    }
    if (!fits) {
        (void)fault_at(checker->fault, argument->place, "%s() takes no value of this type (%s)",
                       function->name, type_name(operand->type));
        return NULL;
    }
    return operand;
}

static Operand *absolute_argument(Checker *checker, const Syntax *argument)
{
    Operand *operand = check_value(checker, argument, (Type){TYPE_NONE, 0});
    if (operand != NULL && !type_can_negate(operand->type) && operand->type.kind != TYPE_BOOL) {
        (void)fault_at(checker->fault, argument->place, "abs() takes no value of this type (%s)",
                       type_name(operand->type));
        return NULL;
    }
    return operand;
}

static bool same_type(Type first, Type second)
{
    return first.kind == second.kind && first.bits == second.bits;
}

/* The arguments of max and min: of one type, which the first decides. */
static Operand *extreme_arguments(Checker *checker, const Syntax *syntax, Type wanted)
{
    Operand *first = NULL;
    Operand **last = &first;
    for (const Syntax *argument = syntax->first; argument != NULL; argument = argument->next) {
        if (argument->kind == SYNTAX_SLICE || argument->kind == SYNTAX_STRING ||
            argument->kind == SYNTAX_CHAR) {
            (void)fault_at(checker->fault, argument->place,
                           "%s() takes fields, numbers and what is computed of them", syntax->text);
            return NULL;
        }
        Operand *operand = check_value(checker, argument, wanted);
        if (operand == NULL) {
            return NULL;
        }
        bool constant = operand->kind == OPERAND_CONSTANT; /* -1 is signed, and allowed */
        if (first != NULL && !constant && !same_type(wanted, operand->type)) {
            (void)fault_at(checker->fault, argument->place,
                           "the arguments of %s() must be of one type", syntax->text);
            return NULL;
        }
        if (first == NULL) {
            wanted = operand->type;
        }
        *last = operand;
        last = &operand->next;
    }
    return first;
}

Operand *check_call(Checker *checker, const Syntax *syntax, Type wanted)
{
    const Function *function = find_function(checker, syntax);
    if (function == NULL) {
        return NULL;
    }
    unsigned count = 0;
    for (const Syntax *argument = syntax->first; argument != NULL; argument = argument->next) {
        count++;
    }
    if (count == 0 || count > function->most_arguments) {
        (void)fault_at(checker->fault, syntax->place, "%s() takes %s argument", function->name,
                       function->most_arguments == 1 ? "one" : "at least one");
        return NULL;
    }
    Operand *first = NULL;
    if (function->kind == OPERAND_MAX || function->kind == OPERAND_MIN) {
        first = extreme_arguments(checker, syntax, wanted);
    } else if (function->kind == OPERAND_ABSOLUTE) {
        first = absolute_argument(checker, syntax->first);
    } else {
        first = field_argument(checker, syntax->first, function);
    }
    if (first == NULL) {
        return NULL;
    }
    Type type = first->type;
    if (function->result != TYPE_NONE) {
        type = (Type){function->result, function->result == TYPE_UINT ? 32 : 0};
    }
    Operand *operand = check_new_operand(checker, function->kind, type);
    operand->first = first;
    return operand;
}
