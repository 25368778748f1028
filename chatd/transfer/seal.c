/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/seal.h"

#include <string.h>

FileSeal file_seal(const guint8 *key, guint64 file_number)
{
    char digits[24];
    FileSeal seal = {.is_set = TRUE};
    g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, file_number);
    memcpy(seal.key, key, sizeof seal.key);
    seal.start = cipher_packet_start(fs_bytes(digits));
    return seal;
}

gboolean file_seal_apply(const FileSeal *seal, guint64 offset, const guint8 *piece, gsize length,
                         guint8 *out)
{
    if (!seal->is_set) {
        if (out != piece) {
            memcpy(out, piece, length);
        }
        return TRUE;
    }
    return cipher_stream((FsBytes){seal->key, sizeof seal->key}, seal->start, offset,
                         (FsBytes){piece, length}, out) == CIPHER_OK;
}
