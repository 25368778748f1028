/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/keys.h"
#include "chatd/node/private.h"
#include "protocol/cipher/opener.h"

#include <stdio.h>
#include <string.h>

enum {
    MOST_USERS = 4096, /* whose keys are known, or known not to be told */
    MOST_ASKERS = 64,  /* who wait while the node's keys are made */
    PEM_ROOM = 8192
};

/* What the node can do: FeiQ's pair of ciphers, and the IP Messenger's. */
static const guint32 capability = FEIQ_CAPABILITY_RSA_1024 | FEIQ_CAPABILITY_RSA_2048 |
                                  FEIQ_CAPABILITY_BLOWFISH_128 | FEIQ_CAPABILITY_AES_256 |
                                  FEIQ_CAPABILITY_PACKETNO_IV | FEIQ_CAPABILITY_ENCODE_BASE64 |
                                  FEIQ_CAPABILITY_SIGN_SHA1 | FEIQ_CAPABILITY_SIGN_SHA256;

static const struct {
    unsigned bits;
    guint32 capability;
} sizes[] = {{1024, FEIQ_CAPABILITY_RSA_1024}, {2048, FEIQ_CAPABILITY_RSA_2048}};

enum { SIZES = G_N_ELEMENTS(sizes) };

/* A user's key. */
typedef struct {
    CipherKey *key;   /* NULL: the user tells none */
    guint32 together; /* what both encrypt by */
} UserKey;

/* A user who asked before there were keys. */
typedef struct {
    NodeAddress from;
    NodeEncoding encoding;
    guint32 capability;
} Asker;

struct NodeKeys {
    Node *node;
    CipherOpener *opener;
    CipherKey *own[SIZES]; /* the opener has copies */
    GHashTable *users;     /* NodePeer to UserKey */
    GArray *askers;
    GThread *maker;
    CipherKey *made[SIZES]; /* the maker's, until it is done */
    char *path;             /* beginning of the keys' files; NULL: they are not kept */
    guint64 sealed;
};

/* --- the node's own keys --- */

static CipherKey *read_pem(const char *text, gsize length)
{
    CipherKey *key = NULL;
    CipherStatus status = cipher_key_read_pem((FsBytes){(const uint8_t *)text, length}, NULL, &key);
    return status == CIPHER_OK ? key : NULL;
}

static char *file_name(const NodeKeys *keys, gsize size)
{
    return keys->path == NULL ? NULL
                              : g_strdup_printf("%s-rsa%u.pem", keys->path, sizes[size].bits);
}

/* The opener takes a key of its own. */
static void install(NodeKeys *keys, gsize size, CipherKey *key)
{
    char pem[PEM_ROOM];
    size_t length = 0;
    keys->own[size] = key;
    CipherKey *copy = NULL;
    if (cipher_key_write_pem(key, NULL, pem, sizeof pem, &length) == CIPHER_OK) {
        copy = read_pem(pem, length);
    }
    if (copy == NULL || cipher_opener_add(keys->opener, (FsBytes){NULL, 0}, copy) != CIPHER_OK) {
        cipher_key_free(copy);
        g_warning("feiq: messages encrypted by the key of %u bits cannot be read",
                  sizes[size].bits);
    }
}

static void load(NodeKeys *keys)
{
    for (gsize i = 0; i < SIZES; i++) {
        g_autofree char *name = file_name(keys, i);
        g_autofree char *text = NULL;
        gsize length = 0;
        if (name == NULL || !g_file_get_contents(name, &text, &length, NULL)) {
            continue;
        }
        CipherKey *key = read_pem(text, length);
        if (key == NULL || cipher_key_bits(key) != sizes[i].bits) {
            g_warning("feiq: %s holds no private RSA key of %u bits; another is made", name,
                      sizes[i].bits);
            cipher_key_free(key);
        } else {
            install(keys, i, key);
        }
    }
}

static void keep(const NodeKeys *keys, gsize size)
{
    char pem[PEM_ROOM];
    size_t length = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = file_name(keys, size);
    if (name == NULL) {
        return;
    }
    CipherStatus status = cipher_key_write_pem(keys->own[size], NULL, pem, sizeof pem, &length);
    if (status != CIPHER_OK) {
        g_warning("feiq: %s: %s", name, cipher_status_text(status));
    } else if (!g_file_set_contents_full(name, pem, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT,
                                         0600, &error)) {
        g_warning("feiq: a key cannot be kept: %s", error->message);
    }
}

