/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files, folders and images on their way, as the store keeps them. The bytes are in the spool
 * (chatd/transfer/spool.h), whose file of this number is as long as what has arrived: so nothing
 * is written here while bytes flow.
 */
#ifndef FEISCOPE_CHATD_STORE_TRANSFERS_H
#define FEISCOPE_CHATD_STORE_TRANSFERS_H

#include "chatd/store/store.h"

typedef enum {
    STORE_FILE,
    STORE_FOLDER, /**< in the spool as FeiQ's folder stream, names in UTF-8 */
    STORE_IMAGE   /**< shown in the text by FeiQ */
} StoreTransferKind;

typedef enum {
    STORE_UPLOADING, /**< its chat user is sending it, or a FeiQ user's image is arriving */
    STORE_OFFERED,   /**< the receiver may ask for it: of a chat user's it is here, of a FeiQ user's
                      *   it is not */
    STORE_WANTED,    /**< a FeiQ user's: a chat user asked for it, so it is fetched */
    STORE_HERE,      /**< a FeiQ user's: all of it is here */
    STORE_DONE,      /**< the receiver has it; it is removed when the room is needed */
    STORE_DROPPED,   /**< sender or receiver do not want it any more */
    STORE_FAILED,    /**< a FeiQ user's: given up for now; asking for it tries again */
    STORE_REFUSED    /**< something about it is not right; the reason says what */
} StoreTransferState;

enum { STORE_TRANSFER_STATES = STORE_REFUSED + 1 };

/** A transfer. Strings are UTF-8. */
typedef struct {
    gint64 id;
    gint64 time;    /**< of the offer, microseconds since 1970-01-01 UTC */
    gint64 changed; /**< of the last change of its state */
    char *from;     /**< name in the online list */
    char *to;       /**< name in the online list, or *; of a FeiQ user's image empty until a text
                     *   says who it is for */
    StoreTransferKind kind;
    StoreTransferState state;
    char *name;     /**< without a path */
    guint64 size;   /**< announced bytes; of a FeiQ user's folder 0 until it is here */
    gint64 mtime;   /**< last change of the file, Unix time */
    gint64 message; /**< to a FeiQ user: the message that offers it */
    guint64 number; /**< packet number of the offer, or identifier of a FeiQ user's image; 0: not
                     *   offered to a FeiQ user yet */
    guint32 file;   /**< from a FeiQ user: the file's number in the offer */
    char *address;  /**< FeiQ user's, as node_address_text writes it; NULL: between chat users */
    char *reason;   /**< why it failed or was refused, or NULL */
} StoreTransfer;

void store_transfer_clear(StoreTransfer *transfer);

/** A copy; free with store_transfer_free. */
StoreTransfer *store_transfer_copy(const StoreTransfer *transfer);
void store_transfer_free(StoreTransfer *transfer);

/** Store a new one; its id is set. */
gboolean store_add_transfer(Store *store, StoreTransfer *transfer, GError **error);

/** Write state, size, message, number, receiver, name, address and reason of one; its time of
 * change is set to now.
 */
gboolean store_update_transfer(Store *store, StoreTransfer *transfer, GError **error);

/** Forget one. */
gboolean store_remove_transfer(Store *store, gint64 id, GError **error);

/** Find one; NULL without an error if there is none. Free with store_transfer_free. */
StoreTransfer *store_find_transfer(Store *store, gint64 id, GError **error);

/** The transfers that a message offers to a FeiQ user. Free with g_ptr_array_unref. */
GPtrArray *store_transfers_of_message(Store *store, gint64 message, GError **error);

/** Those that were offered to a FeiQ user under a packet number. */
GPtrArray *store_transfers_offered(Store *store, guint64 number, GError **error);

/** Those that a FeiQ user at an address offered under a packet number. */
GPtrArray *store_transfers_from(Store *store, const char *address, guint64 number, GError **error);

/** All in a state, oldest change first. */
GPtrArray *store_transfers_in(Store *store, StoreTransferState state, guint limit, GError **error);

/**
 * Those that concern somebody, newest first.
 *
 * @param viewer those from or to this name, or to all (*); NULL: everybody's
 * @param skip   leave out so many
 * @param limit  most
 */
GPtrArray *store_transfers_of(Store *store, const char *viewer, guint skip, guint limit,
                              GError **error);

/**
 * A chat user's upload that broke off and is the same: sender, receiver, kind, name, size, time.
 *
 * @return NULL without an error if there is none
 */
StoreTransfer *store_find_upload(Store *store, const StoreTransfer *wanted, GError **error);

/** How many are not over yet of those from somebody. */
guint store_count_transfers_from(Store *store, const char *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTransfer, store_transfer_free)

#endif
