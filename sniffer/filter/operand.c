/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/moment.h"
#include "protocol/text.h"
#include "sniffer/filter/program.h"

#include <glib.h>
#include <string.h>

/* The longest text of a value that string() takes, or that is spelt, is an IPv6 address. */
enum { STRING_ROOM = 64 };

static uint8_t *room_for(Operand *operand, size_t size)
{
    if (operand->room_size < size) {
        operand->room = g_realloc(operand->room, size);
        operand->room_size = size;
    }
    return operand->room;
}

static void set_bytes(Value *value, TypeKind kind, const uint8_t *data, uint32_t length)
{
    value->type = (Type){kind, 0};
    value->as.bytes.data = data;
    value->as.bytes.length = length;
    value->as.bytes.reach = length;
}

/* Text as UTF-8: as it lies where it is that already. */
static void text_value(Operand *operand, const FsEntry *entry, Value *value)
{
    if (entry->field->spelt) {
        char *room = (char *)room_for(operand, STRING_ROOM);
        size_t used = fs_format_value(room, STRING_ROOM, entry);
        set_bytes(value, TYPE_TEXT, (const uint8_t *)room, (uint32_t)used);
        return;
    }
    const uint8_t *data = entry->value.bytes.data;
    uint32_t length = entry->value.bytes.length;
    if (entry->encoding != FS_ASCII && entry->encoding != FS_UTF8) {
        size_t capacity = FS_TEXT_ROOM(length);
        char *room = (char *)room_for(operand, capacity);
        length =
            (uint32_t)fs_text_to_utf8(room, capacity, data, length, (FsEncoding)entry->encoding);
        data = (const uint8_t *)room;
    }
    set_bytes(value, TYPE_TEXT, data, length);
}

static void layer_value(const FsEntry *entry, Value *value)
{
    uint32_t reach = entry->value.bytes.length;
    uint32_t length = entry->field->whole ? reach : MIN(entry->bit_length / 8, reach);
    set_bytes(value, TYPE_PROTOCOL, entry->value.bytes.data, length);
    value->as.bytes.reach = reach;
}

static void entry_value(Operand *operand, const FsEntry *entry, Value *value)
{
    value->type = operand->type;
    switch (operand->type.kind) {
    case TYPE_UINT:
    case TYPE_BOOL:
        value->as.number = entry->value.number;
        break;
    case TYPE_INT:
    case TYPE_SPAN:
        value->as.integer = entry->value.integer;
        break;
    case TYPE_TEXT:
        text_value(operand, entry, value);
        break;
    case TYPE_BYTES:
    case TYPE_ETHER:
        set_bytes(value, operand->type.kind, entry->value.bytes.data, entry->value.bytes.length);
        break;
    case TYPE_PROTOCOL:
        layer_value(entry, value);
        break;
    case TYPE_IPV4:
        value->as.ipv4.address = (uint32_t)entry->value.number;
        value->as.ipv4.mask = UINT32_MAX;
        break;
    case TYPE_IPV6:
        value->as.ipv6.data = entry->value.bytes.data;
        value->as.ipv6.prefix = 128;
        break;
    case TYPE_TIME:
        value->as.time.seconds = (int64_t)entry->value.number;
        value->as.time.nanoseconds = 0;
        if (entry->field->bits == 64) {
            value->as.time.seconds =
                fs_whole_seconds(entry->value.integer, &value->as.time.nanoseconds);
        }
        break;
    case TYPE_NONE:
        break;
    }
}

/* Does a layer, the first being 1, belong to the ranges after #? */
static bool in_layers(const Ranges *ranges, int64_t layer, int64_t layers)
{
    for (uint32_t i = 0; i < ranges->count; i++) {
        const Range *range = &ranges->items[i];
        int64_t first = range->start < 0 ? range->start + layers + 1 : range->start;
        int64_t last = layers;
        if (range->kind == RANGE_LENGTH) {
            last = first + range->end - 1;
        } else if (range->kind == RANGE_LAST) {
            last = range->end < 0 ? range->end + layers + 1 : range->end;
        }
        if (layer >= first && layer <= last) {
            return true;
        }
    }
    return false;
}

static bool each_in_layers(Operand *operand, const FsPacket *packet, OperandVisit visit,
                           void *context)
{
    int64_t layers = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        layers += packet->entries[i].field == operand->layer;
    }
    int64_t layer = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        const FsEntry *entry = &packet->entries[i];
        layer += entry->field == operand->layer;
        if (entry->field == operand->field && in_layers(&operand->ranges, layer, layers)) {
            Value value;
            entry_value(operand, entry, &value);
            if (visit(context, &value)) {
                return true;
            }
        }
    }
    return false;
}

static bool each_of_field(Operand *operand, const FsPacket *packet, OperandVisit visit,
                          void *context)
{
    if (operand->ranges.count > 0) {
        return each_in_layers(operand, packet, visit, context);
    }
    const FsField *field = operand->field;
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field == field) {
            Value value;
            entry_value(operand, &packet->entries[i], &value);
            if (visit(context, &value)) {
                return true;
            }
        }
    }
    return false;
}

