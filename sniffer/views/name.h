/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names in views, where they are asked for.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_NAME_H
#define FEISCOPE_SNIFFER_VIEWS_NAME_H

#include "protocol/packet.h"
#include "sniffer/resolve.h"

/** The name of an address (FS_IPV4, FS_IPV6, FS_ETHER) or a port (by its role), or NULL. */
const char *view_name(const Names *names, const FsEntry *entry);

#endif
