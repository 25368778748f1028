/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/transfer/names.h"

#include <string.h>

G_DEFINE_QUARK(feiscope - transfer - error - quark, transfer_error)

enum { QUOTED = 80 }; /* bytes of a bad name that its error shows */

/* Why no file may have the name; NULL: it may. */
static const char *find_fault(const char *name)
{
    if (*name == '\0') {
        return "is empty";
    }
    if (!g_utf8_validate(name, -1, NULL)) {
        return "is not valid UTF-8";
    }
    if (strlen(name) > TRANSFER_NAME_LIMIT) {
        return "is longer than 255 bytes";
    }
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strpbrk(name, "/\\") != NULL) {
        return "could leave the folder";
    }
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        GUnicodeType type = g_unichar_type(c);
        gboolean joins = c == 0x200c || c == 0x200d; /* within words and emoji */
        if (type == G_UNICODE_CONTROL || (type == G_UNICODE_FORMAT && !joins) ||
            type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR) {
            return "holds a control character";
        }
    }
    return NULL;
}

gboolean transfer_check_name(const char *name, GError **error)
{
    const char *fault = find_fault(name);
    if (fault == NULL) {
        return TRUE;
    }
    g_autofree char *shown = g_utf8_make_valid(name, (gssize)MIN(strlen(name), QUOTED));
    for (char *at = shown; *at != '\0'; at++) {
        if (g_ascii_iscntrl(*at)) {
            *at = '?';
        }
    }
    g_set_error(error, TRANSFER_ERROR, TRANSFER_ERROR_NAME, "the name “%s” %s", shown, fault);
    return FALSE;
}

gboolean transfer_is_rather_gbk(const guint8 *bytes, gsize length)
{
    gboolean has_two = FALSE;
    const char *text = (const char *)bytes;
    if (!g_utf8_validate_len(text, length, NULL)) {
        return FALSE;
    }
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
        gsize size = (gsize)(g_utf8_next_char(at) - at);
        if (size > 2) {
            return FALSE;
        }
        has_two |= size == 2;
    }
    g_autofree char *converted =
        has_two ? g_convert(text, (gssize)length, "UTF-8", "GB18030", NULL, NULL, NULL) : NULL;
    return converted != NULL;
}

char *transfer_undouble(const char *name)
{
    GString *text = g_string_new(name);
    g_string_replace(text, "::", ":", 0);
    return g_string_free(text, FALSE);
}
