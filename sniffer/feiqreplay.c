/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * feiqreplay: a capture is played against a live server, and its answers are compared with those
 * of the capture.
 */
#include "sniffer/replay/player.h"

#include <arpa/inet.h>
#include <locale.h>
#include <netdb.h>
#include <string.h>
#include <time.h>

/* As feiqdump's. */
typedef enum { EXIT_SAME = 0, EXIT_DIFFERENT = 1, EXIT_ERROR = 2, EXIT_DAMAGED = 3 } ExitStatus;

/* The words of the command line. */
typedef struct {
    char **words;
    char *server;
    char *display_filter;
    char **preferences;
    char **ports;
    char *bind;
    char *speed;
    int timeout;
    int linger;
    int segment;
    char **ignored;
    char **only;
    gboolean fresh;
    gboolean exact;
    gboolean strict;
    gboolean json;
    gboolean quiet;
    gboolean list;
    gboolean version;
} Words;

static bool refuse(GError **error, const char *option, const char *value, const char *wrong)
{
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %s: %s", option, value, wrong);
    return false;
}

/* --- addresses --- */

/* "HOST", "HOST:PORT", "[IPv6]", "[IPv6]:PORT", "IPv6". False: the port is none. */
static bool split_address(const char *text, char **host, uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    const char *bracket = strrchr(text, ']');
    bool bare_ipv6 = *text != '[' && colon != NULL && strchr(text, ':') != colon;
    *port = 0;
    if (bare_ipv6 || colon == NULL || (bracket != NULL && colon < bracket)) {
        colon = text + strlen(text);
    } else {
        guint64 number;
        if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &number, NULL)) {
            return false;
        }
        *port = (uint16_t)number;
    }
    bool bracketed = *text == '[' && colon > text + 1 && colon[-1] == ']';
    *host = bracketed ? g_strndup(text + 1, (gsize)(colon - text - 2))
                      : g_strndup(text, (gsize)(colon - text));
    return true;
}

static bool resolve(const char *option, const char *text, int family,
                    struct sockaddr_storage *address, socklen_t *length, uint16_t *port,
                    GError **error)
{
    g_autofree char *host = NULL;
    if (!split_address(text, &host, port)) {
        return refuse(error, option, text, "its port is not a number from 1 to 65535");
    }
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int status = getaddrinfo(host, NULL, &hints, &found);
    if (status != 0) {
        return refuse(error, option, text, gai_strerror(status));
    }
    memset(address, 0, sizeof *address);
    memcpy(address, found->ai_addr, found->ai_addrlen);
    *length = found->ai_addrlen;
    uint16_t in_order = htons(*port);
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_port = in_order;
    } else {
        ((struct sockaddr_in *)address)->sin_port = in_order;
    }
    freeaddrinfo(found);
    return true;
}

static bool read_server(const char *text, Endpoint *server, GError **error)
{
    g_autofree char *host = NULL;
    uint16_t port;
    *server = (Endpoint){0};
    if (!split_address(text, &host, &port)) {
        return refuse(error, "--server", text, "its port is not a number from 1 to 65535");
    }
    server->port = port;
    server->ported = port != 0;
    server->type = FS_IPV4;
    if (inet_pton(AF_INET, host, server->address) != 1) {
        server->type = FS_IPV6;
        if (inet_pton(AF_INET6, host, server->address) != 1) {
            return refuse(error, "--server", text, "not an address as captures have them");
        }
    }
    return true;
}

/* --- settings --- */

static bool read_ports(char **texts, GArray *ports, GError **error)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        g_auto(GStrv) parts = g_strsplit(*texts, ":", 0);
        guint64 numbers[2];
        for (unsigned i = 0; i < 2; i++) {
            if (g_strv_length(parts) != 2 ||
                !g_ascii_string_to_unsigned(parts[i], 10, 1, 65535, &numbers[i], NULL)) {
                return refuse(error, "--port", *texts,
                              "not RECORDED:LIVE, two numbers from 1 to 65535");
            }
        }
        PortMapping mapping = {(uint16_t)numbers[0], (uint16_t)numbers[1]};
        g_array_append_val(ports, mapping);
    }
    return true;
}

