/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Images that come in chunks. A chunk is acknowledged when it is in the spool, where one byte for
 * each chunk stands behind the image's: so what was acknowledged is there after a kill, too. The
 * text that refers to an image, before or behind it, says who it is for.
 */
#include "chatd/node/image_in.h"
#include "chatd/transfer/image.h"
#include "chatd/transfer/names.h"

#include <gio/gio.h>
#include <string.h>

enum { MOST_ARRIVING = 64, MOST_OF_ONE = 8, REFERENCE_ID = 8 };

/* An image on its way. */
typedef struct {
    StoreTransfer *transfer;
    guint count; /* chunks */
    guint got;
    guint8 *map; /* which, a byte each */
    gint64 moved;
    gboolean unpacking;
} Arriving;

struct NodeImages {
    GPtrArray *arriving;
    GCancellable *ending; /* the node is gone when it is cancelled */
    guint64 chunks;
    guint64 unfit; /* chunks that cannot be right */
};

static void free_arriving(gpointer data)
{
    Arriving *arriving = data;
    store_transfer_free(arriving->transfer);
    g_free(arriving->map);
    g_free(arriving);
}

NodeImages *node_images_new(void)
{
    NodeImages *images = g_new0(NodeImages, 1);
    images->arriving = g_ptr_array_new_with_free_func(free_arriving);
    images->ending = g_cancellable_new();
    return images;
}

void node_images_free(NodeImages *images)
{
    if (images != NULL) {
        g_cancellable_cancel(images->ending);
        g_object_unref(images->ending);
        g_ptr_array_unref(images->arriving);
        g_free(images);
    }
}

/* --- the end of an image --- */

static void settle(Node *node, Arriving *arriving, StoreTransferState state, const char *reason)
{
    g_autoptr(StoreTransfer) transfer = store_transfer_copy(arriving->transfer);
    g_ptr_array_remove_fast(node->images->arriving, arriving);
    transfer->state = state;
    g_free(transfer->reason);
    transfer->reason = g_strdup(reason);
    transfers_settle(node->transfers, transfer);
    if (state == STORE_HERE) {
        transfers_announce(node->transfers, transfer);
    } else {
        g_message("feiq: an image of “%s” is %s: %s", transfer->from, transfers_state_name(state),
                  reason);
    }
}

/* All is in the spool as it is to be read. */
static void keep(Node *node, Arriving *arriving, guint64 size, const char *suffix)
{
    StoreTransfer *transfer = arriving->transfer;
    g_free(transfer->name);
    transfer->name = g_strdup_printf("image-%08x.%s", (guint32)transfer->number, suffix);
    transfer->size = size;
    settle(node, arriving, STORE_HERE, NULL);
}

typedef struct {
    Node *node;
    gint64 id;
    guint64 most;
    GBytes *packed;
} Unpacking;

static void free_unpacking(gpointer data)
{
    Unpacking *unpacking = data;
    g_bytes_unref(unpacking->packed);
    g_free(unpacking);
}

static void unpack_aside(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source;
    (void)cancellable;
    const Unpacking *unpacking = data;
    gsize length;
    const guint8 *bytes = g_bytes_get_data(unpacking->packed, &length);
    GError *error = NULL;
    GByteArray *file = image_unpack(bytes, length, unpacking->most, &error);
    if (file == NULL) {
        g_task_return_error(task, error);
    } else {
        g_task_return_pointer(task, file, (GDestroyNotify)g_byte_array_unref);
    }
}

static Arriving *find_by_transfer(const Node *node, gint64 id)
{
    for (guint i = 0; i < node->images->arriving->len; i++) {
        Arriving *arriving = g_ptr_array_index(node->images->arriving, i);
        if (arriving->transfer->id == id) {
            return arriving;
        }
    }
    return NULL;
}

static void unpacked(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    (void)data;
    g_autoptr(GError) error = NULL;
    GTask *task = G_TASK(result);
    g_autoptr(GByteArray) file = g_task_propagate_pointer(task, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return; /* the node is gone */
    }
    const Unpacking *unpacking = g_task_get_task_data(task);
    Node *node = unpacking->node;
    Arriving *arriving = find_by_transfer(node, unpacking->id);
    if (arriving == NULL) {
        return;
    }
    Spool *spool = transfers_spool(node->transfers);
    if (file == NULL) {
        settle(node, arriving, STORE_REFUSED, error->message);
    } else if (!spool_cut(spool, unpacking->id, 0, &error) ||
               !spool_append(spool, unpacking->id, file->data, file->len, &error)) {
        settle(node, arriving, STORE_FAILED, error->message);
    } else {
        keep(node, arriving, file->len, "bmp");
    }
}

