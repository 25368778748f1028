/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which message's text shows which inline image. The text names the image by its identifier; the
 * chunks may come before the message or after it.
 */
#ifndef FEISCOPE_DISSECTOR_MENTION_H
#define FEISCOPE_DISSECTOR_MENTION_H

#include "dissector/compat.h"
#include "dissector/datagram.h"

/** Forget all with the capture file. Called once, when the plugin registers. */
void mention_init(void);

/** Remember which images a message shows, at the first visit of its frame, and add to its tree the
 *  frames in which they were put together. */
void mention_show_message(packet_info *pinfo, const Datagram *datagram, proto_tree *layer,
                          tvbuff_t *tvb);

/** Remember where an image was put together, at the first visit of the frame, and add to its tree
 *  the message that shows it. */
void mention_show_image(packet_info *pinfo, uint32_t id, proto_tree *layer, tvbuff_t *tvb);

#endif
