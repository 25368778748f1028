/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/check.h"
#include "sniffer/filter/literal.h"
#include "sniffer/filter/suggest.h"

#include <glib.h>
#include <string.h>

Operand *check_new_operand(Checker *checker, OperandKind kind, Type type)
{
    Operand *operand = arena_new(checker->arena, sizeof *operand);
    operand->kind = kind;
    operand->type = type;
    operand->registered = checker->operands;
    checker->operands = operand;
    return operand;
}

static const FsTable *find_table(const Checker *checker, const char *name, const FsField **field)
{
    for (const FsTable *const *table = checker->tables; *table != NULL; table++) {
        *field = fs_table_find(*table, name);
        if (*field != NULL) {
            return *table;
        }
    }
    return NULL;
}

const FsField *check_find_field(const Checker *checker, const char *name)
{
    const FsField *field = NULL;
    (void)find_table(checker, name, &field);
    return field;
}

Operand *check_field(Checker *checker, const Syntax *syntax, const FsField *field)
{
    const FsField *same = NULL;
    const FsTable *table = find_table(checker, field->name, &same);
    Operand *operand = check_new_operand(checker, OPERAND_FIELD, type_of_field(field));
    operand->field = field;
    if (syntax->layered) {
        operand->layer = table->fields;
        operand->ranges = syntax->ranges;
    }
    return operand;
}

bool check_is_constant(const Checker *checker, const Syntax *syntax)
{
    switch ((int)syntax->kind) {
    case SYNTAX_VALUE:
    case SYNTAX_STRING:
    case SYNTAX_CHAR:
        return true;
    case SYNTAX_WORD:
        return !syntax->layered && check_find_field(checker, syntax->text) == NULL;
    default:
        return false;
    }
}

Operand *check_constant(Checker *checker, const Syntax *syntax, Type type, const FsField *field,
                        bool partial)
{
    LiteralWant want = {checker->arena, checker->fault, type, field, partial};
    Operand *operand = check_new_operand(checker, OPERAND_CONSTANT, type);
    if (!literal_convert(&want, syntax, &operand->constant)) {
        return NULL;
    }
    operand->type = operand->constant.type;
    return operand;
}

/* The name stands for no field. */
static Operand *no_field(Checker *checker, const Syntax *syntax)
{
    (void)fault_at(checker->fault, syntax->place, "\"%s\" is neither a field nor a protocol",
                   syntax->text);
    suggest_field(checker->fault, checker->tables, syntax->text);
    return NULL;
}

static Operand *check_slice(Checker *checker, const Syntax *syntax, Type wanted)
{
    Operand *first = NULL;
    if (check_is_constant(checker, syntax->first)) {
        if (syntax->first->kind == SYNTAX_WORD) {
            return no_field(checker, syntax->first);
        }
        (void)fault_at(checker->fault, syntax->first->place, "a constant has no slices");
        return NULL;
    }
    first = check_value(checker, syntax->first, wanted);
    if (first == NULL) {
        return NULL;
    }
    if (!type_can_slice(first->type)) {
        (void)fault_at(checker->fault, syntax->first->place,
                       "a value of this type (%s) has no slices", type_name(first->type));
        return NULL;
    }
    Operand *slice = check_new_operand(checker, OPERAND_SLICE, (Type){TYPE_BYTES, 0});
    slice->first = first;
    slice->ranges = syntax->ranges;
    return slice;
}

Operand *check_as_octets(Checker *checker, Operand *operand, Place place)
{
    static const Range whole = {RANGE_TO_END, 0, 0};
    if (type_is_octets(operand->type)) {
        return operand;
    }
    if (!type_can_slice(operand->type)) {
        (void)fault_at(checker->fault, place,
                       "a value of this type (%s) cannot be compared with a slice",
                       type_name(operand->type));
        return NULL;
    }
    Operand *slice = check_new_operand(checker, OPERAND_SLICE, (Type){TYPE_BYTES, 0});
    slice->first = operand;
    slice->ranges = (Ranges){&whole, 1};
    return slice;
}

static const char *operator_text(Operator operation)
{
    static const char *const texts[] = {
        [OPERATOR_BITS] = "&",     [OPERATOR_ADD] = "+",    [OPERATOR_SUBTRACT] = "-",
        [OPERATOR_MULTIPLY] = "*", [OPERATOR_DIVIDE] = "/", [OPERATOR_MODULO] = "%",
    };
    return texts[operation];
}

