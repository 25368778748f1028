/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatctl chat: libedit reads the line, and asks for each key through read_key, which waits for
 * the keyboard and for chatd at once. What comes from chatd is printed above the line.
 */
#include "chatd/chatctl/commands.h"
#include "chatd/tcp/codes.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static const gint64 typing_interval = 3 * G_USEC_PER_SEC; /* between two notices that we type */

typedef struct {
    const CommandOptions *options;
    Client *client;
    EditLine *line;
    History *history;
    GHashTable *names; /* a set: who is online, for completion */
    char *peer;
    char *prompt;
    gint64 typing_told;
    mbstate_t partial; /* of a character of several bytes */
    int result;
    gboolean editing; /* libedit shows a line */
    gboolean lost;
} Talk;

static gboolean is_name(const char *text)
{
    return *text != '\0' && strchr(text, '#') == NULL;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *prompt(EditLine *line)
{
    Talk *talk = NULL;
    (void)el_get(line, EL_CLIENTDATA, &talk);
    return talk->prompt;
}

static void set_peer(Talk *talk, const char *peer)
{
    g_free(talk->peer);
    g_free(talk->prompt);
    talk->peer = g_strdup(peer);
    talk->prompt = g_strdup_printf("%s> ", peer);
}

static void note_names(Talk *talk, const ClientMessage *message)
{
    if (message->kind == ONEHASH_EVENT && message->code == EVENT_CAME) {
        g_hash_table_add(talk->names, g_strdup(message->from));
    } else if (message->kind == ONEHASH_EVENT && message->code == EVENT_WENT) {
        g_hash_table_remove(talk->names, message->from);
    }
}

/* What chatd says about what one asked for. */
static void say(const char *text)
{
    if (text == NULL || *text == '\0') {
        return;
    }
    g_autofree char *shown = command_printable(text);
    g_auto(GStrv) lines = g_strsplit(shown, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        printf("* %s\n", lines[i]);
    }
}

/* What cannot be said is no reason to end the conversation. */
static void fail(Talk *talk, const GError *error)
{
    if (g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_UNSAYABLE)) {
        printf("* %s\n", error->message);
    } else {
        talk->result = command_fail(error);
        talk->lost = TRUE;
    }
}

/* Print what came: events, and replies that say more than "done". */
static void show(Talk *talk, const ClientMessage *message)
{
    note_names(talk, message);
    if (message->kind == ONEHASH_EVENT) {
        if (message->code == EVENT_SHAKE) {
            (void)fputc('\a', stdout);
        }
        command_print_event(message, FALSE);
    } else if (message->code != CHAT_TYPING) {
        say(message->text);
    }
}

/* Show all that has come; the line that is edited is drawn anew below it. */
static void show_all(Talk *talk)
{
    gboolean shown = FALSE;
    g_autoptr(GError) error = NULL;
    for (ClientMessage *message; (message = client_poll(talk->client, &error)) != NULL;) {
        if (!shown && talk->editing) {
            (void)fputs("\r\033[K", stdout);
        }
        show(talk, message);
        client_message_free(message);
        shown = TRUE;
    }
    (void)fflush(stdout);
    if (error != NULL) {
        talk->result = command_fail(error);
        talk->lost = TRUE;
    } else if (shown && talk->editing) {
        el_set(talk->line, EL_REFRESH);
    }
}

/* A key was pressed that is not in the line yet. */
static void tell_typing(Talk *talk, wchar_t key)
{
    gint64 now = g_get_monotonic_time();
    const LineInfo *info = el_line(talk->line);
    gboolean is_text = info->lastchar == info->buffer ? iswprint((wint_t)key) != 0 && key != L'/'
                                                      : *info->buffer != '/';
    if (!is_text || strcmp(talk->peer, "*") == 0 || now - talk->typing_told < typing_interval) {
        return;
    }
    talk->typing_told = now;
    g_autoptr(GError) error = NULL;
    if (!client_send(talk->client, CHAT_TYPING, (const char *[]){talk->peer, NULL}, &error)) {
        fail(talk, error);
    }
}

