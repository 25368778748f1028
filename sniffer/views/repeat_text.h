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

/** Longest texts that are remembered, and how many of each kind; powers of 2. */
enum {
    REPEAT_TEXT = 2048,
    REPEAT_TEXTS = 512,
    VARIED_TEXT = 4096, /* with holes: rarer, since what varies needs no text of its own */
    VARIED_TEXTS = 64,
    REPEAT_HOLES = 40,
    REPEAT_STRIDE = 64 /* texts are copied in pieces of so many bytes */
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

/** What is remembered of a repeat. */
typedef struct {
    uint64_t serial; /**< 0: nothing is */
    uint32_t at;     /**< of its bytes, if the text depends on it */
    uint16_t length; /**< of the text, without its holes */
    uint8_t holes;
    uint8_t shape; /**< the view's own */
} RepeatHead;

/** All that a view remembers. */
typedef struct {
    RepeatHead heads[REPEAT_TEXTS];
    RepeatHead varied_heads[VARIED_TEXTS];
    RepeatHole holes[VARIED_TEXTS][REPEAT_HOLES];
    char varied[VARIED_TEXTS][VARIED_TEXT + REPEAT_STRIDE];
    char texts[REPEAT_TEXTS][REPEAT_TEXT + REPEAT_STRIDE];
} RepeatTexts;

/** Where the text of a repeat is, or would be, remembered. */
typedef struct {
    RepeatHead *head;
    RepeatHole *holes;
    unsigned most_holes;
    char *text;
    size_t room;
} RepeatPlace;

static inline RepeatPlace repeat_place(RepeatTexts *texts, const FsRepeat *repeat, uint32_t at)
{
    /* serials are given in turn, so that those of one kind seldom share a place */
    size_t slot = (size_t)repeat->serial + at * (size_t)37;
    if (repeat->varying != 0) {
        slot %= VARIED_TEXTS;
        return (RepeatPlace){&texts->varied_heads[slot], texts->holes[slot], REPEAT_HOLES,
                             texts->varied[slot], VARIED_TEXT};
    }
    slot %= REPEAT_TEXTS;
    return (RepeatPlace){&texts->heads[slot], texts->holes[0], 0, texts->texts[slot], REPEAT_TEXT};
}

/** Is its text there? */
static inline bool repeat_holds(const RepeatPlace *place, const FsRepeat *repeat, uint32_t at)
{
    return place->head->serial == repeat->serial && place->head->at == at;
}

/** Writes a value into a hole that has no form, at most REPEAT_HOLE_ROOM bytes; returns their end.
 */
typedef char *RepeatFill(char *to, const FsEntry *entry);

/** Copy up to REPEAT_STRIDE - 1 bytes more than asked for, so that short texts need no call. */
static inline void repeat_copy(char *to, const char *from, size_t length)
{
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
static inline void repeat_put(Output *output, const RepeatPlace *place, const FsEntry *entries,
                              RepeatFill *fill)
{
    const RepeatHead *head = place->head;
    char *start =
        output_room(output, head->length + REPEAT_STRIDE + (size_t)head->holes * REPEAT_HOLE_ROOM);
    if (start == NULL) {
        return;
    }
    char *to = start;
    const char *from = place->text;
    const char *end = from + head->length;
    for (unsigned i = 0; i < head->holes; i++) {
        size_t before = place->holes[i].before;
        repeat_copy(to, from, before);
        from += before;
        const FsEntry *entry = &entries[place->holes[i].entry];
        FsForm form = (FsForm)place->holes[i].form;
        to = form == FS_FORM_OTHER ? fill(to + before, entry)
                                   : fs_put_form(to + before, entry, form, place->holes[i].bits);
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
        uint8_t entry;
        uint8_t form;
        uint8_t bits;
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
void repeat_keep(const RepeatLearner *learner, const RepeatPlace *place, const FsRepeat *repeat,
                 uint32_t at, uint8_t shape);

#endif
