/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Drawings are compared with files in tests/unit/views, where they can be read as they look.
 * FEISCOPE_UPDATE_DRAWINGS=1 rewrites them; read the difference before committing it.
 */
#ifndef FEISCOPE_TESTS_UNIT_VIEW_GOLDEN_H
#define FEISCOPE_TESTS_UNIT_VIEW_GOLDEN_H

#include <glib.h>

static inline void compare_drawing(const char *name, const GString *drawing)
{
    g_autofree char *path = g_strdup_printf(UNIT_TESTS "/views/%s.txt", name);
    g_autoptr(GError) error = NULL;
    if (g_getenv("FEISCOPE_UPDATE_DRAWINGS") != NULL) {
        g_assert_true(g_file_set_contents(path, drawing->str, (gssize)drawing->len, &error));
        return;
    }
    g_autofree char *expected = NULL;
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(drawing->str, ==, expected);
}

#endif