/* 1: a character; 0: the end; -1: a problem. */
static int read_key(EditLine *line, wchar_t *key)
{
    Talk *talk = NULL;
    (void)el_get(line, EL_CLIENTDATA, &talk);
    for (;;) {
        struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = client_descriptor(talk->client), .events = POLLIN}};
        if (poll(ready, G_N_ELEMENTS(ready), -1) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return -1;
        }
        if (ready[1].revents != 0) {
            show_all(talk);
            if (talk->lost) {
                return 0;
            }
        }
        if (ready[0].revents == 0) {
            continue;
        }
        char byte;
        ssize_t length = read(STDIN_FILENO, &byte, 1);
        if (length <= 0) {
            return length < 0 && errno == EINTR ? -1 : 0;
        }
        size_t taken = mbrtowc(key, &byte, 1, &talk->partial);
        if (taken == (size_t)-2) {
            continue; /* more bytes of the same character */
        }
        if (taken == (size_t)-1) {
            memset(&talk->partial, 0, sizeof talk->partial);
            continue;
        }
        tell_typing(talk, *key);
        return 1;
    }
}

/* What could stand where something is begun; sorted. */
static GPtrArray *find_candidates(const Talk *talk, const char *text, const char **begun)
{
    static const char *const known[] = {"/quit", "/shake", "/to ", "/users"};
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    if (g_str_has_prefix(text, "/to ")) {
        GHashTableIter iterator;
        gpointer name;
        *begun = text + strlen("/to ");
        g_hash_table_iter_init(&iterator, talk->names);
        while (g_hash_table_iter_next(&iterator, &name, NULL)) {
            if (g_str_has_prefix(name, *begun)) {
                g_ptr_array_add(found, g_strdup(name));
            }
        }
        g_ptr_array_sort(found, compare_names);
    } else if (*text == '/') {
        *begun = text;
        for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
            if (g_str_has_prefix(known[i], text)) {
                g_ptr_array_add(found, g_strdup(known[i]));
            }
        }
    }
    return found;
}

/* How many bytes all of them have in common, in whole characters. */
static size_t common_length(const GPtrArray *texts)
{
    const char *first = g_ptr_array_index(texts, 0);
    size_t length = strlen(first);
    for (guint i = 1; i < texts->len; i++) {
        const char *other = g_ptr_array_index(texts, i);
        size_t same = 0;
        while (same < length && first[same] == other[same]) {
            same++;
        }
        length = same;
    }
    while (length > 0 && !g_utf8_validate(first, (gssize)length, NULL)) {
        length--;
    }
    return length;
}

/* Complete the command, or the name behind "/to ", as far as is certain; if nothing is, show what
 * there is to choose from. */
static unsigned char complete(EditLine *line, wint_t key)
{
    enum { MOST_SHOWN = 40 };
    (void)key;
    Talk *talk = NULL;
    (void)el_get(line, EL_CLIENTDATA, &talk);
    const LineInfo *info = el_line(line);
    g_autofree char *text = g_strndup(info->buffer, (gsize)(info->cursor - info->buffer));
    const char *begun = text;
    g_autoptr(GPtrArray) found = find_candidates(talk, text, &begun);
    if (found->len == 0) {
        return CC_ERROR;
    }
    size_t length = common_length(found);
    if (length > strlen(begun)) {
        const char *first = g_ptr_array_index(found, 0);
        g_autofree char *rest = g_strndup(first + strlen(begun), length - strlen(begun));
        return el_insertstr(line, rest) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (found->len == 1) {
        return CC_NORM;
    }
    (void)fputc('\n', stdout);
    for (guint i = 0; i < MIN(found->len, MOST_SHOWN); i++) {
        (void)printf("%s%s", i == 0 ? "" : "  ", (const char *)g_ptr_array_index(found, i));
    }
    if (found->len > MOST_SHOWN) {
        (void)printf("  … and %u more", found->len - MOST_SHOWN);
    }
    (void)fputc('\n', stdout);
    return CC_REDISPLAY;
}

static void ask(Talk *talk, guint32 code, const char *const *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ClientMessage) reply = client_ask(talk->client, code, arguments, &error);
    if (reply == NULL) {
        fail(talk, error);
    } else {
        say(reply->text);
    }
}

