/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/certificate.h"

char *certificate_problems(GTlsCertificateFlags flags)
{
    static const struct {
        GTlsCertificateFlags flag;
        const char *words;
    } problems[] = {{G_TLS_CERTIFICATE_UNKNOWN_CA, "not signed by an authority that is trusted"},
                    {G_TLS_CERTIFICATE_BAD_IDENTITY, "not for this host"},
                    {G_TLS_CERTIFICATE_NOT_ACTIVATED, "not valid yet"},
                    {G_TLS_CERTIFICATE_EXPIRED, "expired"},
                    {G_TLS_CERTIFICATE_REVOKED, "revoked"},
                    {G_TLS_CERTIFICATE_INSECURE, "of an insecure kind"},
                    {G_TLS_CERTIFICATE_GENERIC_ERROR, "not usable here"}};
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(problems); i++) {
        if ((flags & problems[i].flag) != 0) {
            g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ", problems[i].words);
        }
    }
    return g_strdup(text->str);
}
