/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The audit log: who asked the control service for what, and what came of it. One JSON object a
 * line: time, who, request, outcome, and detail where there is any. In the log's entries who,
 * request and outcome are fields of their own, too (CHATD_WHO, CHATD_REQUEST, CHATD_OUTCOME).
 */
#ifndef FEISCOPE_CHATD_AUDIT_H
#define FEISCOPE_CHATD_AUDIT_H

#include <glib.h>

typedef struct Audit Audit;

/**
 * Open for appending.
 *
 * @param path file, made readable by its owner only; "": the entries go to the log instead
 * @return close with audit_close
 */
Audit *audit_open(const char *path, GError **error);
void audit_close(Audit *audit);

/**
 * Open the file anew: it may have been moved away, to be kept.
 *
 * @return FALSE with an error if it cannot be opened; the old one is written on
 */
gboolean audit_reopen(Audit *audit, GError **error);

/**
 * Write one entry.
 *
 * @param detail may be NULL
 * @return FALSE with an error if it was not written whole
 */
gboolean audit_write(Audit *audit, const char *who, const char *request, const char *outcome,
                     const char *detail, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Audit, audit_close)

#endif