/* FALSE: the conversation ends. */
static gboolean handle_line(Talk *talk, const char *text)
{
    if (*text == '\0') {
        return TRUE;
    }
    if (strcmp(text, "/quit") == 0) {
        return FALSE;
    }
    if (strcmp(text, "/shake") == 0) {
        ask(talk, CHAT_SHAKE, (const char *[]){talk->peer, NULL});
    } else if (g_str_has_prefix(text, "/to ") && text[4] != '\0') {
        if (is_name(text + 4)) {
            set_peer(talk, text + 4);
        } else {
            (void)puts("* no name holds #");
        }
    } else if (strcmp(text, "/users") == 0) {
        ask(talk, CHAT_USERS, (const char *[]){NULL});
    } else if (*text == '/' && text[1] != '/') {
        (void)puts("* /to NAME, /shake, /users, /quit; // begins a text with /");
    } else {
        talk->typing_told = 0;
        ask(talk, CHAT_MESSAGE, (const char *[]){talk->peer, *text == '/' ? text + 1 : text, NULL});
    }
    return !talk->lost;
}

static gboolean log_in(Talk *talk)
{
    const char *nick = talk->options->nick != NULL ? talk->options->nick : g_get_user_name();
    g_autoptr(GError) error = NULL;
    g_autoptr(ClientMessage) reply =
        client_ask(talk->client, CHAT_LOG_IN, (const char *[]){nick, NULL}, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        talk->result = reply == NULL ? command_fail(error) : command_refused(reply);
        return FALSE;
    }
    g_auto(GStrv) names = g_strsplit(reply->text == NULL ? "" : reply->text, "\n", -1);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], nick) != 0) {
            g_hash_table_add(talk->names, g_strdup(names[i]));
        }
    }
    return TRUE;
}

static void converse(Talk *talk)
{
    HistEvent event;
    talk->history = history_init();
    talk->line = el_init("chatctl", stdin, stdout, stderr);
    (void)history(talk->history, &event, H_SETSIZE, 500);
    el_set(talk->line, EL_CLIENTDATA, talk);
    el_set(talk->line, EL_PROMPT, prompt);
    el_set(talk->line, EL_EDITOR, "emacs");
    el_set(talk->line, EL_HIST, history, talk->history);
    el_set(talk->line, EL_GETCFN, read_key);
    /* el_set would leak its copies of the two strings */
    el_wset(talk->line, EL_ADDFN, L"complete-name", L"Complete the name", complete);
    el_set(talk->line, EL_BIND, "^I", "complete-name", NULL);
    el_set(talk->line, EL_SIGNAL, 1);
    for (;;) {
        int length = 0;
        show_all(talk);
        talk->editing = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
        const char *text = talk->lost ? NULL : el_gets(talk->line, &length);
        if (talk->editing && text == NULL) {
            (void)fputc('\n', stdout);
        }
        talk->editing = FALSE;
        if (text == NULL || length <= 0 || talk->lost) {
            break;
        }
        g_autofree char *copy = g_strchomp(g_strdup(text));
        if (*copy != '\0') {
            (void)history(talk->history, &event, H_ENTER, copy);
        }
        if (!handle_line(talk, copy)) {
            break;
        }
    }
    el_end(talk->line);
    history_end(talk->history);
}

int command_chat(const CommandOptions *options, char **arguments)
{
    Talk talk = {.options = options};
    g_autoptr(GError) error = NULL;
    if (options->json || !is_name(arguments[0])) {
        (void)fputs(options->json ? "chatctl: chat is for people; with --json use watch and send\n"
                                  : "chatctl: a name is not empty, and holds no #\n",
                    stderr);
        return CHATCTL_USAGE;
    }
    talk.client = client_new(&options->place, ONEHASH_SERVICE_CHAT, &error);
    if (talk.client == NULL) {
        return command_fail(error);
    }
    talk.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set_peer(&talk, arguments[0]);
    if (log_in(&talk)) {
        converse(&talk);
    }
    client_free(talk.client);
    g_hash_table_unref(talk.names);
    g_free(talk.peer);
    g_free(talk.prompt);
    return talk.result;
}
