/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/value.h"

enum {
    COMPARES = 1,
    SEARCHES = 2,
    SLICES = 4,
    COUNTS = 8,   /* + and - */
    SCALES = 16,  /* *, / and % */
    MASKS = 32,   /* & */
    NEGATES = 64, /* - */
    OCTETS = 128
};

static const struct {
    const char *name;
    unsigned abilities;
} kinds[] = {
    [TYPE_NONE] = {"label", 0},
    [TYPE_PROTOCOL] = {"protocol", COMPARES | SEARCHES | SLICES},
    [TYPE_UINT] = {"unsigned number", COMPARES | COUNTS | SCALES | MASKS | NEGATES},
    [TYPE_INT] = {"signed number", COMPARES | COUNTS | SCALES | MASKS | NEGATES},
    [TYPE_BOOL] = {"flag", COMPARES},
    [TYPE_TEXT] = {"text", COMPARES | SEARCHES | SLICES},
    [TYPE_BYTES] = {"byte sequence", COMPARES | SEARCHES | SLICES | MASKS | OCTETS},
    [TYPE_ETHER] = {"MAC address", COMPARES | SEARCHES | SLICES | MASKS | OCTETS},
    [TYPE_IPV4] = {"IPv4 address", COMPARES | SLICES | MASKS},
    [TYPE_IPV6] = {"IPv6 address", COMPARES | SLICES | MASKS},
    [TYPE_TIME] = {"date and time", COMPARES},
    [TYPE_SPAN] = {"time span", COMPARES | COUNTS | NEGATES},
};

static bool able(Type type, unsigned ability)
{
    return (kinds[type.kind].abilities & ability) != 0;
}

const char *type_name(Type type)
{
    return kinds[type.kind].name;
}

Type type_of_field(const FsField *field)
{
    static const TypeKind of[] = {
        [FS_LAYER] = TYPE_PROTOCOL, [FS_GROUP] = TYPE_NONE,  [FS_UINT] = TYPE_UINT,
        [FS_INT] = TYPE_INT,        [FS_BOOL] = TYPE_BOOL,   [FS_TEXT] = TYPE_TEXT,
        [FS_BYTES] = TYPE_BYTES,    [FS_ETHER] = TYPE_ETHER, [FS_IPV4] = TYPE_IPV4,
        [FS_IPV6] = TYPE_IPV6,      [FS_TIME] = TYPE_TIME,   [FS_TIME_SPAN] = TYPE_SPAN,
        [FS_REMARK] = TYPE_NONE,
    };
    TypeKind kind = field->spelt ? TYPE_TEXT : of[field->type];
    return (Type){kind, kind == TYPE_UINT || kind == TYPE_INT ? field->bits : 0};
}

static bool is_number(Type type)
{
    return type.kind == TYPE_UINT || type.kind == TYPE_INT;
}

bool type_compatible(Type first, Type second)
{
    if (is_number(first)) {
        return is_number(second) || second.kind == TYPE_BOOL;
    }
    if (able(first, OCTETS)) {
        return able(second, OCTETS);
    }
    return first.kind == second.kind;
}

bool type_can_compare(Type type)
{
    return able(type, COMPARES);
}

bool type_can_search(Type type)
{
    return able(type, SEARCHES);
}

bool type_can_slice(Type type)
{
    return able(type, SLICES);
}

bool type_can_operate(Type type, Operator operation)
{
    static const unsigned needs[] = {
        [OPERATOR_BITS] = MASKS,      [OPERATOR_ADD] = COUNTS,    [OPERATOR_SUBTRACT] = COUNTS,
        [OPERATOR_MULTIPLY] = SCALES, [OPERATOR_DIVIDE] = SCALES, [OPERATOR_MODULO] = SCALES,
    };
    return able(type, needs[operation]);
}

bool type_can_negate(Type type)
{
    return able(type, NEGATES);
}

bool type_is_octets(Type type)
{
    return able(type, OCTETS);
}
