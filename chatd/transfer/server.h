/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FeiQ's TCP port: serves what was offered to FeiQ users. A request has no length and no answer but
 * the bytes that it asks for, so who asks for what is not there finds the connection closed.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_SERVER_H
#define FEISCOPE_CHATD_TRANSFER_SERVER_H

#include "chatd/transfer/transfers.h"

typedef struct FileServer FileServer;

/**
 * Listen.
 *
 * @param address what the node's UDP socket is bound to: the same address and port
 * @return free with file_server_free, before the transfers
 */
FileServer *file_server_new(Transfers *transfers, Poller *poller, const NodeAddress *address,
                            GError **error);

/** Close all, at the end of the program. NULL does nothing. */
void file_server_free(FileServer *server);

/** Append figures, "name value" a line with LF. */
void file_server_figures(const FileServer *server, GString *text);

#endif
