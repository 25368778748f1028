/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reader of folders' streams: whole, byte by byte, cut at every byte, damaged, and with names
 * that may not be.
 */
#include "chatd/transfer/folder.h"
#include "chatd/transfer/names.h"

#include <string.h>

enum { ENTRIES = 100, BYTES = 1000000 };

/* What was read, as text: "enter NAME", "file NAME SIZE TIME", "leave" a line, and "+N" for bytes.
 */
static gboolean note_entry(gpointer data, const FolderEntry *entry, GError **error)
{
    static const char *const steps[] = {"file", "enter", "leave"};
    (void)error;
    g_string_append_printf(data, "%s %s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                           steps[entry->step], entry->name == NULL ? "-" : entry->name, entry->size,
                           entry->mtime);
    g_assert_true(entry->name == NULL || transfer_check_name(entry->name, NULL));
    return TRUE;
}

static gboolean note_bytes(gpointer data, const guint8 *bytes, gsize length, GError **error)
{
    (void)error;
    g_string_append_len(data, (const char *)bytes, (gssize)length);
    return TRUE;
}

static const FolderVisitor visitor = {note_entry, note_bytes};

static const char expected[] = "enter 资料 0 1505491163\n"
                               "file a:b 5 0\nhello"
                               "enter root 0 0\nleave - 0 0\nleave - 0 0\n";

/* A stream with a GBK name, a doubled colon, a link, which is left out, and an empty folder. */
static GByteArray *make_stream(void)
{
    GByteArray *made = g_byte_array_new();
    static const struct {
        const char *rest;
        const char *bytes;
    } parts[] = {{":\xd7\xca\xc1\xcf:000000000:2:14=59bbf8db:", ""},
                 {":a::b:000000005:1:", "hello"},
                 {":l:000000002:4:", "xx"},
                 {":root:000000000:2:", ""},
                 {":.:000000000:3:", ""},
                 {":.:000000000:3:", ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *head =
            g_strdup_printf("%04x%s", (guint)strlen(parts[i].rest) + 4, parts[i].rest);
        g_byte_array_append(made, (const guint8 *)head, (guint)strlen(head));
        g_byte_array_append(made, (const guint8 *)parts[i].bytes, (guint)strlen(parts[i].bytes));
    }
    return made;
}

static gboolean read_in_pieces(const guint8 *bytes, gsize length, gsize piece, GString *seen,
                               gboolean *complete)
{
    g_autoptr(FolderReader) reader = folder_reader_new(ENTRIES, BYTES, &visitor, seen);
    gboolean good = TRUE;
    for (gsize at = 0; at < length && good; at += piece) {
        g_autoptr(GError) error = NULL;
        good = folder_reader_feed(reader, bytes + at, MIN(piece, length - at), &error);
        g_assert_true(good == (error == NULL));
    }
    *complete = folder_reader_is_complete(reader);
    return good;
}

static void test_pieces(void)
{
    g_autoptr(GByteArray) whole = make_stream();
    for (gsize piece = 1; piece <= whole->len; piece++) {
        g_autoptr(GString) seen = g_string_new(NULL);
        gboolean complete;
        g_assert_true(read_in_pieces(whole->data, whole->len, piece, seen, &complete));
        g_assert_true(complete);
        g_assert_cmpstr(seen->str, ==, expected);
    }
}

static void test_cut(void)
{
    g_autoptr(GByteArray) whole = make_stream();
    for (gsize length = 0; length < whole->len; length++) {
        g_autofree guint8 *exact = g_memdup2(whole->data, length);
        g_autoptr(GString) seen = g_string_new(NULL);
        gboolean complete;
        g_assert_true(read_in_pieces(exact, length, MAX(length, 1), seen, &complete));
        g_assert_false(complete);
        g_assert_true(g_str_has_prefix(expected, seen->str));
    }
}

static void test_damaged(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    guint completed = 0;
    for (guint turn = 0; turn < 20000; turn++) {
        g_autoptr(GByteArray) bytes = make_stream();
        g_autoptr(GString) seen = g_string_new(NULL);
        gboolean complete;
        guint changes = (guint)g_rand_int_range(random, 1, 4);
        for (guint i = 0; i < changes; i++) {
            gint32 place = g_rand_int_range(random, 0, (gint32)bytes->len);
            bytes->data[place] = (guint8)g_rand_int_range(random, 0, 256);
        }
        gsize piece = (gsize)g_rand_int_range(random, 1, 40);
        completed += read_in_pieces(bytes->data, bytes->len, piece, seen, &complete) && complete;
    }
    g_assert_cmpuint(completed, >, 0);
}

static void test_names(void)
{
    static const char *const bad[] = {"",      ".",        "..",       "a/b",        "/",
                                      "..\\x", "C:\\x",    "a\nb",     "a\x7f",      "a\xff",
                                      "\t",    "a\u202eb", "a\u2028b", "a\302\205b", "a\u2066"};
    static const char *const good[] = {"a", "...", "a b",      "说明.txt", "a:b",
                                       "~", "-rf", "👨\u200d👩", ".hidden"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(transfer_check_name(bad[i], &error));
        g_assert_error(error, TRANSFER_ERROR, TRANSFER_ERROR_NAME);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(transfer_check_name(good[i], NULL));
    }
    g_autofree char *longest = g_strnfill(TRANSFER_NAME_LIMIT, 'x');
    g_autofree char *longer = g_strnfill(TRANSFER_NAME_LIMIT + 1, 'x');
    g_assert_true(transfer_check_name(longest, NULL));
    g_assert_false(transfer_check_name(longer, NULL));
}

static void test_what_is_built_is_read(void)
{
    guint8 bytes[FOLDER_HEADER];
    const FolderEntry entry = {
        .step = FOLDER_FILE, .name = "表:一.csv", .size = 77, .mtime = 1505491163};
    ptrdiff_t length = folder_build_header(bytes, sizeof bytes, &entry, NULL);
    FolderHeader header;
    g_assert_cmpint(length, >, 0);
    g_assert_cmpint(folder_read_header(bytes, (gsize)length, &header), ==, FEIQ_DIRECTORY_COMPLETE);
    g_assert_cmpstr(header.name, ==, entry.name);
    g_assert_cmpuint(header.size, ==, entry.size);
    g_assert_cmpint(header.mtime, ==, entry.mtime);
    g_assert_cmpuint(header.length, ==, (gsize)length);
    g_free(header.name);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/folder/pieces", test_pieces);
    g_test_add_func("/folder/cut", test_cut);
    g_test_add_func("/folder/damaged", test_damaged);
    g_test_add_func("/folder/built", test_what_is_built_is_read);
    g_test_add_func("/names", test_names);
    return g_test_run();
}
