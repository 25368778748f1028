/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/serve.h"
#include "chatd/transfer/folder.h"
#include "chatd/transfer/request.h"
#include "protocol/feiq/command.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REQUEST = 4096,    /* most bytes of a request */
    PATIENCE_MS = 300, /* for the rest of a request that does not say where it ends */
    REQUEST_SECONDS = 10,
    CLOSING_SECONDS = 3, /* that a receiver may leave the connection open when it has all */
    A_TURN = 256 * 1024, /* bytes sent before the others have their turn */
    SEALED = 64 * 1024   /* bytes encrypted at once */
};

typedef enum { ASKING, SENDING, ENDING } Phase;

struct Serve {
    PollerWatch watch; /* first: the poller hands it back */
    Transfers *transfers;
    Poller *poller;
    int fd;
    NodeAddress from;
    void (*ended)(gpointer owner, Serve *serve);
    gpointer owner;
    Phase phase;
    gboolean is_over;
    gint64 begun; /* monotonic µs */
    gint64 moved;
    guint patience;
    guint8 request[REQUEST];
    gsize request_length;
    StoreTransfer *transfer;
    int file;                     /* in the spool */
    guint64 at;                   /* in that */
    guint64 end;                  /* of the bytes to send as they are */
    guint64 length;               /* of all in the spool */
    guint8 header[FOLDER_HEADER]; /* of a folder's next entry, as the receiver reads it */
    gsize header_sent;
    gsize header_length;
    FileSeal seal;
    guint64 sent; /* bytes of headers and files */
};

static void tell_end(gpointer data)
{
    Serve *serve = data;
    serve->ended(serve->owner, serve);
}

static void finish(Serve *serve, const char *reason)
{
    char address[NODE_ADDRESS_TEXT];
    if (serve->is_over) {
        return;
    }
    serve->is_over = TRUE;
    if (reason != NULL) {
        g_message("files: %s: %s", node_address_text(&serve->from, address), reason);
    }
    g_clear_handle_id(&serve->patience, g_source_remove);
    poller_remove(serve->poller, &serve->watch);
    poller_defer(serve->poller, POLLER_CLOSE, tell_end, serve);
}

/* --- sending --- */

/* The next header of a folder, in the receiver's encoding. FALSE: there is none, or it is damaged.
 */
static gboolean next_header(Serve *serve)
{
    guint8 bytes[FOLDER_HEADER];
    FolderHeader header;
    ssize_t got = pread(serve->file, bytes, sizeof bytes, (off_t)serve->at);
    if (got <= 0 || folder_read_header(bytes, (gsize)got, &header) != FEIQ_DIRECTORY_COMPLETE) {
        return FALSE;
    }
    g_autofree char *name = header.name;
    g_autofree char *encoded = transfers_encode(serve->transfers, serve->transfer->to, name);
    FolderEntry entry = {.step = header.type == FEIQ_FILE_TYPE_DIRECTORY ? FOLDER_ENTER
                                 : header.type == FEIQ_FILE_TYPE_PARENT  ? FOLDER_LEAVE
                                                                         : FOLDER_FILE,
                         .size = header.size,
                         .mtime = header.mtime > 0 ? header.mtime : serve->transfer->mtime};
    ptrdiff_t length = folder_build_header(serve->header, sizeof serve->header, &entry, encoded);
    serve->header_length = length > 0 ? (gsize)length : 0;
    serve->header_sent = 0;
    serve->at += header.length;
    serve->end = serve->at + header.size;
    return length > 0;
}

/* Something went out, or the socket is full, or broken. */
static gboolean note_sent(Serve *serve, ssize_t sent)
{
    if (sent > 0) {
        serve->moved = g_get_monotonic_time();
        serve->sent += (guint64)sent;
        return TRUE;
    }
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        finish(serve, errno == EPIPE || errno == ECONNRESET ? "the receiver broke off"
                                                            : g_strerror(errno));
    } else if (sent == 0) {
        finish(serve, "the file in the spool became shorter");
    }
    return FALSE;
}

static void all_is_sent(Serve *serve)
{
    serve->phase = ENDING;
    (void)shutdown(serve->fd, SHUT_WR);
    poller_change(serve->poller, &serve->watch, EPOLLIN);
}

