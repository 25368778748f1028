/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading /proc and waiting for processes to end take their time, so both are done in a thread,
 * with the connection held; the audit log is written in the main loop only. The threads are its
 * own: GIO's may be busy with handshakes.
 */
#include "chatd/tcp/control_service.h"
#include "chatd/store/accounts.h"
#include "chatd/system/processes.h"
#include "chatd/system/shutdown.h"
#include "chatd/tcp/codes.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

enum {
    MOST_JOBS = 8,      /* that may do harm, at once */
    MOST_LISTED = 64,   /* who get the same list of processes */
    TERM_TIME_MS = 2000 /* for a process to end after SIGTERM, and again after SIGKILL */
};

struct ControlService {
    const Config *config;
    Audit *audit;
    char *(*figures)(gconstpointer data);
    gconstpointer figures_data;
    guint jobs;
    GQueue waiting;   /* of Job, for the list of processes */
    gboolean listing; /* one thread makes it for several; who asks meanwhile gets the next */
    guint64 requests;
    guint64 refused;
};

/* A request whose answer comes later. */
typedef struct {
    ControlService *service;
    Connection *connection;
    guint32 code;
    char *who;
    char *name; /* of the processes to end */
    uid_t owner;
    GThread *thread;
    char *result;
    GError *error;
    GSList *others; /* of Job, who get the same answer */
} Job;

static const char *const outcomes[ONEHASH_STATUS_COUNT] = {[ONEHASH_OK] = "done",
                                                           [ONEHASH_NO_SUCH_CODE] = "unknown code",
                                                           [ONEHASH_BAD_ARGUMENT] = "bad argument",
                                                           [ONEHASH_NOT_ALLOWED] = "not allowed",
                                                           [ONEHASH_NOT_FOUND] = "not found",
                                                           [ONEHASH_FAILED] = "failed",
                                                           [ONEHASH_BUSY] = "busy"};

static char *describe(const ConnectionPeer *peer)
{
    return peer->certificate != NULL
               ? g_strconcat("tls ", peer->text, " certificate ", peer->certificate, NULL)
               : g_strconcat(peer->local ? "local " : "tcp ", peer->text, NULL);
}

static char *spell_request(guint32 code, const char *argument)
{
    return code == 0          ? g_strdup("?")
           : argument == NULL ? g_strdup_printf("1#%u", code)
                              : g_strdup_printf("1#%u#%s", code, argument);
}

static gboolean note(const ControlService *service, const char *who, guint32 code,
                     const char *argument, const char *outcome, const char *detail)
{
    g_autofree char *request = spell_request(code, argument);
    g_autoptr(GError) error = NULL;
    if (!audit_write(service->audit, who, request, outcome, detail, &error)) {
        g_critical("control: %s", error->message);
        return FALSE;
    }
    return TRUE;
}

/* Answer, and write it down. */
static void answer(ControlService *service, Connection *connection, const char *who, guint32 code,
                   const char *argument, OnehashStatus status, const char *text)
{
    g_autofree char *words = NULL;
    if (status != ONEHASH_OK) {
        service->refused++;
        words = g_strdelimit(g_strdup(text), "\n", ' ');
        text = words;
    }
    gboolean is_list = code == CONTROL_LIST || code == CONTROL_STATUS;
    (void)note(service, who, code, argument, outcomes[status],
               status == ONEHASH_OK && is_list ? NULL : text);
    connection_reply(connection, code, status, text);
}

/* --- requests that take their time --- */

static Job *job_new(ControlService *service, Connection *connection, guint32 code, const char *who,
                    const char *name)
{
    Job *job = g_new0(Job, 1);
    job->service = service;
    job->connection = connection;
    job->code = code;
    job->who = g_strdup(who);
    job->name = g_strdup(name);
    service->jobs += code == CONTROL_LIST ? 0 : 1;
    connection_hold(connection);
    return job;
}

static void job_free(Job *job)
{
    job->service->jobs -= job->code == CONTROL_LIST ? 0 : 1;
    connection_release(job->connection);
    g_free(job->who);
    g_free(job->name);
    g_free(job->result);
    g_free(job);
}

static void job_end(Job *job, OnehashStatus status, const char *text)
{
    answer(job->service, job->connection, job->who, job->code, job->name, status, text);
    job_free(job);
}

static void free_waiting(gpointer data)
{
    job_free(data);
}

static OnehashStatus status_of(const GError *error)
{
    if (g_error_matches(error, PROCESS_ERROR, PROCESS_ERROR_NOT_FOUND)) {
        return ONEHASH_NOT_FOUND;
    }
    if (g_error_matches(error, PROCESS_ERROR, PROCESS_ERROR_NOT_ALLOWED)) {
        return ONEHASH_NOT_ALLOWED;
    }
    return ONEHASH_FAILED;
}

static void start_listing(ControlService *service);

static gboolean thread_ended(gpointer data)
{
    Job *job = data;
    ControlService *service = job->service;
    g_autoptr(GError) error = g_steal_pointer(&job->error);
    OnehashStatus status = error == NULL ? ONEHASH_OK : status_of(error);
    const char *text = error == NULL ? job->result : error->message;
    g_thread_join(job->thread);
    for (GSList *other = job->others; other != NULL; other = other->next) {
        job_end(other->data, status, text);
    }
    g_slist_free(job->others);
    gboolean was_list = job->code == CONTROL_LIST;
    job_end(job, status, text);
    if (was_list) {
        service->listing = FALSE;
        start_listing(service);
    }
    return G_SOURCE_REMOVE;
}

