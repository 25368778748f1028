/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of files that come over the network: which may become a file's name here.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_NAMES_H
#define FEISCOPE_CHATD_TRANSFER_NAMES_H

#include <glib.h>

typedef enum {
    TRANSFER_ERROR_NAME,   /**< it could leave the folder, or no file can have it */
    TRANSFER_ERROR_STREAM, /**< the stream of a folder breaks its rules or a limit */
    TRANSFER_ERROR_IMAGE   /**< it is no image, or too large a one */
} TransferError;

#define TRANSFER_ERROR transfer_error_quark()
GQuark transfer_error_quark(void);

/** Longest name, in bytes of UTF-8: what Linux's file systems take. */
enum { TRANSFER_NAME_LIMIT = 255 };

/**
 * Can a file have this name, in the folder that it is put into and nowhere else? Not empty, not "."
 * or "..", no / or \, no control character, valid UTF-8, not too long.
 *
 * @param error TRANSFER_ERROR_NAME; quotes the name
 */
gboolean transfer_check_name(const char *name, GError **error);

/** A name as the family sends it, in UTF-8: each :: is a colon. Free with g_free. */
char *transfer_undouble(const char *name);

/**
 * Is text of a program that writes GBK in GBK, although it is valid UTF-8, too? One or two Chinese
 * characters may be both: 一 in GBK is һ in UTF-8. Chinese takes three bytes a character there, so
 * text of characters of two is none.
 *
 * @param bytes need no terminator
 */
gboolean transfer_is_rather_gbk(const guint8 *bytes, gsize length);

#endif
