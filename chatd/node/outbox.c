/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/outbox.h"
#include "chatd/node/image_out.h"
#include "chatd/node/private.h"
#include "chatd/node/text.h"
#include "chatd/transfer/image_pack.h"

#include <string.h>

enum {
    PIECE = 3500,         /* bytes of UTF-8 in one datagram: others have buffers of 4096 bytes on */
    SEALED_PIECE = 1000,  /* the same, where they may be encrypted and written in hexadecimal */
    MOST_QUESTIONS = 2,   /* times that a user is asked for its key */
    MOST_ROUNDS = 3,      /* times that a message goes out in vain in one log-in of its receiver */
    MOST_NOTICES = 10000, /* notices that wait for their confirmation */
};

/* What is on its way. */
typedef struct {
    GList link;     /* in the order in which they are due */
    NodePeer *peer; /* receiver of a message; NULL: a notice */
    NodeAddress to;
    guint64 number;      /* of the datagram that is to be acknowledged */
    gint64 due;          /* monotonic µs */
    int sent;            /* times */
    gint64 id;           /* of a message, in the store */
    gint64 transfer;     /* that the message offers; 0: none */
    guint32 options;     /* that a sealed or locked message has beside */
    gint64 shown;        /* the image that the message shows; 0: none */
    NodeImageOut *image; /* its chunks, which go first */
    gboolean is_asking;  /* the datagram asks for the receiver's key, which comes first */
    NodeOutbox *outbox;
    char *text;       /* of a message, UTF-8 */
    char *described;  /* text of an image that is offered as a file */
    gsize at;         /* where the present piece begins */
    gsize next;       /* where the next one begins */
    GBytes *datagram; /* of the present piece, or the notice */
} Flight;

struct NodeOutbox {
    Node *node;
    GHashTable *by_number; /* of Flight */
    GQueue due;
    GQueue images; /* whose chunks are on their way */
    guint timer;
    guint64 acknowledged;
    guint64 resent;
    guint64 given_up;
};

NodeOutbox *node_outbox_new(Node *node)
{
    NodeOutbox *outbox = g_new0(NodeOutbox, 1);
    outbox->node = node;
    outbox->by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_queue_init(&outbox->due);
    g_queue_init(&outbox->images);
    return outbox;
}

/* Take a flight out of everything, and free it. */
static void land(NodeOutbox *outbox, Flight *flight)
{
    if (flight->peer != NULL) {
        flight->peer->flight = NULL;
    }
    g_hash_table_remove(outbox->by_number, &flight->number);
    g_queue_unlink(flight->image != NULL ? &outbox->images : &outbox->due, &flight->link);
    node_image_out_free(flight->image);
    g_clear_pointer(&flight->datagram, g_bytes_unref);
    g_free(flight->text);
    g_free(flight->described);
    g_free(flight);
}

void node_outbox_free(NodeOutbox *outbox)
{
    if (outbox == NULL) {
        return;
    }
    while (outbox->due.head != NULL) {
        land(outbox, outbox->due.head->data);
    }
    while (outbox->images.head != NULL) {
        land(outbox, outbox->images.head->data);
    }
    g_clear_handle_id(&outbox->timer, g_source_remove);
    g_hash_table_unref(outbox->by_number);
    g_free(outbox);
}

static gboolean look_at_due(gpointer data);

static void arm(NodeOutbox *outbox)
{
    if (outbox->timer != 0 || outbox->due.head == NULL) {
        return;
    }
    const Flight *first = outbox->due.head->data;
    gint64 wait = first->due - g_get_monotonic_time();
    outbox->timer =
        g_timeout_add(wait <= 0 ? 0 : (guint)((wait + 999) / 1000), look_at_due, outbox);
}

/* Send what a flight carries, now and again when it is due. */
static void launch(NodeOutbox *outbox, Flight *flight)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(flight->datagram, &length);
    node_send(outbox->node, &flight->to, bytes, (ptrdiff_t)length);
    flight->sent++;
    flight->due = g_get_monotonic_time() + (gint64)outbox->node->config->feiq.retry_ms * 1000;
    g_queue_push_tail_link(&outbox->due, &flight->link);
    arm(outbox);
}

