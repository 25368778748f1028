/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/filter.h"
#include "sniffer/filter/check.h"
#include "sniffer/filter/parser.h"

#include <glib.h>
#include <string.h>

struct Filter {
    Arena arena; /* of the syntax tree too, whose ranges and text live on in the tests */
    Test *test;
    Operand *operands;
    Test *expressions;
};

/* Longest text of a filter, in bytes. */
enum { LONGEST_TEXT = 1 << 20 };

static Test *compile(Filter *filter, Fault *fault, const char *text, const FsTable *const *tables)
{
    size_t length = strlen(text);
    if (length > LONGEST_TEXT) {
        (void)fault_at(fault, (Place){LONGEST_TEXT, 0}, "the filter is longer than %d bytes",
                       (int)LONGEST_TEXT);
        return NULL;
    }
    Lexer lexer = {
        .text = text, .length = (uint32_t)length, .arena = &filter->arena, .fault = fault};
    bool blank = false;
    const Syntax *syntax = parser_parse(&lexer, &blank);
    Checker checker = {.arena = &filter->arena, .fault = fault, .tables = tables};
    Test *test = NULL;
    if (blank) {
        test = arena_new(&filter->arena, sizeof *test);
        test->kind = TEST_ALWAYS;
    } else if (syntax != NULL) {
        test = check_condition(&checker, syntax);
    }
    filter->operands = checker.operands;
    filter->expressions = checker.expressions;
    return test;
}

Filter *filter_compile(const char *text, const FsTable *const *tables, FilterError *error)
{
    Filter *filter = g_new0(Filter, 1);
    Fault fault = {.failed = false};
    filter->test = compile(filter, &fault, text, tables);
    if (filter->test == NULL) {
        if (error != NULL) {
            *error = fault.error;
        }
        filter_free(filter);
        return NULL;
    }
    return filter;
}

void filter_free(Filter *filter)
{
    if (filter == NULL) {
        return;
    }
    for (Operand *operand = filter->operands; operand != NULL; operand = operand->registered) {
        g_free(operand->room);
    }
    for (Test *test = filter->expressions; test != NULL; test = test->right) {
        regex_free(test->regex);
    }
    arena_clear(&filter->arena);
    g_free(filter);
}

bool filter_match(Filter *filter, const FsPacket *packet)
{
    return test_run(filter->test, packet);
}

static bool belongs(const FsField *field, const FsTable *table)
{
    return field >= table->fields && field < table->fields + table->count;
}

bool filter_uses(const Filter *filter, const FsTable *table)
{
    for (const Operand *operand = filter->operands; operand != NULL;
         operand = operand->registered) {
        if (operand->field != NULL && belongs(operand->field, table)) {
            return true;
        }
    }
    return false;
}

bool filter_expect(Filter *filter, unsigned kind, const FilterKnowledge *knowledge)
{
    return test_expect(filter->test, kind, knowledge);
}

FilterVerdict filter_judge(Filter *filter, unsigned kind, const FsPacket *part)
{
    return test_judge(filter->test, kind, part);
}

bool filter_asks_for(const Filter *filter, const FsField *field)
{
    for (const Operand *operand = filter->operands; operand != NULL;
         operand = operand->registered) {
        if (operand->field == field) {
            return true;
        }
    }
    return false;
}