/* Where an operand's values go on their way through an operation. */
typedef struct {
    Operand *operand;
    const FsPacket *packet;
    OperandVisit visit;
    void *context;
    Value value; /* the first of two; the largest so far */
    uint64_t count;
} Pass;

/* The octets of a range; none where it does not lie wholly inside, as in Wireshark. */
static uint32_t range_octets(const Range *range, uint32_t length, uint32_t *start)
{
    int64_t first = range->start < 0 ? (int64_t)range->start + length : range->start;
    int64_t count = (int64_t)length - first;
    if (range->kind == RANGE_LENGTH) {
        count = range->end;
    } else if (range->kind == RANGE_LAST) {
        count = (range->end < 0 ? (int64_t)range->end + length : range->end) - first + 1;
    }
    if (first < 0 || count <= 0 || first + count > length) {
        return 0;
    }
    *start = (uint32_t)first;
    return (uint32_t)count;
}

static bool slice_visit(void *context, const Value *value)
{
    Pass *pass = context;
    uint8_t address[4];
    uint32_t length;
    const uint8_t *data = value_octets(value, address, &length);
    const Ranges *ranges = &pass->operand->ranges;
    size_t size = 0;
    uint32_t start = 0;
    for (uint32_t i = 0; i < ranges->count; i++) {
        size += range_octets(&ranges->items[i], length, &start);
    }
    Value slice;
    if (ranges->count == 1 && data != address) {
        set_bytes(&slice, TYPE_BYTES, data + start, (uint32_t)size);
        return pass->visit(pass->context, &slice);
    }
    uint8_t *room = room_for(pass->operand, size + 1);
    size_t used = 0;
    for (uint32_t i = 0; i < ranges->count; i++) {
        uint32_t count = range_octets(&ranges->items[i], length, &start);
        if (count > 0) {
            memcpy(room + used, data + start, count);
            used += count;
        }
    }
    set_bytes(&slice, TYPE_BYTES, room, (uint32_t)used);
    return pass->visit(pass->context, &slice);
}

static bool right_visit(void *context, const Value *value)
{
    Pass *pass = context;
    const Value *left = &pass->value;
    size_t size = 16;
    if (type_is_octets(left->type)) {
        size += left->as.bytes.length;
    }
    Value result;
    return value_operate(pass->operand->operation, left, value, room_for(pass->operand, size),
                         &result) &&
           pass->visit(pass->context, &result);
}

static bool left_visit(void *context, const Value *value)
{
    Pass *pass = context;
    pass->value = *value;
    return operand_each(pass->operand->second, pass->packet, right_visit, pass);
}

static bool change_case_visit(void *context, const Value *value)
{
    Pass *pass = context;
    uint32_t length = value->as.bytes.length;
    uint8_t *room = room_for(pass->operand, (size_t)length + 1);
    bool upper = pass->operand->kind == OPERAND_UPPER;
    for (uint32_t i = 0; i < length; i++) {
        char c = (char)value->as.bytes.data[i];
        room[i] = (uint8_t)(upper ? g_ascii_toupper(c) : g_ascii_tolower(c));
    }
    Value changed;
    set_bytes(&changed, TYPE_TEXT, room, length);
    return pass->visit(pass->context, &changed);
}

/* Numbers in decimal whatever the field's base is; addresses as they are always written. */
static bool string_visit(void *context, const Value *value)
{
    Pass *pass = context;
    FsField field = {.type = pass->operand->first->field->type, .bits = 64, .base = FS_DEC};
    FsEntry entry = {.field = &field};
    switch (value->type.kind) {
    case TYPE_INT:
        entry.value.integer = value->as.integer;
        break;
    case TYPE_IPV4:
        entry.value.number = value->as.ipv4.address;
        break;
    case TYPE_IPV6:
        entry.value.bytes.data = value->as.ipv6.data;
        entry.value.bytes.length = 16;
        break;
    case TYPE_ETHER:
        entry.value.bytes.data = value->as.bytes.data;
        entry.value.bytes.length = value->as.bytes.length;
        break;
    case TYPE_UINT:
    case TYPE_NONE:
    case TYPE_PROTOCOL:
    case TYPE_BOOL:
    case TYPE_TEXT:
    case TYPE_BYTES:
    case TYPE_TIME:
    case TYPE_SPAN:
        entry.value.number = value->as.number;
        break;
    }
    uint8_t *room = room_for(pass->operand, STRING_ROOM);
    size_t length = fs_format_value((char *)room, STRING_ROOM, &entry);
    Value text;
    set_bytes(&text, TYPE_TEXT, room, (uint32_t)length);
    return pass->visit(pass->context, &text);
}

