/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One attempt to fetch a file or folder from a FeiQ user over TCP into the spool.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_FETCH_H
#define FEISCOPE_CHATD_TRANSFER_FETCH_H

#include "chatd/node/address.h"
#include "chatd/store/transfers.h"
#include "chatd/system/poller.h"
#include "chatd/transfer/seal.h"
#include "chatd/transfer/spool.h"

typedef struct Fetch Fetch;

typedef enum {
    FETCH_DONE,   /**< all is here */
    FETCH_BROKEN, /**< it broke off; one may try again */
    FETCH_REFUSED /**< what came is not right; trying again would not help */
} FetchOutcome;

/** What to fetch, and how much of it may come. */
typedef struct {
    Poller *poller;
    Spool *spool;
    const StoreTransfer *transfer; /**< lives longer than the fetch */
    NodeAddress from;              /**< to bind to; its port is not used */
    NodeAddress to;
    const guint8 *request; /**< copied */
    gsize request_length;
    guint64 offset;      /**< that the request asks for; what is here of it is compared */
    FileSeal seal;       /**< by which the request wants the bytes to be encrypted */
    gboolean writes_gbk; /**< the sender; see folder_reader_expect_gbk */
    guint entries;       /**< most entries of a folder */
    guint64 most_bytes;  /**< of a folder */
    /** Called once, later, when it ended; the fetch is to be freed then. Reason: words, or NULL. */
    void (*ended)(gpointer owner, gint64 id, FetchOutcome outcome, const char *reason);
    gpointer owner;
} FetchSettings;

/**
 * Connect and ask.
 *
 * @return free with fetch_free; NULL with an error if the kernel refuses at once
 */
Fetch *fetch_new(const FetchSettings *settings, GError **error);

/** Stop. Not from within ended(): defer it. */
void fetch_free(Fetch *fetch);

/** Nothing moved since `oldest` (monotonic, µs): then it ends as broken. */
void fetch_check_age(Fetch *fetch, gint64 oldest);

/** Did any byte come? */
gboolean fetch_has_answer(const Fetch *fetch);

/** Is more here than before? A sender that begins anew may send only what came before. */
gboolean fetch_has_progress(const Fetch *fetch);

const NodeAddress *fetch_address(const Fetch *fetch);

#endif
