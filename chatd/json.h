/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The little JSON that chatd and chatctl write.
 */
#ifndef FEISCOPE_CHATD_JSON_H
#define FEISCOPE_CHATD_JSON_H

#include <glib.h>

/**
 * Append "name":"value" to an object that is being written, with a comma unless it is the first.
 *
 * @param object begins with {
 * @param value  UTF-8; what is not is replaced. NULL appends nothing
 */
void json_add(GString *object, const char *name, const char *value);

#endif
