/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A message of a client, read from the fields that the decoder makes of it, so that the daemon
 * understands exactly what the dissector shows.
 */
#ifndef FEISCOPE_CHATD_REQUEST_H
#define FEISCOPE_CHATD_REQUEST_H

#include "protocol/onehash/onehash.h"

#include <glib.h>

/** Most arguments of a request that a service sees. */
enum { CONNECTION_ARGUMENTS = 5 };

/** A request, decoded. Strings are UTF-8 without NUL, and live until the next one is decoded. */
typedef struct {
    guint32 code;                               /**< 0 if none can be read */
    const char *argument[CONNECTION_ARGUMENTS]; /**< NULL where there is none */
} ConnectionRequest;

/**
 * Decode a message.
 *
 * @param data a message as onehash_next cuts it, at most ONEHASH_MESSAGE_LIMIT and its framing
 * @return NULL; or what is wrong with it, as static text
 */
const char *request_decode(ConnectionRequest *request, const OnehashStream *stream,
                           const uint8_t *data, uint32_t length);

/** The code of what is refused as a whole, as far as it can be read; else 0. */
guint32 request_read_code(const OnehashStream *stream, const uint8_t *data, size_t length);

#endif
