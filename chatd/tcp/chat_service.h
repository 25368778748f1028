/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The 1#n chat service: log in, be listed, write to one or to all, log out; and chatd's extensions
 * to it. Source: shared/protocol/onehash.md; docs/onehash-extensions.md.
 */
#ifndef FEISCOPE_CHATD_CHAT_SERVICE_H
#define FEISCOPE_CHATD_CHAT_SERVICE_H

#include "chatd/config.h"
#include "chatd/store/roster.h"
#include "chatd/store/store.h"
#include "chatd/tcp/connection.h"
#include "chatd/transfer/transfers.h"

typedef struct ChatService ChatService;

/**
 * Make the service and register it with the list. All are kept longer than the service.
 *
 * @param config    its limits are looked at anew with each request
 * @param transfers NULL: it has no files
 * @return free with chat_service_free after its listeners
 */
ChatService *chat_service_new(const Config *config, Poller *poller, Roster *roster, Store *store,
                              Transfers *transfers);
void chat_service_free(ChatService *service);

/** What a listener needs; the ChatService is its service pointer. */
extern const ConnectionHandler chat_service_handler;

/** Tell every client that logged in that it is logged out now: the daemon ends. */
void chat_service_say_goodbye(ChatService *service);

/** Append figures, "name value" a line with LF. */
void chat_service_figures(const ChatService *service, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChatService, chat_service_free)

#endif
