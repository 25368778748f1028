/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files, folders and images between FeiQ users and chat users, and among chat users. All bytes go
 * through the spool: what a chat user offers is uploaded first, so it can be fetched when they are
 * gone; what a FeiQ user offers is fetched when a chat user asks for it, and goes on where it broke
 * off, after a restart too. The store knows every transfer (store/transfers.h); this decides what
 * may happen to it.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_TRANSFERS_H
#define FEISCOPE_CHATD_TRANSFER_TRANSFERS_H

#include "chatd/config.h"
#include "chatd/node/address.h"
#include "chatd/store/roster.h"
#include "chatd/store/transfers.h"
#include "chatd/system/poller.h"
#include "chatd/transfer/seal.h"
#include "chatd/transfer/spool.h"
#include "protocol/opener.h"

typedef struct Transfers Transfers;

/** What the origin of a message begins with that offers a transfer; its number follows. */
#define TRANSFER_ORIGIN "transfer "

typedef enum {
    TRANSFERS_ERROR_NOT_FOUND,   /**< there is no such transfer, or it does not concern the asker */
    TRANSFERS_ERROR_NOT_ALLOWED, /**< the configuration or its state forbid it */
    TRANSFERS_ERROR_ARGUMENT,    /**< a name, size or offset that cannot be */
    TRANSFERS_ERROR_BUSY         /**< too many of the asker's, or no room now */
} TransfersError;

#define TRANSFERS_ERROR transfers_error_quark()
GQuark transfers_error_quark(void);

/** A request for what a FeiQ user offered, and what its answer is encrypted by. */
typedef struct {
    guint32 file;
    guint64 offset;
    guint waited;        /**< times that it could not be built yet */
    FileSeal seal;       /**< set with the request */
    gboolean writes_gbk; /**< set with the request: so are names in a folder that could be either */
} TransferRequest;

/** What the FeiQ node does for transfers. */
typedef struct {
    /** Where a FeiQ user of this name in the list is now; FALSE: not online. */
    gboolean (*locate)(gpointer side, const char *name, NodeAddress *address);
    /** Does the program of a FeiQ user send a file from an offset on, if asked to? */
    gboolean (*resumes)(gpointer side, const char *name);
    /** Build GETFILEDATA or GETDIRFILES for what a FeiQ user offered. Returns its bytes; 0: not
     *  yet, since the user is asked for its key. */
    ptrdiff_t (*request)(gpointer side, const StoreTransfer *transfer, TransferRequest *request,
                         guint8 *out, gsize capacity);
    /** Who decrypts requests. */
    FsOpener *(*opener)(gpointer side);
    /** Tell a FeiQ user that none of what it offered in a message is wanted any more. */
    void (*release)(gpointer side, const StoreTransfer *transfer);
    /** A name of a file in the encoding that a FeiQ user reads; free with g_free. */
    char *(*encode)(gpointer side, const char *user, const char *name);
    /** The address to connect from. */
    const NodeAddress *(*own_address)(gpointer side);
} TransferNetwork;

/** Who asks. */
typedef struct {
    const char *name;  /**< in the list, or what they identified as; NULL: none */
    gboolean is_owner; /**< root or chatd's own account on the Unix socket: sees everybody's */
} TransferViewer;

/** Begin; transfers that are not over go on. All arguments are kept longer. */
Transfers *transfers_new(const Config *config, Roster *roster, Store *store, Poller *poller,
                         GError **error);
void transfers_free(Transfers *transfers);

/** The FeiQ node is there, or (NULL) goes. */
void transfers_set_network(Transfers *transfers, const TransferNetwork *network, gpointer side);

/** The configuration was read anew. */
void transfers_reconfigure(Transfers *transfers);

/* --- for chat users --- */

/**
 * A chat user begins to offer something, or goes on with what broke off.
 *
 * @param wanted from, to, kind, name, size and mtime
 * @return the transfer, whose spool file says how much is here; free with store_transfer_free
 */
StoreTransfer *transfers_begin(Transfers *transfers, const StoreTransfer *wanted, GError **error);