static gpointer run_in_thread(gpointer data)
{
    Job *job = data;
    guint count = 0;
    job->result = job->code == CONTROL_KILL
                      ? process_end(job->name, job->owner, TERM_TIME_MS, &count, &job->error)
                      : process_list(&count, &job->error);
    g_idle_add_full(G_PRIORITY_DEFAULT, thread_ended, job, NULL);
    return NULL;
}

static void start_thread(Job *job)
{
    job->thread = g_thread_new("control", run_in_thread, job);
}

/* Make the list for those who wait for it. However many ask, and however often, it is made by one
 * thread, and each waits for two lists at most, or for a few if thousands ask. */
static void start_listing(ControlService *service)
{
    if (service->listing || service->waiting.length == 0) {
        return;
    }
    service->listing = TRUE;
    Job *job = g_queue_pop_head(&service->waiting);
    for (int i = 1; i < MOST_LISTED && service->waiting.length > 0; i++) {
        job->others = g_slist_prepend(job->others, g_queue_pop_head(&service->waiting));
    }
    start_thread(job);
}

static void shutdown_ended(const GError *error, gpointer data)
{
    job_end(data, error == NULL ? ONEHASH_OK : ONEHASH_FAILED,
            error == NULL ? "The machine shuts down" : error->message);
}

/* --- what is allowed --- */

/* May this client do harm at all? NULL, or why not. */
static const char *why_not(const ControlService *service, const ConnectionPeer *peer, guint32 code)
{
    const Config *config = service->config;
    if (code == CONTROL_SHUT_DOWN ? !config->control.allow_shutdown : !config->control.allow_kill) {
        return code == CONTROL_SHUT_DOWN ? "The configuration does not allow it (allow-shutdown)"
                                         : "The configuration does not allow it (allow-kill)";
    }
    if (peer->certificate != NULL) {
        return g_strv_contains((const char *const *)config->control.certificates, peer->certificate)
                   ? NULL
                   : "The configuration does not allow it to this certificate (certificates)";
    }
    if (!peer->local || account_owns_daemon(peer->uid)) {
        return NULL;
    }
    g_autofree char *account = account_name(peer->uid);
    return g_strv_contains((const char *const *)config->control.local_users, account)
               ? NULL
               : "The configuration does not allow it to this account (local-users)";
}

/* Whose processes may be ended. */
static uid_t owner_for(const ControlService *service, const ConnectionPeer *peer)
{
    if (service->config->control.kill_other_users) {
        return PROCESS_ANY_OWNER;
    }
    return peer->local ? (uid_t)peer->uid : geteuid();
}

static void do_harm(ControlService *service, Connection *connection, const char *who,
                    const ConnectionRequest *request)
{
    const ConnectionPeer *peer = connection_peer(connection);
    const char *name = request->argument[0];
    const char *reason = why_not(service, peer, request->code);
    if (reason != NULL) {
        answer(service, connection, who, request->code, name, ONEHASH_NOT_ALLOWED, reason);
    } else if (service->jobs >= MOST_JOBS) {
        answer(service, connection, who, request->code, name, ONEHASH_BUSY, "Try again");
    } else if (!note(service, who, request->code, name, "begun", NULL)) {
        service->refused++;
        connection_reply(connection, request->code, ONEHASH_FAILED,
                         "The audit log cannot be written, so nothing is done");
    } else {
        Job *job = job_new(service, connection, request->code, who, name);
        if (request->code == CONTROL_KILL) {
            job->owner = owner_for(service, peer);
            start_thread(job);
        } else {
            shutdown_machine(service->config->control.shutdown_command, shutdown_ended, job);
        }
    }
}

static void handle_request(gpointer data, Connection *connection, const ConnectionRequest *request)
{
    ControlService *service = data;
    g_autofree char *who = describe(connection_peer(connection));
    g_autofree char *figures = NULL;
    service->requests++;
    switch (request->code) {
    case CONTROL_SHUT_DOWN:
    case CONTROL_KILL:
        do_harm(service, connection, who, request);
        break;
    case CONTROL_LIST:
        g_queue_push_tail(&service->waiting,
                          job_new(service, connection, request->code, who, NULL));
        start_listing(service);
        break;
    case CONTROL_STATUS:
        figures = service->figures(service->figures_data);
        answer(service, connection, who, request->code, NULL, ONEHASH_OK, g_strchomp(figures));
        break;
    default:
        answer(service, connection, who, request->code, request->argument[0], ONEHASH_NO_SUCH_CODE,
               "The control service has no such code");
    }
}

/* What is no request is written down, too. */
static void refused(gpointer data, Connection *connection, guint32 code, const char *problem)
{
    ControlService *service = data;
    g_autofree char *who = describe(connection_peer(connection));
    service->requests++;
    service->refused++;
    (void)note(service, who, code, NULL, "not understood", problem);
}

static void closed(gpointer data, Connection *connection, const char *reason)
{
    (void)data;
    g_debug("control: %s: %s", connection_peer(connection)->text, reason);
}

const ConnectionHandler control_service_handler = {
    .request = handle_request, .refused = refused, .closed = closed};

ControlService *control_service_new(const Config *config, Audit *audit,
                                    char *(*figures)(gconstpointer data),
                                    gconstpointer figures_data)
{
    ControlService *service = g_new0(ControlService, 1);
    service->config = config;
    service->audit = audit;
    service->figures = figures;
    service->figures_data = figures_data;
    g_queue_init(&service->waiting);
    return service;
}

void control_service_free(ControlService *service)
{
    if (service != NULL) {
        g_queue_clear_full(&service->waiting, free_waiting);
        g_free(service);
    }
}

void control_service_figures(const ControlService *service, GString *text)
{
    g_string_append_printf(text,
                           "control-requests %" G_GUINT64_FORMAT "\n"
                           "control-refused %" G_GUINT64_FORMAT "\n",
                           service->requests, service->refused);
}
