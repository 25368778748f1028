/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/chatctl/unpack.h"
#include "chatd/transfer/folder.h"
#include "chatd/transfer/names.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536 };

/* A folder that is open, and the time that it gets when it is done. */
typedef struct {
    int fd;
    gint64 mtime;
} Level;

typedef struct {
    Level levels[FOLDER_DEEPEST + 1];
    guint depth;
    const char *root;
    int file; /* that is being written; -1: none */
    gint64 mtime;
    guint64 left; /* bytes of it that are to come */
    char *name;   /* of it */
} Unpack;

static gboolean fail(const char *name, GError **error)
{
    int saved = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved), "%s: %s", name,
                saved == EEXIST ? "the name is there twice" : g_strerror(saved));
    return FALSE;
}

static void set_time(int fd, gint64 mtime)
{
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = mtime}};
    if (mtime > 0) {
        (void)futimens(fd, times);
    }
}

static void close_file(Unpack *unpack)
{
    if (unpack->file >= 0) {
        set_time(unpack->file, unpack->mtime);
        close(unpack->file);
        unpack->file = -1;
    }
}

static gboolean enter(Unpack *unpack, const FolderEntry *entry, GError **error)
{
    /* the first folder's name is chosen by who calls */
    int above = unpack->depth == 0 ? AT_FDCWD : unpack->levels[unpack->depth - 1].fd;
    const char *name = unpack->depth == 0 ? unpack->root : entry->name;
    if (mkdirat(above, name, S_IRWXU | S_IRWXG | S_IRWXO) != 0) {
        return fail(name, error);
    }
    int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return fail(name, error);
    }
    unpack->levels[unpack->depth++] = (Level){fd, entry->mtime};
    return TRUE;
}

static void leave(Unpack *unpack)
{
    const Level *level = &unpack->levels[--unpack->depth];
    set_time(level->fd, level->mtime);
    close(level->fd);
}

static gboolean take_entry(gpointer data, const FolderEntry *entry, GError **error)
{
    Unpack *unpack = data;
    close_file(unpack);
    if (entry->step == FOLDER_ENTER) {
        return enter(unpack, entry, error);
    }
    if (entry->step == FOLDER_LEAVE) {
        leave(unpack);
        return TRUE;
    }
    unpack->file = openat(unpack->levels[unpack->depth - 1].fd, entry->name,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                          S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
    unpack->mtime = entry->mtime;
    unpack->left = entry->size;
    g_free(unpack->name);
    unpack->name = g_strdup(entry->name);
    return unpack->file >= 0 || fail(entry->name, error);
}

static gboolean take_bytes(gpointer data, const guint8 *bytes, gsize length, GError **error)
{
    Unpack *unpack = data;
    unpack->left -= length;
    for (gsize done = 0; done < length;) {
        ssize_t written = write(unpack->file, bytes + done, length - done);
        if (written < 0 && errno != EINTR) {
            return fail("writing", error);
        }
        done += written > 0 ? (gsize)written : 0;
    }
    return TRUE;
}

/* The stream ends within a file: that is left out. */
static void leave_out(Unpack *unpack)
{
    if (unpack->file >= 0 && unpack->left > 0) {
        close(unpack->file);
        unpack->file = -1;
        (void)unlinkat(unpack->levels[unpack->depth - 1].fd, unpack->name, 0);
    }
}

static gboolean feed(int from, FolderReader *reader, gboolean *cut, GError **error)
{
    static guint8 bytes[PIECE];
    ssize_t length;
    while ((length = read(from, bytes, sizeof bytes)) > 0) {
        if (!folder_reader_feed(reader, bytes, (gsize)length, error)) {
            return FALSE;
        }
    }
    if (length < 0) {
        return fail("reading", error);
    }
    if (cut != NULL) {
        *cut = !folder_reader_is_complete(reader);
    } else if (!folder_reader_is_complete(reader)) {
        g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_STREAM,
                    "the folder's stream ends before the folder does");
        return FALSE;
    }
    return TRUE;
}

gboolean unpack_folder(const char *stream, const char *folder, gboolean *cut, GError **error)
{
    static const FolderVisitor visitor = {take_entry, take_bytes};
    Unpack unpack = {.root = folder, .file = -1};
    int from = open(stream, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        return fail(stream, error);
    }
    FolderReader *reader = folder_reader_new(G_MAXUINT, G_MAXUINT64, &visitor, &unpack);
    gboolean done = feed(from, reader, cut, error);
    folder_reader_free(reader);
    leave_out(&unpack);
    g_free(unpack.name);
    close_file(&unpack);
    while (unpack.depth > 0) {
        leave(&unpack);
    }
    close(from);
    return done;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    (void)remove(path);
    return 0;
}

void unpack_remove(const char *folder)
{
    enum { OPEN_FOLDERS = 16 };
    (void)nftw(folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
