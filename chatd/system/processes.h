/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The machine's processes, and how to end some of them without ever hitting another.
 */
#ifndef FEISCOPE_CHATD_PROCESSES_H
#define FEISCOPE_CHATD_PROCESSES_H

#include <glib.h>
#include <sys/types.h>

typedef enum {
    PROCESS_ERROR_LIST,        /**< /proc cannot be read */
    PROCESS_ERROR_NOT_FOUND,   /**< no process of that name that may be ended */
    PROCESS_ERROR_NOT_ALLOWED, /**< there are some, but none may be ended */
    PROCESS_ERROR_FAILED       /**< the kernel refused, or a process did not end */
} ProcessError;

#define PROCESS_ERROR process_error_quark()
GQuark process_error_quark(void);

/**
 * List all processes: "pid name" a line, by pid, LF between lines and none at the end. The name is
 * the kernel's (15 bytes at most); bytes that are not UTF-8 and control characters are escaped.
 *
 * @param lines set to the number of lines
 * @param error PROCESS_ERROR_LIST
 * @return free with g_free
 */
char *process_list(guint *lines, GError **error);

/** Processes of whomever. */
#define PROCESS_ANY_OWNER ((uid_t)-1)

/**
 * End every process of a name: SIGTERM, and SIGKILL to those that are still there after the time
 * is up. A process is held by its pidfd from before its name is looked at, so a number that is
 * given to another process in the meantime does no harm. Never ended: process 1, this process,
 * kernel threads, and processes of other owners. It waits: call it in a thread.
 *
 * @param name         exact name, as in process_list or the base name of the executable (of a
 *                     process with rights that this one lacks, of its first argument)
 * @param owner        end only this account's processes, or PROCESS_ANY_OWNER
 * @param milliseconds to wait between the two signals, and again after the second
 * @param ended        set to the number of processes that ended
 * @param error        PROCESS_ERROR_…; the message names what was spared and why
 * @return "pid name" a line for each that ended; free with g_free; NULL on error
 */
char *process_end(const char *name, uid_t owner, guint milliseconds, guint *ended, GError **error);

#endif
