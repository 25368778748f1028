/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * -T order: what byte order does to each number of a packet, and what the socket calls make of its
 * addresses.
 */
#ifndef FEISCOPE_SNIFFER_VIEWS_ORDER_H
#define FEISCOPE_SNIFFER_VIEWS_ORDER_H

#include "sniffer/views/fields_cells.h"

#include <glib.h>

/** Write the tables of a packet. Lines end with LF. */
void order_draw(GString *out, const DecodedPacket *packet, const ViewStyle *style);

/**
 * Explain an IPv4 address: its bytes and numbers, its class, its parts, and what it stands for.
 *
 * @param address in host order
 */
void order_address(GString *out, const char *title, uint32_t address, const ViewStyle *style);

#endif
