/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An opener (protocol/opener.h): the keys that its owner gives it, and the public keys that senders
 * tell, by address. It decrypts FeiQ's group datagrams, whose key stands in them, without any.
 *
 * Nothing is allocated for a datagram, but for a public key that is new; libgcrypt allocates where
 * RSA is at work.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_OPENER_H
#define FEISCOPE_PROTOCOL_CIPHER_OPENER_H

#include "protocol/cipher/block.h"
#include "protocol/cipher/key.h"
#include "protocol/opener.h"

enum {
    CIPHER_MOST_PUBLIC = 1024,  /**< public keys that are kept */
    CIPHER_LONGEST_TEXT = 65536 /**< bytes of the longest body that is decrypted */
};

typedef struct CipherOpener CipherOpener;

/** Make an opener without keys; NULL if there is no memory or no libgcrypt. */
CipherOpener *cipher_opener_new(void);

/** Free it, with its keys; NULL is none. */
void cipher_opener_free(CipherOpener *opener);

/** What a packet's member `opener` is set to; lives with the opener. */
FsOpener *cipher_opener_base(CipherOpener *opener);

/**
 * Add a private key.
 *
 * @param receiver whose key it is: an address of 4 or 16 bytes; empty: it is tried for everybody
 * @param key      becomes the opener's if CIPHER_OK is returned
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE if the key is public or the address has another length, or
 *         CIPHER_FAILED
 */
CipherStatus cipher_opener_add(CipherOpener *opener, FsBytes receiver, CipherKey *key);

/** Has it private keys, so that it matters which public ones were seen? */
bool cipher_opener_has_keys(const CipherOpener *opener);

/** Take all private keys out. */
void cipher_opener_clear(CipherOpener *opener);

/** Forget the public keys that were seen. */
void cipher_opener_forget(CipherOpener *opener);

#endif
