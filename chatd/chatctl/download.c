/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bytes go into NAME.FILE.part, which is given its name when all are there; so an attempt that
 * broke off goes on at that file's end. The name comes from somebody else, and is checked here
 * whatever chatd thinks of it.
 */
#include "chatd/chatctl/download.h"
#include "chatd/chatctl/progress.h"
#include "chatd/chatctl/unpack.h"
#include "chatd/json.h"
#include "chatd/tcp/codes.h"
#include "chatd/transfer/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAUSE_US = 100000 };

static const guint64 BEYOND_ALL = G_GUINT64_CONSTANT(1) << 50; /* an offset where no file is */

typedef struct {
    const CommandOptions *options;
    Client *client;
    const char *id;
    gboolean is_folder;
    gboolean salvage; /* what is there is taken as it is */
    gboolean waiting; /* a folder whose stream may begin anew is not read before it is whole */
    gint64 mtime;
    char *name;
    char *path; /* where it goes */
    char *part; /* where its bytes are until then */
    int fd;
    guint64 have;
} Download;

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "chatctl: %s: %s\n", what, why);
    return CHATCTL_FAILED;
}

/* Ask for it. The reply: state kind size here mtime name. */
static int ask(Download *download)
{
    enum { STATE, KIND, SIZE, HERE, TIME, NAME, PARTS };
    g_autoptr(GError) error = NULL;
    g_autoptr(ClientMessage) reply =
        client_ask(download->client, CHAT_GET, (const char *[]){download->id, NULL}, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    g_auto(GStrv) parts = g_strsplit(reply->text == NULL ? "" : reply->text, " ", PARTS);
    if (g_strv_length(parts) != PARTS) {
        return complain("chatd", "its answer is not that of a chatd with files");
    }
    if (!transfer_check_name(parts[NAME], &error)) {
        return complain("refused", error->message);
    }
    download->is_folder = strcmp(parts[KIND], "folder") == 0;
    download->waiting = download->is_folder && strcmp(parts[STATE], "fetching") == 0;
    download->mtime = g_ascii_strtoll(parts[TIME], NULL, 10);
    download->name = g_strdup(parts[NAME]);
    return CHATCTL_DONE;
}

/* Look for it in the list, so that nobody is asked for it. */
static int look_up(Download *download)
{
    enum { ID, DATE, KIND, STATE, FROM, TO, SIZE, HERE, TIME, NAME, PARTS = 11 };
    g_autoptr(GError) error = NULL;
    for (guint seen = 0;;) {
        g_autofree char *skip = g_strdup_printf("%u", seen);
        g_autoptr(ClientMessage) reply =
            client_ask(download->client, CHAT_FILES, (const char *[]){skip, NULL}, &error);
        if (reply == NULL || reply->status != ONEHASH_OK) {
            return reply == NULL ? command_fail(error) : command_refused(reply);
        }
        if (reply->text == NULL || *reply->text == '\0') {
            (void)fprintf(stderr, "chatctl: There is no file %s for you\n", download->id);
            return CHATCTL_NOT_FOUND;
        }
        g_auto(GStrv) lines = g_strsplit(reply->text, "\n", -1);
        for (size_t i = 0; lines[i] != NULL; i++, seen++) {
            g_auto(GStrv) parts = g_strsplit(lines[i], "\t", -1);
            if (g_strv_length(parts) != PARTS || strcmp(parts[ID], download->id) != 0) {
                continue;
            }
            if (strcmp(parts[HERE], "0") == 0) {
                return complain(parts[NAME], "nothing of it has come");
            }
            if (!transfer_check_name(parts[NAME], &error)) {
                return complain("refused", error->message);
            }
            download->is_folder = strcmp(parts[KIND], "folder") == 0;
            download->mtime = g_ascii_strtoll(parts[TIME], NULL, 10);
            download->name = g_strdup(parts[NAME]);
            return CHATCTL_DONE;
        }
    }
}

static int open_part(Download *download, const char *folder)
{
    struct stat status;
    g_autofree char *name = g_strdup_printf("%s.%s.part", download->name, download->id);
    download->path = g_build_filename(folder, download->name, NULL);
    download->part = g_build_filename(folder, name, NULL);
    if (lstat(download->path, &status) == 0 &&
        (!download->options->yes || !S_ISREG(status.st_mode) || download->is_folder)) {
        return complain(download->path, download->is_folder || !S_ISREG(status.st_mode)
                                            ? "is there already"
                                            : "is there already (--yes replaces it)");
    }
    download->fd = open(download->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                        S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
    if (download->fd < 0 || fstat(download->fd, &status) != 0) {
        return complain(download->part, g_strerror(errno));
    }
    download->have = (guint64)status.st_size;
    if (download->salvage && ftruncate(download->fd, 0) == 0) {
        download->have = 0; /* a folder's stream may be another by now */
    }
    return CHATCTL_DONE;
}

static int write_piece(Download *download, const guchar *bytes, gsize length)
{
    for (gsize done = 0; done < length;) {
        ssize_t written =
            pwrite(download->fd, bytes + done, length - done, (off_t)(download->have + done));
        if (written < 0 && errno != EINTR) {
            return complain(download->part, g_strerror(errno));
        }
        done += written > 0 ? (gsize)written : 0;
    }
    download->have += length;
    return CHATCTL_DONE;
}

/* One request for bytes. *more: there are more to come. */
static int read_piece(Download *download, Progress *progress, gboolean *more)
{
    enum { STATE, SIZE, HERE, REASON, PARTS };
    g_autoptr(GError) error = NULL;
    g_autofree char *offset =
        g_strdup_printf("%" G_GUINT64_FORMAT, download->waiting ? BEYOND_ALL : download->have);
    g_autoptr(ClientMessage) reply = client_ask(
        download->client, CHAT_READ, (const char *[]){download->id, offset, NULL}, &error);
    if (reply == NULL || reply->status != ONEHASH_OK) {
        return reply == NULL ? command_fail(error) : command_refused(reply);
    }
    g_auto(GStrv) lines = g_strsplit(reply->text == NULL ? "" : reply->text, "\n", 2);
    g_auto(GStrv) parts = g_strsplit(lines[0] == NULL ? "" : lines[0], " ", PARTS);
    if (g_strv_length(parts) < REASON) {
        return complain("chatd", "its answer is not that of a chatd with files");
    }
    guint64 size = g_ascii_strtoull(parts[SIZE], NULL, 10);
    guint64 here = g_ascii_strtoull(parts[HERE], NULL, 10);
    gboolean fetching = !download->salvage && strcmp(parts[STATE], "fetching") == 0;
    gboolean lost = strcmp(parts[STATE], "failed") == 0 || strcmp(parts[STATE], "refused") == 0 ||
                    strcmp(parts[STATE], "dropped") == 0 || strcmp(parts[STATE], "uploading") == 0;
    if (lost && !download->salvage) {
        return complain(download->name, parts[REASON] != NULL ? parts[REASON] : parts[STATE]);
    }
    if (!fetching && download->have > here) {
        return complain(download->part, "has more bytes than the file; remove it");
    }
    if (lines[1] != NULL && *lines[1] != '\0') {
        gsize length = 0;
        g_autofree guchar *bytes = g_base64_decode(lines[1], &length);
        int result = write_piece(download, bytes, length);
        if (result != CHATCTL_DONE) {
            return result;
        }
    } else if (fetching) {
        g_usleep(PAUSE_US);
    }
    progress_show(progress, download->waiting ? here : download->have,
                  download->waiting ? 0 : MAX(size, here));
    download->waiting = download->waiting && fetching;
    *more = fetching || download->have < here;
    return CHATCTL_DONE;
}

static int finish(Download *download)
{
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = download->mtime}};
    g_autoptr(GError) error = NULL;
    if (!download->is_folder) {
        if (download->mtime > 0) {
            (void)futimens(download->fd, times);
        }
        if (rename(download->part, download->path) != 0) {
            return complain(download->path, g_strerror(errno));
        }
        return CHATCTL_DONE;
    }
    g_autofree char *fresh = g_strconcat(download->part, ".unpacked", NULL);
    unpack_remove(fresh);
    gboolean cut = FALSE;
    if (!unpack_folder(download->part, fresh, download->salvage ? &cut : NULL, &error)) {
        unpack_remove(fresh);
        return complain(download->name, error->message);
    }
    if (rename(fresh, download->path) != 0) {
        return complain(download->path, g_strerror(errno));
    }
    (void)unlink(download->part);
    if (cut) {
        (void)fprintf(stderr, "chatctl: %s: this is not all of it\n", download->name);
    }
    return CHATCTL_DONE;
}

