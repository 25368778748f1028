/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatctl: talk to chatd from the command line. Options and the choice of the command.
 */
#include "chatd/chatctl/commands.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *directory;
    char *host;
    int port;
    char *tls_ca;
    char *tls_certificate;
    char *tls_key;
    char *nick;
    int count;
    gboolean json;
    gboolean yes;
    gboolean seal;
    gboolean lock;
    gboolean version;
} Options;

static char *describe_commands(void)
{
    GString *text = g_string_new("Commands:\n");
    for (const Command *command = commands; command->name != NULL; command++) {
        g_autofree char *form = g_strconcat(command->name, " ", command->arguments, NULL);
        g_string_append_printf(text, "  %-24s %s\n", form, command->meaning);
    }
    return g_string_free(text, FALSE);
}

/* Where chatd's sockets are if nobody says: a user's own daemon first, then the machine's. */
static char *find_directory(void)
{
    const char *runtime = g_getenv("XDG_RUNTIME_DIR");
    if (runtime != NULL) {
        g_autofree char *own = g_build_filename(runtime, "chatd", NULL);
        if (g_file_test(own, G_FILE_TEST_IS_DIR)) {
            return g_steal_pointer(&own);
        }
    }
    return g_strdup("/run/chatd");
}

static int run(const Options *given, char **words)
{
    const Command *command = commands;
    while (command->name != NULL && (*words == NULL || strcmp(command->name, *words) != 0)) {
        command++;
    }
    if (command->name == NULL) {
        (void)fprintf(stderr, "chatctl: %s%s\n",
                      *words == NULL ? "which command? see --help" : *words,
                      *words == NULL ? "" : " is no command, see --help");
        return CHATCTL_USAGE;
    }
    int count = (int)g_strv_length(words) - 1;
    if (count < command->least || (command->most >= 0 && count > command->most)) {
        (void)fprintf(stderr, "usage: chatctl %s %s\n", command->name, command->arguments);
        return CHATCTL_USAGE;
    }
    g_autofree char *found = given->directory == NULL ? find_directory() : NULL;
    CommandOptions options = {
        .place = {.directory = given->host != NULL        ? NULL
                               : given->directory != NULL ? given->directory
                                                          : found,
                  .host = given->host,
                  .port = (guint16)given->port,
                  .tls = given->tls_ca != NULL || given->tls_certificate != NULL,
                  .tls_ca = given->tls_ca,
                  .tls_certificate = given->tls_certificate,
                  .tls_key = given->tls_key},
        .nick = given->nick,
        .json = given->json,
        .yes = given->yes,
        .seal = given->seal,
        .lock = given->lock,
        .count = given->count};
    return command->run(&options, words + 1);
}

/* What could not be printed was not done, as far as whoever called can tell. */
static int check_output(int result)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return result;
    }
    (void)fprintf(stderr, "chatctl: standard output: %s\n", g_strerror(errno));
    return result == CHATCTL_DONE ? CHATCTL_FAILED : result;
}

int main(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
        {"directory", 'd', 0, G_OPTION_ARG_FILENAME, &options.directory,
         "Where chatd's Unix sockets are", "DIR"},
        {"host", 'H', 0, G_OPTION_ARG_STRING, &options.host, "Use TCP instead", "HOST"},
        {"port", 'p', 0, G_OPTION_ARG_INT, &options.port,
         "TCP port (12425 for chat, 12426 for control)", "PORT"},
        {"tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &options.tls_ca,
         "TLS; PEM file with the authorities to trust (the system's)", "FILE"},
        {"tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.tls_certificate,
         "TLS; PEM file with one's own certificate", "FILE"},
        {"tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options.tls_key,
         "PEM file with its key (the certificate's file)", "FILE"},
        {"nick", 'n', 0, G_OPTION_ARG_STRING, &options.nick,
         "Name to act under (the account's name)", "NAME"},
        {"count", 'c', 0, G_OPTION_ARG_INT, &options.count, "How many messages or events", "N"},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "One JSON object a line", NULL},
        {"seal", 0, 0, G_OPTION_ARG_NONE, &options.seal, "Send a sealed message", NULL},
        {"lock", 0, 0, G_OPTION_ARG_NONE, &options.lock, "Send a locked message", NULL},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, "Ask nothing", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL},
        G_OPTION_ENTRY_NULL};
    (void)setlocale(LC_ALL, "");
    if (!g_get_charset(NULL) && strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0) {
        /* no locale is set: what is typed, and what comes, is UTF-8 all the same */
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    }
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND [ARGUMENT…]");
    g_autofree char *description = describe_commands();
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(context, description);
    int result;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        (void)fprintf(stderr, "chatctl: %s\n", error->message);
        result = CHATCTL_USAGE;
    } else if (options.version) {
        (void)puts("chatctl " FEISCOPE_VERSION);
        result = CHATCTL_DONE;
    } else if (options.port < 0 || options.port > G_MAXUINT16 || options.count < 0) {
        (void)fputs("chatctl: --port or --count is not a number that can be\n", stderr);
        result = CHATCTL_USAGE;
    } else if (options.host == NULL &&
               (options.tls_ca != NULL || options.tls_certificate != NULL)) {
        (void)fputs("chatctl: TLS is for TCP: --host is missing\n", stderr);
        result = CHATCTL_USAGE;
    } else if (options.tls_key != NULL && options.tls_certificate == NULL) {
        (void)fputs("chatctl: --tls-key without --tls-certificate\n", stderr);
        result = CHATCTL_USAGE;
    } else {
        char **words = argv + 1;
        if (*words != NULL && strcmp(*words, "--") == 0) {
            words++;
        }
        result = run(&options, words);
    }
    result = check_output(result);
    g_free(options.directory);
    g_free(options.host);
    g_free(options.nick);
    g_free(options.tls_ca);
    g_free(options.tls_certificate);
    g_free(options.tls_key);
    return result;
}
