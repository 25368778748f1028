/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/format.h"
#include "protocol/octets.h"
#include "protocol/text.h"
#include "sniffer/views/fields_offsets.h"
#include "sniffer/views/remembered.h"
#include "sniffer/views/repeat_text.h"
#include "sniffer/views/view.h"

#include <string.h>

enum { SLOTS = 4096 }; /* more than there are fields; a power of 2 */

/* Entries are numbered in 16 bits. */
static const uint16_t NO_ENTRY = UINT16_MAX;
_Static_assert((int)VIEW_MAX_ENTRIES < UINT16_MAX, "an entry's number fits");

/* Chains the entries of one field: a slot a field, found by the field's address. */
typedef struct {
    struct {
        const FsField *field;
        uint32_t packet; /* the last that had it */
        uint32_t shapes; /* those that have it, a bit each */
        uint16_t last;   /* of its entries in that packet */
    } slots[SLOTS];
    uint32_t packet;
    bool several[VIEW_MAX_ENTRIES]; /* of the same field */
    bool first[VIEW_MAX_ENTRIES];
    uint16_t next[VIEW_MAX_ENTRIES]; /* only set where there are several */
} Chains;

static Chains chains;

static size_t slot_of(const FsField *field)
{
    size_t slot = (uintptr_t)field / sizeof *field % SLOTS;
    while (chains.slots[slot].field != field && chains.slots[slot].field != NULL) {
        slot = (slot + 1) % SLOTS;
    }
    chains.slots[slot].field = field;
    return slot;
}

static void chain_to_last(size_t slot, uint32_t i)
{
    uint16_t last = chains.slots[slot].last;
    chains.next[last] = (uint16_t)i;
    chains.next[i] = NO_ENTRY;
    chains.several[last] = chains.several[i] = true;
    chains.first[i] = false;
}

/* Returns the shapes that have the entry's field. */
static uint32_t chain_entry(const FsPacket *packet, uint32_t i)
{
    size_t slot = slot_of(packet->entries[i].field);
    chains.several[i] = false;
    chains.first[i] = true;
    if (chains.slots[slot].packet == chains.packet) {
        chain_to_last(slot, i);
    }
    chains.slots[slot].packet = chains.packet;
    chains.slots[slot].last = (uint16_t)i;
    return chains.slots[slot].shapes;
}

static void chain(const FsPacket *packet, uint32_t first, uint32_t count)
{
    chains.packet++;
    for (uint32_t i = first; i < first + count; i++) {
        (void)chain_entry(packet, i);
    }
}

/* The fields of a repeat. Two repeats whose shapes share no field have no key in common. */
enum { SHAPES = 32, SHAPE_FIELDS = 64 };

typedef struct {
    uint32_t count;   /* of entries */
    uint32_t overlap; /* shapes that have one of its fields, itself among them */
    const FsField *fields[SHAPE_FIELDS];
} Shape;

static Shape shapes[SHAPES];
static unsigned shape_count;

static bool has_shape(const Shape *shape, const FsEntry *entries, uint32_t count)
{
    bool same = shape->count == count;
    for (uint32_t i = 0; same && i < count; i++) {
        same = shape->fields[i] == entries[i].field;
    }
    return same;
}

/* SHAPES if there are too many. */
static unsigned shape_of(const FsEntry *entries, uint32_t count)
{
    for (unsigned i = 0; i < shape_count; i++) {
        if (has_shape(&shapes[i], entries, count)) {
            return i;
        }
    }
    if (shape_count == SHAPES || count > SHAPE_FIELDS) {
        return SHAPES;
    }
    unsigned number = shape_count++;
    Shape *shape = &shapes[number];
    shape->count = count;
    for (uint32_t i = 0; i < count; i++) {
        size_t slot = slot_of(entries[i].field);
        shape->fields[i] = entries[i].field;
        chains.slots[slot].shapes |= UINT32_C(1) << number;
        shape->overlap |= chains.slots[slot].shapes;
    }
    for (unsigned i = 0; i < number; i++) {
        shapes[i].overlap |= (shape->overlap >> i & 1) << number;
    }
    return number;
}

