/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/system/service_manager.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_SOCKET = 3, MOST_SOCKETS = 64 };

void service_manager_notify(const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL || (path[0] != '/' && path[0] != '@') ||
        strlen(path) >= sizeof address.sun_path) {
        return;
    }
    size_t length = strlen(path);
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* an abstract name */
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (fd < 0 ||
        sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0) {
        g_warning("service manager: %s: %s", path, g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* A number of the environment that is meant for this process; 0 if there is none. */
static guint64 number_for_us(const char *name, const char *process_name)
{
    const char *process = g_getenv(process_name);
    const char *text = g_getenv(name);
    guint64 number;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT32, &number, NULL) ||
        (process != NULL && g_ascii_strtoll(process, NULL, 10) != getpid())) {
        return 0;
    }
    return number;
}

static gboolean feed_watchdog(gpointer data)
{
    (void)data;
    service_manager_notify("WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}

guint service_manager_start_watchdog(void)
{
    guint64 usec = number_for_us("WATCHDOG_USEC", "WATCHDOG_PID");
    return usec == 0 ? 0 : g_timeout_add((guint)MAX(usec / 2000, 1), feed_watchdog, NULL);
}

int service_manager_take_socket(const char *name)
{
    static gboolean taken[MOST_SOCKETS];
    const char *text = g_getenv("LISTEN_FDNAMES");
    guint64 count = g_getenv("LISTEN_PID") == NULL ? 0 : number_for_us("LISTEN_FDS", "LISTEN_PID");
    g_auto(GStrv) names = g_strsplit(text == NULL ? "" : text, ":", -1);
    for (int i = 0; names[i] != NULL && i < (int)MIN(count, MOST_SOCKETS); i++) {
        if (!taken[i] && strcmp(names[i], name) == 0) {
            taken[i] = TRUE;
            (void)fcntl(FIRST_SOCKET + i, F_SETFD, FD_CLOEXEC);
            return FIRST_SOCKET + i;
        }
    }
    return -1;
}
