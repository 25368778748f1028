/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads /proc, which may change at any moment: a process that is gone when it is looked at is left
 * out. Fails only if /proc itself cannot be read.
 */
#include "chatd/system/processes.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

G_DEFINE_QUARK(feiscope - process - error - quark, process_error)

enum { COMM_LENGTH = 15 }; /* bytes of the kernel's name; TASK_COMM_LEN, linux/sched.h */

typedef struct {
    int pidfd;
    pid_t pid;
    char *name;
} Target;

static void clear_target(gpointer data)
{
    Target *target = data;
    close(target->pidfd);
    g_free(target->name);
}

static char *read_proc(pid_t pid, const char *file, gsize *length)
{
    char path[64];
    char *text = NULL;
    g_snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return g_file_get_contents(path, &text, length, NULL) ? text : NULL;
}

/* The kernel's name of a process without the line end; NULL if it is gone. */
static char *read_name(pid_t pid)
{
    char *name = read_proc(pid, "comm", NULL);
    if (name != NULL) {
        name[strcspn(name, "\n")] = '\0';
    }
    return name;
}

static char *printable(const char *name)
{
    if (g_utf8_validate(name, -1, NULL)) {
        gboolean clean = TRUE;
        for (const char *at = name; *at != '\0' && clean; at = g_utf8_next_char(at)) {
            clean = !g_unichar_iscntrl(g_utf8_get_char(at));
        }
        if (clean) {
            return g_strdup(name);
        }
    }
    return g_strescape(name, NULL);
}

static int compare_pids(gconstpointer a, gconstpointer b)
{
    const pid_t *first = a;
    const pid_t *second = b;
    return (*first > *second) - (*first < *second);
}

/* All process numbers, in order; NULL with an error if /proc cannot be read. */
static GArray *read_pids(GError **error)
{
    g_autoptr(GError) cause = NULL;
    GDir *directory = g_dir_open("/proc", 0, &cause);
    if (directory == NULL) {
        g_set_error(error, PROCESS_ERROR, PROCESS_ERROR_LIST, "%s", cause->message);
        return NULL;
    }
    GArray *pids = g_array_new(FALSE, FALSE, sizeof(pid_t));
    for (const char *entry; (entry = g_dir_read_name(directory)) != NULL;) {
        guint64 number;
        if (g_ascii_string_to_unsigned(entry, 10, 1, G_MAXINT32, &number, NULL)) {
            pid_t pid = (pid_t)number;
            g_array_append_val(pids, pid);
        }
    }
    g_dir_close(directory);
    g_array_sort(pids, compare_pids);
    return pids;
}

char *process_list(guint *lines, GError **error)
{
    g_autoptr(GArray) pids = read_pids(error);
    if (pids == NULL) {
        return NULL;
    }
    GString *text = g_string_new(NULL);
    *lines = 0;
    for (guint i = 0; i < pids->len; i++) {
        pid_t pid = g_array_index(pids, pid_t, i);
        g_autofree char *name = read_name(pid);
        if (name != NULL) {
            g_autofree char *shown = printable(name);
            g_string_append_printf(text, "%s%d %s", *lines == 0 ? "" : "\n", (int)pid, shown);
            ++*lines;
        }
    }
    return g_string_free(text, FALSE);
}

/* Source of the flag: PF_KTHREAD, include/linux/sched.h; of its place: proc(5), stat, field 9. */
static gboolean is_kernel_thread(pid_t pid)
{
    enum { KERNEL_THREAD = 0x00200000, FIELDS_TO_FLAGS = 6 };
    g_autofree char *text = read_proc(pid, "stat", NULL);
    /* the name before it is in parentheses, and may hold spaces and parentheses */
    const char *at = text == NULL ? NULL : strrchr(text, ')');
    for (int field = 0; at != NULL && field <= FIELDS_TO_FLAGS; field++) {
        at = strchr(at + 1, ' ');
    }
    return at == NULL || (g_ascii_strtoull(at + 1, NULL, 10) & KERNEL_THREAD) != 0;
}

/* Is it the kernel's name, or that of the executable? The kernel cuts a name off. */
static gboolean has_name(pid_t pid, const char *comm, const char *wanted)
{
    if (strcmp(comm, wanted) == 0) {
        return TRUE;
    }
    char path[64];
    g_snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    g_autofree char *executable = g_file_read_link(path, NULL);
    if (executable == NULL && strlen(wanted) > COMM_LENGTH &&
        strncmp(comm, wanted, COMM_LENGTH) == 0) {
        /* of a process with more rights only this is told, by its own words */
        executable = read_proc(pid, "cmdline", NULL);
    }
    if (executable == NULL || *executable == '\0') {
        return FALSE;
    }
    g_autofree char *base = g_path_get_basename(executable);
    return strcmp(base, wanted) == 0;
}

