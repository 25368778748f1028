/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/folder.h"
#include "chatd/transfer/transfers.h"

guint64 transfers_folder_size(Transfers *transfers, const StoreTransfer *transfer)
{
    const Spool *spool = transfers_spool(transfers);
    guint8 bytes[FOLDER_HEADER];
    guint64 size = 0;
    for (guint64 at = 0; at < transfer->size;) {
        FolderHeader header;
        gssize got = spool_read(spool, transfer->id, at, bytes, sizeof bytes, NULL);
        if (got <= 0 || folder_read_header(bytes, (gsize)got, &header) != FEIQ_DIRECTORY_COMPLETE) {
            break;
        }
        g_free(header.name);
        at += header.length;
        if (header.size > transfer->size - MIN(at, transfer->size)) {
            break;
        }
        size += header.size;
        at += header.size;
    }
    return size;
}
