/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The daemon put together: configuration, store, online list, services, sockets.
 */
#ifndef FEISCOPE_CHATD_DAEMON_H
#define FEISCOPE_CHATD_DAEMON_H

#include "chatd/config.h"

typedef struct Daemon Daemon;

/**
 * Open everything that a configuration asks for.
 *
 * @param config taken over, on error too
 * @param error  why it cannot start
 * @return free with daemon_free
 */
Daemon *daemon_new(Config *config, GError **error);

/**
 * Is there anything that would keep it from starting with a configuration: an address beyond
 * loopback without TLS, a certificate that cannot be read? Nothing is opened.
 */
gboolean daemon_check(const Config *config, GError **error);

/**
 * Take over another configuration, and read certificates anew. Addresses, ports, files and the
 * framing stay as they are until a restart, which is logged if they differ.
 *
 * @param config taken over, unless daemon_check finds something: then nothing changes
 */
gboolean daemon_reconfigure(Daemon *daemon, Config *config, GError **error);

/** The figures, "name value" a line; free with g_free. */
char *daemon_figures(const Daemon *daemon);

/** Log out everywhere and close everything, at once. NULL does nothing. */
void daemon_free(Daemon *daemon);

/** "chat 127.0.0.1:12425" and the like, a line each, with the ports that were really bound; free
 *  with g_free. */
char *daemon_places(const Daemon *daemon);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Daemon, daemon_free)

#endif
