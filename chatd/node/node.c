/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of the FeiQ node: log in, announce itself again, drop who is silent, log out.
 */
#include "chatd/node/image_in.h"
#include "chatd/node/qun.h"
#include "chatd/node/text.h"
#include "chatd/system/service_manager.h"

#include <gio/gio.h>
#include <sys/epoll.h>

enum {
    MOST_ASKED = 3,
    BATCHES_A_TURN = 8,   /* they share one commit; then others have their turn */
    LONGEST_GRACE = 30,   /* seconds from the first question to the end */
    PIECES_OF_A_TEXT = 64 /* at most: the store knows the number of the first only */
};

/* --- sending --- */

guint64 node_stamp(const Node *node)
{
    return MAX((guint64)(g_get_real_time() / G_USEC_PER_SEC), node->last_number);
}

guint64 node_next_number(Node *node)
{
    guint64 now = (guint64)(g_get_real_time() / G_USEC_PER_SEC);
    node->last_number = MAX(now, node->last_number + 1);
    return node->last_number;
}

const NodeIdentity *node_identity(const Node *node, NodeEncoding encoding)
{
    return &node->identity[encoding == NODE_GBK ? 0 : 1];
}

NodeEncoding node_encoding_of(const NodePeer *peer, const NodeDatagram *datagram)
{
    if (peer != NULL) {
        return (NodeEncoding)peer->encoding;
    }
    return datagram->speaks_gbk ? NODE_GBK : NODE_UTF8;
}

static void flush(gpointer data)
{
    Node *node = data;
    node->flushing = FALSE;
    if (poller_turn_failed(node->poller)) {
        node_socket_discard(node->socket);
    } else {
        node_socket_flush(node->socket);
    }
}

void node_send(Node *node, const NodeAddress *to, const guint8 *bytes, ptrdiff_t length)
{
    if (node->is_silent) {
        return;
    }
    if (length < 0) {
        g_warning("feiq: a datagram cannot be built (%s)",
                  length == FS_NO_ROOM ? "too long" : "its text cannot be said");
        return;
    }
    node_socket_queue(node->socket, to, bytes, (gsize)length);
    if (!node->flushing) {
        node->flushing = TRUE;
        poller_defer(node->poller, POLLER_SEND, flush, node);
    }
}

void node_broadcast(Node *node, const guint8 *bytes, ptrdiff_t length)
{
    const GArray *announce = node->targets->announce;
    for (guint i = 0; i < announce->len; i++) {
        node_send(node, &g_array_index(announce, NodeAddress, i), bytes, length);
    }
}

void node_send_signal(Node *node, const NodeAddress *to, NodeEncoding encoding, guint8 command)
{
    ptrdiff_t length =
        feiq_build_signal(node->bytes, sizeof node->bytes, &node_identity(node, encoding)->sender,
                          node_next_number(node), command, 0);
    node_send(node, to, node->bytes, length);
}

gboolean node_is_away(const Node *node)
{
    return *node->config->feiq.absence != '\0';
}

static ptrdiff_t build_entry(Node *node, NodeEncoding encoding, guint8 command, guint32 options)
{
    options |= node_is_away(node) ? FEIQ_OPT_ABSENCE : UINT32_C(0);
    const NodeIdentity *identity = node_identity(node, encoding);
    FeiqEntry entry = {.nick = fs_bytes(identity->nick), .group = fs_bytes(identity->group)};
    return feiq_build_entry(node->bytes, sizeof node->bytes, &identity->sender,
                            node_next_number(node), command, FEIQ_ENTRY_OPTIONS | options, &entry);
}

/* FeiQ knows nothing of encrypted files, and its entries say so; who knows them is told. */
static guint32 file_option(const Node *node, guint32 theirs)
{
    return node->config->feiq.encrypt && node->transfers != NULL &&
                   (node->config->feiq.encrypt_files || (theirs & FEIQ_OPT_CAPFILEENC) != 0)
               ? FEIQ_OPT_CAPFILEENC
               : UINT32_C(0);
}

void node_send_entry(Node *node, const NodeAddress *to, NodeEncoding encoding, guint8 command,
                     guint32 theirs)
{
    ptrdiff_t length = build_entry(node, encoding, command, file_option(node, theirs));
    node_send(node, to, node->bytes, length);
}

/* To all, in GBK as FeiQ does. */
static void announce(Node *node, guint8 command)
{
    ptrdiff_t length = build_entry(node, NODE_GBK, command, file_option(node, 0));
    node_broadcast(node, node->bytes, length);
    node->announced = g_get_monotonic_time();
}

/* --- identity --- */

static void clear_identity(NodeIdentity *identity)
{
    g_free(identity->user);
    g_free(identity->host);
    g_free(identity->nick);
    g_free(identity->group);
}

static char *encode_line(const char *text, NodeEncoding encoding)
{
    g_autofree char *line = g_utf8_make_valid(text, -1);
    return node_text_encode(g_strdelimit(line, "\r\n\a\b", ' '), encoding);
}