/**
 * The next bytes of it. With the last one it is offered to the receiver.
 *
 * @param offset has to be where it ends now
 * @param have   set to the bytes that are here now
 */
gboolean transfers_write(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                         guint64 offset, const guint8 *bytes, gsize length, guint64 *have,
                         GError **error);

/** A transfer that the viewer may know of; NULL with an error. */
StoreTransfer *transfers_find(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                              GError **error);

/** How many bytes of one are here. */
guint64 transfers_here(const Transfers *transfers, const StoreTransfer *transfer);

/** The viewer wants to have it: fetch it, unless it is here. @return as transfers_find */
StoreTransfer *transfers_want(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                              GError **error);

/**
 * Read what is here.
 *
 * @param transfer from transfers_find; its state becomes "done" when its one receiver has the end
 * @return bytes, 0 if no further ones are here; -1 with an error
 */
gssize transfers_read(Transfers *transfers, const TransferViewer *viewer, StoreTransfer *transfer,
                      guint64 offset, guint8 *bytes, gsize length, GError **error);

/** The viewer does not want it any more. */
gboolean transfers_drop(Transfers *transfers, const TransferViewer *viewer, gint64 id,
                        GError **error);

/* --- for the FeiQ node --- */

/**
 * A FeiQ user offers something: check it, store it, tell who it is for. Its state says whether it
 * was refused.
 */
gboolean transfers_note(Transfers *transfers, StoreTransfer *offer, GError **error);

/** Tell who it is for that something is here or, by its state, was refused or failed. */
void transfers_announce(Transfers *transfers, const StoreTransfer *transfer);

/** Room for so many bytes in the spool, if need be by removing what its receiver has. */
gboolean transfers_make_room(Transfers *transfers, guint64 bytes, GError **error);

/** A FeiQ user does not want what was offered under a packet number. */
void transfers_released(Transfers *transfers, const char *user, guint64 number);

/** An offer goes out under a packet number. */
gboolean transfers_offer_goes(Transfers *transfers, StoreTransfer *transfer, guint64 number,
                              const char *address, GError **error);

/** Something that came in pieces is here, or was found to be wrong (state and reason are set). */
void transfers_settle(Transfers *transfers, StoreTransfer *transfer);

/* --- for the server of files --- */

/**
 * What a FeiQ user asks for.
 *
 * @param number packet number of the offer
 * @param reason why there is nothing
 * @return free with store_transfer_free, or NULL
 */
StoreTransfer *transfers_requested(Transfers *transfers, const NodeAddress *from, guint64 number,
                                   guint32 file, const char **reason);

/**
 * An encrypted request may come once: whoever recorded it shall not have the bytes encrypted again
 * by the same key. FALSE: one with this packet number, or a later one, came before.
 */
gboolean transfers_note_seal(Transfers *transfers, gint64 id, guint64 file_number);

/** Was what is being sent dropped meanwhile? */
gboolean transfers_is_withdrawn(const Transfers *transfers, gint64 id);

/** Who decrypts requests; NULL: nobody. */
FsOpener *transfers_opener(const Transfers *transfers);

/** The FeiQ user has all of it. */
void transfers_sent(Transfers *transfers, gint64 id);

/** The bytes of all files in a folder that is in the spool. iptux takes a folder of which it was
 * told that it has none for one that was received already. */
guint64 transfers_folder_size(Transfers *transfers, const StoreTransfer *transfer);

Spool *transfers_spool(Transfers *transfers);
Store *transfers_store(Transfers *transfers);
const Config *transfers_config(const Transfers *transfers);

/** A name of a file for a FeiQ user; free with g_free. */
char *transfers_encode(const Transfers *transfers, const char *user, const char *name);

/** Words for kinds and states, as the 1#n extensions use them. */
const char *transfers_kind_name(StoreTransferKind kind);
const char *transfers_state_name(StoreTransferState state);
gboolean transfers_parse_kind(const char *name, StoreTransferKind *kind);

/** Append figures, "name value" a line with LF. */
void transfers_figures(const Transfers *transfers, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Transfers, transfers_free)

#endif
