/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stream that carries a folder, as it comes, byte by byte: what is in it is checked against
 * rules and limits and handed over entry by entry. Both chatd and chatctl read streams through it;
 * what it hands over cannot leave the folder.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_FOLDER_H
#define FEISCOPE_CHATD_TRANSFER_FOLDER_H

#include "protocol/feiq/build_file.h"
#include "protocol/feiq/directory.h"

#include <glib.h>

typedef struct FolderReader FolderReader;

typedef enum {
    FOLDER_FILE,  /**< a file; its bytes follow */
    FOLDER_ENTER, /**< a folder; what follows is in it. The first is the one that was sent */
    FOLDER_LEAVE  /**< back to the folder above */
} FolderStep;

/** An entry. */
typedef struct {
    FolderStep step;
    const char *name; /**< UTF-8, checked; of a file or folder */
    guint64 size;     /**< of a file */
    gint64 mtime;     /**< Unix time, or 0 if it was not sent */
} FolderEntry;

/** Who takes what is read. Both return FALSE with an error to stop. */
typedef struct {
    gboolean (*entry)(gpointer data, const FolderEntry *entry, GError **error);
    gboolean (*bytes)(gpointer data, const guint8 *bytes, gsize length, GError **error);
} FolderVisitor;

/** Deepest level, and most bytes of a header. */
enum { FOLDER_DEEPEST = 64, FOLDER_HEADER = 4096 };

/**
 * Begin to read.
 *
 * @param entries most files and folders
 * @param bytes   most bytes of all files together
 * @param visitor kept by the caller
 * @return free with folder_reader_free
 */
FolderReader *folder_reader_new(guint entries, guint64 bytes, const FolderVisitor *visitor,
                                gpointer data);
void folder_reader_free(FolderReader *reader);

/**
 * Read on. What FeiQ on Windows may send before the first header is left out, and so is what is
 * neither file nor folder (links, devices). What follows the end is not looked at.
 *
 * @param error TRANSFER_ERROR_… (names.h), or the visitor's
 */
gboolean folder_reader_feed(FolderReader *reader, const guint8 *bytes, gsize length,
                            GError **error);

/** The sender writes names in GBK: so are those that could be either. */
void folder_reader_expect_gbk(FolderReader *reader);

/** Is the stream at its end, back above the folder that was sent? */
gboolean folder_reader_is_complete(const FolderReader *reader);

/** A header as it stands in a stream. */
typedef struct {
    gsize length; /**< in bytes; `size` bytes follow */
    guint8 type;  /**< FEIQ_FILE_TYPE_… */
    char *name;   /**< UTF-8, not checked; free with g_free */
    guint64 size;
    gint64 mtime;
} FolderHeader;

/** Read the header that the bytes begin with; *found is set if there is a whole one. */
FeiqDirectoryVerdict folder_read_header(const guint8 *bytes, gsize length, FolderHeader *found);

/**
 * Build the header of an entry.
 *
 * @param name what to send for the entry's name; NULL: that itself
 * @return bytes; FS_NO_ROOM or FS_IMPOSSIBLE as feiq_build_directory_entry
 */
ptrdiff_t folder_build_header(guint8 *out, gsize capacity, const FolderEntry *entry,
                              const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FolderReader, folder_reader_free)

#endif
