/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/folder.h"
#include "chatd/transfer/names.h"
#include "protocol/feiq/directory.h"
#include "protocol/text.h"

#include <string.h>

enum { CHANGE_TIME = 0x14, CREATION_TIME = 0x16 }; /* attributes; protocol/feiq.md 6.2 */

struct FolderReader {
    const FolderVisitor *visitor;
    gpointer data;
    guint entries; /* that may still come */
    guint64 bytes; /* that may still come */
    guint depth;
    guint64 left;      /* bytes of the present file that are still to come */
    gboolean skipping; /* the present file is none to keep */
    gboolean begun;
    gboolean complete;
    gboolean rather_gbk;
    GByteArray *header; /* what has come of the next header, or of what precedes the first */
};

FolderReader *folder_reader_new(guint entries, guint64 bytes, const FolderVisitor *visitor,
                                gpointer data)
{
    FolderReader *reader = g_new0(FolderReader, 1);
    reader->visitor = visitor;
    reader->data = data;
    reader->entries = entries;
    reader->bytes = bytes;
    reader->header = g_byte_array_new();
    return reader;
}

void folder_reader_free(FolderReader *reader)
{
    if (reader != NULL) {
        g_byte_array_unref(reader->header);
        g_free(reader);
    }
}

void folder_reader_expect_gbk(FolderReader *reader)
{
    reader->rather_gbk = TRUE;
}

gboolean folder_reader_is_complete(const FolderReader *reader)
{
    return reader->complete;
}

static gboolean refuse(GError **error, const char *words)
{
    g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_STREAM, "the folder's stream %s", words);
    return FALSE;
}

/* The time of change among the extended attributes, which stand behind name, size and type. */
static gint64 find_time(const FeiqDirectoryHeader *header, const guint8 *bytes)
{
    const char *begin = (const char *)header->name + header->name_length;
    g_autofree char *rest =
        g_strndup(begin, header->length - (gsize)(header->name - bytes) - header->name_length);
    g_auto(GStrv) parts = g_strsplit(rest, ":", -1);
    for (gsize i = 0; parts[i] != NULL; i++) {
        guint64 key;
        guint64 value;
        char *sign = strchr(parts[i], '=');
        if (sign == NULL) {
            continue;
        }
        *sign = '\0';
        if (g_ascii_string_to_unsigned(parts[i], 16, 0, G_MAXUINT32, &key, NULL) &&
            key == CHANGE_TIME &&
            g_ascii_string_to_unsigned(sign + 1, 16, 0, G_MAXUINT32, &value, NULL)) {
            return (gint64)value;
        }
    }
    return 0;
}

static char *name_in_utf8(const FeiqDirectoryHeader *header, gboolean rather_gbk)
{
    FsEncoding encoding = fs_text_guess(header->name, header->name_length);
    if (rather_gbk && transfer_is_rather_gbk(header->name, header->name_length)) {
        encoding = FS_GB18030;
    }
    gsize room = FS_TEXT_ROOM(header->name_length);
    g_autofree char *text = g_malloc(room);
    (void)fs_text_to_utf8(text, room, header->name, header->name_length, encoding);
    return transfer_undouble(text);
}

static gboolean leave(FolderReader *reader, GError **error)
{
    const FolderEntry entry = {.step = FOLDER_LEAVE};
    if (reader->depth == 0) {
        return refuse(error, "leads above the folder");
    }
    reader->depth--;
    reader->complete = reader->depth == 0;
    return reader->visitor->entry(reader->data, &entry, error);
}

static gboolean take_entry(FolderReader *reader, const FeiqDirectoryHeader *header,
                           const guint8 *bytes, GError **error)
{
    gboolean is_folder = header->type == FEIQ_FILE_TYPE_DIRECTORY;
    if (header->type == FEIQ_FILE_TYPE_PARENT) {
        return leave(reader, error);
    }
    if (reader->depth == 0 && !is_folder) {
        return refuse(error, "does not begin with the folder");
    }
    if (reader->entries-- == 0) {
        reader->entries = 0;
        return refuse(error, "has too many entries (files.entries)");
    }
    if (!is_folder && header->size > reader->bytes) {
        return refuse(error, "has more bytes than may be taken (files.largest-mib)");
    }
    reader->skipping = !is_folder && header->type != FEIQ_FILE_TYPE_REGULAR;
    reader->left = is_folder ? 0 : header->size;
    reader->bytes -= reader->left;
    if (reader->skipping) {
        return TRUE;
    }
    if (is_folder && ++reader->depth > FOLDER_DEEPEST) {
        return refuse(error, "goes too deep");
    }
    g_autofree char *name = name_in_utf8(header, reader->rather_gbk);
    const FolderEntry entry = {.step = is_folder ? FOLDER_ENTER : FOLDER_FILE,
                               .name = name,
                               .size = reader->left,
                               .mtime = find_time(header, bytes)};
    return transfer_check_name(name, error) && reader->visitor->entry(reader->data, &entry, error);
}

