/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Between the FeiQ node and the transfers: what FeiQ users offer and do not want, and what the
 * transfers have to know of FeiQ users.
 */
#include "chatd/node/private.h"
#include "chatd/node/text.h"
#include "chatd/transfer/names.h"

void node_note_files(Node *node, const NodeDatagram *datagram, const StoreMessage *stored)
{
    char address[NODE_ADDRESS_TEXT];
    if (node->transfers == NULL) {
        return;
    }
    for (guint i = 0; i < datagram->offered_count; i++) {
        const NodeFile *file = &datagram->offered[i];
        gboolean is_folder = file->type == FEIQ_FILE_TYPE_DIRECTORY;
        g_autoptr(GError) error = NULL;
        if (!is_folder && file->type != FEIQ_FILE_TYPE_REGULAR &&
            file->type != FEIQ_FILE_TYPE_CLIPBOARD) {
            continue;
        }
        StoreTransfer offer = {.from = g_strdup(stored->from),
                               .to = g_strdup(stored->to),
                               .kind = is_folder ? STORE_FOLDER : STORE_FILE,
                               .state = STORE_OFFERED,
                               .name = transfer_undouble(file->name),
                               .size = is_folder ? 0 : file->size,
                               .mtime = (gint64)file->mtime,
                               .number = datagram->number,
                               .file = file->id,
                               .address = g_strdup(node_address_text(&datagram->from, address))};
        if (!transfers_note(node->transfers, &offer, &error)) {
            g_critical("feiq: an offered file is not noted: %s", error->message);
        }
        store_transfer_clear(&offer);
    }
}

void node_handle_release(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    if (node->transfers != NULL && peer != NULL && datagram->has_about) {
        transfers_released(node->transfers, roster_user_name(peer->user), datagram->about);
    }
}

/* --- for the transfers --- */

static NodePeer *find_peer(const Node *node, const char *name)
{
    RosterUser *user = roster_find(node->roster, name);
    NodePeer *peer =
        user != NULL && roster_user_kind(user) == ROSTER_FEIQ ? roster_user_record(user) : NULL;
    return peer != NULL && peer->is_qun == 0 ? peer : NULL;
}

static NodeEncoding encoding_of(const Node *node, const char *name)
{
    const NodePeer *peer = find_peer(node, name);
    return peer != NULL ? (NodeEncoding)peer->encoding : NODE_GBK;
}

static gboolean locate(gpointer side, const char *name, NodeAddress *address)
{
    const NodePeer *peer = find_peer(side, name);
    if (peer == NULL) {
        return FALSE;
    }
    *address = peer->address;
    return TRUE;
}

/* The official program takes an offset, and sends the file from its start all the same: it reads
 * without having moved to it (mainwinfile.cpp, v4.9). Its imitations under the same version are not
 * told apart. */
static gboolean resumes(gpointer side, const char *name)
{
    const NodePeer *peer = find_peer(side, name);
    return peer == NULL || peer->vendor != FEIQ_VENDOR_IPMSG;
}

static ptrdiff_t plain_request(const Node *node, const StoreTransfer *transfer,
                               const TransferRequest *wanted, guint64 number, guint8 *out,
                               gsize capacity)
{
    NodeEncoding encoding = encoding_of(node, transfer->from);
    const FeiqSender *sender = &node_identity(node, encoding)->sender;
    guint32 options = encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0);
    return transfer->kind == STORE_FOLDER
               ? feiq_build_getdirfiles(out, capacity, sender, number, options, transfer->number,
                                        wanted->file)
               : feiq_build_getfiledata(out, capacity, sender, number, options, transfer->number,
                                        wanted->file, wanted->offset);
}

