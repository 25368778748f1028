/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is left when all options are read: the remaining words, and whether the options go together.
 */
#ifndef FEISCOPE_SNIFFER_OPTIONS_REST_H
#define FEISCOPE_SNIFFER_OPTIONS_REST_H

#include "sniffer/options.h"

/** Take the remaining words: files if no source was named, else a capture filter. Reads -F's file.
 *  False: what is wrong was said. */
bool options_take_rest(Options *options, int count, char **words);

/** Check that the options go together, and set what follows from several. False: what is wrong was
 *  said. */
bool options_check(Options *options);

#endif
