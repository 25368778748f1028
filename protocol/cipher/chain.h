/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Chains whose key is set up once for many texts. Not for use outside protocol/cipher/.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_CHAIN_H
#define FEISCOPE_PROTOCOL_CIPHER_CHAIN_H

#include "protocol/cipher/block.h"
#include "protocol/cipher/library.h"

/** Set a key up; the caller closes the handle. As cipher_decrypt. */
CipherStatus cipher_open_chain(gcry_cipher_hd_t *handle, CipherAlgorithm algorithm, FsBytes key);

/** Is it a whole number of blocks, and not none? */
bool cipher_is_blocks(CipherAlgorithm algorithm, size_t length);

/**
 * Decrypt a text for which cipher_is_blocks holds.
 *
 * @param out text.length bytes; it may be where the text is
 * @return CIPHER_OK, CIPHER_PADDING or CIPHER_FAILED; as cipher_decrypt
 */
CipherStatus cipher_decrypt_chain(gcry_cipher_hd_t handle, CipherAlgorithm algorithm,
                                  CipherStart start, FsBytes text, uint8_t *out, size_t *length);

#endif
