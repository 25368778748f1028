/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of values that IPv4, IPv6 and what they carry share.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_IP_NAMES_H
#define FEISCOPE_SNIFFER_HEADERS_IP_NAMES_H

#include "protocol/field.h"

/** IP protocol numbers. Source: IANA, "Assigned Internet Protocol Numbers". */
extern const FsName ip_protocol_names[];

/** Differentiated services codepoints. Source: IANA, "DSCP". */
extern const FsName dscp_names[];

/** Explicit congestion notification (RFC 3168 5). */
extern const FsName ecn_names[];

/** ChecksumStatus. */
extern const FsName checksum_status_names[];

/** Quick-Start functions and rates (RFC 4782 3.1). */
extern const FsName quick_start_function_names[];
extern const FsName quick_start_rate_names[];

#endif
