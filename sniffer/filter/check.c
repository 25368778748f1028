/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/check.h"
#include "sniffer/filter/suggest.h"

#include <glib.h>
#include <string.h>

static Test *new_test(Checker *checker, TestKind kind)
{
    Test *test = arena_new(checker->arena, sizeof *test);
    test->kind = kind;
    return test;
}

/* A relation: what it is called, and what the types of its sides must be able to do. */
typedef struct {
    const char *name;
    bool (*able)(Type type);
    bool partial; /* part of an address will do as a constant */
} Relation;

static const Relation comparison = {"a comparison", type_can_compare, false};
static const Relation containment = {"contains", type_can_search, true};

/* The left side of a relation, and whose value names stand for constants at the right. */
typedef struct {
    Operand *operand;
    const FsField *field;
    Place place;
} Left;

/* The operand that decides the type, and whose value names are known. */
static const Operand *leftmost(const Operand *operand)
{
    while (operand->kind == OPERAND_ARITHMETIC || operand->kind == OPERAND_NEGATE) {
        operand = operand->first;
    }
    return operand;
}

static bool check_able(Checker *checker, const Operand *operand, Place place,
                       const Relation *relation)
{
    return relation->able(operand->type) ||
           fault_at(checker->fault, place, "%s is not defined for values of this type (%s)",
                    relation->name, type_name(operand->type));
}

static bool check_left(Checker *checker, const Syntax *syntax, const Relation *relation, Left *left)
{
    left->place = syntax->place;
    left->operand = check_value(checker, syntax, (Type){TYPE_NONE, 0});
    if (left->operand == NULL) {
        return false;
    }
    left->field = leftmost(left->operand)->field;
    return check_able(checker, left->operand, left->place, relation);
}

/* The right side, of a type that fits the left. It may turn the left into octets. */
static Operand *check_right(Checker *checker, const Syntax *syntax, const Relation *relation,
                            Left *left)
{
    Type type = left->operand->type;
    if (check_is_constant(checker, syntax)) {
        return check_constant(checker, syntax, type, left->field, relation->partial);
    }
    Operand *right = check_value(checker, syntax, type);
    if (right == NULL) {
        return NULL;
    }
    if (right->kind == OPERAND_SLICE) {
        left->operand = check_as_octets(checker, left->operand, left->place);
        return left->operand != NULL ? right : NULL;
    }
    if (leftmost(left->operand)->kind == OPERAND_SLICE && right->kind != OPERAND_ARITHMETIC) {
        return check_as_octets(checker, right, syntax->place);
    }
    if (right->kind != OPERAND_CONSTANT && !type_compatible(type, right->type)) {
        (void)fault_at(checker->fault, syntax->place, "a %s cannot be compared with this %s",
                       type_name(type), type_name(right->type));
        return NULL;
    }
    return check_able(checker, right, syntax->place, relation) ? right : NULL;
}

/* The numbers of which a comparison with a constant is true. False: there is no such interval, or
 * the comparison is not of a field's plain numbers. */
static bool as_interval(const Operand *field, Compare compare, const Operand *constant,
                        Interval *interval)
{
    if (field->kind != OPERAND_FIELD || field->ranges.count > 0 ||
        constant->kind != OPERAND_CONSTANT) {
        return false;
    }
    Interval equal;
    const Value *value = &constant->constant;
    if (field->type.kind == TYPE_IPV4) {
        uint32_t mask = value->as.ipv4.mask;
        if (compare != COMPARE_EQ && compare != COMPARE_NE && mask != UINT32_MAX) {
            return false;
        }
        equal.low = value->as.ipv4.address & mask;
        equal.high = equal.low | (uint32_t)~mask;
    } else if (field->type.kind == TYPE_UINT || field->type.kind == TYPE_BOOL) {
        if (value->type.kind == TYPE_INT) {
            return false;
        }
        equal = (Interval){value->as.number, value->as.number};
    } else {
        return false;
    }
    switch (compare) {
    case COMPARE_EQ:
    case COMPARE_NE:
        *interval = equal;
        return true;
    case COMPARE_GT:
        *interval = (Interval){equal.low + 1, UINT64_MAX};
        return equal.low < UINT64_MAX;
    case COMPARE_GE:
        *interval = (Interval){equal.low, UINT64_MAX};
        return true;
    case COMPARE_LT:
        *interval = (Interval){0, equal.low - 1};
        return equal.low > 0;
    case COMPARE_LE:
        *interval = (Interval){0, equal.low};
        return true;
    }
    return false;
}

