/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stream that carries a folder, taken apart header by header, however it was cut into segments.
 */
#ifndef FEISCOPE_DISSECTOR_FOLDER_H
#define FEISCOPE_DISSECTOR_FOLDER_H

#include "dissector/transfer.h"

/** A folder of which nothing came yet; it lives as long as the capture file. */
Folder *folder_new(void);

/**
 * Show the bytes that a frame brings of a folder. What its last bytes begin, TCP is asked to keep
 * for the next segment.
 *
 * @param offset in the stream, of the first byte
 */
void folder_show(const RegisteredTable *feiq, const Transfer *transfer, packet_info *pinfo,
                 proto_tree *tree, tvbuff_t *tvb, const struct tcpinfo *tcp, uint64_t offset);

#endif
