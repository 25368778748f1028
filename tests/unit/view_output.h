/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a view writes to an Output, as a string.
 */
#ifndef FEISCOPE_TESTS_UNIT_VIEW_OUTPUT_H
#define FEISCOPE_TESTS_UNIT_VIEW_OUTPUT_H

#include "sniffer/output.h"

#include <glib.h>
#include <glib/gstdio.h>

typedef struct {
    Output output;
    char *path;
} Written;

static inline void written_begin(Written *w)
{
    g_autoptr(GError) error = NULL;
    int descriptor = g_file_open_tmp("view-XXXXXX", &w->path, &error);
    g_assert_no_error(error);
    g_assert_true(output_open(&w->output, descriptor));
}

static inline GString *written_end(Written *w)
{
    char *text = NULL;
    gsize length = 0;
    output_close(&w->output);
    g_assert_cmpint(w->output.error, ==, 0);
    g_assert_true(g_file_get_contents(w->path, &text, &length, NULL));
    GString *string = g_string_new_len(text, (gssize)length);
    g_free(text);
    (void)g_unlink(w->path);
    g_free(w->path);
    return string;
}

#endif
