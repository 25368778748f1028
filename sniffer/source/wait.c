/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppoll is Linux's; without this its declaration is left out. */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#include "sniffer/source/wait.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static struct timespec *limit_of(const Waiter *waiter, struct timespec *limit)
{
    int milliseconds = waiter->timeout != NULL ? waiter->timeout(waiter->context) : -1;
    if (milliseconds < 0) {
        return NULL;
    }
    *limit = (struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L};
    return limit;
}

WaitResult wait_readable(const Waiter *waiter, struct pollfd *descriptors, nfds_t count)
{
    /* An error of poll is left to the read that follows to find. */
    if (poll(descriptors, count, 0) != 0) {
        return WAIT_READY;
    }
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    WaitResult result = WAIT_READY;
    int ready = 0;
    while (ready <= 0) {
        if (waiter->idle != NULL && !waiter->idle(waiter->context)) {
            result = WAIT_STOPPED;
            break;
        }
        struct timespec limit;
        ready = ppoll(descriptors, count, limit_of(waiter, &limit), &before);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}
