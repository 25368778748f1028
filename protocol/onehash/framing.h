/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the framings and the decoder of 1#n both have to know about where things end.
 */
#ifndef FEISCOPE_PROTOCOL_ONEHASH_FRAMING_H
#define FEISCOPE_PROTOCOL_ONEHASH_FRAMING_H

#include "protocol/onehash/onehash.h"

/** The length prefix: four bytes in network byte order. */
uint32_t onehash_length_prefix(const uint8_t *data);

/** Block size of the fixed framing, with the default in place of 0. */
uint32_t onehash_block(const OnehashStream *stream);

/**
 * How many body lines a head announces.
 *
 * @param head   the first line of a message, without its line end
 * @param length in bytes
 * @return 0 if it is no reply or its number is none; more than ONEHASH_MESSAGE_LIMIT, not
 *         necessarily the exact number, if so many lines can be in no message
 */
uint32_t onehash_announced_lines(const uint8_t *head, size_t length);

#endif