static void settle(NodeOutbox *outbox, gint64 id, StoreState state)
{
    g_autoptr(GError) error = NULL;
    if (!store_set_state(outbox->node->store, id, state, &error)) {
        g_critical("feiq: %s", error->message);
    }
}

/* What a message offers, in the receiver's encoding; its name is to be freed. FALSE: the message is
 * not to be sent, since its offer was withdrawn or cannot be noted. */
static gboolean prepare_file(const NodeOutbox *outbox, const Flight *flight, FeiqFile *file,
                             char **name)
{
    Node *node = outbox->node;
    char address[NODE_ADDRESS_TEXT];
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreTransfer) transfer =
        node->transfers == NULL ? NULL : store_find_transfer(node->store, flight->transfer, &error);
    if (transfer == NULL || transfer->state != STORE_OFFERED ||
        !transfers_offer_goes(node->transfers, transfer, flight->number,
                              node_address_text(&flight->to, address), &error)) {
        if (error != NULL) {
            g_critical("feiq: %s", error->message);
        }
        return FALSE;
    }
    gboolean is_folder = transfer->kind == STORE_FOLDER;
    *name = node_text_encode(transfer->name, (NodeEncoding)flight->peer->encoding);
    *file = (FeiqFile){.id = transfer->file,
                       .name = fs_bytes(*name),
                       .size = is_folder ? transfers_folder_size(node->transfers, transfer)
                                         : transfer->size,
                       .time = (guint64)MAX(transfer->mtime, 0),
                       .attributes = is_folder ? FEIQ_FILE_TYPE_DIRECTORY : FEIQ_FILE_TYPE_REGULAR};
    return TRUE;
}

/* How much of a text goes at once. A user that can decrypt may tell its key at any time. */
static gsize longest_piece(const Flight *flight)
{
    return (flight->peer->options & FEIQ_OPT_ENCRYPT) != 0 ? SEALED_PIECE : PIECE;
}

/* Build the message, encrypted if the receiver's key is known. */
static ptrdiff_t build_datagram(Node *node, const Flight *flight, const FeiqMessage *message)
{
    NodeEncoding encoding = (NodeEncoding)flight->peer->encoding;
    const FeiqSender *sender = &node_identity(node, encoding)->sender;
    guint32 options = FEIQ_CHECKED | flight->options |
                      (encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0));
    if (node_keys_state(node->keys, flight->peer) != NODE_KEY_KNOWN) {
        return feiq_build_message(node->bytes, sizeof node->bytes, sender, flight->number, options,
                                  message);
    }
    FeiqCipher parts;
    gsize room = message->text.length + 1 + NODE_KEYS_ROOM;
    g_autofree guint8 *plain = g_malloc0(message->text.length + 1);
    g_autofree guint8 *octets = g_malloc(room);
    memcpy(plain, message->text.data, message->text.length);
    if (!node_keys_seal(node->keys, flight->peer, flight->number,
                        (FsBytes){plain, message->text.length + 1}, octets, room, &parts)) {
        return FS_NO_ROOM;
    }
    return feiq_build_encrypted_message(node->bytes, sizeof node->bytes, sender, flight->number,
                                        options | FEIQ_OPT_ENCRYPT, &parts, message->files,
                                        message->file_count);
}

/* Build the piece that begins at flight->at. */
static gboolean build_piece(const NodeOutbox *outbox, Flight *flight)
{
    Node *node = outbox->node;
    FeiqFile file;
    g_autofree char *name = NULL;
    NodeEncoding encoding = (NodeEncoding)flight->peer->encoding;
    gsize piece = flight->text[flight->at] == '\0'
                      ? 0
                      : node_text_piece(flight->text + flight->at, longest_piece(flight));
    g_autofree char *part = g_strndup(flight->text + flight->at, piece);
    g_autofree char *encoded = node_text_encode(part, encoding);
    FeiqMessage message = {.text = fs_bytes(encoded)};
    g_clear_pointer(&flight->datagram, g_bytes_unref);
    if (flight->transfer != 0) {
        if (!prepare_file(outbox, flight, &file, &name)) {
            return FALSE;
        }
        message.files = &file;
        message.file_count = 1;
    }
    ptrdiff_t length = build_datagram(node, flight, &message);
    if (length < 0) {
        return FALSE;
    }
    flight->next = flight->at + piece;
    flight->datagram = g_bytes_new(node->bytes, (gsize)length);
    return TRUE;
}

