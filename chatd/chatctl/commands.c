/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/chatctl/commands.h"
#include "chatd/json.h"
#include "chatd/tcp/codes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int command_fail(const GError *error)
{
    (void)fprintf(stderr, "chatctl: %s\n", error->message);
    return g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_UNSAYABLE) ? CHATCTL_USAGE
                                                                        : CHATCTL_UNREACHABLE;
}

int command_refused(const ClientMessage *reply)
{
    (void)fprintf(stderr, "chatctl: %s\n", reply->text != NULL ? reply->text : "refused");
    if (reply->status == ONEHASH_NOT_FOUND) {
        return CHATCTL_NOT_FOUND;
    }
    if (reply->status == ONEHASH_NOT_ALLOWED || reply->status == ONEHASH_NOT_LOGGED_IN) {
        return CHATCTL_NOT_ALLOWED;
    }
    return reply->status == ONEHASH_BAD_ARGUMENT ? CHATCTL_USAGE : CHATCTL_FAILED;
}

void command_print_object(GString *json)
{
    g_string_append(json, "}\n");
    (void)fputs(json->str, stdout);
    (void)fflush(stdout);
}

char *command_printable(const char *text)
{
    GString *shown = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '\n' || c == '\t' || !g_unichar_iscntrl(c)) {
            g_string_append_unichar(shown, c);
        } else {
            g_string_append_unichar(shown, 0xfffd);
        }
    }
    return g_string_free(shown, FALSE);
}

static char *valid(const char *text)
{
    return text == NULL ? NULL : g_utf8_make_valid(text, -1);
}

/* What an offer's event says, "ID KIND SIZE NAME", for people. */
static char *describe_offer(const char *text)
{
    enum { ID, KIND, SIZE, NAME, PARTS };
    g_auto(GStrv) parts = g_strsplit(text, " ", PARTS);
    if (g_strv_length(parts) != PARTS) {
        return g_strdup(text);
    }
    guint64 size = g_ascii_strtoull(parts[SIZE], NULL, 10);
    g_autofree char *amount = g_format_size_full(size, G_FORMAT_SIZE_IEC_UNITS);
    return g_strdup_printf("%s %s (%s): chatctl files get %s", parts[KIND], parts[NAME],
                           size == 0 ? "size not known" : amount, parts[ID]);
}

void command_print_event(const ClientMessage *event, gboolean json)
{
    static const struct {
        guint32 code;
        const char *name;
        const char *words;
    } events[] = {{EVENT_CAME, "came", "came online"},
                  {EVENT_WENT, "went", "went offline"},
                  {EVENT_MESSAGE, "message", ":"},
                  {EVENT_TYPING, "typing", "types …"},
                  {EVENT_SHAKE, "shake", "shakes your window"},
                  {EVENT_FILE, "file", "offers"},
                  {EVENT_ENDED, "ended", "file"},
                  {EVENT_OPENED, "opened", "opened message"}};
    g_autofree char *from = valid(event->from);
    g_autofree char *text = valid(event->text);
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        if (events[i].code != event->code) {
            continue;
        }
        if (json) {
            g_autoptr(GDateTime) now = g_date_time_new_now_utc();
            g_autofree char *time = g_date_time_format_iso8601(now);
            g_autoptr(GString) object = g_string_new("{");
            json_add(object, "time", time);
            json_add(object, "event", events[i].name);
            json_add(object, "from", from);
            json_add(object, "text", text);
            command_print_object(object);
            return;
        }
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *time = g_date_time_format(now, "%H:%M:%S");
        g_autofree char *words =
            event->code == EVENT_FILE && text != NULL ? describe_offer(text) : g_strdup(text);
        g_autofree char *shown = command_printable(words == NULL ? "" : words);
        printf("%s %s%s%s%s%s\n", time, from, event->code == EVENT_MESSAGE ? "" : " ",
               events[i].words, *shown == '\0' ? "" : " ", shown);
        (void)fflush(stdout);
        return;
    }
}

/* Connect, ask once, and hand the lines of a reply that succeeded to a printer. */
typedef void Printer(const char *line, gboolean json);

