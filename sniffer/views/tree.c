/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/digits.h"
#include "protocol/format.h"
#include "protocol/text.h"
#include "sniffer/views/name.h"
#include "sniffer/views/remembered.h"
#include "sniffer/views/repeat_text.h"
#include "sniffer/views/view.h"

#include <string.h>

enum {
    INDENT = 4,
    USUAL_INDENT = 32,
    OFFSET_WIDTH = 5,
    RANGE_WIDTH = 2 * OFFSET_WIDTH + 1,
    /* range, indent (a depth is a byte), bits and LF */
    START_ROOM = 2 * 10 + 3 + INDENT * UINT8_MAX + 8 * 5 + 2 + 1,
    LABEL_ROOM = 1024,
    FEW = 1000, /* bytes of a packet whose numbers are at hand */
    ETHER_BYTES = 6
};

/* A byte's number in its columns, made when first asked for. */
typedef struct {
    char first[OFFSET_WIDTH]; /* to the right */
    char last[3];             /* to the left */
} Offset;

static const Offset *offsets(void)
{
    static Offset few[FEW];
    if (few[0].first[0] == '\0') {
        memset(few, ' ', sizeof few);
        for (unsigned i = 0; i < FEW; i++) {
            unsigned digits = fs_count_digits(i);
            (void)fs_put_digits(few[i].first + OFFSET_WIDTH - digits, i, digits);
            (void)fs_put_digits(few[i].last, i, digits);
        }
    }
    return (const Offset *)few;
}

static char *put_far_range(char *to, uint32_t first, uint32_t last)
{
    char *end = to + RANGE_WIDTH;
    size_t digits = fs_count_digits(first);
    char *dash = to + (digits > OFFSET_WIDTH ? digits : OFFSET_WIDTH);
    (void)fs_put_digits(dash - digits, first, (unsigned)digits);
    if (last != first) {
        *dash = '-';
        char *behind = fs_put_decimal(dash + 1, last);
        end = behind > end ? behind : end;
    }
    return end;
}

/* First and last byte, "12-13"; nothing for what stands in no byte. The dash stays in its column.
 */
static char *put_range(char *to, const FsEntry *entry)
{
    char *end = to + RANGE_WIDTH;
    memset(to, ' ', RANGE_WIDTH + 2);
    if (entry->bit_length > 0) {
        uint32_t first = entry->bit_offset / 8;
        uint32_t last = (entry->bit_offset + entry->bit_length - 1) / 8;
        if (last >= FEW) {
            end = put_far_range(to, first, last);
        } else {
            memcpy(to, offsets()[first].first, OFFSET_WIDTH);
            if (last != first) {
                to[OFFSET_WIDTH] = '-';
                memcpy(to + OFFSET_WIDTH + 1, offsets()[last].last, sizeof offsets()->last);
            }
        }
    }
    end[0] = entry->source > 0 ? '*' : ' ';
    end[1] = ' ';
    return end + 2;
}

/* The bits of a word of which some are a field, all of them 0: ".... ..0. = ". */
typedef struct {
    const FsField *field;
    uint8_t length;
    uint8_t lowest; /* bit of the mask */
    char text[8 * 5 + 2];
} Bits;

enum { REMEMBERED = 512 };

static const Bits *bits_of(const FsField *field)
{
    static Bits remembered[REMEMBERED];
    Bits *slot = &remembered[(uintptr_t)field / sizeof *field % REMEMBERED];
    if (slot->field != field) {
        char *to = slot->text;
        for (unsigned bit = field->bits; bit-- > 0;) {
            *to++ = (field->mask >> bit & 1) != 0 ? '0' : '.';
            if (bit % 4 == 0) {
                *to++ = ' ';
            }
        }
        *to++ = '=';
        *to++ = ' ';
        slot->length = (uint8_t)(to - slot->text);
        slot->lowest = 0;
        while ((field->mask >> slot->lowest & 1) == 0) {
            slot->lowest++;
        }
        slot->field = field;
    }
    return slot;
}

