/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/fetch.h"
#include "chatd/transfer/folder.h"
#include "chatd/transfer/names.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PIECE = 65536, /* bytes read at once */
    PIECES_A_TURN = 4,
    GRACE_MS = 500 /* that the sender has to close after the last byte */
};

struct Fetch {
    PollerWatch watch; /* first: the poller hands it back */
    FetchSettings settings;
    guint8 *request;
    gsize request_sent;
    int fd;
    gboolean connected;
    gboolean ended;
    gboolean telling;   /* its owner is told soon */
    gboolean abandoned; /* its owner is not there to be told */
    FetchOutcome outcome;
    char *reason;
    guint64 have;    /* bytes of the file, or of the stream in the spool, up to where it is read */
    guint64 here;    /* bytes in the spool that earlier attempts brought */
    guint64 before;  /* bytes in the spool when this attempt began */
    guint64 arrived; /* bytes of this attempt */
    gint64 moved;    /* monotonic µs */
    guint grace;
    FolderReader *reader; /* of a folder */
};

static void tell_end(gpointer data)
{
    Fetch *fetch = data;
    fetch->telling = FALSE;
    if (fetch->abandoned) {
        fetch_free(fetch);
        return;
    }
    fetch->settings.ended(fetch->settings.owner, fetch->settings.transfer->id, fetch->outcome,
                          fetch->reason);
}

/* Takes over the reason. */
static void end(Fetch *fetch, FetchOutcome outcome, char *reason)
{
    if (fetch->ended) {
        g_free(reason);
        return;
    }
    fetch->ended = fetch->telling = TRUE;
    fetch->outcome = outcome;
    fetch->reason = reason;
    g_clear_handle_id(&fetch->grace, g_source_remove);
    poller_remove(fetch->settings.poller, &fetch->watch);
    poller_defer(fetch->settings.poller, POLLER_CLOSE, tell_end, fetch);
}

/* --- what comes --- */

/* Bytes that an earlier attempt brought, and that come again since the sender began anew, stay
 * where they are. Sets *same to how many of them are the same as before. */
static gboolean compare(const Fetch *fetch, const guint8 *bytes, gsize length, gsize *same,
                        GError **error)
{
    static guint8 before[PIECE];
    Spool *spool = fetch->settings.spool;
    gint64 id = fetch->settings.transfer->id;
    *same = 0;
    while (*same < length) {
        gsize part = MIN(length - *same, sizeof before);
        gssize got = spool_read(spool, id, fetch->have + *same, before, part, error);
        if (got <= 0) {
            return got == 0;
        }
        for (gsize i = 0; i < (gsize)got; i++) {
            if (before[i] != bytes[*same]) {
                return TRUE;
            }
            (*same)++;
        }
    }
    return TRUE;
}

static gboolean keep(Fetch *fetch, const guint8 *bytes, gsize length, GError **error)
{
    const StoreTransfer *transfer = fetch->settings.transfer;
    gsize same = 0;
    if (fetch->have < fetch->here) {
        if (!compare(fetch, bytes, length, &same, error)) {
            return FALSE;
        }
        fetch->have += same;
        bytes += same;
        length -= same;
        if (length > 0 && fetch->have < fetch->here) {
            if (fetch->reader == NULL) { /* some of it may have been read already */
                g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_STREAM,
                            "the file is not the one any more whose beginning came before");
                return FALSE;
            }
            if (!spool_cut(fetch->settings.spool, transfer->id, fetch->have, error)) {
                return FALSE;
            }
            fetch->here = fetch->have;
        }
    }
    if (length == 0) {
        return TRUE;
    }
    if (!spool_append(fetch->settings.spool, transfer->id, bytes, length, error)) {
        return FALSE;
    }
    fetch->have += length;
    return TRUE;
}

/* The folder's stream goes into the spool with its names in UTF-8. */
static gboolean keep_entry(gpointer data, const FolderEntry *entry, GError **error)
{
    guint8 header[FOLDER_HEADER];
    ptrdiff_t length = folder_build_header(header, sizeof header, entry, NULL);
    if (length < 0) {
        g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_STREAM,
                    "the entry “%s” cannot be written down", entry->name);
        return FALSE;
    }
    return keep(data, header, (gsize)length, error);
}