static Test *interval_test(Checker *checker, const FsField *field, const Interval *intervals,
                           uint32_t count, bool negated)
{
    Test *test = new_test(checker, TEST_INTERVALS);
    test->field = field;
    test->intervals = arena_new(checker->arena, count * sizeof *intervals);
    memcpy(test->intervals, intervals, count * sizeof *intervals);
    test->interval_count = count;
    test->negated = negated;
    return test;
}

static Test *compare_test(Checker *checker, Operand *first, Compare compare, Operand *second,
                          bool all)
{
    bool none_equal = compare == COMPARE_NE && all;
    Interval interval;
    if ((none_equal || (!all && compare != COMPARE_NE)) &&
        as_interval(first, compare, second, &interval)) {
        return interval_test(checker, first->field, &interval, 1, none_equal);
    }
    Test *test = new_test(checker, TEST_COMPARE);
    test->compare = compare;
    test->all = all;
    test->first = first;
    test->second = second;
    return test;
}

static Test *check_comparison(Checker *checker, const Syntax *syntax)
{
    Left left;
    if (!check_left(checker, syntax->first, &comparison, &left)) {
        return NULL;
    }
    Operand *right = check_right(checker, syntax->second, &comparison, &left);
    if (right == NULL) {
        return NULL;
    }
    return compare_test(checker, left.operand, syntax->compare, right,
                        syntax->quantifier == QUANTIFIER_ALL);
}

static Test *check_contains(Checker *checker, const Syntax *syntax)
{
    Left left;
    if (!check_left(checker, syntax->first, &containment, &left)) {
        return NULL;
    }
    Operand *right = check_right(checker, syntax->second, &containment, &left);
    if (right == NULL) {
        return NULL;
    }
    Test *test = new_test(checker, TEST_CONTAINS);
    test->all = syntax->quantifier == QUANTIFIER_ALL;
    test->first = left.operand;
    test->second = right;
    return test;
}

static Test *check_matches(Checker *checker, const Syntax *syntax)
{
    static const Relation matching = {"matches", type_can_search, false};
    const Syntax *pattern = syntax->second;
    Left left;
    if (!check_left(checker, syntax->first, &matching, &left)) {
        return NULL;
    }
    if (pattern->kind != SYNTAX_STRING) {
        (void)fault_at(checker->fault, pattern->place,
                       "matches takes a regular expression in double quotes");
        return NULL;
    }
    size_t offset = 0;
    char message[120];
    Regex *regex = regex_new(pattern->text, pattern->length, &offset, message, sizeof message);
    if (regex == NULL) {
        (void)fault_at(checker->fault, pattern->place, "regular expression, byte %zu: %s", offset,
                       message);
        return NULL;
    }
    Test *test = new_test(checker, TEST_MATCHES);
    test->all = syntax->quantifier == QUANTIFIER_ALL;
    test->first = left.operand;
    test->regex = regex;
    test->right = checker->expressions;
    checker->expressions = test;
    return test;
}

static Test *check_element(Checker *checker, const Syntax *element, Left *left, bool all)
{
    const Syntax *const bounds[] = {element, element->high};
    for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
        if (bounds[i] != NULL && bounds[i]->kind == SYNTAX_SLICE) {
            (void)fault_at(checker->fault, bounds[i]->place, "a slice cannot stand in a set");
            return NULL;
        }
    }
    Operand *low = check_right(checker, element, &comparison, left);
    if (low == NULL || element->high == NULL) {
        return low == NULL ? NULL : compare_test(checker, left->operand, COMPARE_EQ, low, all);
    }
    Operand *high = check_right(checker, element->high, &comparison, left);
    if (high == NULL) {
        return NULL;
    }
    Interval from;
    Interval to;
    if (!all && as_interval(left->operand, COMPARE_GE, low, &from) &&
        as_interval(left->operand, COMPARE_LE, high, &to)) {
        Interval both = {from.low, to.high};
        return interval_test(checker, left->field, &both, 1, false);
    }
    Test *test = new_test(checker, TEST_RANGE);
    test->all = all;
    test->first = left->operand;
    test->second = low;
    test->third = high;
    return test;
}