static bool read_names(const char *option, char **texts, GPtrArray *names, GError **error)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        if (!comparison_knows(*texts)) {
            return refuse(error, option, *texts, "FeiQ and 1#n have no such field");
        }
        g_ptr_array_add(names, *texts);
    }
    return true;
}

static bool in_range(const char *option, int value, int most, const char *what, GError **error)
{
    if (value < 0 || value > most) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %d: not from 0 to %d %s",
                    option, value, most, what);
        return false;
    }
    return true;
}

static bool read_settings(const Words *words, PlaySettings *settings, GArray *ports, GError **error)
{
    enum { MOST_MILLISECONDS = 3600000, MOST_SEGMENT = 65535 };
    uint16_t port;
    if (!resolve("target", words->words[0], AF_UNSPEC, &settings->target, &settings->target_length,
                 &port, error) ||
        !read_ports(words->ports, ports, error) ||
        !in_range("--timeout", words->timeout, MOST_MILLISECONDS, "milliseconds", error) ||
        !in_range("--linger", words->linger, MOST_MILLISECONDS, "milliseconds", error) ||
        !in_range("--segment-size", words->segment, MOST_SEGMENT, "bytes", error) ||
        !read_names("--ignore", words->ignored, settings->comparison.ignored, error) ||
        !read_names("--only", words->only, settings->comparison.only, error)) {
        return false;
    }
    if (port != 0 && words->ports != NULL) {
        return refuse(error, "target", words->words[0],
                      "a port here and --port exclude each other");
    }
    uint16_t bind_port;
    if (words->bind != NULL &&
        !resolve("--bind", words->bind, settings->target.ss_family, &settings->bind,
                 &settings->bind_length, &bind_port, error)) {
        return false;
    }
    if (words->speed != NULL) {
        char *end;
        settings->speed = g_ascii_strtod(words->speed, &end);
        if (*end != '\0' || end == words->speed || !(settings->speed > 0) ||
            settings->speed > 1e9) {
            return refuse(error, "--speed", words->speed, "not a positive number");
        }
    }
    settings->timeout = (unsigned)words->timeout;
    settings->linger = (unsigned)words->linger;
    settings->segment = (uint32_t)words->segment;
    settings->fresh = words->fresh ? (uint64_t)time(NULL) : 0;
    settings->comparison.exact = words->exact;
    return true;
}

/* The port of the target stands for the one port that was spoken to. */
static bool map_target_port(const Script *script, const char *target, GArray *ports, GError **error)
{
    g_autofree char *host = NULL;
    uint16_t port = 0;
    (void)split_address(target, &host, &port);
    if (port == 0) {
        return true;
    }
    for (guint i = 0; i < script->conversations->len; i++) {
        const Conversation *c = g_ptr_array_index(script->conversations, i);
        if (ports->len > 0 && g_array_index(ports, PortMapping, 0).recorded != c->server_port) {
            g_autofree char *wrong =
                g_strdup_printf("the capture has several ports (%u, %u): say --port RECORDED:LIVE "
                                "for each, or choose part of it with -Y",
                                g_array_index(ports, PortMapping, 0).recorded, c->server_port);
            return refuse(error, "target", target, wrong);
        }
        if (ports->len == 0) {
            PortMapping mapping = {c->server_port, port};
            g_array_append_val(ports, mapping);
        }
    }
    return true;
}

/* --- running --- */

