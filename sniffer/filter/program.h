/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A compiled filter: tests over operands. An operand gives any number of values for a packet, none
 * if a field that it needs is not there; a test says of how many of them something must hold.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_PROGRAM_H
#define FEISCOPE_SNIFFER_FILTER_PROGRAM_H

#include "sniffer/filter/filter.h"
#include "sniffer/filter/regex.h"
#include "sniffer/filter/value.h"

/** What gives values. */
typedef enum {
    OPERAND_FIELD,
    OPERAND_CONSTANT,
    OPERAND_SLICE,
    OPERAND_ARITHMETIC,
    OPERAND_NEGATE,
    OPERAND_LENGTH,
    OPERAND_COUNT,
    OPERAND_UPPER,
    OPERAND_LOWER,
    OPERAND_STRING,
    OPERAND_MAX,
    OPERAND_MIN,
    OPERAND_ABSOLUTE
} OperandKind;

/** An operand. */
typedef struct Operand Operand;
struct Operand {
    OperandKind kind;
    Type type;
    const FsField *field; /**< of OPERAND_FIELD */
    const FsField *layer; /**< of OPERAND_FIELD with ranges: the layer of its protocol */
    Ranges ranges;        /**< of OPERAND_SLICE; of OPERAND_FIELD the layers, none: all */
    Value constant;       /**< of OPERAND_CONSTANT */
    Operator operation;   /**< of OPERAND_ARITHMETIC */
    Operand *first;       /**< what it is made of; of OPERAND_MAX and OPERAND_MIN the arguments,
                           *   chained by next */
    Operand *second;
    Operand *next;
    uint8_t *room; /**< where octets and text that it computes go */
    size_t room_size;
    Operand *registered; /**< the operand made before, for the release of rooms */
};

/** Numbers from low to high. */
typedef struct {
    uint64_t low;
    uint64_t high;
} Interval;

/** What is asked of a packet. */
typedef enum {
    TEST_ALWAYS,
    TEST_AND,
    TEST_OR,
    TEST_NOT,
    TEST_EXISTS,    /**< the field of first is there */
    TEST_NONZERO,   /**< a value of first is not zero */
    TEST_COMPARE,   /**< first compare second */
    TEST_RANGE,     /**< first is between second and third */
    TEST_CONTAINS,  /**< second is in first */
    TEST_MATCHES,   /**< the regular expression is in first */
    TEST_INTERVALS, /**< a value of the field is in one of the intervals; if negated, the field is
                     *   there and none is: numbers and IPv4 addresses, without a callback */
} TestKind;

/** A test. */
typedef struct Test Test;
struct Test {
    TestKind kind;
    bool all;     /**< must hold for all values, else for any */
    bool negated; /**< of TEST_INTERVALS */
    uint8_t sure; /**< bit n: of packets of kind n all is known that it asks for, see judge.c */
    Compare compare;
    Test *left; /**< of TEST_AND, TEST_OR and TEST_NOT */
    Test *right;
    Operand *first;
    Operand *second;
    Operand *third;
    Regex *regex;         /**< of TEST_MATCHES */
    const FsField *field; /**< of TEST_EXISTS and TEST_INTERVALS */
    Interval *intervals;
    uint32_t interval_count;
};

/** Called with each value; true to have no more. */
typedef bool (*OperandVisit)(void *context, const Value *value);

/**
 * Give an operand's values for a packet.
 *
 * @return whether a visit asked for no more
 */
bool operand_each(Operand *operand, const FsPacket *packet, OperandVisit visit, void *context);

/** Are the fields there that an operand needs, so that it has something to give? */
bool operand_present(const Operand *operand, const FsPacket *packet);

/** Note of a test's parts which packets of a kind they can judge; false: none of them. */
bool test_expect(Test *test, unsigned kind, const FilterKnowledge *knowledge);

/** Judge a packet of a kind by the part of its fields that is known. */
FilterVerdict test_judge(const Test *test, unsigned kind, const FsPacket *part);

/** Does the packet pass a test? */
bool test_run(const Test *test, const FsPacket *packet);

#endif
