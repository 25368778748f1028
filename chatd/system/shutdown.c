/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/system/shutdown.h"

#include <gio/gio.h>

enum { PATIENCE_MS = 10000 };

typedef struct {
    ShutdownDone *done;
    gpointer data;
} Call;

static void finish(Call *call, const GError *error)
{
    call->done(error, call->data);
    g_free(call);
}

static void command_ended(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    (void)g_subprocess_wait_check_finish(G_SUBPROCESS(source), result, &error);
    finish(data, error);
}

static void run_command(const char *command, Call *call)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = NULL;
    g_autoptr(GSubprocess) process = NULL;
    if (g_shell_parse_argv(command, NULL, &words, &error)) {
        process = g_subprocess_newv((const char *const *)words, G_SUBPROCESS_FLAGS_NONE, &error);
    }
    if (process == NULL) {
        finish(call, error);
        return;
    }
    g_subprocess_wait_check_async(process, NULL, command_ended, call);
}

static void logind_answered(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (error != NULL) {
        g_dbus_error_strip_remote_error(error);
    }
    finish(data, error);
}

static void bus_is_there(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, &error);
    if (bus == NULL) {
        finish(data, error);
        return;
    }
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    g_dbus_connection_call(bus, "org.freedesktop.login1", "/org/freedesktop/login1",
                           "org.freedesktop.login1.Manager", "PowerOff",
                           g_variant_new("(b)", FALSE), NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS,
                           NULL, logind_answered, data);
}

void shutdown_machine(const char *command, ShutdownDone *done, gpointer data)
{
    Call *call = g_new(Call, 1);
    *call = (Call){done, data};
    if (*command != '\0') {
        run_command(command, call);
    } else {
        g_bus_get(G_BUS_TYPE_SYSTEM, NULL, bus_is_there, call);
    }
}
