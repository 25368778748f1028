/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replies and events from whatever text there is, made to fit the framing and the limit.
 */
#ifndef FEISCOPE_CHATD_REPLY_H
#define FEISCOPE_CHATD_REPLY_H

#include "protocol/onehash/onehash.h"

#include <glib.h>

/**
 * Build a reply.
 *
 * @param text lines separated by LF; NULL or "" is none. Lines beyond the limit of a message are
 *             replaced by a last line that counts them
 * @return bytes, or FS_IMPOSSIBLE or FS_NO_ROOM (see protocol/onehash/build.h)
 */
ptrdiff_t reply_build(uint8_t *out, size_t capacity, const OnehashStream *stream, guint32 code,
                      OnehashStatus status, const char *text);

/**
 * Build an event. A line end in the line framing becomes a space, a text that cannot be told apart
 * from a message in the bare framing gets full-width number signs, and one that is too long for a
 * message is cut.
 *
 * @param text may be NULL
 */
ptrdiff_t event_build(uint8_t *out, size_t capacity, const OnehashStream *stream, guint32 code,
                      const char *from, const char *text);

#endif
