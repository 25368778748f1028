/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ciphers of messages and of files: Blowfish and AES-256 in cipher block chaining with PKCS #5
 * padding, and AES-256 in counter mode.
 *
 * Sources: official client msgmng.cpp and mainwinfile.cpp (v4.99) for one-to-one messages and
 * files; iFreeChat and luafeiq for FeiQ's group datagrams.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_BLOCK_H
#define FEISCOPE_PROTOCOL_CIPHER_BLOCK_H

#include "protocol/builder.h"
#include "protocol/cipher/status.h"

typedef enum {
    CIPHER_BLOWFISH, /**< blocks of 8 bytes; keys of 1 to 56 bytes */
    CIPHER_AES_256   /**< blocks of 16 bytes; keys of 32 bytes */
} CipherAlgorithm;

enum {
    CIPHER_BLOWFISH_BLOCK = 8,
    CIPHER_BLOWFISH_KEY = 16, /**< of a one-to-one message: BLOWFISH_128 */
    CIPHER_BLOWFISH_LONGEST_KEY = 56,
    CIPHER_AES_BLOCK = 16,
    CIPHER_AES_KEY = 32
};

/** What a chain begins with; Blowfish takes the first 8 bytes. */
typedef struct {
    uint8_t bytes[CIPHER_AES_BLOCK];
} CipherStart;

/** The start of FeiQ's chains, and of all without PACKETNO_IV: zeros. */
static inline CipherStart cipher_zero_start(void)
{
    return (CipherStart){{0}};
}

/**
 * The start of a chain with PACKETNO_IV, and of an encrypted file: the digits of the packet number
 * and then NULs, cut off after 15 digits.
 *
 * @param packet_number as it stands in the header, decimal
 */
CipherStart cipher_packet_start(FsBytes packet_number);

/**
 * Make a key.
 *
 * @param out length bytes that nobody can guess are written
 * @return CIPHER_OK or CIPHER_FAILED
 */
CipherStatus cipher_make_key(uint8_t *out, size_t length);

/** Length of what cipher_encrypt makes of `length` bytes. */
size_t cipher_padded_length(CipherAlgorithm algorithm, size_t length);

/**
 * Encrypt with padding.
 *
 * @param out      where the cipher text goes; it may be where `plain` is
 * @param capacity of out; cipher_padded_length says what is needed
 * @param length   where the length goes that was written
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE for a key of a length that the cipher does not take,
 *         CIPHER_NO_ROOM or CIPHER_FAILED
 */
CipherStatus cipher_encrypt(CipherAlgorithm algorithm, FsBytes key, CipherStart start,
                            FsBytes plain, uint8_t *out, size_t capacity, size_t *length);

/**
 * Decrypt, and take the padding off.
 *
 * @param out      where the plain text goes; it may be where `text` is
 * @param capacity of out; at least text.length
 * @param length   where the length of the plain text goes; 0 upon errors
 * @return as cipher_encrypt, and CIPHER_LENGTH; CIPHER_PADDING if the padding is wrong: then
 * *length is text.length, and out holds all that was decrypted
 */
CipherStatus cipher_decrypt(CipherAlgorithm algorithm, FsBytes key, CipherStart start, FsBytes text,
                            uint8_t *out, size_t capacity, size_t *length);

/**
 * Encrypt or decrypt a piece of a file's or folder's stream: AES-256 in counter mode. Which is the
 * same, and works from any place on.
 *
 * @param start  of the request's packet number; the last six bytes count blocks
 * @param offset of the piece in the stream
 * @param out    piece.length bytes; it may be where the piece is
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE for a key that has not 32 bytes, or CIPHER_FAILED
 */
CipherStatus cipher_stream(FsBytes key, CipherStart start, uint64_t offset, FsBytes piece,
                           uint8_t *out);

/**
 * Encrypt a FeiQ group datagram: Blowfish from zeros on.
 *
 * @param mac  the part of the sender's version field, 12 characters; the key is its text
 * @param rest as cipher_encrypt
 */
static inline CipherStatus cipher_seal_group(FsBytes mac, FsBytes plain, uint8_t *out,
                                             size_t capacity, size_t *length)
{
    return cipher_encrypt(CIPHER_BLOWFISH, mac, cipher_zero_start(), plain, out, capacity, length);
}

/** Decrypt a FeiQ group datagram; as cipher_seal_group and cipher_decrypt. */
static inline CipherStatus cipher_open_group(FsBytes mac, FsBytes text, uint8_t *out,
                                             size_t capacity, size_t *length)
{
    return cipher_decrypt(CIPHER_BLOWFISH, mac, cipher_zero_start(), text, out, capacity, length);
}

#endif