static void give_up(NodeOutbox *outbox, Flight *flight)
{
    char address[NODE_ADDRESS_TEXT];
    outbox->given_up++;
    if (flight->peer == NULL) {
        land(outbox, flight);
        return;
    }
    NodePeer *peer = flight->peer;
    peer->rounds = (guint8)MIN(peer->rounds + 1, MOST_ROUNDS);
    g_message("feiq: “%s” (%s) does not acknowledge; its messages wait",
              roster_user_name(peer->user), node_address_text(&flight->to, address));
    land(outbox, flight);
}

/* The message itself, once the key is there or is known not to come. The flight is in no queue. */
static void launch_message(NodeOutbox *outbox, Flight *flight)
{
    flight->is_asking = FALSE;
    flight->sent = 0;
    if (build_piece(outbox, flight)) {
        g_hash_table_insert(outbox->by_number, &flight->number, flight);
        launch(outbox, flight);
        return;
    }
    gint64 id = flight->id;
    g_warning("feiq: message %" G_GINT64_FORMAT " cannot be sent", id);
    g_queue_push_tail_link(&outbox->due, &flight->link);
    land(outbox, flight);
    settle(outbox, id, STORE_REJECTED);
}

void node_outbox_key_came(NodeOutbox *outbox, NodePeer *peer)
{
    Flight *flight = peer->flight;
    if (flight != NULL && flight->is_asking) {
        g_queue_unlink(&outbox->due, &flight->link);
        launch_message(outbox, flight);
    }
}

/* Nobody told a key. */
static void stop_asking(NodeOutbox *outbox, Flight *flight)
{
    node_keys_set_none(outbox->node->keys, flight->peer);
    g_queue_unlink(&outbox->due, &flight->link);
    launch_message(outbox, flight);
}

static gboolean look_at_due(gpointer data)
{
    NodeOutbox *outbox = data;
    gint64 now = g_get_monotonic_time();
    outbox->timer = 0;
    for (guint count = outbox->due.length; count > 0; count--) {
        Flight *flight = outbox->due.head->data;
        if (flight->due > now) {
            break;
        }
        if (flight->is_asking && flight->sent >= MOST_QUESTIONS) {
            stop_asking(outbox, flight);
        } else if (flight->sent >= outbox->node->config->feiq.retries) {
            give_up(outbox, flight);
        } else {
            outbox->resent++;
            g_queue_unlink(&outbox->due, &flight->link);
            launch(outbox, flight);
        }
    }
    arm(outbox);
    return G_SOURCE_REMOVE;
}

/* How many numbers the pieces of a text take. */
static guint64 count_pieces(const char *text, gsize longest)
{
    guint64 pieces = 1;
    for (gsize at = node_text_piece(text, longest); text[at] != '\0';
         at += node_text_piece(text + at, longest)) {
        pieces++;
    }
    return pieces;
}

static gboolean begin(const StoreMessage *message, gpointer data)
{
    Flight *flight = data;
    flight->id = message->id;
    flight->number = message->number;
    const char *origin = message->origin == NULL ? "" : message->origin;
    flight->options = g_str_has_prefix(origin, STORE_SEALED)   ? FEIQ_SEALED
                      : g_str_has_prefix(origin, STORE_LOCKED) ? FEIQ_LOCKED
                                                               : UINT32_C(0);
    if (g_str_has_prefix(origin, TRANSFER_ORIGIN)) {
        flight->transfer = g_ascii_strtoll(origin + strlen(TRANSFER_ORIGIN), NULL, 10);
    }
    flight->text = node_text_compose(message->from, message->text);
    return FALSE;
}

/* Give a message its packet numbers, or those that it had before a restart. */
static gboolean number_message(NodeOutbox *outbox, Flight *flight)
{
    Node *node = outbox->node;
    g_autoptr(GError) error = NULL;
    if (flight->number != 0) {
        return TRUE;
    }
    flight->number = node_next_number(node);
    node->last_number = flight->number + count_pieces(flight->text, longest_piece(flight)) - 1;
    if (!store_set_number(node->store, flight->id, flight->number, &error)) {
        g_critical("feiq: %s", error->message);
        return FALSE;
    }
    return TRUE;
}

/* --- images --- */

