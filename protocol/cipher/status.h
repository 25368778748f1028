/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How an attempt to encrypt, decrypt, sign or verify ended.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_STATUS_H
#define FEISCOPE_PROTOCOL_CIPHER_STATUS_H

typedef enum {
    CIPHER_OK,
    CIPHER_NO_ROOM,     /**< the caller's buffer is too small */
    CIPHER_FAILED,      /**< memory ran out, or the cryptographic library refused to work */
    CIPHER_IMPOSSIBLE,  /**< an argument that no peer could use: each function lists which */
    CIPHER_MALFORMED,   /**< not capability:key:message[:signature], capability:exponent-modulus */
    CIPHER_UNSUPPORTED, /**< ciphers that are not implemented: RC2 and others long out of use */
    CIPHER_CODING,      /**< bytes that are not hexadecimal, or not base64 */
    CIPHER_KEY_SIZE,    /**< the encrypted key or signature is not as long as the RSA key */
    CIPHER_WRONG_KEY,   /**< not encrypted for this RSA key */
    CIPHER_MESSAGE_KEY, /**< the message's key has not the length that its cipher wants */
    CIPHER_LENGTH,      /**< cipher text that is empty or has a partial block */
    CIPHER_PADDING,     /**< decrypted, but the padding is wrong: most likely the key was */
    CIPHER_UNSIGNED,    /**< there is no signature */
    CIPHER_FORGED,      /**< the signature does not fit text and key */
    CIPHER_NOT_PEM,     /**< not a private key in PEM form */
    CIPHER_PASSWORD,    /**< the private key is encrypted, and the password missing or wrong */
    CIPHER_NO_KEY,      /**< there is no key to try */
    CIPHER_NOT_RSA      /**< a private key, but none for RSA */
} CipherStatus;

/** A status in a few English words, without full stop; it lives as long as the program. */
const char *cipher_status_text(CipherStatus status);

#endif
