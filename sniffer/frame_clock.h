/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How far the frames of one capture lie apart in time.
 */
#ifndef FEISCOPE_SNIFFER_FRAME_CLOCK_H
#define FEISCOPE_SNIFFER_FRAME_CLOCK_H

#include "sniffer/headers/walk.h"

#include <stdbool.h>
#include <stdint.h>

/** One capture's clock and count. All zero: no frame came yet. */
typedef struct {
    uint64_t frames; /**< that came */
    bool started;    /**< one had a time */
    bool untimed;    /**< the last one had none */
    int64_t first;
    int64_t previous;
    bool any_shown;
    int64_t shown;      /**< of the last one that the filter took */
    bool shown_untimed; /**< it had none */
} FrameClock;

/** Count a frame, and set the times of its record that are relative to earlier frames. */
void frame_clock_time(FrameClock *clock, FrameRecord *record);

/** The frame that was counted last was shown. */
void frame_clock_shown(FrameClock *clock, const FrameRecord *record);

#endif
