/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/json.h"

static void append_text(GString *json, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_string_append_c(json, '"');
    for (const char *at = valid; *at != '\0'; at++) {
        guchar c = (guchar)*at;
        if (c == '"' || c == '\\') {
            g_string_append_c(json, '\\');
            g_string_append_c(json, *at);
        } else if (c < 0x20 || c == 0x7f) {
            g_string_append_printf(json, "\\u%04x", c);
        } else {
            g_string_append_c(json, *at);
        }
    }
    g_string_append_c(json, '"');
}

void json_add(GString *object, const char *name, const char *value)
{
    if (value == NULL) {
        return;
    }
    if (object->str[object->len - 1] != '{') {
        g_string_append_c(object, ',');
    }
    append_text(object, name);
    g_string_append_c(object, ':');
    append_text(object, value);
}