static gboolean ask_for_key(const NodeOutbox *outbox, Flight *flight);

/* All chunks are acknowledged: the text that shows the image follows. Or it cannot be shown, and is
 * offered as a file. */
static void chunks_ended(gpointer data, NodeImageOutcome outcome)
{
    Flight *flight = data;
    NodeOutbox *outbox = flight->outbox;
    if (outcome == NODE_IMAGE_IGNORED) {
        give_up(outbox, flight);
        return;
    }
    if (outcome == NODE_IMAGE_UNFIT) {
        g_free(flight->text);
        flight->text = g_steal_pointer(&flight->described);
        flight->transfer = flight->shown;
        flight->shown = 0;
    }
    g_queue_unlink(&outbox->images, &flight->link);
    g_clear_pointer(&flight->image, node_image_out_free);
    if (ask_for_key(outbox, flight)) {
        launch(outbox, flight);
    } else {
        launch_message(outbox, flight);
    }
}

/* Programs that read FeiQ's images, and which formats: others are offered the image as a file. */
static gboolean shows_image(const NodePeer *peer, const ImageAbout *about)
{
    return (peer->vendor == FEIQ_VENDOR_FEIQ || peer->vendor == FEIQ_VENDOR_FEIX ||
            peer->vendor == FEIQ_VENDOR_ROCKETX) &&
           (about->format == IMAGE_JPEG || about->format == IMAGE_GIF ||
            about->format == IMAGE_PACKED || image_has_to_be_packed(about->format));
}

/* If the message is an image that the user's program shows, send that. */
static gboolean begin_image(NodeOutbox *outbox, Flight *flight)
{
    Node *node = outbox->node;
    char address[NODE_ADDRESS_TEXT];
    ImageAbout about;
    if (flight->transfer == 0 || node->transfers == NULL) {
        return FALSE;
    }
    g_autoptr(StoreTransfer) transfer = store_find_transfer(node->store, flight->transfer, NULL);
    if (transfer == NULL || transfer->kind != STORE_IMAGE || transfer->state != STORE_OFFERED) {
        return FALSE;
    }
    g_autofree guint8 *bytes = g_malloc(MAX(transfer->size, 1));
    gssize got =
        spool_read(transfers_spool(node->transfers), transfer->id, 0, bytes, transfer->size, NULL);
    if (got <= 0 || !image_look(bytes, (gsize)got, G_MAXUINT32, &about, NULL) ||
        !shows_image(flight->peer, &about) ||
        !transfers_offer_goes(node->transfers, transfer, flight->number,
                              node_address_text(&flight->to, address), NULL)) {
        return FALSE;
    }
    /* the same after a restart, so that its receiver goes on with it */
    guint32 id = (guint32)((guint64)transfer->id * 2654435761U) | 1U;
    char reference[FEIQ_REFERENCE_LENGTH + 1] = "";
    ptrdiff_t length = feiq_build_image_reference((uint8_t *)reference, FEIQ_REFERENCE_LENGTH, id,
                                                  about.format == IMAGE_GIF);
    if (length != FEIQ_REFERENCE_LENGTH) {
        return FALSE;
    }
    flight->described = flight->text;
    flight->text = node_text_compose(transfer->from, reference);
    flight->shown = flight->transfer;
    flight->transfer = 0;
    g_autoptr(GBytes) image = g_bytes_new_take(g_steal_pointer(&bytes), (gsize)got);
    flight->image = node_image_out_new(node, flight->peer, id, image,
                                       image_has_to_be_packed(about.format), chunks_ended, flight);
    return TRUE;
}

void node_outbox_chunk_acknowledged(NodeOutbox *outbox, NodePeer *peer, guint32 id, guint32 number)
{
    (void)outbox;
    const Flight *flight = peer->flight;
    if (flight != NULL && flight->image != NULL) {
        node_image_out_acknowledged(flight->image, id, number);
    }
}

/* If the receiver can decrypt and its key is not known, that has to be asked for first. */
static gboolean ask_for_key(const NodeOutbox *outbox, Flight *flight)
{
    Node *node = outbox->node;
    if (node_keys_state(node->keys, flight->peer) != NODE_KEY_UNKNOWN) {
        return FALSE;
    }
    ptrdiff_t length = node_keys_build_question(node->keys, node_stamp(node),
                                                (NodeEncoding)flight->peer->encoding);
    if (length < 0) {
        return FALSE;
    }
    flight->is_asking = TRUE;
    flight->datagram = g_bytes_new(node->bytes, (gsize)length);
    return TRUE;
}

