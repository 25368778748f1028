/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes that arrive are read into one buffer that all connections share; only what is left of a
 * message that has not ended is kept for the connection.
 */
#include "chatd/tcp/connection.h"
#include "chatd/tcp/reply.h"
#include "chatd/tcp/request.h"
#include "chatd/tcp/transport.h"
#include "protocol/onehash/build.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum {
    READ_SIZE = 64 * 1024,
    INPUT_LIMIT = ONEHASH_MESSAGE_LIMIT + READ_SIZE,
    REFUSED_LIMIT = 1 << 20, /* bytes that are thrown away after a refusal */
    MESSAGES_A_TURN = 128 /* so that a client that sends without end does not starve the others */
};

struct Connection {
    PollerWatch watch; /* first: ready() gets its address */
    Poller *poller;
    GTlsConnection *tls; /* NULL: plain */
    OnehashStream stream;
    const ConnectionHandler *handler;
    gpointer service;
    gpointer record;
    ConnectionPeer peer;
    const ConnectionLimits *limits;
    const char *close_reason; /* set: it ends in this turn */
    GByteArray *input;        /* NULL when nothing is kept */
    GByteArray *output;       /* NULL when all is sent */
    guint output_sent;        /* bytes of output that are sent already */
    guint accounted;          /* bytes that stand for it in the budget */
    guint held;
    guint thrown_away;    /* bytes since it was refused */
    bool queued : 1;      /* a send is deferred */
    bool no_more : 1;     /* the client sends nothing more; what is queued still goes to it */
    bool refused : 1;     /* what the client still sends is thrown away */
    bool draining : 1;    /* the service wants to know when all has left */
    bool ended : 1;       /* only a hold keeps it */
    gint64 last_heard;    /* monotonic, µs */
    gint64 stalled_since; /* since when input or output has not moved on; 0: it has */
};

static const char too_long[] = "Not a message in this framing, or longer than 64 KiB";
static uint8_t read_buffer[READ_SIZE];
static uint8_t build_buffer[ONEHASH_BUILD_ROOM(ONEHASH_MESSAGE_LIMIT)];

/* --- its end --- */

static void account(Connection *connection)
{
    guint now = (connection->input == NULL ? 0 : connection->input->len) +
                (connection->output == NULL ? 0 : connection->output->len);
    ConnectionBudget *budget = connection->limits->budget;
    budget->used = budget->used - connection->accounted + now;
    budget->peak = MAX(budget->peak, budget->used);
    gboolean grew = now > connection->accounted;
    connection->accounted = now;
    if (grew && budget->used > budget->limit) {
        connection_close(connection, "all clients together have too much buffered");
    }
}

static void release_memory(Connection *connection)
{
    g_free(connection->peer.text);
    g_free(connection->peer.certificate);
    g_free(connection);
}

static void finish(gpointer data)
{
    Connection *connection = data;
    connection->handler->closed(connection->service, connection, connection->close_reason);
    g_clear_pointer(&connection->input, g_byte_array_unref);
    g_clear_pointer(&connection->output, g_byte_array_unref);
    account(connection);
    connection->ended = true;
    if (connection->held == 0) {
        release_memory(connection);
    }
}

/* Send as much as the socket takes; an errno, or 0. */
static int send_queued(Connection *connection)
{
    while (connection->output != NULL) {
        GByteArray *output = connection->output;
        ssize_t sent = transport_write(connection->watch.fd, connection->tls,
                                       output->data + connection->output_sent,
                                       output->len - connection->output_sent);
        if (sent < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errno == EWOULDBLOCK ? EAGAIN : errno;
        }
        connection->stalled_since = 0;
        connection->output_sent += (guint)sent;
        if (connection->output_sent == output->len) {
            g_clear_pointer(&connection->output, g_byte_array_unref);
            connection->output_sent = 0;
        }
    }
    return 0;
}

