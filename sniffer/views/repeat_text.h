/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a view wrote of a repeat (FsRepeat): a whole run of lines or members, copied at one go when
 * the repeat comes again. Where values of the repeat vary, the text has holes for them.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_REPEAT_TEXT_H
#define FEISCOPE_SNIFFER_VIEWS_REPEAT_TEXT_H

#include "protocol/plain.h"
#include "sniffer/output.h"

#include <string.h>

/** What is remembered at most. */
enum {
    REPEAT_TEXT = 4096,         /**< bytes of a text */
    REPEAT_GROUPS = 512,        /**< where texts are looked for; a power of 2 */
    REPEAT_WAYS = 4,            /**< texts that a group has */
    REPEAT_MEMORY = 512 * 1024, /**< bytes of all, the oldest of which make room */
    REPEAT_HOLES = 48,          /**< of a text */
    REPEAT_STRIDE = 64          /**< short texts are copied in pieces of so many bytes */
};

/** Most bytes that are written into a hole. */
enum { REPEAT_HOLE_ROOM = 96 };

/** A hole. */
typedef struct {
    uint16_t before; /**< bytes of the text between the hole before and this one */
    uint8_t entry;   /**< whose value goes there, counted from the first of the repeat */
    uint8_t form;    /**< FsForm in which it is written; FS_FORM_OTHER: the view knows */
    uint8_t bits;    /**< of its field */
} RepeatHole;

/** What is remembered of a repeat: its holes, and behind them its text. */
typedef struct {
    uint64_t serial; /**< 0: nothing is */
    uint64_t start;  /**< bytes that were ever remembered before it */
    uint32_t at;     /**< of its bytes, if the text depends on it */
    uint16_t length; /**< of the text, without its holes */
    uint8_t holes;
    uint8_t shape; /**< the view's own */
} RepeatHead;

/** All that a view remembers. */
typedef struct {
    RepeatHead heads[REPEAT_GROUPS][REPEAT_WAYS];
    uint64_t written; /**< bytes that were ever remembered: where the next begin */
    _Alignas(RepeatHole) char memory[REPEAT_MEMORY + REPEAT_STRIDE];
} RepeatTexts;

static inline size_t repeat_group(const FsRepeat *repeat, uint32_t at)
{
    uint64_t mixed = (repeat->serial + ((uint64_t)at << 32)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) % REPEAT_GROUPS;
}

/** Find what is remembered of a repeat; NULL if nothing is. Valid until more is remembered. */
static inline const RepeatHead *repeat_find(const RepeatTexts *texts, const FsRepeat *repeat,
                                            uint32_t at)
{
    const RepeatHead *head = texts->heads[repeat_group(repeat, at)];
    for (const RepeatHead *end = head + REPEAT_WAYS; head < end; head++) {
        if (head->serial == repeat->serial && head->at == at) {
            return texts->written - head->start <= REPEAT_MEMORY ? head : NULL;
        }
    }
    return NULL;
}

/** Writes a value into a hole that has no form, at most REPEAT_HOLE_ROOM bytes; returns their end.
 */
typedef char *RepeatFill(char *to, const FsEntry *entry);

/** Copy; up to REPEAT_STRIDE - 1 bytes more than asked for, so that short texts need no call. */
static inline void repeat_copy(char *to, const char *from, size_t length)
{
    enum { SHORT = 4 * REPEAT_STRIDE };
    if (length > SHORT) {
        memcpy(to, from, length);
        return;
    }
    for (size_t i = 0; i < length; i += REPEAT_STRIDE) {
        memcpy(to + i, from + i, REPEAT_STRIDE);
    }
}

/**
 * Write what is remembered.
 *
 * @param entries the first of the repeat
 * @param fill    for its holes; the compiler is to see it
 */
static inline void repeat_put(Output *output, const RepeatTexts *texts, const RepeatHead *head,
                              const FsEntry *entries, RepeatFill *fill)
{
    char *start =
        output_room(output, head->length + REPEAT_STRIDE + (size_t)head->holes * REPEAT_HOLE_ROOM);
    if (start == NULL) {
        return;
    }
    const char *memory = texts->memory + head->start % REPEAT_MEMORY;
    const RepeatHole *hole = (const RepeatHole *)(const void *)memory;
    const RepeatHole *holes_end = hole + head->holes;
    const char *from = memory + head->holes * sizeof *hole;
    const char *end = from + head->length;
    char *to = start;
    for (; hole < holes_end; hole++) {
        size_t before = hole->before;
        repeat_copy(to, from, before);
        from += before;
        const FsEntry *entry = &entries[hole->entry];
        FsForm form = (FsForm)hole->form;
        to = form == FS_FORM_OTHER ? fill(to + before, entry)
                                   : fs_put_form(to + before, entry, form, hole->bits);
    }
    repeat_copy(to, from, (size_t)(end - from));
    output->used += (size_t)(to - start) + (size_t)(end - from);
}

/** A text that is being written for the first time. */
typedef struct {
    const Output *output;
    uint64_t written; /**< where the output stood at its start */
    size_t used;
    uint32_t hole_count;
    struct {
        size_t start; /**< in the output's buffer */
        size_t end;
        RepeatHole hole; /* all but what stands before it */
    } holes[REPEAT_HOLES];
    bool unfit; /**< not to be remembered */
} RepeatLearner;

/** Before the text is written. */
void repeat_begin(RepeatLearner *learner, const Output *output);

/**
 * A value that varies was written from `start` to `end` of the output's buffer.
 *
 * @param index of its entry, counted from the first of the repeat
 * @param form  in which it was written; FS_FORM_OTHER if it has none
 */
void repeat_hole(RepeatLearner *learner, uint32_t index, const FsEntry *entry, FsForm form,
                 size_t start, size_t end);

/**
 * Remember what was written, unless it is no longer in the buffer, too long, or unfit.
 *
 * @param shape whatever the view wants to find again in RepeatHead.shape
 */
void repeat_keep(const RepeatLearner *learner, RepeatTexts *texts, const FsRepeat *repeat,
                 uint32_t at, uint8_t shape);

#endif
