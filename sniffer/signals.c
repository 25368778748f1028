/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/signals.h"

#include <stddef.h>

volatile sig_atomic_t signals_stop = 0;
volatile sig_atomic_t signals_counts = 0;

static void handle(int number)
{
    if (number == SIGUSR1) {
        signals_counts = 1;
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
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        /* nohup and the like ignore signals on purpose. */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
    (void)signal(SIGPIPE, SIG_IGN);
}