void connection_close(Connection *connection, const char *reason)
{
    if (connection->close_reason != NULL) {
        return;
    }
    connection->close_reason = reason;
    if (!poller_turn_failed(connection->poller)) {
        (void)send_queued(connection);
    }
    int fd = connection->watch.fd;
    poller_remove(connection->poller, &connection->watch);
    transport_close(fd, g_steal_pointer(&connection->tls), connection->output == NULL);
    poller_defer(connection->poller, POLLER_CLOSE, finish, connection);
}

gboolean connection_is_closing(const Connection *connection)
{
    return connection->close_reason != NULL;
}

/* --- output --- */

static void wait_for(Connection *connection)
{
    uint32_t events = connection->held > 0 || connection->no_more ? 0 : EPOLLIN;
    if (connection->output != NULL && !connection->queued) {
        events |= EPOLLOUT;
    }
    poller_change(connection->poller, &connection->watch, events);
}

static void flush(Connection *connection)
{
    int problem = send_queued(connection);
    if (problem != 0 && problem != EAGAIN) {
        connection_close(connection, g_strerror(problem));
        return;
    }
    account(connection);
    if (connection->output != NULL) {
        if (connection->stalled_since == 0) {
            connection->stalled_since = g_get_monotonic_time();
        }
    } else if (connection->no_more) {
        connection_close(connection, "closed by the client");
        return;
    } else if (connection->refused) {
        transport_end_writing(connection->watch.fd, connection->tls, TRUE);
    } else if (connection->draining) {
        connection->draining = false;
        connection->handler->drained(connection->service, connection);
    }
    wait_for(connection);
}

static void flush_queued(gpointer data)
{
    Connection *connection = data;
    connection->queued = false;
    if (connection->close_reason != NULL) {
        return;
    }
    if (poller_turn_failed(connection->poller)) {
        connection_close(connection, "what it was to be told could not be stored");
        return;
    }
    flush(connection);
}

/* Queue bytes; they leave at the end of the turn. */
static gboolean transmit(Connection *connection, const uint8_t *data, size_t length)
{
    if (connection->close_reason != NULL || connection->refused) {
        return FALSE;
    }
    if (length == 0) {
        return TRUE;
    }
    if (connection->output == NULL) {
        connection->output = g_byte_array_new();
        connection->output_sent = 0;
    } else if (connection->output_sent > connection->output->len / 2) {
        g_byte_array_remove_range(connection->output, 0, connection->output_sent);
        connection->output_sent = 0;
    }
    if (connection_unsent(connection) + length > connection->limits->output_bytes) {
        /* within one turn even a client that reads cannot keep up: it gets the chance now */
        if (poller_turn_failed(connection->poller) || send_queued(connection) != 0) {
            connection_close(connection, "does not read what it is sent");
            return FALSE;
        }
        connection->output = connection->output == NULL ? g_byte_array_new() : connection->output;
    }
    g_byte_array_append(connection->output, data, (guint)length);
    if (!connection->queued) {
        connection->queued = true;
        poller_defer(connection->poller, POLLER_SEND, flush_queued, connection);
    }
    account(connection);
    return connection->close_reason == NULL;
}

void connection_reply(Connection *connection, guint32 code, OnehashStatus status, const char *text)
{
    OnehashStream stream = connection->stream;
    if (stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        stream.framing = ONEHASH_FRAMING_LINE;
    }
    ptrdiff_t length = reply_build(build_buffer, sizeof build_buffer, &stream, code, status, text);
    if (length < 0) {
        connection_close(connection, "an answer cannot be sent in this framing");
        return;
    }
    (void)transmit(connection, build_buffer, (size_t)length);
}

