/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ over TCP.
 */
#ifndef FEISCOPE_DISSECTOR_FEIQ_TCP_H
#define FEISCOPE_DISSECTOR_FEIQ_TCP_H

#include "dissector/transfer.h"

/**
 * Show a segment of a connection on the family's port.
 *
 * @param span all of tvb; not empty
 * @param tcp  what TCP says of the segment; NULL if the bytes come from elsewhere
 * @return bytes that are the family's: all, or 0
 */
int feiq_tcp_dissect(const RegisteredTable *feiq, tvbuff_t *tvb, packet_info *pinfo,
                     proto_tree *tree, FsSpan span, const struct tcpinfo *tcp);

#endif
