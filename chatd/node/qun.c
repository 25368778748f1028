/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/qun.h"
#include "chatd/node/text.h"
#include "protocol/cipher/block.h"

#include <string.h>
#include <sys/epoll.h>

enum { PIECE = 3000 }; /* bytes of text in one datagram; others read 4096 at once */

static const char multicast_group[] = "226.81.9.8"; /* on which interfaces: targets.c */

/* A group is a user of the list, and what the list hands back for it is a NodePeer. */
typedef struct {
    NodePeer peer; /* first */
    guint32 id;
    gboolean wanted; /* the configuration has it */
} Qun;

struct NodeQuns {
    PollerWatch watch; /* first: the poller hands it back */
    Node *node;
    GPtrArray *all;
    NodeSocket *socket; /* for what the node's own does not hear; NULL: it hears all */
};

static void free_qun(gpointer data)
{
    Qun *qun = data;
    g_free(qun->peer.text);
    g_free(qun);
}

NodeQuns *node_quns_new(void)
{
    NodeQuns *quns = g_new0(NodeQuns, 1);
    quns->watch.fd = -1;
    quns->all = g_ptr_array_new_with_free_func(free_qun);
    return quns;
}

static void remove_qun(Node *node, guint index)
{
    const Qun *qun = g_ptr_array_index(node->quns->all, index);
    roster_remove(node->roster, qun->peer.user);
    g_ptr_array_remove_index(node->quns->all, index);
}

void node_quns_free(Node *node)
{
    NodeQuns *quns = node->quns;
    if (quns == NULL) {
        return;
    }
    while (quns->all->len > 0) {
        remove_qun(node, quns->all->len - 1);
    }
    poller_remove(node->poller, &quns->watch);
    node_socket_free(quns->socket);
    g_ptr_array_unref(quns->all);
    g_free(quns);
    node->quns = NULL;
}

/* --- sending --- */

static void send_sealed(Node *node, const Qun *qun, guint8 command, const char *number,
                        const char *text)
{
    guint8 plain[4 * PIECE + 256];
    guint8 sealed[sizeof plain + CIPHER_BLOWFISH_BLOCK];
    size_t length = 0;
    const NodeIdentity *identity = node_identity(node, NODE_GBK);
    g_autofree char *encoded = node_text_encode(text, NODE_GBK);
    ptrdiff_t built =
        feiq_build_qun_text(plain, sizeof plain, qun->id, fs_bytes(number), fs_bytes(encoded));
    if (built < 0 || cipher_seal_group(identity->version.mac, (FsBytes){plain, (size_t)built},
                                       sealed, sizeof sealed, &length) != CIPHER_OK) {
        g_warning("feiq: a message to “%s” cannot be built", roster_user_name(qun->peer.user));
        return;
    }
    ptrdiff_t whole = feiq_build_qun(node->bytes, sizeof node->bytes, &identity->sender,
                                     node_next_number(node), command, (FsBytes){sealed, length});
    for (guint i = 0; i < node->targets->quns->len; i++) {
        node_send(node, &g_array_index(node->targets->quns, NodeAddress, i), node->bytes, whole);
    }
}

static void send_text(Node *node, const Qun *qun, const char *from, const char *text)
{
    g_autofree char *whole = node_text_compose(from, text);
    for (const char *at = whole; *at != '\0';) {
        gsize length = node_text_piece(at, PIECE);
        g_autofree char *piece = g_strndup(at, length);
        g_autofree char *number =
            g_strdup_printf("%" G_GUINT64_FORMAT, node_next_number(node) & G_MAXUINT32);
        send_sealed(node, qun, FEIQ_CMD_GROUPMSG, number, piece);
        at += length;
    }
}

/* The other chat users belong to the group, too, and do not hear what the node itself sends. */
static void tell_the_others(Node *node, const NodePeer *peer, const RosterMessage *message)
{
    if (roster_may_tell_all(node->roster, strlen(message->text), g_get_monotonic_time())) {
        g_autofree char *text = g_strdup_printf("%s: %s", message->from, message->text);
        RosterMessage told = {ROSTER_TEXT, message->id, roster_user_name(peer->user), text};
        node->relaying = TRUE;
        (void)roster_deliver_all(node->roster, roster_find(node->roster, message->from), &told);
        node->relaying = FALSE;
    }
}

void node_qun_deliver(Node *node, const NodePeer *peer, const RosterMessage *message)
{
    g_autoptr(GError) error = NULL;
    if (message->kind != ROSTER_TEXT || node->is_silent) {
        return;
    }
    send_text(node, (const Qun *)peer, message->from, message->text);
    tell_the_others(node, peer, message);
    if (message->id != 0 && !store_set_state(node->store, message->id, STORE_DELIVERED, &error)) {
        g_critical("feiq: %s", error->message);
    }
}

/* --- hearing --- */

static Qun *find_qun(const Node *node, guint32 id)
{
    for (guint i = 0; i < node->quns->all->len; i++) {
        Qun *qun = g_ptr_array_index(node->quns->all, i);
        if (qun->id == id) {
            return qun;
        }
    }
    return NULL;
}