gboolean connection_send(Connection *connection, ConnectionEvent *event)
{
    const OnehashStream *stream = &connection->stream;
    GByteArray *built = event->built[stream->framing];
    if (connection->close_reason != NULL || stream->framing == ONEHASH_FRAMING_UNDECIDED) {
        return FALSE; /* undecided: it has not said anything, so nothing concerns it */
    }
    if (built != NULL &&
        (stream->framing != ONEHASH_FRAMING_FIXED || event->block == stream->block)) {
        return transmit(connection, built->data, built->len);
    }
    ptrdiff_t length = event_build(build_buffer, sizeof build_buffer, stream, event->code,
                                   event->from, event->text);
    if (length < 0) {
        g_warning("connection: %s: an event of “%s” cannot be sent in its framing",
                  connection->peer.text, event->from);
        return FALSE;
    }
    if (event->for_many && built == NULL) {
        built = g_byte_array_sized_new((guint)length);
        g_byte_array_append(built, build_buffer, (guint)length);
        event->built[stream->framing] = built;
        event->block = stream->framing == ONEHASH_FRAMING_FIXED ? stream->block : event->block;
    }
    return transmit(connection, build_buffer, (size_t)length);
}

gboolean connection_send_bytes(Connection *connection, const guint8 *data, gsize length)
{
    return transmit(connection, data, length);
}

const OnehashStream *connection_stream(const Connection *connection)
{
    return &connection->stream;
}

gboolean connection_is_short_of_room(const Connection *connection, guint count, gsize length)
{
    const ConnectionBudget *budget = connection->limits->budget;
    gsize left = budget->used < budget->limit ? budget->limit - budget->used : 0;
    return (gsize)count * length > left / 4;
}

void connection_push(Connection *connection)
{
    if (connection->close_reason == NULL && !poller_turn_failed(connection->poller)) {
        (void)send_queued(connection);
        account(connection);
    }
}

void connection_event_clear(ConnectionEvent *event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(event->built); i++) {
        g_clear_pointer(&event->built[i], g_byte_array_unref);
    }
}

/* --- input --- */

static void tell_refused(Connection *connection, guint32 code, const char *problem)
{
    if (connection->handler->refused != NULL) {
        connection->handler->refused(connection->service, connection, code, problem);
    }
}

/* Hand one message to the service. */
static void handle(Connection *connection, const uint8_t *data, uint32_t length)
{
    ConnectionRequest request;
    const char *problem = request_decode(&request, &connection->stream, data, length);
    if (problem == NULL) {
        connection->handler->request(connection->service, connection, &request);
    } else {
        tell_refused(connection, request.code, problem);
        connection_reply(connection, request.code, ONEHASH_BAD_ARGUMENT, problem);
    }
}

/* A line or frame without a message in it: not worth an answer. */
static gboolean is_empty(const Connection *connection, const uint8_t *data, uint32_t length)
{
    return connection->stream.framing == ONEHASH_FRAMING_LINE &&
           (length == 1 || (length == 2 && data[0] == '\r'));
}

/* Answer for the last time. The socket is closed when the client has read it and closed its side,
 * or when its time is up: closed at once, the answer might not reach a client that still sends. */
static void refuse(Connection *connection, guint32 code, OnehashStatus status, const char *text)
{
    tell_refused(connection, code, text);
    connection_reply(connection, code, status, text);
    connection->refused = true;
    connection->stalled_since = g_get_monotonic_time();
    g_clear_pointer(&connection->input, g_byte_array_unref);
    if (connection->output == NULL) {
        transport_end_writing(connection->watch.fd, connection->tls, TRUE);
    }
}

static void resume(gpointer data)
{
    connection_release(data);
}

static gboolean resume_later(gpointer data)
{
    connection_release(data);
    return G_SOURCE_REMOVE;
}

/* Does its origin ask for more than it may? Then the kernel keeps what it sends for a while, and it
 * has to wait; nothing is lost. */