static void complete(Node *node, Arriving *arriving)
{
    StoreTransfer *transfer = arriving->transfer;
    Spool *spool = transfers_spool(node->transfers);
    guint64 most = (guint64)node->config->files.image_kib << 10;
    ImageAbout about;
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *bytes = g_malloc(transfer->size);
    gssize got = spool_read(spool, transfer->id, 0, bytes, transfer->size, &error);
    if (got != (gssize)transfer->size || !spool_cut(spool, transfer->id, transfer->size, &error)) {
        settle(node, arriving, STORE_FAILED, error != NULL ? error->message : "bytes are missing");
    } else if (!image_look(bytes, transfer->size, most, &about, &error)) {
        settle(node, arriving, STORE_REFUSED, error->message);
    } else if (about.format != IMAGE_PACKED) {
        keep(node, arriving, transfer->size, about.suffix);
    } else {
        Unpacking *unpacking = g_new0(Unpacking, 1);
        *unpacking = (Unpacking){node, transfer->id, most, NULL};
        unpacking->packed = g_bytes_new_take(g_steal_pointer(&bytes), transfer->size);
        arriving->unpacking = TRUE;
        GTask *task = g_task_new(NULL, node->images->ending, unpacked, NULL);
        g_task_set_task_data(task, unpacking, free_unpacking);
        g_task_run_in_thread(task, unpack_aside);
        g_object_unref(task);
    }
}

/* --- the beginning --- */

static guint count_chunks(guint64 size)
{
    return (guint)((size + FEIQ_CHUNK_SIZE - 1) / FEIQ_CHUNK_SIZE);
}

/* The image of this number from this address, if the store knows it. */
static StoreTransfer *find_stored(const Node *node, const char *address, guint32 id)
{
    g_autoptr(GPtrArray) found = store_transfers_from(node->store, address, id, NULL);
    for (guint i = 0; found != NULL && i < found->len; i++) {
        const StoreTransfer *transfer = g_ptr_array_index(found, i);
        if (transfer->kind == STORE_IMAGE) {
            return g_ptr_array_steal_index(found, i);
        }
    }
    return NULL;
}

static Arriving *find_arriving(const Node *node, const char *address, guint32 id)
{
    for (guint i = 0; i < node->images->arriving->len; i++) {
        Arriving *arriving = g_ptr_array_index(node->images->arriving, i);
        if (arriving->transfer->number == id && strcmp(arriving->transfer->address, address) == 0) {
            return arriving;
        }
    }
    return NULL;
}

static StoreTransfer *note_new(Node *node, const NodeDatagram *datagram, const char *from,
                               const char *address, guint32 id, guint32 size, const char *to)
{
    g_autoptr(GError) error = NULL;
    if (!node_limits_allow(node->limits, NODE_SHOUTS, &datagram->from,
                           node->config->limits.shouts_per_second, g_get_monotonic_time()) ||
        store_count_transfers_from(node->store, from) >= (guint)node->config->limits.waiting) {
        node->dropped++;
        return NULL;
    }
    StoreTransfer transfer = {.time = g_get_real_time(),
                              .from = g_strdup(from),
                              .to = g_strdup(to),
                              .kind = STORE_IMAGE,
                              .state = STORE_UPLOADING,
                              .name = g_strdup_printf("image-%08x", id),
                              .size = size,
                              .mtime = g_get_real_time() / G_USEC_PER_SEC,
                              .number = id,
                              .address = g_strdup(address)};
    gboolean stored = store_add_transfer(node->store, &transfer, &error);
    StoreTransfer *copy = stored ? store_transfer_copy(&transfer) : NULL;
    store_transfer_clear(&transfer);
    if (!stored) {
        g_critical("feiq: %s", error->message);
    }
    return copy;
}

/* May one more image arrive from this address? */
static gboolean has_slot(const Node *node, const char *address)
{
    guint same = 0;
    for (guint i = 0; i < node->images->arriving->len; i++) {
        const Arriving *arriving = g_ptr_array_index(node->images->arriving, i);
        same += strcmp(arriving->transfer->address, address) == 0 ? 1 : 0;
    }
    return node->images->arriving->len < MOST_ARRIVING && same < MOST_OF_ONE;
}

