/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/system/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean show_debug;

static const char *level_name(GLogLevelFlags level)
{
    if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0) {
        return "error";
    }
    if ((level & G_LOG_LEVEL_WARNING) != 0) {
        return "warning";
    }
    return (level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) != 0 ? "info" : "debug";
}

static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize count,
                                  gpointer data)
{
    if (!show_debug && (level & G_LOG_LEVEL_DEBUG) != 0) {
        return G_LOG_WRITER_HANDLED;
    }
    if (g_log_writer_is_journald(STDERR_FILENO)) {
        return g_log_writer_journald(level, fields, count, data);
    }
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format_iso8601(now);
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_append_printf(line, "%s %s ", time, level_name(level));
    for (gsize i = 0; i < count; i++) {
        const GLogField *field = &fields[i];
        if (strcmp(field->key, "MESSAGE") == 0) {
            g_string_append(line, field->value);
        }
    }
    /* what came from the network may not begin a line of its own, nor move the terminal's cursor */
    for (char *at = line->str; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at)) {
            *at = ' ';
        }
    }
    g_string_append_c(line, '\n');
    (void)fwrite(line->str, 1, line->len, stderr);
    return G_LOG_WRITER_HANDLED;
}

void log_start(gboolean debug)
{
    show_debug = debug;
    g_log_set_writer_func(write_log, NULL, NULL);
}