static gboolean has_to_wait(Connection *connection, gint64 now)
{
    gint64 wait = origin_take(connection->peer.origin, ORIGIN_REQUESTS,
                              connection->limits->requests_per_second, 1, now);
    if (wait == 0) {
        return FALSE;
    }
    connection_hold(connection);
    g_timeout_add((guint)(wait / 1000) + 1, resume_later, connection);
    return TRUE;
}

/* What begins as no framing does will not become a message. It is answered in lines, but where a
 * length seems to come first as such a client reads it. */
static void refuse_undecided(Connection *connection, const uint8_t *data, size_t length)
{
    OnehashStream *stream = &connection->stream;
    stream->framing = data[0] == 0 ? ONEHASH_FRAMING_LENGTH : ONEHASH_FRAMING_LINE;
    OnehashFrame frame = onehash_next(stream, data, length);
    if (data[0] == 0 && frame.verdict == ONEHASH_REFUSED) {
        refuse(connection, request_read_code(stream, data, length), ONEHASH_REQUEST_TOO_LONG,
               too_long);
    } else {
        refuse(connection, 0, ONEHASH_BAD_ARGUMENT, "Not a 1#n request: 1#code[#argument…]");
    }
}

/* Take the messages from the start of the bytes; returns how many bytes were taken. */
static size_t take_messages(Connection *connection, const uint8_t *data, size_t length)
{
    size_t taken = 0;
    gint64 now = g_get_monotonic_time();
    for (guint messages = 0; taken < length && connection->held == 0 && !connection->refused &&
                             connection->close_reason == NULL;
         messages++) {
        if (messages == MESSAGES_A_TURN) {
            connection_hold(connection);
            poller_defer(connection->poller, POLLER_NEXT, resume, connection);
            break;
        }
        OnehashFrame frame = onehash_next(&connection->stream, data + taken, length - taken);
        if (frame.verdict == ONEHASH_PARTIAL) {
            break;
        }
        if (frame.verdict == ONEHASH_REFUSED) {
            refuse(connection, request_read_code(&connection->stream, data + taken, length - taken),
                   ONEHASH_REQUEST_TOO_LONG, too_long);
            return length;
        }
        if (has_to_wait(connection, now)) {
            break;
        }
        if (!is_empty(connection, data + taken, frame.length)) {
            handle(connection, data + taken, frame.length);
        }
        taken += frame.length;
    }
    return taken;
}

/* Keep the bytes that were not taken. `data` is read_buffer or the input itself. */
static void keep(Connection *connection, const uint8_t *data, size_t length, size_t taken)
{
    if (connection->refused || taken == length) {
        g_clear_pointer(&connection->input, g_byte_array_unref);
    } else if (connection->input != NULL) {
        g_byte_array_remove_range(connection->input, 0, (guint)taken);
    } else {
        connection->input = g_byte_array_new();
        g_byte_array_append(connection->input, data + taken, (guint)(length - taken));
    }
    if (connection->input == NULL) {
        connection->stalled_since =
            connection->output != NULL || connection->refused ? connection->stalled_since : 0;
    } else if (connection->stalled_since == 0 || taken > 0) {
        connection->stalled_since = g_get_monotonic_time();
    }
    account(connection);
}

/* Bytes arrived, behind those that were kept. */
static void receive(Connection *connection, const uint8_t *data, size_t length)
{
    onehash_learn(&connection->stream, data, length);
    if (connection->input != NULL) {
        g_byte_array_append(connection->input, data, (guint)length);
        data = connection->input->data;
        length = connection->input->len;
        onehash_learn(&connection->stream, data, length);
    }
    size_t taken = 0;
    if (connection->stream.framing == ONEHASH_FRAMING_UNDECIDED) {
        refuse_undecided(connection, data, length);
    } else {
        taken = take_messages(connection, data, length);
    }
    if (connection->close_reason == NULL) {
        if (length - taken > INPUT_LIMIT) {
            connection_close(connection, "sent more than it may while it waits for an answer");
        } else {
            keep(connection, data, length, taken);
        }
    }
}

