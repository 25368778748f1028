/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file or folder of one's own as a row of bytes that can be read from anywhere on, so that an
 * upload can go on where it broke off.
 */
#ifndef FEISCOPE_CHATD_CHATCTL_PACK_H
#define FEISCOPE_CHATD_CHATCTL_PACK_H

#include <glib.h>

typedef struct Pack Pack;

/**
 * Look at a file or folder; in a folder, entries stand by name. Links and devices in it are left
 * out, and standard error says so.
 *
 * @param error G_FILE_ERROR_…; names the path
 * @return free with pack_free
 */
Pack *pack_new(const char *path, GError **error);
void pack_free(Pack *pack);

gboolean pack_is_folder(const Pack *pack);
const char *pack_name(const Pack *pack); /**< without a path */
guint64 pack_size(const Pack *pack);
gint64 pack_mtime(const Pack *pack);

/**
 * Read.
 *
 * @return bytes, 0 at the end; -1 with an error, also if a file has become shorter
 */
gssize pack_read(Pack *pack, guint64 offset, guint8 *bytes, gsize room, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pack, pack_free)

#endif
