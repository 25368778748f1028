/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Signals: what ends a run, and what asks for its counts. A handler only sets a flag.
 */
#ifndef FEISCOPE_SNIFFER_SIGNALS_H
#define FEISCOPE_SNIFFER_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/** Set by SIGINT, SIGTERM and SIGHUP: the run is to end. */
extern volatile sig_atomic_t signals_stop;

/** Set by SIGUSR1: the counts are wanted. Whoever prints them sets it to 0. */
extern volatile sig_atomic_t signals_counts;

/** Set by SIGWINCH: the terminal has another width. Whoever asks for it sets it to 0. */
extern volatile sig_atomic_t signals_resized;

/** Handle them from now on, and make a closed pipe an error of writing. */
void signals_handle(void);

#endif