static gboolean belongs_to(pid_t pid, uid_t owner)
{
    char path[64];
    struct stat status;
    g_snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return stat(path, &status) == 0 && status.st_uid == owner;
}

/* Why a process that has the name is spared; NULL if it is not. */
static const char *reason_to_spare(pid_t pid, uid_t owner)
{
    if (pid == 1) {
        return "is the first process";
    }
    if (pid == getpid()) {
        return "is this daemon";
    }
    if (is_kernel_thread(pid)) {
        return "is a kernel thread";
    }
    if (owner != PROCESS_ANY_OWNER && !belongs_to(pid, owner)) {
        return "belongs to another user";
    }
    return NULL;
}

/* A process that was not waited for counts as ended, too. */
static gboolean has_ended(int pidfd)
{
    struct pollfd descriptor = {.fd = pidfd, .events = POLLIN};
    return poll(&descriptor, 1, 0) == 1;
}

/* Take hold of every process of the name; what is spared is written down. */
static GArray *find_targets(const char *name, uid_t owner, GString *spared, GError **error)
{
    g_autoptr(GArray) pids = read_pids(error);
    if (pids == NULL) {
        return NULL;
    }
    GArray *targets = g_array_new(FALSE, FALSE, sizeof(Target));
    g_array_set_clear_func(targets, clear_target);
    for (guint i = 0; i < pids->len; i++) {
        pid_t pid = g_array_index(pids, pid_t, i);
        int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd < 0) {
            continue;
        }
        char *comm = read_name(pid);
        const char *reason = NULL;
        if (comm != NULL && has_name(pid, comm, name)) {
            reason = reason_to_spare(pid, owner);
            if (has_ended(pidfd)) {
                /* what was read may be of another process that has the number now */
                reason = NULL;
            } else if (reason == NULL) {
                Target target = {pidfd, pid, comm};
                g_array_append_val(targets, target);
                continue;
            }
            if (reason != NULL) {
                g_string_append_printf(spared, "%s%d %s", spared->len == 0 ? "" : ", ", (int)pid,
                                       reason);
            }
        }
        g_free(comm);
        close(pidfd);
    }
    return targets;
}

static guint count_running(const GArray *targets)
{
    guint running = 0;
    for (guint i = 0; i < targets->len; i++) {
        running += !has_ended(g_array_index(targets, Target, i).pidfd);
    }
    return running;
}

/* Send a signal to those that run, and wait until none does or the time is up. */
static void signal_and_wait(const GArray *targets, int number, guint milliseconds, GString *refused)
{
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);
        if (!has_ended(target->pidfd) &&
            syscall(SYS_pidfd_send_signal, target->pidfd, number, NULL, 0) != 0 && errno != ESRCH) {
            g_string_append_printf(refused, "%s%d: %s", refused->len == 0 ? "" : ", ",
                                   (int)target->pid, g_strerror(errno));
        }
    }
    gint64 end = g_get_monotonic_time() + (gint64)milliseconds * 1000;
    while (count_running(targets) > 0 && g_get_monotonic_time() < end) {
        g_usleep(5000);
    }
}

char *process_end(const char *name, uid_t owner, guint milliseconds, guint *ended, GError **error)
{
    g_autoptr(GString) spared = g_string_new(NULL);
    g_autoptr(GString) refused = g_string_new(NULL);
    *ended = 0;
    g_autoptr(GArray) targets = find_targets(name, owner, spared, error);
    if (targets == NULL) {
        return NULL;
    }
    if (targets->len == 0) {
        if (spared->len > 0) {
            g_set_error(error, PROCESS_ERROR, PROCESS_ERROR_NOT_ALLOWED, "%s: %s", name,
                        spared->str);
        } else {
            g_set_error(error, PROCESS_ERROR, PROCESS_ERROR_NOT_FOUND, "no process is called “%s”",
                        name);
        }
        return NULL;
    }
    signal_and_wait(targets, SIGTERM, milliseconds, refused);
    if (count_running(targets) > 0) {
        g_string_truncate(refused, 0);
        signal_and_wait(targets, SIGKILL, milliseconds, refused);
    }
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);
        if (has_ended(target->pidfd)) {
            g_autofree char *shown = printable(target->name);
            g_string_append_printf(text, "%s%d %s", *ended == 0 ? "" : "\n", (int)target->pid,
                                   shown);
            ++*ended;
        }
    }
    if (*ended < targets->len) {
        g_set_error(error, PROCESS_ERROR, PROCESS_ERROR_FAILED,
                    "%u of %u processes called “%s” did not end%s%s%s%s", targets->len - *ended,
                    targets->len, name, refused->len > 0 ? ": " : "", refused->str,
                    text->len > 0 ? "; ended: " : "", g_strdelimit(text->str, "\n", ','));
        return NULL;
    }
    return g_strdup(text->str);
}
