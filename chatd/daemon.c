/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/daemon.h"
#include "chatd/node/address.h"
#include "chatd/node/node.h"
#include "chatd/store/roster.h"
#include "chatd/store/store.h"
#include "chatd/system/audit.h"
#include "chatd/system/privileges.h"
#include "chatd/system/service_manager.h"
#include "chatd/tcp/chat_service.h"
#include "chatd/tcp/control_service.h"
#include "chatd/tcp/listener.h"
#include "chatd/transfer/transfers.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>

enum {
    INDEX_MS = 250,
    INDEX_MESSAGES = 200,
    TRIM_SECONDS = 1,
    MUCH_BUFFERED = 1 << 20, /* bytes */
    LITTLE_BUFFERED = 1 << 16
};

/* What is listened on. */
typedef enum { CHAT, CHAT_LOCAL, CONTROL, CONTROL_LOCAL, PLACES } Place;

static const char *const place_names[PLACES] = {"chat", "chat-local", "control", "control-local"};

struct Daemon {
    Config *config;
    gint64 started;
    ConnectionBudget budget;
    Poller *poller;
    Store *store;
    Roster *roster;
    Transfers *transfers; /* NULL: none are taken */
    ChatService *chat;
    Audit *audit;
    ControlService *control;
    TlsServer *tls; /* NULL: no service has it */
    Listener *listeners[PLACES];
    Node *node;
    guint indexing;
    guint trimming;
};

static ListenerLimits limits_of(Daemon *daemon)
{
    const Config *config = daemon->config;
    return (ListenerLimits){.clients = (guint)config->limits.clients,
                            .clients_per_address = (guint)config->limits.clients_per_address,
                            .connections_per_second = config->limits.connections_per_second,
                            .idle_seconds = (guint)config->limits.idle_seconds,
                            .stall_seconds = (guint)config->limits.stall_seconds,
                            .each = {(guint)config->limits.output_bytes,
                                     config->limits.requests_per_second, &daemon->budget}};
}

static gboolean listen_at(Daemon *daemon, Place place, ListenerSettings *settings, GError **error)
{
    gboolean is_chat = place == CHAT || place == CHAT_LOCAL;
    settings->fd = service_manager_take_socket(place_names[place]);
    settings->limits = limits_of(daemon);
    settings->tls =
        settings->path == NULL && (is_chat ? daemon->config->chat.tls : daemon->config->control.tls)
            ? daemon->tls
            : NULL;
    settings->stream.service = is_chat ? ONEHASH_SERVICE_CHAT : ONEHASH_SERVICE_CONTROL;
    daemon->listeners[place] = listener_new(
        daemon->poller, settings, is_chat ? &chat_service_handler : &control_service_handler,
        is_chat ? (gpointer)daemon->chat : (gpointer)daemon->control, error);
    if (daemon->listeners[place] == NULL) {
        g_prefix_error(error, "%s: ", place_names[place]);
        return FALSE;
    }
    return TRUE;
}

static gboolean listen_local(Daemon *daemon, Place place, const char *name, GError **error)
{
    const char *directory = daemon->config->local.directory;
    if (*directory == '\0') {
        return TRUE;
    }
    if (g_mkdir_with_parents(directory, 0755) != 0) {
        int saved = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved), "%s: %s", directory,
                    g_strerror(saved));
        return FALSE;
    }
    g_autofree char *path = g_build_filename(directory, name, NULL);
    ListenerSettings settings = {.path = path};
    return listen_at(daemon, place, &settings, error);
}

static gboolean start_chat(Daemon *daemon, GError **error)
{
    const Config *config = daemon->config;
    daemon->chat =
        chat_service_new(config, daemon->poller, daemon->roster, daemon->store, daemon->transfers);
    if (!config->chat.enabled) {
        return TRUE;
    }
    ListenerSettings settings = {
        .address = config->chat.address,
        .port = config->chat.port,
        .stream = {.framing = config->chat.framing, .block = (uint32_t)config->chat.block}};
    return listen_at(daemon, CHAT, &settings, error) &&
           listen_local(daemon, CHAT_LOCAL, "chat", error);
}

static char *make_figures(gconstpointer data)
{
    return daemon_figures(data);
}

static gboolean start_control(Daemon *daemon, GError **error)
{
    const Config *config = daemon->config;
    daemon->audit = audit_open(config->storage.audit_log, error);
    if (daemon->audit == NULL) {
        return FALSE;
    }
    daemon->control = control_service_new(config, daemon->audit, make_figures, daemon);
    if (!config->control.enabled) {
        return TRUE;
    }
    ListenerSettings settings = {
        .address = config->control.address,
        .port = config->control.port,
        .stream = {.framing = config->control.framing, .block = (uint32_t)config->control.block}};
    return listen_at(daemon, CONTROL, &settings, error) &&
           listen_local(daemon, CONTROL_LOCAL, "control", error);
}

static void commit(gpointer data)
{
    Daemon *daemon = data;
    g_autoptr(GError) error = NULL;
    if (!store_commit(daemon->store, &error)) {
        g_critical("store: %s", error->message);
        poller_fail_turn(daemon->poller);
    }
}

