/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The part of the chat service that is about files: codes 16 to 21. docs/onehash-extensions.md.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_FILE_SERVICE_H
#define FEISCOPE_CHATD_TRANSFER_FILE_SERVICE_H

#include "chatd/tcp/connection.h"
#include "chatd/transfer/transfers.h"

/** Most bytes of a file that one request or reply carries; in base64 they are 60,000 characters. */
enum { FILE_SERVICE_PIECE = 45000 };

/**
 * Answer a request.
 *
 * @param viewer who asks: has a name, or is chatd's owner
 */
void file_service_handle(Transfers *transfers, Connection *connection,
                         const ConnectionRequest *request, const TransferViewer *viewer);

#endif
