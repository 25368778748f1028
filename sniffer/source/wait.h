/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Waiting for packets: before the program waits it says so, so that what was printed can be
 * written out; and no signal is lost between the look at its flag and the wait.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_WAIT_H
#define FEISCOPE_SNIFFER_SOURCE_WAIT_H

#include <poll.h>
#include <stdbool.h>

/** What a source calls before it waits and after a signal. */
typedef struct {
    bool (*idle)(void *context);   /**< false: wait no longer, there is to be an end; NULL: nobody
                                    *   is told, and signals end nothing */
    int (*timeout)(void *context); /**< milliseconds that it may wait at most; NULL or negative
                                    *   value: for ever */
    void *context;
} Waiter;

/** What waiting came to. */
typedef enum {
    WAIT_READY,  /**< there is something to read, or an end or an error to find */
    WAIT_STOPPED /**< idle said that there is to be an end */
} WaitResult;

/**
 * Wait until one of the descriptors can be read. If one can at once, nobody is told.
 *
 * @param descriptors their events are set; revents says which are ready
 */
WaitResult wait_readable(const Waiter *waiter, struct pollfd *descriptors, nfds_t count);

#endif
