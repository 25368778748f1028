/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/peers.h"

#include <string.h>

/* Longest string of an entry that is kept, in bytes: the official program's buffer. */
enum { LONGEST = 255 };

struct NodePeers {
    GHashTable *by_key; /* a set of NodePeer, by address, user and host */
    NodePeer *oldest;   /* who is silent longest */
    NodePeer *newest;
    guint count;
    Roster *roster;
    void (*gone)(NodePeer *peer, gpointer data);
    gpointer data;
    guint64 refused;
};

static guint hash_peer(gconstpointer data)
{
    const NodePeer *peer = data;
    guint hash = 5381 ^ peer->address.port;
    for (gsize i = 0; i < sizeof peer->address.ip; i++) {
        hash = hash * 33 + peer->address.ip[i];
    }
    return hash ^ g_str_hash(peer->text) ^ (g_str_hash(node_peer_host(peer)) * 31);
}

static gboolean equal_peer(gconstpointer first, gconstpointer second)
{
    const NodePeer *a = first;
    const NodePeer *b = second;
    return node_address_equal(&a->address, &b->address) && strcmp(a->text, b->text) == 0 &&
           strcmp(node_peer_host(a), node_peer_host(b)) == 0;
}

NodePeers *node_peers_new(Roster *roster, void (*gone)(NodePeer *peer, gpointer data),
                          gpointer data)
{
    NodePeers *peers = g_new0(NodePeers, 1);
    peers->by_key = g_hash_table_new(hash_peer, equal_peer);
    peers->roster = roster;
    peers->gone = gone;
    peers->data = data;
    return peers;
}

void node_peers_free(NodePeers *peers)
{
    if (peers == NULL) {
        return;
    }
    NodePeer *next = NULL;
    for (NodePeer *peer = peers->oldest; peer != NULL; peer = next) {
        next = peer->later;
        node_peers_remove(peers, peer);
    }
    g_hash_table_unref(peers->by_key);
    g_free(peers);
}