/* What is read from the capture but not played. */
static void say_what_is_left_out(const Script *script)
{
    if (script->trouble != NULL) {
        g_printerr("feiqreplay: %s\n", script->trouble);
    }
    if (script->cut + script->missing > 0) {
        g_printerr("feiqreplay: %" G_GUINT64_FORMAT " datagrams cut by the snapshot length and "
                   "%" G_GUINT64_FORMAT " bytes of TCP that were not captured are not played\n",
                   script->cut, script->missing);
    }
    if (script->past + script->announcements + script->reversed > 0) {
        g_printerr("feiqreplay: not played: %" G_GUINT64_FORMAT " messages between others, "
                   "%" G_GUINT64_FORMAT " of the server to a group of hosts, %" G_GUINT64_FORMAT
                   " in TCP connections that it made\n",
                   script->past, script->announcements, script->reversed);
    }
}

static void list_script(const Script *script)
{
    static const char *const marks[] = {"->", "<-", "-> end of the connection"};
    char server[64];
    (void)endpoint_format(server, sizeof server, &script->server);
    g_print("server: %s\n", server);
    for (guint i = 0; i < script->steps->len; i++) {
        const Step *step = g_ptr_array_index(script->steps, i);
        const Conversation *c = step->conversation;
        char client[64];
        (void)endpoint_format(client, sizeof client, &c->client);
        g_autofree char *line = NULL;
        if (step->bytes != NULL) {
            Message *message = message_new(c, step->kind == STEP_EXPECT, step->bytes);
            line = message_line(message);
            message_free(message);
        }
        g_print("%7" G_GUINT64_FORMAT "  %s %-5u  %s  %s %s\n", step->frame, c->tcp ? "tcp" : "udp",
                c->server_port, client, marks[step->kind], line == NULL ? "" : line);
    }
}

static ExitStatus run_script(const Words *words, const Script *script, PlaySettings *settings,
                             GArray *ports, GError **error)
{
    say_what_is_left_out(script);
    if (words->list) {
        list_script(script);
        return script->damaged ? EXIT_DAMAGED : script->steps->len > 0 ? EXIT_SAME : EXIT_DIFFERENT;
    }
    if (script->steps->len == 0) {
        char server[64];
        (void)endpoint_format(server, sizeof server, &script->server);
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s: nobody in it speaks to %s",
                    words->words[1], server);
        return EXIT_ERROR;
    }
    if (!map_target_port(script, words->words[0], ports, error)) {
        return EXIT_ERROR;
    }
    settings->ports = (const PortMapping *)(const void *)ports->data;
    settings->port_count = ports->len;
    Report report = {.to = stdout, .json = words->json, .quiet = words->quiet};
    play(script, settings, &report);
    report_end(&report, script, words->words[0]);
    return script->damaged                                   ? EXIT_DAMAGED
           : report_is_good(&report, words->strict != FALSE) ? EXIT_SAME
                                                             : EXIT_DIFFERENT;
}

static ExitStatus run(const Words *words, GError **error)
{
    Preferences preferences = preference_defaults;
    for (char **text = words->preferences; text != NULL && *text != NULL; text++) {
        const char *wrong = preference_set(&preferences, *text);
        if (wrong != NULL) {
            (void)refuse(error, "-o", *text, wrong);
            return EXIT_ERROR;
        }
    }
    if (words->words == NULL || g_strv_length(words->words) != 2) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                            "TARGET and CAPTURE are wanted, see --help");
        return EXIT_ERROR;
    }
    Endpoint server;
    if (words->server != NULL && !read_server(words->server, &server, error)) {
        return EXIT_ERROR;
    }
    g_autoptr(GArray) ports = g_array_new(FALSE, FALSE, sizeof(PortMapping));
    g_autoptr(GPtrArray) ignored = g_ptr_array_new();
    g_autoptr(GPtrArray) only = g_ptr_array_new();
    PlaySettings settings = {.comparison = {.ignored = ignored, .only = only}};
    if (!read_settings(words, &settings, ports, error)) {
        return EXIT_ERROR;
    }
    const ScriptSource source = {words->words[1], words->display_filter, &preferences,
                                 words->server == NULL ? NULL : &server};
    char *wrong = NULL;
    Script *script = script_read(&source, &wrong);
    if (script == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, wrong);
        g_free(wrong);
        return EXIT_ERROR;
    }
    ExitStatus status = run_script(words, script, &settings, ports, error);
    script_free(script);
    return status;
}

