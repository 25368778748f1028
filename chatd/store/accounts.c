/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/store/accounts.h"

#include <pwd.h>
#include <unistd.h>

char *account_name(guint uid)
{
    char buffer[4096];
    struct passwd record;
    struct passwd *found = NULL;
    if (getpwuid_r(uid, &record, buffer, sizeof buffer, &found) == 0 && found != NULL) {
        return g_utf8_make_valid(found->pw_name, -1);
    }
    return g_strdup_printf("uid-%u", uid);
}

gboolean account_owns_daemon(guint uid)
{
    return uid == 0 || uid == geteuid();
}
