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

static ptrdiff_t request(gpointer side, const StoreTransfer *transfer, guint32 file, guint64 offset,
                         guint8 *out, gsize capacity)
{
    Node *node = side;
    NodeEncoding encoding = encoding_of(node, transfer->from);
    const FeiqSender *sender = &node_identity(node, encoding)->sender;
    guint32 options = encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0);
    guint64 number = node_next_number(node);
    return transfer->kind == STORE_FOLDER
               ? feiq_build_getdirfiles(out, capacity, sender, number, options, transfer->number,
                                        file)
               : feiq_build_getfiledata(out, capacity, sender, number, options, transfer->number,
                                        file, offset);
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

const TransferNetwork node_network = {locate, request, release, encode, own_address};
