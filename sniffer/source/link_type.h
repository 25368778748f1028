/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Link types have two numbers: LINKTYPE_ in files, DLT_ in libpcap's calls. Most are the same.
 */
#ifndef FEISCOPE_SNIFFER_SOURCE_LINK_TYPE_H
#define FEISCOPE_SNIFFER_SOURCE_LINK_TYPE_H

#include <stdint.h>

/** The DLT_ value of a LINKTYPE_ value. */
int link_type_to_dlt(uint32_t link_type);

/** The LINKTYPE_ value of a DLT_ value. */
uint32_t link_type_from_dlt(int dlt);

#endif
