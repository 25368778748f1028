/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whose ports are whose.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_APPLICATION_H
#define FEISCOPE_SNIFFER_HEADERS_APPLICATION_H

#include "sniffer/headers/walk.h"

/** Is what UDP or TCP carries from or to this port FeiQ's? */
bool application_is_feiq(const HeaderWalk *walk, bool tcp, uint16_t port);

/** May what TCP carries from or to this port be 1#n's? */
bool application_is_onehash(const HeaderWalk *walk, uint16_t port);

#endif