/* One side of an arithmetic operator. Text and characters are no operands of these, even where
 * their type would do. */
static Operand *check_term(Checker *checker, const Syntax *syntax, Type wanted)
{
    if (check_is_constant(checker, syntax)) {
        bool number = syntax->kind == SYNTAX_WORD || syntax->kind == SYNTAX_VALUE;
        if (!number) {
            (void)fault_at(checker->fault, syntax->place,
                           "quoted text and characters cannot be computed with");
            return NULL;
        }
        if (wanted.kind == TYPE_NONE) {
            if (syntax->kind == SYNTAX_WORD && !g_ascii_isdigit(*syntax->text)) {
                return no_field(checker, syntax);
            }
            (void)fault_at(checker->fault, syntax->place,
                           "the left side must begin with a field or function, not a constant");
            return NULL;
        }
    }
    return check_value(checker, syntax, wanted);
}

static Operand *check_side(Checker *checker, const Syntax *syntax, Operator operation, Type wanted)
{
    Operand *side = check_term(checker, syntax, wanted);
    if (side != NULL && !type_can_operate(side->type, operation)) {
        (void)fault_at(checker->fault, syntax->place,
                       "%s is not defined for values of this type (%s)", operator_text(operation),
                       type_name(side->type));
        return NULL;
    }
    return side;
}

static Operand *check_arithmetic(Checker *checker, const Syntax *syntax, Type wanted)
{
    Operand *first = check_side(checker, syntax->first, syntax->operation, wanted);
    if (first == NULL) {
        return NULL;
    }
    Operand *second = check_side(checker, syntax->second, syntax->operation, first->type);
    if (second == NULL) {
        return NULL;
    }
    if (!type_compatible(first->type, second->type)) {
        (void)fault_at(checker->fault, syntax->second->place, "%s of %s and %s is not defined",
                       operator_text(syntax->operation), type_name(first->type),
                       type_name(second->type));
        return NULL;
    }
    Operand *operand = check_new_operand(checker, OPERAND_ARITHMETIC, first->type);
    operand->operation = syntax->operation;
    operand->first = first;
    operand->second = second;
    return operand;
}

static Operand *check_negation(Checker *checker, const Syntax *syntax, Type wanted)
{
    Operand *first = check_term(checker, syntax->first, wanted);
    if (first == NULL) {
        return NULL;
    }
    if (!type_can_negate(first->type)) {
        (void)fault_at(checker->fault, syntax->first->place,
                       "- is not defined for values of this type (%s)", type_name(first->type));
        return NULL;
    }
    if (first->kind != OPERAND_CONSTANT) {
        Operand *operand = check_new_operand(checker, OPERAND_NEGATE, first->type);
        operand->first = first;
        return operand;
    }
    Value negative;
    if (!value_negate(&first->constant, &negative)) {
        (void)fault_at(checker->fault, syntax->place, "\"-%s\" is too small",
                       syntax->first->text != NULL ? syntax->first->text : "");
        return NULL;
    }
    first->constant = negative;
    first->type = negative.type;
    return first;
}

static Operand *check_name(Checker *checker, const Syntax *syntax)
{
    const FsField *field = check_find_field(checker, syntax->text);
    return field != NULL ? check_field(checker, syntax, field) : no_field(checker, syntax);
}

Operand *check_value(Checker *checker, const Syntax *syntax, Type wanted)
{
    switch ((int)syntax->kind) {
    case SYNTAX_CALL:
        return check_call(checker, syntax, wanted);
    case SYNTAX_SLICE:
        return check_slice(checker, syntax, wanted);
    case SYNTAX_NEGATE:
        return check_negation(checker, syntax, wanted);
    case SYNTAX_ARITHMETIC:
        return check_arithmetic(checker, syntax, wanted);
    default:
        break;
    }
    if (!check_is_constant(checker, syntax)) {
        return check_name(checker, syntax);
    }
    if (wanted.kind != TYPE_NONE) {
        return check_constant(checker, syntax, wanted, NULL, false);
    }
    if (syntax->kind == SYNTAX_WORD && !g_ascii_isdigit(*syntax->text)) {
        return no_field(checker, syntax);
    }
    (void)fault_at(checker->fault, syntax->place,
                   "a field or function is expected here, not a constant");
    return NULL;
}