/* Two tests of one field's numbers become one. */
static Test *either(Checker *checker, Test *left, Test *right)
{
    if (left->kind == TEST_INTERVALS && right->kind == TEST_INTERVALS) {
        uint32_t count = left->interval_count + right->interval_count;
        Interval *intervals = arena_new(checker->arena, count * sizeof *intervals);
        memcpy(intervals, left->intervals, left->interval_count * sizeof *intervals);
        memcpy(intervals + left->interval_count, right->intervals,
               right->interval_count * sizeof *intervals);
        left->intervals = intervals;
        left->interval_count = count;
        return left;
    }
    Test *test = new_test(checker, TEST_OR);
    test->left = left;
    test->right = right;
    return test;
}

static Test *check_membership(Checker *checker, const Syntax *syntax)
{
    const Syntax *first = syntax->first;
    if (first->kind != SYNTAX_WORD && first->kind != SYNTAX_NAME) {
        (void)fault_at(checker->fault, first->place, "only a field can be looked for in a set");
        return NULL;
    }
    Left left;
    if (!check_left(checker, first, &comparison, &left)) {
        return NULL;
    }
    Test *test = NULL;
    for (const Syntax *element = syntax->second; element != NULL; element = element->next) {
        Test *one = check_element(checker, element, &left, syntax->quantifier == QUANTIFIER_ALL);
        if (one == NULL) {
            return NULL;
        }
        test = test == NULL ? one : either(checker, test, one);
    }
    return test;
}

/* A value by itself is a condition: a field that is there, a number that is not zero, a slice that
 * is not empty. */
static Test *check_presence(Checker *checker, const Syntax *syntax)
{
    if (syntax->kind == SYNTAX_CALL) {
        (void)fault_at(checker->fault, syntax->place,
                       "what a function gives must be compared with something");
        return NULL;
    }
    Operand *operand = check_value(checker, syntax, (Type){TYPE_NONE, 0});
    if (operand == NULL) {
        return NULL;
    }
    if (operand->kind == OPERAND_FIELD) {
        Test *test = new_test(checker, TEST_EXISTS);
        test->field = operand->field;
        test->first = operand->ranges.count > 0 ? operand : NULL;
        return test;
    }
    if (operand->kind == OPERAND_SLICE) {
        Operand *length = check_new_operand(checker, OPERAND_LENGTH, (Type){TYPE_UINT, 32});
        length->first = operand;
        operand = length;
    }
    Test *test = new_test(checker, TEST_NONZERO);
    test->first = operand;
    return test;
}

static Test *check_both(Checker *checker, const Syntax *syntax)
{
    Test *left = check_condition(checker, syntax->first);
    Test *right = left == NULL ? NULL : check_condition(checker, syntax->second);
    if (right == NULL) {
        return NULL;
    }
    Test *test = new_test(checker, syntax->kind == SYNTAX_AND ? TEST_AND : TEST_OR);
    test->left = left;
    test->right = right;
    return test;
}

static Test *check_not(Checker *checker, const Syntax *syntax)
{
    Test *left = check_condition(checker, syntax->first);
    if (left == NULL) {
        return NULL;
    }
    Test *test = new_test(checker, TEST_NOT);
    test->left = left;
    return test;
}

Test *check_condition(Checker *checker, const Syntax *syntax)
{
    switch ((int)syntax->kind) {
    case SYNTAX_AND:
    case SYNTAX_OR:
        return check_both(checker, syntax);
    case SYNTAX_NOT:
        return check_not(checker, syntax);
    case SYNTAX_COMPARE:
        return check_comparison(checker, syntax);
    case SYNTAX_CONTAINS:
        return check_contains(checker, syntax);
    case SYNTAX_MATCHES:
        return check_matches(checker, syntax);
    case SYNTAX_IN:
        return check_membership(checker, syntax);
    default:
        return check_presence(checker, syntax);
    }
}
