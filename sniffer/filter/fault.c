/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/filter/fault.h"

#include <glib.h>
#include <stdarg.h>

/* A message is one line of valid UTF-8, whatever the filter's text holds. */
G_GNUC_PRINTF(3, 0)
static void write_line(char *out, size_t capacity, const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (char *c = valid; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
    (void)g_strlcpy(out, valid, capacity);
    const char *end = NULL;
    if (!g_utf8_validate(out, -1, &end)) {
        out[end - out] = '\0';
    }
}

bool fault_at(Fault *fault, Place place, const char *format, ...)
{
    if (!fault->failed) {
        fault->failed = true;
        fault->error.position = place.position;
        fault->error.length = place.length;
        fault->error.suggestion[0] = '\0';
        va_list arguments;
        va_start(arguments, format);
        write_line(fault->error.message, sizeof fault->error.message, format, arguments);
        va_end(arguments);
    }
    return false;
}

void fault_suggest(Fault *fault, const char *format, ...)
{
    if (fault->failed && fault->error.suggestion[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        write_line(fault->error.suggestion, sizeof fault->error.suggestion, format, arguments);
        va_end(arguments);
    }
}
