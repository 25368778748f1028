/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the transfers share, and the jobs: what is being fetched from FeiQ users.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_PRIVATE_H
#define FEISCOPE_CHATD_TRANSFER_PRIVATE_H

#include "chatd/transfer/transfers.h"

struct Transfers {
    const Config *config;
    Roster *roster;
    Store *store;
    Poller *poller;
    Spool *spool;
    const TransferNetwork *network; /* NULL: there is none */
    gpointer side;
    GHashTable *jobs;  /* by number: what is wanted from FeiQ users */
    GHashTable *seals; /* by number: the last packet number that an encrypted request had */
    guint sweeping;
    guint sweeps;
    guint64 ignored; /* offers beyond what may wait */
    guint64 sealed;  /* encrypted requests that were served */
};

/** Tell a chat user, or all (*), of a file. */
void transfers_tell(Transfers *transfers, RosterMessageKind kind, const char *from, const char *to,
                    const char *text);

/** Tell sender or receiver, whoever is a chat user, how it ended. */
void transfers_tell_end(Transfers *transfers, const StoreTransfer *transfer);

/** An empty set of jobs. */
GHashTable *jobs_new(void);

/** Go on with what the store knows as wanted. */
void jobs_load(Transfers *transfers);

/** Something is wanted. */
void jobs_add(Transfers *transfers, const StoreTransfer *transfer);

/** It is not wanted any more; nothing happens if it was not. */
void jobs_stop(Transfers *transfers, gint64 id);

/** Once a second: begin what is due, drop what does not move. */
void jobs_tick(Transfers *transfers);

#endif
