/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/image_pack.h"
#include "chatd/transfer/names.h"
#include "protocol/feiq/lzw.h"

#include <png.h>
#include <string.h>

enum {
    INFO_HEADER = 40, /* bytes: BITMAPINFOHEADER */
    PIXEL = 3,        /* bytes: blue, green, red */
    ROW_MULTIPLE = 4, /* bytes */
    PIXELS_AT = 10    /* where a bitmap's file says where its pixels begin */
};

gboolean image_has_to_be_packed(ImageFormat format)
{
    return format == IMAGE_PNG || format == IMAGE_BITMAP;
}

static gboolean fail(GError **error, const char *words)
{
    g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_IMAGE, "the image %s", words);
    return FALSE;
}

static void put32(guint8 *at, guint32 value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static guint32 get32(const guint8 *at)
{
    guint32 value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

/* A bitmap of 24 bits a pixel whose last row comes first. */
static gboolean read_png(const guint8 *bytes, gsize length, GByteArray *dib, GError **error)
{
    static const png_color white = {0xff, 0xff, 0xff};
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, bytes, length)) {
        return fail(error, image.message);
    }
    gsize row = ((gsize)image.width * PIXEL + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
    gsize size = row * image.height;
    image.format = PNG_FORMAT_BGR;
    g_byte_array_set_size(dib, (guint)(INFO_HEADER + size));
    memset(dib->data, 0, dib->len);
    put32(dib->data, INFO_HEADER);
    put32(dib->data + 4, image.width);
    put32(dib->data + 8, image.height);
    dib->data[12] = 1; /* plane */
    dib->data[14] = PIXEL * 8;
    put32(dib->data + 20, (guint32)size);
    if (!png_image_finish_read(&image, &white, dib->data + INFO_HEADER, -(png_int_32)row, NULL)) {
        return fail(error, image.message);
    }
    return TRUE;
}

/* A file's bitmap, its pixels right behind its header and colours, which is where they are looked
 * for. */
static gboolean read_bitmap(const guint8 *bytes, gsize length, GByteArray *dib, GError **error)
{
    FeiqBitmap bitmap;
    if (length <= FEIQ_BITMAP_FILE_HEADER ||
        !feiq_read_bitmap(bytes + FEIQ_BITMAP_FILE_HEADER, length - FEIQ_BITMAP_FILE_HEADER,
                          &bitmap)) {
        return fail(error, "is no bitmap that is known");
    }
    gsize wanted = get32(bitmap.file_header + PIXELS_AT);
    gsize found = get32(bytes + PIXELS_AT);
    if (wanted > length || found > length || found < wanted) {
        return fail(error, "is damaged: its pixels are not where it says");
    }
    g_byte_array_append(dib, bytes + FEIQ_BITMAP_FILE_HEADER,
                        (guint)(wanted - FEIQ_BITMAP_FILE_HEADER));
    g_byte_array_append(dib, bytes + found, (guint)(length - found));
    return TRUE;
}

GByteArray *image_pack(const guint8 *bytes, gsize length, guint64 most, GError **error)
{
    ImageAbout about;
    g_autoptr(GByteArray) dib = g_byte_array_new();
    if (!image_look(bytes, length, MIN(most, G_MAXINT32), &about, error)) {
        return NULL;
    }
    if (about.format == IMAGE_PNG ? !read_png(bytes, length, dib, error)
                                  : !read_bitmap(bytes, length, dib, error)) {
        return NULL;
    }
    gsize room = feiq_lzw_room(dib->len);
    g_autoptr(GByteArray) packed = g_byte_array_new();
    g_byte_array_set_size(packed, (guint)room);
    gsize size = feiq_lzw_pack(dib->data, dib->len, packed->data, room);
    if (size == 0) {
        fail(error, "cannot be packed");
        return NULL;
    }
    g_byte_array_set_size(packed, (guint)size);
    return g_steal_pointer(&packed);
}
