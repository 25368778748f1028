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

/**
 * Send an image.
 *
 * @param bytes of the image, a reference is kept
 * @param ended called once, later: TRUE if all chunks were acknowledged
 * @return free with node_image_out_free
 */
NodeImageOut *node_image_out_new(Node *node, const NodePeer *peer, guint32 id, GBytes *bytes,
                                 void (*ended)(gpointer data, gboolean done), gpointer data);
void node_image_out_free(NodeImageOut *image);

/** A chunk was acknowledged. */
void node_image_out_acknowledged(NodeImageOut *image, guint32 id, guint32 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeImageOut, node_image_out_free)

#endif
