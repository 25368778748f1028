/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a key is made of. Not for use outside protocol/cipher/.
 */
#ifndef FEISCOPE_PROTOCOL_CIPHER_KEY_PRIVATE_H
#define FEISCOPE_PROTOCOL_CIPHER_KEY_PRIVATE_H

#include "protocol/cipher/key.h"
#include "protocol/cipher/library.h"

struct CipherKey {
    gcry_sexp_t public_key;
    gcry_sexp_t private_key; /* NULL: it is a public key */
    size_t exponent_length;
    size_t modulus_length;
    unsigned bits;
    uint8_t exponent[CIPHER_LONGEST_RSA];
    uint8_t modulus[CIPHER_LONGEST_RSA];
};

/** The numbers of a private key, by their names in PKCS #1. */
typedef struct {
    gcry_mpi_t n, e, d, p, q, u; /**< u is the inverse of p modulo q */
} CipherNumbers;

/** Make a private key; the numbers stay the caller's. As cipher_key_from_numbers. */
CipherStatus cipher_key_from_private(const CipherNumbers *numbers, CipherKey **key);

#endif
