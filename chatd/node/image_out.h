/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An inline image on its way to a FeiQ user: all chunks, each until it is acknowledged. The text
 * that shows it goes out behind them, by the outbox.
 */
#ifndef FEISCOPE_CHATD_NODE_IMAGE_OUT_H
#define FEISCOPE_CHATD_NODE_IMAGE_OUT_H

#include "chatd/node/peers.h"
#include "chatd/store/transfers.h"

typedef struct NodeImageOut NodeImageOut;
typedef struct Node Node;

typedef enum {
    NODE_IMAGE_DONE,    /**< all chunks were acknowledged */
    NODE_IMAGE_IGNORED, /**< no chunk is acknowledged any more */
    NODE_IMAGE_UNFIT    /**< it cannot be brought into a form that FeiQ reads */
} NodeImageOutcome;

/**
 * Send an image, packed if its format is none that FeiQ reads (image_pack.h).
 *
 * @param bytes of the image, a reference is kept
 * @param ended called once, later
 * @return free with node_image_out_free
 */
NodeImageOut *node_image_out_new(Node *node, const NodePeer *peer, guint32 id, GBytes *bytes,
                                 gboolean has_to_be_packed,
                                 void (*ended)(gpointer data, NodeImageOutcome outcome),
                                 gpointer data);
void node_image_out_free(NodeImageOut *image);

/** A chunk was acknowledged. */
void node_image_out_acknowledged(NodeImageOut *image, guint32 id, guint32 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeImageOut, node_image_out_free)

#endif
