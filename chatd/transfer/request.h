/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a FeiQ user asks for over TCP, decrypted if need be.
 */
#ifndef FEISCOPE_CHATD_TRANSFER_REQUEST_H
#define FEISCOPE_CHATD_TRANSFER_REQUEST_H

#include "chatd/node/address.h"
#include "chatd/transfer/seal.h"
#include "protocol/opener.h"

typedef struct {
    guint8 command; /**< GETFILEDATA or GETDIRFILES */
    guint64 number; /**< packet number of the offer */
    guint64 file;
    guint64 offset;
    FileSeal seal;
    guint64 file_number; /**< with a seal: the request's packet number, as it says it itself */
} FileRequest;

typedef enum {
    FILE_REQUEST_WHOLE,
    FILE_REQUEST_PARTIAL, /**< it may be that more has to come */
    FILE_REQUEST_WRONG
} FileRequestVerdict;

/**
 * Read a request.
 *
 * @param opener  who decrypts; NULL: nobody
 * @param at_last nothing more comes
 * @param reason  set to what is wrong with it
 */
FileRequestVerdict file_request_read(const guint8 *bytes, gsize length, const NodeAddress *from,
                                     FsOpener *opener, gboolean at_last, FileRequest *request,
                                     const char **reason);

#endif
