/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/file_service.h"
#include "chatd/tcp/codes.h"

#include <string.h>

enum { LIST_ROWS = 200, LIST_ROOM = 60000 };

static void reply_error(Connection *connection, guint32 code, const GError *error)
{
    static const OnehashStatus statuses[] = {[TRANSFERS_ERROR_NOT_FOUND] = ONEHASH_NOT_FOUND,
                                             [TRANSFERS_ERROR_NOT_ALLOWED] = ONEHASH_NOT_ALLOWED,
                                             [TRANSFERS_ERROR_ARGUMENT] = ONEHASH_BAD_ARGUMENT,
                                             [TRANSFERS_ERROR_BUSY] = ONEHASH_BUSY};
    OnehashStatus status =
        error->domain == TRANSFERS_ERROR ? statuses[error->code] : ONEHASH_FAILED;
    g_autofree char *words = g_strdelimit(g_strdup(error->message), "\r\n", ' ');
    connection_reply(connection, code, status, words);
}

/* A number of a request; FALSE: the request was answered. */
static gboolean take_number(Connection *connection, const ConnectionRequest *request, guint which,
                            guint64 *number)
{
    const char *text = request->argument[which];
    if (text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, number, NULL)) {
        return TRUE;
    }
    g_autofree char *words =
        g_strdup_printf("Argument %u is missing or no number that can be", which + 1);
    connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT, words);
    return FALSE;
}

static void reply_list(Transfers *transfers, Store *store, Connection *connection,
                       const ConnectionRequest *request, const TransferViewer *viewer)
{
    guint64 skip = 0;
    g_autoptr(GError) error = NULL;
    if (request->argument[0] != NULL && !take_number(connection, request, 0, &skip)) {
        return;
    }
    g_autoptr(GPtrArray) found = store_transfers_of(store, viewer->is_owner ? NULL : viewer->name,
                                                    (guint)MIN(skip, G_MAXINT), LIST_ROWS, &error);
    if (found == NULL) {
        reply_error(connection, request->code, error);
        return;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < found->len && text->len < LIST_ROOM; i++) {
        const StoreTransfer *transfer = g_ptr_array_index(found, i);
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(transfer->time / G_USEC_PER_SEC);
        g_autofree char *date = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
        g_string_append_printf(text,
                               "%s%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s\t%s\t%" G_GUINT64_FORMAT
                               "\t%" G_GUINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\t%s",
                               i == 0 ? "" : "\n", transfer->id, date,
                               transfers_kind_name(transfer->kind),
                               transfers_state_name(transfer->state), transfer->from, transfer->to,
                               transfer->size, transfers_here(transfers, transfer), transfer->mtime,
                               transfer->name, transfer->reason == NULL ? "" : transfer->reason);
    }
    connection_reply(connection, request->code, ONEHASH_OK, text->str);
}

static void begin_upload(Transfers *transfers, Connection *connection,
                         const ConnectionRequest *request, const TransferViewer *viewer)
{
    guint64 size;
    guint64 time;
    g_autoptr(GError) error = NULL;
    StoreTransferKind kind = STORE_FILE;
    if (viewer->name == NULL) {
        connection_reply(connection, request->code, ONEHASH_NOT_LOGGED_IN,
                         "Log in first: 1#1#nick");
        return;
    }
    if (request->argument[1] == NULL || !transfers_parse_kind(request->argument[1], &kind)) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT,
                         "1#17#to#file, folder or image#size#time#name");
        return;
    }
    if (!take_number(connection, request, 2, &size) ||
        !take_number(connection, request, 3, &time)) {
        return;
    }
    if (request->argument[4] == NULL) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT, "A name is missing");
        return;
    }
    StoreTransfer wanted = {.from = g_strdup(viewer->name),
                            .to = g_strdup(request->argument[0]),
                            .kind = kind,
                            .name = g_strdup(request->argument[4]),
                            .size = size,
                            .mtime = (gint64)time};
    g_autoptr(StoreTransfer) transfer = transfers_begin(transfers, &wanted, &error);
    store_transfer_clear(&wanted);
    if (transfer == NULL) {
        reply_error(connection, request->code, error);
        return;
    }
    g_autofree char *words = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
                                             transfer->id, transfers_here(transfers, transfer));
    connection_reply(connection, request->code, ONEHASH_OK, words);
}