static void answer(NodeKeys *keys, const Asker *asker);

static gboolean take_made(gpointer data)
{
    NodeKeys *keys = data;
    g_thread_join(g_steal_pointer(&keys->maker));
    for (gsize i = 0; i < SIZES; i++) {
        if (keys->made[i] != NULL) {
            install(keys, i, g_steal_pointer(&keys->made[i]));
            keep(keys, i);
        }
    }
    for (guint i = 0; i < keys->askers->len; i++) {
        answer(keys, &g_array_index(keys->askers, Asker, i));
    }
    g_array_set_size(keys->askers, 0);
    return G_SOURCE_REMOVE;
}

static gpointer make_keys(gpointer data)
{
    NodeKeys *keys = data;
    for (gsize i = 0; i < SIZES; i++) {
        if (keys->own[i] == NULL) {
            (void)cipher_key_generate(sizes[i].bits, &keys->made[i]);
        }
    }
    g_idle_add(take_made, keys);
    return NULL;
}

static gboolean has_all(const NodeKeys *keys)
{
    for (gsize i = 0; i < SIZES; i++) {
        if (keys->own[i] == NULL) {
            return FALSE;
        }
    }
    return TRUE;
}

/* It takes up to seconds, during which the node goes on with its work. */
static void make(NodeKeys *keys)
{
    if (keys->maker == NULL && !has_all(keys)) {
        keys->maker = g_thread_new("keys", make_keys, keys);
    }
}

/* --- life --- */

static void free_user(gpointer pointer)
{
    UserKey *user = pointer;
    cipher_key_free(user->key);
    g_free(user);
}

NodeKeys *node_keys_new(Node *node)
{
    CipherOpener *opener = cipher_opener_new();
    if (opener == NULL) {
        return NULL;
    }
    NodeKeys *keys = g_new0(NodeKeys, 1);
    keys->node = node;
    keys->opener = opener;
    keys->users = g_hash_table_new_full(NULL, NULL, NULL, free_user);
    keys->askers = g_array_new(FALSE, FALSE, sizeof(Asker));
    if (*node->config->storage.database != '\0') {
        keys->path = g_strdup(node->config->storage.database);
        load(keys);
        make(keys);
    }
    return keys;
}

void node_keys_free(NodeKeys *keys)
{
    if (keys == NULL) {
        return;
    }
    if (keys->maker != NULL) {
        g_thread_join(keys->maker);
        (void)g_idle_remove_by_data(keys);
    }
    for (gsize i = 0; i < SIZES; i++) {
        cipher_key_free(keys->own[i]);
        cipher_key_free(keys->made[i]);
    }
    cipher_opener_free(keys->opener);
    g_hash_table_unref(keys->users);
    g_array_unref(keys->askers);
    g_free(keys->path);
    g_free(keys);
}

FsOpener *node_keys_opener(NodeKeys *keys)
{
    return cipher_opener_base(keys->opener);
}

/* --- the exchange --- */

/* The key of 2048 bits to who can use it, else that of 1024. */
static void answer(NodeKeys *keys, const Asker *asker)
{
    Node *node = keys->node;
    for (gsize i = SIZES; i-- > 0;) {
        const CipherKey *key = keys->own[i];
        if (key != NULL && (asker->capability & sizes[i].capability) != 0) {
            ptrdiff_t length = feiq_build_anspubkey(
                node->bytes, sizeof node->bytes, &node_identity(node, asker->encoding)->sender,
                node_stamp(node), 0, capability, cipher_key_exponent(key), cipher_key_modulus(key));
            node_send(node, &asker->from, node->bytes, length);
            return;
        }
    }
    g_debug("feiq: no key for a user that can use only what %x says", asker->capability);
}

void node_keys_take_question(NodeKeys *keys, const NodeDatagram *datagram, const NodePeer *peer)
{
    Asker asker = {datagram->from, node_encoding_of(peer, datagram), datagram->capability};
    if (has_all(keys)) {
        answer(keys, &asker);
        return;
    }
    make(keys);
    if (keys->askers->len < MOST_ASKERS) {
        g_array_append_val(keys->askers, asker);
    }
}