/* Keep the octets of the largest value so far: the next value may take the place they lie in. */
static void keep(Operand *operand, Value *value)
{
    const uint8_t **data = value->type.kind == TYPE_IPV6 ? &value->as.ipv6.data : NULL;
    uint32_t length = 16;
    if (value->type.kind == TYPE_TEXT || value->type.kind == TYPE_PROTOCOL ||
        type_is_octets(value->type)) {
        data = &value->as.bytes.data;
        length = value->as.bytes.length;
        value->as.bytes.reach = length;
    }
    if (data != NULL && length > 0) {
        uint8_t *room = room_for(operand, length);
        memmove(room, *data, length);
        *data = room;
    }
}

static bool extreme_visit(void *context, const Value *value)
{
    Pass *pass = context;
    Compare better = pass->operand->kind == OPERAND_MAX ? COMPARE_GT : COMPARE_LT;
    if (pass->count++ == 0 || value_compare(value, better, &pass->value)) {
        pass->value = *value;
        keep(pass->operand, &pass->value);
    }
    return false;
}

static bool count_visit(void *context, const Value *value)
{
    Pass *pass = context;
    (void)value;
    pass->count++;
    return false;
}

static bool length_visit(void *context, const Value *value)
{
    Pass *pass = context;
    Value length = {.type = {TYPE_UINT, 32}, .as.number = value_length(value)};
    return pass->visit(pass->context, &length);
}

static bool negate_visit(void *context, const Value *value)
{
    Pass *pass = context;
    Value result;
    return value_negate(value, &result) && pass->visit(pass->context, &result);
}

static bool absolute_visit(void *context, const Value *value)
{
    Pass *pass = context;
    Value result;
    return value_absolute(value, &result) && pass->visit(pass->context, &result);
}

static bool each_extreme(Pass *pass)
{
    for (Operand *operand = pass->operand->first; operand != NULL; operand = operand->next) {
        (void)operand_each(operand, pass->packet, extreme_visit, pass);
    }
    return pass->count > 0 && pass->visit(pass->context, &pass->value);
}

static bool each_count(Pass *pass)
{
    (void)operand_each(pass->operand->first, pass->packet, count_visit, pass);
    Value count = {.type = {TYPE_UINT, 32}, .as.number = pass->count};
    return pass->count > 0 && pass->visit(pass->context, &count);
}

bool operand_each(Operand *operand, const FsPacket *packet, OperandVisit visit, void *context)
{
    static const OperandVisit through[] = {
        [OPERAND_SLICE] = slice_visit,       [OPERAND_ARITHMETIC] = left_visit,
        [OPERAND_NEGATE] = negate_visit,     [OPERAND_LENGTH] = length_visit,
        [OPERAND_UPPER] = change_case_visit, [OPERAND_LOWER] = change_case_visit,
        [OPERAND_STRING] = string_visit,     [OPERAND_ABSOLUTE] = absolute_visit,
    };
    if (operand->kind == OPERAND_FIELD) {
        return each_of_field(operand, packet, visit, context);
    }
    if (operand->kind == OPERAND_CONSTANT) {
        return visit(context, &operand->constant);
    }
    Pass pass = {.operand = operand, .packet = packet, .visit = visit, .context = context};
    if (operand->kind == OPERAND_MAX || operand->kind == OPERAND_MIN) {
        return each_extreme(&pass);
    }
    if (operand->kind == OPERAND_COUNT) {
        return each_count(&pass);
    }
    return operand_each(operand->first, packet, through[operand->kind], &pass);
}

static bool stop_visit(void *context, const Value *value)
{
    (void)context;
    (void)value;
    return true;
}

static bool field_present(const Operand *operand, const FsPacket *packet)
{
    if (operand->ranges.count > 0) {
        Operand labels = *operand; /* no value is looked at, so none is converted */
        labels.type = (Type){TYPE_NONE, 0};
        return each_in_layers(&labels, packet, stop_visit, NULL);
    }
    for (uint32_t i = 0; i < packet->count; i++) {
        if (packet->entries[i].field == operand->field) {
            return true;
        }
    }
    return false;
}

bool operand_present(const Operand *operand, const FsPacket *packet)
{
    switch (operand->kind) {
    case OPERAND_FIELD:
        return field_present(operand, packet);
    case OPERAND_CONSTANT:
        return true;
    case OPERAND_ARITHMETIC:
        return operand_present(operand->first, packet) && operand_present(operand->second, packet);
    case OPERAND_MAX:
    case OPERAND_MIN:
        for (const Operand *one = operand->first; one != NULL; one = one->next) {
            if (operand_present(one, packet)) {
                return true;
            }
        }
        return false;
    case OPERAND_SLICE:
    case OPERAND_NEGATE:
    case OPERAND_LENGTH:
    case OPERAND_COUNT:
    case OPERAND_UPPER:
    case OPERAND_LOWER:
    case OPERAND_STRING:
    case OPERAND_ABSOLUTE:
        break;
    }
    return operand_present(operand->first, packet);
}
