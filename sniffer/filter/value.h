/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Values that filters compare: those of a packet's fields, constants, and what is computed of
 * them. Order, overflow and mixed signs are as in Wireshark 4.0.
 */
#ifndef FEISCOPE_SNIFFER_FILTER_VALUE_H
#define FEISCOPE_SNIFFER_FILTER_VALUE_H

#include "protocol/packet.h"
#include "sniffer/filter/syntax.h"

/** What a value is. */
typedef enum {
    TYPE_NONE,     /**< a group or remark: there or not, no value */
    TYPE_PROTOCOL, /**< the bytes of a layer */
    TYPE_UINT,
    TYPE_INT,
    TYPE_BOOL,
    TYPE_TEXT, /**< UTF-8 */
    TYPE_BYTES,
    TYPE_ETHER,
    TYPE_IPV4,
    TYPE_IPV6,
    TYPE_TIME,
    TYPE_SPAN
} TypeKind;

/** A type. */
typedef struct {
    TypeKind kind;
    uint8_t bits; /**< of TYPE_UINT and TYPE_INT; beyond 32 they are computed with in 64 */
} Type;

/** A value. Which member holds it follows from type.kind. */
typedef struct {
    Type type;
    union {
        uint64_t number; /**< TYPE_UINT, TYPE_BOOL */
        int64_t integer; /**< TYPE_INT; TYPE_SPAN in nanoseconds */
        struct {
            const uint8_t *data; /**< TYPE_PROTOCOL, TYPE_TEXT, TYPE_BYTES, TYPE_ETHER */
            uint32_t length;     /**< of TYPE_PROTOCOL the header's, which slices stay within */
            uint32_t reach;      /**< of TYPE_PROTOCOL the header's and all that it carries, which
                                  *   contains and matches search */
        } bytes;
        struct {
            uint32_t address; /**< TYPE_IPV4, host order */
            uint32_t mask;
        } ipv4;
        struct {
            const uint8_t *data; /**< TYPE_IPV6, 16 bytes */
            uint32_t prefix;     /**< bits of it that count */
        } ipv6;
        struct {
            int64_t seconds; /**< TYPE_TIME, since 1970-01-01 UTC */
            uint32_t nanoseconds;
        } time;
    } as;
} Value;

/** The type's name in an error message, for example "IPv4 address". */
const char *type_name(Type type);

/** The type of a field's values. */
Type type_of_field(const FsField *field);

/** May values of the second type stand at the right of one of the first? */
bool type_compatible(Type first, Type second);

/* What a type can do. */
bool type_can_compare(Type type);
bool type_can_search(Type type);
bool type_can_slice(Type type);
bool type_can_operate(Type type, Operator operation);
bool type_can_negate(Type type);

/** Is this operation defined on a type's values as octets: may it stand beside a slice as it is? */
bool type_is_octets(Type type);

/**
 * Order two values of compatible types.
 *
 * @param order set to negative, 0 or positive
 * @return false if they cannot be ordered: a negative number beside an unsigned one, or one that
 *         is too large beside a signed one. No comparison of such a pair is true.
 */
bool value_order(const Value *first, const Value *second, int *order);

/** Does a comparison hold between two values? */
bool value_compare(const Value *first, Compare compare, const Value *second);

/** Does the second, as octets, stand somewhere in the first? */
bool value_contains(const Value *first, const Value *second);

/** Is any bit of the value set? */
bool value_is_nonzero(const Value *value);

/** The octets of a value that can be sliced; in `room`, of 4 bytes, if it holds them nowhere. */
const uint8_t *value_octets(const Value *value, uint8_t *room, uint32_t *length);

/** Bytes that the value takes on the wire, as len() gives: 0 for flags and times. */
uint32_t value_length(const Value *value);

/**
 * Compute.
 *
 * @param room  where the octets of the result of & on octets go; as long as the shorter of both
 * @param result set on success
 * @return false if the result has no value: division by zero, or an overflow
 */
bool value_operate(Operator operation, const Value *first, const Value *second, uint8_t *room,
                   Value *result);

/** Compute -value. False if the result overflows. */
bool value_negate(const Value *value, Value *result);

/** Compute |value|. False if the result overflows. */
bool value_absolute(const Value *value, Value *result);

#endif