static gboolean keep_bytes(gpointer data, const guint8 *bytes, gsize length, GError **error)
{
    return keep(data, bytes, length, error);
}

static const FolderVisitor folder_visitor = {keep_entry, keep_bytes};

static gboolean end_grace(gpointer data)
{
    Fetch *fetch = data;
    fetch->grace = 0;
    end(fetch, FETCH_DONE, NULL);
    return G_SOURCE_REMOVE;
}

/* The last byte is here. A sender that has more to say than it announced says it soon. */
static void complete(Fetch *fetch)
{
    if (fetch->reader != NULL) {
        end(fetch, FETCH_DONE, NULL);
    } else if (fetch->grace == 0) {
        (void)shutdown(fetch->fd, SHUT_WR);
        fetch->grace = g_timeout_add(GRACE_MS, end_grace, fetch);
    }
}

static void take(Fetch *fetch, const guint8 *bytes, gsize length)
{
    const StoreTransfer *transfer = fetch->settings.transfer;
    g_autoptr(GError) error = NULL;
    gboolean done;
    if (fetch->reader != NULL) {
        done = folder_reader_feed(fetch->reader, bytes, length, &error);
    } else if (length > transfer->size - fetch->have) {
        end(fetch, FETCH_REFUSED,
            g_strdup_printf("more came than the %" G_GUINT64_FORMAT " bytes that were announced",
                            transfer->size));
        return;
    } else {
        done = keep(fetch, bytes, length, &error);
    }
    if (!done) {
        /* a full disk or quota may be better later; what breaks rules will not */
        end(fetch, error->domain == TRANSFER_ERROR ? FETCH_REFUSED : FETCH_BROKEN,
            g_strdup(error->message));
    } else if (fetch->reader != NULL ? folder_reader_is_complete(fetch->reader)
                                     : fetch->have == transfer->size) {
        complete(fetch);
    }
}

static void end_of_stream(Fetch *fetch)
{
    const StoreTransfer *transfer = fetch->settings.transfer;
    if (fetch->reader == NULL && fetch->have == transfer->size) {
        end(fetch, FETCH_DONE, NULL);
    } else if (fetch->arrived == 0) {
        end(fetch, FETCH_BROKEN, g_strdup("the sender closes without sending anything"));
    } else if (fetch->reader == NULL) {
        end(fetch, FETCH_BROKEN,
            g_strdup_printf("the sender broke off after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                            " bytes",
                            MAX(fetch->have, fetch->here), transfer->size));
    } else {
        end(fetch, FETCH_BROKEN, g_strdup("the sender broke off in the middle of the folder"));
    }
}

static void receive(Fetch *fetch)
{
    static guint8 bytes[PIECE];
    for (int i = 0; i < PIECES_A_TURN && !fetch->ended; i++) {
        ssize_t length = recv(fetch->fd, bytes, sizeof bytes, 0);
        if (length < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                end(fetch, FETCH_BROKEN, g_strdup(g_strerror(errno)));
            }
            return;
        }
        fetch->moved = g_get_monotonic_time();
        if (length == 0) {
            end_of_stream(fetch);
        } else if (!file_seal_apply(&fetch->settings.seal, fetch->arrived, bytes, (gsize)length,
                                    bytes)) {
            end(fetch, FETCH_BROKEN, g_strdup("the bytes cannot be decrypted"));
        } else {
            fetch->arrived += (guint64)length;
            take(fetch, bytes, (gsize)length);
        }
    }
}

/* --- asking --- */

