/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The node's RSA keys, and those of FeiQ users: who gets which, and what is encrypted by them. The
 * node has a key of 1024 bits for FeiQ and one of 2048 for the IP Messenger; they lie beside the
 * database, so that what was encrypted for the node before a restart can be read after it.
 *
 * Source: protocol/feiq.md, 8.
 */
#ifndef FEISCOPE_CHATD_NODE_KEYS_H
#define FEISCOPE_CHATD_NODE_KEYS_H

#include "chatd/node/peers.h"
#include "protocol/cipher/message.h"
#include "protocol/opener.h"

typedef struct Node Node;
typedef struct NodeKeys NodeKeys;

/** What is known of a user's key. */
typedef enum {
    NODE_KEY_UNKNOWN, /**< the user can decrypt, and has to be asked for its key */
    NODE_KEY_KNOWN,
    NODE_KEY_NONE /**< messages go in plain: the user cannot decrypt, or did not tell its key */
} NodeKeyState;

/**
 * Read the node's keys if there is a database. Those that are not there are made in a thread of
 * their own: at once if they can be kept, else when somebody asks for one.
 *
 * @return free with node_keys_free; NULL if the cipher library does not work
 */
NodeKeys *node_keys_new(Node *node);
void node_keys_free(NodeKeys *keys);

/** Who decrypts what comes. */
FsOpener *node_keys_opener(NodeKeys *keys);

/** A user asks for the node's key (GETPUBKEY), or tells its own (ANSPUBKEY). */
void node_keys_take_question(NodeKeys *keys, const NodeDatagram *datagram, const NodePeer *peer);
void node_keys_take_answer(NodeKeys *keys, const NodeDatagram *datagram, NodePeer *peer);

NodeKeyState node_keys_state(const NodeKeys *keys, const NodePeer *peer);

/** Does the user encrypt files, by a key that is known? That takes AES-256, a start of the packet
 *  number and a signature. */
gboolean node_keys_can_seal_files(const NodeKeys *keys, const NodePeer *peer);

/** The user does not tell its key. */
void node_keys_set_none(NodeKeys *keys, NodePeer *peer);

/** Forget a user that is gone, or has logged in again, maybe with another key. */
void node_keys_forget(NodeKeys *keys, const NodePeer *peer);

/** Build GETPUBKEY into the node's bytes; as feiq_build_getpubkey. */
ptrdiff_t node_keys_build_question(NodeKeys *keys, guint64 number, NodeEncoding encoding);

/** Room that an encrypted text takes in node_keys_seal, beside the text. */
enum { NODE_KEYS_ROOM = 2 * CIPHER_LONGEST_RSA + 2 * CIPHER_AES_BLOCK };

/**
 * Encrypt a text for a user whose key is known.
 *
 * @param number packet number of the message
 * @param plain  with its NUL
 * @param room   where the octets go that *parts points to; plain.length + NODE_KEYS_ROOM bytes
 * @return FALSE if it cannot be encrypted, which was logged
 */
gboolean node_keys_seal(NodeKeys *keys, const NodePeer *peer, guint64 number, FsBytes plain,
                        guint8 *room, gsize capacity, FeiqCipher *parts);

/** Append figures, "name value" a line with LF. */
void node_keys_figures(const NodeKeys *keys, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NodeKeys, node_keys_free)

#endif