static void print_lines(const ClientMessage *reply, Printer *printer, gboolean json)
{
    g_auto(GStrv) lines = g_strsplit(reply->text == NULL ? "" : reply->text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0') {
            printer(lines[i], json);
        }
    }
}

static int ask_and_print(const CommandOptions *options, OnehashService service, guint32 code,
                         const char *const *arguments, Printer *printer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options->place, service, &error);
    g_autoptr(ClientMessage) reply =
        client == NULL ? NULL : client_ask(client, code, arguments, &error);
    if (reply == NULL) {
        return command_fail(error);
    }
    if (reply->status != ONEHASH_OK) {
        return command_refused(reply);
    }
    print_lines(reply, printer, options->json);
    return CHATCTL_DONE;
}

/* "first rest" as two members of an object. */
static void print_pair(const char *line, gboolean json, const char *first, const char *rest)
{
    g_autofree char *text = valid(line);
    if (!json) {
        g_autofree char *shown = command_printable(text);
        (void)puts(shown);
        return;
    }
    char *space = strchr(text, ' ');
    g_autoptr(GString) object = g_string_new("{");
    if (space != NULL) {
        *space = '\0';
        json_add(object, first, text);
        json_add(object, rest, space + 1);
    } else {
        json_add(object, rest, text);
    }
    command_print_object(object);
}

static void print_user(const char *line, gboolean json)
{
    print_pair(line, json, "kind", "name");
}

static void print_process(const char *line, gboolean json)
{
    print_pair(line, json, "pid", "name");
}

static void print_figure(const char *line, gboolean json)
{
    print_pair(line, json, "figure", "value");
}

static void print_words(const char *line, gboolean json)
{
    if (json) {
        g_autoptr(GString) object = g_string_new("{");
        g_autofree char *text = valid(line);
        json_add(object, "result", text);
        command_print_object(object);
    } else {
        (void)puts(line);
    }
}

static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '\\' && from[1] != '\0') {
            from++;
            *to++ = (char)(*from == 'n' ? '\n' : *from == 'r' ? '\r' : *from == 't' ? '\t' : *from);
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static void print_message(const char *line, gboolean json)
{
    static const char *const names[] = {"id", "time", "state", "from", "to", "text"};
    g_autofree char *text = valid(line);
    g_auto(GStrv) parts = g_strsplit(text, "\t", G_N_ELEMENTS(names));
    if (g_strv_length(parts) != G_N_ELEMENTS(names)) {
        return;
    }
    unescape(parts[5]);
    if (json) {
        g_autoptr(GString) object = g_string_new("{");
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            json_add(object, names[i], parts[i]);
        }
        command_print_object(object);
    } else {
        g_autofree char *shown = command_printable(parts[5]);
        printf("%s %s → %s%s: %s\n", parts[1], parts[3], parts[4],
               strcmp(parts[2], "delivered") == 0 ? ""
               : strcmp(parts[2], "waiting") == 0 ? " (waiting)"
                                                  : " (rejected)",
               shown);
    }
}

/* --- chat service --- */

static void print_who(const char *line, gboolean json)
{
    enum { KIND, NAME, STATE, USER, HOST, ADDRESS, GROUP, PROGRAM, HEARD };
    static const char *const names[] = {"kind",    "name",  "state",   "user", "host",
                                        "address", "group", "program", "heard"};
    g_autofree char *text = valid(line);
    g_auto(GStrv) parts = g_strsplit(text, "\t", -1);
    if (g_strv_length(parts) != G_N_ELEMENTS(names)) {
        return;
    }
    if (json) {
        g_autoptr(GString) object = g_string_new("{");
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            json_add(object, names[i], parts[i]);
        }
        command_print_object(object);
        return;
    }
    printf("%s %s", parts[KIND], parts[NAME]);
    if (*parts[ADDRESS] != '\0') {
        printf("%s%s%s  %s@%s  %s  %s  heard %s s ago",
               strcmp(parts[STATE], "away") == 0 ? " (away)" : "",
               *parts[GROUP] == '\0' ? "" : "  in ", parts[GROUP], parts[USER], parts[HOST],
               parts[ADDRESS], parts[PROGRAM], parts[HEARD]);
    } else if (*parts[PROGRAM] != '\0') {
        printf("  %s", parts[PROGRAM]);
    }
    (void)putchar('\n');
}

