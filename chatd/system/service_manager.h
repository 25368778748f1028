/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What systemd and a service say to each other: readiness and watchdog by datagrams to
 * $NOTIFY_SOCKET, sockets as inherited descriptors. Source: sd_notify(3), sd_listen_fds(3).
 * Without a service manager every function does nothing.
 */
#ifndef FEISCOPE_CHATD_SERVICE_MANAGER_H
#define FEISCOPE_CHATD_SERVICE_MANAGER_H

#include <glib.h>

/** Send a state: "READY=1", "RELOADING=1\nMONOTONIC_USEC=…", "STOPPING=1". */
void service_manager_notify(const char *state);

/**
 * Say "WATCHDOG=1" from the main loop twice in the time that $WATCHDOG_USEC gives.
 *
 * @return a source to be removed with g_source_remove; 0 if there is no watchdog
 */
guint service_manager_start_watchdog(void);

/**
 * A socket that was handed over under a name (FileDescriptorName= of the socket unit). Each is
 * handed out once, and is not inherited by children.
 *
 * @return the descriptor; -1 if there is none of that name
 */
int service_manager_take_socket(const char *name);

#endif
