/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/tcp/transport.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a system call would have said. */
static ssize_t fail(const GError *error)
{
    if (g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_EOF)) {
        return 0; /* closed without a farewell; messages tell their own length, so nothing is lost
                   */
    }
    errno = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)         ? EAGAIN
            : g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ? ECONNRESET
                                                                               : EPROTO;
    return -1;
}

ssize_t transport_read(int fd, GTlsConnection *tls, void *data, size_t size)
{
    if (tls == NULL) {
        return recv(fd, data, size, 0);
    }
    g_autoptr(GError) error = NULL;
    GInputStream *input = g_io_stream_get_input_stream(G_IO_STREAM(tls));
    gssize length = g_pollable_input_stream_read_nonblocking(G_POLLABLE_INPUT_STREAM(input), data,
                                                             size, NULL, &error);
    return length < 0 ? fail(error) : length;
}

ssize_t transport_write(int fd, GTlsConnection *tls, const void *data, size_t length)
{
    if (tls == NULL) {
        return send(fd, data, length, MSG_NOSIGNAL);
    }
    g_autoptr(GError) error = NULL;
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(tls));
    gssize sent = g_pollable_output_stream_write_nonblocking(G_POLLABLE_OUTPUT_STREAM(output), data,
                                                             length, NULL, &error);
    if (sent < 0 && fail(error) == 0) {
        errno = ECONNRESET;
    }
    return sent;
}

/* The farewell of TLS is a few bytes, sent only where they surely do not wait. */
static gboolean has_room(int fd)
{
    struct pollfd descriptor = {.fd = fd, .events = POLLOUT};
    return poll(&descriptor, 1, 0) == 1 && (descriptor.revents & POLLOUT) != 0 &&
           (descriptor.revents & (POLLERR | POLLHUP)) == 0;
}

void transport_end_writing(int fd, GTlsConnection *tls, gboolean clean)
{
    if (tls != NULL && clean && has_room(fd)) {
        (void)g_output_stream_close(g_io_stream_get_output_stream(G_IO_STREAM(tls)), NULL, NULL);
    }
    (void)shutdown(fd, SHUT_WR);
}

void transport_close(int fd, GTlsConnection *tls, gboolean clean)
{
    if (tls == NULL) {
        close(fd);
        return;
    }
    g_autoptr(GIOStream) base = NULL;
    g_object_get(tls, "base-io-stream", &base, NULL);
    if (clean && has_room(fd)) {
        (void)g_io_stream_close(G_IO_STREAM(tls), NULL, NULL);
    }
    (void)g_io_stream_close(base, NULL, NULL);
    g_object_unref(tls);
}