/* The bits of a word that a field is, as ".... ..1. = ". */
static char *put_bits(char *to, const FsEntry *entry)
{
    const FsField *field = entry->field;
    const Bits *bits = bits_of(field);
    memcpy(to, bits->text, sizeof bits->text);
    uint64_t value = entry->value.number << bits->lowest & field->mask;
    unsigned bit = bits->lowest;
    for (value >>= bit; value != 0; value >>= 1, bit++) {
        if ((value & 1) != 0) {
            unsigned place = field->bits - 1 - bit; /* from the left */
            to[place + place / 4] = '1';
        }
    }
    return to + bits->length;
}

static Remembered texts[REMEMBERED_TEXTS];

/* What is made anew: all behind the range, with the LF. */
static char *put_new(char *start, size_t room, const FsEntry *entry, Remembered *text)
{
    const FsField *field = entry->field;
    char *to = start;
    size_t indent = (size_t)INDENT * entry->depth;
    memset(to, ' ', USUAL_INDENT); /* a fixed length is two stores */
    if (indent > USUAL_INDENT) {
        memset(to + USUAL_INDENT, ' ', indent - USUAL_INDENT);
    }
    to += indent;
    bool bits =
        field->mask != 0 && field->bits <= 32 && (field->type == FS_BOOL || field->type == FS_UINT);
    if (bits) {
        to = put_bits(to, entry);
    }
    size_t title = (size_t)(to - start) + fs_label_title(entry);
    to += fs_format_label(to, room, entry);
    *to++ = '\n';
    remembered_set(text, entry, start, bits ? 0 : title, to);
    return to;
}

/* Behind what is remembered comes a value that is not. */
static char *put_behind(char *start, size_t room, const FsEntry *entry, Remembered *text)
{
    const FsField *field = entry->field;
    bool plain = fs_is_plain(field->type) && field->names == NULL &&
                 (field->base == FS_DEC || field->base == FS_HEX) && field->type != FS_BOOL;
    char *to = start + text->before;
    to = plain ? fs_put_plain(to, entry) : to + fs_format_readable(to, room, entry);
    if (entry->generated) {
        *to++ = ']';
    }
    *to++ = '\n';
    if (text->whole) {
        remembered_set(text, entry, start, text->before, to);
    }
    return to;
}

/* Behind an address or a port, its name. */
static char *put_name(char *to, const Names *names, const FsEntry *entry)
{
    const char *name = view_name(names, entry);
    if (name != NULL) {
        to[-1] = ' '; /* in place of the LF */
        *to++ = '(';
        while (*name != '\0') {
            *to++ = *name++;
        }
        *to++ = ')';
        *to++ = '\n';
    }
    return to;
}

void view_tree_line(Output *output, const FsEntry *entry, const Names *names)
{
    size_t room = LABEL_ROOM;
    Remembered *text = remembered_place(texts, entry);
    bool known = remembered_is_of(text, entry);
    if (!known || !text->whole) {
        FsType type = entry->field->type;
        if (type == FS_TEXT || type == FS_REMARK) {
            room += FS_TEXT_ROOM(entry->value.bytes.length) * 4; /* escapes: \xNN */
        }
    }
    char *start = output_room(output, START_ROOM + room + NAMES_MOST + 3);
    if (start == NULL) {
        return;
    }
    char *to = put_range(start, entry);
    if (known) {
        remembered_copy(to, text);
    }
    if (known && remembered_is_same(text, entry)) {
        to += text->length;
    } else if (known && text->before > 0) {
        to = put_behind(to, room, entry, text);
    } else {
        to = put_new(to, room, entry, text);
    }
    if (names != NULL) {
        to = put_name(to, names, entry);
    }
    output->used += (size_t)(to - start);
}

typedef struct {
    Output *output;
    const Names *names;   /* NULL: none are shown */
    uint8_t hidden_depth; /* of the hidden entry that we are in */
} Lines;

static void put_lines(Lines *lines, const FsEntry *entry, uint32_t count)
{
    for (const FsEntry *end = entry + count; entry < end; entry++) {
        if (entry->depth > lines->hidden_depth) {
            continue;
        }
        bool hidden = entry->field->hidden != 0;
        lines->hidden_depth = hidden ? entry->depth : UINT8_MAX;
        if (!hidden) {
            view_tree_line(lines->output, entry, lines->names);
        }
    }
}

