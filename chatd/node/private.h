/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the FeiQ node share: the node itself, packet numbers, and sending.
 */
#ifndef FEISCOPE_CHATD_NODE_PRIVATE_H
#define FEISCOPE_CHATD_NODE_PRIVATE_H

#include "chatd/node/interfaces.h"
#include "chatd/node/keys.h"
#include "chatd/node/limits.h"
#include "chatd/node/node.h"
#include "chatd/node/outbox.h"
#include "chatd/node/peers.h"
#include "chatd/node/socket.h"
#include "chatd/node/targets.h"
#include "chatd/transfer/server.h"
#include "chatd/transfer/transfers.h"
#include "protocol/feiq/build.h"

/** What the node calls itself, in the bytes of one encoding. */
typedef struct {
    FeiqVersion version;
    FeiqSender sender;
    char *user;
    char *host;
    char *nick;
    char *group;
} NodeIdentity;

typedef struct NodeImages NodeImages;
typedef struct NodeQuns NodeQuns;

struct Node {
    PollerWatch watch; /* first: the poller hands it back */
    const Config *config;
    Roster *roster;
    Store *store;
    Poller *poller;
    NodeSocket *socket;
    NodeTargets *targets;
    NodeInterfaces *interfaces; /* NULL: the kernel does not say when they change */
    NodeKeys *keys;
    NodeReader *reader;
    NodePeers *peers;
    NodeLimits *limits;
    NodeOutbox *outbox;
    Transfers *transfers; /* NULL: none are taken */
    FileServer *server;
    NodeImages *images;       /* on their way here */
    NodeQuns *quns;           /* chat groups */
    NodeIdentity identity[2]; /* in GBK, in UTF-8 */
    GHashTable *typing;       /* NodePeer to gint64: when it is told that nobody types any more */
    guint64 last_number;
    gint64 announced; /* monotonic µs */
    guint again;      /* the log-in once more, after interfaces changed */
    guint sweeping;
    gboolean flushing;
    gboolean relaying;  /* what goes to all comes from a FeiQ user, who wrote to chat users only */
    gboolean is_silent; /* it said goodbye */
    guint8 bytes[NODE_DATAGRAM_SIZE]; /* where datagrams are built */
    guint64 received;
    guint64 foreign;  /* datagrams that are not of the family */
    guint64 dropped;  /* datagrams beyond an address's allowance */
    guint64 repeated; /* datagrams that were seen already */
    guint64 messages;
    guint64 duplicates; /* messages that were stored already */
    guint64 unreadable; /* messages that are encrypted for another key */
    guint64 forged;     /* messages whose signature is not their sender's */
};

/** A packet number of its own: the Unix time, or one more than the last. */
guint64 node_next_number(Node *node);

/** A packet number for what nobody answers by its number; it need not differ from others. */
guint64 node_stamp(const Node *node);

/** Somebody talked with this user: messages to its name may wait when it is away. */
void node_note_name(Node *node, NodePeer *peer);

/** Is the node away, by its configuration? */
gboolean node_is_away(const Node *node);

/** Once a second: tell FeiQ users that nobody types to them any more (message.c). */
void node_typing_tick(Node *node, gint64 now);

/** Who the node is, as a user of an encoding reads it. */
const NodeIdentity *node_identity(const Node *node, NodeEncoding encoding);

/** The encoding to speak to the sender of a datagram. @param peer NULL: it is not listed */
NodeEncoding node_encoding_of(const NodePeer *peer, const NodeDatagram *datagram);

/**
 * Send what was built, when what happened in this turn is stored.
 *
 * @param length what the builder returned; negative: nothing is sent, and that is logged
 */
void node_send(Node *node, const NodeAddress *to, const guint8 *bytes, ptrdiff_t length);

/** Send to all addresses to announce to. */
void node_broadcast(Node *node, const guint8 *bytes, ptrdiff_t length);

/** Send a signal (command alone) to one, or an entry. */
void node_send_signal(Node *node, const NodeAddress *to, NodeEncoding encoding, guint8 command);

/** @param theirs options of the receiver's entry: what its program can do, it is told of this node
 */
void node_send_entry(Node *node, const NodeAddress *to, NodeEncoding encoding, guint8 command,
                     guint32 theirs);

/** Handle a message (message.c), or a request about the list of hosts (list.c). */
void node_handle_message(Node *node, const NodeDatagram *datagram, NodePeer *peer);
void node_handle_list(Node *node, const NodeDatagram *datagram, NodePeer *peer);

/** Note the files that a message offers, which was stored (files.c). */
void node_note_files(Node *node, const NodeDatagram *datagram, const StoreMessage *stored);

/** A user does not want the files of a message (files.c). */
void node_handle_release(Node *node, const NodeDatagram *datagram, NodePeer *peer);

/** A datagram of a chat group came (qun.c). */
void node_handle_qun(Node *node, const NodeDatagram *datagram, NodePeer *peer);

/** A chunk of an image came (image_in.c). */
void node_handle_chunk(Node *node, const NodeDatagram *datagram, NodePeer *peer);

/**
 * A message that was stored refers to images: now it is known who they are for (image_in.c).
 *
 * @param references text as it came, before node_name_images
 */
void node_assign_images(Node *node, const NodeDatagram *datagram, const StoreMessage *stored,
                        const char *references);

/** A text with "[image]" where FeiQ shows an image; free with g_free (image_in.c). */
char *node_name_images(const char *text);

/** What the node does for transfers (files.c). */
extern const TransferNetwork node_network;

/** Handle any datagram (receive.c). */
void node_receive(const NodeAddress *from, const guint8 *bytes, gsize length, gpointer data);

/** What the roster hands to users of the node's side (message.c). */
extern const RosterSide node_side;

#endif