/* Length of a string, cut before the character that would make it too long. */
static gsize kept_length(const char *text)
{
    gsize length = strlen(text);
    if (length > LONGEST) {
        length = LONGEST;
        while (length > 0 && ((guchar)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    return length;
}

/* Take over the strings of an entry; user and host of one that is in the set are the same. */
static void set_strings(NodePeer *peer, const NodeDatagram *datagram)
{
    const char *strings[] = {datagram->user, datagram->host, datagram->nick, datagram->group};
    guint16 at[G_N_ELEMENTS(strings)];
    gsize room = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        at[i] = (guint16)room;
        room += kept_length(strings[i]) + 1;
    }
    g_free(peer->text);
    peer->text = g_malloc0(room);
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        memcpy(peer->text + at[i], strings[i], kept_length(strings[i]));
    }
    peer->host = at[1];
    peer->nick = at[2];
    peer->group = at[3];
    peer->vendor = (guint8)datagram->vendor;
}

NodePeer *node_peers_find(const NodePeers *peers, const NodeDatagram *datagram)
{
    char text[2 * (LONGEST + 1)];
    gsize user = kept_length(datagram->user);
    gsize host = kept_length(datagram->host);
    memcpy(text, datagram->user, user);
    text[user] = '\0';
    memcpy(text + user + 1, datagram->host, host);
    text[user + 1 + host] = '\0';
    NodePeer key = {.address = datagram->from, .host = (guint16)(user + 1), .text = text};
    return g_hash_table_lookup(peers->by_key, &key);
}

/* Programs made for Windows in China read GBK unless they say otherwise; others UTF-8, and who has
 * shown that it knows the flag gets the flag. */
static NodeEncoding choose_encoding(const NodePeer *peer, const NodeDatagram *datagram)
{
    if ((peer->options & (FEIQ_OPT_UTF8 | FEIQ_OPT_CAPUTF8)) != 0) {
        return NODE_UTF8_FLAGGED;
    }
    if (datagram->speaks_gbk) {
        return NODE_GBK;
    }
    if (datagram->speaks_utf8) {
        return NODE_UTF8;
    }
    return (NodeEncoding)peer->encoding;
}

static NodeEncoding usual_encoding(FeiqVendor vendor)
{
    return node_vendor_writes_gbk(vendor) ? NODE_GBK : NODE_UTF8;
}

static void unlink_peer(NodePeers *peers, NodePeer *peer)
{
    *(peer->earlier == NULL ? &peers->oldest : &peer->earlier->later) = peer->later;
    *(peer->later == NULL ? &peers->newest : &peer->later->earlier) = peer->earlier;
    peers->count--;
}

static void append(NodePeers *peers, NodePeer *peer)
{
    peer->earlier = peers->newest;
    peer->later = NULL;
    *(peers->newest == NULL ? &peers->oldest : &peers->newest->later) = peer;
    peers->newest = peer;
    peers->count++;
}

void node_peers_hear(NodePeers *peers, NodePeer *peer, const NodeDatagram *datagram, gint64 now)
{
    peer->heard = (guint32)(now / G_USEC_PER_SEC);
    peer->asked = 0;
    peer->options |= datagram->word & FEIQ_OPT_UTF8;
    peer->encoding = (guint8)choose_encoding(peer, datagram);
    unlink_peer(peers, peer);
    append(peers, peer);
}

static const char *wished_name(const NodePeer *peer)
{
    return *node_peer_nick(peer) != '\0' ? node_peer_nick(peer) : peer->text;
}

static void free_peer(NodePeer *peer)
{
    g_free(peer->text);
    g_free(peer);
}

static NodePeer *add(NodePeers *peers, const NodeDatagram *datagram, guint limit)
{
    if (peers->count >= limit) {
        peers->refused++;
        return NULL;
    }
    NodePeer *peer = g_new0(NodePeer, 1);
    peer->address = datagram->from;
    peer->encoding = (guint8)usual_encoding(datagram->vendor);
    set_strings(peer, datagram);
    peer->user = roster_add(peers->roster, ROSTER_FEIQ, wished_name(peer), peer, NULL);
    if (peer->user == NULL) {
        free_peer(peer);
        peers->refused++;
        return NULL;
    }
    g_hash_table_add(peers->by_key, peer);
    append(peers, peer);
    return peer;
}

/* What an entry says of a user that is listed. Its name in the list stays the same while a message
 * is on its way to it under that name. */
static void update(NodePeers *peers, NodePeer *peer, const NodeDatagram *datagram)
{
    gboolean renamed = strcmp(node_peer_nick(peer), datagram->nick) != 0;
    if (renamed && peer->flight != NULL) {
        return;
    }
    if (renamed || strcmp(node_peer_group(peer), datagram->group) != 0) {
        set_strings(peer, datagram);
    }
    if (renamed) {
        roster_rename(peers->roster, peer->user, wished_name(peer));
    }
}

NodePeer *node_peers_enter(NodePeers *peers, const NodeDatagram *datagram, guint limit, gint64 now,
                           gboolean *fresh)
{
    NodePeer *peer = node_peers_find(peers, datagram);
    *fresh = peer == NULL;
    if (peer == NULL) {
        peer = add(peers, datagram, limit);
    } else if (datagram->command != FEIQ_CMD_SENDMSG) {
        update(peers, peer, datagram);
    }
    if (peer != NULL) {
        if (datagram->command != FEIQ_CMD_SENDMSG) {
            peer->options = datagram->word & ~UINT32_C(0xff);
            peer->is_away = node_datagram_has(datagram, FEIQ_OPT_ABSENCE) ? 1 : 0;
        }
        node_peers_hear(peers, peer, datagram, now);
    }
    return peer;
}

void node_peers_remove(NodePeers *peers, NodePeer *peer)
{
    g_hash_table_remove(peers->by_key, peer);
    unlink_peer(peers, peer);
    roster_remove(peers->roster, peer->user);
    peers->gone(peer, peers->data);
    free_peer(peer);
}

NodePeer *node_peers_oldest(const NodePeers *peers)
{
    return peers->oldest;
}

NodePeer *node_peers_next(const NodePeer *peer)
{
    return peer->later;
}

guint node_peers_count(const NodePeers *peers)
{
    return peers->count;
}

guint64 node_peers_refused(const NodePeers *peers)
{
    return peers->refused;
}
