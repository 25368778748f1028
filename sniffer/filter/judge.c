/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Verdicts from part of a packet, in three values: a test all of whose fields are known is run as
 * ever; of and, or and not an unsure side may not matter.
 */
#include "sniffer/filter/program.h"

#include <glib.h>

static bool field_known(const FsField *field, const FilterKnowledge *knowledge)
{
    for (uint32_t i = 0; i < knowledge->known_count; i++) {
        if (knowledge->known[i] == field) {
            return true;
        }
    }
    for (uint32_t i = 0; i < knowledge->absent_count; i++) {
        const FsTable *table = knowledge->absent[i];
        if (field >= table->fields && field < table->fields + table->count) {
            return true;
        }
    }
    return false;
}

/* Layers are counted in the order of the whole packet, so a field with layers is never known. */
static bool operand_known(const Operand *operand, const FilterKnowledge *knowledge)
{
    if (operand->kind == OPERAND_FIELD) {
        return operand->ranges.count == 0 && field_known(operand->field, knowledge);
    }
    const Operand *const parts[] = {operand->first, operand->second};
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        for (const Operand *part = parts[i]; part != NULL; part = part->next) {
            if (!operand_known(part, knowledge)) {
                return false;
            }
        }
    }
    return true;
}

static bool leaf_known(const Test *test, const FilterKnowledge *knowledge)
{
    const Operand *const operands[] = {test->first, test->second, test->third};
    for (unsigned i = 0; i < G_N_ELEMENTS(operands); i++) {
        if (operands[i] != NULL && !operand_known(operands[i], knowledge)) {
            return false;
        }
    }
    return test->field == NULL || field_known(test->field, knowledge);
}

bool test_expect(Test *test, unsigned kind, const FilterKnowledge *knowledge)
{
    bool left;
    bool right;
    switch ((int)test->kind) {
    case TEST_AND:
    case TEST_OR:
        left = test_expect(test->left, kind, knowledge);
        right = test_expect(test->right, kind, knowledge);
        return left || right;
    case TEST_NOT:
        return test_expect(test->left, kind, knowledge);
    default:
        break;
    }
    if (!leaf_known(test, knowledge)) {
        return false;
    }
    test->sure = (uint8_t)(test->sure | 1U << kind);
    return true;
}

FilterVerdict test_judge(const Test *test, unsigned kind, const FsPacket *part)
{
    FilterVerdict left;
    FilterVerdict right;
    FilterVerdict decisive = test->kind == TEST_AND ? FILTER_NO : FILTER_YES;
    switch ((int)test->kind) {
    case TEST_AND:
    case TEST_OR:
        left = test_judge(test->left, kind, part);
        if (left == decisive) {
            return left;
        }
        right = test_judge(test->right, kind, part);
        return right == decisive || left != FILTER_UNSURE ? right : FILTER_UNSURE;
    case TEST_NOT:
        left = test_judge(test->left, kind, part);
        return left == FILTER_UNSURE ? left : left == FILTER_NO ? FILTER_YES : FILTER_NO;
    default:
        break;
    }
    if ((test->sure >> kind & 1) == 0) {
        return FILTER_UNSURE;
    }
    return test_run(test, part) ? FILTER_YES : FILTER_NO;
}
