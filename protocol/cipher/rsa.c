/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * PKCS #1 version 1.5 by libgcrypt: padding for encryption, and digests that are signed.
 */
#include "protocol/cipher/key_private.h"

/* The octets of a parameter of an expression, to the right in `size` bytes. */
static CipherStatus take_number(gcry_sexp_t expression, const char *name, uint8_t *out, size_t size)
{
    gcry_sexp_t token = gcry_sexp_find_token(expression, name, 0);
    gcry_mpi_t number = token == NULL ? NULL : gcry_sexp_nth_mpi(token, 1, GCRYMPI_FMT_USG);
    size_t length = 0;
    CipherStatus status = CIPHER_FAILED;
    if (number != NULL && gcry_mpi_print(GCRYMPI_FMT_USG, NULL, 0, &length, number) == 0 &&
        length <= size) {
        memset(out, 0, size - length);
        status = gcry_mpi_print(GCRYMPI_FMT_USG, out + size - length, length, NULL, number) == 0
                     ? CIPHER_OK
                     : CIPHER_FAILED;
    }
    gcry_mpi_release(number);
    gcry_sexp_release(token);
    return status;
}

CipherStatus cipher_rsa_encrypt(const CipherKey *key, FsBytes plain, uint8_t *out, size_t capacity)
{
    size_t size = key->modulus_length;
    if (plain.length + 11 > size) {
        return CIPHER_IMPOSSIBLE;
    }
    if (size > capacity) {
        return CIPHER_NO_ROOM;
    }
    gcry_sexp_t data = NULL;
    gcry_sexp_t encrypted = NULL;
    CipherStatus status = CIPHER_FAILED;
    if (gcry_sexp_build(&data, NULL, "(data (flags pkcs1) (value %b))", (int)plain.length,
                        plain.data) == 0 &&
        gcry_pk_encrypt(&encrypted, data, key->public_key) == 0) {
        status = take_number(encrypted, "a", out, size);
    }
    gcry_sexp_release(encrypted);
    gcry_sexp_release(data);
    return status;
}

/* Where the padding fits, but nobody would have encrypted so, the key is the wrong one too. */
CipherStatus cipher_rsa_decrypt(const CipherKey *key, FsBytes text, uint8_t *out, size_t capacity,
                                size_t *length)
{
    *length = 0;
    if (key->private_key == NULL) {
        return CIPHER_IMPOSSIBLE;
    }
    if (text.length != key->modulus_length) {
        return CIPHER_KEY_SIZE;
    }
    if (memcmp(text.data, key->modulus, text.length) >= 0) {
        return CIPHER_WRONG_KEY;
    }
    gcry_mpi_t number = NULL;
    gcry_sexp_t data = NULL;
    gcry_sexp_t plain = NULL;
    CipherStatus status = CIPHER_FAILED;
    if (gcry_mpi_scan(&number, GCRYMPI_FMT_USG, text.data, text.length, NULL) == 0 &&
        gcry_sexp_build(&data, NULL, "(enc-val (flags pkcs1) (rsa (a %m)))", number) == 0) {
        gcry_error_t error = gcry_pk_decrypt(&plain, data, key->private_key);
        status = gcry_err_code(error) == GPG_ERR_ENOMEM ? CIPHER_FAILED : CIPHER_WRONG_KEY;
    }
    size_t found = 0;
    const char *octets = plain == NULL ? NULL : gcry_sexp_nth_data(plain, 1, &found);
    if (octets != NULL) {
        status = found > capacity ? CIPHER_NO_ROOM : CIPHER_OK;
    }
    if (octets != NULL && status == CIPHER_OK) {
        memcpy(out, octets, found);
        *length = found;
    }
    gcry_sexp_release(plain);
    gcry_sexp_release(data);
    gcry_mpi_release(number);
    return status;
}

/* What is signed: the digest of the text. */
static gcry_sexp_t digest_of(CipherDigest digest, FsBytes text)
{
    uint8_t hash[32];
    bool sha256 = digest == CIPHER_SHA256;
    int algorithm = sha256 ? GCRY_MD_SHA256 : GCRY_MD_SHA1;
    gcry_sexp_t data = NULL;
    gcry_md_hash_buffer(algorithm, hash, text.data, text.length);
    const char *form =
        sha256 ? "(data (flags pkcs1) (hash sha256 %b))" : "(data (flags pkcs1) (hash sha1 %b))";
    int length = (int)gcry_md_get_algo_dlen(algorithm);
    return gcry_sexp_build(&data, NULL, form, length, hash) == 0 ? data : NULL;
}

CipherStatus cipher_rsa_sign(const CipherKey *key, CipherDigest digest, FsBytes text, uint8_t *out,
                             size_t capacity)
{
    if (key->private_key == NULL) {
        return CIPHER_IMPOSSIBLE;
    }
    if (key->modulus_length > capacity) {
        return CIPHER_NO_ROOM;
    }
    gcry_sexp_t data = digest_of(digest, text);
    gcry_sexp_t signature = NULL;
    CipherStatus status = CIPHER_FAILED;
    if (data != NULL && gcry_pk_sign(&signature, data, key->private_key) == 0) {
        status = take_number(signature, "s", out, key->modulus_length);
    }
    gcry_sexp_release(signature);
    gcry_sexp_release(data);
    return status;
}

CipherStatus cipher_rsa_verify(const CipherKey *key, CipherDigest digest, FsBytes text,
                               FsBytes signature)
{
    if (signature.length != key->modulus_length) {
        return CIPHER_KEY_SIZE;
    }
    gcry_mpi_t number = NULL;
    gcry_sexp_t signed_by = NULL;
    gcry_sexp_t data = digest_of(digest, text);
    CipherStatus status = CIPHER_FAILED;
    if (data != NULL &&
        gcry_mpi_scan(&number, GCRYMPI_FMT_USG, signature.data, signature.length, NULL) == 0 &&
        gcry_sexp_build(&signed_by, NULL, "(sig-val (rsa (s %m)))", number) == 0) {
        bool fits = gcry_pk_verify(signed_by, data, key->public_key) == 0;
        status = fits ? CIPHER_OK : CIPHER_FORGED;
    }
    gcry_sexp_release(signed_by);
    gcry_mpi_release(number);
    gcry_sexp_release(data);
    return status;
}
