/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/program.h"

/* A relation between two operands, held for each pair of their values. */
typedef struct {
    const Test *test;
    const FsPacket *packet;
    Value first;
    Value low;
    bool wanted; /* what a pair must say for the search to end */
} Pairs;

static bool second_visit(void *context, const Value *value)
{
    Pairs *pairs = context;
    const Test *test = pairs->test;
    bool holds = test->kind == TEST_CONTAINS ? value_contains(&pairs->first, value)
                                             : value_compare(&pairs->first, test->compare, value);
    return holds == pairs->wanted;
}

static bool first_visit(void *context, const Value *value)
{
    Pairs *pairs = context;
    pairs->first = *value;
    return operand_each(pairs->test->second, pairs->packet, second_visit, pairs);
}

static bool high_visit(void *context, const Value *value)
{
    Pairs *pairs = context;
    bool holds = value_compare(&pairs->first, COMPARE_GE, &pairs->low) &&
                 value_compare(&pairs->first, COMPARE_LE, value);
    return holds == pairs->wanted;
}

static bool low_visit(void *context, const Value *value)
{
    Pairs *pairs = context;
    pairs->low = *value;
    return operand_each(pairs->test->third, pairs->packet, high_visit, pairs);
}

static bool ranged_visit(void *context, const Value *value)
{
    Pairs *pairs = context;
    pairs->first = *value;
    return operand_each(pairs->test->second, pairs->packet, low_visit, pairs);
}

static bool regex_visit(void *context, const Value *value)
{
    Pairs *pairs = context;
    size_t length =
        value->type.kind == TYPE_PROTOCOL ? value->as.bytes.reach : value->as.bytes.length;
    return regex_matches(pairs->test->regex, value->as.bytes.data, length) == pairs->wanted;
}

static bool nonzero_visit(void *context, const Value *value)
{
    (void)context;
    return value_is_nonzero(value);
}

static bool operands_present(const Test *test, const FsPacket *packet)
{
    return operand_present(test->first, packet) &&
           (test->second == NULL || operand_present(test->second, packet)) &&
           (test->third == NULL || operand_present(test->third, packet));
}

/* Any: some pair holds. All: the fields are there and no pair fails, even if there is no pair. */
static bool run_pairs(const Test *test, const FsPacket *packet, OperandVisit visit)
{
    Pairs pairs = {.test = test, .packet = packet, .wanted = !test->all};
    if (!test->all) {
        return operand_each(test->first, packet, visit, &pairs);
    }
    return operands_present(test, packet) && !operand_each(test->first, packet, visit, &pairs);
}

static bool run_compare(const Test *test, const FsPacket *packet)
{
    if (!test->all || test->compare != COMPARE_NE) {
        return run_pairs(test, packet, first_visit);
    }
    /* a != b is that no pair is equal: it holds of a pair that cannot be compared */
    Test equal = *test;
    equal.all = false;
    equal.compare = COMPARE_EQ;
    return operands_present(test, packet) && !run_pairs(&equal, packet, first_visit);
}

static bool in_intervals(const Test *test, uint64_t number)
{
    for (uint32_t i = 0; i < test->interval_count; i++) {
        if (number >= test->intervals[i].low && number <= test->intervals[i].high) {
            return true;
        }
    }
    return false;
}

static bool run_intervals(const Test *test, const FsPacket *packet)
{
    const FsField *field = test->field;
    const FsEntry *end = packet->entries + packet->count;
    bool present = false;
    for (const FsEntry *entry = packet->entries; entry < end; entry++) {
        if (entry->field == field) {
            if (in_intervals(test, entry->value.number)) {
                return !test->negated;
            }
            present = true;
        }
    }
    return present && test->negated;
}

static bool run_exists(const FsField *field, const FsPacket *packet)
{
    const FsEntry *end = packet->entries + packet->count;
    for (const FsEntry *entry = packet->entries; entry < end; entry++) {
        if (entry->field == field) {
            return true;
        }
    }
    return false;
}

bool test_run(const Test *test, const FsPacket *packet)
{
    switch (test->kind) {
    case TEST_ALWAYS:
        return true;
    case TEST_AND:
        return test_run(test->left, packet) && test_run(test->right, packet);
    case TEST_OR:
        return test_run(test->left, packet) || test_run(test->right, packet);
    case TEST_NOT:
        return !test_run(test->left, packet);
    case TEST_EXISTS:
        return test->first == NULL ? run_exists(test->field, packet)
                                   : operand_present(test->first, packet);
    case TEST_NONZERO:
        return operand_each(test->first, packet, nonzero_visit, NULL);
    case TEST_COMPARE:
        return run_compare(test, packet);
    case TEST_RANGE:
        return run_pairs(test, packet, ranged_visit);
    case TEST_CONTAINS:
        return run_pairs(test, packet, first_visit);
    case TEST_MATCHES:
        return run_pairs(test, packet, regex_visit);
    case TEST_INTERVALS:
        return run_intervals(test, packet);
    }
    return false;
}
