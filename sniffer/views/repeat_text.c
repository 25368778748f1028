/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/views/repeat_text.h"

void repeat_begin(RepeatLearner *learner, const Output *output)
{
    learner->output = output;
    learner->written = output->written;
    learner->used = output->used;
    learner->hole_count = 0;
    learner->unfit = false;
}

void repeat_hole(RepeatLearner *learner, uint32_t index, const FsEntry *entry, FsForm form,
                 size_t start, size_t end)
{
    if (learner->hole_count == REPEAT_HOLES || index > UINT8_MAX) {
        learner->unfit = true;
        return;
    }
    learner->holes[learner->hole_count].start = start;
    learner->holes[learner->hole_count].end = end;
    learner->holes[learner->hole_count].hole =
        (RepeatHole){.entry = (uint8_t)index, .form = (uint8_t)form, .bits = entry->field->bits};
    learner->hole_count++;
}

/* Room for one text that lies in one piece, where the oldest were; returns its start. */
static uint64_t take_memory(RepeatTexts *texts, size_t size)
{
    enum { ALIGN = _Alignof(RepeatHole) };
    _Static_assert(REPEAT_MEMORY % ALIGN == 0, "every piece is aligned");
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    size_t at = texts->written % REPEAT_MEMORY;
    if (at + size > REPEAT_MEMORY) {
        texts->written += REPEAT_MEMORY - at;
    }
    texts->written += size;
    return texts->written - size;
}

/* The head that has the repeat, or else that of the oldest text. */
static RepeatHead *choose(RepeatTexts *texts, const FsRepeat *repeat, uint32_t at)
{
    RepeatHead *group = texts->heads[repeat_group(repeat, at)];
    RepeatHead *oldest = group;
    for (RepeatHead *head = group; head < group + REPEAT_WAYS; head++) {
        if (head->serial == repeat->serial && head->at == at) {
            return head;
        }
        bool older = head->serial == 0 || (oldest->serial != 0 && head->start < oldest->start);
        oldest = older ? head : oldest;
    }
    return oldest;
}

void repeat_keep(const RepeatLearner *learner, RepeatTexts *texts, const FsRepeat *repeat,
                 uint32_t at, uint8_t shape)
{
    const Output *output = learner->output;
    bool gone = output->written != learner->written || output->used < learner->used;
    if (learner->unfit || gone) {
        return;
    }
    size_t length = output->used - learner->used;
    for (uint32_t i = 0; i < learner->hole_count; i++) {
        length -= learner->holes[i].end - learner->holes[i].start;
    }
    if (length > REPEAT_TEXT) {
        return;
    }
    RepeatHead *head = choose(texts, repeat, at);
    size_t holes = learner->hole_count * sizeof(RepeatHole);
    uint64_t start = take_memory(texts, holes + length);
    char *memory = texts->memory + start % REPEAT_MEMORY;
    char *to = memory + holes;
    size_t from = learner->used;
    for (uint32_t i = 0; i < learner->hole_count; i++) {
        size_t before = learner->holes[i].start - from;
        RepeatHole hole = learner->holes[i].hole;
        hole.before = (uint16_t)before;
        memcpy(memory + i * sizeof hole, &hole, sizeof hole);
        memcpy(to, output->buffer + from, before);
        to += before;
        from = learner->holes[i].end;
    }
    memcpy(to, output->buffer + from, output->used - from);
    *head = (RepeatHead){.serial = repeat->serial,
                         .start = start,
                         .at = at,
                         .length = (uint16_t)length,
                         .holes = (uint8_t)learner->hole_count,
                         .shape = shape};
}
