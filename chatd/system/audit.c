/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/system/audit.h"
#include "chatd/json.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

struct Audit {
    int fd;        /* -1: to the log */
    gboolean torn; /* the last line broke off */
    char *path;
};

Audit *audit_open(const char *path, GError **error)
{
    Audit *audit = g_new0(Audit, 1);
    audit->fd = -1;
    audit->path = g_strdup(path);
    if (!audit_reopen(audit, error)) {
        audit_close(audit);
        return NULL;
    }
    return audit;
}

gboolean audit_reopen(Audit *audit, GError **error)
{
    if (*audit->path == '\0') {
        return TRUE;
    }
    int fd = open(audit->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "%s: %s", audit->path,
                    g_strerror(saved));
        return FALSE;
    }
    if (audit->fd >= 0) {
        close(audit->fd);
    }
    audit->fd = fd;
    return TRUE;
}

void audit_close(Audit *audit)
{
    if (audit != NULL) {
        if (audit->fd >= 0) {
            close(audit->fd);
        }
        g_free(audit->path);
        g_free(audit);
    }
}

gboolean audit_write(Audit *audit, const char *who, const char *request, const char *outcome,
                     const char *detail, GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format_iso8601(now);
    g_autoptr(GString) line = g_string_new("{");
    json_add(line, "time", time);
    json_add(line, "who", who);
    json_add(line, "request", request);
    json_add(line, "outcome", outcome);
    json_add(line, "detail", detail);
    g_string_append_c(line, '}');
    if (audit->fd < 0) {
        g_log_structured(G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "CHATD_WHO", who, "CHATD_REQUEST",
                         request, "CHATD_OUTCOME", outcome, "MESSAGE", "audit: %s", line->str);
        return TRUE;
    }
    g_string_append_c(line, '\n');
    if (audit->torn) {
        g_string_prepend_c(line, '\n');
    }
    ssize_t written = write(audit->fd, line->str, line->len);
    if (written != (ssize_t)line->len) {
        int saved = written < 0 ? errno : ENOSPC;
        audit->torn = audit->torn || written > 0;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "the audit log: %s",
                    g_strerror(saved));
        return FALSE;
    }
    audit->torn = FALSE;
    return TRUE;
}
