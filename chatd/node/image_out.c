/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/image_out.h"
#include "chatd/node/private.h"
#include "chatd/transfer/image_pack.h"

#include <gio/gio.h>

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
    NodeImageOutcome outcome;
    GCancellable *packing; /* NULL: it is not being packed */
    void (*tell)(gpointer data, NodeImageOutcome outcome);
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
    image->tell(image->data, image->outcome); /* may free it */
    return G_SOURCE_REMOVE;
}

static void end(NodeImageOut *image, NodeImageOutcome outcome)
{
    if (!image->ended) {
        image->ended = TRUE;
        image->outcome = outcome;
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
        end(image, NODE_IMAGE_IGNORED);
        return G_SOURCE_REMOVE;
    }
    for (guint i = image->first; i < image->next; i++) {
        if (image->map[i] == 0) {
            send_chunk(image, i);
        }
    }
    return G_SOURCE_CONTINUE;
}

/* Takes over the reference. */
static void begin(NodeImageOut *image, GBytes *bytes)
{
    image->bytes = bytes;
    image->count = (guint)((g_bytes_get_size(bytes) + FEIQ_CHUNK_SIZE - 1) / FEIQ_CHUNK_SIZE);
    image->map = g_malloc0(image->count);
    image->timer = g_timeout_add((guint)image->node->config->feiq.retry_ms, send_again, image);
    send_further(image);
}

/* --- packing, in a thread of its own --- */

typedef struct {
    NodeImageOut *image; /* not there any more when the task is cancelled */
    GBytes *bytes;
    guint64 most;
} Packing;

static void free_packing(gpointer data)
{
    Packing *packing = data;
    g_bytes_unref(packing->bytes);
    g_free(packing);
}

static void pack_aside(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source;
    (void)cancellable;
    const Packing *packing = data;
    gsize length;
    const guint8 *bytes = g_bytes_get_data(packing->bytes, &length);
    GError *error = NULL;
    GByteArray *packed = image_pack(bytes, length, packing->most, &error);
    if (packed == NULL) {
        g_task_return_error(task, error);
    } else {
        g_task_return_pointer(task, packed, (GDestroyNotify)g_byte_array_unref);
    }
}

static void packed(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    (void)data;
    g_autoptr(GError) error = NULL;
    GTask *task = G_TASK(result);
    GByteArray *bytes = g_task_propagate_pointer(task, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return;
    }
    const Packing *packing = g_task_get_task_data(task);
    NodeImageOut *image = packing->image;
    g_clear_object(&image->packing);
    if (bytes == NULL) {
        g_message("feiq: an image is offered as a file: %s", error->message);
        end(image, NODE_IMAGE_UNFIT);
    } else {
        begin(image, g_byte_array_free_to_bytes(bytes));
    }
}

static void pack(NodeImageOut *image, GBytes *bytes)
{
    Packing *packing = g_new0(Packing, 1);
    *packing =
        (Packing){image, g_bytes_ref(bytes), (guint64)image->node->config->files.image_kib << 10};
    image->packing = g_cancellable_new();
    GTask *task = g_task_new(NULL, image->packing, packed, NULL);
    g_task_set_task_data(task, packing, free_packing);
    g_task_run_in_thread(task, pack_aside);
    g_object_unref(task);
}

/* --- life --- */

NodeImageOut *node_image_out_new(Node *node, const NodePeer *peer, guint32 id, GBytes *bytes,
                                 gboolean has_to_be_packed,
                                 void (*ended)(gpointer data, NodeImageOutcome outcome),
                                 gpointer data)
{
    NodeImageOut *image = g_new0(NodeImageOut, 1);
    image->node = node;
    image->to = peer->address;
    image->encoding = (NodeEncoding)peer->encoding;
    image->id = id;
    image->tell = ended;
    image->data = data;
    if (has_to_be_packed) {
        pack(image, bytes);
    } else {
        begin(image, g_bytes_ref(bytes));
    }
    return image;
}

void node_image_out_free(NodeImageOut *image)
{
    if (image != NULL) {
        g_clear_handle_id(&image->timer, g_source_remove);
        if (image->packing != NULL) {
            g_cancellable_cancel(image->packing);
            g_object_unref(image->packing);
        }
        g_clear_pointer(&image->bytes, g_bytes_unref);
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
        end(image, NODE_IMAGE_DONE);
    } else {
        send_further(image);
    }
}
