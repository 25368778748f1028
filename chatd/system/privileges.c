/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/system/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <gio/gio.h>

gboolean privileges_restrict(gboolean kill, GError **error)
{
    const capng_type_t one_s_own = (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED);
    if (capng_get_caps_process() != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "capabilities cannot be read");
        return FALSE;
    }
    if (capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE &&
        capng_have_permitted_capabilities() == CAPNG_NONE) {
        return TRUE;
    }
    gboolean has_it = capng_have_capability(CAPNG_PERMITTED, CAP_KILL) != 0;
    capng_clear(CAPNG_SELECT_CAPS);
    if (has_it) {
        capng_update(CAPNG_ADD, kill ? one_s_own : CAPNG_PERMITTED, CAP_KILL);
    }
    if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "capabilities cannot be given up: %s", g_strerror(saved));
        return FALSE;
    }
    return TRUE;
}