static void read_more(Connection *connection)
{
    ssize_t length;
    do {
        length =
            transport_read(connection->watch.fd, connection->tls, read_buffer, sizeof read_buffer);
    } while (length < 0 && errno == EINTR);
    if (length > 0) {
        connection->last_heard = g_get_monotonic_time();
        if (!connection->refused) {
            receive(connection, read_buffer, (size_t)length);
        } else if ((connection->thrown_away += (guint)length) > REFUSED_LIMIT) {
            connection_close(connection, "sent what is refused");
        }
    } else if (length == 0 && connection->output != NULL && !connection->refused) {
        connection->no_more = true;
    } else if (length == 0) {
        connection_close(connection,
                         connection->refused ? "sent what is refused" : "closed by the client");
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
        connection_close(connection, g_strerror(errno));
    }
}

static void ready(PollerWatch *watch, uint32_t events)
{
    Connection *connection = (Connection *)watch;
    if ((events & (EPOLLHUP | EPOLLERR)) != 0 && (connection->held > 0 || connection->no_more)) {
        connection_close(connection, "lost");
        return;
    }
    if ((events & EPOLLOUT) != 0) {
        flush(connection);
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && connection->close_reason == NULL &&
        connection->held == 0) {
        read_more(connection);
    }
    if (connection->close_reason == NULL) {
        wait_for(connection);
    }
}

/* --- for the service --- */

Connection *connection_new(Poller *poller, int fd, GTlsConnection *tls, const OnehashStream *stream,
                           const ConnectionPeer *peer, const ConnectionLimits *limits,
                           const ConnectionHandler *handler, gpointer service, GError **error)
{
    Connection *connection = g_new0(Connection, 1);
    connection->watch.ready = ready;
    connection->poller = poller;
    connection->tls = tls;
    connection->stream = *stream;
    connection->handler = handler;
    connection->service = service;
    connection->peer = *peer;
    connection->limits = limits;
    connection->last_heard = g_get_monotonic_time();
    if (!poller_add(poller, &connection->watch, fd, EPOLLIN, error)) {
        transport_close(fd, tls, FALSE);
        release_memory(connection);
        return NULL;
    }
    return connection;
}

void connection_hold(Connection *connection)
{
    connection->held++;
    wait_for(connection);
}

void connection_release(Connection *connection)
{
    connection->held--;
    if (connection->held > 0) {
        return;
    }
    if (connection->ended) {
        release_memory(connection);
        return;
    }
    if (connection->close_reason != NULL) {
        return;
    }
    if (connection->input != NULL) {
        const uint8_t *data = connection->input->data;
        size_t length = connection->input->len;
        size_t taken = take_messages(connection, data, length);
        if (connection->close_reason == NULL) {
            keep(connection, data, length, taken);
        }
    }
    if (connection->close_reason == NULL) {
        wait_for(connection);
    }
}

guint connection_unsent(const Connection *connection)
{
    return connection->output == NULL ? 0 : connection->output->len - connection->output_sent;
}

void connection_want_drained(Connection *connection)
{
    connection->draining = true;
}

void connection_check_age(Connection *connection, gint64 oldest_word, gint64 oldest_stall)
{
    if (connection->held > 0) {
        return;
    }
    if (connection->stalled_since != 0 && connection->stalled_since < oldest_stall) {
        connection_close(connection, connection->output != NULL ? "does not read what it is sent"
                                     : connection->refused      ? "sent what is refused"
                                                                : "stopped within a message");
    } else if (connection->last_heard < oldest_word) {
        connection_close(connection, "said nothing for too long");
    }
}

void connection_set_record(Connection *connection, gpointer record)
{
    connection->record = record;
}

gpointer connection_record(const Connection *connection)
{
    return connection->record;
}

const ConnectionPeer *connection_peer(const Connection *connection)
{
    return &connection->peer;
}
