/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the bytes of a file or folder are encrypted by on their way, if they are: AES-256 in counter
 * mode, by a key that the request names. Source: protocol/feiq.md 6.5.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_SEAL_H
#define FEISCOPE_CHATD_TRANSFER_SEAL_H

#include "protocol/cipher/block.h"

#include <glib.h>

typedef struct {
    gboolean is_set; /**< else the bytes go as they are */
    guint8 key[CIPHER_AES_KEY];
    CipherStart start;
} FileSeal;

/** A seal of this key (CIPHER_AES_KEY octets) and of the packet number that its counter begins
 *  with. */
FileSeal file_seal(const guint8 *key, guint64 file_number);

/**
 * Encrypt or decrypt a piece; nothing is done without a seal.
 *
 * @param offset of the piece in all that goes over the connection
 * @param out    length bytes; it may be where the piece is
 * @return FALSE if the cipher library fails
 */
gboolean file_seal_apply(const FileSeal *seal, guint64 offset, const guint8 *piece, gsize length,
                         guint8 *out);

#endif