/* A request that only the receiver can read, for bytes that only the node can read. */
static ptrdiff_t sealed_request(Node *node, const NodePeer *peer, const StoreTransfer *transfer,
                                TransferRequest *wanted, guint64 number, guint8 *out,
                                gsize capacity)
{
    enum { PLAIN = 256 };
    guint8 key[CIPHER_AES_KEY];
    guint8 plain[PLAIN];
    guint8 room[PLAIN + NODE_KEYS_ROOM];
    FeiqCipher parts;
    NodeEncoding encoding = (NodeEncoding)peer->encoding;
    guint8 command = transfer->kind == STORE_FOLDER ? FEIQ_CMD_GETDIRFILES : FEIQ_CMD_GETFILEDATA;
    FeiqSealedRequest request = {.command = command,
                                 .offer = transfer->number,
                                 .file = wanted->file,
                                 .offset = wanted->offset,
                                 .key = {key, sizeof key},
                                 .file_number = number};
    if (cipher_make_key(key, sizeof key) != CIPHER_OK) {
        return FS_NO_ROOM;
    }
    ptrdiff_t length = feiq_build_request_text(plain, sizeof plain, &request);
    if (length < 0 || !node_keys_seal(node->keys, peer, number, (FsBytes){plain, (size_t)length},
                                      room, sizeof room, &parts)) {
        return FS_NO_ROOM;
    }
    wanted->seal = file_seal(key, number);
    return feiq_build_sealed_request(
        out, capacity, &node_identity(node, encoding)->sender, number, command,
        encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0), &parts);
}

/* The user says that its program encrypts files, and has not been asked for its key. */
static gboolean has_to_ask(const Node *node, const NodePeer *peer)
{
    return (peer->options & FEIQ_OPT_CAPFILEENC) != 0 &&
           node_keys_state(node->keys, peer) == NODE_KEY_UNKNOWN;
}

static ptrdiff_t request(gpointer side, const StoreTransfer *transfer, TransferRequest *wanted,
                         guint8 *out, gsize capacity)
{
    enum { MOST_QUESTIONS = 2 };
    Node *node = side;
    NodePeer *peer = find_peer(node, transfer->from);
    guint64 number = node_next_number(node);
    wanted->seal = (FileSeal){.is_set = FALSE};
    wanted->writes_gbk = peer != NULL && peer->encoding == NODE_GBK;
    if (peer != NULL && has_to_ask(node, peer)) {
        if (wanted->waited < MOST_QUESTIONS) {
            ptrdiff_t length =
                node_keys_build_question(node->keys, number, (NodeEncoding)peer->encoding);
            node_send(node, &peer->address, node->bytes, length);
            return 0;
        }
        node_keys_set_none(node->keys, peer);
    }
    return peer != NULL && (peer->options & FEIQ_OPT_CAPFILEENC) != 0 &&
                   node_keys_can_seal_files(node->keys, peer)
               ? sealed_request(node, peer, transfer, wanted, number, out, capacity)
               : plain_request(node, transfer, wanted, number, out, capacity);
}

static FsOpener *opener(gpointer side)
{
    const Node *node = side;
    return node_keys_opener(node->keys);
}

static void release(gpointer side, const StoreTransfer *transfer)
{
    Node *node = side;
    NodeAddress to;
    NodeEncoding encoding = encoding_of(node, transfer->from);
    if (!locate(side, transfer->from, &to) && !node_address_read(&to, transfer->address)) {
        return;
    }
    ptrdiff_t length = feiq_build_acknowledgement(
        node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender,
        node_next_number(node), FEIQ_CMD_RELEASEFILES, 0, transfer->number);
    node_send(node, &to, node->bytes, length);
}

static char *encode(gpointer side, const char *user, const char *name)
{
    return node_text_encode(name, encoding_of(side, user));
}

static const NodeAddress *own_address(gpointer side)
{
    const Node *node = side;
    return node_socket_address(node->socket);
}

const TransferNetwork node_network = {.locate = locate,
                                      .resumes = resumes,
                                      .request = request,
                                      .opener = opener,
                                      .release = release,
                                      .encode = encode,
                                      .own_address = own_address};