void node_outbox_wake(NodeOutbox *outbox, NodePeer *peer)
{
    g_autoptr(GError) error = NULL;
    while (peer->flight == NULL && peer->rounds < MOST_ROUNDS && !outbox->node->is_silent) {
        Flight *flight = g_new0(Flight, 1);
        flight->link.data = flight;
        flight->to = peer->address;
        gboolean found = store_waiting(outbox->node->store, roster_user_name(peer->user), 1, begin,
                                       flight, &error);
        if (!found) {
            g_critical("feiq: %s", error->message);
        }
        flight->peer = peer;
        flight->outbox = outbox;
        if (flight->id == 0 || !number_message(outbox, flight)) {
            g_free(flight->text);
            g_free(flight);
            return;
        }
        if (begin_image(outbox, flight)) {
            peer->flight = flight;
            g_queue_push_tail_link(&outbox->images, &flight->link);
            return;
        }
        if (ask_for_key(outbox, flight)) {
            peer->flight = flight;
            launch(outbox, flight);
            return;
        }
        if (build_piece(outbox, flight)) {
            peer->flight = flight;
            g_hash_table_insert(outbox->by_number, &flight->number, flight);
            launch(outbox, flight);
            return;
        }
        g_warning("feiq: message %" G_GINT64_FORMAT " cannot be sent", flight->id);
        settle(outbox, flight->id, STORE_REJECTED);
        g_free(flight->text);
        g_free(flight);
    }
}

void node_outbox_notify(NodeOutbox *outbox, const NodeAddress *to, guint64 number,
                        const guint8 *bytes, gsize length)
{
    if (g_hash_table_size(outbox->by_number) >= MOST_NOTICES ||
        g_hash_table_contains(outbox->by_number, &number)) {
        node_send(outbox->node, to, bytes, (ptrdiff_t)length);
        return;
    }
    Flight *flight = g_new0(Flight, 1);
    flight->link.data = flight;
    flight->to = *to;
    flight->number = number;
    flight->datagram = g_bytes_new(bytes, length);
    g_hash_table_insert(outbox->by_number, &flight->number, flight);
    launch(outbox, flight);
}

void node_outbox_acknowledged(NodeOutbox *outbox, const NodeAddress *from, guint64 number)
{
    Flight *flight = g_hash_table_lookup(outbox->by_number, &number);
    if (flight == NULL || !node_address_same_host(&flight->to, from)) {
        return;
    }
    NodePeer *peer = flight->peer;
    outbox->acknowledged++;
    if (peer != NULL && flight->text[flight->next] != '\0') {
        g_hash_table_remove(outbox->by_number, &flight->number);
        flight->number++;
        flight->at = flight->next;
        flight->sent = 0;
        g_hash_table_insert(outbox->by_number, &flight->number, flight);
        if (build_piece(outbox, flight)) {
            g_queue_unlink(&outbox->due, &flight->link);
            launch(outbox, flight);
            return;
        }
    }
    gint64 id = flight->id;
    gint64 shown = flight->shown;
    land(outbox, flight);
    if (shown != 0) {
        transfers_sent(outbox->node->transfers, shown);
    }
    if (peer != NULL) {
        peer->rounds = 0;
        settle(outbox, id, STORE_DELIVERED);
        node_note_name(outbox->node, peer);
        node_outbox_wake(outbox, peer);
    }
}

void node_outbox_forget(NodeOutbox *outbox, NodePeer *peer)
{
    if (peer->flight != NULL) {
        land(outbox, peer->flight);
    }
}

void node_outbox_figures(const NodeOutbox *outbox, GString *text)
{
    g_string_append_printf(text,
                           "feiq-on-the-way %u\n"
                           "feiq-acknowledged %" G_GUINT64_FORMAT "\n"
                           "feiq-sent-again %" G_GUINT64_FORMAT "\n"
                           "feiq-given-up %" G_GUINT64_FORMAT "\n",
                           outbox->due.length, outbox->acknowledged, outbox->resent,
                           outbox->given_up);
}
