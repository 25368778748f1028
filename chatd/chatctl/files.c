/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chatctl files and image: list, drop, and send; fetching is in download.c.
 */
#include "chatd/chatctl/download.h"
#include "chatd/chatctl/pack.h"
#include "chatd/chatctl/progress.h"
#include "chatd/json.h"
#include "chatd/tcp/codes.h"

#include <stdio.h>
#include <string.h>

enum { PIECE = 45000 }; /* bytes of a file in one request */

/* --- list --- */

static void print_file(char **part, gboolean json)
{
    static const char *const names[] = {"id",   "time", "kind",  "state", "from",  "to",
                                        "size", "here", "mtime", "name",  "reason"};
    if (g_strv_length(part) != G_N_ELEMENTS(names)) {
        return;
    }
    if (json) {
        g_autoptr(GString) object = g_string_new("{");
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            json_add(object, names[i], part[i]);
        }
        command_print_object(object);
        return;
    }
    guint64 size = g_ascii_strtoull(part[6], NULL, 10);
    guint64 here = g_ascii_strtoull(part[7], NULL, 10);
    gboolean on_its_way = strcmp(part[3], "fetching") == 0 || strcmp(part[3], "uploading") == 0 ||
                          strcmp(part[3], "failed") == 0;
    g_autoptr(GString) amount = g_string_new(NULL);
    if (on_its_way && size > 0) {
        g_string_append_printf(amount, "%u%% of ", (unsigned)((double)here * 100 / (double)size));
    }
    g_autofree char *bytes = g_format_size_full(MAX(size, here), G_FORMAT_SIZE_IEC_UNITS);
    g_string_append(amount,
                    strcmp(part[2], "folder") == 0 && size == 0 && here == 0 ? "folder" : bytes);
    g_autofree char *name = command_printable(part[9]);
    printf("%s  %s → %s  %s%s  %s  %s%s%s\n", part[0], part[4], part[5], name,
           strcmp(part[2], "folder") == 0 ? "/" : "", amount->str, part[3],
           *part[10] == '\0' ? "" : ": ", part[10]);
}

static int list(const CommandOptions *options, Client *client)
{
    g_autoptr(GError) error = NULL;
    guint left = options->count > 0 ? (guint)options->count : G_MAXUINT;
    for (guint seen = 0; left > 0;) {
        g_autofree char *skip = g_strdup_printf("%u", seen);
        g_autoptr(ClientMessage) reply =
            client_ask(client, CHAT_FILES, (const char *[]){skip, NULL}, &error);
        if (reply == NULL || reply->status != ONEHASH_OK) {
            return reply == NULL ? command_fail(error) : command_refused(reply);
        }
        if (reply->text == NULL || *reply->text == '\0') {
            break;
        }
        g_autofree char *text = g_utf8_make_valid(reply->text, -1);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (size_t i = 0; lines[i] != NULL && left > 0; i++, seen++, left--) {
            g_auto(GStrv) parts = g_strsplit(lines[i], "\t", -1);
            print_file(parts, options->json);
        }
    }
    return CHATCTL_DONE;
}

static int drop(Client *client, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ClientMessage) reply =
        client_ask(client, CHAT_DROP, (const char *[]){file, NULL}, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    return CHATCTL_DONE;
}

/* --- send --- */

/* Send from `here` on until chatd has all. */
static int upload(const CommandOptions *options, Client *client, Pack *pack, const char *id,
                  guint64 here)
{
    static guint8 bytes[PIECE];
    Progress progress = progress_begin(pack_name(pack), here, options->json);
    while (here < pack_size(pack)) {
        g_autoptr(GError) error = NULL;
        progress_show(&progress, here, pack_size(pack));
        gssize length = pack_read(pack, here, bytes, sizeof bytes, &error);
        if (length <= 0) {
            progress_end(&progress);
            (void)fprintf(stderr, "chatctl: %s\n", error->message);
            return CHATCTL_FAILED;
        }
        g_autofree char *base64 = g_base64_encode(bytes, (gsize)length);
        g_autofree char *offset = g_strdup_printf("%" G_GUINT64_FORMAT, here);
        g_autoptr(ClientMessage) reply =
            client_ask(client, CHAT_WRITE, (const char *[]){id, offset, base64, NULL}, &error);
        if (reply == NULL || reply->status != ONEHASH_OK) {
            progress_end(&progress);
            return reply == NULL ? command_fail(error) : command_refused(reply);
        }
        here += (guint64)length;
    }
    progress_end(&progress);
    return CHATCTL_DONE;
}

