/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IP whose version only its first byte tells.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_IP_VERSION_H
#define FEISCOPE_SNIFFER_HEADERS_IP_VERSION_H

#include "sniffer/headers/walk.h"

/** Decode IPv6 if the version says so, else IPv4. */
void header_ip_by_version(HeaderWalk *walk, FsSpan span);

/**
 * The Ethernet type of what something other than an Ethernet type calls IPv4: Wireshark takes the
 * datagram's version for what it says there.
 *
 * @return 0x86dd if the version is 6, else 0x0800
 */
static inline uint16_t header_type_by_version(FsSpan span)
{
    return span.captured > 0 && span.data[0] >> 4 == 6 ? 0x86dd : 0x0800;
}

#endif
