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
    learner->holes[learner->hole_count].entry = (uint8_t)index;
    learner->holes[learner->hole_count].form = (uint8_t)form;
    learner->holes[learner->hole_count].bits = entry->field->bits;
    learner->hole_count++;
}

void repeat_keep(const RepeatLearner *learner, const RepeatPlace *place, const FsRepeat *repeat,
                 uint32_t at, uint8_t shape)
{
    const Output *output = learner->output;
    bool gone = output->written != learner->written || output->used < learner->used;
    if (learner->unfit || gone || learner->hole_count > place->most_holes) {
        return;
    }
    size_t length = output->used - learner->used;
    for (uint32_t i = 0; i < learner->hole_count; i++) {
        length -= learner->holes[i].end - learner->holes[i].start;
    }
    if (length > place->room) {
        return;
    }
    char *to = place->text;
    size_t from = learner->used;
    for (uint32_t i = 0; i < learner->hole_count; i++) {
        size_t before = learner->holes[i].start - from;
        memcpy(to, output->buffer + from, before);
        to += before;
        from = learner->holes[i].end;
        place->holes[i] = (RepeatHole){(uint16_t)before, learner->holes[i].entry,
                                       learner->holes[i].form, learner->holes[i].bits};
    }
    memcpy(to, output->buffer + from, output->used - from);
    *place->head = (RepeatHead){.serial = repeat->serial,
                                .at = at,
                                .length = (uint16_t)length,
                                .holes = (uint8_t)learner->hole_count,
                                .shape = shape};
}
