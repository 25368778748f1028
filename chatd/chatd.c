/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatd: the reference FeiQ node and 1#n server. Options, signals, main loop.
 */
#include "chatd/config.h"
#include "chatd/daemon.h"
#include "chatd/system/log.h"
#include "chatd/system/service_manager.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Exit codes. */
enum { EXIT_OK = 0, EXIT_CANNOT_RUN = 1, EXIT_USAGE = 2 };

typedef struct {
    char *config;
    char *ports_file;
    gboolean check;
    gboolean example;
    gboolean version;
    gboolean debug;
} Options;

typedef struct {
    const Options *options;
    Daemon *daemon;
    GMainLoop *loop;
} Program;

/* In UTF-8 whatever the locale, as the log is. */
static void complain(const char *words)
{
    (void)fprintf(stderr, "chatd: %s\n", words);
}

static gboolean stop(gpointer data)
{
    const Program *program = data;
    g_main_loop_quit(program->loop);
    return G_SOURCE_CONTINUE;
}

static gboolean reload(gpointer data)
{
    const Program *program = data;
    g_autoptr(GError) error = NULL;
    if (program->options->config == NULL) {
        g_message("chatd: there is no configuration file to read again");
        return G_SOURCE_CONTINUE;
    }
    g_autofree char *state =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
    service_manager_notify(state);
    Config *config = config_read(program->options->config, &error);
    if (config == NULL || !daemon_reconfigure(program->daemon, config, &error)) {
        g_warning("chatd: the configuration stays as it is: %s", error->message);
    }
    service_manager_notify("READY=1");
    return G_SOURCE_CONTINUE;
}

static gboolean print_figures(gpointer data)
{
    const Program *program = data;
    g_autofree char *figures = daemon_figures(program->daemon);
    g_strdelimit(g_strchomp(figures), "\n", ',');
    g_message("figures: %s", figures);
    return G_SOURCE_CONTINUE;
}

/* A client is a descriptor: as many as the system allows. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int run(const Options *options)
{
    g_autoptr(GError) error = NULL;
    Config *config = options->config == NULL ? config_new() : config_read(options->config, &error);
    if (error != NULL) {
        complain(error->message);
        return EXIT_CANNOT_RUN;
    }
    if (options->check) {
        gboolean good = daemon_check(config, &error);
        config_free(config);
        if (!good) {
            complain(error->message);
        }
        return good ? EXIT_OK : EXIT_CANNOT_RUN;
    }
    log_start(options->debug);
    raise_descriptor_limit();
    if (geteuid() == 0) {
        g_warning("chatd: runs as root, and needs no more than an ordinary user");
    }
    Program program = {.options = options};
    program.daemon = daemon_new(config, &error);
    if (program.daemon == NULL) {
        complain(error->message);
        return EXIT_CANNOT_RUN;
    }
    /* before anybody is told that it is ready: a signal without its handler would end it */
    program.loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, stop, &program);
    g_unix_signal_add(SIGINT, stop, &program);
    g_unix_signal_add(SIGHUP, reload, &program);
    g_unix_signal_add(SIGUSR1, print_figures, &program);
    g_autofree char *places = daemon_places(program.daemon);
    if (options->ports_file != NULL &&
        !g_file_set_contents(options->ports_file, places, -1, &error)) {
        complain(error->message);
        daemon_free(program.daemon);
        g_main_loop_unref(program.loop);
        return EXIT_CANNOT_RUN;
    }
    g_strdelimit(g_strchomp(places), "\n", ',');
    g_message("chatd: ready on %s", places);
    service_manager_notify("READY=1");
    guint watchdog = service_manager_start_watchdog();
    g_main_loop_run(program.loop);
    g_message("chatd: ends");
    service_manager_notify("STOPPING=1");
    g_clear_handle_id(&watchdog, g_source_remove);
    daemon_free(program.daemon);
    g_main_loop_unref(program.loop);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options.config, "Read this key file", "FILE"},
        {"check-config", 0, 0, G_OPTION_ARG_NONE, &options.check,
         "Only read the configuration and certificates, and say what is wrong with them", NULL},
        {"example-config", 0, 0, G_OPTION_ARG_NONE, &options.example,
         "Print a configuration with every key and its default", NULL},
        {"ports-file", 0, 0, G_OPTION_ARG_FILENAME, &options.ports_file,
         "Write the ports that are listened on to this file, \"service port\" a line", "FILE"},
        {"debug", 0, 0, G_OPTION_ARG_NONE, &options.debug, "Log more", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("— FeiQ node and 1#n server");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    int result = EXIT_OK;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        complain(error->message);
        result = EXIT_USAGE;
    } else if (argc > 1) {
        g_autofree char *words = g_strdup_printf("“%s” is not an option", argv[1]);
        complain(words);
        result = EXIT_USAGE;
    } else if (options.version) {
        puts("chatd " FEISCOPE_VERSION);
    } else if (options.example) {
        g_autofree char *text = config_example();
        (void)fputs(text, stdout);
    } else {
        result = run(&options);
    }
    g_free(options.config);
    g_free(options.ports_file);
    return result;
}
