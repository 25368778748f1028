/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/image.h"
#include "chatd/transfer/names.h"
#include "protocol/feiq/lzw.h"

#include <string.h>

enum { BYTES_A_PIXEL = 4 };

static gboolean fail(GError **error, const char *words)
{
    g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_IMAGE, "the image %s", words);
    return FALSE;
}

static guint32 big16(const guint8 *at)
{
    return (guint32)at[0] << 8 | at[1];
}

static guint32 little16(const guint8 *at)
{
    return (guint32)at[1] << 8 | at[0];
}

/* The size stands in the frame header (SOF0 to SOF15 but the three that are none), which tables
 * precede. ITU-T T.81, B.2.2. */
static gboolean look_at_jpeg(const guint8 *bytes, gsize length, ImageAbout *about)
{
    gsize at = 2;
    while (at + 9 < length && bytes[at] == 0xff) {
        guint8 marker = bytes[at + 1];
        if (marker == 0xff) {
            at++; /* fill */
            continue;
        }
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
            marker != 0xcc) {
            about->height = big16(bytes + at + 5);
            about->width = big16(bytes + at + 7);
            return about->width > 0; /* a height of 0 comes later, which nobody does */
        }
        gboolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        at += alone ? 2 : 2 + (gsize)big16(bytes + at + 2);
    }
    return FALSE;
}

static gboolean look_at_bitmap(const guint8 *bytes, gsize length, ImageAbout *about)
{
    FeiqBitmap bitmap;
    if (!feiq_read_bitmap(bytes, length, &bitmap) || bitmap.width <= 0 || bitmap.height == 0 ||
        bitmap.height == G_MININT32) {
        return FALSE;
    }
    about->width = (guint32)bitmap.width;
    about->height = (guint32)ABS(bitmap.height);
    return TRUE;
}

static gboolean recognise(const guint8 *bytes, gsize length, ImageAbout *about, GError **error)
{
    static const guint8 png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    enum { PNG_SIZE = 16, PNG_HEADER = 24, GIF_SIZE = 6, GIF_HEADER = 10 };
    FeiqLzwHeader packed;
    gboolean known = TRUE;
    if (length > 2 && bytes[0] == 0xff && bytes[1] == 0xd8) {
        *about = (ImageAbout){.format = IMAGE_JPEG, .suffix = "jpg"};
        known = look_at_jpeg(bytes, length, about);
    } else if (length >= GIF_HEADER &&
               (memcmp(bytes, "GIF87a", 6) == 0 || memcmp(bytes, "GIF89a", 6) == 0)) {
        *about = (ImageAbout){.format = IMAGE_GIF,
                              .suffix = "gif",
                              .width = little16(bytes + GIF_SIZE),
                              .height = little16(bytes + GIF_SIZE + 2)};
    } else if (length >= PNG_HEADER && memcmp(bytes, png, sizeof png) == 0) {
        *about =
            (ImageAbout){.format = IMAGE_PNG,
                         .suffix = "png",
                         .width = big16(bytes + PNG_SIZE) << 16 | big16(bytes + PNG_SIZE + 2),
                         .height = big16(bytes + PNG_SIZE + 4) << 16 | big16(bytes + PNG_SIZE + 6)};
    } else if (length > FEIQ_BITMAP_FILE_HEADER && bytes[0] == 'B' && bytes[1] == 'M') {
        *about = (ImageAbout){.format = IMAGE_BITMAP, .suffix = "bmp"};
        known = look_at_bitmap(bytes + FEIQ_BITMAP_FILE_HEADER, length - FEIQ_BITMAP_FILE_HEADER,
                               about);
    } else if (feiq_lzw_header(bytes, length, &packed)) {
        *about = (ImageAbout){.format = IMAGE_PACKED, .suffix = "bmp"};
    } else {
        return fail(error, "is none of JPEG, GIF, PNG, bitmap and FeiQ's packed bitmap");
    }
    return known || fail(error, "is damaged: its size cannot be read");
}

gboolean image_look(const guint8 *bytes, gsize length, guint64 most, ImageAbout *about,
                    GError **error)
{
    FeiqLzwHeader packed;
    if (length > most) {
        return fail(error, "has more bytes than are allowed (files.image-kib)");
    }
    if (!recognise(bytes, length, about, error)) {
        return FALSE;
    }
    if ((guint64)about->width * about->height > most / BYTES_A_PIXEL) {
        g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_IMAGE,
                    "the image has %u × %u pixels, more than are allowed (files.image-kib)",
                    about->width, about->height);
        return FALSE;
    }
    if (about->format == IMAGE_PACKED && feiq_lzw_header(bytes, length, &packed) &&
        packed.length > most) {
        g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_IMAGE,
                    "the image unpacks to %u bytes, more than are allowed (files.image-kib)",
                    packed.length);
        return FALSE;
    }
    return TRUE;
}

GByteArray *image_unpack(const guint8 *bytes, gsize length, guint64 most, GError **error)
{
    FeiqLzwHeader packed;
    FeiqBitmap bitmap;
    ImageAbout about = {.width = 0};
    if (!feiq_lzw_header(bytes, length, &packed) || packed.length > most) {
        fail(error, "is no packed bitmap of an allowed size");
        return NULL;
    }
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_byte_array_set_size(file, FEIQ_BITMAP_FILE_HEADER + packed.length);
    guint8 *dib = file->data + FEIQ_BITMAP_FILE_HEADER;
    gsize got =
        feiq_lzw_unpack(bytes + FEIQ_LZW_HEADER, length - FEIQ_LZW_HEADER, dib, packed.length);
    if (got != packed.length) {
        fail(error, "does not unpack to as many bytes as it says");
        return NULL;
    }
    if (feiq_crc32(dib, got) != packed.crc) {
        fail(error, "is damaged: its CRC-32 is another");
        return NULL;
    }
    if (!feiq_read_bitmap(dib, got, &bitmap) || !look_at_bitmap(dib, got, &about)) {
        fail(error, "unpacks to what is no bitmap");
        return NULL;
    }
    if ((guint64)about.width * about.height > most / BYTES_A_PIXEL) {
        fail(error, "has more pixels than are allowed (files.image-kib)");
        return NULL;
    }
    memcpy(file->data, bitmap.file_header, FEIQ_BITMAP_FILE_HEADER);
    return g_steal_pointer(&file);
}
