/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Images as FeiQ reads them: JPEG and GIF as they are, all else as a bitmap in FeiQ's container.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_IMAGE_PACK_H
#define FEISCOPE_CHATD_TRANSFER_IMAGE_PACK_H

#include "chatd/transfer/image.h"

/** Has an image of this format to be packed before FeiQ can read it? */
gboolean image_has_to_be_packed(ImageFormat format);

/**
 * Pack a PNG or a bitmap's file. What shines through becomes white. That may take some 100 ms: not
 * for the main loop.
 *
 * @param most as image_look
 * @return the container, free with g_byte_array_unref; NULL with TRANSFER_ERROR_IMAGE (names.h)
 */
GByteArray *image_pack(const guint8 *bytes, gsize length, guint64 most, GError **error);

#endif
