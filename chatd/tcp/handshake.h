/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Clients of a TLS listener until their handshake is made. GIO makes it in threads of which there
 * are not many, so one is used only when the client's first record is there, no address has more
 * than a few of them, and a handshake that takes too long is given up. Nobody else waits meanwhile.
 */
#ifndef FEISCOPE_CHATD_HANDSHAKE_H
#define FEISCOPE_CHATD_HANDSHAKE_H

#include "chatd/system/poller.h"
#include "chatd/tcp/connection.h"
#include "chatd/tcp/tls.h"

typedef struct Handshakes Handshakes;

/**
 * A handshake has ended, in the main loop.
 *
 * @param tls     taken over; NULL: it failed, and the socket is closed
 * @param peer    its strings are taken over; certificate is set if it succeeded
 * @param problem why it failed
 */
typedef void HandshakeDone(gpointer owner, GTlsConnection *tls, ConnectionPeer *peer,
                           const char *problem);

Handshakes *handshakes_new(Poller *poller, HandshakeDone *done, gpointer owner);

/** Give all up without telling the owner. */
void handshakes_free(Handshakes *handshakes);

/**
 * Begin with an accepted socket.
 *
 * @param fd      non-blocking; taken over
 * @param peer    its strings are taken over; by its origin the handshakes are counted
 */
void handshakes_add(Handshakes *handshakes, TlsServer *server, int fd, const ConnectionPeer *peer);

/** Give up those that take too long. @param now monotonic µs */
void handshakes_check_age(Handshakes *handshakes, gint64 now);

guint handshakes_count(const Handshakes *handshakes);

#endif
