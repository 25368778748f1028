/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inline images, put together from their chunks and shown as what they are.
 */
#ifndef FEISCOPE_DISSECTOR_IMAGE_H
#define FEISCOPE_DISSECTOR_IMAGE_H

#include "dissector/compat.h"
#include "dissector/datagram.h"

/** Register with Wireshark. */
void image_register(void);

/** Look for Wireshark's image dissectors, when all are registered. */
void image_handoff(void);

/**
 * Keep a chunk of an image, and show the image with the chunk that completes it.
 *
 * @param copy  the chunk came before
 * @param layer the tree of the datagram; NULL if nobody wants it
 * @param tree  the tree of the frame
 * @param tvb   the datagram
 */
void image_show(packet_info *pinfo, const Datagram *datagram, bool copy, proto_tree *layer,
                proto_tree *tree, tvbuff_t *tvb);

#endif
