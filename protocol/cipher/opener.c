/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "protocol/cipher/opener.h"
#include "protocol/cipher/chain.h"
#include "protocol/cipher/coding.h"
#include "protocol/cipher/message.h"
#include "protocol/cipher/public_keys.h"

#include <stdlib.h>

enum {
    ADDRESS = 16,
    CHAINS = 32,
    SESSIONS = 64,
    /* As many plain texts as a packet has sources, and what is left at the end of the arena. */
    ARENA = 8 * CIPHER_LONGEST_TEXT
};

/* The key of a host, or everybody's if its length is 0. */
typedef struct {
    uint8_t address[ADDRESS];
    size_t length;
    CipherKey *key;
} PrivateKey;

/* Blowfish with a sender's MAC. */
typedef struct {
    uint8_t mac[CIPHER_BLOWFISH_LONGEST_KEY];
    size_t length; /* 0: not in use */
    gcry_cipher_hd_t handle;
} Chain;

/* The message key that an RSA key encrypted, since datagrams are sent and shown again. It is found
 * again for the same receiver only: which keys are his does not depend on what was seen. */
typedef struct {
    uint8_t receiver[ADDRESS];
    size_t receiver_length;
    uint8_t sealed[CIPHER_LONGEST_RSA];
    size_t length; /* 0: not in use */
    CipherSession session;
} Session;

struct CipherOpener {
    FsOpener base;
    PrivateKey *keys;
    size_t key_count;
    PublicKeys *seen;
    Chain chains[CHAINS];
    Session sessions[SESSIONS];
    uint8_t room[CIPHER_LONGEST_TEXT];
    uint8_t arena[ARENA]; /* plain texts, one behind the other, from the start again at the end */
    size_t used;
};

/* Fowler, Noll and Vo's hash, to choose a place by. */
static uint32_t hash(FsBytes bytes)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < bytes.length; i++) {
        h = (h ^ bytes.data[i]) * 16777619U;
    }
    return h ^ h >> 16;
}

static bool equals(FsBytes bytes, const uint8_t *other, size_t length)
{
    return bytes.length == length && (length == 0 || memcmp(bytes.data, other, length) == 0);
}

static uint8_t *reserve(CipherOpener *opener, size_t length)
{
    if (length > ARENA - opener->used) {
        opener->used = 0;
    }
    uint8_t *place = opener->arena + opener->used;
    opener->used += length;
    return place;
}

static CipherStatus chain_of(CipherOpener *opener, FsBytes mac, gcry_cipher_hd_t *handle)
{
    Chain *chain = &opener->chains[hash(mac) % CHAINS];
    if (chain->length == 0 || !equals(mac, chain->mac, chain->length)) {
        gcry_cipher_hd_t made;
        CipherStatus status = cipher_open_chain(&made, CIPHER_BLOWFISH, mac);
        if (status != CIPHER_OK) {
            return status;
        }
        if (chain->length > 0) {
            gcry_cipher_close(chain->handle);
        }
        chain->handle = made;
        chain->length = mac.length;
        memcpy(chain->mac, mac.data, mac.length);
    }
    *handle = chain->handle;
    return CIPHER_OK;
}

static CipherStatus open_group(CipherOpener *opener, const FsSealed *sealed, FsOpened *opened)
{
    if (!cipher_is_blocks(CIPHER_BLOWFISH, sealed->text.length)) {
        return CIPHER_LENGTH;
    }
    if (sealed->text.length > CIPHER_LONGEST_TEXT) {
        return CIPHER_NO_ROOM;
    }
    gcry_cipher_hd_t handle;
    CipherStatus status = chain_of(opener, sealed->mac, &handle);
    if (status == CIPHER_OK) {
        uint8_t *out = reserve(opener, sealed->text.length);
        status = cipher_decrypt_chain(handle, CIPHER_BLOWFISH, cipher_zero_start(), sealed->text,
                                      out, &opened->plain.length);
        opened->plain.data = out;
    }
    return status == CIPHER_IMPOSSIBLE ? CIPHER_NO_KEY : status; /* no MAC in the version */
}

static bool is_session_of(const Session *known, FsBytes receiver, const FeiqCipher *parts)
{
    return known->length > 0 && equals(parts->key, known->sealed, known->length) &&
           equals(receiver, known->receiver, known->receiver_length) &&
           (parts->capability & FEIQ_CAPABILITY_AES_256) ==
               (known->session.algorithm == CIPHER_AES_256 ? FEIQ_CAPABILITY_AES_256 : 0);
}

static void remember(Session *known, FsBytes receiver, const FeiqCipher *parts,
                     const CipherSession *session)
{
    if (receiver.length > ADDRESS) {
        return;
    }
    memcpy(known->sealed, parts->key.data, parts->key.length);
    known->length = parts->key.length;
    known->receiver_length = receiver.length;
    if (receiver.length > 0) {
        memcpy(known->receiver, receiver.data, receiver.length);
    }
    known->session = *session;
}