void node_handle_qun(Node *node, const NodeDatagram *datagram, NodePeer *peer)
{
    const Qun *qun = datagram->has_qun ? find_qun(node, datagram->qun) : NULL;
    g_autoptr(GError) error = NULL;
    gboolean duplicate = FALSE;
    if (qun == NULL || datagram->command != FEIQ_CMD_GROUPMSG || *datagram->text == '\0') {
        return;
    }
    if (!node_limits_allow(node->limits, NODE_SHOUTS, &datagram->from,
                           node->config->limits.shouts_per_second, g_get_monotonic_time())) {
        node->dropped++;
        return;
    }
    g_autofree char *named = node_name_images(datagram->text);
    g_autofree char *text = g_strdup_printf(
        "%s: %s", peer != NULL ? roster_user_name(peer->user) : datagram->user, named);
    /* without the address, since one with several interfaces writes from each of them */
    g_autofree char *origin =
        g_strdup_printf("%08x %s@%s %" G_GUINT64_FORMAT " %u %08x", qun->id, datagram->user,
                        datagram->host, datagram->number, datagram->command, g_str_hash(named));
    StoreMessage stored = {.time = g_get_real_time(),
                           .from = roster_user_name(qun->peer.user),
                           .to = "*",
                           .text = text,
                           .origin = origin,
                           .state = STORE_DELIVERED};
    if (!store_add(node->store, &stored, &duplicate, &error)) {
        g_critical("feiq: a message of “%s” is not told: %s", stored.from, error->message);
        return;
    }
    if (duplicate) {
        node->duplicates++;
        return;
    }
    node->messages++;
    RosterMessage message = {ROSTER_TEXT, stored.id, stored.from, text};
    node->relaying = TRUE;
    (void)roster_deliver_all(node->roster, qun->peer.user, &message);
    node->relaying = FALSE;
}

static void ready(PollerWatch *watch, uint32_t events)
{
    (void)events;
    NodeQuns *quns = (NodeQuns *)watch;
    node_socket_receive(quns->socket, node_receive, quns->node);
}

/* A socket that is bound to one address hears no multicast: another one is bound to the group's. */
static void listen_aside(Node *node)
{
    NodeQuns *quns = node->quns;
    g_autoptr(GError) error = NULL;
    const NodeAddress *own = node_socket_address(node->socket);
    if (quns->socket != NULL || node_address_is_any(own)) {
        return;
    }
    quns->socket = node_socket_new(multicast_group, (guint16)own->port, &error);
    quns->watch = (PollerWatch){.ready = ready, .fd = -1};
    quns->node = node;
    if (quns->socket == NULL ||
        !poller_add(node->poller, &quns->watch, node_socket_fd(quns->socket), EPOLLIN, &error)) {
        g_warning("feiq: the chat groups cannot be heard: %s", error->message);
        g_clear_pointer(&quns->socket, node_socket_free);
    }
}

/* --- the configuration --- */

static gboolean send_waiting(const StoreMessage *message, gpointer data)
{
    Qun *qun = data;
    Node *node = qun->peer.flight; /* while this is looked for */
    RosterMessage again = {ROSTER_TEXT, message->id, message->from, message->text};
    node_qun_deliver(node, &qun->peer, &again);
    return TRUE;
}

/* A group that is new: list it, tell the others in it, send what was not sent before a restart. */
static void add(Node *node, guint32 id, const char *name)
{
    enum { MOST_WAITING = 1000 };
    g_autoptr(GError) error = NULL;
    Qun *qun = g_new0(Qun, 1);
    qun->id = id;
    qun->wanted = TRUE;
    qun->peer.is_qun = 1;
    qun->peer.text = g_strdup(name);
    qun->peer.user = roster_add(node->roster, ROSTER_FEIQ, name, &qun->peer, &error);
    if (qun->peer.user == NULL) {
        g_warning("feiq: the chat group “%s” is left out: %s", name, error->message);
        free_qun(qun);
        return;
    }
    g_ptr_array_add(node->quns->all, qun);
    send_sealed(node, qun, FEIQ_CMD_GROUP_ENTRY, "", "");
    qun->peer.flight = node;
    (void)store_waiting(node->store, name, MOST_WAITING, send_waiting, qun, NULL);
    qun->peer.flight = NULL;
}

static void take_configured(Node *node, const char *item)
{
    guint64 id;
    const char *colon = strchr(item, ':');
    g_autofree char *digits = colon == NULL ? NULL : g_strndup(item, (gsize)(colon - item));
    if (digits == NULL || !g_ascii_string_to_unsigned(digits, 16, 1, G_MAXUINT32, &id, NULL)) {
        return; /* config.c lets none through */
    }
    Qun *qun = find_qun(node, (guint32)id);
    if (qun == NULL) {
        add(node, (guint32)id, colon + 1);
        return;
    }
    qun->wanted = TRUE;
    if (strcmp(qun->peer.text, colon + 1) != 0) {
        g_free(qun->peer.text);
        qun->peer.text = g_strdup(colon + 1);
        roster_rename(node->roster, qun->peer.user, colon + 1);
    }
}

static void join(const Node *node)
{
    NodeSocket *socket = node->quns->socket != NULL ? node->quns->socket : node->socket;
    for (guint i = 0; i < node->targets->quns->len; i++) {
        node_socket_join(socket, &g_array_index(node->targets->quns, NodeAddress, i));
    }
}

void node_quns_announce(Node *node)
{
    for (guint i = 0; i < node->quns->all->len; i++) {
        send_sealed(node, g_ptr_array_index(node->quns->all, i), FEIQ_CMD_GROUP_ENTRY, "", "");
    }
}

void node_quns_update(Node *node)
{
    char *const *groups = node->config->feiq.groups;
    for (guint i = 0; i < node->quns->all->len; i++) {
        Qun *qun = g_ptr_array_index(node->quns->all, i);
        qun->wanted = FALSE;
    }
    if (groups != NULL && groups[0] != NULL) {
        listen_aside(node);
        join(node);
    }
    for (gsize i = 0; groups != NULL && groups[i] != NULL; i++) {
        take_configured(node, groups[i]);
    }
    for (guint i = node->quns->all->len; i > 0; i--) {
        const Qun *qun = g_ptr_array_index(node->quns->all, i - 1);
        if (!qun->wanted) {
            remove_qun(node, i - 1);
        }
    }
}