/* Has it a line that depends on its value nowhere but at its end, in a few bytes? */
static bool fits_hole(const FsEntry *entry)
{
    const FsField *field = entry->field;
    bool number = (field->type == FS_UINT || field->type == FS_INT || field->type == FS_IPV4 ||
                   field->type == FS_TIME || field->type == FS_TIME_SPAN) &&
                  field->mask == 0 && field->names == NULL;
    bool ether = field->type == FS_ETHER && entry->value.bytes.length == ETHER_BYTES;
    return (number || ether) && entry->bit_offset / 8 < FEW && entry->source == 0;
}

/* As fs_put_plain writes it, unless more follows. */
static FsForm form_of(const FsField *field)
{
    bool both = field->type == FS_UINT && field->base != FS_DEC && field->base != FS_HEX;
    return both ? FS_FORM_OTHER : fs_form(field);
}

static char *fill_hole(char *to, const FsEntry *entry)
{
    FsType type = entry->field->type;
    if (type == FS_ETHER) {
        return fs_put_ether(to, entry->value.bytes.data);
    }
    bool plain = type != FS_UINT || entry->field->base == FS_DEC || entry->field->base == FS_HEX;
    return plain ? fs_put_plain(to, entry) : to + fs_format_readable(to, REPEAT_HOLE_ROOM, entry);
}

/* The lines of a repeat, for the first time. */
static void learn_lines(Lines *lines, const FsPacket *packet, const FsRepeat *repeat,
                        RepeatLearner *learner)
{
    const FsEntry *entries = &packet->entries[repeat->first];
    for (uint32_t i = 0; i < repeat->count; i++) {
        const FsEntry *entry = &entries[i];
        const Output *output = lines->output;
        size_t start = output->used;
        put_lines(lines, entry, 1);
        if (i < 64 && (repeat->varying >> i & 1) != 0 && output->used != start) {
            size_t value = start + RANGE_WIDTH + 2 + (size_t)INDENT * entry->depth;
            repeat_hole(learner, i, entry, form_of(entry->field), value + fs_label_title(entry),
                        output->used - 1 - entry->generated);
            learner->unfit |= !fits_hole(entry);
        }
    }
}

static void put_repeat(Lines *lines, const FsPacket *packet, const FsRepeat *repeat)
{
    static RepeatTexts repeat_texts;
    bool inside = packet->entries[repeat->first].depth > lines->hidden_depth;
    if (inside || (lines->names != NULL && repeat->varying != 0)) {
        put_lines(lines, &packet->entries[repeat->first], repeat->count);
        return;
    }
    const RepeatHead *head = repeat_find(&repeat_texts, repeat, repeat->at);
    if (head != NULL) {
        repeat_put(lines->output, &repeat_texts, head, &packet->entries[repeat->first], fill_hole);
        lines->hidden_depth = head->shape;
        return;
    }
    RepeatLearner learner;
    repeat_begin(&learner, lines->output);
    learn_lines(lines, packet, repeat, &learner);
    repeat_keep(&learner, &repeat_texts, repeat, repeat->at, lines->hidden_depth);
}

void view_tree(Output *output, const FrameRecord *record, const FsPacket *packet,
               const ViewStyle *style)
{
    (void)record;
    const FsRepeat *repeat = packet->repeats;
    const FsRepeat *repeats_end = repeat + packet->repeat_count;
    Lines lines = {.output = output, .names = style->names, .hidden_depth = UINT8_MAX};
    for (uint32_t i = 0; i < packet->count;) {
        if (repeat < repeats_end && i == repeat->first) {
            put_repeat(&lines, packet, repeat++);
            i += repeat[-1].count;
        } else {
            put_lines(&lines, &packet->entries[i++], 1);
        }
    }
    if (packet->full) {
        output_text(output, "[The packet has more fields than feiqdump has room for]\n");
    }
    output_char(output, '\n');
}
