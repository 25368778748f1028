/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What feiqdump does besides reading packets: -D and -d.
 */
#ifndef FEISCOPE_SNIFFER_CAPTURE_TASKS_H
#define FEISCOPE_SNIFFER_CAPTURE_TASKS_H

#include "sniffer/options.h"

/** Print the interfaces that can be captured from. */
ExitStatus list_interfaces(void);

/** Print what the capture filter compiles to, for the link type of the first interface or file,
 *  else for Ethernet. */
ExitStatus list_filter(const Options *options);

#endif