static void free_words(Words *words)
{
    g_strfreev(words->words);
    g_free(words->server);
    g_free(words->display_filter);
    g_strfreev(words->preferences);
    g_strfreev(words->ports);
    g_free(words->bind);
    g_free(words->speed);
    g_strfreev(words->ignored);
    g_strfreev(words->only);
}

static bool read_words(Words *w, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"server", 0, 0, G_OPTION_ARG_STRING, &w->server,
         "Who is the server in the capture (default: who was spoken to first)", "ADDRESS[:PORT]"},
        {"display-filter", 'Y', 0, G_OPTION_ARG_STRING, &w->display_filter,
         "Play only frames that match", "FILTER"},
        {"preference", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &w->preferences,
         "Set a preference, as feiqdump -o", "NAME:VALUE"},
        {"port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &w->ports,
         "A port of the server, in the capture and now", "RECORDED:LIVE"},
        {"bind", 0, 0, G_OPTION_ARG_STRING, &w->bind, "Send from here", "ADDRESS[:PORT]"},
        {"speed", 0, 0, G_OPTION_ARG_STRING, &w->speed,
         "Keep the recorded times, so many times as fast (default: as fast as answers come)", "N"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &w->timeout,
         "Milliseconds to wait for an answer (2000)", "N"},
        {"linger", 0, 0, G_OPTION_ARG_INT, &w->linger,
         "Milliseconds to wait at the end for what nobody expects (100)", "N"},
        {"segment-size", 0, 0, G_OPTION_ARG_INT, &w->segment,
         "Send so many bytes at once over TCP (default: as recorded)", "N"},
        {"fresh-numbers", 0, 0, G_OPTION_ARG_NONE, &w->fresh,
         "Give the clients' FeiQ datagrams new packet numbers", NULL},
        {"ignore", 0, 0, G_OPTION_ARG_STRING_ARRAY, &w->ignored,
         "Do not compare this field and what is beneath it", "FIELD"},
        {"only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &w->only,
         "Compare only this field and what is beneath it", "FIELD"},
        {"exact", 0, 0, G_OPTION_ARG_NONE, &w->exact,
         "Compare also who the FeiQ host is (user, host, version, …)", NULL},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &w->strict,
         "What the capture does not have is a fault too", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &w->json, "Report as JSON, one object a line", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &w->quiet,
         "Report only what is not as recorded, and the sum", NULL},
        {"list", 'l', 0, G_OPTION_ARG_NONE, &w->list, "Only print what would be played", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &w->version, "Print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &w->words, NULL, "TARGET CAPTURE"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(
        context, "Play what clients said in a capture against a live server, and compare its\n"
                 "answers with the recorded ones. TARGET is HOST or HOST:PORT; CAPTURE is a pcap\n"
                 "or pcapng file, - is standard input.");
    g_option_context_set_description(
        context, "  feiqreplay 127.0.0.1 chat.pcapng\n"
                 "  feiqreplay --segment-size 1 127.0.0.1 login.pcapng   every byte alone\n"
                 "\n"
                 "Exit status: 0 all answers were as recorded, 1 some were not, 2 an error,\n"
                 "3 the capture is damaged (what can be read was played).");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_ALL, "");
    Words words = {.timeout = 2000, .linger = 100};
    g_autoptr(GError) error = NULL;
    ExitStatus status = EXIT_ERROR;
    if (read_words(&words, &argc, &argv, &error)) {
        if (words.version) {
            g_print("feiqreplay %s\n", FEISCOPE_VERSION);
            status = EXIT_SAME;
        } else {
            status = run(&words, &error);
        }
    }
    if (error != NULL) {
        g_printerr("feiqreplay: %s\n", error->message);
        status = EXIT_ERROR;
    }
    free_words(&words);
    return (int)status;
}
