/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages between FeiQ users and chat users. FeiQ users see one node, so whom they mean stands in
 * their text: "@name text" is for that chat user, anything else is for all.
 */
#include "chatd/node/qun.h"
#include "chatd/node/text.h"
#include "protocol/feiq/names.h"

#include <string.h>

/* --- from FeiQ users --- */

/* One that the store knows, or whom it may know. */
typedef struct {
    char *name;
    const char *text;
    gboolean is_away;
} Receiver;

static const char *skip_space(const char *at)
{
    while (*at != '\0' && g_unichar_isspace(g_utf8_get_char(at))) {
        at = g_utf8_next_char(at);
    }
    return at;
}

/* Whom a text is for. Names may hold spaces: the longest that somebody has counts. */
static Receiver find_receiver(const Node *node, const char *text)
{
    Receiver receiver = {NULL, text, FALSE};
    if (*text != '@') {
        return receiver;
    }
    for (const char *at = text + 1; at - text - 1 <= ROSTER_NAME_LIMIT; at = g_utf8_next_char(at)) {
        if (*at == '\0' || g_unichar_isspace(g_utf8_get_char(at))) {
            g_autofree char *name = g_strndup(text + 1, (gsize)(at - text - 1));
            const RosterUser *user = roster_find(node->roster, name);
            gboolean online = user != NULL && roster_user_kind(user) == ROSTER_CHAT;
            if (online ||
                (receiver.name == NULL && user == NULL && store_knows_user(node->store, name))) {
                g_free(receiver.name);
                receiver = (Receiver){g_steal_pointer(&name), skip_space(at), !online};
            }
        }
        if (*at == '\0') {
            break;
        }
    }
    return receiver;
}

static char *make_origin(const NodeDatagram *datagram)
{
    char address[NODE_ADDRESS_TEXT];
    /* with the text, since iptux counts from 1 again when it is started again */
    return g_strdup_printf("%s %" G_GUINT64_FORMAT " %u %08x",
                           node_address_text(&datagram->from, address), datagram->number,
                           datagram->command, g_str_hash(datagram->text));
}

static char *make_text(const NodeDatagram *datagram)
{
    char *text = node_name_images(datagram->text);
    if (*datagram->files == '\0') {
        return text;
    }
    g_autofree char *plain = text;
    g_autofree char *offered = g_strdup_printf("[%s]", datagram->files);
    /* another chatd says it in its text already */
    return strstr(plain, offered) != NULL
               ? g_steal_pointer(&plain)
               : g_strdup_printf("%s%s%s", plain, *plain == '\0' ? "" : "\n", offered);
}

/* Hand a message over that was stored; returns how many have it. */
static guint hand_over(Node *node, const NodePeer *peer, const StoreMessage *stored)
{
    RosterMessage message = {ROSTER_TEXT, stored->id, stored->from, stored->text};
    if (stored->state == STORE_WAITING) {
        return 0;
    }
    if (strcmp(stored->to, "*") == 0) {
        node->relaying = TRUE;
        guint told = roster_deliver_all(node->roster, peer == NULL ? NULL : peer->user, &message);
        node->relaying = FALSE;
        return told;
    }
    roster_deliver(node->roster, roster_find(node->roster, stored->to), &message);
    return 1;
}

/* Is there room for one more that waits, or for one more shout? */
static gboolean is_welcome(const Node *node, const NodeDatagram *datagram, const Receiver *receiver)
{
    guint limit = (guint)node->config->limits.waiting;
    if (receiver->name == NULL) {
        gint64 now = g_get_monotonic_time();
        return node_limits_allow(node->limits, NODE_SHOUTS, &datagram->from,
                                 node->config->limits.shouts_per_second, now) &&
               roster_may_tell_all(node->roster, strlen(datagram->text), now);
    }
    return !receiver->is_away || store_count_waiting(node->store, receiver->name, limit) < limit;
}

/* Who writes while the node is away is told so, by a message that nobody may answer. */
static void say_absence(Node *node, const NodeDatagram *datagram, const NodePeer *peer)
{
    gboolean answerable = !node_datagram_has(datagram, FEIQ_OPT_BROADCAST | FEIQ_OPT_AUTORET);
    NodeEncoding encoding = node_encoding_of(peer, datagram);
    if (!node_is_away(node) || !answerable) {
        return;
    }
    g_autofree char *encoded = node_text_encode(node->config->feiq.absence, encoding);
    FeiqMessage message = {.text = fs_bytes(encoded)};
    ptrdiff_t length = feiq_build_message(
        node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender,
        node_next_number(node),
        FEIQ_OPT_AUTORET | (encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0)), &message);
    node_send(node, &datagram->from, node->bytes, length);
}

