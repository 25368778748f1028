/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IP whose version only its first byte tells.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_IP_VERSION_H
#define FEISCOPE_SNIFFER_HEADERS_IP_VERSION_H

#include "sniffer/headers/walk.h"

/** Decode IPv6 if the version says so, else IPv4. */
void header_ip_by_version(HeaderWalk *walk, FsSpan span);

#endif