/* A list that comes in parts. */
static int print_list(const CommandOptions *options, guint32 code,
                      void (*print)(const char *line, gboolean json))
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options->place, ONEHASH_SERVICE_CHAT, &error);
    if (client == NULL) {
        return command_fail(error);
    }
    for (guint seen = 0;;) {
        g_autofree char *skip = g_strdup_printf("%u", seen);
        g_autoptr(ClientMessage) reply =
            client_ask(client, code, (const char *[]){skip, NULL}, &error);
        if (reply == NULL) {
            return command_fail(error);
        }
        if (reply->status != ONEHASH_OK) {
            return command_refused(reply);
        }
        if (reply->text == NULL || *reply->text == '\0') {
            return CHATCTL_DONE;
        }
        print_lines(reply, print, options->json);
        for (const char *at = reply->text; at != NULL; at = strchr(at + 1, '\n')) {
            seen++;
        }
    }
}

static int run_users(const CommandOptions *options, char **arguments)
{
    (void)arguments;
    return print_list(options, CHAT_USERS, print_user);
}

static int run_who(const CommandOptions *options, char **arguments)
{
    (void)arguments;
    return print_list(options, CHAT_WHO, print_who);
}

static char *read_text(char **words)
{
    if (*words != NULL && !(strcmp(*words, "-") == 0 && words[1] == NULL)) {
        return g_strjoinv(" ", words);
    }
    GString *text = g_string_new(NULL);
    char buffer[4096];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, stdin)) > 0 &&
           text->len <= ONEHASH_MESSAGE_LIMIT) {
        g_string_append_len(text, buffer, (gssize)length);
    }
    return g_strchomp(g_string_free(text, FALSE));
}

Client *command_connect(const CommandOptions *options, int *result)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options->place, ONEHASH_SERVICE_CHAT, &error);
    const char *nick = options->nick != NULL ? options->nick : g_get_user_name();
    if (client == NULL) {
        *result = command_fail(error);
        return NULL;
    }
    g_autoptr(ClientMessage) identified =
        client_ask(client, CHAT_IDENTIFY, (const char *[]){nick, NULL}, &error);
    if (identified == NULL || identified->status != ONEHASH_OK) {
        *result = identified == NULL ? command_fail(error) : command_refused(identified);
        return NULL;
    }
    return g_steal_pointer(&client);
}

