/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading from and writing to a client without waiting, on a plain socket or through TLS.
 *
 * A TLS record holds at most 16 KiB. A reader whose buffer is larger takes whole records, so that
 * what has arrived and is not read yet is always in the kernel, where epoll sees it.
 */
#ifndef FEISCOPE_CHATD_TRANSPORT_H
#define FEISCOPE_CHATD_TRANSPORT_H

#include <gio/gio.h>

/** Read; as recv(2): 0 at the end, -1 with errno. @param tls NULL: plain */
ssize_t transport_read(int fd, GTlsConnection *tls, void *data, size_t size);

/** Write; as send(2). After EAGAIN the same bytes have to come again, more may follow them. */
ssize_t transport_write(int fd, GTlsConnection *tls, const void *data, size_t length);

/** Say that no more is written. @param clean nothing is left half sent */
void transport_end_writing(int fd, GTlsConnection *tls, gboolean clean);

/** Close; a TLS stream is unreferenced. @param clean nothing is left half sent */
void transport_close(int fd, GTlsConnection *tls, gboolean clean);

#endif
