/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A run of feiqdump: open what is asked for, give up privileges, then decode, filter, print and
 * write, packet by packet.
 */
#ifndef FEISCOPE_SNIFFER_RUN_H
#define FEISCOPE_SNIFFER_RUN_H

#include "sniffer/options.h"

/** Do what the options ask for; what goes wrong is said on standard error. */
ExitStatus run(const Options *options);

#endif