static void take_bytes(Transfers *transfers, Connection *connection,
                       const ConnectionRequest *request, const TransferViewer *viewer)
{
    guint64 id;
    guint64 offset;
    guint64 have = 0;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    if (!take_number(connection, request, 0, &id) ||
        !take_number(connection, request, 1, &offset)) {
        return;
    }
    g_autofree guchar *bytes =
        request->argument[2] == NULL ? NULL : g_base64_decode(request->argument[2], &length);
    if (length == 0 || length > FILE_SERVICE_PIECE) {
        connection_reply(connection, request->code, ONEHASH_BAD_ARGUMENT,
                         "Argument 3 has to be 1 to 45000 bytes in base64");
        return;
    }
    if (!transfers_write(transfers, viewer, (gint64)id, offset, bytes, length, &have, &error)) {
        reply_error(connection, request->code, error);
        return;
    }
    g_autofree char *words = g_strdup_printf("%" G_GUINT64_FORMAT, have);
    connection_reply(connection, request->code, ONEHASH_OK, words);
}

/* "state kind size here mtime name" */
static char *describe(const Transfers *transfers, const StoreTransfer *transfer)
{
    return g_strdup_printf(
        "%s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %s",
        transfers_state_name(transfer->state), transfers_kind_name(transfer->kind), transfer->size,
        transfers_here(transfers, transfer), transfer->mtime, transfer->name);
}

static void get(Transfers *transfers, Connection *connection, const ConnectionRequest *request,
                const TransferViewer *viewer)
{
    guint64 id;
    g_autoptr(GError) error = NULL;
    if (!take_number(connection, request, 0, &id)) {
        return;
    }
    g_autoptr(StoreTransfer) transfer = transfers_want(transfers, viewer, (gint64)id, &error);
    if (transfer == NULL) {
        reply_error(connection, request->code, error);
        return;
    }
    g_autofree char *words = describe(transfers, transfer);
    connection_reply(connection, request->code, ONEHASH_OK, words);
}

static void read_bytes(Transfers *transfers, Connection *connection,
                       const ConnectionRequest *request, const TransferViewer *viewer)
{
    static guint8 bytes[FILE_SERVICE_PIECE];
    guint64 id;
    guint64 offset;
    g_autoptr(GError) error = NULL;
    if (!take_number(connection, request, 0, &id) ||
        !take_number(connection, request, 1, &offset)) {
        return;
    }
    g_autoptr(StoreTransfer) transfer = transfers_find(transfers, viewer, (gint64)id, &error);
    gssize length = transfer == NULL ? -1
                                     : transfers_read(transfers, viewer, transfer, offset, bytes,
                                                      sizeof bytes, &error);
    if (length < 0) {
        reply_error(connection, request->code, error);
        return;
    }
    g_autofree char *base64 = g_base64_encode(bytes, (gsize)length);
    g_autofree char *words =
        g_strdup_printf("%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "%s%s\n%s",
                        transfers_state_name(transfer->state), transfer->size,
                        transfers_here(transfers, transfer), transfer->reason == NULL ? "" : " ",
                        transfer->reason == NULL ? "" : transfer->reason, base64);
    connection_reply(connection, request->code, ONEHASH_OK, words);
}

static void drop(Transfers *transfers, Connection *connection, const ConnectionRequest *request,
                 const TransferViewer *viewer)
{
    guint64 id;
    g_autoptr(GError) error = NULL;
    if (!take_number(connection, request, 0, &id)) {
        return;
    }
    if (!transfers_drop(transfers, viewer, (gint64)id, &error)) {
        reply_error(connection, request->code, error);
        return;
    }
    connection_reply(connection, request->code, ONEHASH_OK, NULL);
}

void file_service_handle(Transfers *transfers, Connection *connection,
                         const ConnectionRequest *request, const TransferViewer *viewer)
{
    switch (request->code) {
    case CHAT_FILES:
        reply_list(transfers, transfers_store(transfers), connection, request, viewer);
        break;
    case CHAT_OFFER:
        begin_upload(transfers, connection, request, viewer);
        break;
    case CHAT_WRITE:
        take_bytes(transfers, connection, request, viewer);
        break;
    case CHAT_GET:
        get(transfers, connection, request, viewer);
        break;
    case CHAT_READ:
        read_bytes(transfers, connection, request, viewer);
        break;
    default:
        drop(transfers, connection, request, viewer);
    }
}
