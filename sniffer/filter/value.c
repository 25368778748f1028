/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/value.h"

#include <string.h>

static int order_of(bool less, bool greater)
{
    return (int)greater - (int)less;
}

static bool order_numbers(const Value *first, const Value *second, int *order)
{
    if (first->type.kind == TYPE_INT) {
        int64_t other = second->as.integer;
        if (second->type.kind != TYPE_INT && other < 0) {
            return false; /* beyond INT64_MAX */
        }
        *order = order_of(first->as.integer<other, first->as.integer> other);
        return true;
    }
    if (second->type.kind == TYPE_INT && second->as.integer < 0) {
        return false;
    }
    *order = order_of(first->as.number<second->as.number, first->as.number> second->as.number);
    return true;
}

static int order_text(const Value *first, const Value *second)
{
    uint32_t a = first->as.bytes.length;
    uint32_t b = second->as.bytes.length;
    uint32_t common = a < b ? a : b;
    int order = common > 0 ? memcmp(first->as.bytes.data, second->as.bytes.data, common) : 0;
    return order != 0 ? order : order_of(a<b, a> b);
}

/* Octets are ordered by their number first, as in Wireshark. */
static int order_octets(const Value *first, const Value *second)
{
    uint32_t a = first->as.bytes.length;
    uint32_t b = second->as.bytes.length;
    if (a != b) {
        return order_of(a<b, a> b);
    }
    return a > 0 ? memcmp(first->as.bytes.data, second->as.bytes.data, a) : 0;
}

static int order_ipv4(const Value *first, const Value *second)
{
    uint32_t mask = first->as.ipv4.mask & second->as.ipv4.mask;
    uint32_t a = first->as.ipv4.address & mask;
    uint32_t b = second->as.ipv4.address & mask;
    return order_of(a<b, a> b);
}

static int order_ipv6(const Value *first, const Value *second)
{
    uint32_t prefix = first->as.ipv6.prefix < second->as.ipv6.prefix ? first->as.ipv6.prefix
                                                                     : second->as.ipv6.prefix;
    uint32_t whole = prefix / 8;
    int order = memcmp(first->as.ipv6.data, second->as.ipv6.data, whole);
    if (order != 0 || prefix % 8 == 0) {
        return order;
    }
    unsigned mask = 0xff00U >> (prefix % 8) & 0xff;
    return (int)(first->as.ipv6.data[whole] & mask) - (int)(second->as.ipv6.data[whole] & mask);
}

static int order_time(const Value *first, const Value *second)
{
    if (first->as.time.seconds != second->as.time.seconds) {
        return first->as.time.seconds < second->as.time.seconds ? -1 : 1;
    }
    return order_of(
        first->as.time.nanoseconds<second->as.time.nanoseconds, first->as.time.nanoseconds> second
            ->as.time.nanoseconds);
}

bool value_order(const Value *first, const Value *second, int *order)
{
    switch (first->type.kind) {
    case TYPE_UINT:
    case TYPE_INT:
    case TYPE_BOOL:
        return order_numbers(first, second, order);
    case TYPE_TEXT:
        *order = order_text(first, second);
        return true;
    case TYPE_PROTOCOL:
    case TYPE_BYTES:
    case TYPE_ETHER:
        *order = order_octets(first, second);
        return true;
    case TYPE_IPV4:
        *order = order_ipv4(first, second);
        return true;
    case TYPE_IPV6:
        *order = order_ipv6(first, second);
        return true;
    case TYPE_TIME:
        *order = order_time(first, second);
        return true;
    case TYPE_SPAN:
        *order =
            order_of(first->as.integer<second->as.integer, first->as.integer> second->as.integer);
        return true;
    case TYPE_NONE:
        break;
    }
    return false;
}

bool value_compare(const Value *first, Compare compare, const Value *second)
{
    int order;
    if (!value_order(first, second, &order)) {
        return false;
    }
    switch (compare) {
    case COMPARE_EQ:
        return order == 0;
    case COMPARE_NE:
        return order != 0;
    case COMPARE_GT:
        return order > 0;
    case COMPARE_GE:
        return order >= 0;
    case COMPARE_LT:
        return order < 0;
    case COMPARE_LE:
        return order <= 0;
    }
    return false;
}

bool value_contains(const Value *first, const Value *second)
{
    size_t length = second->as.bytes.length;
    if (length == 0) {
        return first->type.kind != TYPE_TEXT; /* so it is in Wireshark 4.0 */
    }
    size_t reach =
        first->type.kind == TYPE_PROTOCOL ? first->as.bytes.reach : first->as.bytes.length;
    const uint8_t *at = first->as.bytes.data;
    const uint8_t *needle = second->as.bytes.data;
    while (reach >= length) {
        const uint8_t *found = memchr(at, needle[0], reach - length + 1);
        if (found == NULL) {
            return false;
        }
        if (memcmp(found, needle, length) == 0) {
            return true;
        }
        reach -= (size_t)(found + 1 - at);
        at = found + 1;
    }
    return false;
}

bool value_is_nonzero(const Value *value)
{
    static const uint8_t zeros[16] = {0};
    switch (value->type.kind) {
    case TYPE_UINT:
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_SPAN:
        return value->as.number != 0;
    case TYPE_IPV4:
        return value->as.ipv4.address != 0;
    case TYPE_IPV6:
        return memcmp(value->as.ipv6.data, zeros, sizeof zeros) != 0;
    case TYPE_TIME:
        return value->as.time.seconds != 0 || value->as.time.nanoseconds != 0;
    case TYPE_TEXT:
        return value->as.bytes.length != 0;
    case TYPE_BYTES:
    case TYPE_ETHER:
    case TYPE_PROTOCOL:
        for (uint32_t i = 0; i < value->as.bytes.length; i++) {
            if (value->as.bytes.data[i] != 0) {
                return true;
            }
        }
        break;
    case TYPE_NONE:
        break;
    }
    return false;
}

const uint8_t *value_octets(const Value *value, uint8_t *room, uint32_t *length)
{
    if (value->type.kind == TYPE_IPV4) {
        for (unsigned i = 0; i < 4; i++) {
            room[i] = (uint8_t)(value->as.ipv4.address >> (24 - 8 * i));
        }
        *length = 4;
        return room;
    }
    if (value->type.kind == TYPE_IPV6) {
        *length = 16;
        return value->as.ipv6.data;
    }
    *length = value->as.bytes.length;
    return value->as.bytes.data;
}

uint32_t value_length(const Value *value)
{
    switch (value->type.kind) {
    case TYPE_UINT:
    case TYPE_INT:
        return value->type.bits / 8U;
    case TYPE_IPV4:
        return 4;
    case TYPE_IPV6:
        return 16;
    case TYPE_TEXT:
    case TYPE_BYTES:
    case TYPE_ETHER:
    case TYPE_PROTOCOL:
        return value->as.bytes.length;
    case TYPE_BOOL:
    case TYPE_TIME:
    case TYPE_SPAN:
    case TYPE_NONE:
        break;
    }
    return 0;
}