/* Make room for an image in the spool, or look at what is there of it. Takes over the transfer. */
static Arriving *begin(Node *node, StoreTransfer *transfer, GError **error)
{
    Spool *spool = transfers_spool(node->transfers);
    Arriving *arriving = g_new0(Arriving, 1);
    arriving->transfer = transfer;
    arriving->count = count_chunks(transfer->size);
    arriving->map = g_malloc0(arriving->count);
    arriving->moved = g_get_monotonic_time();
    guint64 length = transfer->size + arriving->count;
    if (spool_length(spool, transfer->id) != length) {
        if (!spool_cut(spool, transfer->id, 0, error) ||
            !transfers_make_room(node->transfers, length, error) ||
            !spool_write(spool, transfer->id, length - 1, (const guint8 *)"", 1, error)) {
            free_arriving(arriving);
            return NULL;
        }
    } else {
        (void)spool_read(spool, transfer->id, transfer->size, arriving->map, arriving->count, NULL);
    }
    for (guint i = 0; i < arriving->count; i++) {
        arriving->got += arriving->map[i];
    }
    g_ptr_array_add(node->images->arriving, arriving);
    return arriving;
}

/* The image that a chunk belongs to, if it is on its way. *done: it is over, so its chunks need not
 * be sent again. */
static Arriving *find_or_begin(Node *node, const NodeDatagram *datagram, const NodePeer *peer,
                               gboolean *done)
{
    char address[NODE_ADDRESS_TEXT];
    const NodeChunk *chunk = &datagram->chunk;
    g_autoptr(GError) error = NULL;
    node_address_text(&datagram->from, address);
    *done = FALSE;
    Arriving *arriving = find_arriving(node, address, chunk->id);
    if (arriving != NULL) {
        return arriving;
    }
    g_autoptr(StoreTransfer) transfer = find_stored(node, address, chunk->id);
    if (transfer != NULL && transfer->state != STORE_UPLOADING) {
        *done = TRUE;
        return NULL;
    }
    if (!has_slot(node, address)) {
        return NULL;
    }
    if (transfer == NULL) {
        transfer = note_new(node, datagram, roster_user_name(peer->user), address, chunk->id,
                            chunk->total, "");
    }
    if (transfer == NULL) {
        return NULL;
    }
    if (chunk->total > (guint64)node->config->files.image_kib << 10) {
        transfer->state = STORE_REFUSED;
        transfer->reason = g_strdup_printf("the image has %u bytes, more than are allowed "
                                           "(files.image-kib)",
                                           chunk->total);
        transfers_settle(node->transfers, transfer);
        *done = TRUE;
        return NULL;
    }
    transfer->size = chunk->total; /* a text that came first did not know it */
    arriving = begin(node, g_steal_pointer(&transfer), &error);
    if (arriving == NULL) {
        g_warning("feiq: an image is not taken: %s", error->message);
    }
    return arriving;
}

/* --- chunks --- */

static gboolean is_fit(const NodeChunk *chunk)
{
    return chunk->id != 0 && chunk->total > 0 && chunk->offset < chunk->total &&
           chunk->offset % FEIQ_CHUNK_SIZE == 0 &&
           chunk->length == MIN((guint32)FEIQ_CHUNK_SIZE, chunk->total - chunk->offset);
}

static void acknowledge(Node *node, const NodeDatagram *datagram, const NodePeer *peer)
{
    const FeiqSender *sender = &node_identity(node, (NodeEncoding)peer->encoding)->sender;
    ptrdiff_t length =
        feiq_build_image_ack(node->bytes, sizeof node->bytes, sender, node_stamp(node),
                             datagram->chunk.id, datagram->chunk.number);
    node_send(node, &datagram->from, node->bytes, length);
}