/* Store and hand over. FALSE: it was not stored, so it must not be acknowledged. */
static gboolean take_in(Node *node, const NodeDatagram *datagram, NodePeer *peer, guint *told)
{
    g_autoptr(GError) error = NULL;
    char address[NODE_ADDRESS_TEXT];
    g_autofree char *text = make_text(datagram);
    g_autofree char *origin = make_origin(datagram);
    g_autofree char *stranger =
        g_strdup_printf("%s@%s", datagram->user, node_address_text(&datagram->from, address));
    Receiver receiver = find_receiver(node, text);
    g_autofree char *to = receiver.name;
    StoreMessage stored = {.time = g_get_real_time(),
                           .from = peer != NULL ? roster_user_name(peer->user)
                                                : g_strdelimit(stranger, "#", '_'),
                           .to = to != NULL ? to : "*",
                           .text = receiver.text,
                           .origin = origin,
                           .state = receiver.is_away ? STORE_WAITING : STORE_DELIVERED};
    gboolean duplicate = FALSE;
    if (!is_welcome(node, datagram, &receiver)) {
        node->dropped++;
        return FALSE;
    }
    if (!store_add(node->store, &stored, &duplicate, &error)) {
        g_critical("feiq: a message is not acknowledged: %s", error->message);
        return FALSE;
    }
    if (duplicate) {
        node->duplicates++;
        return TRUE;
    }
    node->messages++;
    *told = hand_over(node, peer, &stored);
    node_note_files(node, datagram, &stored);
    node_assign_images(node, datagram, &stored, datagram->text);
    if (peer != NULL) {
        node_note_name(node, peer);
    }
    say_absence(node, datagram, peer);
    return TRUE;
}

/* Tell the sender of a sealed message that it was opened. */
static void confirm_reading(Node *node, const NodeDatagram *datagram, NodeEncoding encoding)
{
    gboolean checked = node_datagram_has(datagram, FEIQ_OPT_READCHECK);
    guint64 number = node_next_number(node);
    ptrdiff_t length = feiq_build_acknowledgement(
        node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender, number,
        FEIQ_CMD_READMSG, checked ? FEIQ_OPT_READCHECK : UINT32_C(0), datagram->number);
    if (checked && length > 0) {
        node_outbox_notify(node->outbox, &datagram->from, number, node->bytes, (gsize)length);
    } else {
        node_send(node, &datagram->from, node->bytes, length);
    }
}

void node_handle_message(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    gboolean answerable = !node_datagram_has(datagram, FEIQ_OPT_BROADCAST | FEIQ_OPT_AUTORET);
    NodeEncoding encoding = node_encoding_of(peer, datagram);
    guint told = 0;
    if (datagram->is_cipher) {
        node->unreadable++;
        g_message("feiq: %s@%s sent a message that is encrypted for another key", datagram->user,
                  datagram->host);
        return;
    }
    if (datagram->is_forged) {
        node->forged++;
        g_warning("feiq: a message of %s@%s is dropped: another signed it", datagram->user,
                  datagram->host);
        return;
    }
    gboolean is_empty = *datagram->text == '\0' && *datagram->files == '\0';
    if ((!is_empty && !take_in(node, datagram, peer, &told)) || !answerable) {
        return;
    }
    if (node_datagram_has(datagram, FEIQ_OPT_SENDCHECK)) {
        ptrdiff_t length = feiq_build_acknowledgement(
            node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender,
            node_stamp(node), FEIQ_CMD_RECVMSG, 0, datagram->number);
        node_send(node, &datagram->from, node->bytes, length);
    }
    if (told > 0 && node_datagram_has(datagram, FEIQ_OPT_SECRET)) {
        confirm_reading(node, datagram, encoding);
    }
}

/* --- to FeiQ users --- */

/* FeiQ shows that somebody types until it is told that they do not, or have written. */
static void stop_typing(Node *node, const NodePeer *peer)
{
    node_send_signal(node, &peer->address, (NodeEncoding)peer->encoding, FEIQ_CMD_INPUT_END);
}

static void note_typing(Node *node, NodePeer *peer)
{
    enum { SECONDS = 6 }; /* chatctl says it again after three */
    gint64 until = g_get_monotonic_time() + SECONDS * G_USEC_PER_SEC;
    node_send_signal(node, &peer->address, (NodeEncoding)peer->encoding, FEIQ_CMD_INPUTING);
    g_hash_table_replace(node->typing, peer, g_memdup2(&until, sizeof until));
}

