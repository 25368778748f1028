/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The FeiQ users that are online, by (user, host, address): what their entries said, and when they
 * were last heard. There may be tens of thousands, so each is one small allocation.
 */
#ifndef FEISCOPE_CHATD_NODE_PEERS_H
#define FEISCOPE_CHATD_NODE_PEERS_H

#include "chatd/node/datagram.h"
#include "chatd/store/roster.h"

typedef struct NodePeers NodePeers;

/** In which encoding a user reads. */
typedef enum {
    NODE_GBK,          /**< GBK, without a flag */
    NODE_UTF8,         /**< UTF-8, without a flag */
    NODE_UTF8_FLAGGED, /**< UTF-8 with UTF8OPT */
} NodeEncoding;

/** A user. Strings are UTF-8 and owned by the user. Every byte counts here. */
typedef struct NodePeer NodePeer;
struct NodePeer {
    NodePeer *earlier; /* in the order in which they were heard */
    NodePeer *later;
    RosterUser *user; /**< in the online list */
    gpointer flight;  /**< the message that is on its way to the user; the outbox's */
    char *text;       /**< user name, then the others */
    NodeAddress address;
    guint32 heard;   /**< monotonic seconds */
    guint32 options; /**< of the last entry */
    guint16 host;    /* where each string begins in text */
    guint16 nick;
    guint16 group;
    guint8 encoding; /**< NodeEncoding */
    guint8 vendor;   /**< FeiqVendor */
    guint8 rounds;   /**< how often in vain a message was sent to the user since the log-in */
    guint8 asked;    /**< how often it was asked whether it is still there */
    guint8 is_away;
    guint8 is_qun;   /**< it is a chat group (qun.h) */
    guint8 is_noted; /**< messages may wait for it: the store knows its name */
};

static inline const char *node_peer_host(const NodePeer *peer)
{
    return peer->text + peer->host;
}

static inline const char *node_peer_nick(const NodePeer *peer)
{
    return peer->text + peer->nick;
}

static inline const char *node_peer_group(const NodePeer *peer)
{
    return peer->text + peer->group;
}

/**
 * An empty set.
 *
 * @param roster where users are listed and announced
 * @param gone   called before a user is freed, when it is in the list no more
 * @return free with node_peers_free
 */
NodePeers *node_peers_new(Roster *roster, void (*gone)(NodePeer *peer, gpointer data),
                          gpointer data);

/** Remove all users from the list, and free. */
void node_peers_free(NodePeers *peers);

/** The user that sent a datagram, or NULL. */
NodePeer *node_peers_find(const NodePeers *peers, const NodeDatagram *datagram);

/**
 * A user said something: note the time, and the encoding.
 *
 * @param now monotonic µs
 */
void node_peers_hear(NodePeers *peers, NodePeer *peer, const NodeDatagram *datagram, gint64 now);

/**
 * A user said who it is (an entry), or is new: note it, and list it if it is not listed.
 *
 * @param limit most users
 * @param fresh set to TRUE if the user was not listed
 * @return the user; NULL if the list is full
 */
NodePeer *node_peers_enter(NodePeers *peers, const NodeDatagram *datagram, guint limit, gint64 now,
                           gboolean *fresh);

/** A user logged out or is silent for too long. */
void node_peers_remove(NodePeers *peers, NodePeer *peer);

/** The user that was silent longest; NULL: there is none. */
NodePeer *node_peers_oldest(const NodePeers *peers);

/** The user that was silent next longest; NULL: there is none. */
NodePeer *node_peers_next(const NodePeer *peer);

guint node_peers_count(const NodePeers *peers);

/** Users who were refused since the list was full. */
guint64 node_peers_refused(const NodePeers *peers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodePeers, node_peers_free)

#endif
