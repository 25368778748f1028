/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages of 1#n, ready to be sent in any framing. What is built here, onehash_decode reads.
 *
 * All three take the stream for its framing and block size; its direction is given by the kind.
 * They return the bytes to send, FS_NO_ROOM, or FS_IMPOSSIBLE if
 *   - the framing is undecided, or the code of a request or event is 0;
 *   - a part holds a NUL, or a part that is not the last of its head holds "#";
 *   - in the line framing, a part holds an LF, or the message ends in CR, which would be lost;
 *   - in the bare framing, the message would be taken for two (onehash_next), or ends in "#";
 *   - the message is longer than ONEHASH_MESSAGE_LIMIT.
 */
#ifndef FEISCOPE_PROTOCOL_ONEHASH_BUILD_H
#define FEISCOPE_PROTOCOL_ONEHASH_BUILD_H

#include "protocol/builder.h"
#include "protocol/onehash/onehash.h"

/** Bytes that suffice for any message in any framing with blocks of `block` bytes. */
#define ONEHASH_BUILD_ROOM(block) ((size_t)ONEHASH_MESSAGE_LIMIT + (size_t)(block) + 4)

/**
 * Build a request.
 *
 * @param arguments `count` of them; only the last may hold "#"
 */
ptrdiff_t onehash_build_request(uint8_t *out, size_t capacity, const OnehashStream *stream,
                                uint32_t code, const FsBytes *arguments, size_t count);

/**
 * Build the reply to a request. In the bare framing it is the body alone, each line with an LF, and
 * no bytes at all if there are no lines.
 *
 * @param code   of the request; 0 answers what had no code that can be read
 * @param status an OnehashStatus; if it is not ONEHASH_OK, the first line says it in words
 * @param lines  the body, `count` lines without line ends; one that holds an LF or ends in CR is
 *               impossible in every framing
 */
ptrdiff_t onehash_build_reply(uint8_t *out, size_t capacity, const OnehashStream *stream,
                              uint32_t code, uint32_t status, const FsBytes *lines, size_t count);

/**
 * Build an event.
 *
 * @param from who came, went or wrote
 * @param text what was written, or NULL if the event has no text
 */
ptrdiff_t onehash_build_event(uint8_t *out, size_t capacity, const OnehashStream *stream,
                              uint32_t code, FsBytes from, const FsBytes *text);

#endif
