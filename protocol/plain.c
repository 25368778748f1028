/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/plain.h"

#define PAIR(a, b)                                                                                 \
    {                                                                                              \
        (a), (b), ':'                                                                              \
    }
#define PAIRS(a)                                                                                   \
    PAIR(a, '0'), PAIR(a, '1'), PAIR(a, '2'), PAIR(a, '3'), PAIR(a, '4'), PAIR(a, '5'),            \
        PAIR(a, '6'), PAIR(a, '7'), PAIR(a, '8'), PAIR(a, '9'), PAIR(a, 'a'), PAIR(a, 'b'),        \
        PAIR(a, 'c'), PAIR(a, 'd'), PAIR(a, 'e'), PAIR(a, 'f')

const char fs_octet_pairs[256][4] = {
    PAIRS('0'), PAIRS('1'), PAIRS('2'), PAIRS('3'), PAIRS('4'), PAIRS('5'), PAIRS('6'), PAIRS('7'),
    PAIRS('8'), PAIRS('9'), PAIRS('a'), PAIRS('b'), PAIRS('c'), PAIRS('d'), PAIRS('e'), PAIRS('f')};

FsForm fs_form(const FsField *field)
{
    switch ((int)field->type) {
    case FS_UINT:
        return field->base == FS_HEX || field->base == FS_HEX_DEC ? FS_FORM_HEX : FS_FORM_DECIMAL;
    case FS_BOOL:
        return FS_FORM_BOOL;
    case FS_IPV4:
        return FS_FORM_IPV4;
    case FS_TIME_SPAN:
        return FS_FORM_TIME_SPAN;
    default:
        return FS_FORM_OTHER;
    }
}
