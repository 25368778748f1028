/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who came and who went, for clients to be told together. When thousands log in at once and each is
 * to be told of all others, what is dear is to send, not to tell; so a client is sent what has
 * gathered, in one piece, at the end of the turn, or when some time for each client has passed
 * since the last time: then it never takes all the time that there is. Each client remembers how
 * far it was told; who is told anything else is told of these first, so the order stays.
 */
#ifndef FEISCOPE_CHATD_ANNOUNCEMENTS_H
#define FEISCOPE_CHATD_ANNOUNCEMENTS_H

#include "chatd/tcp/connection.h"

typedef struct Announcements Announcements;

/**
 * None.
 *
 * @param tell_all calls announcements_tell for each client; returns how many clients there are
 */
Announcements *announcements_new(Poller *poller, guint (*tell_all)(gpointer data), gpointer data);
void announcements_free(Announcements *announcements);

/** Add one at the end, of which all will be told. @param code EVENT_CAME or EVENT_WENT */
void announcements_add(Announcements *announcements, guint32 code, const char *name);

/** The number behind the last one: a client that comes now is to be told of what follows. */
guint64 announcements_end(const Announcements *announcements);

/**
 * Send a client those from a number on, in order.
 *
 * @param told the number; set to announcements_end
 */
void announcements_tell(Announcements *announcements, Connection *connection, guint64 *told);

#endif
