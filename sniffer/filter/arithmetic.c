/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The left operand decides in what the two are computed: unsigned or signed, 32 or 64 bits; the
 * right one's bits are taken as that. A result that does not fit is no value at all. So it is in
 * Wireshark 4.0, where a difference of unsigned numbers may be negative, and is then signed.
 */
#include "sniffer/filter/value.h"

#include <glib.h>

static bool is_wide(Type type)
{
    return type.bits > 32;
}

/* The right operand's bits, as 32 where the left has 32. A 32-bit number is never sign-extended. */
static uint64_t raw_bits(const Value *value, bool wide)
{
    uint64_t bits = value->as.number;
    bool narrow = value->type.kind == TYPE_INT && !is_wide(value->type);
    return wide && !narrow ? bits : bits & UINT32_MAX;
}

static bool unsigned_result(Value *result, uint64_t number, bool wide)
{
    result->type = (Type){TYPE_UINT, wide ? 64 : 32};
    result->as.number = number;
    return wide || number <= UINT32_MAX;
}

static bool signed_result(Value *result, int64_t number, bool wide)
{
    result->type = (Type){TYPE_INT, wide ? 64 : 32};
    result->as.integer = number;
    return wide || (number >= INT32_MIN && number <= INT32_MAX);
}

/* -size, if it fits. */
static bool negative_result(Value *result, uint64_t size, bool wide)
{
    uint64_t most = wide ? INT64_MAX : INT32_MAX;
    return size <= most && signed_result(result, -(int64_t)size, wide);
}

static bool add_signed(int64_t a, int64_t b, int64_t *sum)
{
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b) {
        return false;
    }
    *sum = a + b;
    return true;
}

static bool subtract_signed(int64_t a, int64_t b, int64_t *difference)
{
    if (b < 0 ? a > INT64_MAX + b : a < INT64_MIN + b) {
        return false;
    }
    *difference = a - b;
    return true;
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? (uint64_t)(-(number + 1)) + 1 : (uint64_t)number;
}

static bool multiply_signed(int64_t a, int64_t b, int64_t *product)
{
    guint64 size = 0;
    if (!g_uint64_checked_mul(&size, magnitude(a), magnitude(b)) || size > INT64_MAX) {
        return false;
    }
    *product = (a < 0) != (b < 0) ? -(int64_t)size : (int64_t)size;
    return true;
}

static bool operate_unsigned(Operator operation, uint64_t a, uint64_t b, bool wide, Value *result)
{
    guint64 number = 0;
    switch (operation) {
    case OPERATOR_BITS:
        return unsigned_result(result, a & b, wide);
    case OPERATOR_ADD:
        return g_uint64_checked_add(&number, a, b) && unsigned_result(result, number, wide);
    case OPERATOR_SUBTRACT:
        return a >= b ? unsigned_result(result, a - b, wide) : negative_result(result, b - a, wide);
    case OPERATOR_MULTIPLY:
        return g_uint64_checked_mul(&number, a, b) && unsigned_result(result, number, wide);
    case OPERATOR_DIVIDE:
        return b != 0 && unsigned_result(result, a / b, wide);
    case OPERATOR_MODULO:
        return b != 0 && unsigned_result(result, a % b, wide);
    }
    return false;
}

static bool operate_signed(Operator operation, int64_t a, int64_t b, bool wide, Value *result)
{
    int64_t number = 0;
    bool quotient = b != 0 && !(a == INT64_MIN && b == -1);
    switch (operation) {
    case OPERATOR_BITS:
        return signed_result(result, a & b, wide);
    case OPERATOR_ADD:
        return add_signed(a, b, &number) && signed_result(result, number, wide);
    case OPERATOR_SUBTRACT:
        return subtract_signed(a, b, &number) && signed_result(result, number, wide);
    case OPERATOR_MULTIPLY:
        return multiply_signed(a, b, &number) && signed_result(result, number, wide);
    case OPERATOR_DIVIDE:
        return quotient && signed_result(result, a / b, wide);
    case OPERATOR_MODULO:
        return quotient && signed_result(result, a % b, wide);
    }
    return false;
}

static bool operate_spans(Operator operation, int64_t a, int64_t b, Value *result)
{
    result->type = (Type){TYPE_SPAN, 0};
    return operation == OPERATOR_ADD ? add_signed(a, b, &result->as.integer)
                                     : subtract_signed(a, b, &result->as.integer);
}

static void mask_octets(const Value *first, const Value *second, uint8_t *room, Value *result)
{
    uint32_t a = first->as.bytes.length;
    uint32_t b = second->as.bytes.length;
    uint32_t length = a < b ? a : b;
    for (uint32_t i = 0; i < length; i++) {
        room[i] = first->as.bytes.data[i] & second->as.bytes.data[i];
    }
    result->type = first->type;
    result->as.bytes.data = room;
    result->as.bytes.length = length;
    result->as.bytes.reach = length;
}

static void mask_ipv6(const Value *first, const Value *second, uint8_t *room, Value *result)
{
    for (unsigned i = 0; i < 16; i++) {
        room[i] = first->as.ipv6.data[i] & second->as.ipv6.data[i];
    }
    result->type = first->type;
    result->as.ipv6.data = room;
    result->as.ipv6.prefix = 128;
}

bool value_operate(Operator operation, const Value *first, const Value *second, uint8_t *room,
                   Value *result)
{
    bool wide = is_wide(first->type);
    uint64_t bits;
    switch (first->type.kind) {
    case TYPE_UINT:
        bits = raw_bits(second, wide);
        return operate_unsigned(operation, first->as.number, bits, wide, result);
    case TYPE_INT:
        bits = raw_bits(second, wide);
        return operate_signed(operation, first->as.integer,
                              wide ? (int64_t)bits : (int64_t)(int32_t)(uint32_t)bits, wide,
                              result);
    case TYPE_SPAN:
        return operate_spans(operation, first->as.integer, second->as.integer, result);
    case TYPE_IPV4:
        result->type = first->type;
        result->as.ipv4.address = first->as.ipv4.address & second->as.ipv4.address;
        result->as.ipv4.mask = UINT32_MAX;
        return true;
    case TYPE_IPV6:
        mask_ipv6(first, second, room, result);
        return true;
    case TYPE_BYTES:
    case TYPE_ETHER:
        mask_octets(first, second, room, result);
        return true;
    case TYPE_NONE:
    case TYPE_PROTOCOL:
    case TYPE_BOOL:
    case TYPE_TEXT:
    case TYPE_TIME:
        break;
    }
    return false;
}

bool value_negate(const Value *value, Value *result)
{
    bool wide = is_wide(value->type);
    if (value->type.kind == TYPE_UINT) {
        return negative_result(result, value->as.number, wide);
    }
    result->type = value->type;
    if (value->as.integer == INT64_MIN ||
        (value->type.kind == TYPE_INT && !wide && value->as.integer == INT32_MIN)) {
        return false;
    }
    result->as.integer = -value->as.integer;
    return true;
}

bool value_absolute(const Value *value, Value *result)
{
    bool is_signed = value->type.kind == TYPE_INT || value->type.kind == TYPE_SPAN;
    if (is_signed && value->as.integer < 0) {
        return value_negate(value, result);
    }
    *result = *value;
    return true;
}
