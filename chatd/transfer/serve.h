/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection of a FeiQ user who fetches a file or folder.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_SERVE_H
#define FEISCOPE_CHATD_TRANSFER_SERVE_H

#include "chatd/transfer/transfers.h"

typedef struct Serve Serve;

/**
 * Serve an accepted socket.
 *
 * @param fd    non-blocking; closed by this
 * @param ended called once, later, when it is over; it is to be freed then
 * @return NULL if it cannot be watched
 */
Serve *serve_new(Transfers *transfers, Poller *poller, int fd, const NodeAddress *from,
                 void (*ended)(gpointer owner, Serve *serve), gpointer owner);
void serve_free(Serve *serve);

/** Nothing moved since `oldest` (monotonic, µs), or the offer was withdrawn: then it ends. */
void serve_check_age(Serve *serve, gint64 oldest);

const NodeAddress *serve_address(const Serve *serve);

#endif