static void set_user(NodeKeys *keys, NodePeer *peer, const UserKey *user)
{
    if (g_hash_table_size(keys->users) >= MOST_USERS &&
        !g_hash_table_contains(keys->users, peer)) { /* they are asked anew when it matters */
        g_hash_table_remove_all(keys->users);
    }
    g_hash_table_replace(keys->users, peer, g_memdup2(user, sizeof *user));
}

void node_keys_take_answer(NodeKeys *keys, const NodeDatagram *datagram, NodePeer *peer)
{
    UserKey user = {NULL, 0};
    uint32_t theirs = 0;
    if (peer == NULL || node_keys_state(keys, peer) == NODE_KEY_KNOWN) {
        return; /* a key that nobody asked for could be anybody's */
    }
    CipherStatus status = cipher_key_from_answer((FsBytes){datagram->body, datagram->body_length},
                                                 &theirs, &user.key);
    user.together = cipher_choose(capability, theirs);
    if (status != CIPHER_OK || user.together == 0) {
        char address[NODE_ADDRESS_TEXT];
        g_message("feiq: “%s” (%s) gets messages in plain: its public key %s",
                  roster_user_name(peer->user), node_address_text(&datagram->from, address),
                  status != CIPHER_OK ? cipher_status_text(status)
                                      : "is for ciphers that nobody should use");
        cipher_key_free(g_steal_pointer(&user.key));
    }
    set_user(keys, peer, &user);
}

NodeKeyState node_keys_state(const NodeKeys *keys, const NodePeer *peer)
{
    const UserKey *user = g_hash_table_lookup(keys->users, peer);
    if (user != NULL) {
        return user->key != NULL ? NODE_KEY_KNOWN : NODE_KEY_NONE;
    }
    return keys->node->config->feiq.encrypt && (peer->options & FEIQ_OPT_ENCRYPT) != 0
               ? NODE_KEY_UNKNOWN
               : NODE_KEY_NONE;
}

gboolean node_keys_can_seal_files(const NodeKeys *keys, const NodePeer *peer)
{
    static const guint32 needed = FEIQ_CAPABILITY_AES_256 | FEIQ_CAPABILITY_PACKETNO_IV;
    const UserKey *user = g_hash_table_lookup(keys->users, peer);
    return user != NULL && user->key != NULL && (user->together & needed) == needed &&
           (user->together & (FEIQ_CAPABILITY_SIGN_SHA1 | FEIQ_CAPABILITY_SIGN_SHA256)) != 0;
}

void node_keys_set_none(NodeKeys *keys, NodePeer *peer)
{
    set_user(keys, peer, &(UserKey){NULL, 0});
}

void node_keys_forget(NodeKeys *keys, const NodePeer *peer)
{
    g_hash_table_remove(keys->users, peer);
}

ptrdiff_t node_keys_build_question(NodeKeys *keys, guint64 number, NodeEncoding encoding)
{
    Node *node = keys->node;
    return feiq_build_getpubkey(node->bytes, sizeof node->bytes,
                                &node_identity(node, encoding)->sender, number, 0, capability);
}

/* --- encrypting --- */

gboolean node_keys_seal(NodeKeys *keys, const NodePeer *peer, guint64 number, FsBytes plain,
                        guint8 *room, gsize capacity_of_room, FeiqCipher *parts)
{
    char digits[24];
    const UserKey *user = g_hash_table_lookup(keys->users, peer);
    if (user == NULL || user->key == NULL) {
        return FALSE;
    }
    (void)g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, number);
    gboolean is_long = (user->together & FEIQ_CAPABILITY_RSA_2048) != 0;
    CipherStatus status =
        cipher_seal_message(user->key, keys->own[is_long ? 1 : 0], user->together, fs_bytes(digits),
                            plain, room, capacity_of_room, parts);
    if (status != CIPHER_OK) {
        g_warning("feiq: a message to “%s” cannot be encrypted: %s", roster_user_name(peer->user),
                  cipher_status_text(status));
        return FALSE;
    }
    keys->sealed++;
    return TRUE;
}

void node_keys_figures(const NodeKeys *keys, GString *text)
{
    g_string_append_printf(text,
                           "feiq-keys-known %u\n"
                           "feiq-messages-encrypted %" G_GUINT64_FORMAT "\n",
                           g_hash_table_size(keys->users), keys->sealed);
}
