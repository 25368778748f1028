/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a view wrote of a field last time. Packets resemble each other: most of what is written of
 * an entry (indentation, title, the bits of a word, a key) is the same whenever its field comes,
 * and often the value is the same, too. Then a text is copied in place of being made.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_REMEMBERED_H
#define FEISCOPE_SNIFFER_VIEWS_REMEMBERED_H

#include "protocol/packet.h"
#include "sniffer/output.h"

#include <string.h>

/** Longest text that is remembered. Copying a fixed length takes a few moves and no call. */
enum { REMEMBERED_TEXT = 102 };

/** Texts that are remembered: two for each of more fields than there are; a power of 2. */
enum { REMEMBERED_TEXTS = 4096 };

/** The text of an entry. */
typedef struct {
    const FsField *field; /**< NULL: nothing is remembered */
    uint64_t value;       /**< of the entry, if the text depends on it */
    uint8_t depth;
    bool generated;
    bool any_value; /**< the text does not depend on the value */
    bool whole;     /**< all of the text is remembered, not only what stands before the value */
    uint8_t before; /**< bytes before the value; 0: they depend on it */
    uint8_t length; /**< bytes of the whole text */
    char text[REMEMBERED_TEXT + 1];
} Remembered;

/** Where the text of an entry is, or would be, remembered; values that differ in their lowest bit
 *  (flags) have places of their own. */
static inline Remembered *remembered_place(Remembered texts[REMEMBERED_TEXTS], const FsEntry *entry)
{
    enum { FIELDS = REMEMBERED_TEXTS / 2 };
    size_t field = (uintptr_t)entry->field / sizeof *entry->field % FIELDS;
    return &texts[field + (entry->value.number & 1) * FIELDS];
}

/** Was it an entry of the same field in the same place of the tree? */
static inline bool remembered_is_of(const Remembered *text, const FsEntry *entry)
{
    return text->field == entry->field && text->depth == entry->depth &&
           text->generated == entry->generated;
}

/** Was it an entry of which the same is written? */
static inline bool remembered_is_same(const Remembered *text, const FsEntry *entry)
{
    return text->whole && (text->any_value || text->value == entry->value.number);
}

/** Copy a remembered text to where REMEMBERED_TEXT bytes have room. */
static inline void remembered_copy(char *to, const Remembered *text)
{
    memcpy(to, text->text, REMEMBERED_TEXT);
}

/** Does a type's value stand in FsEntry.value.number, or are its bytes elsewhere? */
static inline bool remembered_is_number(FsType type)
{
    return type == FS_UINT || type == FS_INT || type == FS_BOOL || type == FS_IPV4 ||
           type == FS_TIME || type == FS_TIME_SPAN;
}

/**
 * Remember a text, if it is not too long. A value is remembered when it comes the second time in
 * turn, since most of those that differ are never seen again.
 *
 * @param start  of the text
 * @param before bytes of it before the value, 0 if they depend on the value
 * @param end    of it
 */
static inline void remembered_set(Remembered *text, const FsEntry *entry, const char *start,
                                  size_t before, const char *end)
{
    size_t length = (size_t)(end - start);
    FsType type = entry->field->type;
    bool valueless = type == FS_LAYER || type == FS_GROUP;
    bool again = text->field != entry->field || text->value == entry->value.number;
    bool whole = length <= REMEMBERED_TEXT && (valueless || (again && remembered_is_number(type)));
    if (type == FS_REMARK || (!whole && (before == 0 || before > REMEMBERED_TEXT))) {
        return; /* a remark may stand without a value, and is rare */
    }
    text->field = entry->field;
    text->value = entry->value.number;
    text->depth = entry->depth;
    text->generated = entry->generated;
    text->any_value = valueless;
    text->whole = whole;
    text->before = (uint8_t)(before <= REMEMBERED_TEXT ? before : 0);
    text->length = (uint8_t)(whole ? length : 0);
    memcpy(text->text, start, whole ? length : before);
}

#endif
