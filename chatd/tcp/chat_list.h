/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The answers that list who is online: to a log-in, and to 1#11.
 */
#ifndef FEISCOPE_CHATD_CHAT_LIST_H
#define FEISCOPE_CHATD_CHAT_LIST_H

#include "chatd/store/roster.h"
#include "chatd/tcp/connection.h"

/** Answer with the names; beyond what a message carries, with their number. */
void chat_list_reply(const Roster *roster, Connection *connection, guint32 code);

/** Answer 1#11[#users to leave out] with a part of the list, side and name a line. */
void chat_list_reply_part(const Roster *roster, Connection *connection,
                          const ConnectionRequest *request);

#endif
