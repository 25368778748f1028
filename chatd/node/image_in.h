/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inline images of FeiQ users on their way here. What is done with a chunk: private.h.
 */
#ifndef FEISCOPE_CHATD_NODE_IMAGE_IN_H
#define FEISCOPE_CHATD_NODE_IMAGE_IN_H

#include "chatd/node/private.h"

/** @return free with node_images_free */
NodeImages *node_images_new(void);
void node_images_free(NodeImages *images);

/** Once a second: give up images of which nothing came for long. */
void node_images_tick(Node *node);

/** Append figures, "name value" a line with LF. */
void node_images_figures(const NodeImages *images, GString *text);

#endif