static void ask(Fetch *fetch)
{
    int problem = 0;
    socklen_t size = sizeof problem;
    if (!fetch->connected && getsockopt(fetch->fd, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 &&
        problem != 0) {
        end(fetch, FETCH_BROKEN, g_strdup(g_strerror(problem)));
        return;
    }
    fetch->connected = TRUE;
    gsize left = fetch->settings.request_length - fetch->request_sent;
    ssize_t sent = send(fetch->fd, fetch->request + fetch->request_sent, left, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            end(fetch, FETCH_BROKEN, g_strdup(g_strerror(errno)));
        }
        return;
    }
    fetch->moved = g_get_monotonic_time();
    fetch->request_sent += (gsize)sent;
    if (fetch->request_sent == fetch->settings.request_length) {
        poller_change(fetch->settings.poller, &fetch->watch, EPOLLIN);
    }
}

static void ready(PollerWatch *watch, uint32_t events)
{
    Fetch *fetch = (Fetch *)watch;
    if (fetch->request_sent < fetch->settings.request_length) {
        ask(fetch);
    } else if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        receive(fetch);
    }
}

static gboolean fail(GError **error, const char *doing)
{
    int saved = errno;
    g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(saved), "%s: %s", doing,
                g_strerror(saved));
    return FALSE;
}

static gboolean start(Fetch *fetch, GError **error)
{
    struct sockaddr_storage place;
    const FetchSettings *settings = &fetch->settings;
    int family = node_address_is_ipv4(&settings->to, NULL) ? AF_INET : AF_INET6;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return fail(error, "opening a socket");
    }
    NodeAddress from = settings->from;
    from.port = 0;
    if (node_address_is_ipv4(&from, NULL) == (family == AF_INET)) {
        socklen_t length = node_address_to_socket(&from, family, &place);
        (void)bind(fd, (struct sockaddr *)&place, length);
    }
    socklen_t length = node_address_to_socket(&settings->to, family, &place);
    fetch->fd = fd;
    if (connect(fd, (struct sockaddr *)&place, length) != 0 && errno != EINPROGRESS) {
        return fail(error, "connecting");
    }
    return poller_add(settings->poller, &fetch->watch, fd, EPOLLOUT, error);
}

Fetch *fetch_new(const FetchSettings *settings, GError **error)
{
    Fetch *fetch = g_new0(Fetch, 1);
    fetch->watch = (PollerWatch){.ready = ready, .fd = -1};
    fetch->fd = -1;
    fetch->settings = *settings;
    fetch->request = g_memdup2(settings->request, settings->request_length);
    fetch->have = settings->offset;
    fetch->here = fetch->before = spool_length(settings->spool, settings->transfer->id);
    fetch->moved = g_get_monotonic_time();
    if (settings->transfer->kind == STORE_FOLDER) {
        fetch->reader =
            folder_reader_new(settings->entries, settings->most_bytes, &folder_visitor, fetch);
        if (settings->writes_gbk) {
            folder_reader_expect_gbk(fetch->reader);
        }
    }
    if (!start(fetch, error)) {
        fetch->ended = TRUE;
        fetch_free(fetch);
        return NULL;
    }
    return fetch;
}

void fetch_free(Fetch *fetch)
{
    if (fetch == NULL) {
        return;
    }
    g_clear_handle_id(&fetch->grace, g_source_remove);
    poller_remove(fetch->settings.poller, &fetch->watch);
    if (fetch->telling) {
        fetch->ended = fetch->abandoned = TRUE;
        return;
    }
    if (fetch->fd >= 0) {
        close(fetch->fd);
    }
    folder_reader_free(fetch->reader);
    g_free(fetch->request);
    g_free(fetch->reason);
    g_free(fetch);
}

void fetch_check_age(Fetch *fetch, gint64 oldest)
{
    if (!fetch->ended && fetch->grace == 0 && fetch->moved < oldest) {
        end(fetch, FETCH_BROKEN, g_strdup("nothing came for too long"));
    }
}

gboolean fetch_has_answer(const Fetch *fetch)
{
    return fetch->arrived > 0;
}

gboolean fetch_has_progress(const Fetch *fetch)
{
    return fetch->have > fetch->before;
}

const NodeAddress *fetch_address(const Fetch *fetch)
{
    return &fetch->settings.to;
}
