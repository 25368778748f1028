/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of values that several headers share.
 */
#ifndef FEISCOPE_SNIFFER_HEADERS_NAMES_H
#define FEISCOPE_SNIFFER_HEADERS_NAMES_H

#include "protocol/field.h"

/** Ethernet types. Source: IEEE Registration Authority's list. */
extern const FsName header_ethertype_names[];

/** ARP hardware types, which Linux uses for its cooked captures too. Source: IANA, "ARP
 *  Parameters"; linux/if_arp.h for those from 256 on. */
extern const FsName header_hardware_names[];

#endif
