/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/frame_clock.h"

void frame_clock_time(FrameClock *clock, FrameRecord *record)
{
    clock->frames++;
    record->after_untimed = clock->untimed;
    clock->untimed = record->untimed;
    record->shown_after_untimed = clock->shown_untimed;
    record->since_first = record->since_previous = record->since_shown = 0;
    if (record->untimed) {
        return;
    }
    if (!clock->started) {
        clock->started = true;
        clock->first = record->time;
        clock->previous = record->time;
    }
    /* Without a sign, since the times of a damaged file may lie further apart than fits. */
    record->since_first = (int64_t)((uint64_t)record->time - (uint64_t)clock->first);
    record->since_previous = (int64_t)((uint64_t)record->time - (uint64_t)clock->previous);
    if (clock->any_shown) { /* before that Wireshark says 0 */
        record->since_shown = (int64_t)((uint64_t)record->time - (uint64_t)clock->shown);
    }
    clock->previous = record->time;
}

void frame_clock_shown(FrameClock *clock, const FrameRecord *record)
{
    clock->shown_untimed = record->untimed;
    clock->shown = record->untimed ? clock->shown : record->time;
    clock->any_shown |= !record->untimed;
}
