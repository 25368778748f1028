/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inline images: is it one, and how much room would it take on a screen? Nothing is decoded but
 * FeiQ's container for bitmaps, and that no further than it says and is allowed.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_IMAGE_H
#define FEISCOPE_CHATD_TRANSFER_IMAGE_H

#include <glib.h>

typedef enum {
    IMAGE_JPEG,
    IMAGE_GIF,
    IMAGE_PNG,
    IMAGE_BITMAP, /**< a bitmap's file */
    IMAGE_PACKED  /**< a bitmap in FeiQ's container: LZW! */
} ImageFormat;

/** What is known of an image. */
typedef struct {
    ImageFormat format;
    guint32 width;
    guint32 height;
    const char *suffix; /**< of a file's name, such as "jpg" */
} ImageAbout;

/**
 * Look at an image.
 *
 * @param most bytes that it may have, packed and, at four bytes a pixel, unpacked
 * @param error TRANSFER_ERROR_IMAGE (names.h): it is none, or too large
 */
gboolean image_look(const guint8 *bytes, gsize length, guint64 most, ImageAbout *about,
                    GError **error);

/**
 * Unpack a bitmap out of FeiQ's container. That may take some 100 ms: not for the main loop.
 *
 * @param most as above
 * @return a bitmap's file, free with g_byte_array_unref; NULL with an error
 */
GByteArray *image_unpack(const guint8 *bytes, gsize length, guint64 most, GError **error);

#endif
