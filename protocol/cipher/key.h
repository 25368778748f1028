/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * RSA keys, and what is done with them: PKCS #1 version 1.5.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_KEY_H
#define FEISCOPE_PROTOCOL_CIPHER_KEY_H

#include "protocol/builder.h"
#include "protocol/cipher/status.h"

/** A public key, or a private one with its public half. It does not change, so it may be shared. */
typedef struct CipherKey CipherKey;

enum {
    CIPHER_FEWEST_BITS = 512,
    CIPHER_MOST_BITS = 4096,                  /**< the protocol knows no longer keys */
    CIPHER_LONGEST_RSA = CIPHER_MOST_BITS / 8 /**< bytes of what a key encrypts or signs */
};

/** By what a text is signed. The values are the capability bits of the official client. */
typedef enum { CIPHER_SHA1 = 0x20000000, CIPHER_SHA256 = 0x40000000 } CipherDigest;

/**
 * Make a new key pair; this takes up to a second for 2048 bits.
 *
 * @param bits 512 to 4096; FeiQ uses 1024, IP Messenger 2048
 * @param key  where the key goes; the caller frees it
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE for another number of bits, or CIPHER_FAILED
 */
CipherStatus cipher_key_generate(unsigned bits, CipherKey **key);

/**
 * Read a private key in PEM form: PKCS #1 or PKCS #8, encrypted or not.
 *
 * @param pem      the text of the file
 * @param password a C string; NULL if there is none
 * @param key      where the key goes; the caller frees it
 * @return CIPHER_OK, CIPHER_NOT_PEM, CIPHER_PASSWORD, CIPHER_NOT_RSA, CIPHER_IMPOSSIBLE for a key
 * of fewer or more bits than above, or CIPHER_FAILED
 */
CipherStatus cipher_key_read_pem(FsBytes pem, const char *password, CipherKey **key);

/**
 * Write a private key as PKCS #8 in PEM form.
 *
 * @param password to encrypt it by; NULL: it is written in the clear
 * @param length   where the length of the text goes
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE if the key is public, CIPHER_NO_ROOM or CIPHER_FAILED
 */
CipherStatus cipher_key_write_pem(const CipherKey *key, const char *password, char *out,
                                  size_t capacity, size_t *length);

/**
 * Make a public key of its numbers.
 *
 * @param exponent most significant byte first, as the modulus; zeros in front do not count
 * @param key      where the key goes; the caller frees it
 * @return CIPHER_OK, CIPHER_FAILED, or CIPHER_IMPOSSIBLE: an even number, an exponent below 3 or
 *         not below the modulus, or a modulus of fewer or more bits than above
 */
CipherStatus cipher_key_from_numbers(FsBytes exponent, FsBytes modulus, CipherKey **key);

/**
 * Read the body of ANSPUBKEY: capability:exponent-modulus, all in hexadecimal.
 *
 * @param body       to a NUL or its end
 * @param capability where the sender's capability goes; see build_key.h
 * @param key        where the key goes; the caller frees it
 * @return as cipher_key_from_numbers, and CIPHER_MALFORMED or CIPHER_CODING
 */
CipherStatus cipher_key_from_answer(FsBytes body, uint32_t *capability, CipherKey **key);

/** Free a key; NULL is none. */
void cipher_key_free(CipherKey *key);

/** Bits of the modulus. */
unsigned cipher_key_bits(const CipherKey *key);

/** Bytes of what is encrypted or signed by the key: of its modulus. */
size_t cipher_key_size(const CipherKey *key);

/** Is it a private key? */
bool cipher_key_is_private(const CipherKey *key);

/** The public exponent, most significant byte first, without zeros in front; lives with the key. */
FsBytes cipher_key_exponent(const CipherKey *key);

/** The modulus, likewise. */
FsBytes cipher_key_modulus(const CipherKey *key);

/**
 * Encrypt a few bytes for the owner of a key.
 *
 * @param plain at most cipher_key_size(key) - 11 bytes
 * @param out   cipher_key_size(key) bytes are written, most significant first
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE if plain is too long, CIPHER_NO_ROOM or CIPHER_FAILED
 */
CipherStatus cipher_rsa_encrypt(const CipherKey *key, FsBytes plain, uint8_t *out, size_t capacity);

/**
 * Decrypt what cipher_rsa_encrypt made.
 *
 * @param key    a private key
 * @param length where the length goes that was written
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE if the key is public, CIPHER_KEY_SIZE, CIPHER_WRONG_KEY,
 *         CIPHER_NO_ROOM or CIPHER_FAILED
 */
CipherStatus cipher_rsa_decrypt(const CipherKey *key, FsBytes text, uint8_t *out, size_t capacity,
                                size_t *length);

/**
 * Sign.
 *
 * @param key a private key
 * @param out cipher_key_size(key) bytes are written, most significant first
 * @return CIPHER_OK, CIPHER_IMPOSSIBLE if the key is public, CIPHER_NO_ROOM or CIPHER_FAILED
 */
CipherStatus cipher_rsa_sign(const CipherKey *key, CipherDigest digest, FsBytes text, uint8_t *out,
                             size_t capacity);

/**
 * Verify what cipher_rsa_sign made.
 *
 * @return CIPHER_OK, CIPHER_KEY_SIZE, CIPHER_FORGED or CIPHER_FAILED
 */
CipherStatus cipher_rsa_verify(const CipherKey *key, CipherDigest digest, FsBytes text,
                               FsBytes signature);

#endif
