/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the FeiQ node does about each datagram. Source: protocol/feiq.md, 2 and 5.
 */
#include "chatd/node/private.h"
#include "chatd/node/text.h"

#include <string.h>

/* --- who is there --- */

static void enter(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    gint64 now = g_get_monotonic_time();
    gboolean fresh = FALSE;
    if (peer == NULL && !node_limits_allow(node->limits, NODE_SHOUTS, &datagram->from,
                                           node->config->limits.shouts_per_second, now)) {
        node->dropped++;
        return;
    }
    peer = node_peers_enter(node->peers, datagram, (guint)node->config->limits.users, now, &fresh);
    if (datagram->command == FEIQ_CMD_BR_ENTRY) {
        /* also to one for whom there was no room: it is there, and so is this node */
        node_send_entry(node, &datagram->from, node_encoding_of(peer, datagram), FEIQ_CMD_ANSENTRY,
                        datagram->word);
    }
    if (peer != NULL) {
        if (datagram->command == FEIQ_CMD_BR_ENTRY) {
            peer->rounds = 0;
            node_keys_forget(node->keys, peer);
        }
        node_outbox_wake(node->outbox, peer);
    }
}

static void leave(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    (void)datagram;
    if (peer != NULL) {
        node_peers_remove(node->peers, peer);
    }
}

/* --- messages, and what belongs to them --- */

/* A message from somebody who is not in the list brings it there, and an entry in return. */
static void take_message(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    gboolean answerable = !node_datagram_has(datagram, FEIQ_OPT_BROADCAST | FEIQ_OPT_AUTORET);
    if (peer == NULL && !node_datagram_has(datagram, FEIQ_OPT_NOADDLIST)) {
        gint64 now = g_get_monotonic_time();
        gboolean fresh = FALSE;
        if (node_limits_allow(node->limits, NODE_SHOUTS, &datagram->from,
                              node->config->limits.shouts_per_second, now)) {
            peer = node_peers_enter(node->peers, datagram, (guint)node->config->limits.users, now,
                                    &fresh);
        }
        if (fresh && answerable) {
            node_send_entry(node, &datagram->from, node_encoding_of(peer, datagram),
                            FEIQ_CMD_BR_ENTRY, 0);
        }
    }
    node_handle_message(node, datagram, peer);
    if (peer != NULL && peer->rounds > 0) {
        node_outbox_wake(node->outbox, peer);
    }
}

static void take_acknowledgement(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    (void)peer;
    if (datagram->has_about) {
        node_outbox_acknowledged(node->outbox, &datagram->from, datagram->about);
    }
}

/* A sealed message of a chat user was opened: tell them, once. */
static void tell_opened(Node *node, const NodeDatagram *datagram, const NodePeer *peer)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    gint64 id = store_find_sealed(node->store, datagram->about, &from, &to);
    if (id == 0 || strcmp(to, roster_user_name(peer->user)) != 0) {
        return;
    }
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
    RosterMessage message = {ROSTER_OPENED, 0, to, text};
    RosterUser *user = roster_find(node->roster, from);
    g_autoptr(GError) error = NULL;
    if (!store_set_number(node->store, id, 0, &error)) {
        g_critical("feiq: %s", error->message);
    }
    if (user != NULL && roster_user_kind(user) == ROSTER_CHAT) {
        roster_deliver(node->roster, user, &message);
    }
}

static void take_reading(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    NodeEncoding encoding = node_encoding_of(peer, datagram);
    if (datagram->has_about && peer != NULL) {
        /* who has opened it has it, even if the acknowledgement was lost */
        node_outbox_acknowledged(node->outbox, &datagram->from, datagram->about);
        tell_opened(node, datagram, peer);
    }
    if (node_datagram_has(datagram, FEIQ_OPT_READCHECK)) {
        ptrdiff_t length = feiq_build_acknowledgement(
            node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender,
            node_stamp(node), FEIQ_CMD_ANSREADMSG, 0, datagram->number);
        node_send(node, &datagram->from, node->bytes, length);
    }
}

static void take_chunk_acknowledgement(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    if (peer != NULL) {
        node_outbox_chunk_acknowledged(node->outbox, peer, datagram->chunk.id,
                                       datagram->chunk.number);
    }
}

/* --- signals --- */

/* Of signals all chat users are told, since a FeiQ user writes to all, too. */
static void tell_signal(Node *node, const NodeDatagram *datagram, const NodePeer *peer,
                        RosterMessageKind kind)
{
    gint64 now = g_get_monotonic_time();
    if (peer != NULL &&
        node_limits_allow(node->limits, NODE_SHOUTS, &datagram->from,
                          node->config->limits.shouts_per_second, now) &&
        roster_may_tell_all(node->roster, 0, now)) {
        RosterMessage message = {kind, 0, roster_user_name(peer->user), NULL};
        node->relaying = TRUE;
        roster_deliver_all(node->roster, peer->user, &message);
        node->relaying = FALSE;
    }
}

