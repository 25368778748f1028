/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How numbers and octets stand in a datagram: hexadecimal, or base64 with ENCODE_BASE64. Writing is
 * the builders' business (protocol/feiq/build_key.h).
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_CODING_H
#define FEISCOPE_PROTOCOL_CIPHER_CODING_H

#include "protocol/builder.h"
#include "protocol/cipher/status.h"

/** Take the bytes before a separator off a text, and the separator; all if there is none. */
FsBytes cipher_take(FsBytes *text, uint8_t separator);

/** Read a hexadecimal number of 32 bits: CIPHER_OK or CIPHER_CODING. */
CipherStatus cipher_read_number(FsBytes text, uint32_t *number);

/**
 * Read a long number in hexadecimal, in either case, to octets: the most significant comes first.
 *
 * @param length where the number of octets goes
 * @return CIPHER_OK, CIPHER_NO_ROOM, or CIPHER_CODING if there are no or other characters
 */
CipherStatus cipher_read_long(FsBytes text, uint8_t *out, size_t capacity, size_t *length);

/** Read octets in hexadecimal; as cipher_read_long, but there are two digits to each. */
CipherStatus cipher_read_hex(FsBytes text, uint8_t *out, size_t capacity, size_t *length);

/** Read octets in base64; likewise. Filling characters at the end may be missing. */
CipherStatus cipher_read_base64(FsBytes text, uint8_t *out, size_t capacity, size_t *length);

#endif
