/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What standard output is: how wide, and whether colour is welcome there.
 */
#ifndef FEISCOPE_SNIFFER_TERMINAL_H
#define FEISCOPE_SNIFFER_TERMINAL_H

#include <stdbool.h>

/** Columns of a descriptor: COLUMNS if it is set, else the terminal's width, else 80. */
unsigned terminal_width(int descriptor);

/** Is a descriptor a terminal that shows colours? NO_COLOR (not empty) and TERM=dumb say no. */
bool terminal_has_colour(int descriptor);

#endif