static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Bytes at the start that stand as they are. */
static size_t clean_prefix(const char *text, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = fs_octets(text + i);
        if (fs_octets_below(word, 0x20) || fs_octets_have(word, '"') ||
            fs_octets_have(word, '\\')) {
            break;
        }
    }
    while (i < length && !needs_escape((unsigned char)text[i])) {
        i++;
    }
    return i;
}

static char *put_escaped(char *to, const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    static const char named[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!needs_escape(c)) {
            *to++ = text[i];
        } else if (c >= 0x20 || named[c] != 0) {
            *to++ = '\\';
            *to++ = (char)(c >= 0x20 ? text[i] : named[c]);
        } else {
            const char escape[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
            memcpy(to, escape, sizeof escape);
            to += sizeof escape;
        }
    }
    return to;
}

/* Copy ASCII of which nothing is escaped; returns its bytes, which may be fewer than there are. */
static size_t copy_clean(char *to, const uint8_t *data, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = fs_octets(data + i);
        if (fs_octets_wide(word) || fs_octets_below(word, 0x20) || fs_octets_have(word, '"') ||
            fs_octets_have(word, '\\')) {
            return i;
        }
        memcpy(to + i, data + i, 8);
    }
    for (; i < length && data[i] < 0x80 && !needs_escape(data[i]); i++) {
        to[i] = (char)data[i];
    }
    return i;
}

/* Escapes are rare; where there are some, they are made from a copy behind all that they can take.
 */
static char *put_text(char *to, const FsEntry *entry)
{
    size_t octets = entry->value.bytes.length;
    if (copy_clean(to, entry->value.bytes.data, octets) == octets) {
        return to + octets;
    }
    size_t most = FS_TEXT_ROOM(octets);
    size_t length = fs_format_value(to, most, entry);
    size_t clean = clean_prefix(to, length);
    if (clean == length) {
        return to + length;
    }
    char *copy = to + 6 * most;
    memcpy(copy, to + clean, length - clean);
    return put_escaped(to + clean, copy, length - clean);
}

/* Room that a value takes, with its quotation marks and two signs more. */
static size_t value_room(const FsEntry *entry)
{
    switch ((int)entry->field->type) {
    case FS_TEXT:
        return 7 * FS_TEXT_ROOM(entry->value.bytes.length) + 4;
    case FS_BYTES:
    case FS_ETHER:
        return (size_t)3 * entry->value.bytes.length + 8;
    default:
        return FS_PLAIN_ROOM + 4;
    }
}

/* The value and the quotation mark that ends it. */
static char *put_value(char *to, const FsEntry *entry)
{
    FsType type = entry->field->type;
    if (type == FS_TEXT) {
        to = put_text(to, entry);
    } else if (type == FS_BYTES || type == FS_ETHER) {
        to += fs_format_value(to, (size_t)3 * entry->value.bytes.length + 2, entry);
    } else {
        to = fs_put_plain(to, entry);
    }
    *to = '"';
    return to + 1;
}

static char *put_key(char *to, const FsField *field)
{
    size_t length = strlen(field->name);
    *to++ = '"';
    memcpy(to, field->name, length);
    to += length;
    *to++ = '"';
    *to++ = ':';
    return to;
}

static void put_key_of(Output *output, const FsEntry *entry)
{
    char *to = output_room(output, strlen(entry->field->name) + 3);
    if (to != NULL) {
        output->used += (size_t)(put_key(to, entry->field) - to);
    }
}

/* A key with its only value, and a comma. */
static void put_member(Output *output, const FsEntry *entry)
{
    static Remembered texts[REMEMBERED_TEXTS];
    Remembered *text = remembered_place(texts, entry);
    bool known = remembered_is_of(text, entry);
    size_t room = value_room(entry);
    size_t key_room = known ? REMEMBERED_TEXT : strlen(entry->field->name) + 4;
    char *start = output_room(output, key_room + room);
    if (start == NULL) {
        return;
    }
    char *to = start;
    if (known) {
        remembered_copy(to, text);
        if (remembered_is_same(text, entry)) {
            output->used += text->length;
            return;
        }
        to += text->before;
    } else {
        to = put_key(to, entry->field);
        *to++ = '"';
    }
    size_t before = (size_t)(to - start);
    to = put_value(to, entry);
    *to++ = ',';
    output->used += (size_t)(to - start);
    if (!known || text->whole) {
        remembered_set(text, entry, start, before, to);
    }
}