/* Try the keys of the receiver, and everybody's. */
static CipherStatus find_session(CipherOpener *opener, const FeiqCipher *parts, FsOpened *opened,
                                 CipherSession *session)
{
    Session *known = &opener->sessions[hash(parts->key) % SESSIONS];
    if (is_session_of(known, opener->base.destination, parts)) {
        *session = known->session;
        return CIPHER_OK;
    }
    CipherStatus status = CIPHER_NO_KEY;
    for (size_t i = 0; i < opener->key_count; i++) {
        const PrivateKey *entry = &opener->keys[i];
        if (entry->length > 0 && !equals(opener->base.destination, entry->address, entry->length)) {
            continue;
        }
        CipherStatus tried = cipher_open_session(entry->key, parts, session);
        if (tried == CIPHER_OK) {
            remember(known, opener->base.destination, parts, session);
            return CIPHER_OK;
        }
        if (tried == CIPHER_KEY_SIZE) {
            size_t size = cipher_key_size(entry->key);
            opened->key_length = size > opened->key_length ? size : opened->key_length;
            tried = status == CIPHER_NO_KEY ? CIPHER_KEY_SIZE : status;
        }
        status = tried;
    }
    return status;
}

static CipherStatus verify(const CipherOpener *opener, const FeiqCipher *parts, FsBytes plain)
{
    const CipherKey *sender = public_keys_find(opener->seen, opener->base.source,
                                               opener->base.frame, parts->signature.length);
    if (parts->signature.length == 0) {
        return CIPHER_UNSIGNED;
    }
    return sender == NULL ? CIPHER_NO_KEY : cipher_verify_message(sender, parts, plain);
}

static CipherStatus open_body(CipherOpener *opener, const FsSealed *sealed, FsOpened *opened)
{
    if (opener->key_count == 0) {
        return CIPHER_NO_KEY;
    }
    FeiqCipher parts;
    CipherStatus status = cipher_read_body(sealed->text, opener->room, sizeof opener->room, &parts);
    opened->sealed_length = parts.key.length;
    if (status != CIPHER_OK) {
        return status;
    }
    CipherSession session;
    status = find_session(opener, &parts, opened, &session);
    if (status != CIPHER_OK) {
        return status;
    }
    uint8_t *out = reserve(opener, parts.message.length);
    status = cipher_open_message(&session, &parts, sealed->packet_number, out, parts.message.length,
                                 &opened->plain.length);
    opened->plain.data = out;
    if (status == CIPHER_OK) {
        opened->signature = verify(opener, &parts, opened->plain);
    }
    return status;
}

static void open_sealed(FsOpener *base, const FsSealed *sealed, FsOpened *opened)
{
    CipherOpener *opener = (CipherOpener *)base; /* its first member */
    *opened = (FsOpened){.signature = CIPHER_UNSIGNED};
    opened->status =
        sealed->group ? open_group(opener, sealed, opened) : open_body(opener, sealed, opened);
    opened->reason = cipher_status_text(opened->status);
}

static CipherStatus learn(FsOpener *base, FsBytes body)
{
    CipherOpener *opener = (CipherOpener *)base;
    return public_keys_learn(opener->seen, base->source, base->frame, body);
}

CipherOpener *cipher_opener_new(void)
{
    CipherOpener *opener = cipher_library() ? calloc(1, sizeof *opener) : NULL;
    if (opener != NULL) {
        opener->base.open = open_sealed;
        opener->base.learn = learn;
        opener->seen = public_keys_new();
    }
    if (opener != NULL && opener->seen == NULL) {
        free(opener);
        opener = NULL;
    }
    return opener;
}

void cipher_opener_clear(CipherOpener *opener)
{
    for (size_t i = 0; i < opener->key_count; i++) {
        cipher_key_free(opener->keys[i].key);
    }
    opener->key_count = 0;
    for (size_t i = 0; i < SESSIONS; i++) {
        opener->sessions[i].length = 0;
    }
}

void cipher_opener_free(CipherOpener *opener)
{
    if (opener == NULL) {
        return;
    }
    cipher_opener_clear(opener);
    for (size_t i = 0; i < CHAINS; i++) {
        if (opener->chains[i].length > 0) {
            gcry_cipher_close(opener->chains[i].handle);
        }
    }
    public_keys_free(opener->seen);
    free(opener->keys);
    free(opener);
}

FsOpener *cipher_opener_base(CipherOpener *opener)
{
    return &opener->base;
}

CipherStatus cipher_opener_add(CipherOpener *opener, FsBytes receiver, CipherKey *key)
{
    if (!cipher_key_is_private(key) ||
        (receiver.length != 0 && receiver.length != 4 && receiver.length != ADDRESS)) {
        return CIPHER_IMPOSSIBLE;
    }
    PrivateKey *keys = realloc(opener->keys, (opener->key_count + 1) * sizeof *keys);
    if (keys == NULL) {
        return CIPHER_FAILED;
    }
    opener->keys = keys;
    PrivateKey *entry = &keys[opener->key_count++];
    *entry = (PrivateKey){.length = receiver.length, .key = key};
    if (receiver.length > 0) {
        memcpy(entry->address, receiver.data, receiver.length);
    }
    return CIPHER_OK;
}

bool cipher_opener_has_keys(const CipherOpener *opener)
{
    return opener->key_count > 0;
}

void cipher_opener_forget(CipherOpener *opener)
{
    public_keys_forget(opener->seen);
}