/* The rest of a header. */
static ssize_t send_header(Serve *serve)
{
    guint8 bytes[FOLDER_HEADER];
    gsize left = serve->header_length - serve->header_sent;
    if (!file_seal_apply(&serve->seal, serve->sent, serve->header + serve->header_sent, left,
                         bytes)) {
        errno = EIO;
        return -1;
    }
    return send(serve->fd, bytes, left, MSG_NOSIGNAL | MSG_MORE);
}

/* Some of a file, encrypted. What the socket does not take is encrypted again next time. */
static ssize_t send_sealed(Serve *serve, gsize length)
{
    static guint8 bytes[SEALED];
    ssize_t got = pread(serve->file, bytes, MIN(length, sizeof bytes), (off_t)serve->at);
    if (got <= 0) {
        return got;
    }
    if (!file_seal_apply(&serve->seal, serve->sent, bytes, (gsize)got, bytes)) {
        errno = EIO;
        return -1;
    }
    return send(serve->fd, bytes, (gsize)got, MSG_NOSIGNAL);
}

static ssize_t send_bytes(Serve *serve, gsize length)
{
    off_t offset = (off_t)serve->at;
    return serve->seal.is_set ? send_sealed(serve, length)
                              : sendfile(serve->fd, serve->file, &offset, length);
}

static void send_some(Serve *serve)
{
    for (gsize room = A_TURN; room > 0;) {
        ssize_t sent;
        if (serve->header_sent < serve->header_length) {
            sent = send_header(serve);
            if (!note_sent(serve, sent)) {
                return;
            }
            serve->header_sent += (gsize)sent;
        } else if (serve->at < serve->end) {
            sent = send_bytes(serve, (gsize)MIN(serve->end - serve->at, (guint64)room));
            if (!note_sent(serve, sent)) {
                return;
            }
            serve->at += (guint64)sent;
        } else if (serve->transfer->kind == STORE_FOLDER && serve->at < serve->length) {
            if (!next_header(serve)) {
                finish(serve, "the folder in the spool is damaged");
                return;
            }
            continue;
        } else {
            all_is_sent(serve);
            return;
        }
        room -= MIN(room, (gsize)sent);
    }
}

/* --- the request --- */

/* A file that is asked for as a folder has a header before it: so the IP Messenger asks for files
 * whose bytes are to be encrypted. */
static gboolean put_file_header(Serve *serve)
{
    FolderEntry entry = {
        .step = FOLDER_FILE, .size = serve->length, .mtime = serve->transfer->mtime};
    g_autofree char *name =
        transfers_encode(serve->transfers, serve->transfer->to, serve->transfer->name);
    ptrdiff_t length = folder_build_header(serve->header, sizeof serve->header, &entry, name);
    serve->header_length = length > 0 ? (gsize)length : 0;
    return length > 0;
}

static void obey(Serve *serve, const FileRequest *request)
{
    const char *reason = NULL;
    g_autoptr(GError) error = NULL;
    gboolean as_folder = request->command == FEIQ_CMD_GETDIRFILES;
    serve->transfer = transfers_requested(serve->transfers, &serve->from, request->number,
                                          (guint32)request->file, &reason);
    if (serve->transfer == NULL) {
        finish(serve, reason);
        return;
    }
    if (!as_folder && serve->transfer->kind == STORE_FOLDER) {
        finish(serve, "a folder was asked for as a file");
        return;
    }
    if (request->seal.is_set &&
        !transfers_note_seal(serve->transfers, serve->transfer->id, request->file_number)) {
        finish(serve, "an encrypted request came a second time");
        return;
    }
    serve->seal = request->seal;
    serve->file = spool_open(transfers_spool(serve->transfers), serve->transfer->id, &error);
    if (serve->file < 0) {
        finish(serve, error->message);
        return;
    }
    serve->length = transfers_here(serve->transfers, serve->transfer);
    if (serve->transfer->kind != STORE_FOLDER) {
        serve->at = as_folder ? 0 : request->offset;
        serve->end = serve->length;
        if (serve->at > serve->end) {
            finish(serve, "an offset beyond the end of the file was asked for");
            return;
        }
        if (as_folder && !put_file_header(serve)) {
            finish(serve, "the file's name cannot be sent in a header");
            return;
        }
    }
    serve->phase = SENDING;
    poller_change(serve->poller, &serve->watch, EPOLLOUT);
}

