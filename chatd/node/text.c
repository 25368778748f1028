/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/text.h"

#include <string.h>

char *node_text_encode(const char *text, NodeEncoding encoding)
{
    char *converted =
        encoding == NODE_GBK ? g_convert(text, -1, "GB18030", "UTF-8", NULL, NULL, NULL) : NULL;
    return converted != NULL ? converted : g_strdup(text);
}

char *node_text_compose(const char *from, const char *text)
{
    g_autofree char *whole = g_strdup_printf("%s: %s", from, text);
    g_auto(GStrv) parts = g_strsplit(whole, "{/font;", -1);
    return g_strjoinv("{ /font;", parts);
}

char *node_text_encode_name(const char *name, NodeEncoding encoding)
{
    enum { LONGEST = 80 }; /* the official program's buffer */
    g_autofree char *clean = g_utf8_make_valid(name, -1);
    gsize kept = *clean == '\0' ? 0 : node_text_piece(clean, LONGEST);
    clean[kept] = '\0';
    for (char *at = clean; *at != '\0'; at++) {
        if (*at == ':' || g_ascii_iscntrl(*at)) {
            *at = '_';
        }
    }
    return node_text_encode(*clean == '\0' ? "_" : clean, encoding);
}

gsize node_text_piece(const char *at, gsize most)
{
    gsize length = strlen(at);
    if (length <= most) {
        return length;
    }
    length = most;
    while (length > 0 && ((guchar)at[length] & 0xc0) == 0x80) {
        length--;
    }
    return length > 0 ? length : (gsize)(g_utf8_next_char(at) - at);
}