/* A header is due: find it in what has come. Sets *used to the bytes that are done with. */
static gboolean take_header(FolderReader *reader, gsize *used, GError **error)
{
    const guint8 *bytes = reader->header->data;
    gsize length = reader->header->len;
    FeiqDirectoryHeader header;
    *used = 0;
    FeiqDirectoryVerdict verdict = feiq_read_directory_header(bytes, length, &header);
    gsize skipped = 0;
    if (verdict == FEIQ_DIRECTORY_NONE && !reader->begun) {
        skipped = feiq_find_directory_header(bytes, length);
        if (skipped == length) {
            return length < FEIQ_DIRECTORY_JUNK + FOLDER_HEADER ||
                   refuse(error, "begins with no header");
        }
        verdict = feiq_read_directory_header(bytes + skipped, length - skipped, &header);
    }
    if (verdict == FEIQ_DIRECTORY_NONE) {
        return refuse(error, "has no header where one is due");
    }
    if (verdict == FEIQ_DIRECTORY_COMPLETE) {
        reader->begun = TRUE;
        *used = skipped + header.length;
        return take_entry(reader, &header, bytes + skipped, error);
    }
    return TRUE;
}

/* Headers as far as they are whole, out of what was kept and what is new. */
static gboolean take_headers(FolderReader *reader, GError **error)
{
    while (reader->left == 0 && !reader->complete && reader->header->len > 0) {
        gsize used = 0;
        if (!take_header(reader, &used, error)) {
            return FALSE;
        }
        if (used == 0) {
            return TRUE;
        }
        g_byte_array_remove_range(reader->header, 0, (guint)used);
    }
    return TRUE;
}

static gboolean take_bytes(FolderReader *reader, const guint8 *bytes, gsize length, GError **error)
{
    reader->left -= length;
    return reader->skipping || length == 0 ||
           reader->visitor->bytes(reader->data, bytes, length, error);
}

gboolean folder_reader_feed(FolderReader *reader, const guint8 *bytes, gsize length, GError **error)
{
    enum { PIECE = 4096 };
    while (length > 0 && !reader->complete) {
        if (reader->left > 0 && reader->header->len == 0) {
            gsize part = (gsize)MIN(reader->left, length);
            if (!take_bytes(reader, bytes, part, error)) {
                return FALSE;
            }
            bytes += part;
            length -= part;
            continue;
        }
        /* only little goes through the buffer */
        gsize part = MIN(length, (gsize)PIECE);
        g_byte_array_append(reader->header, bytes, (guint)part);
        bytes += part;
        length -= part;
        do {
            if (!take_headers(reader, error)) {
                return FALSE;
            }
            gsize kept = (gsize)MIN(reader->left, reader->header->len);
            if (kept > 0) {
                if (!take_bytes(reader, reader->header->data, kept, error)) {
                    return FALSE;
                }
                g_byte_array_remove_range(reader->header, 0, (guint)kept);
            } else {
                break;
            }
        } while (reader->header->len > 0);
    }
    return TRUE;
}

ptrdiff_t folder_build_header(guint8 *out, gsize capacity, const FolderEntry *entry,
                              const char *name)
{
    static const guint32 types[] = {[FOLDER_FILE] = FEIQ_FILE_TYPE_REGULAR,
                                    [FOLDER_ENTER] = FEIQ_FILE_TYPE_DIRECTORY,
                                    [FOLDER_LEAVE] = FEIQ_FILE_TYPE_PARENT};
    char time[24];
    g_snprintf(time, sizeof time, "%" G_GINT64_MODIFIER "x", (guint64)MAX(entry->mtime, 0));
    /* the official client writes both behind every header, and iptux looks for both */
    const FeiqFileExtra extras[] = {{.key = CHANGE_TIME, .value = fs_bytes(time)},
                                    {.key = CREATION_TIME, .value = fs_bytes(time)}};
    gboolean leaves = entry->step == FOLDER_LEAVE;
    FeiqFile file = {.name = fs_bytes(leaves         ? "."
                                      : name != NULL ? name
                                                     : entry->name),
                     .size = leaves ? 0 : entry->size,
                     .attributes = types[entry->step],
                     .extras = extras,
                     .extra_count = G_N_ELEMENTS(extras)};
    return feiq_build_directory_entry(out, capacity, &file);
}

FeiqDirectoryVerdict folder_read_header(const guint8 *bytes, gsize length, FolderHeader *found)
{
    FeiqDirectoryHeader header;
    FeiqDirectoryVerdict verdict = feiq_read_directory_header(bytes, length, &header);
    if (verdict == FEIQ_DIRECTORY_COMPLETE) {
        *found = (FolderHeader){.length = header.length,
                                .type = header.type,
                                .name = name_in_utf8(&header, FALSE),
                                .size = header.size,
                                .mtime = find_time(&header, bytes)};
    }
    return verdict;
}
