/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is wrong with a certificate, in words.
 */
#ifndef FEISCOPE_CHATD_CERTIFICATE_H
#define FEISCOPE_CHATD_CERTIFICATE_H

#include <gio/gio.h>

/** "expired, not for this host" and the like; "" if nothing is wrong. Free with g_free. */
char *certificate_problems(GTlsCertificateFlags flags);

#endif