static void take_typing(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    tell_signal(node, datagram, peer, ROSTER_TYPING);
}

static void answer_shake(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    node_send_signal(node, &datagram->from, node_encoding_of(peer, datagram), FEIQ_CMD_KNOCK_ACK);
    tell_signal(node, datagram, peer, ROSTER_SHAKE);
}

static void answer_open(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    node_send_signal(node, &datagram->from, node_encoding_of(peer, datagram), FEIQ_CMD_RESP_YOU);
}

/* --- questions --- */

static void answer_text(Node *node, const NodeDatagram *datagram, const NodePeer *peer,
                        guint8 command, const char *text)
{
    NodeEncoding encoding = node_encoding_of(peer, datagram);
    guint32 options = encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0);
    g_autofree char *encoded = node_text_encode(text, encoding);
    ptrdiff_t length = feiq_build_information(
        node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender, node_stamp(node),
        command, options, fs_bytes(encoded));
    node_send(node, &datagram->from, node->bytes, length);
}

static void answer_info(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    answer_text(node, datagram, peer, FEIQ_CMD_SENDINFO, "Feiscope chatd");
}

static void answer_absence(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    answer_text(node, datagram, peer, FEIQ_CMD_SENDABSENCEINFO,
                node_is_away(node) ? node->config->feiq.absence : "Not absence mode");
}

/* --- keys --- */

static void answer_key(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    node_keys_take_question(node->keys, datagram, peer);
}

static void take_key(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    node_keys_take_answer(node->keys, datagram, peer);
    if (peer != NULL) {
        node_outbox_key_came(node->outbox, peer);
    }
}

/* What is done about a command; one that is not here only shows that its sender is there. */
static const struct {
    guint8 command;
    gboolean each_counts; /* repeated ones, too: they are told apart elsewhere, or do no harm */
    void (*handle)(Node *node, const NodeDatagram *datagram, NodePeer *peer);
} handlers[] = {
    {FEIQ_CMD_SENDMSG, TRUE, take_message},
    {FEIQ_CMD_RECVMSG, TRUE, take_acknowledgement},
    {FEIQ_CMD_BR_ENTRY, FALSE, enter},
    {FEIQ_CMD_ANSENTRY, FALSE, enter},
    {FEIQ_CMD_BR_ABSENCE, FALSE, enter},
    {FEIQ_CMD_BR_EXIT, FALSE, leave},
    {FEIQ_CMD_READMSG, TRUE, take_reading},
    {FEIQ_CMD_ANSREADMSG, TRUE, take_acknowledgement},
    {FEIQ_CMD_RELEASEFILES, FALSE, node_handle_release},
    {FEIQ_CMD_GROUPMSG, FALSE, node_handle_qun},
    {FEIQ_CMD_GROUP_ENTRY, FALSE, node_handle_qun},
    {FEIQ_CMD_SENDIMAGE, TRUE, node_handle_chunk},
    {FEIQ_CMD_SENDIMAGE_ACK, TRUE, take_chunk_acknowledgement},
    {FEIQ_CMD_GETINFO, FALSE, answer_info},
    {FEIQ_CMD_GETABSENCEINFO, FALSE, answer_absence},
    {FEIQ_CMD_GETPUBKEY, FALSE, answer_key},
    {FEIQ_CMD_ANSPUBKEY, FALSE, take_key},
    {FEIQ_CMD_OPEN_YOU, FALSE, answer_open},
    {FEIQ_CMD_INPUTING, FALSE, take_typing},
    {FEIQ_CMD_KNOCK, FALSE, answer_shake},
    {FEIQ_CMD_BR_ISGETLIST, FALSE, node_handle_list},
    {FEIQ_CMD_BR_ISGETLIST2, FALSE, node_handle_list},
    {FEIQ_CMD_GETLIST, FALSE, node_handle_list},
};

void node_receive(const NodeAddress *from, const guint8 *bytes, gsize length, gpointer data)
{
    Node *node = data;
    gint64 now = g_get_monotonic_time();
    if (node_targets_is_own(node->targets, from)) {
        return;
    }
    node->received++;
    if (!node_limits_allow(node->limits, NODE_DATAGRAMS, from,
                           node->config->limits.datagrams_per_second, now)) {
        node->dropped++;
        return;
    }
    const NodeDatagram *datagram = node_reader_read(node->reader, from, bytes, length);
    if (datagram == NULL) {
        node->foreign++;
        return;
    }
    NodePeer *peer = node_peers_find(node->peers, datagram);
    if (peer != NULL) {
        node_peers_hear(node->peers, peer, datagram, now);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(handlers); i++) {
        if (handlers[i].command == datagram->command) {
            if (!handlers[i].each_counts &&
                node_limits_is_repeated(node->limits, from, datagram->number, datagram->word,
                                        now)) {
                node->repeated++;
            } else {
                handlers[i].handle(node, datagram, peer);
            }
            return;
        }
    }
}
