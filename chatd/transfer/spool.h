/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A folder where the bytes of transfers are kept, one file for each, named by the transfer's
 * number: no name that came over the network is ever a file's name here. What all of them take
 * together is limited.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_SPOOL_H
#define FEISCOPE_CHATD_TRANSFER_SPOOL_H

#include <glib.h>

typedef struct Spool Spool;

typedef enum {
    SPOOL_ERROR_ACCESS, /**< the file system refuses: disk full, no right, damaged */
    SPOOL_ERROR_QUOTA,  /**< the room that is allowed is taken */
    SPOOL_ERROR_GONE    /**< there is no such file, or it is not as long */
} SpoolError;

#define SPOOL_ERROR spool_error_quark()
GQuark spool_error_quark(void);

/**
 * Open the folder, making it if it is not there.
 *
 * @param path  NULL: a temporary one that spool_free removes
 * @param error names the path
 * @return free with spool_free
 */
Spool *spool_new(const char *path, GError **error);
void spool_free(Spool *spool);

/** Bytes that all files may take together. */
void spool_set_quota(Spool *spool, guint64 bytes);

/** Bytes that they take. */
guint64 spool_used(const Spool *spool);

/** Is there room for so many more? */
gboolean spool_has_room(const Spool *spool, guint64 bytes);

/** Remove the files of all numbers that `is_known` does not know; at start. */
void spool_clean(Spool *spool, gboolean (*is_known)(gint64 id, gpointer data), gpointer data);

/** How many bytes of a file are here; 0 if there is none. */
guint64 spool_length(const Spool *spool, gint64 id);

/**
 * Make a file empty, or cut it.
 *
 * @param length not more than there is
 */
gboolean spool_cut(Spool *spool, gint64 id, guint64 length, GError **error);

/** Write at the end. */
gboolean spool_append(Spool *spool, gint64 id, const guint8 *bytes, gsize length, GError **error);

/** Write somewhere, beyond the end too; what lies between is zeros. */
gboolean spool_write(Spool *spool, gint64 id, guint64 offset, const guint8 *bytes, gsize length,
                     GError **error);

/**
 * Read.
 *
 * @return bytes, fewer at the end of the file; -1 with an error
 */
gssize spool_read(const Spool *spool, gint64 id, guint64 offset, guint8 *bytes, gsize length,
                  GError **error);

/** A descriptor to read from; the caller closes it. -1 with an error. */
int spool_open(const Spool *spool, gint64 id, GError **error);

/** Remove a file, if it is there. */
void spool_remove(Spool *spool, gint64 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Spool, spool_free)

#endif
