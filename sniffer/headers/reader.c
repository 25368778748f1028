/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/headers/reader.h"

#include <string.h>

void reader_stop(HeaderReader *reader, uint32_t length)
{
    if (!reader->stopped) {
        FsSpan span = reader->span;
        if (reader->complete) {
            span.reported = span.captured;
        }
        reader->stopped = true;
        header_cut(reader->walk, span, reader->at + length);
    }
}

FsSpan reader_span(const HeaderReader *reader, uint32_t length)
{
    FsSpan span = {reader_here(reader), reader_captured(reader), reader_left(reader)};
    if (span.reported > length) {
        span.reported = length;
    }
    if (span.captured > span.reported) {
        span.captured = span.reported;
    }
    return span;
}

static unsigned lowest_bit(uint64_t mask)
{
    unsigned bit = 0;
    while ((mask >> bit & 1) == 0) {
        bit++;
    }
    return bit;
}

static unsigned bits_in(uint64_t mask)
{
    unsigned bits = 0;
    for (; mask != 0; mask &= mask - 1) {
        bits++;
    }
    return bits;
}

/* Part of a word of `length` bytes: its place in bits is that of the mask. */
static uint64_t put_masked(HeaderReader *reader, const FsField *field, uint32_t length)
{
    uint64_t word = reader_number(reader_here(reader), length);
    unsigned low = lowest_bit(field->mask);
    unsigned bits = bits_in(field->mask);
    uint64_t value = (word & field->mask) >> low;
    unsigned skip = length * 8 > low + bits ? length * 8 - low - bits : 0;
    if (field->type == FS_BOOL) {
        value = value != 0;
    }
    (void)fs_add_bit_number(reader->packet, field, reader_here(reader), skip, bits, value);
    return value;
}

static uint64_t put_number(HeaderReader *reader, const FsField *field, uint32_t length)
{
    uint64_t value = reader_number(reader_here(reader), length);
    FsEntry *entry = fs_add(reader->packet, field, reader_here(reader), length);
    if (field->type == FS_INT && length > 0) {
        unsigned shift = 64 - length * 8;
        /* arithmetic on unsigned keeps the sign extension defined */
        uint64_t sign = UINT64_C(1) << (length * 8 - 1);
        entry->value.integer = shift == 0 ? (int64_t)value : (int64_t)((value ^ sign) - sign);
    } else {
        entry->value.number = field->type == FS_BOOL ? value != 0 : value;
    }
    return value;
}

/* Text ends with its first NUL. */
static void put_text(HeaderReader *reader, const FsField *field, uint32_t length)
{
    FsEntry *entry = fs_add_text(reader->packet, field, reader_here(reader), length, FS_ASCII);
    const void *nul = length == 0 ? NULL : memchr(reader_here(reader), 0, length);
    if (nul != NULL) {
        entry->value.bytes.length = (uint32_t)((const uint8_t *)nul - reader_here(reader));
    }
}

static bool is_number(const FsField *field)
{
    return field->type == FS_UINT || field->type == FS_BOOL || field->type == FS_IPV4 ||
           field->type == FS_INT || field->type == FS_TIME || field->type == FS_TIME_SPAN;
}

uint64_t reader_glance(HeaderReader *reader, const FsField *field, uint32_t length)
{
    if (field->type == FS_GROUP) {
        (void)reader_want(reader, 0);
        return 0;
    }
    if (!reader_want(reader, length) || !is_number(field)) {
        return 0;
    }
    uint64_t value = reader_number(reader_here(reader), length);
    if (field->mask != 0 && (field->type == FS_UINT || field->type == FS_BOOL)) {
        value = (value & field->mask) >> lowest_bit(field->mask);
        return field->type == FS_BOOL ? value != 0 : value;
    }
    return value;
}

uint64_t reader_add(HeaderReader *reader, const FsField *field, uint32_t length)
{
    if (field->type == FS_GROUP || field->type == FS_LAYER) {
        if (reader_want(reader, 0)) {
            uint32_t there = reader_captured(reader);
            (void)fs_add(reader->packet, field, reader_here(reader),
                         length < there ? length : there);
        }
        return 0;
    }
    if (!reader_want(reader, length)) {
        return 0;
    }
    switch (field->type) {
    case FS_UINT:
    case FS_BOOL:
        if (field->mask != 0) {
            return put_masked(reader, field, length);
        }
        return put_number(reader, field, length);
    case FS_INT:
    case FS_IPV4:
    case FS_TIME:
    case FS_TIME_SPAN:
        return put_number(reader, field, length);
    case FS_TEXT:
        put_text(reader, field, length);
        return 0;
    case FS_BYTES:
    case FS_ETHER:
    case FS_IPV6:
        (void)fs_add_bytes(reader->packet, field, reader_here(reader), length);
        return 0;
    case FS_LAYER:
    case FS_GROUP:
    case FS_REMARK:
        break;
    }
    return 0;
}

void reader_take_difference(HeaderReader *reader, unsigned field, int64_t length)
{
    bool group = reader->fields[field].type == FS_GROUP;
    if (length >= 0) {
        (void)reader_put(reader, field, (uint32_t)length);
    } else if (group || (length == -1 && reader_captured(reader) > 0)) {
        (void)reader_put(reader, field, reader_captured(reader));
    } else {
        reader_stop(reader, reader_left(reader) + 1);
    }
    if (!reader->stopped) {
        reader->at = (uint32_t)(reader->at + length);
    }
}

FsEntry *reader_conclude(HeaderReader *reader, unsigned field, uint32_t length, uint64_t value)
{
    uint32_t there = reader_captured(reader);
    FsEntry *entry = fs_add_number(reader->packet, &reader->fields[field], reader_here(reader),
                                   length < there ? length : there, value);
    entry->generated = true;
    return entry;
}

void reader_remark(HeaderReader *reader, unsigned field, uint32_t length)
{
    uint32_t there = reader_captured(reader);
    (void)fs_add_remark(reader->packet, &reader->fields[field], reader_here(reader),
                        length < there ? length : there, false);
}

void reader_parts(HeaderReader *reader, const HeaderPart *parts, size_t count)
{
    uint32_t word = 0;
    for (size_t i = 0; i < count && !reader->stopped; i++) {
        const HeaderPart *part = &parts[i];
        bool in_word =
            part->kind == PART_FLAG || (part->kind == PART_BITS && i > 0 &&
                                        parts[i - 1].kind == PART_BITS && word == part->length);
        if (!in_word) {
            reader->at += word;
            word = 0;
        }
        switch (part->kind) {
        case PART_NEXT:
            (void)reader_take(reader, part->field, part->length);
            break;
        case PART_FLAG:
            fs_enter(reader->packet);
            (void)reader_put(reader, part->field, word);
            fs_leave(reader->packet);
            break;
        case PART_WORD:
        case PART_BITS:
        default:
            word = part->length;
            (void)reader_put(reader, part->field, word);
            break;
        }
    }
    if (!reader->stopped) {
        reader->at += word;
    }
}

void reader_derived(HeaderReader *reader, unsigned field, uint32_t length, const uint8_t *bytes,
                    size_t count)
{
    uint32_t there = reader_captured(reader);
    FsEntry *entry = fs_add(reader->packet, &reader->fields[field], reader_here(reader),
                            length < there ? length : there);
    entry->value.bytes.data = bytes;
    entry->value.bytes.length = (uint32_t)count;
    entry->encoding = FS_UTF8;
    entry->generated = true;
}