static void set_identity(Node *node)
{
    for (gsize i = 0; i < G_N_ELEMENTS(node->identity); i++) {
        NodeIdentity *identity = &node->identity[i];
        NodeEncoding encoding = i == 0 ? NODE_GBK : NODE_UTF8;
        clear_identity(identity);
        identity->user = node_text_encode_name(node->config->feiq.user, encoding);
        identity->host = node_text_encode_name(node->config->feiq.host, encoding);
        identity->nick = encode_line(node->config->feiq.nick, encoding);
        identity->group = encode_line(node->config->feiq.group, encoding);
        identity->version = (FeiqVersion){.tag = fs_bytes("lbt6"),
                                          .level = 128,
                                          .mac = fs_bytes(node->targets->mac),
                                          .unknown_v = fs_bytes("4001"),
                                          .unknown_n = fs_bytes("9")};
        identity->sender = (FeiqSender){.feiq = &identity->version,
                                        .user = fs_bytes(identity->user),
                                        .host = fs_bytes(identity->host)};
    }
}

/* Interfaces and configuration may have changed. Returns whether the interfaces have. */
static gboolean look_around(Node *node)
{
    NodeTargets *before = node->targets;
    node->targets =
        node_targets_new(node_socket_address(node->socket), node_socket_family(node->socket),
                         node->config->feiq.broadcast);
    for (guint i = 0; i < node->targets->groups->len; i++) {
        node_socket_join(node->socket, &g_array_index(node->targets->groups, NodeAddress, i));
    }
    set_identity(node);
    gboolean changed = before == NULL || !node_targets_equal(before, node->targets);
    node_targets_free(before);
    return changed;
}

/* --- time --- */

static void drop_silent(Node *node, gint64 now)
{
    gint64 expire = node->config->feiq.expire;
    gint64 grace = MIN(expire / 2, LONGEST_GRACE);
    NodePeer *next = NULL;
    for (NodePeer *peer = node_peers_oldest(node->peers); peer != NULL; peer = next) {
        next = node_peers_next(peer);
        gint64 silent = now / G_USEC_PER_SEC - peer->heard;
        if (silent < expire) {
            break;
        }
        if (silent > expire + grace) {
            node_peers_remove(node->peers, peer);
        } else if (peer->asked < MOST_ASKED) {
            peer->asked++;
            node_send_entry(node, &peer->address, (NodeEncoding)peer->encoding, FEIQ_CMD_BR_ENTRY,
                            peer->options);
        }
    }
}

static gboolean sweep(gpointer data)
{
    Node *node = data;
    gint64 now = g_get_monotonic_time();
    gint64 refresh = node->config->feiq.refresh * G_USEC_PER_SEC;
    if (refresh > 0 && now - node->announced >= refresh) {
        (void)look_around(node);
        announce(node, FEIQ_CMD_BR_ENTRY);
        node_quns_update(node);
        node_quns_announce(node);
    }
    drop_silent(node, now);
    node_typing_tick(node, now);
    node_images_tick(node);
    return G_SOURCE_CONTINUE;
}

/* --- life --- */

static void ready(PollerWatch *watch, uint32_t events)
{
    (void)events;
    Node *node = (Node *)watch;
    for (int i = 0; i < BATCHES_A_TURN && node_socket_receive(node->socket, node_receive, node);
         i++) {
    }
}

static void forget_peer(NodePeer *peer, gpointer data)
{
    Node *node = data;
    node_outbox_forget(node->outbox, peer);
    g_hash_table_remove(node->typing, peer);
    node_keys_forget(node->keys, peer);
}

void node_note_name(Node *node, NodePeer *peer)
{
    g_autoptr(GError) error = NULL;
    if (!peer->is_noted) {
        peer->is_noted = TRUE;
        if (!store_note_user(node->store, roster_user_name(peer->user), &error)) {
            g_critical("feiq: %s", error->message);
        }
    }
}

static void log_in(Node *node)
{
    ptrdiff_t length =
        feiq_build_signal(node->bytes, sizeof node->bytes, &node_identity(node, NODE_GBK)->sender,
                          node_next_number(node), FEIQ_CMD_NOOPERATION, 0);
    node_broadcast(node, node->bytes, length);
    announce(node, FEIQ_CMD_BR_ENTRY);
}

/* An IPv6 address of a new interface cannot be used before nobody else is found to have it. */
enum { ONCE_MORE_MS = 2500 };

static gboolean log_in_again(gpointer data)
{
    Node *node = data;
    node->again = 0;
    log_in(node);
    node_quns_announce(node);
    return G_SOURCE_REMOVE;
}

static void interfaces_changed(gpointer data)
{
    Node *node = data;
    if (look_around(node)) {
        g_clear_handle_id(&node->again, g_source_remove);
        node_quns_update(node);
        (void)log_in_again(node);
        node->again = g_timeout_add(ONCE_MORE_MS, log_in_again, node);
    }
}