static int offer(const CommandOptions *options, Client *client, const char *to, const char *path,
                 const char *kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pack) pack = pack_new(path, &error);
    if (pack == NULL) {
        (void)fprintf(stderr, "chatctl: %s\n", error->message);
        return CHATCTL_USAGE;
    }
    if (kind != NULL && pack_is_folder(pack)) {
        (void)fprintf(stderr, "chatctl: %s: a folder is no image\n", path);
        return CHATCTL_USAGE;
    }
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, pack_size(pack));
    g_autofree char *time = g_strdup_printf("%" G_GINT64_FORMAT, MAX(pack_mtime(pack), 0));
    const char *const request[] = {to,
                                   kind != NULL ? kind : pack_is_folder(pack) ? "folder" : "file",
                                   size,
                                   time,
                                   pack_name(pack),
                                   NULL};
    g_autoptr(ClientMessage) reply = client_ask(client, CHAT_OFFER, request, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    g_auto(GStrv) words = g_strsplit(reply->text == NULL ? "" : reply->text, " ", 2);
    if (g_strv_length(words) != 2) {
        (void)fputs("chatctl: the answer is not that of a chatd with files\n", stderr);
        return CHATCTL_UNREACHABLE;
    }
    int result = upload(options, client, pack, words[0], g_ascii_strtoull(words[1], NULL, 10));
    if (result == CHATCTL_DONE && options->json) {
        g_autoptr(GString) object = g_string_new("{");
        json_add(object, "id", words[0]);
        json_add(object, "to", to);
        json_add(object, "size", size);
        json_add(object, "name", pack_name(pack));
        command_print_object(object);
    } else if (result == CHATCTL_DONE) {
        printf("%s  %s offered to %s\n", words[0], pack_name(pack), to);
    }
    return result;
}

static int offer_all(const CommandOptions *options, Client *client, char **arguments)
{
    for (char **path = arguments + 1; *path != NULL; path++) {
        int result = offer(options, client, arguments[0], *path, NULL);
        if (result != CHATCTL_DONE) {
            return result;
        }
    }
    return CHATCTL_DONE;
}

/* --- the commands --- */

static int usage(void)
{
    (void)fputs("usage: chatctl files [list]\n"
                "       chatctl files offer TO PATH…\n"
                "       chatctl files get FILE [DIR]\n"
                "       chatctl files salvage FILE [DIR]\n"
                "       chatctl files drop FILE\n",
                stderr);
    return CHATCTL_USAGE;
}

int command_files(const CommandOptions *options, char **arguments)
{
    const char *verb = arguments[0] == NULL ? "list" : arguments[0];
    guint count = arguments[0] == NULL ? 0 : g_strv_length(arguments) - 1;
    gboolean known = (strcmp(verb, "list") == 0 && count == 0) ||
                     (strcmp(verb, "offer") == 0 && count >= 2) ||
                     (strcmp(verb, "get") == 0 && (count == 1 || count == 2)) ||
                     (strcmp(verb, "salvage") == 0 && (count == 1 || count == 2)) ||
                     (strcmp(verb, "drop") == 0 && count == 1);
    int result = CHATCTL_DONE;
    if (!known) {
        return usage();
    }
    g_autoptr(Client) client = command_connect(options, &result);
    if (client == NULL) {
        return result;
    }
    switch (*verb) {
    case 'o':
        return offer_all(options, client, arguments + 1);
    case 'g':
        return download_file(options, client, arguments[1], count == 2 ? arguments[2] : ".");
    case 's':
        return download_salvage(options, client, arguments[1], count == 2 ? arguments[2] : ".");
    case 'd':
        return drop(client, arguments[1]);
    default:
        return list(options, client);
    }
}

int command_image(const CommandOptions *options, char **arguments)
{
    int result = CHATCTL_DONE;
    g_autoptr(Client) client = command_connect(options, &result);
    return client == NULL ? result : offer(options, client, arguments[0], arguments[1], "image");
}
