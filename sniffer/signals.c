/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/signals.h"

#include <stdbool.h>
#include <stddef.h>

volatile sig_atomic_t signals_stop = 0;
volatile sig_atomic_t signals_counts = 0;
volatile sig_atomic_t signals_resized = 0;

static void handle(int number)
{
    if (number == SIGUSR1) {
        signals_counts = 1;
    } else if (number == SIGWINCH) {
        signals_resized = 1;
    } else {
        signals_stop = 1;
    }
}

void signals_handle(void)
{
    /* Without SA_RESTART, so that waiting and reading end when a signal comes. */
    struct sigaction action = {.sa_handler = handle};
    struct sigaction before;
    (void)sigemptyset(&action.sa_mask);
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGWINCH};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        /* nohup ignores SIGHUP on purpose. A script's shell ignores SIGINT for what it starts in
         * the background, yet "feiqdump … & kill -INT $!" is to end it, as it ends tcpdump. */
        bool ignored = sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN;
        if (!ignored || numbers[i] != SIGHUP) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
    (void)signal(SIGPIPE, SIG_IGN);
}