/* What stands for an entry: its value, or an object that also says where it stands. */
static void put_entry(Output *output, const DecodedPacket *offsets, const FsEntry *entry)
{
    if (offsets != NULL) {
        output_text(output, "{\"value\":");
    }
    size_t room = value_room(entry);
    char *start = output_room(output, room);
    if (start != NULL) {
        char *to = start;
        *to++ = '"';
        to = put_value(to, entry);
        output->used += (size_t)(to - start);
    }
    if (offsets != NULL) {
        fields_put_offsets(output, offsets, entry);
        output_char(output, '}');
    }
}

/* A key with all values of its field, and a comma. */
static void put_members(Output *output, const FsPacket *packet, const DecodedPacket *offsets,
                        uint32_t first)
{
    put_key_of(output, &packet->entries[first]);
    if (!chains.several[first]) {
        put_entry(output, offsets, &packet->entries[first]);
        output_char(output, ',');
        return;
    }
    char separator = '[';
    for (uint16_t i = (uint16_t)first; i != NO_ENTRY; i = chains.next[i]) {
        output_char(output, separator);
        put_entry(output, offsets, &packet->entries[i]);
        separator = ',';
    }
    output_bytes(output, "],", 2);
}

/* The same for two values without offsets, of one source and one destination, at one go. */
static void put_pair(Output *output, const FsEntry *one, const FsEntry *other)
{
    static struct {
        const FsField *field;
        uint32_t length;
        char text[52];
    } keys[SLOTS / 2];
    const FsField *field = one->field;
    size_t slot = (uintptr_t)field / sizeof *field % (SLOTS / 2);
    if (keys[slot].field != field) {
        size_t length = strlen(field->name) + 3;
        keys[slot].field = field;
        keys[slot].length = (uint32_t)length;
        if (length <= sizeof keys->text) {
            (void)put_key(keys[slot].text, field);
        }
    }
    size_t length = keys[slot].length;
    size_t room = length + sizeof keys->text + value_room(one) + value_room(other);
    char *start = output_room(output, room);
    if (start == NULL) {
        return;
    }
    if (length <= sizeof keys->text) {
        memcpy(start, keys[slot].text, sizeof keys->text);
    } else {
        (void)put_key(start, field);
    }
    char *to = start + length;
    *to++ = '[';
    *to++ = '"';
    to = put_value(to, one);
    *to++ = ',';
    *to++ = '"';
    to = put_value(to, other);
    *to++ = ']';
    *to++ = ',';
    output->used += (size_t)(to - start);
}

/* --- repeats --- */

static RepeatTexts repeat_texts;

/* Has it a value of few bytes, none of which is escaped? */
static bool fits_hole(const FsEntry *entry)
{
    FsType type = entry->field->type;
    return fs_is_plain(type) || (type == FS_ETHER && entry->value.bytes.length == 6);
}

static char *fill_hole(char *to, const FsEntry *entry)
{
    return entry->field->type == FS_ETHER ? fs_put_ether(to, entry->value.bytes.data)
                                          : fs_put_plain(to, entry);
}

/* The value of an entry, which may vary, in quotation marks. */
static void learn_value(Output *output, const FsPacket *packet, const FsRepeat *repeat, uint32_t i,
                        RepeatLearner *learner)
{
    const FsEntry *entry = &packet->entries[i];
    uint32_t place = i - repeat->first;
    put_entry(output, NULL, entry);
    if (place < 64 && (repeat->varying >> place & 1) != 0) {
        size_t length = 0; /* a layer's value is empty, and does not vary */
        char value[REPEAT_HOLE_ROOM];
        if (fits_hole(entry)) {
            length = (size_t)(fill_hole(value, entry) - value);
        } else {
            learner->unfit = true;
        }
        repeat_hole(learner, place, entry, fs_form(entry->field), output->used - 1 - length,
                    output->used - 1);
    }
}