static gboolean start(Node *node, GError **error)
{
    const Config *config = node->config;
    int given = service_manager_take_socket("feiq");
    node->socket = given >= 0
                       ? node_socket_new_given(given, error)
                       : node_socket_new(config->feiq.address, (guint16)config->feiq.port, error);
    if (node->socket == NULL ||
        !poller_add(node->poller, &node->watch, node_socket_fd(node->socket), EPOLLIN, error)) {
        return FALSE;
    }
    node->interfaces = node_interfaces_new(node->poller, interfaces_changed, node);
    (void)look_around(node);
    if (node->transfers != NULL) {
        node->server = file_server_new(node->transfers, node->poller,
                                       node_socket_address(node->socket), error);
        if (node->server == NULL) {
            return FALSE;
        }
    }
    log_in(node);
    node_quns_update(node);
    node->sweeping = g_timeout_add_seconds(1, sweep, node);
    return TRUE;
}

Node *node_new(const Config *config, Roster *roster, Store *store, Transfers *transfers,
               Poller *poller, GError **error)
{
    Node *node = g_new0(Node, 1);
    node->watch = (PollerWatch){.ready = ready, .fd = -1};
    node->config = config;
    node->roster = roster;
    node->store = store;
    node->transfers = transfers;
    node->poller = poller;
    node->last_number = store_last_number(store) + PIECES_OF_A_TEXT;
    node->keys = node_keys_new(node);
    if (node->keys == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            "feiq: the cipher library does not work");
        node_free(node);
        return NULL;
    }
    node->reader = node_reader_new(node_keys_opener(node->keys));
    node->limits = node_limits_new();
    node->typing = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    node->outbox = node_outbox_new(node);
    node->images = node_images_new();
    node->quns = node_quns_new();
    node->peers = node_peers_new(roster, forget_peer, node);
    roster_set_side(roster, ROSTER_FEIQ, &node_side, node);
    if (!start(node, error)) {
        node_free(node);
        return NULL;
    }
    if (transfers != NULL) {
        transfers_set_network(transfers, &node_network, node);
    }
    return node;
}

void node_reconfigure(Node *node)
{
    (void)look_around(node);
    announce(node, FEIQ_CMD_BR_ABSENCE);
    node_quns_update(node);
}

void node_say_goodbye(Node *node)
{
    if (!node->is_silent) {
        announce(node, FEIQ_CMD_BR_EXIT);
        node_socket_flush(node->socket);
        node->is_silent = TRUE;
    }
}

void node_free(Node *node)
{
    if (node == NULL) {
        return;
    }
    node->is_silent = TRUE;
    g_clear_handle_id(&node->sweeping, g_source_remove);
    g_clear_handle_id(&node->again, g_source_remove);
    node_interfaces_free(node->interfaces);
    if (node->transfers != NULL) {
        transfers_set_network(node->transfers, NULL, NULL);
    }
    file_server_free(node->server);
    roster_set_side(node->roster, ROSTER_FEIQ, NULL, NULL);
    node_quns_free(node);
    node_peers_free(node->peers);
    node_outbox_free(node->outbox);
    node_images_free(node->images);
    g_clear_pointer(&node->typing, g_hash_table_unref);
    node_limits_free(node->limits);
    node_reader_free(node->reader);
    node_keys_free(node->keys);
    node_targets_free(node->targets);
    poller_remove(node->poller, &node->watch);
    node_socket_free(node->socket);
    for (gsize i = 0; i < G_N_ELEMENTS(node->identity); i++) {
        clear_identity(&node->identity[i]);
    }
    g_free(node);
}

guint16 node_port(const Node *node)
{
    return (guint16)node_socket_address(node->socket)->port;
}

void node_figures(const Node *node, GString *text)
{
    const struct {
        const char *name;
        guint64 value;
    } figures[] = {{"feiq-users", node_peers_count(node->peers)},
                   {"feiq-users-refused", node_peers_refused(node->peers)},
                   {"feiq-datagrams", node->received},
                   {"feiq-datagrams-foreign", node->foreign},
                   {"feiq-datagrams-dropped", node->dropped},
                   {"feiq-datagrams-repeated", node->repeated},
                   {"feiq-datagrams-sent", node_socket_sent(node->socket)},
                   {"feiq-datagrams-unsent", node_socket_unsent(node->socket)},
                   {"feiq-messages", node->messages},
                   {"feiq-messages-repeated", node->duplicates},
                   {"feiq-messages-unreadable", node->unreadable},
                   {"feiq-messages-forged", node->forged}};
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        g_string_append_printf(text, "%s %" G_GUINT64_FORMAT "\n", figures[i].name,
                               figures[i].value);
    }
    node_outbox_figures(node->outbox, text);
    node_keys_figures(node->keys, text);
    if (node->server != NULL) {
        file_server_figures(node->server, text);
        node_images_figures(node->images, text);
    }
}