/* What has come is looked at; without `at_last` it may be that more will come. */
static void consider(Serve *serve, gboolean at_last)
{
    FileRequest request;
    const char *reason;
    switch (file_request_read(serve->request, serve->request_length, &serve->from,
                              transfers_opener(serve->transfers), at_last, &request, &reason)) {
    case FILE_REQUEST_WHOLE:
        obey(serve, &request);
        break;
    case FILE_REQUEST_WRONG:
        finish(serve, reason);
        break;
    case FILE_REQUEST_PARTIAL:
        break;
    }
}

static gboolean lose_patience(gpointer data)
{
    Serve *serve = data;
    serve->patience = 0;
    consider(serve, TRUE);
    return G_SOURCE_REMOVE;
}

static void read_request(Serve *serve)
{
    gsize room = sizeof serve->request - serve->request_length;
    ssize_t got = recv(serve->fd, serve->request + serve->request_length, room, 0);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            finish(serve, NULL);
        }
        return;
    }
    serve->moved = g_get_monotonic_time();
    g_clear_handle_id(&serve->patience, g_source_remove);
    serve->request_length += (gsize)got;
    if (serve->request_length == 0) {
        finish(serve, NULL);
    } else if (got == 0 || serve->request_length == sizeof serve->request) {
        consider(serve, TRUE);
    } else {
        consider(serve, FALSE);
        if (serve->phase == ASKING && !serve->is_over) {
            serve->patience = g_timeout_add(PATIENCE_MS, lose_patience, serve);
        }
    }
}

/* The receiver closes when it has all. What it still says is of no interest. */
static void wait_for_end(Serve *serve)
{
    guint8 rest[1024];
    ssize_t got = recv(serve->fd, rest, sizeof rest, 0);
    if (got == 0) {
        transfers_sent(serve->transfers, serve->transfer->id);
        finish(serve, NULL);
    } else if (got < 0 && errno != EAGAIN && errno != EINTR) {
        finish(serve, "the receiver broke off");
    }
}

static void ready(PollerWatch *watch, uint32_t events)
{
    (void)events;
    Serve *serve = (Serve *)watch;
    if (serve->phase == ASKING) {
        read_request(serve);
    } else if (serve->phase == SENDING) {
        send_some(serve);
    } else {
        wait_for_end(serve);
    }
}

Serve *serve_new(Transfers *transfers, Poller *poller, int fd, const NodeAddress *from,
                 void (*ended)(gpointer owner, Serve *serve), gpointer owner)
{
    Serve *serve = g_new0(Serve, 1);
    serve->watch = (PollerWatch){.ready = ready, .fd = -1};
    serve->transfers = transfers;
    serve->poller = poller;
    serve->fd = fd;
    serve->file = -1;
    serve->from = *from;
    serve->ended = ended;
    serve->owner = owner;
    serve->begun = serve->moved = g_get_monotonic_time();
    if (!poller_add(poller, &serve->watch, fd, EPOLLIN, NULL)) {
        serve_free(serve);
        return NULL;
    }
    return serve;
}

void serve_free(Serve *serve)
{
    g_clear_handle_id(&serve->patience, g_source_remove);
    poller_remove(serve->poller, &serve->watch);
    close(serve->fd);
    if (serve->file >= 0) {
        close(serve->file);
    }
    store_transfer_free(serve->transfer);
    g_free(serve);
}

void serve_check_age(Serve *serve, gint64 oldest)
{
    gint64 now = g_get_monotonic_time();
    int unread = 0;
    if (serve->phase == ASKING && now - serve->begun > REQUEST_SECONDS * G_USEC_PER_SEC) {
        finish(serve, "no request came");
    } else if (serve->phase == ENDING && now - serve->moved > CLOSING_SECONDS * G_USEC_PER_SEC &&
               ioctl(serve->fd, SIOCOUTQ, &unread) == 0 && unread == 0) {
        /* its system has all, and it leaves the connection open */
        transfers_sent(serve->transfers, serve->transfer->id);
        finish(serve, NULL);
    } else if (serve->moved < oldest) {
        finish(serve, "the receiver does not read");
    } else if (serve->phase == SENDING &&
               transfers_is_withdrawn(serve->transfers, serve->transfer->id)) {
        finish(serve, "the offer was withdrawn");
    }
}

const NodeAddress *serve_address(const Serve *serve)
{
    return &serve->from;
}
