/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shutting the machine down.
 */
#ifndef FEISCOPE_CHATD_SHUTDOWN_H
#define FEISCOPE_CHATD_SHUTDOWN_H

#include <glib.h>

/** Called once, in the main loop. @param error NULL if it was set in motion */
typedef void ShutdownDone(const GError *error, gpointer data);

/**
 * Run a command, or ask logind over D-Bus (org.freedesktop.login1.Manager.PowerOff, without asking
 * a user for a password).
 *
 * @param command shell words, run without a shell; "": ask logind
 */
void shutdown_machine(const char *command, ShutdownDone *done, gpointer data);

#endif