/* The members of a repeat, for the first time. */
static void learn_members(Output *output, const FsPacket *packet, const FsRepeat *repeat,
                          RepeatLearner *learner)
{
    chain(packet, repeat->first, repeat->count);
    for (uint32_t i = repeat->first; i < repeat->first + repeat->count; i++) {
        if (!chains.first[i]) {
            continue;
        }
        put_key_of(output, &packet->entries[i]);
        if (!chains.several[i]) {
            learn_value(output, packet, repeat, i, learner);
        } else {
            char separator = '[';
            for (uint16_t k = (uint16_t)i; k != NO_ENTRY; k = chains.next[k]) {
                output_char(output, separator);
                learn_value(output, packet, repeat, k, learner);
                separator = ',';
            }
            output_char(output, ']');
        }
        output_char(output, ',');
    }
}

/* A repeat whose fields stand nowhere else in the packet. */
static void put_repeat(Output *output, const FsPacket *packet, const FsRepeat *repeat)
{
    const FsEntry *entries = &packet->entries[repeat->first];
    const RepeatHead *head = repeat_find(&repeat_texts, repeat, 0);
    if (head != NULL) {
        repeat_put(output, &repeat_texts, head, entries, fill_hole);
        return;
    }
    RepeatLearner learner;
    repeat_begin(&learner, output);
    learn_members(output, packet, repeat, &learner);
    repeat_keep(&learner, &repeat_texts, repeat, 0, (uint8_t)shape_of(entries, repeat->count));
}

/* Chain the entries that are in no repeat. Returns false if a key stands both in a repeat and
 * elsewhere: then no repeat can be shown as a whole. */
static bool chain_others(const FsPacket *packet)
{
    uint32_t inside = 0;
    uint32_t outside = 0;
    const FsRepeat *repeat = packet->repeats;
    const FsRepeat *end = repeat + packet->repeat_count;
    chains.packet++;
    for (uint32_t i = 0; i < packet->count;) {
        if (repeat == end || i != repeat->first) {
            outside |= chain_entry(packet, i++);
            continue;
        }
        const RepeatHead *head = repeat_find(&repeat_texts, repeat, 0);
        unsigned shape = head != NULL ? head->shape : shape_of(&packet->entries[i], repeat->count);
        if (shape == SHAPES || (shapes[shape].overlap & inside) != 0) {
            return false;
        }
        inside |= UINT32_C(1) << shape;
        i += repeat->count;
        repeat++;
    }
    return (inside & outside) == 0;
}

static void put_loose(Output *output, const FsPacket *packet, const DecodedPacket *offsets,
                      uint32_t i)
{
    if (!chains.first[i]) {
        return;
    }
    if (chains.several[i] && offsets == NULL && chains.next[chains.next[i]] == NO_ENTRY) {
        put_pair(output, &packet->entries[i], &packet->entries[chains.next[i]]);
    } else if (chains.several[i] || offsets != NULL) {
        put_members(output, packet, offsets, i);
    } else {
        put_member(output, &packet->entries[i]);
    }
}

static void put_packet(Output *output, const FsPacket *packet, const DecodedPacket *offsets)
{
    const FsRepeat *repeat = packet->repeats;
    const FsRepeat *end = repeat;
    if (offsets == NULL && chain_others(packet)) {
        end += packet->repeat_count;
    } else {
        chain(packet, 0, packet->count);
    }
    output_char(output, '{');
    for (uint32_t i = 0; i < packet->count;) {
        if (repeat < end && i == repeat->first) {
            i += repeat->count;
            put_repeat(output, packet, repeat++);
        } else {
            put_loose(output, packet, offsets, i++);
        }
    }
    if (packet->count > 0 && output->used > 0) {
        output->used--; /* the last comma */
    }
    output_bytes(output, "}\n", 2);
}

void view_json(Output *output, const FrameRecord *record, const FsPacket *packet,
               const ViewStyle *style)
{
    (void)record;
    (void)style;
    put_packet(output, packet, NULL);
}

void view_json_offsets(Output *output, const FrameRecord *record, const FsPacket *packet,
                       const ViewStyle *style)
{
    FsSpan spans[FS_MAX_SOURCES];
    DecodedPacket decoded = decoded_packet(record, packet, spans);
    (void)style;
    put_packet(output, packet, &decoded);
}