void node_handle_chunk(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    const NodeChunk *chunk = &datagram->chunk;
    static const guint8 mark = 1;
    gboolean done = FALSE;
    g_autoptr(GError) error = NULL;
    if (node->transfers == NULL || peer == NULL || !is_fit(chunk)) {
        node->images->unfit++;
        return;
    }
    node->images->chunks++;
    Arriving *arriving = find_or_begin(node, datagram, peer, &done);
    if (arriving == NULL) {
        if (done) {
            acknowledge(node, datagram, peer);
        }
        return;
    }
    guint64 size = arriving->transfer->size;
    guint index = chunk->offset / FEIQ_CHUNK_SIZE;
    if (chunk->total != size) {
        node->images->unfit++; /* the sizes of its chunks differ */
        return;
    }
    Spool *spool = transfers_spool(node->transfers);
    gint64 id = arriving->transfer->id;
    if (arriving->map[index] == 0) {
        if (!spool_write(spool, id, chunk->offset, chunk->data, chunk->length, &error) ||
            !spool_write(spool, id, size + index, &mark, 1, &error)) {
            g_warning("feiq: a chunk of an image is not acknowledged: %s", error->message);
            return;
        }
        arriving->map[index] = 1;
        arriving->got++;
        arriving->moved = g_get_monotonic_time();
    }
    acknowledge(node, datagram, peer);
    if (arriving->got == arriving->count && !arriving->unpacking) {
        complete(node, arriving);
    }
}

void node_images_tick(Node *node)
{
    gint64 oldest =
        g_get_monotonic_time() - (gint64)node->config->files.stall_seconds * G_USEC_PER_SEC;
    for (guint i = node->images->arriving->len; i > 0; i--) {
        Arriving *arriving = g_ptr_array_index(node->images->arriving, i - 1);
        if (arriving->moved < oldest && !arriving->unpacking) {
            g_autofree char *reason =
                g_strdup_printf("%u of %u chunks came", arriving->got, arriving->count);
            spool_remove(transfers_spool(node->transfers), arriving->transfer->id);
            settle(node, arriving, STORE_FAILED, reason);
        }
    }
}

/* --- texts that refer to images --- */

/* The reference that a text begins with: /~#>64ea4edd<B~. Sets the identifier. */
static gboolean read_reference(const char *text, guint32 *id)
{
    guint64 number;
    if (strncmp(text, "/~#>", 4) != 0 || strlen(text) < FEIQ_REFERENCE_LENGTH) {
        return FALSE;
    }
    const char *end = text + 4 + REFERENCE_ID;
    g_autofree char *digits = g_strndup(text + 4, REFERENCE_ID);
    if ((strncmp(end, "<B~", 3) != 0 && strncmp(end, "<G~", 3) != 0) ||
        !g_ascii_string_to_unsigned(digits, 16, 1, G_MAXUINT32, &number, NULL)) {
        return FALSE;
    }
    *id = (guint32)number;
    return TRUE;
}

static void assign(Node *node, const NodeDatagram *datagram, const StoreMessage *stored, guint32 id)
{
    char address[NODE_ADDRESS_TEXT];
    node_address_text(&datagram->from, address);
    Arriving *arriving = find_arriving(node, address, id);
    g_autoptr(StoreTransfer) transfer =
        arriving != NULL ? store_transfer_copy(arriving->transfer) : find_stored(node, address, id);
    if (transfer == NULL) {
        store_transfer_free(note_new(node, datagram, stored->from, address, id, 0, stored->to));
        return;
    }
    if (*transfer->to != '\0') {
        return; /* a second text; the first counts */
    }
    g_free(transfer->to);
    transfer->to = g_strdup(stored->to);
    if (arriving != NULL) {
        g_free(arriving->transfer->to);
        arriving->transfer->to = g_strdup(stored->to);
    }
    g_autoptr(GError) error = NULL;
    if (!store_update_transfer(node->store, transfer, &error)) {
        g_critical("feiq: %s", error->message);
    }
    if (transfer->state != STORE_UPLOADING) {
        transfers_announce(node->transfers, transfer);
    }
}

void node_assign_images(Node *node, const NodeDatagram *datagram, const StoreMessage *stored,
                        const char *references)
{
    guint32 id;
    for (const char *at = references; node->transfers != NULL && (at = strstr(at, "/~#>")) != NULL;
         at++) {
        if (read_reference(at, &id)) {
            assign(node, datagram, stored, id);
        }
    }
}

char *node_name_images(const char *text)
{
    GString *named = g_string_new(NULL);
    guint32 id;
    while (*text != '\0') {
        if (read_reference(text, &id)) {
            g_string_append(named, "[image]");
            text += FEIQ_REFERENCE_LENGTH;
        } else {
            g_string_append_c(named, *text++);
        }
    }
    return g_string_free(named, FALSE);
}

void node_images_figures(const NodeImages *images, GString *text)
{
    g_string_append_printf(text,
                           "feiq-image-chunks %" G_GUINT64_FORMAT "\n"
                           "feiq-image-chunks-unfit %" G_GUINT64_FORMAT "\n",
                           images->chunks, images->unfit);
}
