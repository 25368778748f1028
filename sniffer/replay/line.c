/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/replay/line.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 65536, MOST_WAITING = 64 * 1024 * 1024, MOST_ARRIVALS = 65536 };

static uint16_t live_port(const PlaySettings *settings, uint16_t recorded)
{
    for (unsigned i = 0; i < settings->port_count; i++) {
        if (settings->ports[i].recorded == recorded) {
            return settings->ports[i].live;
        }
    }
    return recorded;
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)address)->sin_port = htons(port);
    }
}

static void fail(Line *line, const char *what, int error)
{
    if (line->trouble == NULL) {
        line->trouble = g_strdup_printf("%s: %s", what, g_strerror(error));
    }
}

/* Without waiting longer than for an answer. */
static bool connect_to(Line *line, const struct sockaddr_storage *target)
{
    const PlaySettings *settings = line->settings;
    if (connect(line->descriptor, (const struct sockaddr *)target, settings->target_length) == 0) {
        return true;
    }
    if (errno != EINPROGRESS) {
        fail(line, "cannot connect", errno);
        return false;
    }
    struct pollfd ready = {line->descriptor, POLLOUT, 0};
    int count = poll(&ready, 1, (int)settings->timeout);
    int error = count == 0 ? ETIMEDOUT : errno;
    socklen_t length = sizeof error;
    if (count > 0) {
        (void)getsockopt(line->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    if (count > 0 && error == 0) {
        return true;
    }
    fail(line, "cannot connect", error);
    return false;
}

static bool open_line(Line *line)
{
    const PlaySettings *settings = line->settings;
    const Conversation *c = line->conversation;
    struct sockaddr_storage target = settings->target;
    set_port(&target, live_port(settings, c->server_port));
    line->descriptor = socket(target.ss_family, c->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (line->descriptor < 0 || fcntl(line->descriptor, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(line->descriptor, F_SETFL, O_NONBLOCK) != 0) {
        fail(line, "no socket", errno);
        return false;
    }
    int yes = 1;
    if (c->tcp) { /* each segment is sent as it was cut */
        (void)setsockopt(line->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    if (settings->bind_length != 0 &&
        bind(line->descriptor, (const struct sockaddr *)&settings->bind, settings->bind_length) !=
            0) {
        fail(line, "cannot bind", errno);
        return false;
    }
    return connect_to(line, &target);
}

Line *line_new(const Conversation *conversation, const PlaySettings *settings)
{
    Line *line = g_new0(Line, 1);
    line->conversation = conversation;
    line->settings = settings;
    line->descriptor = -1;
    line->bytes = g_byte_array_new();
    g_queue_init(&line->arrivals);
    if (!open_line(line) && line->descriptor >= 0) {
        (void)close(line->descriptor);
        line->descriptor = -1;
    }
    return line;
}

void arrival_free(Arrival *arrival)
{
    message_free(arrival->message);
    g_free(arrival);
}

void line_free(Line *line)
{
    Arrival *arrival;
    while ((arrival = g_queue_pop_head(&line->arrivals)) != NULL) {
        arrival_free(arrival);
    }
    if (line->descriptor >= 0) {
        (void)close(line->descriptor);
    }
    g_byte_array_unref(line->bytes);
    g_free(line->trouble);
    g_free(line);
}

/* --- sending --- */

static bool send_piece(Line *line, const uint8_t *data, gsize length)
{
    do {
        ssize_t sent = send(line->descriptor, data, length, MSG_NOSIGNAL);
        if (sent >= 0) {
            data += sent;
            length -= (gsize)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            line_read(line); /* so that both do not wait for each other */
            struct pollfd ready = {line->descriptor, POLLOUT, 0};
            if (poll(&ready, 1, (int)line->settings->timeout) == 0) {
                fail(line, "cannot send", ETIMEDOUT);
                return false;
            }
        } else if (errno != EINTR) {
            fail(line, "cannot send", errno);
            return false;
        }
    } while (length > 0);
    return true;
}

bool line_send(Line *line, GBytes *bytes)
{
    gsize length;
    const uint8_t *data = g_bytes_get_data(bytes, &length);
    gsize piece =
        line->conversation->tcp && line->settings->segment != 0 ? line->settings->segment : length;
    if (line->descriptor < 0 || line->trouble != NULL) {
        return false;
    }
    line->sent = g_get_monotonic_time();
    for (gsize at = 0; at < length; at += piece) {
        if (!send_piece(line, data + at, MIN(piece, length - at))) {
            return false;
        }
    }
    return true;
}

void line_finish(Line *line)
{
    if (line->descriptor >= 0 && line->conversation->tcp) {
        (void)shutdown(line->descriptor, SHUT_WR);
    }
}

/* --- what comes --- */

static void add_arrival(Line *line, GBytes *bytes)
{
    Arrival *arrival = g_new(Arrival, 1);
    arrival->message = message_new(line->conversation, true, bytes);
    arrival->time = g_get_monotonic_time();
    g_queue_push_tail(&line->arrivals, arrival);
    g_bytes_unref(bytes);
}

static void cut_messages(Line *line)
{
    OnehashStream stream = line->conversation->stream;
    stream.from_server = true;
    while (line->bytes->len > 0 && stream.framing != ONEHASH_FRAMING_UNDECIDED) {
        OnehashFrame frame = onehash_next(&stream, line->bytes->data, line->bytes->len);
        if (frame.verdict == ONEHASH_PARTIAL) {
            return;
        }
        add_arrival(line, g_bytes_new(line->bytes->data, frame.length));
        g_byte_array_remove_range(line->bytes, 0, frame.length);
    }
}

static void take(Line *line, const uint8_t *data, gsize length)
{
    if (!line->conversation->tcp) {
        add_arrival(line, g_bytes_new(data, length));
        return;
    }
    g_byte_array_append(line->bytes, data, (guint)length);
    if (line->conversation->kind == MESSAGE_ONEHASH) {
        cut_messages(line);
    }
}

void line_read(Line *line)
{
    static uint8_t room[ROOM];
    while (line->descriptor >= 0 && !line->ended) {
        if (line->bytes->len >= MOST_WAITING || line->arrivals.length >= MOST_ARRIVALS) {
            fail(line, "more came than anything in the capture expects", ENOBUFS);
            line->ended = true;
            return;
        }
        ssize_t length = recv(line->descriptor, room, sizeof room, 0);
        if (length > 0 || (length == 0 && !line->conversation->tcp)) {
            take(line, room, (gsize)length);
        } else if (length == 0) {
            line->ended = true;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno != EINTR) {
            fail(line, line->conversation->tcp ? "connection broken" : "refused", errno);
            line->ended = true;
        }
    }
}

Message *line_take_bytes(Line *line, gsize length)
{
    if (line->bytes->len < length) {
        return NULL;
    }
    GBytes *bytes = g_bytes_new(line->bytes->data, length);
    g_byte_array_remove_range(line->bytes, 0, (guint)length);
    Message *message = message_new(line->conversation, true, bytes);
    g_bytes_unref(bytes);
    return message;
}
