/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What --help says, by topic.
 */
#ifndef FEISCOPE_SNIFFER_HELP_H
#define FEISCOPE_SNIFFER_HELP_H

#include <stdbool.h>

/** Print a topic to standard output; NULL is the overview, "all" everything. False: there is no
 *  such topic, and which there are was said on standard error. */
bool help_print(const char *topic);

/** Whether there is such a topic. */
bool help_has(const char *topic);

/** Print every field, one a line: its name for filters and -e, its type, and what it is, separated
 *  by tabs. */
void help_fields(void);

#endif
