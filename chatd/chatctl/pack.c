/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/chatctl/pack.h"
#include "chatd/transfer/folder.h"
#include "chatd/transfer/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A part: the header of an entry, then the bytes of a file. */
typedef struct {
    guint64 begin;
    guint8 *header;
    gsize header_length;
    char *path; /* NULL: no file */
    guint64 size;
} Part;

struct Pack {
    char *name;
    gboolean is_folder;
    guint64 size;
    gint64 mtime;
    GArray *parts;
    guint open_part; /* whose file is open */
    int fd;
};

static void clear_part(gpointer data)
{
    Part *part = data;
    g_free(part->header);
    g_free(part->path);
}

static gboolean fail(const char *path, GError **error)
{
    int saved = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved), "%s: %s", path,
                g_strerror(saved));
    return FALSE;
}

/* Append a part; entry NULL: a file alone, without a header. Takes over the path. */
static gboolean add_part(Pack *pack, const FolderEntry *entry, char *path, guint64 size,
                         GError **error)
{
    guint8 header[FOLDER_HEADER];
    Part part = {.begin = pack->size, .path = path, .size = size};
    if (entry != NULL) {
        ptrdiff_t length = folder_build_header(header, sizeof header, entry, NULL);
        if (length < 0) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: such a name cannot be sent",
                        path != NULL ? path : entry->name);
            g_free(path);
            return FALSE;
        }
        part.header = g_memdup2(header, (gsize)length);
        part.header_length = (gsize)length;
    }
    pack->size += part.header_length + size;
    g_array_append_val(pack->parts, part);
    return TRUE;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list_names(const char *path, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, error);
    if (folder == NULL) {
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

static gboolean add_folder(Pack *pack, const char *path, const char *name,
                           const struct stat *status, guint depth, GError **error);

static gboolean add_entry(Pack *pack, const char *path, const char *name, guint depth,
                          GError **error)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        return fail(path, error);
    }
    if (S_ISDIR(status.st_mode)) {
        return add_folder(pack, path, name, &status, depth, error);
    }
    if (!S_ISREG(status.st_mode)) {
        (void)fprintf(stderr, "chatctl: left out, since it is neither file nor folder: %s\n", path);
        return TRUE;
    }
    FolderEntry entry = {.step = FOLDER_FILE,
                         .name = name,
                         .size = (guint64)status.st_size,
                         .mtime = status.st_mtime};
    return transfer_check_name(name, error) &&
           add_part(pack, &entry, g_strdup(path), entry.size, error);
}

static gboolean add_folder(Pack *pack, const char *path, const char *name,
                           const struct stat *status, guint depth, GError **error)
{
    const FolderEntry enter = {.step = FOLDER_ENTER, .name = name, .mtime = status->st_mtime};
    const FolderEntry leave = {.step = FOLDER_LEAVE};
    if (depth > FOLDER_DEEPEST) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: folders nest too deep", path);
        return FALSE;
    }
    if (!transfer_check_name(name, error) || !add_part(pack, &enter, NULL, 0, error)) {
        return FALSE;
    }
    g_autoptr(GPtrArray) names = list_names(path, error);
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *each = g_ptr_array_index(names, i);
        g_autofree char *whole = g_build_filename(path, each, NULL);
        if (!add_entry(pack, whole, each, depth + 1, error)) {
            return FALSE;
        }
    }
    return names != NULL && add_part(pack, &leave, NULL, 0, error);
}

static gboolean look_at(Pack *pack, const char *path, GError **error)
{
    struct stat status;
    g_autofree char *real = realpath(path, NULL); /* "." has a name, too */
    if (real == NULL || stat(real, &status) != 0) {
        return fail(path, error);
    }
    pack->name = g_path_get_basename(real);
    pack->mtime = status.st_mtime;
    pack->is_folder = S_ISDIR(status.st_mode);
    if (!transfer_check_name(pack->name, error)) {
        g_prefix_error(error, "%s: ", path);
        return FALSE;
    }
    if (pack->is_folder) {
        return add_folder(pack, real, pack->name, &status, 1, error);
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: neither a file nor a folder",
                    path);
        return FALSE;
    }
    return add_part(pack, NULL, g_strdup(real), (guint64)status.st_size, error);
}

Pack *pack_new(const char *path, GError **error)
{
    Pack *pack = g_new0(Pack, 1);
    pack->fd = -1;
    pack->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    g_array_set_clear_func(pack->parts, clear_part);
    if (!look_at(pack, path, error)) {
        pack_free(pack);
        return NULL;
    }
    return pack;
}

void pack_free(Pack *pack)
{
    if (pack != NULL) {
        if (pack->fd >= 0) {
            close(pack->fd);
        }
        g_array_unref(pack->parts);
        g_free(pack->name);
        g_free(pack);
    }
}

gboolean pack_is_folder(const Pack *pack)
{
    return pack->is_folder;
}

const char *pack_name(const Pack *pack)
{
    return pack->name;
}

guint64 pack_size(const Pack *pack)
{
    return pack->size;
}

gint64 pack_mtime(const Pack *pack)
{
    return pack->mtime;
}

/* The part that an offset, which is not the end, lies in. */
static guint find_part(const Pack *pack, guint64 offset)
{
    guint low = 0;
    guint high = pack->parts->len - 1;
    while (low < high) {
        guint middle = low + (high - low + 1) / 2;
        if (g_array_index(pack->parts, Part, middle).begin <= offset) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

static gssize read_file(Pack *pack, guint number, guint64 offset, guint8 *bytes, gsize room,
                        GError **error)
{
    const Part *part = &g_array_index(pack->parts, Part, number);
    if (pack->fd < 0 || pack->open_part != number) {
        if (pack->fd >= 0) {
            close(pack->fd);
        }
        pack->fd = open(part->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        pack->open_part = number;
        if (pack->fd < 0) {
            fail(part->path, error);
            return -1;
        }
    }
    ssize_t got = pread(pack->fd, bytes, room, (off_t)offset);
    if (got < 0) {
        fail(part->path, error);
    } else if (got == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "%s: it became shorter while it was read", part->path);
        got = -1;
    }
    return got;
}

gssize pack_read(Pack *pack, guint64 offset, guint8 *bytes, gsize room, GError **error)
{
    gsize done = 0;
    while (done < room && offset + done < pack->size) {
        guint number = find_part(pack, offset + done);
        const Part *part = &g_array_index(pack->parts, Part, number);
        guint64 within = offset + done - part->begin;
        if (within < part->header_length) {
            gsize length = MIN(part->header_length - (gsize)within, room - done);
            memcpy(bytes + done, part->header + within, length);
            done += length;
            continue;
        }
        guint64 at = within - part->header_length;
        gsize wanted = (gsize)MIN(part->size - at, (guint64)(room - done));
        gssize got = read_file(pack, number, at, bytes + done, wanted, error);
        if (got < 0) {
            return -1;
        }
        done += (gsize)got;
    }
    return (gssize)done;
}
