/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The public keys that senders told, by address and frame. Not for use outside protocol/cipher/.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_PUBLIC_KEYS_H
#define FEISCOPE_PROTOCOL_CIPHER_PUBLIC_KEYS_H

#include "protocol/cipher/key.h"

typedef struct PublicKeys PublicKeys;

/** None yet; NULL if there is no memory. */
PublicKeys *public_keys_new(void);

void public_keys_free(PublicKeys *keys);

/** Forget all of them. */
void public_keys_forget(PublicKeys *keys);

/**
 * Remember what an ANSPUBKEY says. The same key of the same sender costs nothing, and a frame may
 * be visited again, in any order.
 *
 * @param sender its address, 4 or 16 bytes; empty: whose key it is is not known, and it is not kept
 * @param body   as cipher_key_from_answer
 * @return as FsOpener.learn
 */
CipherStatus public_keys_learn(PublicKeys *keys, FsBytes sender, uint32_t frame, FsBytes body);

/**
 * Find the newest key that a sender told up to a frame.
 *
 * @param size of the key in bytes: that of what it signed
 * @return NULL if there is none
 */
const CipherKey *public_keys_find(const PublicKeys *keys, FsBytes sender, uint32_t frame,
                                  size_t size);

#endif
