/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/image_out.h"
#include "chatd/node/private.h"

enum {
    WINDOW = 64, /* chunks on their way at once: FeiQ's receiver has a usual socket buffer */
    PACKED = 1,  /* the second unknown number of a chunk, as FeiQ sends it */
    JPEG = 2
};

struct NodeImageOut {
    Node *node;
    NodeAddress to;
    NodeEncoding encoding;
    guint32 id;
    GBytes *bytes;
    guint count;
    guint first; /* all chunks before are acknowledged */
    guint next;  /* the first that was not sent yet */
    guint8 *map; /* which are acknowledged */
    int tries;   /* in a row that brought nothing */
    gboolean moved;
    guint timer;
    gboolean ended;
    gboolean done;
    void (*tell)(gpointer data, gboolean done);
    gpointer data;
};

static void send_chunk(const NodeImageOut *image, guint index)
{
    Node *node = image->node;
    gsize total;
    const guint8 *bytes = g_bytes_get_data(image->bytes, &total);
    gsize offset = (gsize)index * FEIQ_CHUNK_SIZE;
    gboolean is_jpeg = total > 2 && bytes[0] == 0xff && bytes[1] == 0xd8;
    FeiqChunk chunk = {.id = image->id,
                       .total = (guint32)total,
                       .offset = (guint32)offset,
                       .count = image->count,
                       .number = index + 1,
                       .unknown = {0, is_jpeg ? JPEG : PACKED, 0},
                       .data = {bytes + offset, MIN(total - offset, (gsize)FEIQ_CHUNK_SIZE)}};
    ptrdiff_t length = feiq_build_image_chunk(node->bytes, sizeof node->bytes,
                                              &node_identity(node, image->encoding)->sender,
                                              node_stamp(node), &chunk);
    node_send(node, &image->to, node->bytes, length);
}

static gboolean tell_end(gpointer data)
{
    NodeImageOut *image = data;
    image->timer = 0;
    image->tell(image->data, image->done); /* may free it */
    return G_SOURCE_REMOVE;
}

static void end(NodeImageOut *image, gboolean done)
{
    if (!image->ended) {
        image->ended = TRUE;
        image->done = done;
        g_clear_handle_id(&image->timer, g_source_remove);
        image->timer = g_idle_add(tell_end, image);
    }
}

static void send_further(NodeImageOut *image)
{
    while (image->next < image->count && image->next < image->first + WINDOW) {
        send_chunk(image, image->next++);
    }
}

/* What was not acknowledged in time is sent again. */
static gboolean send_again(gpointer data)
{
    NodeImageOut *image = data;
    image->tries = image->moved ? 1 : image->tries + 1;
    image->moved = FALSE;
    if (image->tries > image->node->config->feiq.retries) {
        image->timer = 0;
        end(image, FALSE);
        return G_SOURCE_REMOVE;
    }
    for (guint i = image->first; i < image->next; i++) {
        if (image->map[i] == 0) {
            send_chunk(image, i);
        }
    }
    return G_SOURCE_CONTINUE;
}

NodeImageOut *node_image_out_new(Node *node, const NodePeer *peer, guint32 id, GBytes *bytes,
                                 void (*ended)(gpointer data, gboolean done), gpointer data)
{
    NodeImageOut *image = g_new0(NodeImageOut, 1);
    image->node = node;
    image->to = peer->address;
    image->encoding = (NodeEncoding)peer->encoding;
    image->id = id;
    image->bytes = g_bytes_ref(bytes);
    image->count = (guint)((g_bytes_get_size(bytes) + FEIQ_CHUNK_SIZE - 1) / FEIQ_CHUNK_SIZE);
    image->map = g_malloc0(image->count);
    image->tell = ended;
    image->data = data;
    image->timer = g_timeout_add((guint)node->config->feiq.retry_ms, send_again, image);
    send_further(image);
    return image;
}

void node_image_out_free(NodeImageOut *image)
{
    if (image != NULL) {
        g_clear_handle_id(&image->timer, g_source_remove);
        g_bytes_unref(image->bytes);
        g_free(image->map);
        g_free(image);
    }
}

void node_image_out_acknowledged(NodeImageOut *image, guint32 id, guint32 number)
{
    if (image->ended || id != image->id || number == 0 || number > image->next ||
        image->map[number - 1] != 0) {
        return;
    }
    image->map[number - 1] = 1;
    image->moved = TRUE;
    while (image->first < image->count && image->map[image->first] != 0) {
        image->first++;
    }
    if (image->first == image->count) {
        end(image, TRUE);
    } else {
        send_further(image);
    }
}
