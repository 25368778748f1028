/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(feiscope - spool - error - quark, spool_error)

struct Spool {
    char *path;
    int folder;
    gboolean is_temporary;
    guint64 used;
    guint64 quota;
    gint64 open_id; /* whose descriptor is kept, since bytes come many times in a row */
    int open_fd;
};

enum { NAME = 24 }; /* bytes of a file's name */

static const char *name_of(gint64 id, char name[NAME])
{
    g_snprintf(name, NAME, "%" G_GINT64_FORMAT, id);
    return name;
}

static gboolean fail(GError **error, const char *doing)
{
    int saved = errno;
    g_set_error(error, SPOOL_ERROR, saved == ENOENT ? SPOOL_ERROR_GONE : SPOOL_ERROR_ACCESS,
                "%s: %s", doing, g_strerror(saved));
    return FALSE;
}

static gboolean open_folder(Spool *spool, const char *path, GError **error)
{
    spool->path = path != NULL ? g_strdup(path) : g_dir_make_tmp("chatd-files-XXXXXX", error);
    if (spool->path == NULL) {
        return FALSE;
    }
    if (g_mkdir_with_parents(spool->path, 0700) != 0) {
        return fail(error, spool->path);
    }
    spool->folder = open(spool->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return (spool->folder >= 0 && faccessat(spool->folder, ".", W_OK | X_OK, AT_EACCESS) == 0) ||
           fail(error, spool->path);
}

Spool *spool_new(const char *path, GError **error)
{
    Spool *spool = g_new0(Spool, 1);
    spool->folder = spool->open_fd = -1;
    spool->quota = G_MAXUINT64;
    spool->is_temporary = path == NULL;
    if (!open_folder(spool, path, error)) {
        spool_free(spool);
        return NULL;
    }
    return spool;
}

static void close_kept(Spool *spool)
{
    if (spool->open_fd >= 0) {
        close(spool->open_fd);
        spool->open_fd = -1;
    }
}

static gboolean know_none(gint64 id, gpointer data)
{
    (void)id;
    (void)data;
    return FALSE;
}

void spool_free(Spool *spool)
{
    if (spool == NULL) {
        return;
    }
    close_kept(spool);
    if (spool->is_temporary && spool->folder >= 0) {
        spool_clean(spool, know_none, NULL);
        (void)g_rmdir(spool->path);
    }
    if (spool->folder >= 0) {
        close(spool->folder);
    }
    g_free(spool->path);
    g_free(spool);
}

void spool_set_quota(Spool *spool, guint64 bytes)
{
    spool->quota = bytes;
}

guint64 spool_used(const Spool *spool)
{
    return spool->used;
}

gboolean spool_has_room(const Spool *spool, guint64 bytes)
{
    return spool->used <= spool->quota && bytes <= spool->quota - spool->used;
}

void spool_clean(Spool *spool, gboolean (*is_known)(gint64 id, gpointer data), gpointer data)
{
    g_autoptr(GDir) folder = g_dir_open(spool->path, 0, NULL);
    const char *name;
    spool->used = 0;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        gint64 id;
        if (!g_ascii_string_to_signed(name, 10, 1, G_MAXINT64, &id, NULL)) {
            continue; /* somebody else's */
        }
        if (is_known(id, data)) {
            spool->used += spool_length(spool, id);
        } else {
            (void)unlinkat(spool->folder, name, 0);
        }
    }
}

guint64 spool_length(const Spool *spool, gint64 id)
{
    char name[NAME];
    struct stat status;
    return fstatat(spool->folder, name_of(id, name), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                   S_ISREG(status.st_mode)
               ? (guint64)status.st_size
               : 0;
}

/* The descriptor for writing; it is kept until another is asked for. */
static int open_for_writing(Spool *spool, gint64 id, GError **error)
{
    char name[NAME];
    if (spool->open_fd >= 0 && spool->open_id == id) {
        return spool->open_fd;
    }
    close_kept(spool);
    spool->open_fd = openat(spool->folder, name_of(id, name),
                            O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    spool->open_id = id;
    if (spool->open_fd < 0) {
        fail(error, "opening a file of the spool");
    }
    return spool->open_fd;
}

gboolean spool_cut(Spool *spool, gint64 id, guint64 length, GError **error)
{
    int fd = open_for_writing(spool, id, error);
    if (fd < 0) {
        return FALSE;
    }
    guint64 before = spool_length(spool, id);
    if (length > before) {
        g_set_error(error, SPOOL_ERROR, SPOOL_ERROR_GONE, "fewer bytes are here");
        return FALSE;
    }
    if (ftruncate(fd, (off_t)length) != 0) {
        return fail(error, "cutting a file of the spool");
    }
    spool->used -= before - length;
    return TRUE;
}

gboolean spool_append(Spool *spool, gint64 id, const guint8 *bytes, gsize length, GError **error)
{
    return spool_write(spool, id, spool_length(spool, id), bytes, length, error);
}

gboolean spool_write(Spool *spool, gint64 id, guint64 offset, const guint8 *bytes, gsize length,
                     GError **error)
{
    guint64 before = spool_length(spool, id);
    guint64 after = MAX(before, offset + length);
    if (!spool_has_room(spool, after - before)) {
        g_set_error(error, SPOOL_ERROR, SPOOL_ERROR_QUOTA,
                    "all files together may take no more than %" G_GUINT64_FORMAT
                    " bytes (files.quota-mib)",
                    spool->quota);
        return FALSE;
    }
    int fd = open_for_writing(spool, id, error);
    if (fd < 0) {
        return FALSE;
    }
    for (gsize done = 0; done < length;) {
        ssize_t written = pwrite(fd, bytes + done, length - done, (off_t)(offset + done));
        if (written < 0 && errno != EINTR) {
            fail(error, "writing");
            spool->used += spool_length(spool, id) - before;
            return FALSE;
        }
        done += written > 0 ? (gsize)written : 0;
    }
    spool->used += after - before;
    return TRUE;
}

gssize spool_read(const Spool *spool, gint64 id, guint64 offset, guint8 *bytes, gsize length,
                  GError **error)
{
    int fd = spool_open(spool, id, error);
    if (fd < 0) {
        return -1;
    }
    gsize done = 0;
    while (done < length) {
        ssize_t got = pread(fd, bytes + done, length - done, (off_t)(offset + done));
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            fail(error, "reading");
            close(fd);
            return -1;
        }
        done += got > 0 ? (gsize)got : 0;
    }
    close(fd);
    return (gssize)done;
}

int spool_open(const Spool *spool, gint64 id, GError **error)
{
    char name[NAME];
    int fd = openat(spool->folder, name_of(id, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        fail(error, "opening a file of the spool");
    }
    return fd;
}

void spool_remove(Spool *spool, gint64 id)
{
    char name[NAME];
    guint64 length = spool_length(spool, id);
    if (spool->open_id == id) {
        close_kept(spool);
    }
    if (unlinkat(spool->folder, name_of(id, name), 0) == 0) {
        spool->used -= MIN(length, spool->used);
    }
}
