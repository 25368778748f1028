/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The answer to 1#13, the history. Format: docs/onehash-extensions.md.
 */
#ifndef FEISCOPE_CHATD_CHAT_HISTORY_H
#define FEISCOPE_CHATD_CHAT_HISTORY_H

#include "chatd/store/store.h"
#include "chatd/tcp/connection.h"

/**
 * Answer a request for the history.
 *
 * @param viewer whose messages may be shown; NULL: everybody's
 * @param groups feiq.groups: messages to a chat group are everybody's
 */
void chat_history_reply(Store *store, const char *viewer, char *const *groups,
                        Connection *connection, const ConnectionRequest *request);

#endif
