/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people type who know tcpdump and tshark, and what does the same here.
 */
#ifndef FEISCOPE_SNIFFER_HABITS_H
#define FEISCOPE_SNIFFER_HABITS_H

/**
 * Find what to say of an option that feiqdump has not.
 *
 * @param letter the option's letter; 0: it is a long one
 * @param name   of a long option, with its two dashes and perhaps =VALUE
 * @return a hint, which lives as long as the program; NULL if nobody has such an option
 */
const char *habit_hint(int letter, const char *name);

#endif