static void schedule_commit(gpointer data)
{
    Daemon *daemon = data;
    poller_defer(daemon->poller, POLLER_COMMIT, commit, daemon);
}

static gboolean index_messages(gpointer data)
{
    Daemon *daemon = data;
    (void)store_index(daemon->store, INDEX_MESSAGES);
    return G_SOURCE_CONTINUE;
}

/* What thousands of clients had buffered at once does not go back to the system by itself. */
static gboolean trim_memory(gpointer data)
{
    Daemon *daemon = data;
    if (daemon->budget.peak > MUCH_BUFFERED && daemon->budget.used < LITTLE_BUFFERED) {
        daemon->budget.peak = daemon->budget.used;
        (void)malloc_trim(0);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean start_node(Daemon *daemon, GError **error)
{
    if (!daemon->config->feiq.enabled) {
        return TRUE;
    }
    daemon->node = node_new(daemon->config, daemon->roster, daemon->store, daemon->transfers,
                            daemon->poller, error);
    return daemon->node != NULL;
}

/* The certificates, if a service needs them; FALSE with an error if they are not in order. */
static gboolean read_certificates(const Config *config, TlsServer **server, GError **error)
{
    const TlsFiles files = {config->tls.certificate, config->tls.key, config->tls.client_ca,
                            (const char *const *)config->tls.clients};
    gboolean needed = (config->chat.enabled && config->chat.tls) ||
                      (config->control.enabled && config->control.tls);
    *server = needed ? tls_server_new(&files, error) : NULL;
    return !needed || *server != NULL;
}

static gboolean check_service(Place place, gboolean enabled, const char *address, gboolean has_tls,
                              GError **error)
{
    if (enabled && !listener_check_address(address, has_tls, error)) {
        g_prefix_error(error, "%s: ", place_names[place]);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_feiq_address(const char *key, const char *text, GError **error)
{
    NodeAddress address;
    if (node_address_parse(&address, text, 0)) {
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "feiq.%s: “%s” is no IPv4 or IPv6 address", key, text);
    return FALSE;
}

static gboolean check_addresses(const Config *config, GError **error)
{
    gboolean good =
        !config->feiq.enabled || check_feiq_address("address", config->feiq.address, error);
    for (char **each = config->feiq.broadcast; good && config->feiq.enabled && *each != NULL;
         each++) {
        good = check_feiq_address("broadcast", *each, error);
    }
    return good &&
           check_service(CHAT, config->chat.enabled, config->chat.address, config->chat.tls,
                         error) &&
           check_service(CONTROL, config->control.enabled, config->control.address,
                         config->control.tls, error);
}

gboolean daemon_check(const Config *config, GError **error)
{
    g_autoptr(TlsServer) server = NULL;
    return check_addresses(config, error) && read_certificates(config, &server, error);
}

/* What needs more than an ordinary user's rights is open by now. */
static gboolean restrict_privileges(const Config *config, GError **error)
{
    return privileges_restrict(config->control.enabled && config->control.allow_kill, error);
}

static gboolean start(Daemon *daemon, GError **error)
{
    const Config *config = daemon->config;
    if (!check_addresses(config, error) || !read_certificates(config, &daemon->tls, error)) {
        return FALSE;
    }
    daemon->poller = poller_new(error);
    daemon->store = daemon->poller == NULL ? NULL : store_open(config->storage.database, error);
    if (daemon->store == NULL) {
        return FALSE;
    }
    store_set_schedule(daemon->store, schedule_commit, daemon);
    daemon->roster = roster_new((guint)config->limits.users + (guint)config->limits.clients);
    if (config->files.enabled) {
        daemon->transfers =
            transfers_new(config, daemon->roster, daemon->store, daemon->poller, error);
        if (daemon->transfers == NULL) {
            return FALSE;
        }
    }
    roster_set_copies(daemon->roster, config->limits.copies_per_second);
    daemon->trimming = g_timeout_add_seconds(TRIM_SECONDS, trim_memory, daemon);
    if (*config->storage.database != '\0') {
        daemon->indexing = g_timeout_add(INDEX_MS, index_messages, daemon);
    }
    return start_chat(daemon, error) && start_control(daemon, error) && start_node(daemon, error) &&
           restrict_privileges(config, error);
}

Daemon *daemon_new(Config *config, GError **error)
{
    Daemon *daemon = g_new0(Daemon, 1);
    daemon->config = config;
    daemon->started = g_get_monotonic_time();
    daemon->budget.limit = (gsize)config->limits.buffer_bytes;
    if (!start(daemon, error)) {
        daemon_free(daemon);
        return NULL;
    }
    return daemon;
}

void daemon_free(Daemon *daemon)
{
    if (daemon == NULL) {
        return;
    }
    if (daemon->node != NULL) {
        node_say_goodbye(daemon->node);
    }
    g_clear_handle_id(&daemon->indexing, g_source_remove);
    g_clear_handle_id(&daemon->trimming, g_source_remove);
    if (daemon->chat != NULL) {
        chat_service_say_goodbye(daemon->chat);
        poller_settle(daemon->poller);
    }
    for (int place = 0; place < PLACES; place++) {
        listener_free(daemon->listeners[place]);
    }
    if (daemon->poller != NULL) {
        poller_settle(daemon->poller);
    }
    node_free(daemon->node);
    transfers_free(daemon->transfers);
    poller_free(daemon->poller);
    chat_service_free(daemon->chat);
    control_service_free(daemon->control);
    audit_close(daemon->audit);
    roster_free(daemon->roster);
    store_close(daemon->store);
    tls_server_unref(daemon->tls);
    config_free(daemon->config);
    g_free(daemon);
}

/* What stays as it is until a restart. */
static gboolean needs_restart(const Config *old, const Config *new)
{
    return old->chat.tls != new->chat.tls || old->control.tls != new->control.tls ||
           old->chat.enabled != new->chat.enabled || old->chat.port != new->chat.port ||
           old->chat.framing != new->chat.framing || old->chat.block != new->chat.block ||
           old->control.enabled != new->control.enabled || old->control.port != new->control.port ||
           old->control.framing != new->control.framing ||
           old->control.block != new->control.block || old->feiq.enabled != new->feiq.enabled ||
           old->feiq.port != new->feiq.port || strcmp(old->feiq.address, new->feiq.address) != 0 ||
           strcmp(old->chat.address, new->chat.address) != 0 ||
           strcmp(old->control.address, new->control.address) != 0 ||
           strcmp(old->local.directory, new->local.directory) != 0 ||
           old->files.enabled != new->files.enabled ||
           strcmp(old->files.directory, new->files.directory) != 0 ||
           strcmp(old->storage.database, new->storage.database) != 0 ||
           strcmp(old->storage.audit_log, new->storage.audit_log) != 0;
}

gboolean daemon_reconfigure(Daemon *daemon, Config *config, GError **error)
{
    TlsServer *tls = NULL;
    if (!check_addresses(config, error) || !read_certificates(config, &tls, error)) {
        config_free(config);
        return FALSE;
    }
    if (needs_restart(daemon->config, config)) {
        g_warning("daemon: addresses, ports, framings and files change with a restart only");
    }
    config_replace(daemon->config, config);
    daemon->budget.limit = (gsize)daemon->config->limits.buffer_bytes;
    roster_set_copies(daemon->roster, daemon->config->limits.copies_per_second);
    ListenerLimits limits = limits_of(daemon);
    for (int place = 0; place < PLACES; place++) {
        if (daemon->listeners[place] != NULL) {
            listener_set_limits(daemon->listeners[place], &limits);
            if (tls != NULL) {
                listener_set_tls(daemon->listeners[place], tls);
            }
        }
    }
    tls_server_unref(daemon->tls);
    daemon->tls = tls;
    if (daemon->transfers != NULL) {
        transfers_reconfigure(daemon->transfers);
    }
    if (daemon->node != NULL) {
        node_reconfigure(daemon->node);
    }
    g_autoptr(GError) problem = NULL;
    if (!audit_reopen(daemon->audit, &problem)) {
        g_warning("daemon: the audit log stays as it is: %s", problem->message);
        g_clear_error(&problem);
    }
    if (!restrict_privileges(daemon->config, &problem)) {
        g_critical("daemon: %s", problem->message);
    }
    g_message("daemon: the configuration was read again");
    return TRUE;
}

char *daemon_places(const Daemon *daemon)
{
    GString *text = g_string_new(NULL);
    for (int place = 0; place < PLACES; place++) {
        const Listener *listener = daemon->listeners[place];
        if (listener != NULL && listener_port(listener) != 0) {
            g_string_append_printf(text, "%s %u\n", place_names[place], listener_port(listener));
        }
    }
    if (daemon->node != NULL) {
        g_string_append_printf(text, "feiq %u\n", node_port(daemon->node));
    }
    return g_string_free(text, FALSE);
}

char *daemon_figures(const Daemon *daemon)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "up-seconds %" G_GINT64_FORMAT "\n",
                           (g_get_monotonic_time() - daemon->started) / G_USEC_PER_SEC);
    for (int place = 0; place < PLACES; place++) {
        if (daemon->listeners[place] != NULL) {
            g_string_append_printf(text, "%s-clients %u\n%s-refused %" G_GUINT64_FORMAT "\n",
                                   place_names[place], listener_clients(daemon->listeners[place]),
                                   place_names[place], listener_refused(daemon->listeners[place]));
        }
    }
    g_string_append_printf(text, "users %u\nbuffered-bytes %" G_GSIZE_FORMAT "\n",
                           roster_count(daemon->roster), daemon->budget.used);
    chat_service_figures(daemon->chat, text);
    control_service_figures(daemon->control, text);
    if (daemon->transfers != NULL) {
        transfers_figures(daemon->transfers, text);
    }
    if (daemon->node != NULL) {
        node_figures(daemon->node, text);
    }
    return g_string_free(text, FALSE);
}