static int fetch(Download *download, const char *folder)
{
    int result = download->salvage ? look_up(download) : ask(download);
    if (result == CHATCTL_DONE) {
        result = open_part(download, folder);
    }
    if (result != CHATCTL_DONE) {
        return result;
    }
    Progress progress = progress_begin(download->name, download->have, download->options->json);
    gboolean more = TRUE;
    while (result == CHATCTL_DONE && more) {
        result = read_piece(download, &progress, &more);
    }
    progress_end(&progress);
    return result == CHATCTL_DONE ? finish(download) : result;
}

static int run(Download download, const char *folder)
{
    const CommandOptions *options = download.options;
    int result = fetch(&download, folder);
    if (result == CHATCTL_DONE && options->json) {
        g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT, download.have);
        g_autoptr(GString) object = g_string_new("{");
        json_add(object, "id", download.id);
        json_add(object, "size", size);
        json_add(object, "path", download.path);
        command_print_object(object);
    } else if (result == CHATCTL_DONE) {
        (void)puts(download.path);
    }
    if (download.fd >= 0) {
        close(download.fd);
    }
    g_free(download.name);
    g_free(download.path);
    g_free(download.part);
    return result;
}

int download_file(const CommandOptions *options, Client *client, const char *file,
                  const char *folder)
{
    return run((Download){.options = options, .client = client, .id = file, .fd = -1}, folder);
}

int download_salvage(const CommandOptions *options, Client *client, const char *file,
                     const char *folder)
{
    return run(
        (Download){.options = options, .client = client, .id = file, .fd = -1, .salvage = TRUE},
        folder);
}