void node_typing_tick(Node *node, gint64 now)
{
    GHashTableIter iterator;
    gpointer peer;
    gpointer until;
    g_hash_table_iter_init(&iterator, node->typing);
    while (g_hash_table_iter_next(&iterator, &peer, &until)) {
        if (*(const gint64 *)until <= now) {
            stop_typing(node, peer);
            g_hash_table_iter_remove(&iterator);
        }
    }
}

static void deliver(gpointer side, RosterUser *to, const RosterMessage *message)
{
    Node *node = side;
    NodePeer *peer = roster_user_record(to);
    NodeEncoding encoding = (NodeEncoding)peer->encoding;
    if (peer->is_qun != 0) {
        node_qun_deliver(node, peer, message);
        return;
    }
    switch (message->kind) {
    case ROSTER_TEXT:
        peer->rounds = 0;
        if (g_hash_table_remove(node->typing, peer)) {
            stop_typing(node, peer);
        }
        node_outbox_wake(node->outbox, peer);
        break;
    case ROSTER_TYPING:
        note_typing(node, peer);
        break;
    case ROSTER_SHAKE:
        node_send_signal(node, &peer->address, encoding, FEIQ_CMD_KNOCK);
        break;
    case ROSTER_OPENED: /* no FeiQ user is asked to say so by another */
    case ROSTER_FILE:   /* the message offers it */
    case ROSTER_ENDED:  /* it asked for the file itself */
        break;
    }
}

static ptrdiff_t build_to_all(const Node *node, guint8 *bytes, guint64 number,
                              NodeEncoding encoding, const RosterMessage *message)
{
    g_autofree char *text = node_text_compose(message->from, message->text);
    g_autofree char *encoded = node_text_encode(text, encoding);
    FeiqMessage built = {.text = fs_bytes(encoded)};
    return feiq_build_message(
        bytes, NODE_DATAGRAM_SIZE, &node_identity(node, encoding)->sender, number,
        FEIQ_OPT_BROADCAST | (encoding == NODE_UTF8_FLAGGED ? FEIQ_OPT_UTF8 : UINT32_C(0)), &built);
}

/* A message to all goes to each FeiQ user once, and nobody acknowledges it: that is what
 * BROADCASTOPT means. */
static guint deliver_all(gpointer side, const RosterUser *sender, const RosterMessage *message)
{
    Node *node = side;
    guint told = 0;
    if (node->relaying || message->kind != ROSTER_TEXT || node->is_silent) {
        return 0;
    }
    ptrdiff_t lengths[NODE_UTF8_FLAGGED + 1] = {0};
    guint8 *built = g_malloc(3 * (gsize)NODE_DATAGRAM_SIZE);
    guint64 number = node_next_number(node);
    for (NodePeer *peer = node_peers_oldest(node->peers); peer != NULL;
         peer = node_peers_next(peer)) {
        NodeEncoding encoding = (NodeEncoding)peer->encoding;
        guint8 *bytes = built + (gsize)encoding * NODE_DATAGRAM_SIZE;
        if (peer->user == sender) {
            continue;
        }
        if (lengths[encoding] == 0) {
            lengths[encoding] = build_to_all(node, bytes, number, encoding, message);
        }
        node_send(node, &peer->address, bytes, lengths[encoding]);
        told++;
    }
    g_free(built);
    return told;
}

/* FeiQ users see chatd's node only, not who comes and goes behind it. */
static void ignore(gpointer side, const RosterUser *user)
{
    (void)side;
    (void)user;
}

/* A part of a line, without what would end it. */
static void append_part(GString *line, const char *text)
{
    g_string_append_c(line, '\t');
    for (const char *at = text; *at != '\0'; at++) {
        g_string_append_c(line, g_ascii_iscntrl(*at) ? ' ' : *at);
    }
}

static void describe(gpointer side, const RosterUser *user, GString *line)
{
    char address[NODE_ADDRESS_TEXT];
    const NodePeer *peer = roster_user_record(user);
    (void)side;
    if (peer->is_qun != 0) {
        g_string_append(line, "\there\t\t\t\t\tgroup\t");
        return;
    }
    append_part(line, peer->is_away != 0 ? "away" : "here");
    append_part(line, peer->text);
    append_part(line, node_peer_host(peer));
    append_part(line, node_address_text(&peer->address, address));
    append_part(line, node_peer_group(peer));
    append_part(line, fs_name(feiq_vendor_names, peer->vendor));
    g_string_append_printf(line, "\t%" G_GINT64_FORMAT,
                           g_get_monotonic_time() / G_USEC_PER_SEC - peer->heard);
}

const RosterSide node_side = {ignore, ignore, deliver, deliver_all, describe};