static int run_send(const CommandOptions *options, char **arguments)
{
    g_autofree char *text = read_text(arguments + 1);
    g_autoptr(GError) error = NULL;
    int result = CHATCTL_DONE;
    g_autoptr(Client) client = command_connect(options, &result);
    if (client == NULL) {
        return result;
    }
    g_autoptr(ClientMessage) reply = client_ask(client,
                                                options->lock   ? CHAT_LOCKED
                                                : options->seal ? CHAT_SEALED
                                                                : CHAT_MESSAGE,
                                                (const char *[]){arguments[0], text, NULL}, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    if (reply->text != NULL && *reply->text != '\0') {
        print_words(reply->text, options->json);
    }
    return CHATCTL_DONE;
}

static int run_watch(const CommandOptions *options, char **arguments)
{
    (void)arguments;
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options->place, ONEHASH_SERVICE_CHAT, &error);
    const char *nick = options->nick != NULL ? options->nick : g_get_user_name();
    if (client == NULL) {
        return command_fail(error);
    }
    g_autoptr(ClientMessage) reply =
        client_ask(client, CHAT_LOG_IN, (const char *[]){nick, NULL}, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    for (int seen = 0; options->count == 0 || seen < options->count; seen++) {
        g_autoptr(ClientMessage) event = client_receive(client, &error);
        if (event == NULL) {
            return command_fail(error);
        }
        command_print_event(event, options->json);
    }
    return CHATCTL_DONE;
}

static int run_history(const CommandOptions *options, char **arguments)
{
    g_autofree char *count = g_strdup_printf("%d", options->count > 0 ? options->count : 20);
    g_autofree char *words =
        arguments[0] != NULL && arguments[1] != NULL ? g_strjoinv(" ", arguments + 1) : NULL;
    const char *const request[] = {count, arguments[0] != NULL ? arguments[0] : "*", words, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(Client) client = client_new(&options->place, ONEHASH_SERVICE_CHAT, &error);
    if (client == NULL) {
        return command_fail(error);
    }
    g_autoptr(ClientMessage) reply = NULL;
    if (options->nick == NULL) {
        /* chatd's owner sees everybody's */
        reply = client_ask(client, CHAT_HISTORY, request, &error);
    }
    if (options->nick != NULL || (reply != NULL && reply->status == ONEHASH_NOT_LOGGED_IN)) {
        const char *nick = options->nick != NULL ? options->nick : g_get_user_name();
        g_autoptr(ClientMessage) identified =
            client_ask(client, CHAT_IDENTIFY, (const char *[]){nick, NULL}, &error);
        if (identified == NULL || identified->status != ONEHASH_OK) {
            return identified == NULL ? command_fail(error) : command_refused(identified);
        }
        client_message_free(reply);
        reply = client_ask(client, CHAT_HISTORY, request, &error);
    }
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    print_lines(reply, print_message, options->json);
    return CHATCTL_DONE;
}

/* --- control service --- */

static int run_ps(const CommandOptions *options, char **arguments)
{
    (void)arguments;
    return ask_and_print(options, ONEHASH_SERVICE_CONTROL, CONTROL_LIST, (const char *[]){NULL},
                         print_process);
}

static int run_kill(const CommandOptions *options, char **arguments)
{
    return ask_and_print(options, ONEHASH_SERVICE_CONTROL, CONTROL_KILL,
                         (const char *[]){arguments[0], NULL}, print_process);
}

static int run_shutdown(const CommandOptions *options, char **arguments)
{
    (void)arguments;
    if (!options->yes) {
        char answer[16] = "";
        (void)fputs("Shut the machine down that chatd runs on? Type yes: ", stderr);
        if (fgets(answer, sizeof answer, stdin) == NULL || strcmp(answer, "yes\n") != 0) {
            (void)fputs("chatctl: nothing was done\n", stderr);
            return CHATCTL_FAILED;
        }
    }
    return ask_and_print(options, ONEHASH_SERVICE_CONTROL, CONTROL_SHUT_DOWN,
                         (const char *[]){NULL}, print_words);
}

static int run_status(const CommandOptions *options, char **arguments)
{
    (void)arguments;
    return ask_and_print(options, ONEHASH_SERVICE_CONTROL, CONTROL_STATUS, (const char *[]){NULL},
                         print_figure);
}

const Command commands[] = {
    {"users", "", "list who is online", 0, 0, run_users},
    {"who", "", "list who is online, and what is known of them", 0, 0, run_who},
    {"send", "TO [TEXT…]", "send a message to a user, or to all (*); text from standard input", 1,
     -1, run_send},
    {"watch", "", "log in, and print who comes, goes and writes; --count N ends after N events", 0,
     0, run_watch},
    {"history", "[PEER [WORD…]]", "print messages, newest last; PEER * is anybody; --count N", 0,
     -1, run_history},
    {"chat", "PEER", "a conversation with line editing", 1, 1, command_chat},
    {"files", "[list | offer TO PATH… | get FILE [DIR] | salvage FILE [DIR] | drop FILE]",
     "list, send, fetch and drop files and folders", 0, -1, command_files},
    {"image", "TO PATH", "send an image that is shown in the text", 2, 2, command_image},
    {"ps", "", "list the processes of the machine that chatd runs on", 0, 0, run_ps},
    {"kill", "NAME", "end all processes there of exactly this name", 1, 1, run_kill},
    {"shutdown", "", "shut that machine down; asks first, unless --yes", 0, 0, run_shutdown},
    {"status", "", "print chatd's figures", 0, 0, run_status},
    {NULL, NULL, NULL, 0, 0, NULL}};
